"""The messages' rows: who has which, and how it ended. Statements only; the transactions are the caller's."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from misthoorn.notification.delivery.decide import Because, Verdict
from misthoorn.work import leases
from misthoorn.work.clock import from_now, moment_sql, read_moment

QUEUE = leases.Queue(
    table="notification_message",
    aside="in_doubt",
    order="urgency, not_before, id",
    counter="failures",
    stamp="claimed_at",
)
_COLUMNS = "failures, created_at, notice_id, contact_id, channel, address, language, subject_line, body, message_id"


@dataclass(frozen=True, slots=True)
class Held:
    """A message that we have leased, with what is needed to hand it over."""

    id: int
    attempt: int
    failures: int
    too_late: bool
    written: datetime
    notice: int
    contact: int
    channel: str
    address: str
    language: str
    subject: str
    body: str
    message_id: str


def claim(*, lease: float) -> Held | None:
    """Lease the most urgent message that is due; None when there is none."""
    row = leases.claim(QUEUE, lease=lease, columns=f"not_after < {moment_sql()}, {_COLUMNS}", parameters=(from_now(),))
    if row is None:
        return None
    too_late, failures, written, *texts = row.values
    return Held(row.id, row.attempt, failures, bool(too_late), read_moment(written), *texts)


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
    moment = moment_sql()
    ours = "IN ('leased', 'queued', 'in_doubt')" if verdict.state == "handed_over" else "= 'leased'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE notification_message SET {_BECOMES[verdict.state].format(moment=moment)} "  # noqa: S608  SQL of ours
            f"state = %s, because = %s, failures = failures + %s, lease_until = NULL "
            f"WHERE id = %s AND attempt = %s AND state {ours}",
            [
                *([from_now(verdict.after)] if _BECOMES[verdict.state] else []),
                verdict.state,
                verdict.because,
                int(verdict.failure),
                held.id,
                held.attempt,
            ],
        )
        still_ours = bool(cursor.rowcount)
        cursor.execute(
            "INSERT INTO notification_attempt (message_id, number, claimed_at, finished_at, outcome, reply) "  # noqa: S608  SQL of ours
            f"SELECT id, %s, claimed_at, {moment}, %s, %s FROM notification_message WHERE id = %s {_CORRECTED}",
            [held.attempt, from_now(), verdict.outcome, verdict.reply, held.id],
        )
    return still_ours


# What changes beside the state, with one moment in it: `after` seconds from now.
_BECOMES = {
    "handed_over": "handed_over_at = {moment},",
    "queued": "not_before = {moment},",
    "bounced": "",
    "withheld": "",
    "expired": "",
    "in_doubt": "",
}


def facts_of(notice: int) -> tuple[str, tuple[int, ...]]:
    """The notice's TLP label and its findings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.tlp, f.finding_id FROM notification_notice n "
            "LEFT JOIN notification_noticefinding f ON f.notice_id = n.id WHERE n.id = %s",
            [notice],
        )
        rows = cursor.fetchall()
    return rows[0][0], tuple(finding for _, finding in rows if finding is not None)


def pending() -> bool:
    """Whether a message is due, or leased by any worker."""
    return leases.pending(QUEUE)
