"""What a feed shows, page after page. What its reader was not given yet is always shown, wherever the reader stands.

A page holds a bounded number of findings, so that a notice of many goes over several pages. A reader that lost a page
asks again from where it stood: what was handed over after that is shown again.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from misthoorn.notification.models import Attempt, Message, NoticeFinding
from misthoorn.work.bulk import update_rows

MOST_NOTICES = 100
MOST_FINDINGS = 1_000
_CURSOR = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,18}))?")
_CHANNEL = "feed"


class CursorError(ValueError):
    """No place in a feed; the sentence says what one looks like."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a reader came: all up to this notice, and of that one up to this finding (None: all of it)."""

    notice: int = 0
    finding: int | None = None

    def __str__(self) -> str:
        return f"{self.notice}" if self.finding is None else f"{self.notice}.{self.finding}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notice as a feed shows it. `complete`: the last of its findings are on this page; `waits`: not given before."""

    message: int
    notice: int
    number: str
    kind: str
    subject: str
    severity: str
    tlp: str
    language: str
    headline: str
    text: str
    told_at: datetime
    findings: tuple[int, ...]
    complete: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some notices in the order in which they were written, where the reader then stands, and whether there is more."""

    told: tuple[Told, ...]
    cursor: Cursor
    more: bool


def read_cursor(text: str) -> Cursor:
    """A place in a feed as a page gave it; "" is the beginning.

    Raises:
        CursorError: it is none.
    """
    if not text:
        return Cursor()
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise CursorError("`after` is a cursor as a page of this feed gave it, such as 1204 or 1204.31.")
    return Cursor(int(found[1]), int(found[2]) if found[2] else None)


def read_page(contact: int, *, after: Cursor, notices: int = MOST_NOTICES, findings: int = MOST_FINDINGS) -> Page:
    """The next page for the reader of this contact's feed that stands there."""
    later = Q(notice__gt=after.notice) | Q(state=Message.State.WAITING)
    if after.finding is not None:
        later |= Q(notice=after.notice)
    shown = Q(state=Message.State.WAITING) | Q(state=Message.State.HANDED_OVER)
    rows = Message.objects.filter(shown, later, contact=contact, channel=_CHANNEL).exclude(body="")
    messages = list(rows.select_related("notice").order_by("notice_id")[: notices + 1])
    lines = _lines([one.notice_id for one in messages[:notices]], after=after, most=findings + 1)
    told: list[Told] = []
    left = findings
    for message in messages[:notices]:
        mine = lines[message.notice_id]
        told.append(_told(message, mine[:left], complete=len(mine) <= left))
        left -= len(mine)
        if left <= 0:
            break
    more = len(told) < len(messages) or any(not one.complete for one in told)
    return Page(tuple(told), _reached(told, after=after), more)


def _lines(notices: Sequence[int], *, after: Cursor, most: int) -> dict[int, list[int]]:
    """The findings of these notices beyond where the reader stands, so many together."""
    wanted = Q(notice__in=notices)
    if after.finding is not None:
        wanted &= ~Q(notice=after.notice, finding__lte=after.finding)
    found: dict[int, list[int]] = defaultdict(list)
    pairs = NoticeFinding.objects.filter(wanted).order_by("notice_id", "finding_id").values_list("notice", "finding")
    for notice, finding in pairs[:most]:
        found[notice].append(finding)
    return found


def _told(message: Message, findings: Sequence[int], *, complete: bool) -> Told:
    notice = message.notice
    return Told(
        message=message.pk,
        notice=notice.pk,
        number=notice.number,
        kind=notice.kind,
        subject=notice.subject,
        severity=notice.severity,
        tlp=message.label,
        language=message.language,
        headline=message.subject_line,
        text=message.body,
        told_at=message.created_at,
        findings=tuple(findings),
        complete=complete,
        waits=message.state == Message.State.WAITING,
    )


def _reached(told: Sequence[Told], *, after: Cursor) -> Cursor:
    if not told:
        return after
    last = told[-1]
    if not last.complete:
        return Cursor(last.notice, last.findings[-1] if last.findings else 0)
    # What waited although the reader was beyond it takes the reader back nowhere.
    return max(Cursor(last.notice), after, key=lambda one: one.notice) if after.finding is None else Cursor(last.notice)


@transaction.atomic
def hand_over(told: Sequence[Told], *, key: int, at: datetime) -> int:
    """Note that a reader with this key was given all of these notices that waited; how many."""
    ids = [one.message for one in told if one.waits and one.complete]
    rows = list(Message.objects.select_for_update().filter(pk__in=ids, state=Message.State.WAITING).order_by("pk"))
    for row in rows:
        row.attempt += 1
        row.state, row.handed_over_at = Message.State.HANDED_OVER, at
    update_rows(rows, fields=["attempt", "state", "handed_over_at"])
    Attempt.objects.bulk_create(
        Attempt(
            message=row,
            number=row.attempt,
            claimed_at=at,
            finished_at=at,
            outcome=Attempt.Outcome.HANDED_OVER,
            reply=f"fetched with key {key}",
        )
        for row in rows
    )
    return len(rows)
