"""Long outages by the test clock, and what is refused for good, over real SMTP."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from seed import queue_messages
from system.difficult import difficult_relay

from misthoorn.common import clock
from misthoorn.constituency.models import Contact
from misthoorn.constituency.queries import usable_contact
from misthoorn.constituency.services import mark_bounced
from misthoorn.notification.channels.mail import MailChannel
from misthoorn.notification.delivery import Delivery
from misthoorn.notification.delivery.rate import Pace
from misthoorn.notification.models import Attempt, Message
from misthoorn.notification.queries import broken_laws
from misthoorn.triage.models import Campaign, Decision, Finding
from misthoorn.triage.queries import still_true
from misthoorn.triage.services import reach_otherwise

pytestmark = [pytest.mark.database, pytest.mark.django_db]

RATE = 60  # messages a minute


@dataclass
class Address:
    port: int
    host: str = "127.0.0.1"
    tls: str = "none"
    user: str = ""
    password: str = ""


class Clock:
    """Minutes that pass, for the service and for the pace of its worker."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds

    def wait(self, seconds):
        self.seconds += seconds
        clock.set_offset(timedelta(seconds=self.seconds))


@dataclass
class Watched:
    """A channel at which somebody looks before each parcel."""

    channel: MailChannel
    look: Callable

    def hand_over(self, parcel, *, deadline):
        self.look(parcel)
        return self.channel.hand_over(parcel, deadline=deadline)

    def close(self):
        self.channel.close()


@pytest.fixture
def relay():
    with difficult_relay() as relay:
        yield relay


def worker(relay, *, hours=None, rate=0):
    mail = MailChannel(
        relay=Address(relay.port), name="Team", sender="team@misthoorn.example", own_name="misthoorn.example"
    )
    return Delivery(
        channels={"mail": mail},
        still_true=still_true,
        usable_contact=usable_contact,
        mark_bounced=mark_bounced,
        lease=60.0,
        deadline=25.0,
        pace=Pace(rate=rate),
        jitter=lambda: 0.5,
        **({"monotonic": hours} if hours else {}),
    )


@pytest.mark.deep
def test_after_three_days_without_a_relay_the_urgent_go_first_and_nothing_is_lost(relay):
    count, impatient = 200, 40
    queue_messages(count)
    for urgency in range(4):
        Message.objects.filter(pk__in=[pk for pk in ids() if pk % 4 == urgency]).update(urgency=urgency)
    short = ids()[:impatient]
    Message.objects.filter(pk__in=short).update(not_after=clock.now() + timedelta(hours=48))
    hours = Clock()
    sender = worker(relay, hours=hours, rate=RATE)
    relay.fail("connect", "hang up", times=10**6)

    while hours.seconds < 72 * 3600:
        sender.run()
        hours.wait(600)
    assert set(Message.objects.values_list("state", flat=True)) <= {"queued", "expired"}

    relay.faults.clear()
    jumped, in_a_minute = [], Counter()

    def look(parcel):
        mine = Message.objects.get(message_id=parcel.message_id)
        jumped.extend(Message.objects.filter(state="queued", not_before__lte=clock.now(), urgency__lt=mine.urgency))
        in_a_minute[hours.seconds // 60] += 1

    sender.channels["mail"] = Watched(sender.channels["mail"], look)
    while Message.objects.filter(state="queued").exists():
        sender.run()
        hours.wait(0.5)
        assert hours.seconds < 74 * 3600
    sender.close()

    expired = Message.objects.filter(state="expired")
    assert set(expired.values_list("pk", flat=True)) == set(short)
    ended = Attempt.objects.filter(outcome="expired").values_list("claimed_at", "message__not_after")
    assert all(at > until for at, until in ended)
    assert jumped == []
    assert max(in_a_minute.values()) <= RATE
    assert len(relay.taken) == len({mail for _, mail in relay.taken}) == count - impatient
    assert broken_laws() == []


def ids():
    return list(Message.objects.order_by("pk").values_list("pk", flat=True))


def test_one_of_three_refused_for_good_is_tried_once_and_its_organisation_reached_otherwise(relay):
    queue_messages(3)
    campaign = Campaign.objects.get()
    Decision.objects.bulk_create(Decision(campaign=campaign, finding=one) for one in Finding.objects.all())
    relay.fail("RCPT", "5xx")
    sender = worker(relay)

    sender.run()

    refused = Message.objects.get(state="bounced")
    assert Message.objects.filter(state="handed_over").count() == 2
    assert [one.pk for one in Contact.objects.exclude(bounced_at=None)] == [refused.contact_id]
    other = Contact.objects.create(
        organisation=refused.contact.organisation,
        role="general",
        address="balie@bedrijf.example",
        language="nl",
        confirmed_at=clock.now(),
        created_at=clock.now(),
    )
    assert reach_otherwise(now=clock.now())
    sender.run()
    for day in range(1, 4):
        clock.set_offset(timedelta(days=day))
        assert not reach_otherwise(now=clock.now())
        assert sender.run() is False
    sender.close()

    second = Message.objects.get(contact=other)
    assert (second.state, second.notice) == ("handed_over", refused.notice)
    assert Attempt.objects.filter(message=refused).count() == 1
    assert len(relay.taken) == 3
    assert broken_laws() == []
