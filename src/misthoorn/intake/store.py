"""Where bytes lie: batches as received, and the observation store (events as Parquet, by source and day of receipt).

A file is written beside, synced and renamed, so that what stands under its own name is whole.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from misthoorn.common import duck
from misthoorn.formats.schema import EVENT_SCHEMA
from misthoorn.work.files import put, sync

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that are safely on disk. `path` is relative to the store's folder."""

    path: str
    digest: str
    size: int


class FolderStore:
    """The store in one folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

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
        return Received(path=str(path.relative_to(self.root)), digest=sha.hexdigest(), size=size)

    @contextmanager
    def events_file(self, *, source: str, day: date, batch: int) -> Iterator["EventsFile"]:
        """Write the events of a batch beside their place. Only `publish` gives the file its name."""
        path = self.place_of_events(source=source, day=day, batch=batch)
        folder = path.parent
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f".{batch}-{uuid4().hex}.part"
        try:
            with beside.open("wb") as out, pq.ParquetWriter(out, EVENT_SCHEMA, compression="zstd") as writer:
                yield EventsFile(
                    writer=writer, out=out, beside=beside, place=path, path=str(path.relative_to(self.root))
                )
        finally:
            beside.unlink(missing_ok=True)

    def place_of_events(self, *, source: str, day: date, batch: int) -> Path:
        """The full path that the events of a batch have."""
        return self.root / "events" / source / day.isoformat() / f"{batch}.parquet"

    def path(self, relative: str) -> Path:
        """The full path of something in the store."""
        return self.root / relative

    def forget(self, *, kind: str, before: date) -> int:
        """Delete the days of `received` or `events` before this day; how many files went."""
        gone = 0
        for folder in sorted((self.root / kind).glob("*/*")):
            if folder.is_dir() and folder.name < before.isoformat():
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

    def add(self, events: pa.RecordBatch) -> None:
        """Append events in EVENT_SCHEMA."""
        if events.num_rows:
            self.writer.write_batch(events)

    def complete(self) -> None:
        """End the file and bring it to disk; nothing can be added after that."""
        self.writer.close()
        sync(self.out)

    def publish(self) -> None:
        """Give a complete file its name, in the place of an earlier one."""
        put(self.beside, self.place)


def set_aside_earlier(events: Path, *, reading: int) -> None:
    """Keep a batch's events as they were before this reading, until what became of them is settled (`earlier`)."""
    beside = events.with_suffix(f".before-{reading}")
    if events.exists() and not beside.exists():
        beside.hardlink_to(events)


def earlier(events: Path) -> list[Path]:
    """What a batch held in readings before the present one that are not settled yet."""
    return sorted(events.parent.glob(f"{events.stem}.before-*"))


def select(statement: str, *, events: Path, **tables: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows that a statement in DuckDB's SQL gives over the events of a file (view `events`) and these tables."""
    with _opened(tables) as cursor:
        cursor.execute(f"CREATE TEMP VIEW events AS FROM read_parquet({_named(events)})")
        for batch in cursor.sql(statement).to_arrow_reader(10_000):
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
def _opened(tables: Mapping[str, pa.Table]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duck.cursor() as cursor:
        for name, table in tables.items():
            cursor.register(name, table)
        yield cursor


def _named(*paths: Path) -> str:
    """The names of these files in SQL, as a list of texts."""
    return "[" + ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths) + "]"


def kept_since(now: datetime, *, days: int) -> date:
    """The first day (UTC) that a retention of so many days still keeps."""
    return (now - timedelta(days=days)).date()
