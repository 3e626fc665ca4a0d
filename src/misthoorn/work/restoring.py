"""The mark of a restore that is not finished: a table of its own in the database, where every worker sees it.

It is there before the first row of a backup is, and goes when what waited in it is held. It is no table of a model:
those are made by what is put back.
"""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from django.db import connection

from misthoorn.work.loop import Step

_MARK = "restore_unfinished"
_MAKE = f"CREATE TABLE IF NOT EXISTS {_MARK} (at integer)"
_IS_THERE = {
    "sqlite": f"SELECT count(*) FROM sqlite_master WHERE name = '{_MARK}'",  # noqa: S608  SQL of ours
    "postgresql": f"SELECT count(*) FROM pg_tables WHERE tablename = '{_MARK}' AND schemaname = current_schema()",  # noqa: S608  SQL of ours
}


def mark() -> None:
    """Let no worker do anything with this database."""
    with connection.cursor() as cursor:
        cursor.execute(_MAKE)


def mark_file(path: Path) -> None:
    """The same in a database of SQLite that is not in its place yet."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(_MAKE)


def unmark() -> None:
    """Let workers begin."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_MARK}")


def is_unfinished() -> bool:
    """Whether what waits in this database may have gone out since it was kept."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_THERE[connection.vendor])
        return bool(cursor.fetchone()[0])


def unless_unfinished(step: Step) -> Step:
    """This step, which does nothing while a restore is going on, or broke off."""

    def run() -> bool:
        if is_unfinished():
            if not connection.in_atomic_block:
                connection.close()  # what is put back may be another file
            return False
        return step.run()

    return replace(step, run=run)
