"""What happens when a worker dies, or wakes up too late."""

import re
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from misthoorn.common import clock
from misthoorn.notification.delivery import leases as ledger
from misthoorn.notification.delivery.decision import Verdict, handed_over
from misthoorn.notification.models import Attempt, Message
from misthoorn.notification.queries import broken_laws
from misthoorn.notification.services import hold_waiting, release_held
from misthoorn.work import leases
from misthoorn.work.prepared import read_in_index_order


def later(**time):
    clock.set_offset(clock.offset() + timedelta(**time))


@pytest.fixture
def message(queue):
    queue(1)
    return Message.objects.get()


def outcomes():
    return list(Attempt.objects.order_by("number").values_list("number", "outcome"))


def test_a_leased_message_is_nobody_elses(queue, deliver, channel):
    queue(1)
    assert ledger.claim(lease=60) is not None

    assert deliver().run() is False
    assert channel.taken == []
    assert ledger.pending() is True


def test_a_message_whose_worker_died_goes_out_when_the_lease_has_run_out(message, deliver, channel):
    ledger.claim(lease=60)

    later(seconds=61)
    deliver().run()

    message.refresh_from_db()
    assert (message.state, message.failures, len(channel.taken)) == ("handed_over", 1, 1)
    assert outcomes() == [(1, "in_doubt"), (2, "handed_over")]
    assert broken_laws() == []


def test_three_lost_leases_set_a_message_aside(message, deliver, channel):
    for _ in range(3):
        ledger.take_back()
        assert ledger.claim(lease=60) is not None
        later(seconds=61)

    deliver().run()

    message.refresh_from_db()
    assert (message.state, message.because, channel.taken) == ("in_doubt", "failed_too_often", [])
    assert ledger.pending() is False


def test_a_worker_that_wakes_up_after_its_lease_can_not_change_what_the_next_one_does(message):
    late = ledger.claim(lease=60)
    later(seconds=61)
    ledger.take_back()
    current = ledger.claim(lease=60)

    assert ledger.record(late, Verdict(state="bounced", outcome="bounced")) is False
    message.refresh_from_db()
    assert (message.state, message.attempt) == ("leased", current.attempt)

    assert ledger.record(late, handed_over("250 ok")) is False
    message.refresh_from_db()
    assert message.state == "leased"
    assert outcomes() == [(1, "handed_over")]


def test_a_late_refusal_changes_nothing_once_the_lease_was_taken_back(message):
    late = ledger.claim(lease=60)
    later(seconds=61)
    ledger.take_back()

    assert ledger.record(late, Verdict(state="bounced", outcome="bounced")) is False
    message.refresh_from_db()
    assert message.state == "queued"


def test_a_late_250_counts_as_long_as_nobody_began_again(message):
    late = ledger.claim(lease=60)
    later(seconds=61)
    ledger.take_back()

    assert ledger.record(late, handed_over("250 ok")) is True
    message.refresh_from_db()
    assert message.state == "handed_over"
    assert broken_laws() == []


def test_a_claim_takes_the_first_of_the_index_that_is_due_and_sorts_nothing(queue):
    queue(200)
    statement, values = leases.claim_sql(ledger.QUEUE, lease=60)
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"

    plan = str(read_in_index_order(f"{explain} {statement}", values))

    assert plan.count("message_is_queued") == len(ledger.QUEUE.classes)
    assert len(re.findall(r"urgency ?= ?\S+ AND \(?not_before ?<", plan)) == len(ledger.QUEUE.classes)
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite plans in no time")
def test_the_statement_of_a_message_is_planned_once_a_connection(queue, deliver, channel):
    queue(8)
    deliver().run()

    with connection.cursor() as cursor:
        plans = "SELECT sum(generic_plans), sum(custom_plans) FROM pg_prepared_statements"
        cursor.execute(f"{plans} WHERE statement LIKE 'WITH became%'")
        planned_once, planned_each_time = cursor.fetchone()

    assert len(channel.taken) == 8
    assert planned_once >= 7
    assert planned_each_time == 0


def away(times):
    """What keeps the database from writing an attempt down, so many times."""
    left = [times]

    def execute(run, sql, parameters, many, context):
        if "INTO notification_attempt" in sql and left[0]:
            left[0] -= 1
            raise OperationalError("database is locked")
        return run(sql, parameters, many, context)

    return connection.execute_wrapper(execute)


def test_a_250_is_recorded_in_the_end_when_the_database_was_away(message, deliver, channel):
    with away(3):
        deliver().run()

    message.refresh_from_db()
    assert (message.state, len(channel.taken)) == ("handed_over", 1)


def test_a_database_that_stays_away_is_told_in_the_end(queue, deliver):
    queue(1)
    now = [1000.0]

    def wait(seconds):
        now[0] += 60 * seconds

    with away(1_000_000), pytest.raises(OperationalError):
        deliver(monotonic=lambda: now[0], sleep=wait).run()
    assert now[0] > 1000 + 10 * 60


def test_after_a_restore_nothing_goes_before_somebody_says_so(queue, deliver, channel):
    queue(3)
    ledger.claim(lease=60)

    assert hold_waiting() == 3
    later(days=10)
    assert deliver().run() is False
    assert set(Message.objects.values_list("state", "because")) == {("in_doubt", "restored")}
    assert broken_laws() == []

    assert release_held() == 3
    deliver().run()
    assert len(channel.taken) == 3
