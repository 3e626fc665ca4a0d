"""Makes room for a demo: its folder and its database are emptied, and nobody else's ever are.

A folder says that it is a demo's by the file `demo`, a database by the table `misthoorn_demo`. Both are put down only
where nothing was, and looked for before anything is removed. The file is locked as long as the demo runs or its site
is served, so that two demos do not meet in one folder.
"""

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from misthoorn.cli import Failure, set_up_django

MARKER, TABLE = "demo", "misthoorn_demo"
KEPT = frozenset({MARKER, "secret_key"})
_SETTINGS = {
    "MISTHOORN_HOME": "var/demo",
    "MISTHOORN_HTTPS": "off",
    "MISTHOORN_LOG_LEVEL": "WARNING",
}


@dataclass(frozen=True, slots=True)
class Home:
    """A demo's folder, and the lock that ends with the last process that holds it open."""

    path: Path
    lock: int


def choose_settings(*, reach_limit: int, port: int) -> Path:
    """Fill in what the environment leaves open, and give the demo's folder. Before Django is set up."""
    own = {"MISTHOORN_REACH_LIMIT": str(reach_limit), "MISTHOORN_SITE": f"localhost:{port}"}
    for name, value in (_SETTINGS | own).items():
        os.environ[name] = os.environ.get(name) or value
    path = Path(os.environ["MISTHOORN_HOME"]).resolve()
    os.environ["MISTHOORN_HOME"] = str(path)
    return path


def claim(path: Path) -> Home:
    """Take the folder and the database for the demo, and empty both.

    Raises:
        Failure: one of them holds something else, or another demo is using the folder; nothing was changed then.
    """
    new = _look_at(path)
    home = Home(path, _lock(path / MARKER))
    set_up_django()
    try:
        _look_at_database()
    except Failure:
        if new:
            shutil.rmtree(path)
        raise
    _empty_database()
    for one in path.iterdir():
        if one.name not in KEPT:
            shutil.rmtree(one) if one.is_dir() and not one.is_symlink() else one.unlink()
    _mark_database()
    return home


def _look_at(path: Path) -> bool:
    """Whether the folder is still to be made, or empty.

    Raises:
        Failure: it holds something, and no demo made it.
    """
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o750)
        names = {one.name for one in path.iterdir()}
    except OSError as error:
        raise Failure(f"The folder {path} can't be used ({error}). Set MISTHOORN_HOME to another one.") from error
    if names and MARKER not in names:
        raise Failure(
            f"The folder {path} holds something that no demo made, so it is left alone. "
            "Set MISTHOORN_HOME to an empty folder, or leave it out."
        )
    return not names


def _lock(marker: Path) -> int:
    """Put the marker down and lock it. The lock outlives an exec, and goes when the last holder ends."""
    lock = os.open(marker, os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise Failure(f"A demo is running in {marker.parent}. End it first, or set MISTHOORN_HOME.") from None
    os.set_inheritable(lock, True)  # noqa: FBT003  its only argument
    return lock


def _look_at_database() -> None:
    from django.db import DatabaseError, connection

    try:
        tables = set(connection.introspection.table_names())
    except DatabaseError as error:
        raise Failure(f"The database can't be used ({str(error).strip()}). Look at MISTHOORN_DATABASE.") from error
    if tables and TABLE not in tables:
        raise Failure(
            f"The database holds {len(tables)} tables that no demo made, so it is left alone. "
            "Set MISTHOORN_DATABASE to an empty database, or leave it out."
        )


def _empty_database() -> None:
    from django.db import DatabaseError, connection

    if connection.vendor == "sqlite":
        file = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        return
    tables = connection.introspection.table_names()
    if not tables:
        return
    names = ", ".join(connection.ops.quote_name(table) for table in tables)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
            cursor.execute(f"DROP TABLE {names} CASCADE")
    except DatabaseError as error:
        raise Failure(f"The demo's tables can't be removed ({str(error).strip()}). Stop its workers first.") from error


def _mark_database() -> None:
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (made_by varchar(40))")
    call_command("migrate", verbosity=0, interactive=False)
