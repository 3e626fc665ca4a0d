"""What every format hands back: accepted values, refused rows, and a count of duplicates."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

import pyarrow as pa

from misthoorn.formats.values.advisory import Advisory
from misthoorn.formats.values.software import Software
from misthoorn.formats.values.vex import Lift

# The service's four words for how urgent an event is, most urgent first.
SEVERITIES = ("urgent", "high", "normal", "information")

# row: number of the data row from 1 (the header and blank lines are not counted).
# line: physical line on which the row starts, from 1.
# class and type: the machine words of the Reference Security Incident Taxonomy.
# evidence: a JSON object of texts, everything in the row that has no column of its own.
EVENT_SCHEMA = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("line", pa.int64(), nullable=False),
        pa.field("time", pa.timestamp("us", "UTC"), nullable=False),
        pa.field("ip", pa.string()),
        pa.field("port", pa.int32()),
        pa.field("protocol", pa.string()),
        pa.field("hostname", pa.string()),
        pa.field("asn", pa.int64()),
        pa.field("class", pa.string(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("identifier", pa.string(), nullable=False),
        pa.field("severity", pa.string(), nullable=False),
        pa.field("evidence", pa.string(), nullable=False),
    ]
)

# Of an event in SQL: what was seen, as its finding is known by.
OBSERVED = "coalesce(ip, hostname, 'AS' || asn)"


class FormatError(Exception):
    """A file that can't be read as a whole. Its text is one sentence or two for a person: what it is, what to do next.

    It is raised before the first chunk, never after it: what goes wrong later in a file is a refused row.
    """


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that could not be accepted: `code` is a stable word, `reason` a sentence, `raw` the bytes as received."""

    line: int
    row: int
    code: str
    reason: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class EventChunk:
    """Some rows of a feed, in the file's order; `events` is in EVENT_SCHEMA."""

    events: pa.RecordBatch
    refused: tuple[RefusedRow, ...]
    duplicates: int


@dataclass(frozen=True, slots=True)
class AdvisoryChunk:
    """Some records of a document, in the file's order."""

    advisories: tuple[Advisory, ...]
    refused: tuple[RefusedRow, ...]
    duplicates: int


@dataclass(frozen=True, slots=True)
class LiftChunk:
    """Some statements of VEX documents, in the file's order."""

    lifts: tuple[Lift, ...]
    refused: tuple[RefusedRow, ...]
    duplicates: int


@dataclass(frozen=True, slots=True)
class SoftwareChunk:
    """Some pieces of software of a list, in the file's order."""

    software: tuple[Software, ...]
    refused: tuple[RefusedRow, ...]
    duplicates: int


class ReadEvents(Protocol):
    def __call__(self, stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]: ...


class ReadAdvisories(Protocol):
    def __call__(self, stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[AdvisoryChunk]: ...


class ReadLifts(Protocol):
    def __call__(self, stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[LiftChunk]: ...


class ReadSoftware(Protocol):
    def __call__(self, stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[SoftwareChunk]: ...


type Clean[T] = tuple[T | None, str]
"""What a check of one cell says: the value and "", or None and the code of the reason for which it is refused."""

type Check[T] = Callable[[str], Clean[T]]
