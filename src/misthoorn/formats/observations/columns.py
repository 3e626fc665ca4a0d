"""Reading delimited text into columns: fast where a block of text is plain, row by row where it is not.

Both ways give the same rows, and each cell means what `cells` says. Memory is bounded by the size of a few blocks, and
what `folding` keeps where duplicates are folded.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from misthoorn.formats.observations.event_columns import Meaning, Text
from misthoorn.formats.observations.layout import MOST_COLUMNS, Layout, tidy_header
from misthoorn.formats.readers.archive import Member, open_members
from misthoorn.formats.readers.duplicates import Folder
from misthoorn.formats.readers.rows import (
    LIMITS,
    Block,
    Blocks,
    Limits,
    LongLine,
    count_lines,
    ends_open,
    may_hold_long_line,
    read_rows,
    refuse_long,
    split_quoted,
)
from misthoorn.formats.readers.unpack import BOM, Source, open_text
from misthoorn.formats.values.schema import EVENT_SCHEMA, EventChunk, FormatError, RefusedRow

_NO_HEADER = "The first line of this file {}, so it can't hold the names of columns. This is not a CSV file."
AHEAD = 2  # blocks that are split while the one before them is being checked


@dataclass(frozen=True, slots=True)
class Ways:
    """How blocks are read; only tests choose otherwise, to hold the fast way to the careful one."""

    limits: Limits = LIMITS
    split_fast: bool = True
    shortcuts: bool = True


WAYS = Ways()

type LayoutOf = Callable[[tuple[str, ...]], Layout]
"""What the columns of a header mean; it raises FormatError when one is missing."""


def read_delimited(
    stream: BinaryIO | Source,
    *,
    layout: LayoutOf,
    now: datetime,
    fold: bool,
    ways: Ways = WAYS,
) -> Iterator[EventChunk]:
    """The events of a CSV file with one header line, in chunks of some 10,000 rows.

    With `fold` a row that is equal to an earlier one is counted as a duplicate and left out. Rows in = accepted +
    refused + duplicates.

    Raises:
        FormatError: the file can't be read as a whole; only before the first chunk.
    """
    return _read(stream, layout=layout, now=now, folder=Folder() if fold else None, ways=ways)


def read_delimited_members(
    stream: BinaryIO, *, layout_of: Callable[[str], LayoutOf], now: datetime, fold: bool
) -> Iterator[EventChunk] | None:
    """The same of all CSV files in a zip archive, whose layout their name tells; None when the stream is none.

    Rows are counted over all files. One that can't be read is one refused row, and the others are read.

    Raises:
        FormatError: the archive can't be read as a whole.
    """
    members = open_members(stream)
    if members is None:
        return None
    return _read_members(members, layout_of=layout_of, now=now, folder=Folder() if fold else None)


def _read_members(
    members: Iterator[Member], *, layout_of: Callable[[str], LayoutOf], now: datetime, folder: "Folder | None"
) -> Iterator[EventChunk]:
    rows = 0
    for member in members:
        fault, before = (member.code, member.reason), rows
        if member.source:
            try:
                for chunk in _read(member.source, layout=layout_of(member.name), now=now, folder=folder):
                    rows += chunk.events.num_rows + len(chunk.refused) + chunk.duplicates
                    yield _renumbered(chunk, before, member.shown)
            except FormatError as error:
                fault = ("file", str(error))
        if fault[0]:
            rows += 1
            refused = RefusedRow(0, rows, fault[0], f"{member.shown}: {fault[1]}", b"")
            yield EventChunk(pa.RecordBatch.from_pylist([], schema=EVENT_SCHEMA), (refused,), 0)


def _renumbered(chunk: EventChunk, rows: int, shown: str) -> EventChunk:
    """A chunk of a member before which there were so many rows."""
    place = EVENT_SCHEMA.get_field_index("row")
    numbers = pc.add(chunk.events["row"], rows)
    refused = [replace(row, row=row.row + rows, reason=f"{shown}: {row.reason}") for row in chunk.refused]
    return EventChunk(
        chunk.events.set_column(place, EVENT_SCHEMA.field(place), numbers), tuple(refused), chunk.duplicates
    )


def _read(
    stream: BinaryIO | Source, *, layout: LayoutOf, now: datetime, folder: "Folder | None", ways: Ways = WAYS
) -> Iterator[EventChunk]:
    source = open_text(stream, expected="CSV")
    blocks = Blocks(source, limits=ways.limits)
    names = _read_header(blocks)
    meaning = Meaning(layout(names), names=names, now=now, shortcuts=ways.shortcuts)

    def understand(text: Text) -> EventChunk:
        events, refused = meaning.of(text)
        fresh, duplicates = folder.fresh(events) if folder else (events, 0)
        return EventChunk(fresh, refused, duplicates)

    yield from _in_order(_split(blocks, source, width=len(names), ways=ways), understand)


def _in_order(parts: Iterator[Text], work: Callable[[Text], EventChunk]) -> Iterator[EventChunk]:
    """Works on one part after the other in a second thread, while the next is split in this one."""
    waiting: list[Future[EventChunk]] = []
    with ThreadPoolExecutor(max_workers=1) as pool:
        for part in parts:
            waiting.append(pool.submit(work, part))
            if len(waiting) >= AHEAD:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _read_header(blocks: Blocks) -> tuple[str, ...]:
    block = blocks.next()
    if block is None or isinstance(block, LongLine):
        raise FormatError(_NO_HEADER.format("is longer than 1 MiB"))
    data = block.data.removeprefix(BOM)
    start = len(data) - len(data.lstrip())
    fields, stop, closed = split_quoted(data, start, len(data))
    if len(fields) > MOST_COLUMNS:
        raise FormatError(f"This file has {len(fields):,} columns, more than the {MOST_COLUMNS} that are read.")
    try:
        names = tuple(tidy_header(field.decode() for field in fields))
    except UnicodeDecodeError:
        names = ()
    if not names or not closed or b"\0" in data[:stop]:
        raise FormatError(_NO_HEADER.format("is not text"))
    rest = data[stop + 2 :] if data[stop : stop + 2] == b"\r\n" else data[stop + 1 :]
    blocks.put_back(rest, line=1 + count_lines(data[: len(data) - len(rest)]))
    return names


def _split(blocks: Blocks, source: Source, *, width: int, ways: Ways) -> Iterator[Text]:
    """The rows of all blocks as columns of text, numbered; at the end what a damaged stream left."""
    row = 1
    while (block := blocks.next()) is not None:
        if isinstance(block, LongLine):
            refused = refuse_long(line=block.line, row=row, head=block.head, length=block.length)
            yield Text.empty(width, refused=(refused,))
            row += 1
            continue
        text = _split_fast(block, row=row, width=width, ways=ways) if ways.split_fast else None
        count = text.count if text else 0
        if text is None:
            text, count = _split_careful(blocks, block, row=row, width=width, ways=ways)
        row += count
        yield text
    if source.damage:
        refused = RefusedRow(blocks.line, row, source.damage.code, source.damage.reason, blocks.cut_off)
        yield Text.empty(width, refused=(refused,))


def _split_fast(block: Block, *, row: int, width: int, ways: Ways) -> Text | None:
    """The columns of a block in which each line is one row of the right width; None if it is any different."""
    data = block.data
    if b"\0" in data or data.startswith(BOM) or may_hold_long_line(data, longest=ways.limits.row):
        return None
    names = [str(number) for number in range(width)]
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(data),
            read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    lines = block.ends + (not data.endswith((b"\n", b"\r")))
    if table.num_rows != lines or ends_open(data):
        return None
    columns = [column.chunk(0) if column.num_chunks == 1 else column.combine_chunks() for column in table.columns]
    return Text.of_lines(columns, data=data, row=row, line=block.line, count=lines)


def _split_careful(blocks: Blocks, block: Block, *, row: int, width: int, ways: Ways) -> tuple[Text, int]:
    rows = read_rows(block, width=width, limits=ways.limits)
    if rows.used < len(block.data):
        blocks.put_back(block.data[rows.used :], line=rows.line)
    columns = [pa.array(column, pa.string()) for column in zip(*rows.fields, strict=True)]
    refused = tuple(replace(refused, row=row + refused.row) for refused in rows.refused)
    text = Text(
        columns=columns or [pa.array([], pa.string())] * width,
        rows=pa.array((row + place for place in rows.places), pa.int64()),
        lines=pa.array(rows.lines, pa.int64()),
        raw=lambda index: block.data[slice(*rows.bounds[index])],
        refused=refused,
    )
    return text, rows.count
