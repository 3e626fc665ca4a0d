"""Letting refused rows go from quarantine: the delivery is read again, with today's parser and mapping.

What comes out is what would be there if it had been read so in the first place (triage.services.rereading). Before
anything changes a person can see what would.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.db import transaction
from django.db.models import F

from misthoorn.accounts.services import record
from misthoorn.formats.registry import FORMATS
from misthoorn.formats.tabular.table_mapping import MappingError, from_plain, to_plain
from misthoorn.formats.values.schema import AdvisoryChunk, FormatError, LiftChunk, RefusedRow
from misthoorn.intake import models
from misthoorn.intake.advisories.authenticity import NOT_THE_MAKERS
from misthoorn.intake.lists import DOUBTFUL, LISTS
from misthoorn.intake.services.deliveries import IntakeError, store
from misthoorn.intake.services.lists import read_events

MOST_SHOWN = 50  # rows that are still refused, with their reasons
_OVER = (models.Batch.State.ACCEPTED, models.Batch.State.REFUSED, models.Batch.State.SET_ASIDE)


@dataclass(frozen=True, slots=True)
class Preview:
    """What reading a delivery again would give, beside what it gave. `codes`: reasons with their numbers."""

    rows_in: int
    accepted: int
    refused: int
    duplicate: int
    codes: dict[str, int]
    codes_now: dict[str, int]
    still: tuple[RefusedRow, ...]
    freed: dict[str, int]

    @property
    def freed_total(self) -> int:
        """How many rows would no longer be refused."""
        return sum(self.freed.values())


def preview_release(*, batch: int, now: datetime, mapping: Mapping[str, Any] | None = None) -> Preview:
    """Read a delivery again, and change nothing.

    Raises:
        IntakeError: it can't be read again; the sentence says why.
    """
    row = _readable(batch)
    before = dict(row.refused_rows.order_by().values_list("row", "code"))
    accepted = duplicate = 0
    refused: list[RefusedRow] = []
    codes: Counter[str] = Counter()
    held: set[int] = set()
    try:
        with store().path(row.received_path).open("rb") as stream:
            for chunk in _chunks(row, stream, now=now, mapping=_checked(row, mapping)):
                accepted += chunk.accepted
                duplicate += chunk.duplicates
                codes.update(one.code for one in chunk.refused)
                held.update(one.row for one in chunk.refused)
                refused += chunk.refused[: MOST_SHOWN - len(refused)]
    except FormatError as error:
        raise IntakeError(f"Nothing would be read of this delivery: {error}") from error
    was = Counter(row.refused_rows.order_by().values_list("code", flat=True))
    freed = Counter(code for number, code in before.items() if number not in held)
    return Preview(
        rows_in=accepted + duplicate + codes.total(),
        accepted=accepted,
        refused=codes.total(),
        duplicate=duplicate,
        codes=dict(codes.most_common()),
        codes_now=dict(was.most_common()),
        still=tuple(refused),
        freed=dict(freed.most_common()),
    )


@dataclass(frozen=True, slots=True)
class _Chunk:
    accepted: int
    refused: tuple[RefusedRow, ...]
    duplicates: int


def _chunks(
    row: models.Batch, stream: BinaryIO, *, now: datetime, mapping: Mapping[str, Any] | None
) -> Iterator[_Chunk]:
    format_ = FORMATS[row.source.format]
    if format_.kind == "events":
        for events in read_events(stream, batch=row, now=now, mapping=mapping):
            yield _Chunk(events.events.num_rows, events.refused, events.duplicates)
        return
    for chunk in format_.read(stream, name=row.name, now=now):
        values = chunk.lifts if isinstance(chunk, LiftChunk) else cast("AdvisoryChunk", chunk).advisories
        yield _Chunk(len(values), chunk.refused, chunk.duplicates)


def release_batch(*, batch: int, person: int | None, at: datetime, mapping: Mapping[str, Any] | None = None) -> None:
    """Let a worker read a delivery again, of a list with this mapping; then its findings are matched again.

    Raises:
        IntakeError: it can't be read again, or is being read at this moment; nothing changed.
    """
    row = _readable(batch)
    wanted = _checked(row, mapping)
    changed = {"mapping": wanted} if wanted is not None else {}
    with transaction.atomic():
        done = models.Batch.objects.filter(pk=batch, state__in=_OVER).update(
            state=models.Batch.State.RECEIVED,
            lease_until=None,
            not_before=at,
            problem="",
            read_again=F("read_again") + 1,
            **changed,
        )
        if not done:
            raise IntakeError(f"Delivery {batch} is being read at this moment. Look again when that is over.")
        record(at=at, person=person, action="delivery read again", about=f"batch {batch}")


@transaction.atomic
def leave_unread(*, batch: int, person: int | None, at: datetime) -> None:
    """Decide that a delivery which is not shown to be its maker's is not the maker's. Its bytes stay.

    Raises:
        IntakeError: it does not wait for that.
    """
    waiting = models.Batch.objects.filter(pk=batch, unproven__gt="", read_again=0, state=models.Batch.State.REFUSED)
    if not waiting.exclude(problem=NOT_THE_MAKERS).update(problem=NOT_THE_MAKERS):
        raise IntakeError(
            f"Delivery {batch} does not wait for somebody to say whose it is; there is nothing to decide."
        )
    record(at=at, person=person, action="delivery refused", about=f"batch {batch}")


def _readable(batch: int) -> models.Batch:
    row = models.Batch.objects.select_related("source").filter(pk=batch).first()
    if row is None:
        raise IntakeError(f"There is no delivery {batch}.")
    if row.lawful is False or (row.held_because in DOUBTFUL and not row.lawful):
        raise IntakeError("This list is not read, because nobody could say that it was obtained lawfully.")
    if row.state not in _OVER:
        raise IntakeError(f"Delivery {batch} is being read at this moment. Look again when that is over.")
    if not store().path(row.received_path).exists():
        raise IntakeError(
            "The bytes of this delivery are no longer kept, so it can't be read again. Ask the source for it, and take "
            "it in once more."
        )
    return row


def _checked(row: models.Batch, mapping: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if mapping is None:
        return None
    if row.source.format not in LISTS:
        raise IntakeError("Only a list is read by a mapping.")
    try:
        return to_plain(from_plain(dict(mapping)))
    except MappingError as error:
        raise IntakeError(str(error)) from error
