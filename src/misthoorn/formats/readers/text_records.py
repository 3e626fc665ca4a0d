"""The lines of a plain text as records: a list with a value on each line, or a table with its header among comments."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.readers.rows import Block, Blocks, Limits
from misthoorn.formats.readers.unpack import BOM, Source, open_text
from misthoorn.formats.values.refusals import sentence
from misthoorn.formats.values.schema import FormatError

LIMITS = Limits(block=1024 * 1024, row=64 * 1024)
LINE = "\0line"  # the name of the only value in a record of a list; no name in JSON is like it
MOST_COLUMNS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`needed`: columns, in small letters, by which a header is known, be it a comment or not.

    `without_header`: the columns of a file that has no header, or none where that is refused.
    """

    needed: frozenset[str]
    without_header: tuple[str, ...] = ()
    separator: str = ","


def read_list(
    stream: BinaryIO | Source, *, comments: tuple[str, ...], remark: Callable[[str], None] | None = None
) -> Iterator[Record]:
    """A record `{LINE: text}` for each line that is neither blank nor a comment; `remark` is told those.

    Raises:
        FormatError: the file can't be read as a whole; only before the first record.
    """
    return _numbered(_listed(_lines(stream), comments, remark or (lambda _: None)))


def read_table(stream: BinaryIO | Source, *, table: Table) -> Iterator[Record]:
    """A record for each row: its cells by the names of their columns, without spaces around them.

    Raises:
        FormatError: the file can't be read as a whole, or its columns can't be known; only before the first record.
    """
    return _numbered(_rows(_lines(stream), table))


def _listed(lines: Iterable[Record], comments: tuple[str, ...], remark: Callable[[str], None]) -> Iterator[Record]:
    for record in lines:
        if record.value is None or not record.value[LINE].startswith(comments):
            yield record
        else:
            remark(record.value[LINE])


def _rows(lines: Iterable[Record], table: Table) -> Iterator[Record]:
    names: tuple[str, ...] = ()
    for record in lines:
        if record.value is None:
            yield record
            continue
        line = record.value[LINE]
        comment = line.startswith("#")
        if not names:
            names = _header(line.lstrip("# "), table)
            if names or comment:
                continue
            names = table.without_header
            if not names:
                raise FormatError(_no_header(table))
        if not comment:
            yield _row(record, names, table)


def _header(line: str, table: Table) -> tuple[str, ...]:
    """The names of the columns, () when this is no header."""
    names = tuple(name.lower() for name in _cells(line, table) or ())
    return names if table.needed <= set(names) and len(names) <= MOST_COLUMNS else ()


def _no_header(table: Table) -> str:
    return (
        f"No line of this file names its columns; {' and '.join(sorted(table.needed))} should be among them. "
        "Look whether the source renamed a column, or choose another format."
    )


def _row(record: Record, names: tuple[str, ...], table: Table) -> Record:
    assert record.value is not None  # noqa: S101  told apart by the caller
    cells = _cells(record.value[LINE], table)
    if cells is None:
        return _refused(record, "quote-open")
    if len(cells) != len(names):
        count = "1 field" if len(cells) == 1 else f"{len(cells)} fields"
        return _refused(record, "fields", f"{count} and not {len(names)}")
    return Record(record.line, record.row, record.raw, dict(zip(names, cells, strict=True)))


def _cells(line: str, table: Table) -> list[str] | None:
    """The cells of one line; None where quotation marks don't match."""
    if table.separator != ",":
        return [cell.strip() for cell in line.split(table.separator)]
    try:
        (cells,) = csv.reader([line], skipinitialspace=True, strict=True)
    except (csv.Error, ValueError):
        return None
    return [cell.strip() for cell in cells]


def _lines(stream: BinaryIO | Source) -> Iterator[Record]:
    """The lines that are not blank; rows are not counted yet."""
    source = open_text(stream, expected="text")
    blocks = Blocks(source, limits=LIMITS)
    while (block := blocks.next()) is not None:
        if not isinstance(block, Block):
            reason = sentence("too-long", f"{block.length:,} bytes")
            yield Record(block.line, 0, block.head, None, "too-long", reason)
            continue
        for line, raw in enumerate(block.data.splitlines(), start=block.line):
            if text := raw.removeprefix(BOM if line == 1 else b"").strip():
                yield _line(line, text)
    if source.damage:
        yield Record(blocks.line, 0, blocks.cut_off, None, source.damage.code, source.damage.reason)


def _line(line: int, raw: bytes) -> Record:
    record = Record(line, 0, raw, None)
    if len(raw) > LIMITS.row:
        return _refused(record, "too-long", f"{len(raw):,} bytes")
    if b"\0" in raw:
        return _refused(record, "nul")
    try:
        return Record(line, 0, raw, {LINE: raw.decode()})
    except UnicodeDecodeError:
        return _refused(record, "encoding")


def _refused(record: Record, code: str, value: str = "") -> Record:
    return Record(record.line, record.row, record.raw, None, code, sentence(code, value))


def _numbered(records: Iterable[Record]) -> Iterator[Record]:
    for row, record in enumerate(records, start=1):
        yield Record(record.line, row, record.raw, record.value, record.code, record.reason)
