"""What was told in a digest counts as told when the digest was handed over."""

from datetime import timedelta

import pytest
from cast import ANALYST, BAKERY, NOW, organisation, person
from deliveries import seen, source
from warned import warn, wish

from misthoorn.common import clock
from misthoorn.constituency.models import Contact
from misthoorn.insight.ledger import collect
from misthoorn.insight.models import Entry
from misthoorn.notification.models import Attempt, IncomingMail, Message
from misthoorn.triage.services.digests import tell_gathered

pytestmark = pytest.mark.django_db
EIGHT = NOW + timedelta(hours=22)


@pytest.fixture
def digest(db, monkeypatch):  # noqa: ARG001  it writes to the database
    monkeypatch.setattr(clock, "now", lambda: EIGHT)
    organisation(BAKERY)
    source()
    wish(Contact.objects.get(), preset="digest", hour=8)
    analyst = person(ANALYST, second_factor=False)
    warn(analyst, seen(severity="normal"), seen("192.0.2.2", severity="normal"))
    warn(analyst, seen(severity="normal", port=53, what="open-dns"))
    tell_gathered(now=EIGHT)
    return Message.objects.get(notice__kind="digest")


def ended(message, outcome, *, at=EIGHT):
    Message.objects.filter(pk=message.pk).update(state=outcome, attempt=1)
    Attempt.objects.create(message=message, number=1, claimed_at=at, finished_at=at, outcome=outcome, reply="x")


def keys(kind):
    return sorted(Entry.objects.filter(kind=kind).values_list("key", flat=True))


def test_each_warning_in_it_was_handed_over_and_each_finding_told_once(digest):
    ended(digest, "handed_over")
    collect(now=EIGHT + timedelta(hours=1))

    warnings = list(Message.objects.filter(told_in=digest).order_by("pk"))
    assert keys("handed_over") == sorted(str(one.pk) for one in (*warnings, digest))
    told = Entry.objects.filter(kind="told")
    assert {one.notice for one in told} == {one.notice_id for one in warnings}
    assert {one.at for one in told} == {EIGHT}
    assert len(told) == len({one.finding for one in told}) == 3

    assert collect(now=EIGHT + timedelta(hours=2)) == 0


def test_before_it_was_handed_over_nothing_was_told(digest):  # noqa: ARG001  it is there
    collect(now=EIGHT + timedelta(hours=1))
    assert keys("handed_over") == keys("told") == []


def test_each_warning_in_it_bounced_when_it_was_refused(digest):
    ended(digest, "bounced")
    collect(now=EIGHT + timedelta(hours=1))
    assert len(keys("bounced")) == 3


def test_each_warning_in_it_bounced_when_it_came_back_later(digest):
    ended(digest, "handed_over")
    IncomingMail.objects.create(
        digest="x", received_at=EIGHT, kind="failed", message=digest, raw=b"", state=IncomingMail.State.DONE
    )
    collect(now=EIGHT + timedelta(hours=1))
    assert len(keys("bounced")) == 3
