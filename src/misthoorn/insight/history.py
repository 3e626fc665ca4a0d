"""What the ledger tells of the findings that were warned about: when, by which warning, and how each ended."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import batched
from typing import Any, Literal, NamedTuple

from django.db.models import QuerySet

from misthoorn.constituency.models import Organisation
from misthoorn.insight.ledger import WARNINGS
from misthoorn.insight.models import Entry
from misthoorn.insight.survival import Ending, Span
from misthoorn.triage.models import Finding, SubjectKind

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters
CHUNK = 20_000  # rows read at once
MANY = 50_000  # ids; beyond it is quicker to read all of a kind than to ask for these
DAY = timedelta(days=1)

type _Ended = tuple[datetime, str, int | None]  # when, how, and by which delivery
type By = Literal["severity", "channel", "campaign", "sector", "size"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """What figures are about; "" and None are everything."""

    campaign: int | None = None
    subject: str = ""
    severity: str = ""
    channel: str = ""
    sector: str = ""
    size: str = ""

    def entries(self, *kinds: str) -> QuerySet[Entry]:
        """The entries of these kinds that it is about."""
        same = {name: value for name in _OF_ENTRY if (value := getattr(self, name))}
        found = Entry.objects.filter(kind__in=kinds, **same).order_by()
        owners = {name: value for name in _OF_OWNER if (value := getattr(self, name))}
        if owners:
            found = found.filter(organisation__in=Organisation.objects.filter(**owners).values("pk"))
        return found


_OF_ENTRY = ("campaign", "subject", "severity", "channel")
_OF_OWNER = ("sector", "size")


class Told(NamedTuple):
    """A finding, when a warning first told of it, and which one; `detail`: the rule that matched it."""

    finding: int
    at: datetime
    organisation: int | None
    notice: int | None
    campaign: int | None
    source: int | None
    channel: str
    severity: str
    subject: str
    detail: str


@dataclass(frozen=True)
class History:
    """The findings that some warnings told of, each once, and how long each was watched from then on."""

    which: Which
    now: datetime
    told: tuple[Told, ...]
    spans: tuple[Span, ...]

    @cached_property
    def findings(self) -> frozenset[int]:
        """Their numbers."""
        return frozenset(one.finding for one in self.told)

    @cached_property
    def handed(self) -> list[tuple[str, int, str]]:
        """The messages of warnings that were handed over: number, notice, and where its contact was known from."""
        rows = self.which.entries("handed_over").filter(detail__in=WARNINGS, notice__isnull=False)
        found = rows.values_list("key", "notice", "provenance").iterator(chunk_size=CHUNK)
        return [(key, notice or 0, provenance) for key, notice, provenance in found]

    @cached_property
    def notices(self) -> frozenset[int]:
        """The warnings of which a message was handed over."""
        return frozenset(notice for _, notice, _ in self.handed)

    @cached_property
    def answers(self) -> list[tuple[int, str]]:
        """What was answered to them, the earliest first for each."""
        return list(rows_of(("answered",), ("notice", "detail"), column="notice", ids=self.notices))

    @cached_property
    def answered(self) -> frozenset[int]:
        """Those that were answered."""
        return frozenset(notice for notice, _ in self.answers)

    @cached_property
    def looked_at(self) -> frozenset[int]:
        """Those of which a person typed the number, or that were answered."""
        rows = rows_of(("reached",), ("notice",), column="notice", ids=self.notices)
        return self.answered | {notice for (notice,) in rows}

    @cached_property
    def matched(self) -> dict[int, tuple[datetime, int | None]]:
        """When each was observed first, and the delivery that said so."""
        rows = rows_of(("matched",), ("finding", "at", "batch"), column="finding", ids=self.findings)
        return {finding: (at, batch) for finding, at, batch in rows}


def read(which: Which, *, now: datetime, notices: Collection[int] | None = None) -> History:
    """Read the ledger once. `notices`: only what these told of."""
    told = tuple(_told(which, notices))
    findings = [one.finding for one in told]
    endings, watched = _endings(findings), _watched(findings, now=now)
    looks = {look for ended in endings.values() for _, _, look in ended} | {look for _, look in watched.values()}
    read_at = accepted(looks)
    return History(which, now, told, tuple(_span(one, endings.get(one.finding, ()), watched, read_at) for one in told))


def accepted(batches: Iterable[int | None]) -> dict[int | None, datetime]:
    """When each of these deliveries was read, of those that the ledger knows."""
    keys = sorted(str(batch) for batch in batches if batch)
    rows = Entry.objects.filter(kind="accepted").order_by().values_list("batch", "at")
    return {batch: at for piece in batched(keys, PIECE) for batch, at in rows.filter(key__in=piece)}


def _told(which: Which, notices: Collection[int] | None) -> Iterator[Told]:
    rows = which.entries("told").filter(finding__isnull=False)
    parts = [rows] if notices is None else [rows.filter(notice__in=piece) for piece in batched(notices, PIECE)]
    found = (Told(*row) for part in parts for row in part.values_list(*Told._fields).iterator(chunk_size=CHUNK))
    seen: set[int] = set()
    for one in sorted(found, key=lambda one: (one.at, one.finding)):
        if one.finding not in seen:
            seen.add(one.finding)
            yield one


def _span(
    told: Told,
    endings: Collection[_Ended],
    watched: dict[int, tuple[datetime, int | None]],
    read_at: dict[int | None, datetime],
) -> Span:
    """How it ended first after it was told, or until when it is known to have been there.

    What was seen and what was not seen any more in one delivery was watched equally long: until that was read.
    """
    for at, kind, look in endings:
        if at >= told.at:
            return Span(_days(told, read_at.get(look, at)), "fixed" if kind == "fixed" else "other")
    seen, look = watched.get(told.finding, (told.at, None))
    nothing: Ending = ""
    return Span(_days(told, max(seen, read_at.get(look, seen))), nothing)


def _days(told: Told, until: datetime) -> float:
    return (max(until, told.at) - told.at) / DAY


def rows_of(kinds: Collection[str], fields: tuple[str, ...], *, column: str, ids: Collection[int]) -> Iterator[Any]:
    """The entries of these kinds about these ids, as tuples, the earliest first for each id."""
    entries = Entry.objects.filter(kind__in=kinds).order_by("at", "pk").values_list(*fields)
    if len(ids) > MANY:
        wanted, place = frozenset(ids), fields.index(column)
        yield from (row for row in entries.iterator(chunk_size=CHUNK) if row[place] in wanted)
        return
    for piece in batched(sorted(ids), PIECE):
        yield from entries.filter(**{f"{column}__in": piece}).iterator(chunk_size=CHUNK)


def _endings(findings: Collection[int]) -> dict[int, list[_Ended]]:
    found: dict[int, list[_Ended]] = defaultdict(list)
    fields = ("finding", "at", "kind", "batch")
    for finding, at, kind, look in rows_of(("fixed", "gone"), fields, column="finding", ids=findings):
        found[finding].append((at, kind, look))
    return found


def _watched(findings: Collection[int], *, now: datetime) -> dict[int, tuple[datetime, int | None]]:
    """Until when it is known that a finding was there: events when last seen, and by which delivery; advisories now."""
    known: dict[int, tuple[datetime, int | None]] = {}
    rows = Finding.objects.order_by().values_list("pk", "subject_kind", "last_seen", "last_batch")
    parts = [rows] if len(findings) > MANY else [rows.filter(pk__in=piece) for piece in batched(findings, PIECE)]
    for part in parts:
        for pk, kind, seen, look in part.iterator(chunk_size=CHUNK):
            known[pk] = (now, None) if kind == SubjectKind.ADVISORY else (seen, look)
    return known
