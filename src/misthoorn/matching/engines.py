"""Who carries out the join. The only file that names an engine; tests hold all of them to the same rows."""

from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Protocol, Self

import duckdb
import pyarrow as pa

from misthoorn.matching.schema import ADVISORY_MATCH_SCHEMA, EVENT_MATCH_SCHEMA
from misthoorn.matching.sql.advisories import ADVISORIES
from misthoorn.matching.sql.events import CUT_NETWORKS, EVENTS, FOLDED_EVENTS, SPACES

THREADS = 2
# The join spills to disk beyond this; the rest of the process stays outside it.
MEMORY = "800MB"
BATCH_ROWS = 100_000

_IN_ORDER = "\nORDER BY item, asset"


class Engine(AbstractContextManager["Engine"], Protocol):
    """Keys of assets, loaded once, met by any number of batches of items. Used in a `with` block."""

    def match_events(self, events: pa.Table) -> pa.RecordBatchReader:
        """The matches of events (columns row, time, ip, hostname, asn): EVENT_MATCH_SCHEMA, by item and asset."""
        ...

    def match_advisories(self, items: pa.Table | pa.RecordBatchReader) -> pa.RecordBatchReader:
        """The matches of items (ITEM_KEY_SCHEMA): ADVISORY_MATCH_SCHEMA, by item and asset. A reader is read once."""
        ...


class DuckDb:
    """DuckDB in memory, with a folder to spill to that is gone with the `with` block."""

    def __init__(
        self,
        *,
        assets: pa.Table,
        networks: pa.Table | None = None,
        folded: bool = False,
        memory: str = MEMORY,
        threads: int = THREADS,
    ) -> None:
        """`networks` (NETWORK_SCHEMA) are still to be cut. `folded`: some asset has several values under one number."""
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
        self._db.register("given", assets)
        if networks is None:
            self._db.execute("CREATE VIEW asset_keys AS FROM given")
        else:
            self._db.register("networks", networks)
            self._db.execute(f"CREATE TABLE asset_keys AS {CUT_NETWORKS} UNION ALL FROM given")
            self._db.unregister("networks")
            self._db.unregister("given")
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


class MakeEngine(Protocol):
    def __call__(self, *, assets: pa.Table, networks: pa.Table | None = None, folded: bool = False) -> Engine: ...


ENGINES: dict[str, MakeEngine] = {"duckdb": DuckDb}


def named(name: str) -> MakeEngine:
    """The engine that a person names.

    Raises:
        KeyError: there is none of that name; `ENGINES` lists them.
    """
    return ENGINES[name]
