"""Webhooks of an organisation at the desk."""

import re

import cast
import pytest

from misthoorn.constituency.models import Contact, Organisation
from misthoorn.notification import webhooks
from misthoorn.notification.channels import HandOverError, Reason
from misthoorn.notification.channels.webhook.channel import WebhookChannel

URL = "https://soc.example/hook"
FORM = {"address": URL, "name": "SOC", "role": "security"}
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    cast.sign_in(client, cast.ADMINISTRATOR)
    return client


@pytest.fixture
def address(db):  # noqa: ARG001  it writes to the database
    return f"/desk/organisations/{cast.organisation(cast.BAKERY)}/webhooks/"


@pytest.fixture
def added(address):
    """A webhook of the bakery: where its acts are."""
    owner = int(address.split("/")[3])
    number, _ = webhooks.add_webhook(organisation=owner, address=URL, at=cast.NOW, person=None, name="SOC")
    return f"{address}{number}/"


def page(client, address):
    return client.get(address).content.decode()


def test_a_webhook_is_added_and_its_secret_is_shown_once(administrator, address):
    assert "Geen webhooks" in page(administrator, address)

    answer = administrator.post(address, FORM)

    assert len(SECRET.findall(answer.content.decode())) == 1
    assert "no-store" in answer["Cache-Control"]
    later = page(administrator, address)
    assert not SECRET.search(later)
    assert URL in later
    assert URL in page(administrator, address.removesuffix("webhooks/"))


@pytest.mark.parametrize("typed", ["", "http://soc.example/", "https://me:pw@soc.example/", "x" * 300])
def test_an_address_that_can_not_be_used_is_an_error_at_its_field(administrator, address, typed):
    shown = administrator.post(address, FORM | {"address": typed}).content.decode()

    assert 'aria-invalid="true"' in shown
    assert webhooks.webhooks() == []


def test_a_new_secret_is_shown_once_and_two_sign_for_a_day(administrator, address, added):
    shown = administrator.post(f"{added}rotate/").content.decode()

    assert SECRET.search(shown)
    assert "Geheimen die nu ondertekenen" in page(administrator, address)


def test_one_that_is_stopped_is_shown_as_such_and_does_nothing_more(administrator, address, added):
    administrator.post(f"{added}stop/")

    shown = page(administrator, address)
    assert "gestopt" in shown
    assert "rotate/" not in shown
    assert not SECRET.search(administrator.post(f"{added}rotate/", follow=True).content.decode())
    assert "gestopt" in administrator.post(f"{added}test/", follow=True).content.decode()


def test_a_test_says_what_was_answered(analyst, added, monkeypatch):
    monkeypatch.setattr(WebhookChannel, "hand_over", lambda *_, **__: "204 No Content")
    assert "204 No Content" in analyst.post(f"{added}test/", follow=True).content.decode()

    def refuse(*_, **__):
        raise HandOverError(Reason.UNREACHABLE, "<b>no</b> answer")

    monkeypatch.setattr(WebhookChannel, "hand_over", refuse)
    assert "&lt;b&gt;no" in analyst.post(f"{added}test/", follow=True).content.decode()


def test_only_an_administrator_adds_one_and_makes_secrets(analyst, address, added):
    assert analyst.post(address, FORM | {"address": "https://other.example/"}).status_code == 403
    assert analyst.post(f"{added}rotate/").status_code == 403
    assert "beheerder" in page(analyst, address)
    assert len(webhooks.webhooks()) == 1


@pytest.mark.parametrize("act", ["rotate", "stop", "test"])
def test_a_webhook_of_another_organisation_is_not_there(administrator, added, act):  # noqa: ARG001  it is there
    other = Organisation.objects.create(
        name="Other", register_number="40000001", sector="trade", size="1", created_at=cast.NOW
    ).pk
    number = Contact.objects.get(channel="webhook").pk

    assert administrator.post(f"/desk/organisations/{other}/webhooks/{number}/{act}/").status_code == 404
    assert administrator.get("/desk/organisations/99999/webhooks/").status_code == 404
    assert webhooks.webhooks()[0].machine.stopped_at is None
