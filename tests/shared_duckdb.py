"""One DuckDB for the matches of all tests of a process: to open one takes more time than a small match itself.

Tests of the engine itself, in tests/pure and tests/system, open their own as the service does.
"""

from contextlib import contextmanager
from functools import cache
from itertools import count

import duckdb
import pytest

OPENED = "misthoorn.matching.engines.duckdb.opened"
numbers = count()


@contextmanager
def in_use():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OPENED, lambda *_, **__: Database())
        yield


@cache
def instance():
    return duckdb.connect(":memory:", config={"threads": 1, "preserve_insertion_order": False})


class Database:
    """An empty database on it, which is gone when it is closed; in all else a connection of DuckDB."""

    def __init__(self):
        self._name = f"match_{next(numbers)}"
        self._cursor = instance().cursor()
        self._cursor.execute(f"ATTACH ':memory:' AS {self._name}; USE {self._name}; SET TimeZone = 'UTC'")

    def __getattr__(self, name):
        return getattr(self._cursor, name)

    def close(self):
        self._cursor.execute(f"USE memory; DETACH {self._name}")
        self._cursor.close()
