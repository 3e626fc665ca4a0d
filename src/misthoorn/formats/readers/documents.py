"""From documents to chunks of values, with what is unusable refused: whole documents, or parts of them on their own."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from misthoorn.formats.readers.json_records import LIMITS, Record, read_json
from misthoorn.formats.readers.rows import Limits
from misthoorn.formats.values.advisory import Advisory
from misthoorn.formats.values.schema import AdvisoryChunk, FormatError, RefusedRow

CHUNK = 500  # values and refused rows
KEPT = 64 * 1024  # bytes of a refused part; the batch keeps the whole document
WRONG_KIND = "wrong-kind"  # the code for a record of another format


class RefusedError(Exception):
    """A record that can't be accepted: a code and a sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a document that can't be used: a code, a sentence, and the part."""

    code: str
    reason: str
    part: object


@dataclass(slots=True)
class Parts[T]:
    """What a document says, and what of it can't be used."""

    values: list[T] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class _Chunk[T, C](Protocol):
    def __call__(self, values: tuple[T, ...], refused: tuple[RefusedRow, ...], duplicates: int, /) -> C: ...


type Records = Callable[[BinaryIO], Iterator[Record] | None]


def read_parts[T, C](
    stream: BinaryIO,
    *,
    understand: Callable[[dict[str, Any]], Parts[T]],
    chunk: _Chunk[T, C],
    fold: bool,
    archive: Records | None = None,
    member: str = "",
    alone: bool = False,
    limits: Limits = LIMITS,
) -> Iterator[C]:
    """What `understand` makes of each document; it raises RefusedError for one that it can't use at all.

    Rows are counted over the values and the refused parts of all documents, from 1. With `fold` a value that is equal
    to an earlier one is counted and left out. With `archive` the stream may be one. `member`, `alone` and `limits`
    as in `read_json`.

    Raises:
        FormatError: the file can't be read as a whole, or holds documents of another kind only; before the first chunk.
    """
    records = (archive(stream) if archive else None) or read_json(stream, member=member, alone=alone, limits=limits)
    yield from read_records(records, understand=understand, chunk=chunk, fold=fold)


def read_records[T, C](
    records: Iterable[Record],
    *,
    understand: Callable[[dict[str, Any]], Parts[T]],
    chunk: _Chunk[T, C],
    fold: bool,
) -> Iterator[C]:
    """As `read_parts`, for records that were taken out of a file of whatever kind.

    Raises:
        FormatError: the first records are all of another kind; before the first chunk.
    """
    found = _Gathered[T](set() if fold else None)
    first = True
    for record in records:
        found.add(record, understand)
        if found.size >= CHUNK:
            found.refuse_wrong_kind(first=first)
            first = False
            yield chunk(*found.taken())
    found.refuse_wrong_kind(first=first)
    if found.size:
        yield chunk(*found.taken())


def read_advisories(
    stream: BinaryIO,
    *,
    understand: Callable[[dict[str, Any]], Advisory],
    fold: bool,
    archive: Records | None = None,
    member: str = "",
    alone: bool = False,
) -> Iterator[AdvisoryChunk]:
    """As `read_parts`, for records that are one advisory each."""
    return read_parts(
        stream,
        understand=lambda record: Parts([understand(record)]),
        chunk=AdvisoryChunk,
        fold=fold,
        archive=archive,
        member=member,
        alone=alone,
    )


def gathered[T, C](parts: Callable[[], Parts[T]], *, chunk: _Chunk[T, C], fold: bool) -> Iterator[C]:
    """What a document of another form than JSON says, as one chunk.

    Raises:
        FormatError: `parts` refuses it.
    """
    found = _Gathered[T](set() if fold else None)
    found.add(Record(1, 1, b"", {}), lambda _: parts())
    found.refuse_whole()
    yield chunk(*found.taken())


class _Gathered[T]:
    """The next chunk as it grows."""

    def __init__(self, seen: set[int] | None) -> None:
        self._seen = seen
        self._row = 0
        self._values: list[T] = []
        self._refused: list[RefusedRow] = []
        self._duplicates = 0

    @property
    def size(self) -> int:
        return len(self._values) + len(self._refused) + self._duplicates

    def taken(self) -> tuple[tuple[T, ...], tuple[RefusedRow, ...], int]:
        found = tuple(self._values), tuple(self._refused), self._duplicates
        self._values, self._refused, self._duplicates = [], [], 0
        return found

    def add(self, record: Record, understand: Callable[[dict[str, Any]], Parts[T]]) -> None:
        if record.value is None:
            self._refuse(record, record.code, record.reason, record.raw)
            return
        try:
            parts = understand(record.value)
        except RefusedError as refusal:
            self._refuse(record, refusal.code, refusal.reason, record.raw)
            return
        for value in parts.values:
            self._take(value)
        for problem in parts.problems:
            self._refuse(record, problem.code, problem.reason, _bytes(problem.part))

    def refuse_wrong_kind(self, *, first: bool) -> None:
        """Refuse the file when everything in its first chunk is of another kind."""
        if first and self._refused and not self._values and all(row.code == WRONG_KIND for row in self._refused):
            raise FormatError(self._refused[0].reason)

    def refuse_whole(self) -> None:
        """Refuse the file when nothing but a refusal of it is there."""
        if not self._values and len(self._refused) == 1 and not self._refused[0].raw:
            raise FormatError(self._refused[0].reason)

    def _take(self, value: T) -> None:
        self._row += 1
        if self._seen is None:
            self._values.append(value)
            return
        mark = hash(value)
        if mark in self._seen:
            self._duplicates += 1
        else:
            self._seen.add(mark)
            self._values.append(value)

    def _refuse(self, record: Record, code: str, reason: str, raw: bytes) -> None:
        self._row += 1
        self._refused.append(RefusedRow(record.line, self._row, code, reason, raw))


def _bytes(part: object) -> bytes:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")[:KEPT]
