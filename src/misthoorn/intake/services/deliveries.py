import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import slugify

from misthoorn.common.failpoints import failpoint
from misthoorn.common.tlp import parse_tlp
from misthoorn.formats.registry import FORMATS
from misthoorn.intake import models
from misthoorn.intake.coverage import CoverageError, coverage_of
from misthoorn.intake.lists import held
from misthoorn.intake.store.folder import FolderStore, Received, kept_since

PIECE = 5_000  # refused rows deleted in a transaction: far below the 250 ms that a write of SQLite may take
LONGEST_SLUG, LONGEST_NAME, MOST_ABSENCES = 60, 120, 100
LONGEST_KEPT = 36_500
LONGEST_ORIGIN = 300
_DELIVERED = ("events", "advisories", "lifts")  # kinds of formats


class IntakeError(ValueError):
    """Something that can't be taken in; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """`again`: the same bytes came before, and nothing changed."""

    batch: int
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What the person who brings a delivery says of it.

    `tlp` "": as the source's. `lawful`: whether it was obtained lawfully; False is also "I don't know", and None that
    nobody was asked. `mapping`: of a list, which column means what (formats.tabular). `unproven`: why it is not shown
    to be its maker's (intake.unproven).
    """

    tlp: str = ""
    origin: str = ""
    lawful: bool | None = None
    mapping: Mapping[str, object] = field(default_factory=dict)
    person: int | None = None
    unproven: str = ""


def store() -> FolderStore:
    """The store that the settings choose."""
    return _store(str(settings.HOME), settings.STORE)


@cache
def _store(home: str, bucket: str) -> FolderStore:
    if not bucket:
        return FolderStore(Path(home))
    try:
        from misthoorn.intake.store.bucket import S3Store, parse_bucket  # noqa: PLC0415  an extra that few need
    except ModuleNotFoundError as error:
        raise IntakeError("A store in a bucket needs one more part: `uv sync --extra s3`.") from error
    return S3Store(parse_bucket(bucket), root=Path(home) / "copies")


def add_source(
    *,
    slug: str,
    name: str,
    format: str,  # noqa: A002  the glossary calls it so
    tlp: str,
    coverage: dict[str, object],
    absences_to_close: int,
    at: datetime,
) -> int:
    """Add a source.

    Raises:
        IntakeError: the name is taken, or something in the definition can't be used.
    """
    if slugify(slug) != slug or not 0 < len(slug) <= LONGEST_SLUG:
        raise IntakeError(
            f"'{slug[:80]}' can't be the short name of a source. Use small letters, digits and dashes, at most "
            f"{LONGEST_SLUG} of them."
        )
    if not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        raise IntakeError(f"The name of a source has 1 to {LONGEST_NAME} characters that can be printed.")
    if not 1 <= absences_to_close <= MOST_ABSENCES:
        raise IntakeError(
            f"A finding is gone after 1 to {MOST_ABSENCES} deliveries without it, not {absences_to_close}."
        )
    if format not in FORMATS:
        raise IntakeError(f"There is no format '{format}'. `misthoorn parse --list` shows them all.")
    if FORMATS[format].kind not in _DELIVERED:
        raise IntakeError(
            f"A source delivers events, advisories or VEX; '{format}' is read by `misthoorn match` alone."
        )
    try:
        label = parse_tlp(tlp)
        coverage_of(coverage, seen=())
    except (ValueError, CoverageError) as error:
        raise IntakeError(str(error)) from error
    source, new = models.Source.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name,
            "format": format,
            "tlp": label,
            "coverage": coverage,
            "absences_to_close": absences_to_close,
            "created_at": at,
        },
    )
    if not new:
        raise IntakeError(f"There is already a source '{slug}'.")
    return source.pk


def receive(stream: BinaryIO, *, source: str, name: str, at: datetime, brought: Brought | None = None) -> Delivery:
    """Keep a delivery as received. When this returns it survives a crash, and a worker will parse it.

    One of which a person has to say first that it was obtained lawfully is kept and held (intake.lists).

    Raises:
        IntakeError: there is no such source, it is paused, or what was said of the delivery can't be used.
    """
    said = _checked(brought or Brought())
    found = models.Source.objects.filter(slug=source).first()
    if found is None:
        raise IntakeError(
            f"There is no source '{source}'. `misthoorn sources list` shows them; `sources add` makes one."
        )
    if found.paused:
        raise IntakeError(f"Source '{source}' is paused. Resume it first.")
    kept = store().receive(stream, source=source, day=at.date())
    failpoint("intake.received")
    return register(kept, source=found, name=name, at=at, said=said)


def register(kept: Received, *, source: models.Source, name: str, at: datetime, said: Brought) -> Delivery:
    """Give bytes that are kept their row, or count them to the batch that brought the same before."""
    try:
        with transaction.atomic():
            batch = models.Batch.objects.create(
                source=source,
                digest=kept.digest,
                name=_shown_name(name),
                size=kept.size,
                received_at=at,
                received_path=kept.path,
                not_before=at,
                tlp=said.tlp,
                origin=said.origin,
                lawful=said.lawful,
                mapping=said.mapping,
                brought_by=said.person,
                unproven=said.unproven,
                **held(format_=source.format, options=source.options, lawful=said.lawful),
            )
    except IntegrityError:
        earlier = models.Batch.objects.get(source=source, digest=kept.digest)
        models.Batch.objects.filter(pk=earlier.pk).update(delivered_again=F("delivered_again") + 1)
        if earlier.received_path != kept.path:
            store().drop(kept.path)
        return Delivery(batch=earlier.pk, again=True)
    failpoint("intake.registered")
    return Delivery(batch=batch.pk, again=False)


def _checked(said: Brought) -> Brought:
    origin = " ".join(said.origin.split())
    if len(origin) > LONGEST_ORIGIN or not origin.isprintable():
        raise IntakeError(f"Say where it comes from in at most {LONGEST_ORIGIN} characters that can be printed.")
    try:
        return replace(said, origin=origin, tlp=str(parse_tlp(said.tlp)) if said.tlp else "")
    except ValueError as error:
        raise IntakeError(str(error)) from error


def _shown_name(name: str) -> str:
    """The last part of a file's name, with a sign in the place of what no database and no page can show."""
    tidy = os.fsencode(Path(name).name).decode(errors="replace")
    return "".join(one if one.isprintable() else "\ufffd" for one in tidy)[-255:]


def set_retention(*, source: str, days: int | None) -> None:
    """Keep the events of a source so many days, or None: as long as those of others.

    Raises:
        IntakeError: there is no such source, or it would be kept for no day, or for more than a lifetime.
    """
    if days is not None and not 1 <= days <= LONGEST_KEPT:
        raise IntakeError(f"Events are kept from 1 to {LONGEST_KEPT:,} days, not {days}.")
    if not models.Source.objects.filter(slug=source).update(retention_days=days):
        raise IntakeError(f"There is no source '{source}'. `misthoorn sources list` shows them.")


def forget(*, now: datetime, keep: Mapping[str, int]) -> dict[str, int]:
    """Delete bytes as received, events and refused rows that are older than their retention in days; how many of each.

    A source may have one of its own: its events are kept as long as that says, and nothing else of it any longer.
    Batches stay, with their figures: they hold no personal data. How sources were asked goes with the refused rows.
    """
    own = dict(models.Source.objects.values_list("slug", "retention_days"))
    folder = store()

    def days(source: str, kind: str) -> int:
        said = own.get(source)
        return keep[kind] if said is None else said if kind == "events" else min(said, keep[kind])

    def since(kind: str) -> Callable[[str], date]:
        return lambda source: kept_since(now, days=days(source, kind))

    _forget_fetches(before=now - timedelta(days=keep["refused"]))
    refused = (_forget_refused(source, before=now - timedelta(days=days(source, "refused"))) for source in own)
    return {
        "received": folder.forget(kind="received", since=since("received")),
        "events": folder.forget(kind="events", since=since("events")),
        "refused rows": sum(refused),
    }


def _forget_fetches(*, before: datetime) -> None:
    old = models.Fetch.objects.filter(finished_at__lt=before).order_by("pk")
    while piece := list(old.values_list("pk", flat=True)[:PIECE]):
        models.Fetch.objects.filter(pk__in=piece).delete()


def _forget_refused(source: str, *, before: datetime) -> int:
    old = models.RefusedRow.objects.filter(batch__source__slug=source, batch__received_at__lt=before).order_by("pk")
    gone = 0
    while piece := list(old.values_list("pk", flat=True)[:PIECE]):
        gone += models.RefusedRow.objects.filter(pk__in=piece).delete()[0]
    return gone
