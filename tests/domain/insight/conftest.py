from datetime import timedelta

import pytest
from cast import ANALYST, BAKERY, BROKER, NOW, organisation, person
from deliveries import deliver, events, seen, source

from misthoorn.insight.ledger import collect
from misthoorn.notification.models import Attempt, Message
from misthoorn.notification.services import record_reply
from misthoorn.triage import services
from misthoorn.triage.models import Campaign

DAY = timedelta(days=1)


def hand_over(message, *, at):
    """What a worker writes when the relay took it."""
    Message.objects.filter(pk=message.pk).update(state="handed_over", handed_over_at=at, attempt=1)
    Attempt.objects.create(
        message=message, number=1, claimed_at=at, finished_at=at, outcome=Attempt.Outcome.HANDED_OVER, reply="250"
    )


@pytest.fixture
def story(db):  # noqa: ARG001  it writes to the database
    """Two hosts of the bakery and one of the brokers were told. A day later one of the bakery's is looked for in vain,
    on the third day it is gone, and the brokers say that theirs is fixed; it is still seen on the fifth day."""
    for company in (BAKERY, BROKER):
        organisation(company)
    source()
    reader = person(ANALYST, second_factor=False)
    deliver(events(seen("192.0.2.1"), seen("192.0.2.2"), seen("198.51.100.1")))
    campaign = Campaign.objects.get().pk
    services.approve_campaign(campaign=campaign, person=reader, seen_reach=2, now=NOW)
    services.release_campaign(campaign=campaign, now=NOW)
    for message in Message.objects.all():
        hand_over(message, at=NOW)
    for day in (1, 3, 5):
        at = NOW + day * DAY
        deliver(events(seen("192.0.2.2", at=at), seen("198.51.100.1", at=at)), at=at, name=f"{day}.csv")
    brokers = Message.objects.get(address=BROKER.address).notice_id
    record_reply(notice=brokers, answer="fixed", now=NOW + 4 * DAY)
    collect(now=NOW + 6 * DAY)
    return campaign
