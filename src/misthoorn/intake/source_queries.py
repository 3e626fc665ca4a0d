"""Reads about how sources are fetched, and how they fare."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Sum

from misthoorn.intake.facts import BY_A_PERSON
from misthoorn.intake.models import Alarm, Batch, Fetch, RefusedRow, Source, SourceTrial
from misthoorn.intake.preview import SHOWN_FOR, FirstRows
from misthoorn.intake.services.sources import digest_of
from misthoorn.intake.services.sources_health import UNUSUAL
from misthoorn.intake.sources import secrets
from misthoorn.intake.sources.health import HEALTH, health_of


@dataclass(frozen=True, slots=True)
class AlarmFacts:
    kind: str
    since: datetime
    detail: str
    batch: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A source with how it is fetched and how it fares. `key_set` says that there is a key, never which.

    `unproven`: how many deliveries wait in quarantine because they are not shown to be their maker's.
    """

    id: int
    slug: str
    name: str
    format: str
    tlp: str
    terms: str
    origin: str
    transport: str
    address: str
    options: Mapping[str, Any]
    schedule: str
    next_run: datetime | None
    paused: bool
    silent_after: int | None
    pushes: bool
    key_set: bool
    batches: int
    rows_accepted: int
    rows_refused: int
    last_received: datetime | None
    last_success: datetime | None
    alarms: tuple[AlarmFacts, ...]
    health: str
    unproven: int


@dataclass(frozen=True, slots=True)
class FetchFacts:
    id: int
    tick: datetime
    state: str
    started_at: datetime | None
    finished_at: datetime | None
    attempt: int
    deliveries: int
    new_deliveries: int
    bytes_read: int
    problem: str


@dataclass(frozen=True, slots=True)
class TrialFacts:
    """What trying a source gave (services.sources_trial); `found` as JSON has it, with `rows` as they would be read."""

    state: str
    asked_at: datetime
    finished_at: datetime | None
    found: Mapping[str, Any]
    rows: FirstRows | None
    problem: str

    @property
    def going_on(self) -> bool:
        """Whether a worker still has to do it, or does."""
        return self.finished_at is None


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows a delivery had."""

    batch: int
    name: str
    received_at: datetime
    rows: int
    state: str


@dataclass(frozen=True, slots=True)
class _WaitingBatch:
    batch: int
    source: str
    source_name: str
    name: str
    received_at: datetime
    rows: int


@dataclass(frozen=True, slots=True)
class HeldBatch(_WaitingBatch):
    """A delivery that waits for a person because of its size."""

    because: str


@dataclass(frozen=True, slots=True)
class UnprovenBatch(_WaitingBatch):
    """A delivery that waits for a person, because it is not shown to be its maker's. `code`: why not."""

    code: str


def states(slug: str = "") -> list[SourceState]:
    """All sources by short name, or the one with this name."""
    found = Source.objects.filter(slug=slug) if slug else Source.objects.all()
    counted = found.annotate(
        n=Count("batches"),
        last=Max("batches__received_at"),
        good=Sum("batches__rows_accepted", default=0),
        bad=Sum("batches__rows_refused", default=0),
    ).order_by("slug")
    succeeded = dict(
        Fetch.objects.filter(state=Fetch.State.DONE).order_by().values_list("source").annotate(last=Max("finished_at"))
    )
    unproven = Counter(one.source for one in unproven_batches(slug))
    alarms: dict[int, list[AlarmFacts]] = defaultdict(list)
    for one in Alarm.objects.filter(until=None):
        alarms[one.source_id].append(_alarm(one))
    return [
        _state(one, success=succeeded.get(one.pk), alarms=tuple(alarms[one.pk]), unproven=unproven[one.slug])
        for one in counted
    ]


def state(slug: str) -> SourceState | None:
    """One source, or None."""
    return next(iter(states(slug)), None) if slug else None


def _state(  # the row with its sums
    one: Any,  # noqa: ANN401  annotated
    *,
    success: datetime | None,
    alarms: tuple[AlarmFacts, ...],
    unproven: int,
) -> SourceState:
    fields = ("slug", "name", "format", "tlp", "terms", "origin", "transport", "address", "options", "schedule")
    more = ("next_run", "paused", "silent_after")
    return SourceState(
        id=one.pk,
        pushes=bool(one.push_key),
        key_set=secrets.is_set(Path(settings.HOME), one.slug),
        batches=one.n,
        rows_accepted=one.good,
        rows_refused=one.bad,
        last_received=one.last,
        last_success=success,
        alarms=alarms,
        unproven=unproven,
        health=health_of(paused=one.paused, delivered=bool(one.n), alarms=[alarm.kind for alarm in alarms]),
        **{field: getattr(one, field) for field in (*fields, *more)},
    )


def _alarm(one: Alarm) -> AlarmFacts:
    return AlarmFacts(one.kind, one.since, one.detail, one.batch_id)


def by_health() -> dict[str, int]:
    """How many sources fare how; every word is there."""
    counts = Counter(one.health for one in states())
    return {word: counts[word] for word in HEALTH}


def fetches(slug: str, *, limit: int = 20) -> list[FetchFacts]:
    """The last times that a source was asked, newest first."""
    return [
        FetchFacts(
            id=one.pk,
            tick=one.tick,
            state=one.state,
            started_at=one.started_at,
            finished_at=one.finished_at,
            attempt=one.attempt,
            deliveries=one.deliveries,
            new_deliveries=one.new_deliveries,
            bytes_read=one.bytes_read,
            problem=one.problem,
        )
        for one in Fetch.objects.filter(source__slug=slug)[:limit]
    ]


def fetch(pk: int) -> FetchFacts | None:
    """One time that a source was asked, or None."""
    slug = Fetch.objects.filter(pk=pk).values_list("source__slug", flat=True).first()
    return next((one for one in fetches(slug, limit=50) if one.id == pk), None) if slug else None


def trial(slug: str, *, now: datetime) -> TrialFacts | None:
    """The last trial of a source, unless it is a day old."""
    one = SourceTrial.objects.filter(source__slug=slug).first()
    if one is None or (one.finished_at and one.finished_at < now - SHOWN_FOR):
        return None
    rows = FirstRows.from_plain(one.found["rows"]) if one.found.get("rows") else None
    return TrialFacts(one.state, one.asked_at, one.finished_at, one.found, rows, one.problem)


def sizes(slug: str, *, limit: int = 30) -> list[Size]:
    """The last deliveries of a source with their rows, oldest first."""
    read = (Batch.State.ACCEPTED, Batch.State.HELD, Batch.State.REFUSED)
    found = Batch.objects.filter(source__slug=slug, state__in=read)[:limit]
    return [Size(one.pk, one.name, one.received_at, one.rows_accepted, one.state) for one in found][::-1]


def held_for_size(slug: str = "") -> list[HeldBatch]:
    """Deliveries that wait for a person because of their size, the oldest first."""
    found = Batch.objects.filter(state=Batch.State.HELD, held_because__contains=UNUSUAL).select_related("source")
    found = found.filter(source__slug=slug) if slug else found
    return [
        HeldBatch(
            one.pk, one.source.slug, one.source.name, one.name, one.received_at, one.rows_accepted, one.held_because
        )
        for one in found.order_by("received_at", "pk")
    ]


def unproven_batches(slug: str = "") -> list[UnprovenBatch]:
    """Deliveries that wait for a person, because they are not shown to be their maker's; the oldest first."""
    kept = RefusedRow.objects.filter(batch=OuterRef("pk")).order_by()
    found = Batch.objects.filter(Exists(kept), unproven__gt="", read_again=0, state=Batch.State.REFUSED)
    found = found.exclude(problem__startswith=BY_A_PERSON).select_related("source")
    found = found.filter(source__slug=slug) if slug else found
    return [
        UnprovenBatch(
            one.pk, one.source.slug, one.source.name, one.name, one.received_at, one.rows_refused, one.unproven
        )
        for one in found.order_by("received_at", "pk")
    ]


def source_of_push(key: str) -> str | None:
    """The short name of the source that delivers with this key, or None."""
    return Source.objects.filter(push_key=digest_of(key)).values_list("slug", flat=True).first() if key else None
