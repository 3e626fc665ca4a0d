from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.module_loading import import_string
from django.utils.text import slugify

from misthoorn.common.failpoints import failpoint
from misthoorn.common.tlp import parse_tlp
from misthoorn.formats.advisory import Advisory
from misthoorn.formats.registry import FORMATS
from misthoorn.formats.schema import FormatError, RefusedRow
from misthoorn.intake import models
from misthoorn.intake.advisories import Merged, Statement, merge
from misthoorn.intake.coverage import CoverageError, coverage_of
from misthoorn.intake.statements import from_plain, to_plain
from misthoorn.intake.store import FolderStore, kept_since

PIECE = 500  # rows a transaction: far below the 250 ms that a write of SQLite may take
RAW_KEPT = 65_536  # of a refused row in the database; the batch's own bytes are kept beside it in full


class IntakeError(ValueError):
    """Something that can't be taken in; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """`again`: the same bytes came before, and nothing changed."""

    batch: int
    again: bool


def store() -> FolderStore:
    """The store that the settings choose."""
    return FolderStore(Path(settings.HOME))


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
    if slugify(slug) != slug or not slug:
        raise IntakeError(f"'{slug}' can't be the short name of a source. Use small letters, digits and dashes.")
    if format not in FORMATS:
        raise IntakeError(f"There is no format '{format}'. `misthoorn parse --list` shows them all.")
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


def receive(stream: BinaryIO, *, source: str, name: str, at: datetime) -> Delivery:
    """Keep a delivery as received. When this returns it survives a crash, and a worker will parse it.

    Raises:
        IntakeError: there is no such source, or it is paused.
    """
    found = models.Source.objects.filter(slug=source).first()
    if found is None:
        raise IntakeError(
            f"There is no source '{source}'. `misthoorn sources list` shows them; `sources add` makes one."
        )
    if found.paused:
        raise IntakeError(f"Source '{source}' is paused. Resume it first.")
    kept = store().receive(stream, source=source, day=at.date())
    failpoint("intake.received")
    try:
        with transaction.atomic():
            batch = models.Batch.objects.create(
                source=found,
                digest=kept.digest,
                name=Path(name).name[-255:],
                size=kept.size,
                received_at=at,
                received_path=kept.path,
                not_before=at,
            )
    except IntegrityError:
        earlier = models.Batch.objects.get(source=found, digest=kept.digest)
        models.Batch.objects.filter(pk=earlier.pk).update(delivered_again=F("delivered_again") + 1)
        if earlier.received_path != kept.path:
            store().path(kept.path).unlink()
        return Delivery(batch=earlier.pk, again=True)
    failpoint("intake.registered")
    return Delivery(batch=batch.pk, again=False)


def parse_batch(*, batch: int, attempt: int, now: datetime) -> bool:
    """Read a leased batch: events to the store, advisories and refused rows to the database.

    Repeating it after a crash gives the same state. False when the lease was lost to another worker meanwhile, or the
    file as a whole could not be read (it is then refused, with the reason).
    """
    row = models.Batch.objects.select_related("source").get(pk=batch)
    row.refused_rows.all().delete()
    reader = _EventReader(row) if FORMATS[row.source.format].kind == "events" else _AdvisoryReader(row, now)
    try:
        with store().path(row.received_path).open("rb") as stream:
            events_path = reader.read(stream, now)
    except FormatError as error:
        reader.refuse_file(str(error))
        events_path = ""
    failpoint("intake.stored")
    return _finish(row, reader, events_path=events_path, attempt=attempt, now=now)


@transaction.atomic
def _finish(row: models.Batch, reader: "_Reader", *, events_path: str, attempt: int, now: datetime) -> bool:
    state = models.Batch.State.ACCEPTED if reader.accepted or not reader.problem else models.Batch.State.REFUSED
    mine = models.Batch.objects.filter(pk=row.pk, attempt=attempt, state=models.Batch.State.LEASED)
    finished = mine.update(
        state=state,
        rows_in=reader.accepted + reader.refused + reader.duplicate,
        rows_accepted=reader.accepted,
        rows_refused=reader.refused,
        rows_duplicate=reader.duplicate,
        problem=reader.problem,
        events_path=events_path,
        lease_until=None,
        finished_at=now,
    )
    if finished and state == models.Batch.State.ACCEPTED:
        import_string(settings.ON_ACCEPTED)(batch=row.pk, at=now)
    return bool(finished) and state == models.Batch.State.ACCEPTED


class _Reader:
    """Counts what comes out of a batch, and keeps what was refused."""

    def __init__(self, row: models.Batch) -> None:
        self.row = row
        self.accepted = self.refused = self.duplicate = 0
        self.problem = ""

    def read(self, stream: BinaryIO, now: datetime) -> str:
        raise NotImplementedError

    def keep_refused(self, rows: Iterable[RefusedRow]) -> None:
        for piece in batched(rows, PIECE):
            models.RefusedRow.objects.bulk_create(
                models.RefusedRow(
                    batch=self.row, line=one.line, row=one.row, code=one.code, reason=one.reason, raw=one.raw[:RAW_KEPT]
                )
                for one in piece
            )
            self.refused += len(piece)

    def refuse_file(self, reason: str) -> None:
        with store().path(self.row.received_path).open("rb") as stream:
            raw = stream.read(4096)
        self.keep_refused([RefusedRow(line=0, row=0, code="file", reason=reason, raw=raw)])
        self.problem = reason


class _EventReader(_Reader):
    def read(self, stream: BinaryIO, now: datetime) -> str:
        source = self.row.source
        day = self.row.received_at.date()
        with store().events_file(source=source.slug, day=day, batch=self.row.pk) as out:
            for chunk in FORMATS[source.format].read(stream, name=self.row.name, now=now):
                out.add(chunk.events)
                self.keep_refused(chunk.refused)
                self.accepted += chunk.events.num_rows
                self.duplicate += chunk.duplicates
            return out.path


class _AdvisoryReader(_Reader):
    def __init__(self, row: models.Batch, now: datetime) -> None:
        super().__init__(row)
        self.now = now

    def read(self, stream: BinaryIO, now: datetime) -> str:
        for chunk in FORMATS[self.row.source.format].read(stream, name=self.row.name, now=now):
            for piece in batched(chunk.advisories, PIECE // 5):
                self._keep(piece)
            self.accepted += len(chunk.advisories)
            self.keep_refused(chunk.refused)
            self.duplicate += chunk.duplicates
        return ""

    @transaction.atomic
    def _keep(self, contents: Iterable[Advisory]) -> None:
        by_identifier = {content.identifier: content for content in contents}
        rows = self._rows(by_identifier)
        models.AdvisoryStatement.objects.bulk_create(
            [
                models.AdvisoryStatement(
                    advisory=rows[identifier], source=self.row.source, batch=self.row, content=to_plain(content)
                )
                for identifier, content in by_identifier.items()
            ],
            update_conflicts=True,
            unique_fields=["advisory", "source"],
            update_fields=["batch", "content"],
        )
        merge_advisories([advisory.pk for advisory in rows.values()], at=self.now)

    def _rows(self, by_identifier: dict[str, Advisory]) -> dict[str, models.Advisory]:
        models.Advisory.objects.bulk_create(
            [
                models.Advisory(identifier=one, title=one, severity="normal", changed_at=self.now)
                for one in by_identifier
            ],
            ignore_conflicts=True,
        )
        return {row.identifier: row for row in models.Advisory.objects.filter(identifier__in=by_identifier)}


def merge_advisories(advisories: Iterable[int], *, at: datetime) -> None:
    """Put the statements of these advisories together again, and write the keys that follow from them."""
    rows = models.Advisory.objects.filter(pk__in=list(advisories)).prefetch_related("statements__source")
    changed, keys = [], []
    for row in rows:
        merged = merge(
            [Statement(content=from_plain(one.content), tlp=parse_tlp(one.source.tlp)) for one in row.statements.all()]
        )
        _write(row, merged, at=at)
        changed.append(row)
        keys += [
            models.AdvisoryKey(
                advisory=row,
                space=key.space,
                key=key.key,
                lo=key.lo,
                hi=key.hi,
                certainty=key.certainty,
                statement=key.statement,
            )
            for key in merged.keys
        ]
    models.Advisory.objects.bulk_update(changed, [*_MERGED, "changed_at"])
    models.AdvisoryKey.objects.filter(advisory__in=changed).delete()
    models.AdvisoryKey.objects.bulk_create(keys, batch_size=5000)


_MERGED = (
    "title",
    "description",
    "published_at",
    "modified_at",
    "withdrawn",
    "severity",
    "score",
    "vector",
    "exploited_since",
    "exploited_source",
    "tlp",
    "not_understood",
)


def _write(row: models.Advisory, merged: Merged, *, at: datetime) -> None:
    for field in _MERGED:
        setattr(row, field, getattr(merged, field))
    row.changed_at = at


def set_paused(*, source: str, paused: bool) -> None:
    """Pause or resume a source.

    Raises:
        IntakeError: there is no such source.
    """
    if not models.Source.objects.filter(slug=source).update(paused=paused):
        raise IntakeError(f"There is no source '{source}'. `misthoorn sources list` shows them.")


def forget(*, now: datetime, keep: Mapping[str, int]) -> dict[str, int]:
    """Delete bytes as received, events and refused rows that are older than their retention in days; how many of each.

    Batches stay, with their figures: they hold no personal data.
    """
    folder = store()
    old = models.RefusedRow.objects.filter(batch__received_at__lt=now - timedelta(days=keep["refused"]))
    refused, _ = old.delete()
    return {
        "received": folder.forget(kind="received", before=kept_since(now, days=keep["received"])),
        "events": folder.forget(kind="events", before=kept_since(now, days=keep["events"])),
        "refused rows": refused,
    }
