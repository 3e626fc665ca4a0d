"""A whole country: 10 million events against 5 million networks and domains, Parquet in and Parquet out."""

import tempfile
import time
from pathlib import Path

import _country
import _process
import pyarrow as pa
import pyarrow.parquet as pq

from misthoorn.matching import engines
from misthoorn.matching.engines.duckdb import opened
from misthoorn.matching.events import COLUMNS
from misthoorn.matching.sql import events as sql
from misthoorn.matching.sql import keys

ASSETS, EVENTS = 5_000_000, 10_000_000
SAMPLE = 1_500  # assets and events that the oracle, which tries every pair, is asked about
AT_ONCE = 2_000_000


def command(*more: str, out: str = "matches.parquet") -> list[str]:
    files = ["--assets", "assets.parquet", "--events", "events.parquet", "--format", "events", "--out", out]
    return [_process.MISTHOORN, "match", *files, *more]


def read_events(folder: Path) -> pa.Table:
    events = pq.read_table(folder / "events.parquet", columns=list(COLUMNS[1:]))
    return events.append_column("row", pa.arange(0, events.num_rows))


def join(folder: Path, events: pa.Table) -> float:
    """Seconds for all batches of events with keys of assets that are loaded: from text to matches, in order."""
    with engines.named("duckdb")(assets=folder / "keys.parquet") as engine:
        engine.match_events(events.slice(0, 1)).read_all()
        started = time.perf_counter()
        for start in range(0, events.num_rows, AT_ONCE):
            for _ in engine.match_events(events.slice(start, AT_ONCE)):
                pass
        return time.perf_counter() - started


def lookup(folder: Path, events: pa.Table) -> tuple[float, float, int]:
    """Seconds until the keys of all events are there, and from then until every pair is; and how many pairs."""
    with opened(folder, memory="6GB") as duck:
        duck.execute("SET enable_progress_bar = false")
        duck.read_parquet(str(folder / "keys.parquet")).create_view("given")
        duck.execute(f"CREATE VIEW valid AS {keys.valid(None)}")
        for name, statement in (("asset_keys", keys.OF_EVENTS), ("spaces", sql.SPACES), ("depths", sql.DEPTHS)):
            duck.execute(f"CREATE TABLE {name} AS {statement}")
        duck.execute(sql.SUBSTRING_INDEX)
        duck.register("events", events)
        duck.execute(f"CREATE VIEW asns AS {sql.ASNS}")
        began = time.perf_counter()
        duck.execute(f"CREATE TABLE item_keys AS {sql.ITEM_KEYS} SELECT * FROM item_keys")
        cut = time.perf_counter()
        pairs = sum(batch.num_rows for batch in duck.sql(sql.JOIN.format(more="")).to_arrow_reader(100_000))
        return cut - began, time.perf_counter() - cut, pairs


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-") as name:
        folder = Path(name)
        _country.make(folder, assets=SAMPLE, events=SAMPLE)
        for engine in ("duckdb", "oracle"):
            _process.run(command("--engine", engine, out=f"{engine}.csv"), folder=folder)
        same = (folder / "duckdb.csv").read_bytes() == (folder / "oracle.csv").read_bytes()
        assert same, "DuckDB and the oracle differ"
        _country.make(folder, assets=ASSETS, events=EVENTS)
        whole = _process.run(command(), folder=folder)
        matches = pq.read_metadata(folder / "matches.parquet").num_rows
        ready = ["--assets", "assets.parquet", "--prepare", "keys.parquet"]
        prepared = _process.run([_process.MISTHOORN, "match", *ready], folder=folder)
        events = read_events(folder)
        joined = join(folder, events)
        cutting, looking, pairs = lookup(folder, events)
        assert pairs == matches, "the lookup finds other pairs than the match"
    what = f"{EVENTS:,} events × {ASSETS:,} networks and domains, {matches:,} matches, seed {_country.SEED}"
    return [
        ("match a country", f"{whole.seconds:.1f}", "s", f"{what}, Parquet in and out, with most_specific"),
        ("match a country, rows", f"{EVENTS / whole.seconds:,.0f}", "rows/s", "the same run"),
        ("match a country, memory", f"{whole.memory:,}", "MiB", "peak of the same run"),
        (
            "match a country, from text to matches",
            f"{EVENTS / joined:,.0f}",
            "rows/s",
            f"keys of assets loaded; {AT_ONCE:,} events at a time: their keys made, joined, most_specific, in order",
        ),
        (
            "match a country, keys of events",
            f"{EVENTS / cutting:,.0f}",
            "rows/s",
            "addresses and names as text cut into keys",
        ),
        (
            "match a country, lookup alone",
            f"{EVENTS / looking:,.0f}",
            "rows/s",
            f"keys of both sides in memory, until each of {pairs:,} pairs is there as Arrow, in any order",
        ),
        ("prepare the keys of a country", f"{prepared.seconds:.1f}", "s", f"{ASSETS:,} assets, sorted by key"),
        ("match a country, as the oracle", "identical", "", f"{SAMPLE:,} events × {SAMPLE:,} assets"),
    ]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
