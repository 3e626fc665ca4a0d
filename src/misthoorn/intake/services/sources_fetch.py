"""Doing a fetch: what comes is kept before the place to go on from is, so that whatever is killed, nothing is lost."""

import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F

from misthoorn.common import clock
from misthoorn.common.failpoints import failpoint
from misthoorn.intake import models
from misthoorn.intake.services.deliveries import LONGEST_ORIGIN, Brought, register, store
from misthoorn.intake.services.sources import run_now
from misthoorn.intake.services.sources_health import end_alarm, raise_alarm
from misthoorn.intake.sources import secrets
from misthoorn.intake.sources.base import Asked, Cursor, Item, Means, Reached
from misthoorn.intake.sources.registry import TRANSPORTS
from misthoorn.intake.sources.schedule import read_schedule
from misthoorn.work.clock import database_now
from misthoorn.work.leases import TRIES, Claim, Queue, finish, give_back, renew
from misthoorn.work.outside import egress
from misthoorn.work.outside.client import Bounds, Client
from misthoorn.work.outside.errors import FetchError, StoppedError
from misthoorn.work.outside.pinned import Guard

QUEUE = Queue(table="intake_fetch", waiting="due", order="not_before, id", stamp="started_at")
LEASE = 120.0  # seconds; renewed all the time while an answer comes in
BEAT = 20.0  # seconds between two renewals
LONGEST_PAUSE = 6 * 3600.0
LONGEST_PROBLEM = 4_000

_log = logging.getLogger(__name__)
_STATES = models.Fetch.State


class _LeaseLostError(Exception):
    """Another worker has the fetch now: nothing may be written any more."""


def make_due(*, now: datetime) -> int:
    """Make the fetches whose time has come; how many. Each time fires once, whoever else does the same at this moment.

    A source that is still being fetched, or waits for a second try, lets its time pass.
    """
    made = 0
    due = models.Source.objects.filter(next_run__lte=now, paused=False).exclude(schedule="").exclude(transport="")
    for slug in list(due.values_list("slug", flat=True)):
        with transaction.atomic():
            one = models.Source.objects.select_for_update().get(slug=slug)
            if one.paused or one.next_run is None or one.next_run > now:
                continue
            tick = one.next_run
            if not one.fetches.filter(state__in=(_STATES.DUE, _STATES.LEASED)).exists():
                models.Fetch.objects.get_or_create(source=one, tick=tick, defaults={"not_before": now})
                made += 1
            one.next_run = read_schedule(one.schedule).after(tick, now=now)
            one.save(update_fields=["next_run"])
    return made


def is_due(*, now: datetime) -> bool:
    """Whether the time of some source has come. Only reads."""
    return models.Source.objects.filter(next_run__lte=now, paused=False).exclude(schedule="").exists()


def do_fetch(
    claim: Claim,
    *,
    stopped: Callable[[], bool] = lambda: False,
    chance: Callable[[], float] = random.random,
) -> list[int]:
    """Fetch what is new for a row in our hands, and end the row; the batches that came, also those known already."""
    row = models.Fetch.objects.select_related("source").get(pk=claim.id)
    keeping = _Keeping(row=row, claim=claim, stopped=stopped)
    try:
        problems = keeping.take(_fetched(row.source, keeping))
    except _LeaseLostError:
        return keeping.batches
    except StoppedError:
        give_back(QUEUE, claim, after=0)
    except (FetchError, secrets.SecretError, egress.EgressError) as error:
        _did_not_go(row, claim, error, chance=chance)
    except Exception as error:  # noqa: BLE001  whatever it is, the fetch must end somewhere visible
        _log.exception("fetch %d of %s failed, attempt %d", claim.id, row.source.slug, claim.attempt)
        _broke(row, claim, error)
    else:
        values = {"finished_at": clock.now(), "problem": as_shown("\n".join(problems))}
        if finish(QUEUE, claim, state=_STATES.DONE, values=values):
            end_alarm(source=row.source_id, kind=models.Alarm.Kind.FAILING, at=clock.now())
    return keeping.batches


def _fetched(source: models.Source, keeping: "_Keeping") -> Iterator[Item | Reached]:
    with client_of(source, stopped=keeping.look) as client:
        keeping.client = client
        yield from new_of(source, client=client, folder=Path(settings.HOME) / "fetching" / source.slug)


def new_of(source: models.Source, *, client: Client, folder: Path) -> Iterator[Item | Reached]:
    """What its transport finds new at a source; parts of files that break off are kept in the folder."""
    key = secrets.read(Path(settings.HOME), source.slug)
    means = Means(client=client, credentials=key, now=clock.now(), folder=folder)
    return TRANSPORTS[source.transport].fetch()(asked(source), cursor=dict(source.cursor), means=means)


def asked(source: models.Source) -> Asked:
    """The source as its transport knows it."""
    return Asked(source.slug, source.format, source.address, source.options)


def client_of(source: models.Source, *, stopped: Callable[[], bool]) -> Client:
    """A client that goes nowhere but to the hosts of this source.

    Raises:
        EgressError: its address leads nowhere.
    """
    place = egress.target(source.address, inside=settings.FETCH_INSIDE)
    return Client(
        hosts=[place.host, *asked(source).texts("hosts")],
        guard=Guard(inside=settings.FETCH_INSIDE),
        bounds=Bounds(
            silence=settings.FETCH_SILENCE,
            deadline=settings.FETCH_DEADLINE,
            size=settings.FETCH_BYTES,
            pause=float(source.options.get("pause") or 0),
        ),
        stopped=stopped,
        now=clock.now(),
    )


@dataclass(slots=True, kw_only=True)
class _Keeping:
    """Keeps what comes while the lease is ours. The place to go on from is written with the delivery before it."""

    row: models.Fetch
    claim: Claim
    stopped: Callable[[], bool]
    batches: list[int] = field(default_factory=list)
    client: Client | None = None
    renewed: datetime = field(default_factory=clock.now)

    def look(self) -> bool:
        """Whether to stop; keeps the lease meanwhile, also when nothing comes for long."""
        if clock.now() - self.renewed > timedelta(seconds=BEAT):
            self._renew()
        return self.stopped()

    def take(self, found: Iterator[Item | Reached]) -> tuple[str, ...]:
        problems: tuple[str, ...] = ()
        for one in found:
            if isinstance(one, Reached):
                problems += one.problems
                self._write(one.cursor, deliveries=0, new=0)
            else:
                self._keep(one)
            if self.look():
                raise StoppedError
        return problems

    def _keep(self, item: Item) -> None:
        at = clock.now()
        with item.stream:
            kept = store().receive(item.stream, source=self.row.source.slug, day=at.date())
        failpoint("intake.received")
        said = Brought(origin=" ".join(as_shown(item.origin).split())[:LONGEST_ORIGIN], unproven=item.unproven)
        with transaction.atomic():
            delivery = register(kept, source=self.row.source, name=item.name, at=at, said=said)
            self._write(item.cursor, deliveries=1, new=0 if delivery.again else 1)
        failpoint("intake.registered")
        self.batches.append(delivery.batch)
        item.kept()

    def _write(self, cursor: Cursor | None, *, deliveries: int, new: int) -> None:
        with transaction.atomic():
            self._renew()
            if cursor is not None:
                models.Source.objects.filter(pk=self.row.source_id).update(cursor=cursor)
            models.Fetch.objects.filter(pk=self.row.pk).update(
                deliveries=F("deliveries") + deliveries,
                new_deliveries=F("new_deliveries") + new,
                bytes_read=self.client.read if self.client else 0,
            )

    def _renew(self) -> None:
        self.renewed = clock.now()
        if not renew(QUEUE, self.claim, lease=LEASE):
            raise _LeaseLostError


def as_shown(text: str) -> str:
    """What another machine may have written, as a database can hold it and a page can show it."""
    return "".join(one if one.isprintable() or one == "\n" else "\ufffd" for one in text[:LONGEST_PROBLEM])


def _did_not_go(row: models.Fetch, claim: Claim, error: Exception, *, chance: Callable[[], float]) -> None:
    """Try again later where that may help; otherwise the fetch failed, and its source has an alarm."""
    again = isinstance(error, FetchError) and error.again
    sentence = as_shown(str(error))
    models.Fetch.objects.filter(pk=claim.id, attempt=claim.attempt).update(problem=sentence)
    if again and claim.attempt < settings.FETCH_TRIES:
        asked_for = error.after if isinstance(error, FetchError) else None
        give_back(QUEUE, claim, after=back_off(claim.attempt, asked_for=asked_for, chance=chance()))
        return
    if finish(QUEUE, claim, state=_STATES.FAILED, values={"finished_at": clock.now()}):
        raise_alarm(source=row.source_id, kind=models.Alarm.Kind.FAILING, at=clock.now(), detail=sentence)


def back_off(attempt: int, *, asked_for: float | None, chance: float) -> float:
    """Seconds before the next try: what the server asked for, or twice as long each time and some more by `chance`."""
    if asked_for is not None:
        return asked_for
    return float(min(settings.FETCH_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE) * (1 + chance / 2))


def _broke(row: models.Fetch, claim: Claim, error: Exception) -> None:
    sentence = as_shown(f"Fetching failed for an unexpected reason: {error}. Tell the maintainers.")
    models.Fetch.objects.filter(pk=claim.id, attempt=claim.attempt).update(problem=sentence)
    if claim.attempt < TRIES:
        give_back(QUEUE, claim, after=settings.FETCH_PAUSE)
    else:
        set_aside(claim, sentence=sentence)
        raise_alarm(source=row.source_id, kind=models.Alarm.Kind.FAILING, at=clock.now(), detail=sentence)


def set_aside(claim: Claim, *, sentence: str) -> None:
    """Give up a fetch that failed too often for an unexpected reason, visibly."""
    row = models.Fetch.objects.get(pk=claim.id)
    models.Fetch.objects.filter(pk=claim.id, attempt=claim.attempt).update(
        state=_STATES.SET_ASIDE, lease_until=None, finished_at=clock.now(), problem=sentence
    )
    raise_alarm(source=row.source_id, kind=models.Alarm.Kind.FAILING, at=clock.now(), detail=sentence)


def fetch_now(*, source: str, person: int | None) -> tuple[int, list[int]]:
    """Fetch in this process, at once; the fetch and the batches that came.

    Raises:
        IntakeError: it can't be fetched now.
    """
    number = run_now(source=source, at=database_now(), person=person, leased=timedelta(seconds=LEASE))
    attempt = models.Fetch.objects.values_list("attempt", flat=True).get(pk=number)
    return number, do_fetch(Claim(number, attempt))
