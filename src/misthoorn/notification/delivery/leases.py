"""The messages' rows: who has which, and how it ended. Statements only; the transactions are the caller's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from misthoorn.constituency.vocabulary import PARALLEL
from misthoorn.notification.compose.facts import SEVERITIES
from misthoorn.notification.delivery.decision import Because, Verdict
from misthoorn.work import leases
from misthoorn.work.clock import from_now, moment_sql, read_moment
from misthoorn.work.prepared import read_in_index_order, read_prepared

QUEUE = leases.Queue(
    table="notification_message",
    aside="in_doubt",
    order="urgency, not_before, id",
    counter="failures",
    stamp="claimed_at",
    classes=tuple(f"urgency = {urgency}" for urgency in range(len(SEVERITIES))),
)
POSTPONED = 1_000
_TEXTS = "channel, address, language, subject_line, body, message_id"
# Of a message: its organisation wants no more of what it is about. It hears of our mistakes all the same; another team
# has its own duty, and who asked for a code gets it.
REFUSED = """
EXISTS (SELECT 1 FROM notification_notice n JOIN constituency_refusal r ON r.organisation_id = n.organisation_id
WHERE n.id = notification_message.notice_id AND n.kind NOT IN ('correction', 'hand_over', 'confirm')
AND (r.subject = n.subject OR (n.kind = 'broadcast' AND r.subject LIKE 'broadcast:%%'
AND n.occasion LIKE substr(r.subject, 11) || ':%%')))
"""
_COLUMNS = (
    f"failures, created_at, contact_id, {_TEXTS}, {REFUSED}, "  # noqa: S608  SQL of ours
    "COALESCE(NULLIF(notification_message.tlp, ''), (SELECT n.tlp FROM notification_notice n WHERE n.id = notice_id)), "
    "(SELECT kind FROM notification_notice n WHERE n.id = notice_id), "
    "(SELECT {joined}(CAST(finding_id AS TEXT), ',') FROM notification_noticefinding f "
    "WHERE f.notice_id = notification_message.notice_id)"
)


@dataclass(frozen=True, slots=True)
class Held:
    """A message that we have leased, with what is needed to hand it over."""

    id: int
    attempt: int
    failures: int
    too_late: bool
    written: datetime
    contact: int
    channel: str
    address: str
    language: str
    subject: str
    body: str
    message_id: str
    refused: bool
    tlp: str
    kind: str
    findings: tuple[int, ...]


def claim(*, lease: float, resting: Sequence[str] = ()) -> Held | None:
    """Lease the most urgent message that is due; None when there is none.

    `resting`: places (pace.place_of) that are left alone now.
    """
    rows = read_in_index_order(*_claim_sql(lease=lease, resting=resting))
    return _held(rows[0]) if rows else None


def _claim_sql(*, lease: float, resting: Sequence[str]) -> tuple[str, list[Any]]:
    columns = _COLUMNS.format(joined="group_concat" if connection.vendor == "sqlite" else "string_agg")
    hosts = [place for place in resting if place]
    apart = ["channel <> 'mail'"] * ("" in resting) + ["substr(address, 1, %s) <> %s"] * len(hosts)
    return leases.claim_sql(
        QUEUE,
        lease=lease,
        columns=f"not_after < {moment_sql()}, {columns}",
        parameters=(from_now(),),
        only=" AND ".join(apart),
        only_parameters=[value for place in hosts for value in (len(place), place)],
    )


def _held(row: Sequence[Any]) -> Held:
    pk, attempt, too_late, failures, written, *texts, findings = row
    about = tuple(int(finding) for finding in (findings or "").split(",") if finding)
    return Held(*(pk, attempt, failures, bool(too_late), read_moment(written), *texts, about))


def refused(messages: Sequence[int]) -> set[int]:
    """Those of these messages about what their organisation wants no more of."""
    if not messages:
        return set()
    marks = ", ".join(["%s"] * len(messages))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM notification_message WHERE id IN ({marks}) AND {REFUSED}", messages)  # noqa: S608  SQL of ours
        return {pk for (pk,) in cursor.fetchall()}


def postpone(*, place: str, after: float) -> None:
    """Let what is due for this host wait, so that no worker sees it as due; what comes in meanwhile rests all the same.

    Of very many only so many, since a statement must be short.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE notification_message SET not_before = {moment_sql()} WHERE id IN ("  # noqa: S608  SQL of ours
            f"SELECT id FROM notification_message WHERE state = 'queued' AND not_before < {moment_sql()} "
            f"AND substr(address, 1, %s) = %s LIMIT {POSTPONED})",
            [from_now(after), from_now(after), len(place), place],
        )


def has_expired() -> bool:
    """Whether a worker did not finish in time."""
    return leases.has_expired(QUEUE)


def take_back() -> int:
    """Write down the attempts whose lease ran out, in doubt, and let their messages wait again, or set them aside.

    Returns how many.
    """
    lost = leases.take_back(QUEUE)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"{_UNFINISHED} WHERE id = %s {_AS_IT_WAS}", [("the worker did not finish", one.id) for one in lost]
        )
        cursor.executemany(
            "UPDATE notification_message SET because = %s WHERE id = %s",
            [(Because.FAILED_TOO_OFTEN, one.id) for one in lost if one.aside],
        )
    return len(lost)


def doubt_leased(*, reply: str) -> None:
    """Write down the attempts that are going on, in doubt; the messages are the caller's."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_UNFINISHED} WHERE state = 'leased' {_AS_IT_WAS}", [reply])


_UNFINISHED = (
    "INSERT INTO notification_attempt (message_id, number, claimed_at, outcome, reply) "
    "SELECT id, attempt, claimed_at, 'in_doubt', %s FROM notification_message"
)
_AS_IT_WAS = "ON CONFLICT (message_id, number) DO NOTHING"
_CORRECTED = (
    "ON CONFLICT (message_id, number) DO UPDATE "
    "SET finished_at = excluded.finished_at, outcome = excluded.outcome, reply = excluded.reply"
)


def record(held: Held, verdict: Verdict) -> bool:
    """Write down how the attempt ended, and what the message becomes if it is still ours; whether it was.

    That the other side took it is true whoever has the message by now: it is recorded as long as nobody began another
    attempt, also when the lease has run out. The attempt itself tells the truth in every case.
    """
    (becomes, first), (attempt, second) = _becomes_sql(held, verdict), _attempt_sql(held, verdict)
    still_ours = bool(read_prepared(f"{becomes} RETURNING id", first))
    read_prepared(f"{attempt} RETURNING id", second)
    return still_ours


def can_turn() -> bool:
    """Whether the database takes `turn`: SQLite has no statement that writes to two tables, and no way to it either."""
    return connection.vendor != "sqlite"


def turn(held: Held, verdict: Verdict, *, lease: float, resting: Sequence[str] = ()) -> tuple[bool, Held | None]:
    """What `record` and then `claim` do, as one statement: one way to the database and back instead of five."""
    (becomes, first), (attempt, second) = _becomes_sql(held, verdict), _attempt_sql(held, verdict)
    claim_next, third = _claim_sql(lease=lease, resting=resting)
    still_ours, *row = read_in_index_order(
        f"WITH became AS ({becomes} RETURNING id), attempted AS ({attempt}), taken AS ({claim_next}) "  # noqa: S608  SQL of ours
        "SELECT became.id IS NOT NULL, taken.* FROM (SELECT 1) AS always "
        "LEFT JOIN became ON true LEFT JOIN taken ON true",
        [*first, *second, *third],
    )[0]
    return still_ours, _held(row) if row[0] is not None else None


def _becomes_sql(held: Held, verdict: Verdict) -> tuple[str, list[Any]]:
    ours = "IN ('leased', 'queued', 'in_doubt')" if verdict.state == "handed_over" else "= 'leased'"
    more = (_MOMENT | _NO_OTHER_WAY).get(verdict.state, "").format(moment=moment_sql())
    statement = (
        f"UPDATE notification_message SET {more} "  # noqa: S608  SQL of ours
        "state = %s, because = %s, failures = failures + %s, lease_until = NULL "
        f"WHERE id = %s AND attempt = %s AND state {ours}"
    )
    values = (verdict.state, verdict.because, int(verdict.failure), held.id, held.attempt)
    return statement, [*([from_now(verdict.after)] if verdict.state in _MOMENT else []), *values]


def _attempt_sql(held: Held, verdict: Verdict) -> tuple[str, list[Any]]:
    statement = (
        "INSERT INTO notification_attempt (message_id, number, claimed_at, finished_at, outcome, reply) "  # noqa: S608  SQL of ours
        f"SELECT id, %s, claimed_at, {moment_sql()}, %s, %s FROM notification_message WHERE id = %s {_CORRECTED}"
    )
    return statement, [held.attempt, from_now(), verdict.outcome, verdict.reply, held.id]


# What changes beside the state, with one moment in it: `after` seconds from now.
_MOMENT = {"handed_over": "handed_over_at = {moment},", "queued": "not_before = {moment},"}
# A machine is told beside a person: when it can't be, nobody else is told in its place.
_BESIDE = f"rerouted = rerouted OR channel IN ({', '.join(map(repr, PARALLEL))}),"
_NO_OTHER_WAY = {"bounced": _BESIDE, "withheld": _BESIDE}


def pending() -> bool:
    """Whether a message is due, or leased by any worker."""
    return leases.pending(QUEUE)
