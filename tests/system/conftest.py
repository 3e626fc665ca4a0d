"""The service from outside: its own home and database, its command line as processes, and a mail relay that takes all.

A test that uses `service` runs on every database when it carries `@pytest.mark.database`.
"""

import os
import signal
import socket
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from mailbox import Maildir
from pathlib import Path
from urllib.parse import urlsplit

import databases
import psycopg
import pytest
from chromium import chromium as chromium_of_the_machine
from system import programs
from system.programs import MISTHOORN

SINK = Path(__file__).parent / "sink.py"


@dataclass
class Service:
    """One installation of the service, used through its command line only."""

    home: Path
    environment: dict[str, str]
    running: list[programs.Program] = field(default_factory=list)

    def run(self, *arguments, check=True, **options):
        """Run a command to its end; its output as text. With `check`, a failure shows what it said."""
        done = programs.run([MISTHOORN, *arguments], env=self.environment, **options)
        if check and done.returncode:
            pytest.fail(f"misthoorn {' '.join(map(str, arguments))} ended with {done.returncode}: {done.stderr}")
        return done

    def start(self, *arguments, stdout=None, **environment):
        """Start a command and leave it running; it is killed at the end of the test when it still runs then.

        What it says on stderr is shown when the test fails.
        """
        own = self.environment | environment
        process = programs.start([MISTHOORN, *map(str, arguments)], env=own, stdout=stdout, stderr=2)
        self.running.append(process)
        return process

    def stop_all(self):
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@dataclass
class Database:
    """The service's tables, as seen from outside; who writes waits as our own processes do."""

    url: str

    def ask(self, statement):
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(urlsplit(self.url).path, timeout=programs.LONGEST)) as connection, connection:
                return connection.execute(statement).fetchall()
        with psycopg.connect(self.url) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def let_leases_run_out(self, *tables):
        """What dead processes hold in these tables, as it is when their leases have run out."""
        for table in tables:
            self.ask(f"UPDATE {table} SET lease_until = '2020-01-01 00:00:00' WHERE state = 'leased'")


@dataclass
class Relay:
    """A mail relay in a process of its own, which writes each mail to a Maildir before it answers 250."""

    port: int
    folder: Path

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}?tls=none"

    def mails(self):
        """What was handed over so far, in no order."""
        box = Maildir(self.folder, create=True)
        return [message_from_bytes(box.get_bytes(key), policy=policy.default) for key in box.keys()]  # noqa: SIM118  no dict


def wait_for(port, process, *, seconds=programs.LONGEST):
    """Wait until somebody listens there; the process that should is watched meanwhile."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"Nobody listens on port {port} after {seconds} s.")


@pytest.fixture
def database(migrated, tmp_path):
    """A database with the tables in it for this test alone; its URL."""
    with databases.copy_of(migrated, tmp_path) as url:
        yield url


@pytest.fixture
def tables(database):
    return Database(database)


@pytest.fixture
def relay(tmp_path):
    """A real relay on this machine."""
    folder, (said, say) = tmp_path / "mail", os.pipe()
    process = programs.start([SINK, str(folder)], env=programs.without_settings(), stdout=say)
    os.close(say)
    with os.fdopen(said) as lines:
        port = int(lines.readline())
    yield Relay(port, folder)
    process.kill()
    process.wait()


@pytest.fixture
def service(database, relay, tmp_path):
    """The service with an empty database and a relay; `service.run("status", "--json")`, `service.start("worker")`."""
    home = tmp_path / "home"
    settings = {
        "MISTHOORN_HOME": str(home),
        "MISTHOORN_DATABASE": database,
        "MISTHOORN_SMTP": relay.url,
        "MISTHOORN_HTTPS": "off",
    }
    one = Service(home, programs.without_settings() | settings)
    yield one
    one.stop_all()


@pytest.fixture
def site(service):
    """The address of the site of this service, served by processes of its own."""
    port = programs.free_port()
    wait_for(port, service.start("serve", "--port", port, "--workers", 1))
    return f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def chromium():
    """A real browser; `chromium.new_context(java_script_enabled=False)` is one visitor.

    Not longer than a module: while it runs, Django lets nobody in this process use the database.
    """
    found = chromium_of_the_machine()
    if found.missing:
        pytest.skip(found.missing)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  slow to load, and few need it

    with sync_playwright() as playwright:
        browser = found.launch(playwright)
        yield browser
        browser.close()
