"""Small reads that are asked for every message: PostgreSQL plans each of them once a connection, not every time.

Planning takes it three times as long as answering. A pooler between must keep prepared statements (PgBouncer: 1.21).
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection


def read_prepared(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement of ours with one `%s` for each value."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())
    import psycopg  # noqa: PLC0415  a command on SQLite need not wait for it

    connection.ensure_connection()
    raw = connection.connection
    raw.prepare_threshold = 0  # Django leaves it out, and then psycopg prepares nothing
    with connection.wrap_database_errors, psycopg.Cursor(raw) as prepared:
        return list(prepared.execute(statement, values, prepare=True).fetchall())
