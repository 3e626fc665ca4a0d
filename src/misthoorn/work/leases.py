"""Rows with a lease: claim one, work on it, finish it only while it is still ours.

A table that is worked on like this has the columns id, state, not_before, lease_until and attempt. Nothing here opens a
transaction: each function is one statement, so callers may put several in one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from misthoorn.work.clock import from_now, moment_sql
from misthoorn.work.prepared import read_in_index_order

# A row that failed this often for an unexpected reason is set aside, visibly.
TRIES = 3
# So many expired leases are taken back at a time.
PIECE = 100
# Seconds. SQLite's clock goes by the millisecond: what is due by our clock is due by the database's too.
GRAIN = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A table whose rows are work, and its words: the states, the order in which rows are taken.

    `counter` counts what went wrong unexpectedly. Where a row is claimed again only after such a thing, `attempt` does.
    `stamp` names a column that keeps the moment of the last claim, if there is one. `classes` are conditions that
    divide the rows as `order` does: then nothing walks past all that waits for later in a class before.
    All fields are written into SQL as they are, so they are never data.
    """

    table: str
    waiting: str = "queued"
    leased: str = "leased"
    aside: str = "set_aside"
    order: str = "not_before, id"
    counter: str = "attempt"
    stamp: str = ""
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A row in our hands. `attempt` is the fence: whoever claims the row after us has another number."""

    id: int
    attempt: int
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """A row whose lease ran out: the worker that had it died or came too late. `aside`: it won't be tried again."""

    id: int
    attempt: int
    aside: bool


def claim(queue: Queue, *, lease: float, columns: str = "", parameters: Sequence[Any] = ()) -> Claim | None:
    """Take the first row that is due, for `lease` seconds; None when there is none.

    Of any number of workers exactly one gets a row. `columns` (SQL of ours, with its `parameters`) are read in the same
    statement, into `values`.
    """
    rows = read_in_index_order(*claim_sql(queue, lease=lease, columns=columns, parameters=parameters))
    return Claim(rows[0][0], rows[0][1], tuple(rows[0][2:])) if rows else None


def claim_sql(
    queue: Queue,
    *,
    lease: float,
    columns: str = "",
    parameters: Sequence[Any] = (),
    only: str = "",
    only_parameters: Sequence[Any] = (),
) -> tuple[str, list[Any]]:
    """The statement of `claim` and its parameters: it gives at most one row of id, attempt and `columns`.

    `only` (SQL of ours, with its parameters) is a condition that the row must meet as well.
    """
    moment = moment_sql()
    more = f", {columns}" if columns else ""
    stamp = f", {queue.stamp} = {moment}" if queue.stamp else ""
    due = (
        f"state = '{queue.waiting}' AND not_before <= (SELECT {moment})"  # as a value, so that an index can look it up
    )
    fits = [" AND ".join(filter(None, [due, one, only])) for one in queue.classes or ("",)]
    firsts = ", ".join(
        f"(SELECT id FROM {queue.table} WHERE {fit} ORDER BY {queue.order} LIMIT 1{_skip_locked()})"  # noqa: S608  names of ours
        for fit in fits
    )
    statement = (
        f"UPDATE {queue.table} SET state = '{queue.leased}', attempt = attempt + 1, lease_until = {moment}{stamp} "  # noqa: S608  names of ours
        f"WHERE id = {f'COALESCE({firsts})' if queue.classes else firsts} RETURNING id, attempt{more}"
    )
    return statement, [
        from_now(lease),
        *([from_now()] if stamp else []),
        *([from_now(GRAIN), *only_parameters] * len(fits)),
        *parameters,
    ]


def _skip_locked() -> str:
    return "" if connection.vendor == "sqlite" else " FOR UPDATE SKIP LOCKED"


def finish(queue: Queue, held: Claim, *, state: str, values: Mapping[str, Any] | None = None) -> bool:
    """Give the row up in this state, with these columns changed; False when it is no longer ours, and nothing is done.

    Names of columns are ours, never data; what they become may be data.
    """
    values = values or {}
    more = "".join(f", {column} = %s" for column in values)
    return _change(queue, held, what=f"state = %s, lease_until = NULL{more}", values=[state, *values.values()])


def give_back(queue: Queue, held: Claim, *, after: float) -> bool:
    """Let the row wait and be tried again `after` seconds; False when it is no longer ours."""
    what = f"state = '{queue.waiting}', lease_until = NULL, not_before = {moment_sql()}"
    return _change(queue, held, what=what, values=[from_now(after)])


def renew(queue: Queue, held: Claim, *, lease: float) -> bool:
    """Keep the row for `lease` seconds from now; False when it is no longer ours, and the work should stop."""
    return _change(queue, held, what=f"lease_until = {moment_sql()}", values=[from_now(lease)])


def _change(queue: Queue, held: Claim, *, what: str, values: list[Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {queue.table} SET {what} WHERE id = %s AND attempt = %s AND state = '{queue.leased}'",  # noqa: S608  names of ours
            [*values, held.id, held.attempt],
        )
        return bool(cursor.rowcount)


def has_expired(queue: Queue) -> bool:
    """Whether some lease ran out. Only reads, so it may be asked often."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {_expired(queue)} LIMIT 1", [from_now()])  # noqa: S608  names of ours
        return bool(cursor.fetchall())


def take_back(queue: Queue) -> list[Lost]:
    """Let rows whose lease ran out wait again; those that this befell too often (`TRIES`) are set aside."""
    if not has_expired(queue):
        return []
    with connection.cursor() as cursor:
        count = "attempt" if queue.counter == "attempt" else f"{queue.counter} + 1"
        counted = "" if queue.counter == "attempt" else f", {queue.counter} = {queue.counter} + 1"
        cursor.execute(
            f"UPDATE {queue.table} SET lease_until = NULL{counted}, "  # noqa: S608  names of ours
            f"state = CASE WHEN {count} >= {TRIES} THEN '{queue.aside}' ELSE '{queue.waiting}' END "
            f"WHERE id IN (SELECT id FROM {_expired(queue)} LIMIT {PIECE}{_skip_locked()}) "
            "RETURNING id, attempt, state",
            [from_now()],
        )
        return [Lost(pk, attempt, state == queue.aside) for pk, attempt, state in cursor.fetchall()]


def _expired(queue: Queue) -> str:
    return f"{queue.table} WHERE state = '{queue.leased}' AND lease_until < {moment_sql()}"


def pending(queue: Queue) -> bool:
    """Whether a row is due, or leased by anybody: then more may have to be done soon."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM {queue.table} WHERE state = '{queue.leased}') OR "  # noqa: S608  names of ours
            f"EXISTS (SELECT 1 FROM {queue.table} WHERE state = '{queue.waiting}' AND not_before <= {moment_sql()})",
            [from_now(GRAIN)],
        )
        return bool(cursor.fetchone()[0])
