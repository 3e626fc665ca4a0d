"""The pages of text, what a visitor may choose, and the pages for what went wrong."""

import re
from datetime import datetime

import cast
import pytest
from django.test import Client
from django.utils.translation import override

from misthoorn.web.site import errors

pytestmark = pytest.mark.django_db

TEXTS = ("/", "/check/", "/answer/", "/steps/", "/about/", "/privacy/", "/accessibility/", "/security/")


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_has_one_heading_a_way_past_the_menu_and_no_script(client, path, language):
    client.cookies["django_language"] = language

    page = client.get(path).content.decode()

    assert page.count("<h1") == 1
    assert '<a class="utrecht-skip-link mh-sla-over" href="#inhoud">' in page
    assert "<script" not in page
    assert not re.search(r"""\s(style|on\w+)=""", page)


def test_the_first_page_says_what_this_is_and_has_three_doors(client):
    page = client.get("/").content.decode()

    assert "Wij waarschuwen bedrijven als hun systemen gevaar lopen." in page
    assert page.count("mh-deur__naam") == 3
    assert "Team Digitale Waarschuwing" in page


def test_how_long_things_are_kept_comes_from_the_settings(client, settings):
    settings.KEEP = settings.KEEP | {"received": 17, "messages": 365}

    page = client.get("/privacy/").content.decode()

    assert "17 dagen" in page
    assert "1 jaar" in page


def test_a_legal_ground_stands_there_only_where_the_operator_gave_one(client, settings):
    assert "wet" not in client.get("/about/").content.decode().lower().split("<main")[1].split("</main")[0].split()
    settings.TEAM = settings.TEAM | {"ground": {"nl": "Dat is onze taak volgens de wet.", "en": ""}}

    assert "Dat is onze taak volgens de wet." in client.get("/about/").content.decode()


@pytest.mark.parametrize(("old", "new"), [("/controleer/", "/check/"), ("/toegankelijkheid/", "/accessibility/")])
def test_dutch_words_lead_to_the_same_pages(client, old, new):
    assert client.get(old)["Location"] == new


def test_a_visitor_chooses_the_language_and_stays_where_he_was(client):
    response = client.post("/language/", {"language": "en", "next": "/about/"})

    assert response["Location"] == "/about/"
    assert "How we work" in client.get("/about/").content.decode()


def test_a_visitor_chooses_how_it_looks_and_stays_where_he_was(client):
    response = client.post("/theme/", {"theme": "contrast", "next": "/about/"})

    assert response["Location"] == "/about/"
    assert 'data-thema="contrast"' in client.get("/about/").content.decode()


@pytest.mark.parametrize("chosen", ["", "pink", '"><script>'])
def test_a_look_that_does_not_exist_is_no_look(client, chosen):
    client.post("/theme/", {"theme": "donker"})
    client.post("/theme/", {"theme": chosen})
    client.cookies["thema"] = chosen

    assert "data-thema" not in client.get("/about/").content.decode()


@pytest.mark.parametrize("path", ["/theme/", "/language/"])
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(client, path, elsewhere):
    response = client.post(path, {"theme": "donker", "language": "en", "next": elsewhere})

    assert response["Location"] == "/"


def test_choosing_needs_a_form_that_is_sent(client):
    assert client.get("/theme/").status_code == 405
    assert client.get("/language/").status_code == 405


def test_security_txt_says_whom_to_tell_and_does_not_run_out(client):
    response = client.get("/.well-known/security.txt")
    lines = dict(line.split(": ", 1) for line in reversed(response.content.decode().splitlines()))

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert lines["Contact"].startswith("mailto:waarschuwing@")
    expires = datetime.fromisoformat(lines["Expires"])
    assert 30 < (expires - cast.NOW).days < 366
    assert lines["Canonical"] == "http://testserver/.well-known/security.txt"


def test_a_page_that_does_not_exist_names_the_two_addresses_that_people_type(client):
    response = client.get("/nergens/")

    assert response.status_code == 404
    assert "misthoorn.example/antwoord" in response.content.decode()


def test_a_form_without_its_token_says_that_nothing_was_sent():
    response = Client(enforce_csrf_checks=True).post("/check/", {"number": "1", "domain": "2"})

    assert response.status_code == 403
    assert "Uit voorzorg is uw formulier niet verstuurd." in response.content.decode()


def test_a_page_that_is_not_for_you_says_so(client):
    cast.sign_in(client, cast.STRANGER)

    response = client.get("/desk/")

    assert response.status_code == 403
    assert "U mag deze pagina niet zien" in response.content.decode()


def test_an_error_of_ours_has_a_number_that_is_in_the_log_too(rf, caplog, django_assert_num_queries):
    with django_assert_num_queries(0), override("nl"):
        response = errors.server_error(rf.get("/check/"))

    assert response.status_code == 500
    number = re.search(r"noem (\w{6})", response.content.decode())
    assert number
    assert number[1] in caplog.text


@pytest.mark.parametrize("page", [errors.bad_request, errors.not_found, errors.not_allowed, errors.form_expired])
def test_pages_for_errors_ask_the_database_nothing(rf, page, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert page(rf.get("/")).status_code in {400, 403, 404}


def test_what_is_too_large_is_called_too_large(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = client.post("/answer/", {"code": "x" * 2000}, headers={"accept-language": "nl"})

    assert response.status_code == 413
    assert "Dit is te groot" in response.content.decode()
