import os
import signal

import pytest
from django.db import OperationalError

from misthoorn.work.loop import GIVE_UP, Step, Worker, WorkFailedError, orderly_stop

pytestmark = pytest.mark.django_db


class Clock:
    """Time that passes only by waiting."""

    def __init__(self):
        self.now = 0.0

    def sleep(self, seconds):
        self.now += seconds

    def monotonic(self):
        return self.now


class Work:
    """So many things to do, and what happened. `waiting` counts looks after which somebody else is ready."""

    def __init__(self, things=0, *, waiting=0, failures=0):
        self.things = things
        self.waiting = waiting
        self.failures = failures
        self.done = 0
        self.closed = False

    def run(self):
        if self.failures:
            self.failures -= 1
            raise RuntimeError("a mistake")
        if not self.things:
            return False
        self.things -= 1
        self.done += 1
        return True

    def pending(self):
        if self.waiting:
            self.waiting -= 1
            return True
        return self.things > 0

    def close(self):
        self.closed = True

    def step(self, name="work"):
        return Step(name, self.run, self.pending, self.close)


def worker(*works, **options):
    time = Clock()
    steps = [work.step(f"work {number}") for number, work in enumerate(works)]
    return Worker(steps=steps, sleep=time.sleep, monotonic=time.monotonic, **options), time


def test_with_until_idle_it_ends_when_all_is_done():
    first, second = Work(3), Work(5)

    worker(first, second, until_idle=True)[0].work()

    assert (first.done, second.done) == (3, 5)
    assert first.closed
    assert second.closed


def test_with_until_idle_it_waits_for_what_others_have_in_hand():
    work = Work(1, waiting=10)
    one, time = worker(work, until_idle=True)

    one.work()

    assert work.waiting == 0
    assert time.now > 0.5


def test_it_goes_on_until_it_is_stopped():
    work = Work(2)
    one, time = worker(work, stopped=lambda: time.now > 30)

    one.work()

    assert work.done == 2
    assert 30 < time.now < 32


def test_it_stops_at_once_when_told_so_before_anything_is_done():
    work = Work(2)

    worker(work, stopped=lambda: True)[0].work()

    assert work.done == 0
    assert work.closed


def test_a_step_that_fails_rests_and_the_others_go_on(caplog):
    bad, good = Work(1, failures=3), Work(100)
    one, time = worker(bad, good, until_idle=True)

    one.work()

    assert (bad.done, good.done) == (1, 100)
    assert time.now >= 0.5 + 1 + 2
    assert caplog.text.count("failed, again in") == 3
    assert caplog.text.count("Traceback") == 1


def test_with_until_idle_a_step_that_keeps_failing_ends_the_worker_with_a_reason():
    one, _ = worker(Work(1, failures=10**6), until_idle=True)

    with pytest.raises(WorkFailedError, match=f"'work 0' failed {GIVE_UP} times in a row: RuntimeError: a mistake"):
        one.work()


def test_a_database_that_is_away_costs_no_traceback(caplog):
    def away():
        raise OperationalError("database is locked")

    time = Clock()
    step = Step("away", away, lambda: False)
    one = Worker(steps=[step], sleep=time.sleep, monotonic=time.monotonic, stopped=lambda: time.now > 10)

    one.work()

    assert "away failed, again in 0.5 s: OperationalError: database is locked" in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_for_an_orderly_stop_and_handlers_go_back(number):
    before = signal.getsignal(number)

    with orderly_stop() as stopped:
        assert stopped() is False
        os.kill(os.getpid(), number)
        assert stopped() is True

    assert signal.getsignal(number) is before
