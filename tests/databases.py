"""Databases of tests: one is migrated for all processes of a run, and each has copies of it."""

import fcntl
import os
import shutil
import uuid
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from system import programs


def migrated(folder):
    """A database with tables and nothing in them: the path of a SQLite file, or a URL. The first who asks makes it."""
    folder.mkdir(parents=True, exist_ok=True)
    told = folder / "made"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            told.write_text(_migrate(folder))
    return told.read_text() or folder / "misthoorn.sqlite3"


def _migrate(folder):
    server, url = os.environ.get("MISTHOORN_DATABASE", ""), ""
    own = programs.without_settings() | {"MISTHOORN_HOME": str(folder)}
    if server:
        url = own["MISTHOORN_DATABASE"] = _created(server)
    made = programs.run([programs.MISTHOORN, "migrate"], env=own, fresh=True)
    assert not made.returncode, f"misthoorn migrate did not succeed: {made.stderr}"
    return url


@contextmanager
def copy_of(one, folder):
    """A copy of this database; its URL."""
    if isinstance(one, Path):
        shutil.copy(one, folder / "service.sqlite3")
        yield f"sqlite:///{folder / 'service.sqlite3'}"
        return
    url = _created(one, f" TEMPLATE {name(one)}")
    yield url
    drop(url)


@contextmanager
def empty(folder):
    """A database without a table; its URL."""
    server = os.environ.get("MISTHOORN_DATABASE", "")
    if not server:
        yield f"sqlite:///{folder / 'empty.sqlite3'}"
        return
    url = _created(server)
    yield url
    drop(url)


def name(url):
    """As Django and SQL have it: the path of a SQLite file, or the name of a database."""
    return urlsplit(url).path.removeprefix("/")


def _created(server, how=""):
    """The URL of a new database on this server."""
    new = f"test_{uuid.uuid4().hex}"
    _tell(server, f"CREATE DATABASE {new}{how}")
    return _beside(server, new)


def drop(url):
    _tell(url, f"DROP DATABASE {name(url)} WITH (FORCE)")


def _tell(url, statement):
    with psycopg.connect(_beside(url, "postgres"), autocommit=True) as server:
        server.execute(statement)


def _beside(url, database):
    """The URL of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
