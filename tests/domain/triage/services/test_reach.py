"""The next way to an organisation when a message came back."""

import io

import pytest
from cast import NOW

from misthoorn.common import clock
from misthoorn.constituency.imports import read_table
from misthoorn.constituency.models import Contact
from misthoorn.constituency.services import import_table, mark_bounced
from misthoorn.notification.models import Message, Notice
from misthoorn.triage import services, work
from misthoorn.triage.models import Finding

pytestmark = pytest.mark.django_db

TABLE = "register_number,role,address,language\n30000001,general,info@korenaar.example,nl\n"


@pytest.fixture
def released(proposed, analyst, monkeypatch):
    """The bakery's warning, as it was sent."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    import_table(read_table(io.StringIO(TABLE)), at=NOW)
    services.approve_campaign(campaign=proposed, person=analyst, seen_reach=99, now=NOW)
    services.release_campaign(campaign=proposed, now=NOW)
    return Message.objects.get(notice__organisation__register_number="30000001")


def bounce(message, *, bad_address=True):
    Message.objects.filter(pk=message.pk).update(state="bounced")
    if bad_address:
        mark_bounced(contact=message.contact_id, at=NOW)


def sent():
    rows = Message.objects.filter(notice__organisation__register_number="30000001").order_by("pk")
    return list(rows.values_list("address", "state"))


@pytest.mark.parametrize("bad_address", [True, False], ids=["the address is bad", "the mailbox is full"])
def test_the_next_contact_is_written_to_with_the_same_number(released, bad_address):
    bounce(released, bad_address=bad_address)

    assert services.reach_otherwise(now=NOW) is True
    assert services.reach_otherwise(now=NOW) is False

    assert sent() == [("beheer@korenaar.example", "bounced"), ("info@korenaar.example", "queued")]
    second = Message.objects.get(address="info@korenaar.example")
    assert (second.notice, second.message_id == released.message_id) == (released.notice, False)
    assert Notice.objects.get(pk=second.notice_id).state == "queued"
    assert second.notice.number[:4] in second.body


def test_without_another_contact_the_notice_is_unreached_and_everybody_sees_it(released):
    bounce(released)
    services.reach_otherwise(now=NOW)
    bounce(Message.objects.get(address="info@korenaar.example"))

    assert services.reach_otherwise(now=NOW) is True

    assert Notice.objects.get(pk=released.notice_id).state == "unreached"
    assert services.reach_otherwise(now=NOW) is False


def test_what_is_no_longer_seen_is_not_told_by_another_way(released):
    bounce(released)
    Finding.objects.update(state="gone")

    services.reach_otherwise(now=NOW)

    assert sent() == [("beheer@korenaar.example", "bounced")]


def test_a_contact_that_wants_nothing_more_is_not_the_next_way(released):
    bounce(released)
    Contact.objects.filter(address="info@korenaar.example").update(stopped_at=NOW)

    services.reach_otherwise(now=NOW)

    assert sent() == [("beheer@korenaar.example", "bounced")]
    assert Notice.objects.get(pk=released.notice_id).state == "unreached"


def test_a_worker_does_it_by_itself(released):
    bounce(released)
    assert work.step.pending()

    while work.run():
        pass

    assert sent()[-1] == ("info@korenaar.example", "queued")
    assert not work.step.pending()


def test_while_its_campaign_is_stopped_nobody_else_is_told_and_then_they_are(released, analyst):
    campaign = released.notice.campaign_id
    bounce(released)
    services.stop_campaign(campaign=campaign, person=analyst, note="wrong", now=NOW)

    assert services.reach_otherwise(now=NOW)

    assert sent()[1:] == [("info@korenaar.example", "withheld")]
    services.resume_campaign(campaign=campaign, person=analyst, note="", now=NOW)
    assert sent()[1:] == [("info@korenaar.example", "queued")]


def test_who_asked_us_to_stop_is_not_gone_around_and_not_asked_about_for_ever(released):
    Contact.objects.filter(pk=released.contact_id).update(stopped_at=NOW)
    Message.objects.filter(pk=released.pk).update(state="withheld", because="contact_unusable")

    assert [services.reach_otherwise(now=NOW), services.reach_otherwise(now=NOW)] == [True, False]
    assert sent() == [("beheer@korenaar.example", "withheld")]
