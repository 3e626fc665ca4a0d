"""Walks every address of the site, whatever is there: each has a guard, and the guard holds."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import cast
import desk
import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import get_resolver

from misthoorn.accounts.models import AuditEntry
from misthoorn.accounts.services import LOOKED
from misthoorn.intake.models import Advisory
from misthoorn.notification.channels.feed.keys import make_key
from misthoorn.notification.models import Message

# What is guarded by the library that signs people in, by where it hangs.
SIGN_IN = "account/"
GUARDS = {"public", "desk", "recipient"}
# Something for each kind of parameter that an address may have; nothing else may stand in one.
SAMPLES = {"int": "1", "slug": "sample", "uuid": "00000000-0000-0000-0000-000000000000"}
# Personal data does not belong in an address: it ends in logs, histories and referrers.
PERSONAL = {"address", "email", "mail", "ip", "domain", "hostname", "username", "contact", "phone", "code"}
# People, as they stand on the desk of these tests: who is warned, who wrote, and what was received as it was.
PEOPLE = (cast.BAKERY.address, "anna@korenaar.example", "Anna Jansen", "Opgelost.", "10.0.0.1", "Dorpsstraat 12")
PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")

pytestmark = pytest.mark.django_db


def walk(patterns, before=""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from walk(pattern.url_patterns, before + str(pattern.pattern))
        else:
            yield before + str(pattern.pattern), pattern


EVERYTHING = dict(walk(get_resolver().url_patterns))
OURS = {route: pattern for route, pattern in EVERYTHING.items() if not route.startswith(SIGN_IN)}
GUARD = {route: getattr(pattern.callback, "guard", None) for route, pattern in OURS.items()}
PUBLIC = [route for route, guard in GUARD.items() if guard == "public"]
DESK = [route for route, guard in GUARD.items() if guard == "desk"]


def address(route, values=None):
    """The address of this route, with something of each kind in it, or with these values by name."""
    return "/" + PARAMETER.sub(lambda found: str(values[found["name"]]) if values else SAMPLES[found["kind"]], route)


@dataclass(frozen=True)
class Made:
    """A desk with something on it."""

    home: Path
    message: Message
    there: dict[str, object]
    pages: dict[str, HttpResponse] = field(default_factory=dict)


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):  # noqa: ARG001  the database goes first
    """One desk for all walks, gone with the last one; what a walk itself writes is gone at its own end."""
    home = tmp_path_factory.mktemp("home")
    with (
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patch,
        override_settings(HOME=home),
        transaction.atomic(),
    ):
        patch.setattr("misthoorn.common.clock.now", lambda: cast.NOW)
        source = desk.make_source()
        batch, log4j = desk.make_batch(source), desk.make_log4j()
        sent, hushed = desk.make_sent(desk.make_campaign(source)), desk.make_hushed(log4j)
        yield Made(home, sent, things_there(batch=batch, sent=sent, log4j=log4j, hushed=hushed))
        transaction.set_rollback(True)


def things_there(*, batch, sent, log4j, hushed):
    """Things that exist, by the names that routes have for them; a route with a new name needs a line here."""
    return {
        "advisory": Advisory.objects.get().pk,
        "asset": log4j.asset_id,
        "batch": batch.pk,
        "campaign": sent.notice.campaign_id,
        "correction": desk.make_correction(sent),
        "news": desk.make_news(sent),
        "draft": desk.make_draft(),
        "edition": desk.make_edition(),
        "entry": "nvd",
        "finding": log4j.pk,
        "incoming": desk.make_arrived(sent),
        "kind": "exposed",
        "letter_batch": desk.make_letters(sent),
        "member": desk.make_member(sent.notice.organisation_id),
        "mistake": desk.make_mistake(sent.notice.organisation_id),
        "notice": sent.notice_id,
        "name": "rdp",
        "message": sent.pk,
        "organisation": sent.notice.organisation_id,
        "outcome": "other-team",
        "reader": sent.contact_id,
        "reason": "address-private",
        "reply": desk.make_answer(sent),
        "claim": desk.make_claim(sent),
        "broadcast": desk.make_broadcast(),
        "hand_over": desk.make_handed_over(sent),
        "webhook": desk.make_webhook(sent.notice.organisation_id),
        "key": make_key(organisation=sent.notice.organisation_id, person=None, at=cast.NOW)[0],
        "file": desk.make_file(sent),
        "source": "shadowserver",
        "suppression": hushed,
        "trial": desk.make_trial(sent),
        "figure": "funnel",
        "token": desk.make_general(sent.notice.organisation_id),
    }


@pytest.fixture
def there(made, settings):
    settings.HOME = made.home
    return made.there


@pytest.fixture
def page_of(client, made, there):
    """The page of a route as the analyst sees it, asked for once, however many tests look at it."""

    def page(route):
        if route not in made.pages:
            cast.sign_in(client, cast.ANALYST)
            made.pages[route] = client.get(address(route, there))
        return made.pages[route]

    return page


def changes(queries):
    """The statements that write, but for those that keep a session."""
    writes = re.compile(r"\s*(insert|update|delete|replace)\b", re.IGNORECASE)
    return [one["sql"] for one in queries if writes.match(one["sql"]) and "django_session" not in one["sql"]]


def test_there_is_something_to_walk():
    assert PUBLIC
    assert DESK


def test_every_address_says_who_may_see_it():
    assert {route: guard for route, guard in GUARD.items() if guard not in GUARDS} == {}


def test_what_lies_under_the_desk_is_for_the_desk_and_nothing_else_is():
    assert [route for route, guard in GUARD.items() if (guard == "desk") is not route.startswith("desk/")] == []


def test_no_address_can_hold_personal_data():
    parameters = [(route, *found.group("kind", "name")) for route in OURS for found in PARAMETER.finditer(route)]

    assert [one for one in parameters if one[1] not in SAMPLES or one[2] in PERSONAL] == []


@pytest.mark.parametrize("route", OURS)
def test_no_link_on_any_page_holds_personal_data(page_of, made, route):
    page = page_of(route).content.decode()

    links = re.findall(r"""\b(?:href|action|src)=["']([^"']*)""", page)
    personal = (cast.BAKERY.address, "192.0.2.", "korenaar", made.message.notice.code, cast.ANALYST.username)
    assert [link for link in links for one in personal if one in link] == []
    assert not re.search(r"""<form[^>]*method=["']get""", page, re.IGNORECASE)  # what is typed there ends in an address


@pytest.mark.parametrize("route", DESK)
def test_the_desk_sends_who_is_not_signed_in_to_the_sign_in_page(client, route):
    for response in both_ways(client, route):
        assert response.status_code == 302
        assert response["Location"].startswith("/account/login/?next=")


@pytest.mark.parametrize("route", DESK)
def test_the_desk_asks_for_a_second_factor_first(client, route):
    cast.sign_in(client, cast.ANALYST, second_factor=False)

    for response in both_ways(client, route):
        assert response.status_code == 302
        assert response["Location"] == "/account/2fa/"


@pytest.mark.parametrize("route", DESK)
def test_the_desk_is_closed_to_a_stranger(client, route):
    cast.sign_in(client, cast.STRANGER)

    assert {response.status_code for response in both_ways(client, route)} <= {403, 404}


def both_ways(client, route):
    """The answers to who asks for it, and to who sends something there."""
    return client.get(address(route)), client.post(address(route))


@pytest.mark.parametrize("route", DESK)
def test_the_desk_is_open_to_those_who_work_there_and_kept_in_no_cache(client, there, page_of, route):
    seen = page_of(route)
    cast.sign_in(client, cast.ADMINISTRATOR)

    for response in (seen, client.get(address(route, there))):
        assert response.status_code in {200, 302, 405}
        assert response.status_code != 302 or not response["Location"].startswith("/account/")
        if response.status_code == 200:
            assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("route", PUBLIC)
def test_a_public_page_asks_nobody_to_sign_in(client, route):
    response = client.get(address(route))

    asks_for_a_key = route.startswith("api/") and response.status_code == 401
    assert response.status_code in {200, 301, 302, 405} or asks_for_a_key
    assert "/account/" not in response.get("Location", "")


@pytest.mark.parametrize("route", OURS)
def test_looking_at_a_page_changes_nothing_but_that_who_sees_people_stands_in_the_audit_trail(client, there, route):
    cast.sign_in(client, cast.ANALYST)

    with CaptureQueriesContext(connection) as queries:
        shown = client.get(address(route, there))
        client.head(address(route, there))

    written = changes(queries.captured_queries)
    looks = AuditEntry.objects.filter(action=LOOKED)
    assert len(written) == looks.count()
    page = b"".join(shown).decode(errors="replace")
    if route.startswith("desk/") and any(words in page for words in PEOPLE):
        look = looks.get()
        assert (str(look.person), look.at) == (cast.ANALYST.name, cast.NOW)
        for number in [str(there[found["name"]]) for found in PARAMETER.finditer(route)][:1]:
            assert look.object.endswith(f" {number}")


# Programs post these: a key, or what stands in a mail's head, lets them.
@pytest.mark.parametrize("route", [route for route in OURS if not route.startswith(("api/", "leave/"))])
def test_no_form_is_taken_without_its_token(route):
    client = Client(enforce_csrf_checks=True)
    cast.sign_in(client, cast.ANALYST)

    assert client.post(address(route)).status_code == 403


@pytest.mark.parametrize("route", OURS)
def test_every_answer_carries_the_headers_that_protect_a_browser(page_of, route):
    headers = page_of(route).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("route", OURS)
def test_every_page_speaks_the_language_of_its_reader_and_has_a_title(client, there, settings, route, language):
    cast.sign_in(client, cast.ANALYST)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    response = client.get(address(route, there))
    if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
        return

    page = response.content.decode()
    assert f'lang="{language}"' in page[: page.index("<body")]
    assert re.search(r"<title>\s*\S", page)


@pytest.mark.parametrize("path", ["/desk/organisations/{}/", "/desk/calls/{}/", "/desk/campaigns/{}/notices/"])
def test_a_number_that_no_database_can_look_up_is_not_there(client, path):
    cast.sign_in(client, cast.ANALYST)

    assert [client.get(path.format(number)).status_code for number in (2**63, 10**30)] == [404] * 2


def test_nobody_makes_an_account_for_himself(client):
    form = {"username": "eve", "password1": cast.PASSWORD, "password2": cast.PASSWORD}

    response = client.post("/account/signup/", form)

    assert response.status_code in {200, 403, 404}
    assert not client.login(username="eve", password=cast.PASSWORD)


def test_an_address_that_does_not_exist_says_so(client):
    assert client.get("/there-is-nothing-here/").status_code == 404
