"""A whole country: 10 million events against 5 million networks and domains, Parquet in and Parquet out."""

import tempfile
import time
from pathlib import Path

import _country
import _process
import pyarrow as pa
import pyarrow.parquet as pq

from misthoorn.matching import engines
from misthoorn.matching.events import COLUMNS

ASSETS, EVENTS = 5_000_000, 10_000_000
SAMPLE = 1_500  # assets and events that the oracle, which tries every pair, is asked about
AT_ONCE = 2_000_000


def command(*more: str, out: str = "matches.parquet") -> list[str]:
    files = ["--assets", "assets.parquet", "--events", "events.parquet", "--format", "events", "--out", out]
    return [_process.MISTHOORN, "match", *files, *more]


def lookup(folder: Path) -> float:
    """Seconds for the join of all events with keys that are loaded, from addresses and names as text to matches."""
    events = pq.read_table(folder / "events.parquet", columns=list(COLUMNS[1:]))
    events = events.append_column("row", pa.arange(0, events.num_rows))
    with engines.named("duckdb")(assets=folder / "keys.parquet") as engine:
        engine.match_events(events.slice(0, 1)).read_all()
        started = time.perf_counter()
        for start in range(0, events.num_rows, AT_ONCE):
            for _ in engine.match_events(events.slice(start, AT_ONCE)):
                pass
        return time.perf_counter() - started


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
        seconds = lookup(folder)
    what = f"{EVENTS:,} events × {ASSETS:,} networks and domains, {matches:,} matches, seed {_country.SEED}"
    return [
        ("match a country", f"{whole.seconds:.1f}", "s", f"{what}, Parquet in and out, with most_specific"),
        ("match a country, rows", f"{EVENTS / whole.seconds:,.0f}", "rows/s", "the same run"),
        ("match a country, memory", f"{whole.memory:,}", "MiB", "peak of the same run"),
        ("match a country, lookup alone", f"{EVENTS / seconds:,.0f}", "rows/s", "keys loaded; from text to matches"),
        ("prepare the keys of a country", f"{prepared.seconds:.1f}", "s", f"{ASSETS:,} assets, sorted by key"),
        ("match a country, as the oracle", "identical", "", f"{SAMPLE:,} events × {SAMPLE:,} assets"),
    ]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
