"""The join by DuckDB, in this process."""

from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from misthoorn.matching.schema import ADVISORY_MATCH_SCHEMA, EVENT_MATCH_SCHEMA
from misthoorn.matching.sql.advisories import ADVISORIES
from misthoorn.matching.sql.events import EVENTS, FOLDED_EVENTS, SPACES

THREADS = 2
# The join spills to disk beyond this; the rest of the process stays outside it.
MEMORY = "800MB"
BATCH_ROWS = 100_000

_IN_ORDER = "\nORDER BY item, asset"


class DuckDb:
    """DuckDB in memory, with a folder to spill to that is gone with the `with` block."""

    def __init__(
        self,
        *,
        assets: pa.Table,
        folded: bool = False,
        memory: str = MEMORY,
        threads: int = THREADS,
    ) -> None:
        """`folded`: some asset has several values under one number."""
        self._folder = TemporaryDirectory(prefix="misthoorn-match-")
        self._events = (FOLDED_EVENTS if folded else EVENTS) + _IN_ORDER
        self._db = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": memory,
                "threads": threads,
                "temp_directory": str(Path(self._folder.name) / "spill"),
                "preserve_insertion_order": False,
            },
        )
        self._db.register("asset_keys", assets)
        self._db.execute(f"CREATE TABLE spaces AS {SPACES}")

    def match_events(self, events: pa.Table) -> pa.RecordBatchReader:
        self._db.register("events", events)
        reader: pa.RecordBatchReader = self._db.sql(self._events).to_arrow_reader(BATCH_ROWS)
        return reader.cast(EVENT_MATCH_SCHEMA)

    def match_advisories(self, items: pa.Table | pa.RecordBatchReader) -> pa.RecordBatchReader:
        # The join reads them twice; a reader can be read once only.
        self._db.register("given_items", items)
        self._db.execute("CREATE OR REPLACE TABLE item_keys AS FROM given_items")
        self._db.unregister("given_items")
        reader: pa.RecordBatchReader = self._db.sql(ADVISORIES + _IN_ORDER).to_arrow_reader(BATCH_ROWS)
        return reader.cast(ADVISORY_MATCH_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._folder.cleanup()
