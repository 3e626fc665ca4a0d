"""Signing in, with a second factor, in pages that look and speak like the rest."""

import re
import time

import cast
import pytest
from django.utils import timezone

from misthoorn.accounts.services import one_time_code

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def log_in(client, *, password=cast.PASSWORD):
    return client.post("/account/login/", {"login": cast.ANALYST.username, "password": password}, follow=True)


def now_code():
    return one_time_code(username=cast.ANALYST.username, at=timezone.now())


def test_a_password_is_not_enough_for_the_desk(client):
    cast.person(cast.ANALYST)

    response = log_in(client)

    assert "Code van uw telefoon" in text(response)
    assert client.get("/desk/").status_code == 302


def test_a_password_and_a_code_open_the_desk(client):
    cast.person(cast.ANALYST)
    log_in(client)

    response = client.post("/account/2fa/authenticate/", {"code": now_code()}, follow=True)

    assert response.redirect_chain[-1][0] == "/desk/"
    assert response.status_code == 200


def test_a_wrong_password_says_so_and_keeps_the_name(client):
    cast.person(cast.ANALYST)

    page = text(log_in(client, password="verkeerd"))

    assert "1 ding klopt nog niet" in page
    assert f'value="{cast.ANALYST.username}"' in page


def test_a_wrong_code_says_so(client):
    cast.person(cast.ANALYST)
    log_in(client)

    response = client.post("/account/2fa/authenticate/", {"code": "000000"})

    assert "1 ding klopt nog niet" in text(response)
    assert client.get("/desk/").status_code == 302


def test_who_has_no_second_factor_is_led_to_setting_it_up(client):
    cast.person(cast.ANALYST, second_factor=False)
    log_in(client)

    page = text(client.get("/desk/", follow=True))

    assert "De desk vraagt een tweede factor. Stel die hier eerst in." in page


def test_a_second_factor_is_set_up_without_a_script(client):
    cast.person(cast.ANALYST, second_factor=False)
    log_in(client)

    client.post("/account/reauthenticate/", {"password": cast.PASSWORD})
    page = text(client.get("/account/2fa/totp/activate/"))
    secret = re.search(r'<code class="mh-mono">(\w+)</code>', page)
    code = totp(secret[1], at=time.time())
    done = client.post("/account/2fa/totp/activate/", {"code": code}, follow=True)

    assert "<script" not in page
    assert "Herstelcodes" in text(done)
    assert client.get("/desk/").status_code == 200


def totp(secret, *, at):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value  # noqa: PLC0415  only here

    return format_hotp_value(hotp_value(secret, int(at) // 30))


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/account/2fa/",
        "/account/2fa/recovery-codes/",
        "/account/2fa/recovery-codes/generate/",
        "/account/2fa/totp/deactivate/",
        "/account/password/change/",
        "/account/reauthenticate/",
        "/account/logout/",
        "/account/inactive/",
    ],
)
def test_the_pages_of_an_account_look_like_ours_and_run_no_script(client, path, language):
    cast.person(cast.ANALYST)
    log_in(client)
    client.post("/account/2fa/authenticate/", {"code": now_code()})
    client.cookies["django_language"] = language

    response = client.get(path, follow=True)

    assert response.status_code == 200
    assert "mh-kop" in text(response)
    assert f'lang="{language}"' in text(response)
    assert "<script" not in text(response)
    assert text(response).count("<h1") == 1


def test_signing_out_takes_a_click(client):
    cast.sign_in(client, cast.ANALYST)

    client.get("/account/logout/")
    assert client.get("/desk/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/desk/").status_code == 302
