"""The join by Apache Spark, on this machine or on a cluster; needs `pip install misthoorn[spark]` and Java 17.

The statements are those of DuckDB, translated. Keys are read where they lie, so on a cluster their file has to be on a
disk that all its machines see; events and items go there from this process, and matches come back to it.
"""

import logging
import os
import shutil
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import sqlglot

from misthoorn.matching.engines.errors import EngineError
from misthoorn.matching.keys import event_networks
from misthoorn.matching.schema import ADVISORY_MATCH_SCHEMA, EVENT_MATCH_SCHEMA
from misthoorn.matching.sql import keys
from misthoorn.matching.sql.advisories import MATCHES, STEPS
from misthoorn.matching.sql.events import ASNS, DEPTHS, ROUTED_ASNS, SPACES, statement

MASTER = "local[*]"

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.maxResultSize": "0",
}
# A cluster has settings of its own for these; on one machine the usual ones are too small, and too many.
_HERE = {"spark.driver.memory": "4g", "spark.sql.shuffle.partitions": "16"}


def missing() -> str:
    """What this machine lacks for Spark, in a sentence that says what to do; "" when it is all there."""
    if find_spec("pyspark") is None:
        return "PySpark is not installed; install it with `pip install misthoorn[spark]`."
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        return "Spark needs Java 17 or newer, and no java is found; install one or set JAVA_HOME."
    return ""


def translated(statement: str) -> str:
    """A statement in DuckDB's dialect as Spark's."""
    return sqlglot.transpile(statement, read="duckdb", write="spark")[0]


class Spark:
    """One session. Used in a `with` block."""

    def __init__(
        self,
        *,
        assets: pa.Table | Path,
        folded: bool = False,
        valid_at: datetime | None = None,
        routes: pa.Table | None = None,
        master: str = MASTER,
    ) -> None:
        self._spark = _session(master)
        self._folded = folded
        given = self._spark.read.parquet(str(assets)) if isinstance(assets, Path) else self._frame(assets)
        given.createOrReplaceTempView("given")
        self._view("valid", keys.valid(valid_at))
        self._asns = ASNS
        if routes is not None:
            self._frame(routes).createOrReplaceTempView("route_keys")
            self._asns = ROUTED_ASNS

    def match_events(self, events: pa.Table) -> pa.RecordBatchReader:
        self._view("asset_keys", keys.OF_EVENTS)
        self._view("spaces", SPACES)
        self._view("depths", DEPTHS)
        events, ranges = event_networks.split(events)
        self._frame(events).createOrReplaceTempView("events")
        if ranges is not None:
            self._frame(ranges).createOrReplaceTempView("ranges")
        self._view("asns", self._asns)
        return self._found(statement(folded=self._folded, ranged=ranges is not None), EVENT_MATCH_SCHEMA)

    def match_advisories(self, items: pa.Table | pa.RecordBatchReader) -> pa.RecordBatchReader:
        table = items if isinstance(items, pa.Table) else items.read_all()
        self._frame(table).createOrReplaceTempView("item_keys")
        self._view("asset_keys", keys.OF_ADVISORIES)
        for name, step in STEPS.items():
            self._view(name, step)
        return self._found(MATCHES, ADVISORY_MATCH_SCHEMA)

    def _frame(self, table: pa.Table) -> Any:  # noqa: ANN401  pyspark's frame
        return self._spark.createDataFrame(table)

    def _view(self, name: str, statement: str) -> None:
        self._spark.sql(translated(statement)).createOrReplaceTempView(name)

    def _found(self, statement: str, schema: pa.Schema) -> pa.RecordBatchReader:
        found = self._spark.sql(translated(f"{statement}\nORDER BY item, asset")).toArrow()
        return found.select(schema.names).cast(schema).to_reader()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spark.stop()


def _session(master: str) -> Any:  # noqa: ANN401  pyspark's session
    """What its virtual machine has to tell is of no use to a person; what goes wrong is raised here."""
    pyspark: Any = import_module("pyspark")
    gateway: Any = import_module("pyspark.java_gateway")
    sql: Any = import_module("pyspark.sql")
    logging.getLogger("py4j").setLevel(logging.WARNING)
    settings = _SETTINGS | (_HERE if master.startswith("local") else {})
    conf = pyspark.SparkConf(loadDefaults=False).setAppName("misthoorn").setMaster(master).setAll(settings.items())
    try:
        # One virtual machine serves all sessions of a process.
        started = getattr(pyspark.SparkContext, "_gateway", None)
        with Path(os.devnull).open("wb") as nowhere:
            started = started or gateway.launch_gateway(conf, popen_kwargs={"stderr": nowhere, "stdout": nowhere})
        return sql.SparkSession(pyspark.SparkContext(conf=conf, gateway=started))
    except Exception as error:
        reason = str(error).strip().partition("\n")[0][:200]
        raise EngineError(
            f"Spark did not start ({reason}). It needs Java 17 or newer, and the master '{master}'."
        ) from error
