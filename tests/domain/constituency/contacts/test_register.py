from datetime import timedelta

import pytest
from cast import ANALYST, BAKERY, BROKER, CLUB, NOW, organisation, person

from misthoorn.accounts.queries import audit_trail
from misthoorn.common import clock
from misthoorn.constituency import queries
from misthoorn.constituency.contacts.register import (
    ContactError,
    Found,
    Terms,
    add_contact,
    confirm_contact,
    grant_mandate,
    keep_found,
    lapse_unseen,
    revoke_mandate,
)
from misthoorn.constituency.models import Asset, Contact, Mandate
from misthoorn.constituency.services import mark_bounced, mark_wrong, note_failure, stop_contact

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def bakery():
    return organisation(BAKERY)


@pytest.fixture
def provider():
    return organisation(BROKER)


@pytest.fixture
def analyst():
    return person(ANALYST, second_factor=False)


def terms(**more):
    return Terms(**{"granted_by": "de bakker", "valid_from": NOW} | more)


def grant(bakery, provider, **more):
    return grant_mandate(client=bakery, provider=provider, terms=terms(**more), person=None, at=NOW)


def ladder(pk, now=NOW):
    return [one.address for one in queries.ladders([pk], now=now).get(pk, [])]


def abuse(owner, address="abuse@isp.example", **more):
    values = {"evidence": "RDAP 192.0.2.0/28", "confidence": 70, "provenance": "ripe", "role": "abuse"}
    return Found(organisation=owner, address=address, **values | more)


# --- mandates ---


def test_a_provider_with_a_mandate_stands_below_the_client_itself(bakery, provider):
    grant(bakery, provider)

    assert ladder(bakery) == [BAKERY.address, BROKER.address]
    rungs = {one.name: one.contact for one in queries.ladder_of(bakery, now=NOW)}
    assert rungs["provider-mandated"].role == "it_provider"
    assert rungs["provider-mandated"].evidence == "Harbour Brokers, granted by de bakker"
    assert ladder(provider) == [BROKER.address]


def test_a_mandate_that_is_withdrawn_between_decision_and_sending_lets_nothing_out(bakery, provider, analyst):
    mandate = grant(bakery, provider)
    contact = Contact.objects.get(mandate=mandate).pk
    Mandate.objects.update(valid_from=clock.now() - DAY)  # the hand-over goes by the database's clock
    assert queries.usable_contact(contact).role == "it_provider"

    assert revoke_mandate(mandate=mandate, by="de bakker", person=analyst, at=NOW) is True
    assert revoke_mandate(mandate=mandate, by="de bakker", person=analyst, at=NOW) is False

    assert queries.usable_contact(contact) is None
    assert ladder(bakery) == [BAKERY.address]
    assert {one.action for one in audit_trail()} >= {"mandate withdrawn", "mandate granted"}


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"valid_to": timedelta(hours=1)}, True),
        ({"valid_to": timedelta(hours=-1)}, False),
        ({"valid_from": timedelta(hours=1)}, False),
        ({"may_receive": False}, False),
        ({"revoked_at": timedelta()}, False),
    ],
)
def test_the_moment_of_handing_over_goes_by_the_same_rules_as_the_ladder(bakery, provider, changes, holds):
    mandate = grant(bakery, provider)
    now = clock.now()
    moments = {name: now + value if isinstance(value, timedelta) else value for name, value in changes.items()}
    Mandate.objects.update(**{"valid_from": now - DAY} | moments)
    contact = Contact.objects.get(mandate=mandate).pk

    assert (queries.usable_contact(contact) is not None) is holds
    assert (BROKER.address in ladder(bakery, now)) is holds


def test_a_contact_found_until_a_day_is_not_written_to_after_it(bakery):
    keep_found([abuse(bakery, valid_to=clock.now() + DAY)], at=NOW)
    pk = Contact.objects.get(role="abuse").pk
    assert queries.usable_contact(pk) is not None

    Contact.objects.filter(pk=pk).update(valid_to=clock.now() - DAY)

    assert queries.usable_contact(pk) is None


def test_a_newer_mandate_takes_the_place_of_the_older_one(bakery, provider):
    first, second = grant(bakery, provider), grant(bakery, provider)

    assert ladder(bakery) == [BAKERY.address, BROKER.address]
    lines = queries.mandates_of(bakery, now=NOW)
    assert [(one.mandate.id, one.why_not) for one in lines] == [(second, ""), (first, "mandate-withdrawn")]
    assert queries.mandates_of(provider, now=NOW) == lines


def test_a_mandate_for_some_assets_stays_one_for_none_when_they_go(bakery, provider):
    product = Asset.objects.get(organisation=bakery, kind="product")
    grant(bakery, provider, assets=[product.pk])
    product.delete()

    (line,) = queries.mandates_of(bakery, now=NOW)
    assert line.mandate.assets == frozenset()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"granted_by": " "}, "who of the client"),
        ({"valid_to": NOW}, "ends before it begins"),
        ({"assets": [0]}, "Not all of these assets"),
    ],
)
def test_a_mandate_that_can_not_be_is_refused_in_a_sentence(bakery, provider, changes, says):
    with pytest.raises(ContactError, match=says):
        grant(bakery, provider, **changes)


def test_nobody_is_mandated_by_themselves_and_nobody_without_a_contact(bakery, provider):
    with pytest.raises(ContactError, match="for itself"):
        grant(bakery, bakery)
    Contact.objects.filter(organisation=provider).update(bounced_at=NOW)
    with pytest.raises(ContactError, match="no contact of its own"):
        grant(bakery, provider)


# --- addresses ---


def test_an_address_of_two_organisations_that_bounces_is_tried_for_neither(bakery, provider):
    grant(bakery, provider)
    mark_bounced(contact=Contact.objects.get(organisation=provider).pk, at=NOW)

    assert ladder(bakery) == [BAKERY.address]
    assert ladder(provider) == []


def test_one_of_two_organisations_with_the_same_address_may_ask_us_to_stop(bakery, provider):
    keep_found([abuse(bakery), abuse(provider)], at=NOW)
    Contact.objects.filter(organisation=provider, role="abuse").update(stopped_at=NOW)

    assert "abuse@isp.example" in ladder(bakery)
    assert "abuse@isp.example" not in ladder(provider)


def test_what_comes_back_for_a_passing_reason_is_counted_and_forgotten_when_confirmed(bakery, analyst):
    pk = Contact.objects.get().pk
    note_failure(contact=pk)
    note_failure(contact=pk)
    assert queries.ladder_of(bakery, now=NOW)[0].contact.failures == 2

    mark_bounced(contact=pk, at=NOW)
    confirm_contact(contact=pk, person=analyst, at=NOW + DAY)

    kept = queries.ladder_of(bakery, now=NOW)[0].contact
    assert (kept.failures, kept.bounced_at, kept.bounces, kept.confirmed_at) == (0, None, 1, NOW + DAY)
    assert audit_trail()[0].action == "contact confirmed"


def test_who_asked_us_to_stop_is_not_confirmed_by_somebody_else(bakery, analyst):  # noqa: ARG001  it has a contact
    Contact.objects.update(stopped_at=NOW)

    with pytest.raises(ContactError, match="asked us to stop"):
        confirm_contact(contact=Contact.objects.get().pk, person=analyst, at=NOW)
    with pytest.raises(ContactError, match="There is no contact 0"):
        confirm_contact(contact=0, person=analyst, at=NOW)


def test_a_person_finds_a_contact_and_says_where(analyst):
    club = organisation(CLUB)
    values = {"organisation": club, "role": "general", "person": analyst, "at": NOW}
    pk = add_contact(**values, address="Jan@Club.example", evidence="its web site")
    again = add_contact(**values, address="Jan@club.example", evidence="its web site")

    assert again == pk
    kept = Contact.objects.get(pk=pk)
    assert (kept.address, kept.provenance, kept.evidence) == ("Jan@club.example", "found", "its web site")
    for wrong in (
        {"address": "x@y.example\nBcc: z@y.example", "evidence": "x"},
        {"address": "x@y.example", "evidence": " "},
    ):
        with pytest.raises(ContactError):
            add_contact(**values, **wrong)


# --- what look-ups find ---


def test_what_is_found_again_is_dated_anew_and_what_is_no_longer_found_is_used_no_more(bakery):
    keep_found([abuse(bakery), abuse(bakery, "old@isp.example")], at=NOW)

    assert keep_found([abuse(bakery, confidence=80)], at=NOW + DAY) == 0
    assert lapse_unseen(provenance="ripe", evidence="RDAP 192.0.2.0/28", at=NOW + DAY) == 1

    assert ladder(bakery, NOW + DAY) == [BAKERY.address, "abuse@isp.example"]
    lapsed = {one.contact.address: one.reason for one in queries.ladder_of(bakery, now=NOW + DAY) if one.contact}
    assert lapsed["old@isp.example"] == "lapsed"
    assert keep_found([abuse(bakery, "old@isp.example")], at=NOW + 2 * DAY) == 0
    assert "old@isp.example" in ladder(bakery, NOW + 2 * DAY)


def test_what_a_person_or_an_import_said_of_an_address_stays_when_a_look_up_finds_it_too(bakery):
    keep_found([abuse(bakery, BAKERY.address, role="security", provenance="security.txt", confidence=1)], at=NOW)

    kept = Contact.objects.get()
    assert (kept.provenance, kept.confidence, kept.seen_at) == ("import", 50, NOW)
    lapse_unseen(provenance="security.txt", evidence="", at=NOW + DAY)
    assert ladder(bakery, NOW + DAY) == [BAKERY.address]


def test_the_same_desk_for_two_networks_is_two_contacts(bakery):
    keep_found([abuse(bakery, place="192.0.2.0/28"), abuse(bakery, place="192.0.2.0/29")], at=NOW)

    assert Contact.objects.filter(address="abuse@isp.example").count() == 2


def test_a_number_and_an_address_on_paper_are_kept_as_contacts_too(bakery, analyst):
    told = {"organisation": bakery, "role": "general", "evidence": "the trade register", "person": analyst, "at": NOW}
    call = add_contact(channel="telephone", address="020 123 4567", **told)
    paper = add_contact(channel="letter", address="Dam 1 | 1012JS Amsterdam", **told)

    assert Contact.objects.get(pk=call).address == "+31201234567"
    assert Contact.objects.get(pk=paper).address == "Dam 1\n1012 JS Amsterdam"
    rungs = {rung.contact.id: rung.name for rung in queries.ladder_of(bakery, now=NOW) if rung.contact}
    assert (rungs[call], rungs[paper]) == ("telephone", "letter")


def test_a_number_that_is_wrong_for_one_may_be_right_for_another(bakery, provider, analyst):
    told = {"role": "general", "evidence": "x", "person": analyst, "at": NOW, "address": "020 123 4567"}
    ours, theirs = (add_contact(organisation=one, channel="telephone", **told) for one in (bakery, provider))

    mark_wrong(contact=ours, at=NOW)

    assert Contact.objects.get(pk=ours).bounced_at == NOW
    assert Contact.objects.get(pk=theirs).bounced_at is None


def test_who_wants_no_calls_is_not_called(bakery, analyst):
    told = {"organisation": bakery, "role": "general", "evidence": "x", "person": analyst, "at": NOW}
    call = add_contact(channel="telephone", address="020 123 4567", **told)

    stop_contact(contact=call, at=NOW)
    stop_contact(contact=call, at=NOW + DAY)

    assert Contact.objects.get(pk=call).stopped_at == NOW
