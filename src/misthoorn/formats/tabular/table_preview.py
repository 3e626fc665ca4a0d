"""A list as it would be read, without keeping anything: the first rows, what is refused and why, and the sums."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats.tabular import table
from misthoorn.formats.tabular.table_mapping import HeaderChanges, TableMapping, changes, to_plain
from misthoorn.formats.values.schema import EventChunk, RefusedRow

SHOWN = 20  # rows that are shown as they will be read
REFUSED = 50  # refused rows that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came out of reading some events: figures, the first rows, and reasons with their numbers."""

    accepted: int
    refused: int
    duplicate: int
    rows: tuple[dict[str, Any], ...]
    refused_rows: tuple[RefusedRow, ...]
    codes: dict[str, int]

    @property
    def rows_in(self) -> int:
        return self.accepted + self.refused + self.duplicate


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A list as it would be read. `look`: how it is written; `changed`: what its header has else than its mapping."""

    look: table.Look
    reading: Reading
    changed: HeaderChanges


def preview(stream: BinaryIO, *, asked: TableMapping, now: datetime, most: int = REFUSED) -> Preview:
    """Read a whole list from its start, and keep nothing but the first rows and `most` refused ones.

    Raises:
        FormatError: it can't be read as a whole, or the mapping does not fit.
    """
    stream.seek(0)
    found = table.look(stream, asked=asked)
    stream.seek(0)
    reading = read_through(table.read(stream, name="", now=now, mapping=to_plain(found.mapping)), most=most)
    changed = changes(asked.header, found.names) if asked.header else changes((), ())
    return Preview(look=found, reading=reading, changed=changed)


def read_through(chunks: Iterable[EventChunk], *, most: int = REFUSED) -> Reading:
    """Go through all chunks, and remember only the beginning."""
    rows: list[dict[str, Any]] = []
    refused: list[RefusedRow] = []
    codes: Counter[str] = Counter()
    accepted = duplicate = 0
    for chunk in chunks:
        accepted += chunk.events.num_rows
        duplicate += chunk.duplicates
        codes.update(one.code for one in chunk.refused)
        rows += chunk.events.slice(0, max(SHOWN - len(rows), 0)).to_pylist()
        refused += chunk.refused[: max(most - len(refused), 0)]
    return Reading(
        accepted=accepted,
        refused=codes.total(),
        duplicate=duplicate,
        rows=tuple(rows),
        refused_rows=tuple(refused),
        codes=dict(codes.most_common()),
    )
