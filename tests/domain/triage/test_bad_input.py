"""What goes wrong between what is known and what is sent, each with the outcome that is stated for it.

| what | what comes of it |
| --- | --- |
| an organisation without any contact | its notice is withheld: no-contact |
| one address that belongs to two organisations | each is told, with a number of its own |
| a mandate, a contact, an asset, a finding, an advisory that goes after the decision | 0 sent, and it says why |
| a label that becomes strict after the decision | 0 sent: tlp |
| a clock that jumps ahead | what is too late expires, and says so; nothing is sent late |
| a clock that jumps back | nothing is lost, and nothing goes twice |
| a rule that hits everybody | 0 sent before the second person's yes |
"""

from datetime import timedelta

import pytest
from cast import BAKERY, BROKER, CLUB, COLLEAGUE, NOW, WATERWORKS, organisation, person
from deliveries import cve, deliver, events, own_products, records, seen, source

from misthoorn.common import clock
from misthoorn.constituency.contacts.register import Terms, grant_mandate, revoke_mandate
from misthoorn.constituency.models import Asset, Contact, Organisation
from misthoorn.constituency.queries import usable_contact
from misthoorn.constituency.services import mark_bounced
from misthoorn.notification.delivery import Delivery
from misthoorn.notification.models import Message, Notice
from misthoorn.triage import queries
from misthoorn.triage.models import Campaign, Finding
from misthoorn.triage.services import (
    CampaignError,
    Scope,
    approve_campaign,
    propose_campaigns,
    release_campaign,
    suppress,
)

pytestmark = pytest.mark.django_db


class Sent(list):
    """A channel that takes everything."""

    def hand_over(self, parcel, *, deadline):  # noqa: ARG002  a fake is never late
        self.append(parcel.address)
        return "250 taken"

    def close(self):
        pass


@pytest.fixture
def sent():
    return Sent()


def hand_over(sent):
    """What a worker would hand over now."""
    Delivery(
        channels={"mail": sent},
        still_true=queries.still_true,
        usable_contact=usable_contact,
        mark_bounced=mark_bounced,
        lease=60.0,
        deadline=25.0,
        monotonic=lambda: 1000.0,
        jitter=lambda: 0.5,
        sleep=lambda _: None,
    ).run()


def decide(analyst):
    """Approve and release the campaign that there is, as it stands now."""
    pk = Campaign.objects.get().pk
    approve_campaign(campaign=pk, person=analyst, seen_reach=99, now=NOW)
    return release_campaign(campaign=pk, now=NOW)


@pytest.fixture
def decided(proposed, analyst):  # noqa: ARG001  the campaign has to be there
    """Two messages that wait: to the bakery and to the brokers."""
    assert decide(analyst).messages == 2


def states():
    return sorted(Message.objects.values_list("state", "because"))


def test_an_organisation_without_any_contact_gets_a_notice_that_says_so(proposed, analyst, sent):  # noqa: ARG001
    Contact.objects.filter(address=BROKER.address).delete()
    decide(analyst)
    hand_over(sent)

    assert sent == [BAKERY.address]
    assert list(Notice.objects.filter(state="withheld").values_list("organisation__name", "withheld_because")) == [
        (BROKER.name, "no-contact")
    ]


def test_of_one_address_at_two_organisations_each_is_told_with_a_number_of_its_own(proposed, analyst, sent):  # noqa: ARG001
    Contact.objects.update(address="it@noord.example")
    decide(analyst)
    hand_over(sent)

    assert sent == ["it@noord.example"] * 2
    assert len(set(Message.objects.values_list("notice__number", "notice__code"))) == 2
    bodies = list(Message.objects.order_by("notice__organisation").values_list("body", flat=True))
    assert [("192.0.2.1" in body, "198.51.100.1" in body) for body in bodies] == [(True, False), (False, True)]


def _mandate_withdrawn():
    client = Organisation.objects.get(name=BAKERY.name).pk
    provider = Organisation.objects.get(name=BROKER.name).pk
    began = clock.now() - timedelta(days=1)
    terms = Terms(granted_by="de eigenaar", valid_from=began)
    mandate = grant_mandate(client=client, provider=provider, terms=terms, person=None, at=began)
    contact = Contact.objects.get(mandate=mandate)
    Message.objects.update(contact=contact, address=contact.address)
    revoke_mandate(mandate=mandate, by="de eigenaar", person=None, at=clock.now())


def _suppressed():
    by = person(COLLEAGUE, second_factor=False)
    suppress(scope=Scope(subject="open-rdp"), reason="a test", person=by, until=None, now=clock.now())


AFTERWARDS = {
    "a mandate is withdrawn": (_mandate_withdrawn, "contact_unusable"),
    "a contact asks us to stop": (lambda: Contact.objects.update(stopped_at=NOW), "contact_unusable"),
    "a contact came back elsewhere": (lambda: Contact.objects.update(bounced_at=NOW), "contact_unusable"),
    "an address is corrected": (lambda: Contact.objects.update(address="a@nieuw.example"), "address_changed"),
    "an asset was not theirs": (lambda: Asset.objects.update(valid_to=NOW - timedelta(days=30)), "no_longer_true"),
    "an asset is removed": (lambda: Asset.objects.filter(kind="network").delete(), "no_longer_true"),
    "the source sees it no more": (lambda: Finding.objects.update(state="gone"), "no_longer_true"),
    "somebody suppresses it": (_suppressed, "no_longer_true"),
    "the source gives a stricter label": (lambda: Notice.objects.update(tlp="RED"), "tlp"),
}


@pytest.mark.parametrize("what", AFTERWARDS)
def test_what_changes_between_the_decision_and_the_hand_over_stops_it_and_says_why(decided, sent, what):  # noqa: ARG001
    change, because = AFTERWARDS[what]
    change()
    hand_over(sent)

    assert (sent, states()) == ([], [("withheld", because)] * 2)


def test_an_advisory_that_is_withdrawn_after_the_decision_is_told_to_nobody(analyst, sent):
    organisation(BAKERY)
    own_products(BAKERY, "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*")
    source("cve", form="cve5")
    deliver(records(cve()), source="cve", name="one.jsonl")
    assert decide(analyst).messages == 1
    rejected = cve(state="REJECTED", modified="2022-02-01T00:00:00Z")
    deliver(records(rejected), source="cve", name="two.jsonl")
    hand_over(sent)

    assert (sent, states()) == ([], [("withheld", "no_longer_true")])


def test_a_clock_that_jumps_ahead_lets_what_is_too_late_expire_and_sends_nothing_late(decided, sent):  # noqa: ARG001
    clock.set_offset(clock.offset() + timedelta(days=6))
    hand_over(sent)

    assert (sent, states()) == ([], [("expired", "too_late")] * 2)


def test_a_clock_that_jumps_back_loses_nothing_and_sends_nothing_twice(decided, sent):  # noqa: ARG001
    before = clock.offset()
    clock.set_offset(before - timedelta(hours=1))
    hand_over(sent)
    assert (sent, states()) == ([], [("queued", "")] * 2)

    clock.set_offset(before)
    hand_over(sent)
    hand_over(sent)
    assert sorted(sent) == sorted([BAKERY.address, BROKER.address])


def test_a_rule_that_hits_everybody_sends_nothing_before_the_second_yes(analyst, colleague, settings, sent):
    settings.REACH_LIMIT = 1
    for company in (BAKERY, BROKER, WATERWORKS, CLUB):
        organisation(company)
    Organisation.objects.update(kind="general")
    source()
    deliver(events(seen("192.0.2.1"), seen("198.51.100.1"), seen("203.0.113.1"), seen("203.0.113.200")))
    pk = Campaign.objects.get().pk

    assert approve_campaign(campaign=pk, person=analyst, seen_reach=4, now=NOW).state == "waiting"
    with pytest.raises(CampaignError):
        release_campaign(campaign=pk, now=NOW)
    with pytest.raises(CampaignError):
        approve_campaign(campaign=pk, person=analyst, seen_reach=4, now=NOW)
    hand_over(sent)
    assert (sent, Message.objects.count()) == ([], 0)

    approve_campaign(campaign=pk, person=colleague, seen_reach=4, now=NOW)
    assert release_campaign(campaign=pk, now=NOW).messages == 4


@pytest.mark.parametrize("channel", ["mail", "telephone", "letter", "webhook", "feed", "portal"])
@pytest.mark.parametrize("role", ["owner", "it_provider", "abuse"])
def test_under_red_nobody_is_told_by_any_channel_and_the_notice_says_why(proposed, analyst, sent, channel, role):  # noqa: ARG001
    Contact.objects.update(channel=channel, role=role, name="Anna Jansen")
    Finding.objects.update(tlp="RED")
    propose_campaigns(now=NOW)
    created = decide(analyst)
    hand_over(sent)

    assert (created.messages, sent) == (0, [])
    assert set(Notice.objects.values_list("state", "withheld_because")) == {("withheld", "tlp")}
