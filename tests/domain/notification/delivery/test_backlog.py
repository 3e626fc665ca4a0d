from datetime import timedelta

import pytest

from misthoorn.common import clock
from misthoorn.notification.channels import HandOverError, Reason
from misthoorn.notification.delivery import leases
from misthoorn.notification.delivery.backlog import SILENCE, Waiting, waiting
from misthoorn.notification.models import Message


@pytest.fixture
def later():
    """So long after the beginning."""
    begun = clock.offset()
    return lambda **time: clock.set_offset(begun + timedelta(**time))


def test_nothing_waits_where_nothing_is_due(db):  # noqa: ARG001  it reads the database
    assert waiting() == Waiting(due=0, oldest_seconds=0, silent=False)


def test_what_is_due_and_taken_by_nobody_is_silent_after_a_minute_and_a_half(queue, later):
    queue(3)
    later(seconds=60)
    assert (waiting().due, waiting().silent) == (3, False)

    later(seconds=120)
    found = waiting()
    assert (found.due, found.silent) == (3, True)
    assert 118 <= found.oldest_seconds <= 125


def test_a_long_queue_at_which_somebody_works_is_not_silent(queue, later):
    queue(3)
    later(hours=1)
    assert waiting().silent
    assert leases.claim(lease=60) is not None

    found = waiting()
    assert (found.due, found.silent) == (2, False)
    assert found.oldest_seconds >= 3_600


def test_while_the_relay_is_away_it_is_silent_although_a_worker_tries(queue, deliver, channel, later):
    queue(3)
    later(hours=1)
    channel.answers.extend([HandOverError(Reason.UNREACHABLE, "connection refused")])
    deliver().run()
    assert (waiting().due, waiting().silent) == (2, True)
    assert leases.claim(lease=60) is not None  # one that hangs
    assert waiting().silent

    deliver().run()
    later(hours=1, minutes=1)
    assert not waiting().silent


def test_what_a_dead_worker_held_is_due_again_when_its_lease_ran_out(queue, later):
    queue(1)
    assert leases.claim(lease=60) is not None
    later(seconds=30)
    assert waiting() == Waiting(due=0, oldest_seconds=0, silent=False)

    later(seconds=160)
    assert (waiting().due, waiting().silent) == (1, True)


def test_what_may_wait_is_not_due(queue, later):
    queue(2)
    Message.objects.update(not_before=clock.now() + timedelta(hours=2))
    later(hours=1)

    assert waiting() == Waiting(due=0, oldest_seconds=0, silent=False)


def test_who_looks_every_half_minute_knows_within_two():
    assert SILENCE + timedelta(seconds=30) <= timedelta(minutes=2)
