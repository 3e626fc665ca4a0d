"""Lists that people bring: their mappings, and what a person decides of one that is held."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.formats.registry import FORMATS
from misthoorn.formats.tabular import table
from misthoorn.formats.tabular.table_mapping import MappingError, from_plain, to_plain
from misthoorn.formats.values.schema import EventChunk, FormatError, ReadEvents
from misthoorn.intake import models
from misthoorn.intake.lists import DOUBTFUL, LISTS, MAPPINGS, fitting
from misthoorn.intake.services.deliveries import IntakeError

SCHEMA = "schema"  # the option of a source that names the publisher's file
MOST_MAPPINGS, LONGEST_NAME, LONGEST_NOTE = 50, 60, 300


def read_events(
    stream: BinaryIO, *, batch: models.Batch, now: datetime, mapping: Mapping[str, Any] | None = None
) -> Iterator[EventChunk]:
    """The events of a batch; of a list by this mapping, or its own, or the one of its source that fits its header.

    Of a format whose publisher has a file on its types, with that file where the operator has put it.

    Raises:
        FormatError: it can't be read as a whole.
    """
    if batch.source.format in LISTS:
        wanted = mapping or batch.mapping or fitting(batch.source.options.get(MAPPINGS, {}), stream)
        return table.read(stream, name=batch.name, now=now, mapping=wanted)
    return _read_of(batch.source)(stream, name=batch.name, now=now)


def _read_of(source: models.Source) -> ReadEvents:
    """The publisher's file is `FORMAT-schema.json` in the service's folder, or one there that the options name."""
    format_ = FORMATS[source.format]
    if format_.with_schema:
        name = source.options.get(SCHEMA) or f"{format_.name}-schema.json"
        path = Path(settings.HOME) / Path(str(name)).name
        if path.exists() or SCHEMA in source.options:
            return format_.with_schema(_bytes_of(path))
    return cast("ReadEvents", format_.read)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = f"The schema {path.name} can't be read: {error.strerror}. Put it in the service's folder."
        raise FormatError(reason) from error


def save_mapping(*, source: str, name: str, mapping: Mapping[str, Any], person: int | None, at: datetime) -> None:
    """Keep a mapping with its source, under a name; an earlier one of that name is replaced.

    Raises:
        IntakeError: the source takes no lists, or the mapping can't be used.
    """
    tidy = " ".join(name.split())
    if not tidy.isprintable() or not 0 < len(tidy) <= LONGEST_NAME:
        raise IntakeError(f"The name of a mapping has 1 to {LONGEST_NAME} characters that can be printed.")
    try:
        plain = to_plain(from_plain(dict(mapping)))
    except MappingError as error:
        raise IntakeError(str(error)) from error
    with transaction.atomic():
        row = models.Source.objects.select_for_update().filter(slug=source, format__in=LISTS).first()
        if row is None:
            raise IntakeError(f"There is no source '{source}' that takes lists.")
        saved = row.options.get(MAPPINGS, {}) | {tidy: plain}
        if len(saved) > MOST_MAPPINGS:
            raise IntakeError(f"A source has at most {MOST_MAPPINGS} mappings. Use one of those that are there.")
        row.options = row.options | {MAPPINGS: saved}
        row.save(update_fields=["options"])
        record(at=at, person=person, action="mapping saved", about=source, name=tidy)


def decide_held(*, batch: int, lawful: bool, note: str, person: int, at: datetime) -> None:
    """A person decides on a list that is held: it is read now, or refused for good, unread.

    Raises:
        IntakeError: it is not held (any more), or nobody said why.
    """
    why = " ".join(note.split())
    if not why or len(why) > LONGEST_NOTE:
        raise IntakeError("Say in at most 300 characters how you know; your colleagues read it later.")
    states = models.Batch.State
    with transaction.atomic():
        held = models.Batch.objects.filter(pk=batch, state=states.HELD, held_because__in=DOUBTFUL)
        if lawful:
            done = held.update(state=states.RECEIVED, lawful=True, not_before=at)
        else:
            problem = "A person decided that this list may not be used: it was not obtained lawfully."
            done = held.update(state=states.REFUSED, lawful=False, problem=problem, finished_at=at)
        if not done:
            raise IntakeError(f"Delivery {batch} is not held for how it was obtained (any more).")
        record(at=at, person=person, action="list decided", about=f"batch {batch}", lawful=lawful, note=why)
