"""Machines of an organisation are told what it is told, beside a person and never in a person's place."""

import pytest
from cast import BROKER, NOW

from misthoorn.common import clock
from misthoorn.constituency.models import Contact, Organisation
from misthoorn.constituency.queries import ladders_and_machines
from misthoorn.constituency.services import mark_bounced
from misthoorn.notification.models import Message, Notice
from misthoorn.triage import services
from misthoorn.triage.models import Finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(proposed, analyst, monkeypatch):
    """Approves and releases the campaign; gives the bakery's messages by address."""
    monkeypatch.setattr(clock, "now", lambda: NOW)

    def released():
        services.approve_campaign(campaign=proposed, person=analyst, seen_reach=99, now=NOW)
        services.release_campaign(campaign=proposed, now=NOW)
        rows = Message.objects.filter(notice__organisation__register_number="30000001")
        return {row.address: row for row in rows}

    return released


@pytest.fixture
def bakery(proposed):  # noqa: ARG001  it takes the bakery in
    return Organisation.objects.get(register_number="30000001").pk


def machine(owner, address, **more):
    values = {"role": "security", "channel": "webhook", "provenance": "registered"} | more
    return Contact.objects.create(organisation_id=owner, address=address, created_at=NOW, **values).pk


def test_a_machine_gets_the_same_as_the_person_beside_it(bakery, release):
    machine(bakery, "https://hook.korenaar.example")

    told = release()

    assert set(told) == {"beheer@korenaar.example", "https://hook.korenaar.example"}
    copy, original = told["https://hook.korenaar.example"], told["beheer@korenaar.example"]
    assert copy.notice_id == original.notice_id
    assert (copy.channel, original.channel) == ("webhook", "mail")
    assert "192.0.2.1" in copy.body
    assert "192.0.2.2" in copy.body


@pytest.mark.parametrize(("channel", "state"), [("feed", "waiting"), ("portal", "waiting"), ("webhook", "queued")])
def test_what_its_reader_has_to_fetch_waits(bakery, release, channel, state):
    machine(bakery, "machine", channel=channel)

    assert release()["machine"].state == state


def test_without_a_person_nobody_is_told(bakery, release):
    Contact.objects.filter(organisation=bakery).delete()
    machine(bakery, "machine")

    assert release() == {}
    assert Notice.objects.get(organisation=bakery).withheld_because == "no-contact"


def test_a_machine_of_one_host_hears_of_that_host_alone(bakery, release):
    machine(bakery, "machine", place="192.0.2.2")

    assert "192.0.2.1" not in release()["machine"].body


def test_a_machine_of_somebody_else_hears_nothing_that_must_stay_inside(bakery, release):
    machine(bakery, "inside")
    machine(bakery, "outside", role="it_provider")
    Finding.objects.filter(observed="192.0.2.1").update(tlp="AMBER+STRICT")

    told = release()

    assert "192.0.2.1" in told["inside"].body
    assert "192.0.2.1" not in told["outside"].body
    assert "192.0.2.2" in told["outside"].body


def test_a_machine_that_stopped_or_belongs_to_another_hears_nothing(bakery, release):
    machine(bakery, "stopped", stopped_at=NOW)
    other = Organisation.objects.get(register_number=BROKER.register_number).pk
    machine(other, "another")

    assert set(release()) == {"beheer@korenaar.example"}


def test_what_a_machine_got_does_not_count_when_no_person_is_left(bakery, release):
    machine(bakery, "machine", channel="feed")
    lost = release()["beheer@korenaar.example"]
    Message.objects.filter(pk=lost.pk).update(state="bounced")
    mark_bounced(contact=lost.contact_id, at=NOW)

    services.reach_otherwise(now=NOW)

    assert Notice.objects.get(pk=lost.notice_id).state == "unreached"


def test_a_machine_that_came_later_is_no_next_way(bakery, release):
    lost = release()["beheer@korenaar.example"]
    machine(bakery, "machine", channel="feed")
    Message.objects.filter(pk=lost.pk).update(state="bounced")
    mark_bounced(contact=lost.contact_id, at=NOW)

    services.reach_otherwise(now=NOW)

    assert Notice.objects.get(pk=lost.notice_id).state == "unreached"
    assert not Message.objects.filter(address="machine").exists()


def test_contacts_of_however_many_organisations_are_read_in_one_look(bakery, django_assert_num_queries):
    machine(bakery, "machine")
    owners = list(Organisation.objects.values_list("pk", flat=True))

    with django_assert_num_queries(1):
        ladders, machines = ladders_and_machines(owners, now=NOW)

    assert [one.address for one in machines[bakery]] == ["machine"]
    assert "machine" not in [one.address for one in ladders[bakery]]
