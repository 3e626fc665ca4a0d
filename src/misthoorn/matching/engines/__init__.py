"""Who carries out the join. Only this folder names an engine; tests hold all of them to the same rows."""

from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from misthoorn.matching.engines.duckdb import MEMORY, DuckDb
from misthoorn.matching.engines.errors import EngineError

NAMES = ("duckdb", "spark")


class Engine(AbstractContextManager["Engine"], Protocol):
    """Keys of assets, loaded once, met by any number of batches of items. Used in a `with` block."""

    def match_events(self, events: pa.Table) -> pa.RecordBatchReader:
        """The matches of events (columns row, time, ip, hostname, asn): EVENT_MATCH_SCHEMA, by item and asset."""
        ...

    def match_advisories(self, items: pa.Table | pa.RecordBatchReader) -> pa.RecordBatchReader:
        """The matches of items (ITEM_KEY_SCHEMA): ADVISORY_MATCH_SCHEMA, by item and asset. A reader is read once."""
        ...


class MakeEngine(Protocol):
    def __call__(
        self,
        *,
        assets: pa.Table | Path,
        folded: bool = False,
        valid_at: datetime | None = None,
        routes: pa.Table | None = None,
    ) -> Engine:
        """`assets`: keys in ASSET_KEY_SCHEMA, or a file of them that `preparing` wrote.

        `folded`: some asset has several values under one number. `valid_at`: what is not valid then is left out.
        `routes` (ROUTE_KEY_SCHEMA) give an event an AS number where its feed does not.
        """
        ...


def named(name: str, *, master: str = "", memory: str = MEMORY) -> MakeEngine:
    """The engine that a person names.

    `master`: where Spark runs, as Spark writes it; local[*] unless it is said. `memory`: what DuckDB may take.

    Raises:
        KeyError: there is none of that name; `NAMES` lists them.
        EngineError: what it needs is not there.
    """
    if name != "spark":
        return partial({"duckdb": DuckDb}[name], memory=memory)
    from misthoorn.matching.engines import spark  # noqa: PLC0415  only who names it has to wait for it

    if lacks := spark.missing():
        raise EngineError(lacks)
    return partial(spark.Spark, master=master or spark.MASTER)
