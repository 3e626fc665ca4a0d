"""The join by DuckDB, in this process."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import gettempdir
from types import TracebackType
from typing import TYPE_CHECKING, Self

import pyarrow as pa

from misthoorn.common.scratch import scratch
from misthoorn.matching.engines.errors import EngineError
from misthoorn.matching.keys import event_networks
from misthoorn.matching.schema import ADVISORY_MATCH_SCHEMA, EVENT_MATCH_SCHEMA
from misthoorn.matching.sql import keys
from misthoorn.matching.sql.advisories import MATCHES, STEPS
from misthoorn.matching.sql.events import ASNS, DEPTHS, ROUTED_ASNS, SPACES, SUBSTRING_INDEX, statement

if TYPE_CHECKING:
    import duckdb

THREADS = 2
# The join spills to disk beyond this; the rest of the process stays outside it.
MEMORY = "800MB"
BATCH_ROWS = 100_000

_IN_ORDER = "\nORDER BY item, asset"


def opened(folder: Path, *, memory: str = MEMORY, threads: int = THREADS) -> "duckdb.DuckDBPyConnection":
    """A database in memory that spills to this folder."""
    import duckdb  # noqa: PLC0415  slow to load, and who only has rows or keys made does not need it

    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "threads": threads,
        "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": False,
    }
    database = duckdb.connect(":memory:", config=config)
    database.execute("SET TimeZone = 'UTC'")
    return database


@contextmanager
def room_told() -> Iterator[None]:
    """Where memory, or the disk to spill to, is not enough for what is done in this block, that is an EngineError."""
    import duckdb  # noqa: PLC0415

    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        reason = str(error).partition("\n")[0][:200]
        raise EngineError(
            f"There is no room to work ({reason}). Make some in '{gettempdir()}', or let TMPDIR name another folder."
        ) from error


class DuckDb:
    """DuckDB in memory, with a folder to spill to that is gone with the `with` block."""

    def __init__(
        self,
        *,
        assets: pa.Table | Path,
        folded: bool = False,
        valid_at: datetime | None = None,
        routes: pa.Table | None = None,
        memory: str = MEMORY,
        threads: int = THREADS,
    ) -> None:
        self._around = ExitStack()
        self._around.enter_context(room_told())
        self._folded = folded
        self._loaded = False
        self._db = opened(self._around.enter_context(scratch()), memory=memory, threads=threads)
        if isinstance(assets, Path):
            self._db.read_parquet(str(assets)).create_view("given")
        else:
            self._db.register("given", assets)
        self._db.execute(f"CREATE VIEW valid AS {keys.valid(valid_at)}")
        self._asns = ASNS
        if routes is not None:
            self._db.register("route_keys", routes)
            self._asns = ROUTED_ASNS

    def match_events(self, events: pa.Table) -> pa.RecordBatchReader:
        if not self._loaded:
            self._db.execute(f"CREATE TABLE asset_keys AS {keys.OF_EVENTS}")
            self._db.execute(f"CREATE TABLE spaces AS {SPACES}")
            self._db.execute(f"CREATE TABLE depths AS {DEPTHS}")
            self._db.execute(SUBSTRING_INDEX)
            self._loaded = True
        events, ranges = event_networks.split(events)
        self._db.register("events", events)
        if ranges is not None:
            self._db.register("ranges", ranges)
        self._db.execute(f"CREATE OR REPLACE VIEW asns AS {self._asns}")
        found = self._db.sql(statement(folded=self._folded, ranged=ranges is not None) + _IN_ORDER)
        reader: pa.RecordBatchReader = found.to_arrow_reader(BATCH_ROWS)
        return reader.cast(EVENT_MATCH_SCHEMA)

    def match_advisories(self, items: pa.Table | pa.RecordBatchReader) -> pa.RecordBatchReader:
        self._take_items(items)
        self._db.execute(f"CREATE OR REPLACE TABLE asset_keys AS {keys.OF_ADVISORIES}")
        self._loaded = False
        for name, step in STEPS.items():
            self._db.execute(f"CREATE OR REPLACE TABLE {name} AS {step}")
        reader: pa.RecordBatchReader = self._db.sql(MATCHES + _IN_ORDER).to_arrow_reader(BATCH_ROWS)
        return reader.cast(ADVISORY_MATCH_SCHEMA)

    def _take_items(self, items: pa.Table | pa.RecordBatchReader) -> None:
        # They are read several times; a reader can be read once only.
        self._db.register("given_items", items)
        self._db.execute("CREATE OR REPLACE TABLE item_texts AS FROM given_items")
        self._db.unregister("given_items")
        # A text of an ENUM is a number to DuckDB, and these numbers sort as the texts do.
        self._db.execute("DROP TABLE IF EXISTS item_keys")
        self._db.execute("DROP TYPE IF EXISTS item_name")
        self._db.execute("CREATE TYPE item_name AS ENUM (SELECT DISTINCT item FROM item_texts ORDER BY item)")
        self._db.execute("CREATE TABLE item_keys AS SELECT * REPLACE (item::item_name AS item) FROM item_texts")
        self._db.execute("DROP TABLE item_texts")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._around.__exit__(kind, error, trace)
