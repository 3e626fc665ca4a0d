import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from misthoorn.common import duck

GONE = """
from misthoorn.common import duck
print(duck.cursor().sql("SELECT current_setting('temp_directory')").fetchall()[0][0])
"""


def test_what_one_cursor_makes_no_other_sees_and_it_goes_with_the_cursor():
    with duck.cursor() as one, duck.cursor() as other:
        one.execute("CREATE TEMP TABLE things AS SELECT 1 AS x")
        with pytest.raises(duckdb.CatalogException):
            other.sql("FROM things")
    with duck.cursor() as later, pytest.raises(duckdb.CatalogException):
        later.sql("FROM things")


def test_times_are_in_utc_and_memory_and_threads_are_bounded():
    with duck.cursor() as one:
        settings = dict(one.sql("SELECT name, value FROM duckdb_settings()").fetchall())
    assert settings["TimeZone"] == "UTC"
    assert settings["threads"] == str(duck.THREADS)
    assert settings["memory_limit"] == "152.5 MiB"


def test_the_folder_to_spill_to_is_gone_with_the_process():
    said = subprocess.run([sys.executable, "-c", GONE], capture_output=True, text=True, check=True).stdout.strip()
    assert Path(said).is_absolute()
    assert not Path(said).exists()
