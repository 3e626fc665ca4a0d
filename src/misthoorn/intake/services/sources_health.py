"""What is out of the ordinary about sources: alarms, and deliveries that are held until a person decides."""

from datetime import datetime

from django.db import IntegrityError, transaction

from misthoorn.accounts.services import record
from misthoorn.formats.feeds.shadowserver_reports import find_report
from misthoorn.formats.registry import FORMATS
from misthoorn.intake import models
from misthoorn.intake.lists import LISTS
from misthoorn.intake.services.deliveries import IntakeError
from misthoorn.intake.sources import health
from misthoorn.intake.sources.registry import TRANSPORTS

LOOKED_BACK = 200  # deliveries among which those of the same kind are looked for
UNUSUAL = "rows than usual"  # stands in `held_because` of what is held for its size

_KINDS = models.Alarm.Kind
_STATES = models.Batch.State


def raise_alarm(*, source: int, kind: str, at: datetime, detail: str = "", batch: int | None = None) -> None:
    """Begin an alarm of this kind, unless one is open."""
    try:
        with transaction.atomic():
            models.Alarm.objects.create(source_id=source, kind=kind, since=at, detail=detail[:300], batch_id=batch)
    except IntegrityError:  # one is open; what it says may be old
        models.Alarm.objects.filter(source_id=source, kind=kind, until=None).update(detail=detail[:300])


def end_alarm(*, source: int, kind: str, at: datetime) -> None:
    """End the alarm of this kind, if one is open."""
    models.Alarm.objects.filter(source_id=source, kind=kind, until=None).update(until=at)


def look_for_silence(*, now: datetime) -> None:
    """Begin and end the alarms on silence, of all sources."""
    silent = models.Alarm.objects.filter(kind=_KINDS.SILENT, until=None)
    open_for = set(silent.values_list("source_id", flat=True))
    for one in models.Source.objects.all():
        last = one.batches.order_by("-received_at").values_list("received_at", flat=True).first()
        quiet = not one.paused and health.is_silent(last=last, since=one.created_at, hours=one.silent_after, now=now)
        if quiet and one.pk not in open_for:
            since = last or one.created_at
            raise_alarm(
                source=one.pk,
                kind=_KINDS.SILENT,
                at=now,
                detail=f"Nothing since {since:%Y-%m-%d %H:%M} UTC; it should deliver {_each(one.silent_after)}.",
            )
        elif not quiet and one.pk in open_for:
            end_alarm(source=one.pk, kind=_KINDS.SILENT, at=now)


def _each(hours: int | None) -> str:
    return "every hour" if hours == 1 else f"every {hours} hours"


def is_judged(batch: models.Batch) -> bool:
    """Whether the number of rows of this delivery says something: it is no list of changes, and nobody let it pass.

    Events are judged, unless the source is whole on one day of the week only: its days can't be compared. Advisories
    only where one file at one address is the whole: elsewhere each delivery is of another size.
    """
    source = batch.source
    way = TRANSPORTS.get(source.transport)
    if (
        source.format in LISTS
        or source.options.get("varies")
        or source.coverage.get("full_on")
        or (way and way.changes)
    ):
        return False
    if FORMATS[source.format].kind != "events" and source.transport != "http":
        return False
    return not models.Alarm.objects.filter(batch=batch, until__isnull=False).exists()


def unusual(batch: models.Batch, *, rows: int) -> health.Unusual | None:
    """What is unusual about so many rows in this delivery, against those of its source and kind before it."""
    before = models.Batch.objects.filter(source=batch.source, state=_STATES.ACCEPTED, pk__lt=batch.pk).order_by("-pk")
    kind = _kind(batch.source.format, batch.name)
    alike = [
        accepted
        for name, accepted in before.values_list("name", "rows_accepted")[:LOOKED_BACK]
        if _kind(batch.source.format, name) == kind
    ]
    return health.judge(rows, before=alike)


def _kind(format_: str, name: str) -> str:
    return find_report(name).kind if format_ == "shadowserver" else ""


def hold_as_unusual(batch: models.Batch, *, found: health.Unusual, at: datetime) -> str:
    """Begin the alarm for a delivery that is held for its size; what to write down as the reason."""
    raise_alarm(source=batch.source_id, kind=found.kind, at=at, detail=found.sentence(), batch=batch.pk)
    return found.sentence()


@transaction.atomic
def decide_unusual(*, batch: int, release: bool, at: datetime, person: int | None) -> None:
    """Read a delivery that was held for its size after all, or refuse it; its bytes stay either way.

    Raises:
        IntakeError: it is not held, or for another reason.
    """
    found = models.Batch.objects.select_for_update().select_related("source").filter(pk=batch).first()
    if found is None or found.state != _STATES.HELD or UNUSUAL not in found.held_because:
        raise IntakeError(f"Batch {batch} is not held for its size; there is nothing to decide.")
    kind = _KINDS.FEWER if "fewer" in found.held_because else _KINDS.MORE
    if not models.Alarm.objects.filter(batch=found, until=None).update(until=at):
        models.Alarm.objects.create(source=found.source, kind=kind, since=at, until=at, batch=found)
    if release:
        found.state, found.not_before, found.attempt = _STATES.RECEIVED, at, 0
    else:
        found.state, found.finished_at = _STATES.REFUSED, at
        found.problem = f"A person refused it: {found.held_because}"
    found.held_because = ""
    found.save()
    record(
        at=at,
        person=person,
        action="delivery released" if release else "delivery refused",
        about=f"batch {batch}",
        source=found.source.slug,
    )
    waiting = models.Batch.objects.filter(
        source=found.source, state=_STATES.HELD, held_because__contains=UNUSUAL
    ).order_by("pk")
    for other in waiting:
        more = _KINDS.FEWER if "fewer" in other.held_because else _KINDS.MORE
        raise_alarm(source=found.source_id, kind=more, at=at, detail=other.held_because, batch=other.pk)
