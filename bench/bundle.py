"""The list of a day for an owner of networks: 10,000 and 100,000 findings, from the tables to the message and files.

Each size is a process of its own on a database of its own, so that memory is that of one bundle.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from send_messages import MISTHOORN, postgresql

HERE = Path(__file__).parent
SIZES = (10_000, 100_000)


def run(sizes: tuple[int, ...] = SIZES) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-", ignore_cleanup_errors=True) as folder:
        figures = [one for size in sizes for one in _figures("SQLite", Path(folder) / f"sqlite-{size}", size=size)]
        with postgresql(Path(folder)) as url:
            return figures + _figures("PostgreSQL", Path(folder) / "home", size=max(sizes), database=url)


def _figures(name: str, home: Path, *, size: int, database: str = "") -> list[tuple[str, str, str, str]]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MISTHOORN_")} | {
        "MISTHOORN_HOME": str(home),
        "MISTHOORN_DATABASE": database,
    }

    def side(*arguments: object) -> str:
        command = [sys.executable, HERE / "_bundle.py", *map(str, arguments)]
        return subprocess.check_output(command, env=environment, text=True)

    home.mkdir()
    subprocess.run([MISTHOORN, "migrate"], env=environment, check=True, stderr=subprocess.DEVNULL)
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
