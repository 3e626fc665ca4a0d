"""Workers as processes, killed in the middle of their work, with a real relay in a process of its own.

What must come out is what went in: nothing lost, nothing unexpected, and no more doubled than the bound allows.
"""

import json
import os
import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from system import programs

from misthoorn.common.failpoints import FAILPOINTS

pytestmark = pytest.mark.database

SEED = Path(__file__).parents[1] / "seed.py"
DELIVERY = [name for name in FAILPOINTS if name.startswith("delivery.")]


def put_in_queue(service, count):
    service.environment |= {"MISTHOORN_LEASE": "120", "MISTHOORN_DEADLINE": "30"}  # a machine may be slow
    assert programs.run([SEED, count], env=service.environment).returncode == 0


def expected(count):
    return {f"it@bedrijf{number:08d}.example" for number in range(count)}


class Tally:
    """What the relay has: how often each address got a mail, and which Message-IDs it got."""

    def __init__(self, relay):
        self.copies = Counter()
        self.ids = {}
        for mail in relay.mails():
            self.copies[mail["To"]] += 1
            self.ids.setdefault(mail["To"], set()).add(mail["Message-ID"])

    def check(self, count, *, bound):
        assert expected(count) - set(self.copies) == set(), "lost"
        assert set(self.copies) - expected(count) == set(), "unexpected"
        assert sum(copies - 1 for copies in self.copies.values()) <= bound, "doubled more than the bound allows"
        assert {len(ids) for ids in self.ids.values()} == {1}, "a copy has another Message-ID"


def states(service):
    return {name: n for name, n in json.loads(service.run("status", "--json").stdout)["messages"].items() if n}


def in_mailbox(relay):
    folder = relay.folder / "new"
    return len(os.listdir(folder)) if folder.is_dir() else 0  # noqa: PTH208  it is asked hundreds of times a second


def wait_until(relay, count):
    """Wait until the relay has that many mails."""
    until = time.monotonic() + programs.LONGEST
    while in_mailbox(relay) < count:
        assert time.monotonic() < until, "the mails did not come"
        time.sleep(0.002)


class Leases:
    """The messages that are leased, as seen from outside while workers are at work."""

    def __init__(self, tables):
        self.tables = tables

    def held(self):
        """Which messages in which attempt."""
        return set(self.tables.ask("SELECT id, attempt FROM notification_message WHERE state = 'leased'"))

    def let_run_out(self, dead, *, after=0):
        """What dead workers held is free after so many seconds."""
        moment = f"{datetime.now(UTC) + timedelta(seconds=after):%Y-%m-%d %H:%M:%S.%f}"
        zone = "" if self.tables.url.startswith("sqlite") else "+00:00"
        for message, attempt in dead:
            self.tables.ask(
                f"UPDATE notification_message SET lease_until = '{moment}{zone}' "
                f"WHERE id = {message} AND attempt = {attempt} AND state = 'leased'"
            )


def test_a_worker_killed_ten_times_loses_nothing_and_doubles_at_most_one_a_kill(service, relay, tables):
    count, kills, workers = 500, 10, 2
    chance, leases = random.Random(20261124), Leases(tables)
    put_in_queue(service, count)
    running = [service.start("worker") for _ in range(workers)]

    for kill in range(1, kills + 1):
        wait_until(relay, kill * (count - 50) // kills)
        time.sleep(chance.random() * 0.01)  # any moment of a message's life
        killed = running.pop(0)
        killed.kill()
        killed.wait()
        held = leases.held()
        # The other one has one message in hand: when three more have come, also one of the dead, it has another.
        wait_until(relay, in_mailbox(relay) + 3)
        leases.let_run_out(held & leases.held())
        running.append(service.start("worker"))
    for worker in running:
        worker.terminate()
        worker.wait()
    service.run("worker", "--until-idle", fresh=True)

    Tally(relay).check(count, bound=kills)
    assert states(service) == {"handed_over": count}


def test_workers_that_race_hand_every_message_over_once(service, relay):
    count = 300
    put_in_queue(service, count)
    workers = [service.start("worker", "--until-idle") for _ in range(4)]

    assert [one.wait() for one in workers] == [0] * 4
    Tally(relay).check(count, bound=0)
    assert states(service) == {"handed_over": count}


def test_a_worker_that_is_asked_to_stop_finishes_what_it_has_in_hand(service, relay):
    count = 300
    put_in_queue(service, count)
    worker = service.start("worker")
    wait_until(relay, 10)

    worker.terminate()

    assert worker.wait() == 0
    sent = in_mailbox(relay)
    assert 10 <= sent < count
    assert states(service) == {"handed_over": sent, "queued": count - sent}


def test_a_worker_that_dies_at_any_named_place_loses_nothing(service, relay, tables):
    count = 3 * len(DELIVERY)
    put_in_queue(service, count)

    for name in DELIVERY:
        before = in_mailbox(relay)
        died = service.start("worker", "--until-idle", MISTHOORN_FAILPOINT=f"{name}:3")
        assert died.wait() == -signal.SIGKILL, name
        assert in_mailbox(relay) - before == (2 if name == "delivery.leased" else 3), name
    leases = Leases(tables)
    leases.let_run_out(leases.held(), after=2)
    service.run("worker", "--until-idle")  # waits for that

    # Only a death between the relay's answer and its record doubles anything.
    Tally(relay).check(count, bound=1)
    assert in_mailbox(relay) == count + 1
    assert states(service) == {"handed_over": count}


def test_a_worker_that_dies_and_is_not_started_again_is_told_of_within_two_minutes(service, relay, tables):
    count = 300
    put_in_queue(service, count)
    worker = service.start("worker")
    wait_until(relay, 10)
    worker.kill()
    worker.wait()
    sent = in_mailbox(relay)
    assert json.loads(service.run("status", "--json").stdout)["queue"]["silent"] == 0

    for table, columns in (
        ("notification_message", ("not_before", "claimed_at", "lease_until")),
        ("notification_attempt", ("claimed_at", "finished_at")),
    ):
        for column in columns:
            tables.ask(f"UPDATE {table} SET {column} = {two_minutes_before(tables, column)}")
    told = service.run("status", "--json")
    queue = json.loads(told.stdout)["queue"]
    assert queue["silent"] == 1
    # Killed between the relay's answer and its record, it has one to hand over again.
    assert count - sent <= queue["due"] <= count - sent + 1
    assert 120 <= queue["oldest_seconds"] < 120 + programs.LONGEST
    assert "Look whether a worker runs" in service.run("status").stderr

    service.run("worker", "--until-idle")
    assert json.loads(service.run("status", "--json").stdout)["queue"] == {"due": 0, "oldest_seconds": 0, "silent": 0}


def two_minutes_before(tables, column):
    if tables.url.startswith("sqlite"):
        return f"strftime('%Y-%m-%d %H:%M:%f', {column}, '-2 minutes') || '000'"
    return f"{column} - interval '2 minutes'"
