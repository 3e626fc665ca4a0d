"""Statements that are said for every message: PostgreSQL plans each of them once a connection, not every time.

Planning takes it three times as long as doing it. A pooler between must keep prepared statements (PgBouncer: 1.21).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from django.db import connection

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper
    from psycopg import Connection

# One plan for all values, until the transaction is over.
_FIRST_OF_INDEX = (
    "SELECT set_config('enable_sort', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)"
)


def read_prepared(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows that a statement of ours, with one `%s` for each value, reads or returns."""
    if connection.vendor == "sqlite":
        return _read_sqlite(statement, values)
    with _prepared() as (_, cursor):
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def read_in_index_order(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The same of a statement that takes the first row of an index, and may write.

    The statistics of a table that has just been filled say nothing of what is in it, and PostgreSQL would sort all that
    waits to find the first (measured: 1.4 ms of 4,000 rows). Both statements are one way to the database and back, and
    one transaction.
    """
    if connection.vendor == "sqlite":
        return _read_sqlite(statement, values)
    with _prepared() as (raw, cursor):
        with raw.pipeline():
            cursor.execute(_FIRST_OF_INDEX)
            cursor.execute(statement, values)
        cursor.nextset()
        return list(cursor.fetchall())


def _read_sqlite(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    connection.ensure_connection()
    with connection.make_cursor(connection.connection.cursor()) as cursor:
        cursor.execute(_with_question_marks(statement), values)
        return list(cursor.fetchall())


@lru_cache(maxsize=256)
def _with_question_marks(statement: str) -> str:
    """As SQLite writes it. Django does it each time: measured, a fifth of what all statements of a message take."""
    return "%".join(part.replace("%s", "?") for part in statement.split("%%"))


@contextmanager
def _prepared() -> "Iterator[tuple[Connection[Any], CursorWrapper]]":
    """PostgreSQL's connection, and a cursor on it that has the server keep each statement and its plan."""
    import psycopg  # noqa: PLC0415  a command on SQLite need not wait for it

    connection.ensure_connection()
    raw = connection.connection
    raw.prepare_threshold = 0  # Django leaves it out, and then psycopg prepares nothing
    own = cast("CursorWrapper", psycopg.Cursor(raw))  # what django-stubs calls a cursor
    with connection.wrap_database_errors, connection.make_cursor(own) as cursor:
        yield raw, cursor
