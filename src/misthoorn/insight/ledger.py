"""What happened, as entries: read from the tables of the other packages, and never changed once it is written.

Each reader looks at what came after its mark, and a while before it, since transactions end in another order than they
began. An entry that is there already stays as it is.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import Model, Prefetch, QuerySet

from misthoorn.insight.models import Entry, Mark
from misthoorn.intake.models import Batch
from misthoorn.notification.models import Attempt, Check, IncomingMail, Message, Notice, Reply
from misthoorn.triage.campaigns.gates import WARN
from misthoorn.triage.findings.replay import LOOKED_AGAIN
from misthoorn.triage.models import Decision, Finding

PIECE = 500  # entries a transaction: far below the 250 ms that a write of SQLite may take
PIECES = 2  # of one reader in one turn, so that other work gets its turn
BEHIND = 1_000  # numbers before the mark that are looked at again
LATE = timedelta(minutes=10)  # and time
HARM = ("wrong", "not_ours")
CORRECTION = "correction"  # the detail of a harm that we said ourselves
# What is handed over: a warning by itself, or in another message; else the kind of notice that it was.
ALONE, GATHERED = "", "gathered"
WARNINGS = (ALONE, GATHERED)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a reader is. `settled`: what happened until then is all there to be seen."""

    number: int
    moment: datetime | None
    settled: bool


type Reader = Callable[[Place], Iterable[tuple[Entry, Place]]]


def collect(*, now: datetime, pieces: int = PIECES) -> int:
    """Write down what happened since the last time, at most so many pieces of each kind; how many were added."""
    return sum(_read(name, reader, now=now, pieces=pieces) for name, reader in READERS.items())


def _read(name: str, reader: Reader, *, now: datetime, pieces: int) -> int:
    mark = Mark.objects.filter(pk=name).first() or Mark(what=name)
    settled = mark.moment is not None and now - mark.moment > 2 * LATE
    added = 0
    for piece in batched(reader(Place(mark.number, mark.moment, settled)), PIECE):
        with transaction.atomic():
            new = _add([entry for entry, _ in piece], now=now)
            mark.number, mark.moment = piece[-1][1].number, piece[-1][1].moment
            mark.save()
        added += new
        pieces -= bool(new)
        if not pieces:
            break
    return added


def _add(entries: list[Entry], *, now: datetime) -> int:
    """Those that are not there yet; how many."""
    there = set(
        Entry.objects.filter(kind__in={one.kind for one in entries}, key__in=[one.key for one in entries])
        .order_by()
        .values_list("kind", "key")
    )
    new = [one for one in entries if (one.kind, one.key) not in there]
    for entry in new:
        entry.recorded_at = now
    Entry.objects.bulk_create(new, ignore_conflicts=True)  # when another worker was first, its entry is the same
    return len(new)


def _by_number[M: Model](rows: QuerySet[M], mark: Place) -> Iterator[tuple[M, Place]]:
    """Rows that are only ever added, in the order of their numbers; none is still being read when an entry is written.

    SQLite writes nothing for whoever reads while somebody else wrote.
    """
    last = mark.number - BEHIND
    while piece := list(rows.filter(pk__gt=last).order_by("pk")[:PIECE]):
        for row in piece:
            yield row, replace(mark, number=max(mark.number, row.pk))
        last = piece[-1].pk


def _by_moment[M: Model](rows: QuerySet[M], mark: Place, *, moment: str) -> Iterator[tuple[M, datetime, Place]]:
    """Rows in the order in which something happened to them, and when it did; read as those by number are."""
    rows = rows.filter(**{f"{moment}__isnull": False}).order_by(moment, "pk")
    later = rows
    if mark.moment is not None:
        since = {f"{moment}__gt": mark.moment} if mark.settled else {f"{moment}__gte": mark.moment - LATE}
        later = rows.filter(**since)
    while piece := list(later[:PIECE]):
        for row in piece:
            at = getattr(row, moment)
            yield row, at, replace(mark, moment=max(at, mark.moment) if mark.moment else at)
        later = rows.filter(**{f"{moment}__gte": at}).exclude(**{moment: at, "pk__lte": row.pk})


def _finding(kind: str, row: Finding, *, at: datetime, detail: str = "") -> Entry:
    return Entry(
        kind=kind,
        key=f"{row.pk}.{row.times_reopened}",
        at=at,
        organisation=row.organisation_id,
        finding=row.pk,
        source=row.source_id,
        subject=row.subject,
        severity=row.severity,
        detail=detail[:60],
    )


def _matched(mark: Place) -> Iterator[tuple[Entry, Place]]:
    for row, after in _by_number(Finding.objects.all(), mark):
        entry = _finding("matched", row, at=row.first_seen, detail=row.certainty)
        entry.key, entry.batch = str(row.pk), row.first_batch or None
        yield entry, after


def _accepted(mark: Place) -> Iterator[tuple[Entry, Place]]:
    """Deliveries that were read."""
    read = Batch.objects.filter(state=Batch.State.ACCEPTED)
    for row, at, after in _by_moment(read, mark, moment="finished_at"):
        yield Entry(kind="accepted", key=str(row.pk), at=at, source=row.source_id, batch=row.pk), after


def _closed(mark: Place) -> Iterator[tuple[Entry, Place]]:
    """Fixed is what a delivery that covered it did not see any more; gone is what ended for another reason."""
    for row, at, after in _by_moment(Finding.objects.filter(state=Finding.State.GONE), mark, moment="closed_at"):
        kind = "fixed" if LOOKED_AGAIN in row.closed_because else "gone"
        entry = _finding(kind, row, at=at, detail=row.closed_because)
        entry.batch = row.last_absent_batch or None if kind == "fixed" else None
        yield entry, after


def _reopened(mark: Place) -> Iterator[tuple[Entry, Place]]:
    again = Finding.objects.filter(times_reopened__gt=0, state=Finding.State.OPEN)
    for row, at, after in _by_moment(again, mark, moment="last_seen"):
        yield _finding("reopened", row, at=at), after


def _notice(kind: str, key: object, notice: Notice, *, at: datetime, channel: str = "", detail: str = "") -> Entry:
    return Entry(
        kind=kind,
        key=str(key),
        at=at,
        organisation=notice.organisation_id,
        notice=notice.pk,
        campaign=notice.campaign_id,
        subject=notice.subject,
        severity=notice.severity,
        channel=channel,
        detail=detail[:60],
    )


def _message(kind: str, row: Message, *, at: datetime, detail: str = "") -> Entry:
    entry = _notice(kind, row.pk, row.notice, at=at, channel=row.channel, detail=detail)
    entry.provenance = row.contact.provenance
    return entry


def _withheld(mark: Place) -> Iterator[tuple[Entry, Place]]:
    rows = Decision.objects.exclude(outcome__in=[WARN, "undecided"]).select_related("finding")
    for row, at, after in _by_moment(rows, mark, moment="decided_at"):
        entry = _finding("withheld", row.finding, at=at, detail=row.outcome)
        entry.key, entry.campaign = str(row.pk), row.campaign_id
        yield entry, after


def _sent(mark: Place) -> Iterator[tuple[Entry, Place]]:
    for row, after in _by_number(Message.objects.select_related("notice", "contact").defer("body"), mark):
        yield _message("sent", row, at=row.created_at, detail=row.template), after


def _attempts(outcome: str, mark: Place) -> Iterator[tuple[Message, datetime, Place]]:
    """Attempts that ended so. One that was in doubt and is corrected later is seen while it is among the last."""
    ended = Attempt.objects.filter(outcome=outcome, finished_at__isnull=False)
    findings = "notice__findings__finding"
    rows = ended.select_related("message__notice", "message__contact").prefetch_related(
        f"message__{findings}",
        Prefetch("message__gathered", Message.objects.select_related("notice", "contact").defer("body")),
        f"message__gathered__{findings}",
    )
    for row, after in _by_number(rows.defer("message__body"), mark):
        yield row.message, row.finished_at or row.claimed_at, after


def _with_gathered(message: Message) -> Iterator[Message]:
    """The message, and those that were told in it."""
    yield message
    yield from message.gathered.all()


def _handed_over(mark: Place) -> Iterator[tuple[Entry, Place]]:
    """The message with what was told in it, and each finding, by the first warning that told of it.

    That a warning was wrong is harm, once it is told.
    """
    for carrier, at, after in _attempts(Attempt.Outcome.HANDED_OVER, mark):
        for message in _with_gathered(carrier):
            notice, channel = message.notice, message.channel
            how = _how(notice, gathered=message is not carrier)
            yield _message("handed_over", message, at=at, detail=how), after
            if notice.kind == Notice.Kind.CORRECTION and notice.about and notice.about.kind == Notice.Kind.WARNING:
                harm = _notice("harm", f"correction {notice.pk}", notice, at=at, channel=channel, detail=CORRECTION)
                yield _of_warning(harm, notice), after
            if how not in WARNINGS:
                continue  # its findings are those of a warning before, or of the warnings in it
            for one in notice.findings.all():
                told = _notice(
                    "told", f"{notice.pk}.{one.finding_id}", notice, at=at, channel=channel, detail=one.finding.rule
                )
                told.finding, told.source = one.finding_id, one.finding.source_id
                yield told, after


def _how(notice: Notice, *, gathered: bool) -> str:
    if notice.kind != Notice.Kind.WARNING:
        return notice.kind
    return GATHERED if gathered else ALONE


def _of_warning(entry: Entry, notice: Notice) -> Entry:
    """What happens to a reminder, or whatever else follows, happened to the warning that it comes back to."""
    entry.notice = _warning(notice)
    return entry


def _warning(notice: Notice) -> int:
    return notice.about_id or notice.pk


# A notice, and those that were told in it.
_TOLD_IN_IT = Prefetch(
    "notice__messages",
    Message.objects.defer("body").prefetch_related(
        Prefetch("gathered", Message.objects.select_related("notice").defer("body"))
    ),
)


def _of_each(entry: Entry, notice: Notice) -> Iterator[Entry]:
    """What a person did with a number; with that of a digest, to it and to each warning that was told in it."""
    yield _of_warning(entry, notice)
    told = {_warning(one.notice): one.notice for row in notice.messages.all() for one in row.gathered.all()}
    for warning, one in told.items():
        same = _notice(entry.kind, f"{entry.key}.{warning}", one, at=entry.at, detail=entry.detail)
        yield _of_warning(same, one)


def _bounced(mark: Place) -> Iterator[tuple[Entry, Place]]:
    """Refused at once by the other side; what came back later is read from the mails that say so."""
    for carrier, at, after in _attempts(Attempt.Outcome.BOUNCED, mark):
        for message in _with_gathered(carrier):
            yield _message("bounced", message, at=at), after


def _came_back(mark: Place) -> Iterator[tuple[Entry, Place]]:
    rows = IncomingMail.objects.filter(message__isnull=False).defer("raw", "text")
    rows = rows.select_related("message__notice", "message__contact")
    for row, after in _by_number(rows, mark):
        if row.message is None:
            continue
        if row.kind == "complaint":
            harm = _message("harm", row.message, at=row.received_at, detail=row.kind)
            harm.key = f"mail {row.pk}"
            yield harm, after
        elif row.kind == "failed":
            for message in _with_gathered(row.message):
                yield _message("bounced", message, at=row.received_at, detail=row.kind), after


def _reached(mark: Place) -> Iterator[tuple[Entry, Place]]:
    """A person typed the number: nobody else can, and no machine follows a link there."""
    rows = Check.objects.filter(notice__isnull=False, outcome="genuine").select_related("notice")
    for row, after in _by_number(rows.prefetch_related(_TOLD_IN_IT), mark):
        if row.notice is not None:
            for entry in _of_each(_notice("reached", row.pk, row.notice, at=row.at), row.notice):
                yield entry, after


def _opened(mark: Place) -> Iterator[tuple[Entry, Place]]:
    """Somebody of the organisation itself, who had signed in, opened it on the portal."""
    rows = Attempt.objects.filter(outcome=Attempt.Outcome.HANDED_OVER, message__channel="portal")
    for row, after in _by_number(rows.select_related("message__notice").defer("message__body"), mark):
        message, at = row.message, row.finished_at or row.claimed_at
        entry = _notice("reached", f"portal {message.pk}", message.notice, at=at, channel=message.channel)
        yield _of_warning(entry, message.notice), after


def _answered(mark: Place) -> Iterator[tuple[Entry, Place]]:
    """An answer is about all that its message told."""
    rows = Reply.objects.select_related("notice").prefetch_related(_TOLD_IN_IT)
    for row, after in _by_number(rows, mark):
        kinds = {"answered": row.pk} | ({"harm": f"reply {row.pk}"} if row.answer in HARM else {})
        for kind, key in kinds.items():
            for entry in _of_each(_notice(kind, key, row.notice, at=row.at, detail=row.answer), row.notice):
                yield entry, after


def _judged(mark: Place) -> Iterator[tuple[Entry, Place]]:
    """What a person judged of an answer, for each finding on which it holds, with the rule that matched it."""
    findings = ("notice__findings__finding", "notice__messages__gathered__notice__findings__finding")
    rows = Reply.objects.exclude(judgement="").select_related("notice").prefetch_related(_TOLD_IN_IT, *findings)
    for row, at, after in _by_moment(rows.defer("text"), mark, moment="judged_at"):
        for finding in _judged_of(row):
            detail = f"{row.judgement} {finding.rule}"
            entry = _notice("judged", f"{row.pk}.{finding.pk}", row.notice, at=at, detail=detail)
            entry.finding, entry.source = finding.pk, finding.source_id
            yield entry, after


def _judged_of(reply: Reply) -> list[Finding]:
    """Those on the assets that were chosen, of all that its notice told, and of what was told in it."""
    carried = (one.notice for message in reply.notice.messages.all() for one in message.gathered.all())
    told = {one.finding_id: one.finding for notice in (reply.notice, *carried) for one in notice.findings.all()}
    return [told[pk] for pk in sorted(told) if not reply.judged_assets or told[pk].asset_id in reply.judged_assets]


READERS: dict[str, Reader] = {
    "accepted": _accepted,
    "matched": _matched,
    "withheld": _withheld,
    "sent": _sent,
    "handed_over": _handed_over,
    "bounced": _bounced,
    "came_back": _came_back,
    "reached": _reached,
    "opened": _opened,
    "answered": _answered,
    "judged": _judged,
    "closed": _closed,
    "reopened": _reopened,
}
