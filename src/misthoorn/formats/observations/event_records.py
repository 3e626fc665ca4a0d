"""From records of any form to rows of the event schema: observations as texts, checked as the cells of a CSV are."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

import pyarrow as pa

from misthoorn.formats.observations.event_columns import Meaning, Text
from misthoorn.formats.observations.layout import ROLES, Layout
from misthoorn.formats.readers.documents import KEPT, WRONG_KIND, Problem, RefusedError
from misthoorn.formats.readers.duplicates import Folder
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.values.rsit import UNDETERMINED
from misthoorn.formats.values.schema import EVENT_SCHEMA, EventChunk, FormatError, RefusedRow

CHUNK = 2_000  # observations and refused parts
LENIENT = frozenset({"port", "protocol", "hostname", "asn", "severity"})
_LAYOUT = Layout(
    columns={role: role for role in ROLES},
    defaults={"class": UNDETERMINED[0], "type": UNDETERMINED[1], "severity": "normal"},
    lenient=LENIENT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """An observation as its source writes it, "" where it says nothing; `evidence` is what has no place of its own.

    What each text may be is said in `cells`. One that can't be used refuses the row, but for those of `LENIENT`, which
    become evidence.
    """

    time: str
    identifier: str
    ip: str = ""
    port: str = ""
    protocol: str = ""
    hostname: str = ""
    asn: str = ""
    class_: str = ""
    type_: str = ""
    severity: str = ""
    evidence: tuple[tuple[str, str], ...] = ()

    def cells(self) -> tuple[str, ...]:
        """In the order of ROLES."""
        return (
            self.time,
            self.ip,
            self.port,
            self.protocol,
            self.hostname,
            self.asn,
            self.class_,
            self.type_,
            self.identifier,
            self.severity,
        )


type Understand = Callable[[dict[str, Any]], Iterable[Observed | Problem]]
"""What a record says: observations, and parts that can't be used. It raises RefusedError for a record as a whole."""


def read_observed(
    records: Iterable[Record], *, understand: Understand, now: datetime, fold: bool, networks: bool = False
) -> Iterator[EventChunk]:
    """The observations of these records, in chunks; a record may hold several, each is one row. Rows count from 1.

    With `fold` one that is equal to an earlier one is counted as a duplicate and left out. With `networks` one may also
    be a whole network (`ip`), or an AS number alone.

    Raises:
        FormatError: everything in the first chunk is a record of another kind.
    """
    meaning = Meaning(replace(_LAYOUT, networks=networks), names=ROLES, now=now)
    folder = Folder() if fold else None
    first = True
    for rows in _numbered(records, understand):
        refused = [row for row in rows if isinstance(row, RefusedRow)]
        if first and len(refused) == len(rows) and rows and all(row.code == WRONG_KIND for row in refused):
            raise FormatError(refused[0].reason)
        first = False
        events, meant = _settle([row for row in rows if not isinstance(row, RefusedRow)], meaning)
        fresh, duplicates = folder.fresh(events) if folder else (events, 0)
        yield EventChunk(fresh, tuple(sorted((*refused, *meant), key=lambda row: row.row)), duplicates)


@dataclass(frozen=True, slots=True)
class _Row:
    observed: Observed
    record: Record
    number: int


def _numbered(records: Iterable[Record], understand: Understand) -> Iterator[list[_Row | RefusedRow]]:
    """All rows, numbered, in lists of about CHUNK."""
    rows: list[_Row | RefusedRow] = []
    number = 0
    for record in records:
        for part in _parts(record, understand):
            number += 1
            if isinstance(part, RefusedRow):
                rows.append(replace(part, row=number))
            else:
                rows.append(_Row(part, record, number))
            if len(rows) >= CHUNK:
                yield rows
                rows = []
    if rows:
        yield rows


def _parts(record: Record, understand: Understand) -> Iterator[Observed | RefusedRow]:
    """What a record gives, one after another, so that one with a million observations is held by the piece."""
    if record.value is None:
        yield RefusedRow(record.line, 0, record.code, record.reason, record.raw[:KEPT])
        return
    try:
        for part in understand(record.value):
            if isinstance(part, Observed):
                yield part
            else:
                raw = json.dumps(part.part, ensure_ascii=False, default=str).encode("utf-8", "replace")[:KEPT]
                yield RefusedRow(record.line, 0, part.code, part.reason, raw)
    except RefusedError as refusal:
        yield RefusedRow(record.line, 0, refusal.code, str(refusal), record.raw[:KEPT])


def _settle(rows: list[_Row], meaning: Meaning) -> tuple[pa.RecordBatch, tuple[RefusedRow, ...]]:
    columns = zip(*(row.observed.cells() for row in rows), strict=True)
    text = Text(
        columns=[pa.array(column, pa.string()) for column in columns] or [pa.array([], pa.string())] * len(ROLES),
        rows=pa.array([row.number for row in rows], pa.int64()),
        lines=pa.array([row.record.line for row in rows], pa.int64()),
        raw=lambda place: rows[place].record.raw[:KEPT],
        refused=(),
    )
    events, refused = meaning.of(text)
    by_number = {row.number: row.observed for row in rows}
    evidence = [
        _evidence(by_number[number], left)
        for number, left in zip(events["row"].to_pylist(), events["evidence"].to_pylist(), strict=True)
    ]
    place = EVENT_SCHEMA.get_field_index("evidence")
    return events.set_column(place, EVENT_SCHEMA.field(place), pa.array(evidence, pa.string())), refused


def _evidence(observed: Observed, left: str) -> str:
    """A JSON object of the evidence, with the cells that could not be used; each name once, the first one counts."""
    unusable = json.loads(left).items() if left != "{}" else ()
    members: dict[str, str] = {}
    for name, value in chain(observed.evidence, unusable):
        if value and name not in members:
            members[name] = value
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))
