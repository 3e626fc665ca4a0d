"""Accounts in stolen data are named to a confirmed contact of the organisation itself, and to no other."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from cast import ANALYST, BAKERY, NOW, organisation, person
from deliveries import deliver, seen, source
from warned import warn, wish

from misthoorn.common import clock
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.contacts.register import revoke_confirmation
from misthoorn.constituency.facts import ContactFacts
from misthoorn.constituency.models import Contact
from misthoorn.intake.lawfulness import state_origin
from misthoorn.intake.models import Batch
from misthoorn.notification.models import Message
from misthoorn.triage.campaigns.credentials import Accounts, accounts_for_desk, accounts_of, address_of, keep_from
from misthoorn.triage.follow_up.sweep import sweep
from misthoorn.triage.machine_lines import line_of, with_assets
from misthoorn.triage.models import Campaign, Finding
from misthoorn.triage.services import approve_campaign, release_campaign
from misthoorn.triage.services.digests import tell_gathered

pytestmark = pytest.mark.django_db
CONFIRMED = ContactFacts(1, 1, "security", "mail", "beheer@korenaar.example", "nl", "register", 90, confirmed=True)


@pytest.fixture
def breach(db, monkeypatch):  # noqa: ARG001  it writes to the database
    """What Have I Been Pwned says of the bakery's domain, in one delivery."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    organisation(BAKERY)
    source("hibp", form="hibp", tlp="AMBER+STRICT")
    accounts = {"jan": ["Adobe", "Gawker"], "piet": ["Adobe"], "bel nu": ["Adobe"]}
    deliver(json.dumps(accounts).encode(), source="hibp", name="korenaar.example.json")
    return Finding.objects.get()


def test_all_accounts_that_the_delivery_names_are_those_of_the_finding(breach):
    assert accounts_of([breach]) == {breach.pk: Accounts(("jan@korenaar.example", "piet@korenaar.example"), 3)}


def test_only_a_confirmed_contact_of_the_organisation_itself_reads_which():
    accounts = Accounts(("jan@korenaar.example",), 3)
    assert accounts.for_(CONFIRMED) == (("jan@korenaar.example",), 2)
    for changed in ({"confirmed": False}, {"role": "it_provider"}, {"role": "abuse"}, {"channel": "letter"}):
        assert accounts.for_(replace(CONFIRMED, **changed)) == ((), 3)


def test_what_is_no_longer_kept_is_named_to_nobody(breach):
    Batch.objects.update(events_path="")
    assert accounts_of([breach]) == {breach.pk: Accounts((), 1)}


def test_who_answers_the_telephone_at_the_desk_reads_them_all(breach):
    reader = {"person": person(ANALYST, second_factor=False), "now": NOW}
    said = accounts_for_desk(breach.pk, **reader)
    assert (said.named, said.left) == (("bel nu", "jan@korenaar.example", "piet@korenaar.example"), 0)
    Batch.objects.update(events_path="")
    assert len(accounts_for_desk(breach.pk, **reader).named) == 1, "what the finding itself still says"


def test_what_was_not_taken_from_somebody_has_no_accounts(breach):
    Finding.objects.update(rsit="vulnerable/potentially-unwanted-accessible")
    breach.refresh_from_db()
    assert (accounts_of([breach]), accounts_for_desk(breach.pk, person=0, now=NOW)) == ({}, None)


def test_no_list_for_machines_says_whose_account_was_taken(breach):
    [row] = with_assets(Finding.objects.filter(pk=breach.pk))
    assert row.evidence.pop("account")
    others = {key: str(value) for key, value in row.evidence.items()}
    row.evidence["account"] = "jan"
    assert line_of(row, source="hibp").evidence == others

    row.rsit = "malicious-code/infected-system"
    assert line_of(row, source="hibp").evidence == others | {"account": "jan"}


@pytest.mark.parametrize(
    "account",
    ["", "bel 0900", "a\nb", "jan@elders.example", "<b>", "x" * 65, "http://evil.example/", "j@n@korenaar.example"],
)
def test_what_is_no_plain_address_at_the_domain_is_not_written_down(account):
    assert address_of(account, "korenaar.example") == ""


@pytest.mark.parametrize("account", ["jan", "jan@korenaar.example", "jan@KORENAAR.example"])
def test_an_account_is_an_address_at_its_domain(account):
    assert address_of(account, "korenaar.example") == "jan@korenaar.example"


@pytest.mark.parametrize(("role", "named"), [("security", True), ("abuse", False)])
def test_a_warning_names_them_to_whom_it_may_and_tells_others_how_to_hear_them(breach, role, named):  # noqa: ARG001  it is there
    by = person(ANALYST, second_factor=False)
    Contact.objects.update(role=role)
    state_origin(source="hibp", lawful=True, note="By contract", person=by, at=NOW)
    Finding.objects.update(tlp="AMBER")
    campaign = Campaign.objects.get().pk
    approve_campaign(campaign=campaign, person=by, seen_reach=1, now=NOW)
    release_campaign(campaign=campaign, now=NOW)

    text = " ".join(Message.objects.get().body.split())
    assert ("jan@korenaar.example, piet@korenaar.example." in text) is named
    assert ("jan@" in text) is named
    assert ("Om welke accounts het gaat, staat niet in dit bericht. Bel" in text) is not named
    assert ("Niet genoemd in dit bericht zijn er nog 1. Bel" in text) is named


@pytest.mark.parametrize("confirmed", [True, False])
def test_what_waits_and_names_them_does_not_go_to_who_is_not_sure_to_be_right_any_more(breach, confirmed):  # noqa: ARG001  it is there
    by = person(ANALYST, second_factor=False)
    state_origin(source="hibp", lawful=True, note="By contract", person=by, at=NOW)
    source()
    campaign = Campaign.objects.get().pk
    approve_campaign(campaign=campaign, person=by, seen_reach=1, now=NOW)
    release_campaign(campaign=campaign, now=NOW)
    warn(by, seen(severity="normal", port=53, what="open-dns"))
    [contact] = constituency.contacts([Contact.objects.get().pk]).values()

    if not confirmed:
        revoke_confirmation(contact=contact.id, person=by, why="Somebody else answers", at=NOW)
        assert keep_from(contact) == 1

    states = dict(Message.objects.values_list("notice__subject", "state"))
    assert states.pop("open-dns") != "withheld", "it names nobody"
    assert [*states.values()] == ["queued" if confirmed else "withheld"]


def test_a_digest_names_them_too_with_the_warning_that_waited(breach, monkeypatch):  # noqa: ARG001  it is there
    by = person(ANALYST, second_factor=False)
    contact = Contact.objects.get()
    wish(contact, preset="digest", hour=8)
    state_origin(source="hibp", lawful=True, note="By contract", person=by, at=NOW)
    campaign = Campaign.objects.get().pk
    approve_campaign(campaign=campaign, person=by, seen_reach=1, now=NOW)
    release_campaign(campaign=campaign, now=NOW)
    source()
    warn(by, seen(severity="normal", port=53, what="open-dns"))
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=1))

    assert tell_gathered(now=NOW + timedelta(days=1)) == 1

    text = " ".join(Message.objects.get(notice__kind="digest").body.split())
    assert "De bron noemt deze accounts: jan@korenaar.example, piet@korenaar.example." in text
    assert text.count("accounts: jan@") == 1


def test_a_reminder_names_them_too(breach):  # noqa: ARG001  it is there
    by = person(ANALYST, second_factor=False)
    state_origin(source="hibp", lawful=True, note="By contract", person=by, at=NOW)
    Finding.objects.update(severity="high")
    campaign = Campaign.objects.get().pk
    approve_campaign(campaign=campaign, person=by, seen_reach=1, now=NOW)
    release_campaign(campaign=campaign, now=NOW)
    Message.objects.update(state="handed_over", handed_over_at=NOW)
    later = NOW + timedelta(days=8)
    Finding.objects.update(last_seen=later - timedelta(hours=1))

    sweep(now=later)

    text = " ".join(Message.objects.get(notice__kind="reminder").body.split())
    assert "De bron noemt deze accounts: jan@korenaar.example, piet@korenaar.example." in text
