"""Where bytes lie: batches as received, and the observation store (events as Parquet, by source and day of receipt).

A file is written beside, synced and renamed, so that what stands under its own name is whole.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from misthoorn.common import duck
from misthoorn.formats.values.schema import EVENT_SCHEMA
from misthoorn.work.files import put, sync

if TYPE_CHECKING:
    import duckdb

BLOCK = 1 << 20
# Columns of few different texts, and those whose numbers go up; looking for repetitions in the others costs time.
_WRITTEN = {
    "use_dictionary": ["port", "protocol", "asn", "class", "type", "identifier", "severity"],
    "column_encoding": dict.fromkeys(("row", "line", "time"), "DELTA_BINARY_PACKED"),
    "compression": "zstd",
}


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that are safely on disk. `path` is relative to the store's folder."""

    path: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of the store: its name in it, and its size in bytes. Its folders are kind, source and day."""

    path: str
    size: int

    @property
    def source(self) -> str:
        return self.path.split("/")[1]

    @property
    def day(self) -> str:
        return self.path.split("/")[2]


class FolderStore:
    """The store in one folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def try_out(self) -> None:
        """Write something, and take it away again.

        Raises:
            OSError: it can't be written; the sentence says what to look at.
        """
        place = self.root / f".probe-{uuid4().hex}"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"x")
        place.unlink()

    def receive(self, stream: BinaryIO, *, source: str, day: date) -> Received:
        """Keep a delivery as received; durable when this returns. The name is its SHA-256."""
        folder = self.root / "received" / source / day.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        sha, size = hashlib.sha256(), 0
        beside = folder / f".{uuid4().hex}.part"
        try:
            with beside.open("wb") as out:
                while block := stream.read(BLOCK):
                    sha.update(block)
                    size += len(block)
                    out.write(block)
                sync(out)
            path = folder / sha.hexdigest()
            put(beside, path)
        finally:
            beside.unlink(missing_ok=True)
        received = Received(path=str(path.relative_to(self.root)), digest=sha.hexdigest(), size=size)
        self._keep_received(received)
        return received

    def _keep_received(self, received: Received) -> None:
        """What is left to do until it is durable."""

    @contextmanager
    def events_file(self, *, source: str, day: date, batch: int) -> Iterator["EventsFile"]:
        """Write the events of a batch beside their place. Only `publish` gives the file its name."""
        place = self.place_of_events(source=source, day=day, batch=batch)
        with self.new_file(str(place.relative_to(self.root)), schema=EVENT_SCHEMA) as file:
            yield file

    @contextmanager
    def new_file(self, relative: str, *, schema: pa.Schema) -> Iterator["EventsFile"]:
        """Write a file beside its place. Only `publish` gives it its name."""
        path = self.root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.parent / f".{path.stem}-{uuid4().hex}.part"
        try:
            with beside.open("wb") as out, pq.ParquetWriter(out, schema, **_WRITTEN) as writer:
                yield EventsFile(writer=writer, out=out, beside=beside, place=path, path=relative, store=self)
        finally:
            beside.unlink(missing_ok=True)
            self.forget_part(beside)

    def forget_part(self, beside: Path) -> None:
        """What was written and never published leaves nothing."""

    def ready(self, file: "EventsFile") -> None:
        """Called when a file is complete: all that takes long, so that publishing it does not."""

    def published(self, file: "EventsFile") -> None:
        """Called when a file has its name: it counts from here on."""

    def place_of_events(self, *, source: str, day: date, batch: int) -> Path:
        """The full path that the events of a batch have."""
        return self.root / "events" / source / day.isoformat() / f"{batch}.parquet"

    def path(self, relative: str) -> Path:
        """The full path of something in the store, on this machine; nothing is there when it is not kept any more."""
        return self.root / relative

    def drop(self, relative: str) -> None:
        """Delete a file; that it is gone already is no mistake."""
        (self.root / relative).unlink(missing_ok=True)

    def stored(self, kind: str) -> Iterator[Stored]:
        """All files of `received` or `events`, by source and day; those that are being written are not among them."""
        for path in sorted((self.root / kind).glob("*/*/*")):
            if path.is_file() and not path.name.startswith("."):
                yield Stored(str(path.relative_to(self.root)), path.stat().st_size)

    def forget(self, *, kind: str, since: Callable[[str], date]) -> int:
        """Delete the days of `received` or `events` before the first that is kept of a source; how many files went."""
        gone = 0
        for folder in sorted((self.root / kind).glob("*/*")):
            if folder.is_dir() and folder.name < since(folder.parent.name).isoformat():
                for path in folder.iterdir():
                    path.unlink()
                    gone += 1
                folder.rmdir()
        return gone


@dataclass(frozen=True, slots=True)
class EventsFile:
    """A file of events that is being written. `path` is its name to be, relative to the store's folder."""

    writer: pq.ParquetWriter
    out: BinaryIO
    beside: Path
    place: Path
    path: str
    store: FolderStore

    def add(self, events: pa.RecordBatch) -> None:
        """Append events in EVENT_SCHEMA."""
        if events.num_rows:
            self.writer.write_batch(events)

    def complete(self) -> None:
        """End the file and bring it to disk; nothing can be added after that."""
        self.writer.close()
        sync(self.out)
        self.store.ready(self)

    def publish(self) -> None:
        """Give a complete file its name, in the place of an earlier one."""
        put(self.beside, self.place)
        self.store.published(self)


COMPACTED = "all-"  # begins the name of a file that holds the events of several batches
COMPACT_SCHEMA = EVENT_SCHEMA.append(pa.field("batch", pa.int64(), nullable=False))


def is_compacted(relative: str) -> bool:
    """Whether the file of this name holds the events of several batches."""
    return relative.rpartition("/")[2].startswith(COMPACTED)


def events_alone(store: FolderStore, relative: str, *, batch: int) -> Path:
    """A file on this machine with the events of this batch alone, also where they lie among those of others."""
    path = store.path(relative)
    if not is_compacted(relative) or not path.exists():
        return path
    place = store.root / COPIES / path.stem / f"{batch}.parquet"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f".{uuid4().hex}.part")
        rows = pq.read_table(path, filters=[("batch", "=", batch)], columns=EVENT_SCHEMA.names)
        pq.write_table(rows.cast(EVENT_SCHEMA), beside, **_WRITTEN)
        put(beside, place)
    return place


COPIES = "cache/events"  # what was taken out of files of several batches; may go at any moment


def set_aside_earlier(events: Path, *, before: Path, reading: int) -> None:
    """Keep a batch's events as they were before this reading, until what became of them is settled (`earlier`)."""
    beside = events.with_suffix(f".before-{reading}")
    if before.exists() and not beside.exists():
        beside.hardlink_to(before)


def earlier(events: Path) -> list[Path]:
    """What a batch held in readings before the present one that are not settled yet."""
    return sorted(events.parent.glob(f"{events.stem}.before-*"))


def select(statement: str, *, events: Path, **tables: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows that a statement in DuckDB's SQL gives over the events of a file (view `events`) and these tables."""
    with _opened(tables) as cursor:
        cursor.execute(f"CREATE TEMP VIEW events AS FROM read_parquet({_named(events)})")
        for batch in cursor.sql(statement).to_arrow_reader(10_000):
            yield from batch.to_pylist()


def select_in_pieces(
    statement: str, *, table: str, pieces: str, events: Path, **tables: pa.Table | Path
) -> Iterator[dict[str, Any]]:
    """The same, a piece at a time, so that however much there is takes little memory; a table may be a Parquet file.

    `table` makes a temporary table, `pieces` gives two numbers of each piece, which are $low and $high in `statement`.
    """
    with _opened(tables) as cursor:
        cursor.execute(f"CREATE TEMP VIEW events AS FROM read_parquet({_named(events)})")
        cursor.execute(table)
        for low, high in cursor.sql(pieces).fetchall():
            for batch in cursor.sql(statement, params={"low": low, "high": high}).to_arrow_reader(2_048):
                yield from batch.to_pylist()


def select_plain(statement: str, *, events: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    """The rows that a statement gives over the events of several files, in columns, whatever the files are called."""
    with _opened({}) as cursor:
        cursor.execute(f"CREATE TEMP VIEW events AS FROM read_parquet({_named(*events)})")
        yield from cursor.sql(statement).to_arrow_reader(10_000)


BATCH_BITS = 32  # `row` of events of several batches is (batch << BATCH_BITS) + row

_NUMBERED = f"""
CREATE TEMP VIEW events AS
SELECT * EXCLUDE (filename) REPLACE ((parse_filename(filename, true)::BIGINT << {BATCH_BITS}) + "row" AS "row")
FROM given
"""  # noqa: S608  a number of ours


def select_of_many(statement: str, *, events: Sequence[Path], **tables: pa.Table) -> Iterator[pa.RecordBatch]:
    """The same over the events files of several batches, in columns; `row` is then unique among all of them."""
    with _opened(tables) as cursor:
        cursor.execute(f"CREATE TEMP VIEW given AS FROM read_parquet({_named(*events)}, filename = true)")
        cursor.execute(_NUMBERED)
        yield from cursor.sql(statement).to_arrow_reader(10_000)


@contextmanager
def _opened(tables: Mapping[str, pa.Table | Path]) -> Iterator["duckdb.DuckDBPyConnection"]:
    with duck.cursor() as cursor:
        for name, table in tables.items():
            if isinstance(table, Path):
                cursor.execute(f"CREATE TEMP VIEW {name} AS FROM read_parquet({_named(table)})")
            else:
                cursor.register(name, table)
        yield cursor


def _named(*paths: Path) -> str:
    """The names of these files in SQL, as a list of texts."""
    return "[" + ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths) + "]"


def kept_since(now: datetime, *, days: int) -> date:
    """The first day (UTC) that a retention of so many days still keeps."""
    return (now - timedelta(days=days)).date()
