"""Parquet where CSV could stand: columns by name, read as text, so that each cell means what it means in CSV."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from tempfile import TemporaryFile
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from misthoorn.formats.observations.event_columns import Meaning, Text
from misthoorn.formats.observations.layout import Layout
from misthoorn.formats.readers.duplicates import Folder
from misthoorn.formats.values.refusals import sentence
from misthoorn.formats.values.schema import EVENT_SCHEMA, EventChunk, FormatError, RefusedRow

MAGIC = b"PAR1"
BATCH_ROWS = 100_000
_PIECE = 1 << 20
_NONE = pa.RecordBatch.from_pylist([], EVENT_SCHEMA)
_NOT_EVIDENCE = {"row", "line"}  # of the service's own files of events: numbers in the file that they came from


def is_parquet(stream: BinaryIO) -> bool:
    """Whether the stream begins as Parquet does; it stays where it is."""
    if hasattr(stream, "peek"):
        return bytes(stream.peek(len(MAGIC))[: len(MAGIC)]) == MAGIC
    head = stream.read(len(MAGIC))
    stream.seek(-len(head), 1)
    return head == MAGIC


@contextmanager
def opened(stream: BinaryIO) -> Iterator[pq.ParquetFile]:
    """The file; it is read from its end, so what comes from a pipe goes through a file first."""
    if stream.seekable():
        yield pq.ParquetFile(stream)
        return
    with TemporaryFile() as whole:
        while piece := stream.read(_PIECE):
            whole.write(piece)
        yield pq.ParquetFile(whole)


def as_text(column: pa.Array) -> pa.Array:
    """A column of any type as text, "" where it is null.

    Raises:
        pa.ArrowException: it holds what has no text.
    """
    if pa.types.is_timestamp(column.type):
        seconds = pc.floor_temporal(column, unit="second")
        if pc.all(pc.equal(seconds, column)).as_py() is not False:
            zone = "" if column.type.tz is None else "Z"
            utc = column.cast(pa.timestamp("s", column.type.tz and "UTC"))
            return pc.fill_null(pc.strftime(utc, format=f"%Y-%m-%dT%H:%M:%S{zone}"), "")
        return pc.fill_null(pc.cast(pc.cast(column, pa.timestamp("us", column.type.tz and "UTC")), pa.string()), "")
    return pc.fill_null(pc.cast(column, pa.string()), "")


def read_events(
    stream: BinaryIO, *, layout: Callable[[tuple[str, ...]], Layout], now: datetime, fold: bool
) -> Iterator[EventChunk]:
    """The events of a Parquet file, as `columns.read_delimited` gives those of CSV; no row has a line.

    Raises:
        FormatError: the file can't be read as a whole; only before the first chunk.
    """
    row, folder = 1, Folder() if fold else None
    try:
        with opened(stream) as file:
            names = tuple(name for name in file.schema_arrow.names if name.lower() not in _NOT_EVIDENCE)
            meaning = Meaning(layout(names), names=names, now=now)
            for batch in file.iter_batches(BATCH_ROWS, columns=list(names)):
                events, refused = meaning.of(_text(batch, row=row))
                fresh, duplicates = folder.fresh(events) if folder else (events, 0)
                yield EventChunk(fresh, refused, duplicates)
                row += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0][:200]
        if row == 1:
            raise FormatError(f"This file can't be read as Parquet ({reason}).") from error
        lost = RefusedRow(0, row, "damaged", f"The Parquet file can't be read from here on ({reason}).", b"")
        yield EventChunk(_NONE, (lost,), 0)


def _text(batch: pa.RecordBatch, *, row: int) -> Text:
    columns = [as_text(column) for column in batch.columns]

    def raw(index: int) -> bytes:
        cells = {name: column[index].as_py() for name, column in zip(batch.schema.names, columns, strict=True)}
        return json.dumps(cells, ensure_ascii=False).encode()

    rows = pa.arange(row, row + batch.num_rows)
    lines = pa.repeat(pa.scalar(0, pa.int64()), batch.num_rows)
    bad = [place for column in columns for place in pc.indices_nonzero(pc.match_substring(column, "\0")).to_pylist()]
    refused = tuple(RefusedRow(0, row + place, "nul", sentence("nul"), raw(place)) for place in sorted(set(bad)))
    if not refused:
        return Text(columns, rows, lines, raw, ())
    kept = pa.array(sorted(set(range(batch.num_rows)) - set(bad)), pa.int64())
    return Text(
        [column.take(kept) for column in columns],
        rows.take(kept),
        lines.take(kept),
        lambda index: raw(kept[index].as_py()),
        refused,
    )
