"""DuckDB in this process: one database in memory, opened once, since a cursor of it costs a tenth of a new database.

What a cursor makes has to be temporary (`CREATE TEMP …`, `register`): no other cursor sees it, and it goes with the
cursor. All cursors together stay within the memory below, and spill to disk beyond it.
"""

import atexit
import os
from functools import cache
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

MEMORY = "160MB"  # the rest of the process stays outside it
THREADS = 1  # a second one takes 20 MB more, and no less time of processors


def cursor() -> "duckdb.DuckDBPyConnection":
    """A connection of its own to the one database, with times in UTC. Close it, or leave it to go out of use."""
    _, database = _opened(os.getpid())  # a process that was forked off can't use the threads of the one before
    own = database.cursor()
    own.execute("SET TimeZone = 'UTC'")
    return own


@cache
def _opened(process: int) -> "tuple[TemporaryDirectory[str], duckdb.DuckDBPyConnection]":
    """The database, and the folder to spill to, which is gone when the process ends."""
    import duckdb  # noqa: PLC0415  slow to load, and most commands of the service do without

    spill = TemporaryDirectory(prefix="misthoorn-duck-", delete=False)
    atexit.register(_remove, spill, process=process)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": THREADS,
        "temp_directory": spill.name,
    }
    return spill, duckdb.connect(":memory:", config=config)


def _remove(spill: "TemporaryDirectory[str]", *, process: int) -> None:
    """At the end of the process that made it; one that was forked off leaves it alone."""
    if os.getpid() == process:
        spill.cleanup()
