"""From records to advisories in chunks, with the records that are none refused."""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from misthoorn.formats.advisory import Advisory
from misthoorn.formats.json_records import Record, read_json
from misthoorn.formats.schema import AdvisoryChunk, FormatError, RefusedRow

CHUNK = 500  # records
WRONG_KIND = "wrong-kind"  # the code for a record of another format

type Understand = Callable[[dict[str, Any]], Advisory]
type ReadArchive = Callable[[BinaryIO], Iterator[Record] | None]


class RefusedError(Exception):
    """A record that can't be accepted: a code and a sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def read_advisories(
    stream: BinaryIO,
    *,
    understand: Understand,
    fold: bool,
    member: str = "",
    alone: bool = False,
    archive: ReadArchive | None = None,
) -> Iterator[AdvisoryChunk]:
    """What `understand` makes of each record; it raises RefusedError for those it can't use.

    With `fold` an advisory that is equal to an earlier one is counted and left out. With `archive` the stream may be
    one. `member` and `alone` as in `read_json`.

    Raises:
        FormatError: the file can't be read as a whole, or holds records of another kind only; before the first chunk.
    """
    seen: set[int] | None = set() if fold else None
    first = True
    records = (archive(stream) if archive else None) or read_json(stream, member=member, alone=alone)
    for chunk in _chunks(records, understand=understand, seen=seen):
        if first and not chunk.advisories and chunk.refused and all(row.code == WRONG_KIND for row in chunk.refused):
            raise FormatError(chunk.refused[0].reason)
        first = False
        yield chunk


def _chunks(records: Iterator[Record], *, understand: Understand, seen: set[int] | None) -> Iterator[AdvisoryChunk]:
    taken: list[Advisory] = []
    refused: list[RefusedRow] = []
    duplicates = 0
    for record in records:
        answer = _understood(record, understand)
        if isinstance(answer, RefusedRow):
            refused.append(answer)
        elif seen is not None and hash(answer) in seen:
            duplicates += 1
        else:
            taken.append(answer)
            if seen is not None:
                seen.add(hash(answer))
        if len(taken) + len(refused) + duplicates >= CHUNK:
            yield AdvisoryChunk(tuple(taken), tuple(refused), duplicates)
            taken, refused, duplicates = [], [], 0
    if taken or refused or duplicates:
        yield AdvisoryChunk(tuple(taken), tuple(refused), duplicates)


def _understood(record: Record, understand: Understand) -> Advisory | RefusedRow:
    if record.value is None:
        return RefusedRow(record.line, record.row, record.code, record.reason, record.raw)
    try:
        return understand(record.value)
    except RefusedError as refusal:
        return RefusedRow(record.line, record.row, refusal.code, refusal.reason, record.raw)
