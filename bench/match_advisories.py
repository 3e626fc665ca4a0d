"""Advisories against a million installed products: one, a hundred new ranges, and all of three years of CVE records."""

import gzip
import json
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import _process
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from misthoorn.formats.advisories import cve5
from misthoorn.matching import engines, versions
from misthoorn.matching.advisories import item_table
from misthoorn.matching.inventory.assets import AssetError, normalise_asset

SEED = 20261124
PRODUCTS, ORGANISATIONS, DIFFERENT = 1_000_000, 50_000, 94_000
NEW_RANGES = 100
RANGES = 96_084
DATA = Path(os.environ.get("MISTHOORN_TEST_DATA") or Path(__file__).parents[2] / "shared") / "data/cve"
FILES = [DATA / f"{year}.jsonl.gz" for year in (2021, 2023, 2024)]


def products(advisories: list, random: Random) -> list[tuple[str, str]]:
    """CPE names with versions that the records name themselves, so that ranges are met at their ends."""
    found: dict[tuple[str, str], None] = {}
    for advisory in advisories:
        for affected in advisory.affected:
            bounds = {bound for one in affected.statements for bound in (one.low, one.high)}
            for text in affected.cpes[:2]:
                try:
                    normal = normalise_asset(kind="product", value=text)
                except AssetError:
                    continue
                for bound in sorted(bounds)[:8]:
                    if versions.valid("generic", bound):
                        found[normal.value, bound] = None
    return random.sample(sorted(found), min(DIFFERENT, len(found)))


def make(folder: Path, advisories: list, random: Random) -> int:
    """Writes assets.parquet; how many different products there are."""
    different = products(advisories, random)
    chosen = random.choices(different, k=PRODUCTS)
    table = pa.table(
        {
            "organisation": [f"org-{random.randrange(ORGANISATIONS)}" for _ in chosen],
            "asset": [f"asset-{number}" for number in range(PRODUCTS)],
            "kind": ["product"] * PRODUCTS,
            "value": [value for value, _ in chosen],
            "version": [version for _, version in chosen],
        }
    )
    pq.write_table(table, folder / "assets.parquet")
    return len(set(chosen))


def middle(work: Callable[[], object], times: int = 3) -> float:
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return sorted(seconds)[times // 2]


HITS = """
SELECT COUNT(*) FROM (SELECT DISTINCT space, key, lo, hi FROM asset_keys WHERE key IN (SELECT key FROM items)) AS a
JOIN items AS i ON a.space = i.space AND a.key = i.key AND a.lo <= i.hi AND i.lo <= a.hi
"""


def count(keys: Path, items: pa.Table) -> int:
    """How many of these ranges hold how many different products: the join at the heart of matching advisories."""
    with duckdb.connect(config={"threads": 2}) as duck:
        duck.read_parquet(str(keys)).create_view("asset_keys")
        duck.register("items", items)
        return duck.execute(HITS).fetchall()[0][0]


def read() -> list:
    found = []
    for file in FILES:
        with file.open("rb") as stream:
            for chunk in cve5.read(stream, name=file.name, now=datetime.now(UTC), fold=False):
                found += chunk.advisories
    return found


def one_record(folder: Path, advisories: list, random: Random) -> None:
    """A record that names its products by CPE, as a file by itself."""
    wanted = random.choice([one.identifier for one in advisories if any(affected.cpes for affected in one.affected)])
    for file in FILES:
        with gzip.open(file, "rt") as lines:
            for line in lines:
                if json.loads(line)["cveMetadata"]["cveId"] == wanted:
                    (folder / "one.json").write_text(line)
                    return


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure; none when the data is not there."""
    if not all(file.exists() for file in FILES):
        return []
    random, advisories = Random(SEED), read()
    items, _ = item_table(advisories)
    some = items.take(sorted(random.sample(range(items.num_rows), NEW_RANGES)))
    many = items.take(sorted(random.sample(range(items.num_rows), min(RANGES, items.num_rows))))
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-") as name:
        folder = Path(name)
        different = make(folder, advisories, random)
        one_record(folder, advisories, random)
        prepare = [_process.MISTHOORN, "match", "--assets", "assets.parquet", "--prepare", "keys.parquet"]
        prepared = _process.run(prepare, folder=folder)
        match = [_process.MISTHOORN, "match", "--assets", "keys.parquet", "--format", "cve5", "--out", "m.parquet"]
        one = sorted(_process.run([*match, "--advisories", "one.json"], folder=folder).seconds for _ in range(3))[1]
        every = _process.run([*match, "--advisories", *map(str, FILES)], folder=folder)
        matches = pq.read_metadata(folder / "m.parquet").num_rows
        with engines.named("duckdb")(assets=folder / "keys.parquet") as engine:
            few = middle(lambda: engine.match_advisories(some).read_all())
        hits = middle(lambda: count(folder / "keys.parquet", many))
    inventory = f"{PRODUCTS:,} installed products, {different:,} different"
    return [
        (f"{NEW_RANGES} new ranges, the join", f"{few:.3f}", "s", f"{inventory}; keys prepared; matches in order"),
        ("one advisory, as a command", f"{one:.2f}", "s", "the same; from start to file, median of 3"),
        (f"{many.num_rows:,} ranges, each different product", f"{hits:.2f}", "s", "distinct first; matches counted"),
        (
            f"{len(advisories):,} advisories, as a command",
            f"{every.seconds:.1f}",
            "s",
            f"{matches:,} matches in a file",
        ),
        ("the same, memory", f"{every.memory:,}", "MiB", "peak"),
        ("prepare the keys", f"{prepared.seconds:.1f}", "s", inventory),
    ]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
