"""The owner of networks is told once a day, in one list, what was seen there; whoever uses them is told itself."""

import csv
import io
import json
from datetime import timedelta

import pytest
from cast import BAKERY, BROKER, NOW, Company, organisation
from chance import examples
from deliveries import YESTERDAY, deliver, events, seen, source
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from misthoorn.common import clock
from misthoorn.constituency.models import Asset, Contact, Organisation
from misthoorn.constituency.queries import usable_contact
from misthoorn.constituency.services import mark_bounced, refuse_subject
from misthoorn.notification.delivery import Delivery
from misthoorn.notification.digests.queue import settle
from misthoorn.notification.models import Message, MessageFile, Notice
from misthoorn.triage import services
from misthoorn.triage.bundle_work import step
from misthoorn.triage.models import Campaign, Decision, Finding
from misthoorn.triage.queries import still_true
from misthoorn.triage.services.bundles import SUBJECT, make_bundle

pytestmark = pytest.mark.django_db

ISP = Company(
    "30000100",
    "Kabelnet Utrecht",
    "general",
    (("network", "192.0.2.0/24", ""), ("asn", "AS64496", ""), ("domain", "kabelnet.example", "")),
    "noc@kabelnet.example",
    language="en",
    sector="ict",
)
TOMORROW = NOW + timedelta(days=1)
FAR = timedelta(days=9_999)


def owner(company=ISP):
    pk = organisation(company)
    Organisation.objects.filter(pk=pk).update(network_owner=True)
    return pk


def release(analyst, *, now=NOW):
    """Approves and releases all that is proposed."""
    for campaign in Campaign.objects.filter(state="proposed").values_list("pk", flat=True):
        services.approve_campaign(campaign=campaign, person=analyst, seen_reach=99, now=now)
        services.release_campaign(campaign=campaign, now=now)


@pytest.fixture
def isp(analyst, monkeypatch):  # noqa: ARG001  the database
    monkeypatch.setattr(clock, "now", lambda: NOW)
    source()
    return owner()


def bundles():
    return list(Message.objects.filter(notice__kind="bundle").order_by("pk"))


def lines(message):
    table = message.files.get(media_type__startswith="text/csv")
    return list(csv.DictReader(io.StringIO(bytes(table.content).decode(), newline="")))


def reports(message):
    return json.loads(bytes(message.files.get(media_type="application/json").content))


def test_an_event_in_nobodys_registered_network_reaches_the_owner_of_the_network(isp, analyst):
    deliver(events(seen("192.0.2.77"), seen("203.0.113.9", asn="64496", what="open-vnc")))
    release(analyst)
    assert {one.state for one in Message.objects.all()} == {"gathering"}
    assert not make_bundle(now=NOW), "its time has not come"

    assert make_bundle(now=TOMORROW)
    assert not make_bundle(now=TOMORROW)

    (bundle,) = bundles()
    assert (bundle.address, bundle.state, bundle.language) == ("noc@kabelnet.example", "queued", "en")
    assert "Findings in AS64496 (+1): 2" in bundle.subject_line
    assert [(row["ip"], row["asn"], row["identifier"]) for row in lines(bundle)] == [
        ("192.0.2.77", "", "open-rdp"),
        ("203.0.113.9", "AS64496", "open-vnc"),
    ]
    assert [one["source_identifier"] for one in reports(bundle)] == ["192.0.2.77", "203.0.113.9"]
    assert set(Message.objects.filter(told_in=bundle).values_list("state", flat=True)) == {"gathered"}
    assert Message.objects.filter(state="gathering").count() == 0
    assert bundle.notice.organisation_id == isp
    for file in bundle.files.all():
        assert file.name in bundle.body


def test_the_customer_gets_its_own_warning_and_the_owner_the_line(isp, analyst):
    bakery = organisation(BAKERY)
    deliver(events(seen("192.0.2.1")))
    release(analyst)
    make_bundle(now=TOMORROW)

    (own,) = Message.objects.filter(notice__organisation=bakery)
    assert (own.notice.kind, own.state) == ("warning", "queued")
    assert [row["ip"] for row in lines(bundles()[0])] == ["192.0.2.1"]
    rules = [rule for *_, rule in Decision.objects.get(finding__organisation=isp).gates]
    assert any(rule.endswith("network owner, beside a nearer holder") for rule in rules)


@pytest.mark.usefixtures("isp")
def test_nothing_that_must_stay_with_one_organisation_is_in_a_bundle(analyst):
    deliver(events(seen("192.0.2.1"), seen("192.0.2.2"), seen("192.0.2.3")))
    Finding.objects.filter(observed="192.0.2.1").update(tlp="AMBER+STRICT")
    Finding.objects.filter(observed="192.0.2.2").update(tlp="RED")
    release(analyst)
    make_bundle(now=TOMORROW)

    assert [row["ip"] for row in lines(bundles()[0])] == ["192.0.2.3"]
    outcomes = dict(Decision.objects.values_list("finding__observed", "outcome"))
    assert outcomes == {"192.0.2.1": "tlp", "192.0.2.2": "tlp", "192.0.2.3": "warn"}


def test_each_desk_for_abuse_gets_one_bundle_of_its_own_networks(isp, analyst):
    Contact.objects.filter(organisation=isp).delete()
    for place in ("192.0.2.0/25", "192.0.2.128/25"):
        Contact.objects.create(
            organisation_id=isp,
            role="abuse",
            address=f"abuse-{place[8]}@kabelnet.example",
            provenance="ripe",
            place=place,
            created_at=NOW,
        )
    deliver(events(seen("192.0.2.1"), seen("192.0.2.2", what="open-vnc"), seen("192.0.2.200")))
    release(analyst)

    assert make_bundle(now=TOMORROW)
    assert make_bundle(now=TOMORROW)
    assert not make_bundle(now=TOMORROW)

    assert {one.address: [row["ip"] for row in lines(one)] for one in bundles()} == {
        "abuse-0@kabelnet.example": ["192.0.2.1", "192.0.2.2"],
        "abuse-1@kabelnet.example": ["192.0.2.200"],
    }
    assert "192.0.2.0/25" in bundles()[0].subject_line
    assert Message.objects.filter(state="gathering").count() == 0


def test_one_desk_that_answers_for_several_networks_gets_one_bundle_of_all(isp, analyst):
    Contact.objects.filter(organisation=isp).delete()
    for place in ("192.0.2.0/25", "192.0.2.128/25"):
        Contact.objects.create(
            organisation_id=isp,
            role="abuse",
            address="abuse@kabelnet.example",
            provenance="ripe",
            place=place,
            created_at=NOW,
        )
    deliver(events(seen("192.0.2.1"), seen("192.0.2.200")))
    release(analyst)
    assert Message.objects.filter(state="gathering").count() == 2

    assert make_bundle(now=TOMORROW)
    assert not make_bundle(now=TOMORROW)

    (bundle,) = bundles()
    assert [row["ip"] for row in lines(bundle)] == ["192.0.2.1", "192.0.2.200"]
    assert "192.0.2.0/25 (+1)" in bundle.subject_line


@pytest.mark.usefixtures("isp")
def test_what_is_still_open_comes_back_and_what_is_new_is_counted(analyst):
    deliver(events(seen("192.0.2.1"), seen("192.0.2.2")))
    release(analyst)
    make_bundle(now=TOMORROW)
    Finding.objects.filter(observed="192.0.2.2").update(state="gone")
    deliver(events(seen("192.0.2.3", what="open-vnc", at=NOW)), at=TOMORROW + timedelta(hours=1))
    release(analyst, now=TOMORROW + timedelta(hours=1))

    assert make_bundle(now=TOMORROW + timedelta(days=1))

    first, second = bundles()
    assert [row["ip"] for row in lines(first)] == ["192.0.2.1", "192.0.2.2"]
    assert [row["ip"] for row in lines(second)] == ["192.0.2.1", "192.0.2.3"]
    assert "New since the last bundle: 2" in first.body
    assert "New since the last bundle: 1" in second.body


@pytest.mark.usefixtures("isp")
def test_without_anything_new_nothing_is_sent(analyst):
    deliver(events(seen("192.0.2.1")))
    release(analyst)
    make_bundle(now=TOMORROW)

    assert not make_bundle(now=TOMORROW + timedelta(days=3))


@pytest.mark.usefixtures("isp")
def test_what_is_older_than_two_weeks_is_left_out(analyst):
    deliver(events(seen("192.0.2.1"), seen("192.0.2.2")))
    release(analyst)
    Finding.objects.filter(observed="192.0.2.1").update(last_seen=TOMORROW - timedelta(days=14, seconds=1))
    make_bundle(now=TOMORROW)

    assert [row["ip"] for row in lines(bundles()[0])] == ["192.0.2.2"]


@pytest.mark.usefixtures("isp")
def test_what_is_gone_by_then_goes_nowhere_and_says_so_in_the_end(analyst):
    deliver(events(seen("192.0.2.1")))
    release(analyst)
    Finding.objects.update(state="gone")

    assert make_bundle(now=TOMORROW)

    assert bundles() == []
    assert Message.objects.get().state == "queued", "the last look before handing over withholds it, with the reason"


@pytest.mark.usefixtures("isp")
def test_what_was_seen_at_its_own_name_is_told_as_to_anybody(analyst):
    deliver(events(seen("203.0.113.8", name="www.kabelnet.example"), seen("192.0.2.1", what="open-vnc")))
    release(analyst)
    assert make_bundle(now=TOMORROW)

    assert [row["ip"] for row in lines(bundles()[0])] == ["192.0.2.1"]
    (own,) = Message.objects.filter(notice__kind="warning", state="queued")
    assert "203.0.113.8" in own.body


def test_a_contact_that_works_no_more_gets_no_bundle_and_its_messages_find_another_way(isp, analyst):
    deliver(events(seen("192.0.2.1")))
    release(analyst)
    Contact.objects.filter(organisation=isp).update(bounced_at=NOW)

    assert make_bundle(now=TOMORROW)

    assert bundles() == []
    assert Message.objects.get().state == "queued"


def test_an_owner_that_wants_no_bundles_gets_none(isp, analyst):
    deliver(events(seen("192.0.2.1")))
    release(analyst)
    refuse_subject(organisation=isp, subject=SUBJECT, at=NOW)

    assert make_bundle(now=TOMORROW)

    assert bundles() == []
    assert Message.objects.get().state == "withheld"


@pytest.mark.usefixtures("isp")
def test_broken_off_half_way_nothing_is_told_and_nothing_lost(analyst, monkeypatch):
    deliver(events(seen("192.0.2.1")))
    release(analyst)

    def breaks(*_args, **_more):
        raise OSError("the machine went down")

    with monkeypatch.context() as patch:
        patch.setattr("misthoorn.triage.services.bundles.mark_gathered", breaks)
        with pytest.raises(OSError, match="went down"):
            make_bundle(now=TOMORROW)
    assert not Notice.objects.filter(kind="bundle").exists()
    assert Message.objects.get().state == "gathering"

    assert make_bundle(now=TOMORROW)
    assert len(bundles()) == 1


def test_one_that_fails_does_not_keep_back_the_next(isp, analyst, monkeypatch):
    other = Company("30000101", "Glasnet", "general", (("network", "198.51.100.0/24", ""),), "noc@glasnet.example")
    owner(other)
    deliver(events(seen("192.0.2.1"), seen("198.51.100.1")))
    release(analyst)
    monkeypatch.setattr(
        "misthoorn.triage.services.bundles._network",
        lambda bundle: 1 / 0 if bundle.contact.organisation == isp else "AS64497",
    )

    assert make_bundle(now=TOMORROW)
    with pytest.raises(ZeroDivisionError):
        make_bundle(now=TOMORROW)

    assert [one.address for one in bundles()] == ["noc@glasnet.example"]


@pytest.mark.usefixtures("isp")
def test_the_worker_has_a_step_for_it(analyst, monkeypatch):
    deliver(events(seen("192.0.2.1")))
    release(analyst)
    assert not step.pending()
    monkeypatch.setattr(clock, "now", lambda: TOMORROW)

    assert step.pending()
    assert step.run()
    assert not step.pending()


@pytest.mark.usefixtures("isp")
def test_what_is_urgent_is_told_at_once_and_stands_in_the_list_as_well(analyst):
    deliver(events(seen("192.0.2.9", what="compromised-website", severity="urgent"), seen("192.0.2.1")))
    release(analyst)
    assert Message.objects.get(notice__subject="compromised-website").state == "queued"

    make_bundle(now=TOMORROW)

    (bundle,) = bundles()
    assert [(row["ip"], row["severity"]) for row in lines(bundle)] == [("192.0.2.9", "urgent"), ("192.0.2.1", "high")]
    assert "Urgent: 1." in bundle.body


class Relay:
    """Takes every parcel."""

    def __init__(self):
        self.taken = []

    def hand_over(self, parcel, *, deadline):  # noqa: ARG002  a fake is never late
        self.taken.append(parcel)
        return "250 taken"

    def close(self):
        pass


@pytest.mark.usefixtures("isp")
def test_a_bundle_is_handed_over_with_its_files_and_what_was_told_in_it_ends_with_it(analyst):
    deliver(events(seen("192.0.2.1")))
    release(analyst)
    make_bundle(now=TOMORROW)
    relay = Relay()
    Message.objects.filter(notice__kind="bundle").update(not_before=NOW - timedelta(days=1), not_after=NOW + FAR)

    Delivery(
        channels={"mail": relay},
        still_true=still_true,
        usable_contact=usable_contact,
        mark_bounced=mark_bounced,
        lease=60.0,
        deadline=25.0,
    ).run()
    settle()

    (parcel,) = relay.taken
    assert [one.name.rpartition(".")[2] for one in parcel.files] == ["csv", "json"]
    (gathered,) = Message.objects.filter(notice__kind="warning")
    assert (gathered.state, gathered.handed_over_at) == ("gathered", gathered.told_in.handed_over_at)
    assert gathered.handed_over_at is not None


SECRETS = ("Geheimzinnig BV", "geheim-kantoor-7", "baas@geheim.example")


class NothingOfOthers(TestCase):
    @settings(max_examples=examples(15))
    @given(
        hosts=st.sets(st.integers(0, 255), min_size=1, max_size=8),
        split=st.sampled_from(["192.0.2.0/26", "192.0.2.0/28", "192.0.2.128/25", "192.0.2.1/32"]),
    )
    def test_no_name_contact_or_label_of_another_organisation_is_in_a_bundle(self, hosts, split):
        from cast import ANALYST, person  # noqa: PLC0415  beside the others of this test

        source()
        name, label, address = SECRETS
        customer = Company(
            "30000102", name, "general", (("network", split, ""), ("domain", "geheim.example", "")), address
        )
        Asset.objects.filter(organisation=organisation(customer), kind="network").update(label=label)
        organisation(BROKER)
        pk = owner()
        deliver(events(*(seen(f"192.0.2.{host}") for host in sorted(hosts)), seen("198.51.100.1", at=YESTERDAY)))
        release(person(ANALYST, second_factor=False))

        assert make_bundle(now=TOMORROW)

        (bundle,) = bundles()
        assert bundle.notice.organisation_id == pk
        said = [bundle.body.encode(), bundle.subject_line.encode()]
        said += [bytes(one) for one in MessageFile.objects.values_list("content", flat=True)]
        for secret in (*SECRETS, BROKER.name, BROKER.address, "198.51.100"):
            assert not [one for one in said if secret.encode() in one], secret
        assert {row["ip"] for row in lines(bundle)} == {f"192.0.2.{host}" for host in hosts}
