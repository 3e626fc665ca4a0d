"""The demo as a stranger runs it: to its end, twice, killed in between, held, and in a folder that is not its own."""

import json
import os
import signal
import sqlite3
import time
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from system import programs

from misthoorn.cli.demo.home import MARKER

KEYS = [
    *("organisations", "assets", "rows_in", "accepted", "refused", "duplicate", "advisories", "findings"),
    *("campaigns", "notices", "withheld", "messages", "handed_over", "doubled", "bounced", "replies", "fixed"),
    *("mailbox", "seconds"),
]
SMALL = ("demo", "--organisations", "300", "--json")


@pytest.fixture
def demo(service):
    """The service's command line in a home of the demo's own: no mail server but the demo's, its own database."""
    for name in ("MISTHOORN_SMTP", "MISTHOORN_DATABASE"):
        service.environment.pop(name)
    service.environment["MISTHOORN_HOME"] = str(service.home)
    return service


def figures(said):
    """The one JSON object on standard output, without what differs from run to run."""
    told = json.loads(said)
    assert list(told) == KEYS
    return {key: value for key, value in told.items() if key not in {"seconds", "mailbox"}}


def mails(home):
    folder = Path(home) / "mailbox" / "new"
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.iterdir()]


def wait_until(holds, *, seconds=programs.LONGEST):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def is_gone(pid):
    """Whether a process has ended; a zombie that nobody asked about has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_killed_while_it_sends_it_starts_afresh_and_two_runs_give_the_same_figures_that_add_up(demo, tmp_path):
    """The second run serves its site: there a second yes sends mail, and nothing outlives a kill."""
    process = demo.start(*SMALL, "--no-serve")
    wait_until((demo.home / "mailbox" / "new").is_dir)
    helpers = children(process.pid)
    process.kill()
    process.wait()
    assert helpers
    wait_until(lambda: all(map(is_gone, helpers)))

    first = demo.run(*SMALL, "--no-serve", fresh=True)
    told = figures(first.stdout)

    assert first.stderr == ""
    assert told["organisations"] == 300
    assert told["rows_in"] == told["accepted"] + told["refused"] + told["duplicate"]
    assert told["messages"] == told["handed_over"] + told["bounced"]
    assert told["notices"] > 0
    assert told["doubled"] == 0
    assert all(told[key] > 0 for key in ("refused", "duplicate", "withheld", "bounced", "replies", "fixed"))
    arrived = Counter(mail["Message-ID"] for mail in mails(demo.home))
    assert len(arrived) == arrived.total() == told["handed_over"]

    with (tmp_path / "told.json").open("wb") as said:
        process = demo.start(*SMALL, stdout=said.fileno())
    wait_until(lambda: process.poll() is not None or len(children(process.pid)) >= 3)
    assert process.returncode is None
    assert figures((tmp_path / "told.json").read_text()) == told
    a_second_yes_sends_mail_and_nothing_outlives_a_kill(demo, process)


def a_second_yes_sends_mail_and_nothing_outlives_a_kill(demo, process):
    beside = children(process.pid)
    waiting = json.loads(demo.run("campaigns", "list", "--state", "waiting", "--json", fresh=True).stdout)
    before = len(mails(demo.home))
    code = demo.run("admin", "code", "analyst", fresh=True).stdout.strip()

    demo.run("campaigns", "approve", waiting[0]["campaign"], "--by", "analyst")
    wait_until(lambda: len(mails(demo.home)) > before)
    busy = demo.run(*SMALL, "--no-serve", check=False)
    os.kill(process.pid, signal.SIGTERM)
    wait_until(lambda: all(map(is_gone, beside)))

    assert len(code) == 6
    assert busy.returncode == 1
    assert "A demo is running" in busy.stderr


def test_held_messages_are_all_due_and_a_worker_hands_them_over(demo, relay):
    demo.environment["MISTHOORN_SMTP"] = relay.url
    held = figures(demo.run(*SMALL, "--hold").stdout)

    assert held["handed_over"] == held["replies"] == held["fixed"] == 0
    assert held["messages"] > 100
    assert json.loads(demo.run("status", "--json").stdout)["messages"]["queued"] == held["messages"]

    demo.run("worker", "--until-idle")

    assert json.loads(demo.run("status", "--json", fresh=True).stdout)["messages"]["handed_over"] == held["messages"]
    assert len({mail["Message-ID"] for mail in relay.mails()}) == held["messages"]


def test_a_folder_that_holds_something_else_is_left_alone(demo):
    demo.home.mkdir()
    (demo.home / "accounts.txt").write_text("kept")

    done = demo.run(*SMALL, "--no-serve", check=False)

    assert done.returncode == 1
    assert "holds something that no demo made" in done.stderr
    assert [one.name for one in demo.home.iterdir()] == ["accounts.txt"]


def test_a_database_that_holds_something_else_is_left_alone(demo, tmp_path):
    path = tmp_path / "mine.sqlite3"
    with sqlite3.connect(path) as mine:
        mine.execute("CREATE TABLE mine (x)")
        mine.execute("INSERT INTO mine VALUES (1)")
    mine.close()
    demo.environment["MISTHOORN_DATABASE"] = f"sqlite:///{path}"

    done = demo.run(*SMALL, "--no-serve", check=False)

    assert done.returncode == 1
    assert "tables that no demo made" in done.stderr
    assert not (demo.home / MARKER).exists()
    with sqlite3.connect(path) as mine:
        assert mine.execute("SELECT x FROM mine").fetchall() == [(1,)]
    mine.close()


def test_a_country_that_is_too_small_is_refused_with_what_it_takes(demo):
    done = demo.run("demo", "--organisations", "3", check=False)

    assert (done.returncode, done.stderr) == (
        1,
        "misthoorn: --organisations takes a number from 50 to 200,000.\n",
    )
