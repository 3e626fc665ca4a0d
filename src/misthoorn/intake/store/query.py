"""Questions in SQL over the events of the store. Pure but for the files that are handed in.

Only one statement that reads is taken, and it sees nothing but these files: no other file, no network, no extension, no
setting can be reached from it. It has so much memory and so much time.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from misthoorn.formats.values.schema import EVENT_SCHEMA

MEMORY, SPILL, THREADS = "384MB", "2GB", 2
SECONDS = 60.0
MOST_ROWS = 1_000_000

_FILES = pa.schema(
    {"filename": pa.string(), "source": pa.string(), "day": pa.date32(), "batch": pa.int64(), "tlp": pa.string()}
)
_ALONE = """
SELECT f.source, f.day, f.batch, f.tlp, e.* EXCLUDE (filename)
FROM read_parquet({files}, filename = true) e JOIN files f USING (filename)
"""
_TOGETHER = """
SELECT f.source, f.day, f.batch, f.tlp, e.* EXCLUDE (filename, batch)
FROM read_parquet({files}, filename = true) e JOIN files f ON f.filename = e.filename AND f.batch = e.batch
"""
_NONE = "SELECT '' AS source, NULL::DATE AS day, 0::BIGINT AS batch, '' AS tlp, e.* FROM none e"


class QueryError(ValueError):
    """A question that can't be answered; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class BatchFile:
    """The events of a batch. `together`: the file holds those of others too."""

    path: Path
    together: bool
    source: str
    day: date
    batch: int
    tlp: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The columns, and the rows as they come; no more than MOST_ROWS of them."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[object, ...]]


@contextmanager
def answer(sql: str, *, files: Sequence[BatchFile], spill: Path, seconds: float = SECONDS) -> Iterator[Answer]:
    """Ask something of `events`: the columns of the event schema, with source, day, batch and tlp before them.

    Raises:
        QueryError: it is not one statement that reads, it reaches for something else, or it takes too much.
    """
    late = threading.Event()
    with _opened(files, spill) as connection:

        def stop() -> None:
            late.set()
            connection.interrupt()

        clock = threading.Timer(seconds, stop)
        clock.start()
        try:
            _check(sql, connection)
            reader = connection.sql(sql).to_arrow_reader(1_000)
            yield Answer(tuple(reader.schema.names), _rows(reader))
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise QueryError(_sentence(error, late=late.is_set(), seconds=seconds)) from error
        finally:
            clock.cancel()


def _check(sql: str, connection: duckdb.DuckDBPyConnection) -> None:
    """Only a SELECT: an EXPLAIN may run what it explains."""
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QueryError("Ask one question that only reads: a statement that begins with SELECT, FROM or WITH.")


def _sentence(error: Exception, *, late: bool, seconds: float) -> str:
    if late:
        return f"The question took longer than {seconds:g} seconds. Narrow it: fewer days, one source, one subject."
    said = str(error).strip()
    if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory" in said:
        return f"The question needs more than {MEMORY} of memory. Narrow it, or group by less."
    return f"The question can't be answered: {said[:2000]}"


def _rows(reader: pa.RecordBatchReader) -> Iterator[tuple[object, ...]]:
    total = 0
    for piece in reader:
        for row in zip(*(column.to_pylist() for column in piece.columns), strict=True):
            if total == MOST_ROWS:
                raise QueryError(f"The answer has more than {MOST_ROWS:,} rows; this is where it was cut. Add a LIMIT.")
            total += 1
            yield row


@contextmanager
def _opened(files: Sequence[BatchFile], spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, without anything that is not handed in."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": THREADS,
        "temp_directory": str(spill),
        "max_temp_directory_size": SPILL,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
    }
    with duckdb.connect(":memory:", config=config) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        rows = [(str(one.path), one.source, one.day, one.batch, one.tlp) for one in files]
        columns = zip(*rows, strict=True) if rows else ((),) * len(_FILES)
        table = pa.table([pa.array(column, f.type) for column, f in zip(columns, _FILES, strict=True)], schema=_FILES)
        connection.register("given", table)
        connection.execute("CREATE TABLE files AS FROM given")
        connection.register("nothing", EVENT_SCHEMA.empty_table())
        connection.execute("CREATE TABLE none AS FROM nothing")
        connection.unregister("given")
        connection.unregister("nothing")
        paths = sorted({str(one.path) for one in files})
        connection.execute(f"SET allowed_paths = {_list(paths)}")
        connection.execute("SET enable_external_access = false")
        connection.execute(f"CREATE VIEW events AS {_view(files)}")
        connection.execute("SET lock_configuration = true")
        yield connection


def _view(files: Sequence[BatchFile]) -> str:
    parts = []
    for statement, together in ((_ALONE, False), (_TOGETHER, True)):
        if paths := sorted({str(one.path) for one in files if one.together == together}):
            parts.append(statement.format(files=_list(paths)))
    return " UNION ALL BY NAME ".join(parts) or _NONE


def _list(texts: Sequence[str]) -> str:
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + "]::VARCHAR[]"
