"""A feed that is delivered once more: the same bytes, in another order, in part, or after what it tells of is gone."""

from datetime import timedelta

import pytest
from cast import NOW
from deliveries import YESTERDAY, deliver, events, seen, source

from misthoorn.notification.models import Notice
from misthoorn.triage.models import Campaign, Finding
from misthoorn.triage.services import approve_campaign, release_campaign

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ROWS = [seen(f"192.0.2.{number}", at=YESTERDAY + timedelta(minutes=number)) for number in range(1, 9)]


def known():
    """What is known of each finding; how often it was told of is no part of it."""
    found = Finding.objects.order_by("observed")
    return list(found.values_list("observed", "state", "first_seen", "last_seen", "absences", "times_reopened"))


@pytest.fixture
def once(make_bakery, analyst):
    """The feed was delivered, and the bakery has its warning."""
    make_bakery()
    source(coverage={})
    deliver(events(*ROWS), name="first.csv")
    campaign = Campaign.objects.get().pk
    approve_campaign(campaign=campaign, person=analyst, seen_reach=9, now=NOW)
    release_campaign(campaign=campaign, now=NOW)
    return known()


@pytest.mark.parametrize(
    "again",
    [ROWS, ROWS[::-1], ROWS[4:], ROWS + ROWS, ROWS[2:6] + ROWS[:3]],
    ids=["the same", "in another order", "in part", "each row twice", "shuffled and in part"],
)
def test_nothing_changes_and_nobody_is_told_again(once, again):
    for number in range(3):
        deliver(events(*again), name=f"{number}.csv", at=NOW + number * DAY)

    assert known() == once
    assert Notice.objects.count() == 1
    assert not Campaign.objects.filter(state="proposed").exists()


def test_rows_with_a_later_time_are_seen_later_and_nobody_is_told_again(once):
    later = [seen(f"192.0.2.{number}", at=YESTERDAY + 3 * DAY) for number in range(1, 9)]
    deliver(events(*later), name="later.csv", at=NOW + 3 * DAY)

    assert [row[:3] for row in known()] == [row[:3] for row in once]
    assert {row[3] for row in known()} == {YESTERDAY + 3 * DAY}
    assert not Campaign.objects.filter(state="proposed").exists()


@pytest.mark.parametrize("days", [10, 200])
def test_what_is_gone_does_not_come_back_because_an_old_delivery_comes_again(once, days):  # noqa: ARG001  delivered
    Finding.objects.update(state="gone", closed_at=NOW + DAY, closed_because="scan looked again")
    before = known()

    deliver(events(*ROWS[::-1]), name="old.csv", at=NOW + days * DAY)

    assert known() == before
    assert not Campaign.objects.filter(state="proposed").exists()


def test_what_is_seen_after_it_was_gone_comes_back(once):  # noqa: ARG001  delivered
    Finding.objects.update(state="gone", closed_at=NOW + DAY, closed_because="scan looked again")

    deliver(events(seen("192.0.2.1", at=NOW + 2 * DAY)), name="new.csv", at=NOW + 3 * DAY)

    assert Finding.objects.get(observed="192.0.2.1").times_reopened == 1
    assert Campaign.objects.filter(state="proposed").exists()
