from datetime import timedelta

import pytest
from seed import queue_messages

from misthoorn.common import clock
from misthoorn.notification.models import Message
from misthoorn.work.clock import database_now
from misthoorn.work.leases import Queue, claim, finish, give_back, has_expired, pending, renew, take_back

QUEUE = Queue(table="notification_message", aside="in_doubt")


def later(**time):
    clock.set_offset(clock.offset() + timedelta(**time))


@pytest.fixture
def row(db):  # noqa: ARG001  it writes to the database
    queue_messages(1)
    return Message.objects.get()


def test_a_row_is_claimed_once(row):
    before = database_now()
    claimed = claim(QUEUE, lease=60, columns="notice_id")

    assert (claimed.id, claimed.attempt, claimed.values) == (row.pk, 1, (row.notice_id,))
    assert claim(QUEUE, lease=60) is None
    row.refresh_from_db()
    assert row.state == "leased"
    assert before <= row.lease_until - timedelta(seconds=60) <= database_now()


def test_rows_come_in_the_order_that_the_queue_names(db):  # noqa: ARG001
    queue_messages(3)
    ids = list(Message.objects.order_by("-pk").values_list("pk", flat=True))
    newest_first = Queue(table="notification_message", order="id DESC")

    assert [claim(newest_first, lease=60).id for _ in ids] == ids


def test_a_finished_row_keeps_what_it_became(row):
    claimed = claim(QUEUE, lease=60)

    assert finish(QUEUE, claimed, state="bounced", values={"because": "no; DROP TABLE"}) is True
    row.refresh_from_db()
    assert (row.state, row.because, row.lease_until) == ("bounced", "no; DROP TABLE", None)
    assert pending(QUEUE) is False


def test_a_row_that_was_taken_back_can_not_be_finished_by_its_first_worker(row):
    late = claim(QUEUE, lease=60)
    later(seconds=61)
    take_back(QUEUE)
    claim(QUEUE, lease=60)

    assert finish(QUEUE, late, state="bounced") is False
    assert give_back(QUEUE, late, after=0) is False
    assert renew(QUEUE, late, lease=60) is False
    row.refresh_from_db()
    assert row.state == "leased"


def test_a_row_that_is_given_back_waits_its_time(row):
    give_back(QUEUE, claim(QUEUE, lease=60), after=30)

    row.refresh_from_db()
    assert row.state == "queued"
    assert claim(QUEUE, lease=60) is None
    later(seconds=31)
    assert claim(QUEUE, lease=60).attempt == 2


def test_a_renewed_lease_runs_longer(row):
    claimed = claim(QUEUE, lease=60)
    later(seconds=50)

    assert renew(QUEUE, claimed, lease=60) is True
    later(seconds=50)
    assert has_expired(QUEUE) is False
    later(seconds=11)
    assert [(lost.id, lost.attempt, lost.aside) for lost in take_back(QUEUE)] == [(row.pk, 1, False)]


def test_a_row_is_set_aside_after_three_lost_leases(row):
    lost = []
    for _ in range(3):
        claim(QUEUE, lease=60)
        later(seconds=61)
        lost += take_back(QUEUE)

    assert [one.aside for one in lost] == [False, False, True]
    row.refresh_from_db()
    assert row.state == "in_doubt"
    assert take_back(QUEUE) == []


def test_a_counter_of_its_own_counts_only_lost_leases(row):
    queue = Queue(table="notification_message", aside="in_doubt", counter="failures")
    for _ in range(5):
        give_back(queue, claim(queue, lease=60), after=0)
    claim(queue, lease=60)
    later(seconds=61)

    assert [one.aside for one in take_back(queue)] == [False]
    row.refresh_from_db()
    assert (row.failures, row.attempt) == (1, 6)


@pytest.mark.usefixtures("row")
def test_what_is_leased_by_anybody_is_pending_and_what_is_not_due_is_not():
    assert pending(QUEUE) is True
    claimed = claim(QUEUE, lease=60)
    assert pending(QUEUE) is True
    give_back(QUEUE, claimed, after=3600)
    assert pending(QUEUE) is False
    later(hours=2)
    assert pending(QUEUE) is True


def test_the_databases_clock_is_our_clock_and_moves_with_the_offset(db):  # noqa: ARG001
    assert abs(database_now() - clock.now()) < timedelta(seconds=5)

    later(days=400)
    assert abs(database_now() - clock.now()) < timedelta(seconds=5)


@pytest.mark.usefixtures("row")
def test_what_becomes_due_at_this_very_moment_is_due():
    for _ in range(200):
        Message.objects.update(not_before=database_now())
        assert pending(QUEUE) is True
