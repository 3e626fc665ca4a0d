"""A small delivery against a country: 1,000 events and the 5,000,000 assets in the service's own database.

What is measured is the match as a worker does it, from the claimed row to the findings and the campaign: the keys that
the delivery can meet, the join, the findings. The keys stand ready; making their snapshot the first time is told apart.
"""

import json
import statistics
import sys
from functools import partial
from pathlib import Path

from _service import begun, on_both, printed_by

ASSETS = 5_000_000


def run(assets: int = ASSETS) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    return on_both(partial(_figures, assets=assets))


def _figures(name: str, home: Path, database: str, *, assets: int) -> list[tuple[str, str, str, str]]:
    side = partial(printed_by, "_small_batch.py", environment=begun(home, DATABASE=database))
    side("fill", assets, home)
    told = json.loads(side("measure", home).splitlines()[-1])
    seconds = told["seconds"]
    warm = f"{len(seconds)} rounds of a warm process, the slowest {max(seconds):.2f} s"
    made = f"once, when there is none: all keys out of the database, {told['bytes'] / 2**20:,.0f} MiB of files"
    return [
        (
            f"small batch, {name}",
            f"{statistics.median(seconds):.2f}",
            "s",
            f"1,000 events × {assets:,} assets, some 500 findings opened; {warm}",
        ),
        (
            f"small batch, {name}, snapshot",
            f"{told['snapshot']:.0f}",
            "s",
            made,
        ),
        (
            f"small batch, {name}, memory",
            f"{told['memory']:,}",
            "MiB",
            f"peak of the process; {told['snapshot_memory']:,} MiB of it while the snapshot was made",
        ),
    ]


if __name__ == "__main__":
    for figure in run(*map(int, sys.argv[1:])):
        print(*figure, sep="\t")
