import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from itertools import batched, filterfalse
from typing import TYPE_CHECKING, BinaryIO, cast

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from misthoorn.common.failpoints import failpoint
from misthoorn.common.memory import give_back
from misthoorn.formats.registry import FORMATS
from misthoorn.formats.values.schema import AdvisoryChunk, FormatError, LiftChunk, RefusedRow
from misthoorn.formats.values.vex import Lift
from misthoorn.intake import models
from misthoorn.intake.advisories.authenticity import WHOLE, refuse_all
from misthoorn.intake.services.advisories import keep_statements, merge_advisories
from misthoorn.intake.services.deliveries import store
from misthoorn.intake.services.identity import known_as, lock_names
from misthoorn.intake.services.lists import read_events
from misthoorn.intake.services.mentions import renamed_advisories
from misthoorn.intake.services.scores import is_score, keep_scores
from misthoorn.intake.services.sources_health import hold_as_unusual, is_judged, unusual
from misthoorn.intake.store.folder import events_alone, set_aside_earlier
from misthoorn.matching.vex import ProductError, lift_keys
from misthoorn.work.leases import Claim, Queue, renew

if TYPE_CHECKING:
    from misthoorn.intake.sources.health import Unusual
    from misthoorn.intake.store.folder import EventsFile

QUEUE = Queue(table="intake_batch", waiting="received", order="not_before, id")
LEASE = 120.0  # seconds from the last piece that was read, which takes far less than one

# Rows, advisories and statements a transaction: far below the 250 ms that a write of SQLite may take.
PIECE, ADVISORIES, LIFTS, SCORES = 500, 50, 100, 2_000
RAW_KEPT = 65_536  # of a refused row in the database; the batch's own bytes are kept beside it in full
CHUNKS = 16  # of events, after which memory is given back: some 160,000 rows
SHOWN = 4_096  # bytes of a file that is refused as a whole


class _LeaseLostError(Exception):
    """Another worker has the batch now: nothing may be written any more."""


def parse_batch(*, batch: int, attempt: int, now: datetime) -> bool:
    """Read a leased batch: events to the store; advisories, statements that lift and refused rows to the database.

    Repeating it after a crash gives the same state, and an attempt whose lease was lost changes nothing any more. False
    then, or when the file as a whole could not be read (it is refused, with the reason).
    """
    row = models.Batch.objects.select_related("source").get(pk=batch)
    reader = _READERS[FORMATS[row.source.format].kind](row, attempt=attempt, now=now)
    try:
        with ExitStack() as files:
            reader.forget_earlier()
            try:
                reader.count_ahead()
                if reader.is_unproven:
                    reader.refuse_unproven(files)
                elif reader.unusual is None:
                    reader.read(files)
            except FormatError as error:
                reader.refuse_file(str(error))
            return reader.finish()
    except _LeaseLostError:
        return False


class _Reader(ABC):
    """Counts what comes out of a batch, and keeps what was refused; only while the lease is ours."""

    def __init__(self, row: models.Batch, *, attempt: int, now: datetime) -> None:
        self.row = row
        self.claim = Claim(row.pk, attempt)
        self.now = now
        self.accepted = self.refused = self.duplicate = 0
        self.problem = ""
        self.events: EventsFile | None = None
        self.unusual: Unusual | None = None
        self.is_unproven = bool(row.unproven) and not row.read_again
        self.judged = not row.read_again and not self.is_unproven and is_judged(row)

    def count_ahead(self) -> None:
        """Where reading changes something at once, count first: a delivery of an unusual size changes nothing."""
        if not self.judged or isinstance(self, _EventReader):
            return
        counts: Counter[str] = Counter()
        with store().path(self.row.received_path).open("rb") as stream:
            for chunk in FORMATS[self.row.source.format].read(stream, name=self.row.name, now=self.now):
                values = chunk.lifts if isinstance(chunk, LiftChunk) else cast("AdvisoryChunk", chunk).advisories
                counts.update(accepted=len(values), refused=len(chunk.refused), duplicate=chunk.duplicates)
        self.unusual = unusual(self.row, rows=counts["accepted"])
        if self.unusual is not None:
            self.accepted, self.refused = counts["accepted"], counts["refused"]
            self.duplicate = counts["duplicate"]

    @abstractmethod
    def read(self, files: ExitStack) -> None:
        """Read the whole file. What is opened on `files` stays open until the batch is finished."""

    @contextmanager
    def mine(self) -> Iterator[None]:
        """A transaction that only happens while the lease is ours; it is renewed by it."""
        with transaction.atomic():
            if not renew(QUEUE, self.claim, lease=LEASE):
                raise _LeaseLostError
            yield

    def stream(self, files: ExitStack) -> BinaryIO:
        return files.enter_context(store().path(self.row.received_path).open("rb"))

    def forget_earlier(self) -> None:
        """Delete the refused rows that an attempt before this one left."""
        while True:
            with self.mine():
                piece = list(self.row.refused_rows.order_by("pk").values_list("pk", flat=True)[:PIECE])
                models.RefusedRow.objects.filter(pk__in=piece).delete()
            if not piece:
                return

    def keep_refused(self, rows: Iterable[RefusedRow]) -> None:
        for piece in batched(rows, PIECE):
            kept = [
                models.RefusedRow(
                    batch=self.row, line=one.line, row=one.row, code=one.code, reason=one.reason, raw=one.raw[:RAW_KEPT]
                )
                for one in piece
            ]
            with self.mine():
                models.RefusedRow.objects.bulk_create(kept)
            self.refused += len(piece)

    def refuse_file(self, reason: str) -> None:
        with store().path(self.row.received_path).open("rb") as stream:
            raw = stream.read(SHOWN)
        self.keep_refused([RefusedRow(line=0, row=0, code="file", reason=reason, raw=raw)])
        self.problem = reason

    def refuse_unproven(self, files: ExitStack) -> None:
        """Refuse each document for what is wrong with all of them."""
        self.keep_refused(refuse_all(self.stream(files), code=self.row.unproven))
        self.problem = WHOLE

    def finish(self) -> bool:
        """Give the events their name and the batch its figures, both or none. Whether it was accepted."""
        states = models.Batch.State
        state = states.ACCEPTED if self.accepted or not self.problem else states.REFUSED
        if state == states.ACCEPTED and self.judged:
            self.unusual = unusual(self.row, rows=self.accepted)
            state = states.HELD if self.unusual else state
        published = self.events if state == states.ACCEPTED else None
        if published:
            published.complete()
        with self.mine():
            if self.events and self.row.read_again:
                before = events_alone(store(), self.row.events_path, batch=self.row.pk)
                set_aside_earlier(self.events.place, before=before, reading=self.row.read_again)
            if published:
                published.publish()
            elif self.events:
                store().drop(self.events.path)
            failpoint("intake.stored")
            why = hold_as_unusual(self.row, found=self.unusual, at=self.now) if self.unusual else ""
            models.Batch.objects.filter(pk=self.row.pk).update(
                state=state,
                rows_in=self.accepted + self.refused + self.duplicate,
                rows_accepted=self.accepted,
                rows_refused=self.refused,
                rows_duplicate=self.duplicate,
                problem=self.problem,
                held_because=why or self.row.held_because,
                events_path=published.path if published else "",
                lease_until=None,
                finished_at=self.now,
            )
            if state == states.ACCEPTED or self.row.read_again:
                import_string(settings.ON_ACCEPTED)(batch=self.row.pk, at=self.now)
        return state == states.ACCEPTED


class _EventReader(_Reader):
    def read(self, files: ExitStack) -> None:
        row = self.row
        day = row.received_at.date()
        self.events = files.enter_context(store().events_file(source=row.source.slug, day=day, batch=row.pk))
        for number, chunk in enumerate(read_events(self.stream(files), batch=row, now=self.now), start=1):
            self.events.add(chunk.events)
            if not number % CHUNKS:
                give_back()
            with self.mine():  # also where nothing was refused: a long file keeps its lease
                pass
            self.keep_refused(chunk.refused)
            self.accepted += chunk.events.num_rows
            self.duplicate += chunk.duplicates


class _AdvisoryReader(_Reader):
    def read(self, files: ExitStack) -> None:
        row = self.row
        chunks = FORMATS[row.source.format].read(self.stream(files), name=row.name, now=self.now)
        for chunk in cast("Iterator[AdvisoryChunk]", chunks):
            for scores in batched(filter(is_score, chunk.advisories), SCORES):
                with self.mine():
                    keep_scores(scores, batch=row, at=self.now)
            for piece in batched(filterfalse(is_score, chunk.advisories), ADVISORIES):
                with self.mine():
                    keep_statements(piece, batch=row, at=self.now)
            self.accepted += len(chunk.advisories)
            self.keep_refused(chunk.refused)
            self.duplicate += chunk.duplicates

    def finish(self) -> bool:
        """Put together again what is found otherwise by what was read, each once; also what an attempt before left."""
        while some := renamed_advisories(limit=ADVISORIES):
            with self.mine():
                merge_advisories(some, at=self.now, batch=self.row.pk)
        return super().finish()


class _LiftReader(_Reader):
    """Statements on what is not affected go to whom the settings name; what names no product is refused."""

    def read(self, files: ExitStack) -> None:
        row = self.row
        take_lifts = import_string(settings.ON_LIFTS)
        chunks = FORMATS[row.source.format].read(self.stream(files), name=row.name, now=self.now)
        for chunk in cast("Iterator[LiftChunk]", chunks):
            usable = [lift for lift in chunk.lifts if not self._refuse(lift)]
            for piece in batched(usable, LIFTS):
                with self.mine():
                    take_lifts(lifts=_as_known(piece), source=row.source_id, batch=row.pk, at=self.now)
            self.accepted += len(usable)
            self.keep_refused(chunk.refused)
            self.duplicate += chunk.duplicates

    def _refuse(self, lift: Lift) -> bool:
        try:
            lift_keys(lift)
        except ProductError as error:
            raw = json.dumps(asdict(lift), default=str).encode()
            self.keep_refused([RefusedRow(line=0, row=0, code=error.code, reason=str(error), raw=raw)])
            return True
        return False


def _as_known(lifts: Sequence[Lift]) -> list[Lift]:
    """The same under the number that findings have, where a statement calls the vulnerability otherwise."""
    lock_names()
    known = known_as(number for lift in lifts for number in (lift.vulnerability, *lift.aliases))
    names = [tuple(known[one] for one in (lift.vulnerability, *lift.aliases) if one in known) for lift in lifts]
    return [replace(lift, aliases=(*lift.aliases, *more)) for lift, more in zip(lifts, names, strict=True)]


_READERS: dict[str, type[_Reader]] = {"events": _EventReader, "advisories": _AdvisoryReader, "lifts": _LiftReader}
