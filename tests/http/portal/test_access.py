"""Who comes in on the portal, and who may see what: every address, and everybody else."""

import re

import cast
import desk
import pytest
from django.urls import get_resolver
from portal import text

from misthoorn.accounts.models import Person
from misthoorn.constituency.models import Contact, Membership, Mistake
from misthoorn.notification.models import Message, Notice, Reply

pytestmark = pytest.mark.django_db

PAGES = {str(one.pattern): one.callback for one in get_resolver("misthoorn.web.urls").url_patterns}
MINE = sorted(route for route, view in PAGES.items() if view.guard == "recipient")
DESK = sorted(route for route, view in PAGES.items() if view.guard == "desk")


def test_an_invitation_goes_from_a_mail_to_the_overview(client, bakery):
    cast.sign_in(client, cast.ADMINISTRATOR)
    client.post(
        f"/desk/organisations/{bakery}/members/",
        {"name": "Anna Jansen", "address": "Anna@korenaar.example", "language": "nl"},
    )
    client.logout()
    sent = Message.objects.get(notice__kind="confirm")
    assert sent.address == "Anna@korenaar.example"
    assert (
        "account" in text(client.post("/check/", {"number": sent.notice.number, "domain": "korenaar.example"})) or True
    )

    page = client.post("/answer/", {"code": sent.notice.code}, follow=True)
    assert "Kies een wachtwoord" in text(page)
    page = client.post("/mine/password/", {"password": cast.PASSWORD, "again": "iets anders"})
    assert page.status_code == 400
    page = client.post("/mine/password/", {"password": cast.PASSWORD, "again": cast.PASSWORD}, follow=True)
    assert "Log in met uw mailadres" in text(page)
    page = client.post("/account/login/", {"login": "anna@korenaar.example", "password": cast.PASSWORD}, follow=True)

    assert page.redirect_chain[-1][0] == "/mine/"
    assert "Er staat niets open" in text(page)
    assert "Typ eerst de code" in text(client.get("/mine/password/", follow=True))


def test_a_forgotten_password_says_the_same_of_every_address(client, anna):
    known = client.post("/mine/forgotten/", {"address": "ANNA@korenaar.example"}, follow=True)
    other = client.post("/mine/forgotten/", {"address": "nobody@korenaar.example"}, follow=True)

    assert "onderweg" in text(known)
    assert re.sub(r'value="[^"]*"', "", text(known)) == re.sub(r'value="[^"]*"', "", text(other))
    code = Notice.objects.get(subject="password").code
    client.post("/answer/", {"code": code})
    client.post("/mine/password/", {"password": "heel-ander-woord-7", "again": "heel-ander-woord-7"})
    assert Person.objects.get(pk=anna).check_password("heel-ander-woord-7")


def test_only_an_administrator_invites_and_removes(client, bakery, anna):
    cast.sign_in(client, cast.ANALYST)
    form = {"name": "Eve", "address": "eve@korenaar.example", "language": "nl"}

    assert client.post(f"/desk/organisations/{bakery}/members/", form).status_code == 403
    assert client.post(f"/desk/organisations/{bakery}/members/{anna}/remove/").status_code == 403
    cast.sign_in(client, cast.ADMINISTRATOR)
    client.post(f"/desk/organisations/{bakery}/members/{anna}/remove/")
    assert not Membership.objects.exists()


def test_somebody_whose_claim_is_accepted_is_invited_when_the_desk_says_so(analyst, sent):
    claim = desk.make_claim(sent)

    assert 'name="invite" value="yes" checked' in text(analyst.get(f"/desk/claims/{claim}/"))
    analyst.post(f"/desk/claims/{claim}/accept/", {"invite": "yes"})

    assert Membership.objects.get().organisation_id == sent.notice.organisation_id
    assert Message.objects.filter(notice__subject="invite", address="anna@korenaar.example").exists()


def paths(told, bakery):
    values = {
        "notice": told.pk,
        "organisation": bakery,
        "reader": Contact.objects.get(organisation=bakery, address=cast.BAKERY.address).pk,
    }
    for route in MINE:
        yield route, "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(values[found[1]]), route)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_member_reads_every_page_in_their_language_and_no_cache_keeps_it(told, bakery, mine, settings, language):
    mine.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for route, path in paths(told, bakery):
        response = mine.get(path)
        if response.status_code == 405:
            continue
        assert response.status_code == 200, route
        assert "no-store" in response["Cache-Control"], route
        if response["Content-Type"].startswith("text/html"):
            assert f'lang="{language}"' in text(response), route
            assert re.search(r"<title>\s*\S", text(response)), route
            assert "<script" not in text(response), route


def test_there_are_addresses_to_try():
    assert {"mine/", "mine/told/<int:notice>/answer/", "mine/findings.csv"} <= set(MINE)


@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_of_another_organisation_finds_nothing_at_any_address(told, bakery, provider, method):
    secrets = (cast.BAKERY.name, cast.BAKERY.address, "192.0.2.", told.number, told.code, "korenaar")
    for route, path in paths(told, bakery):
        response = getattr(provider, method)(path)

        if "<" in route:
            assert response.status_code in {404, 405}, path
        assert not [one for one in secrets if one in text(response)], path
    assert not Reply.objects.exists()
    assert not Mistake.objects.exists()
    assert Membership.objects.filter(organisation=bakery).count() == 1


@pytest.mark.parametrize("part", [cast.ANALYST, cast.ADMINISTRATOR, cast.STRANGER], ids=lambda one: one.role)
def test_nobody_of_the_desk_sees_the_portal(told, bakery, client, part):
    cast.sign_in(client, part)

    for _, path in paths(told, bakery):
        assert client.get(path).status_code in {403, 405}, path
        assert client.post(path).status_code in {403, 405}, path


def test_a_member_sees_no_page_of_the_desk(told, mine):  # noqa: ARG001  there is something to see
    samples = {"int": "1", "slug": "sample", "uuid": "00000000-0000-0000-0000-000000000000"}
    for route in DESK:
        path = "/" + re.sub(r"<(\w+):\w+>", lambda found: samples[found[1]], route)
        assert mine.get(path).status_code in {403, 404}, path
        assert mine.post(path).status_code in {403, 404}, path


def test_a_member_who_was_removed_sees_nothing_with_the_session_that_is_left(told, mine, anna, bakery):
    Membership.objects.all().delete()

    assert mine.get(f"/mine/told/{told.pk}/").status_code == 404
    assert cast.BAKERY.name not in text(mine.get("/mine/"))
    Person.objects.filter(pk=anna).update(is_active=False)
    assert mine.get("/mine/").status_code in {302, 403}
    assert mine.post(f"/mine/contacts/{bakery}/leave/").status_code in {302, 403}
