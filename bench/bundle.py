"""The list of a day for an owner of networks: 10,000 and 100,000 findings, from the tables to the message and files.

Each size is a process of its own on a database of its own, so that memory is that of one bundle.
"""

import json
import tempfile
from functools import partial
from pathlib import Path

from _service import begun, postgresql, printed_by

SIZES = (10_000, 100_000)


def run(sizes: tuple[int, ...] = SIZES) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-", ignore_cleanup_errors=True) as folder:
        figures = [one for size in sizes for one in _figures("SQLite", Path(folder) / f"sqlite-{size}", size=size)]
        with postgresql(Path(folder)) as url:
            return figures + _figures("PostgreSQL", Path(folder) / "home", size=max(sizes), database=url)


def _figures(name: str, home: Path, *, size: int, database: str = "") -> list[tuple[str, str, str, str]]:
    side = partial(printed_by, "_bundle.py", environment=begun(home, DATABASE=database))
    side("fill", size)
    told = json.loads(side("measure").splitlines()[-1])
    files = ", ".join(f"{one} {size / 1e6:.1f} MB" for one, size in told["files"].items())
    return [
        (
            f"bundle, {size:,} lines, {name}",
            f"{told['seconds']:.1f}",
            "s",
            f"one process, {told['cpu']:.1f} s of it at work: {files}",
        ),
        (
            f"bundle, {size:,} lines, {name}, memory",
            f"{told['memory']:,}",
            "MiB",
            f"the most that the process held; {told['before']:,} MiB before the first line",
        ),
    ]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
