"""From a delivery on the doorstep to the mail at the relay: how long the first, most and last recipient wait.

Two workers run all the time; a person approves as soon as the campaign stands there, and the approval is in the time.
The relay is on the same machine and takes everything. `python bench/time_to_tell.py 1000 10000` takes other sizes.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from send_messages import MISTHOORN, postgresql, sink

HERE = Path(__file__).parent
SIZES = (1_000, 10_000)
WORKERS = 2
LONGEST = 3_600  # seconds


def run(*sizes: int) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    figures = []
    for size in sizes or SIZES:
        with tempfile.TemporaryDirectory(prefix="misthoorn-bench-", ignore_cleanup_errors=True) as folder:
            figures += _figures("SQLite", Path(folder) / "sqlite", database="", size=size)
            with postgresql(Path(folder)) as url:
                figures += _figures("PostgreSQL", Path(folder) / "home", database=url, size=size)
    return figures


def _figures(name: str, home: Path, *, database: str, size: int) -> list[tuple[str, str, str, str]]:
    home.mkdir()
    with sink() as (port, _):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MISTHOORN_")} | {
            "MISTHOORN_HOME": str(home),
            "MISTHOORN_DATABASE": database,
            "MISTHOORN_SMTP": f"smtp://127.0.0.1:{port}?tls=none",
            "MISTHOORN_REACH_LIMIT": str(10**9),
        }

        def side(*arguments: object) -> str:
            command = [sys.executable, HERE / "_time_to_tell.py", *map(str, arguments)]
            return subprocess.check_output(command, env=environment, text=True)

        def ours(*arguments: str, said: str = "") -> None:
            subprocess.run(
                [MISTHOORN, *arguments], env=environment, check=True, input=said, text=True, stdout=subprocess.DEVNULL
            )

        ours("migrate")
        ours("admin", "create", "ada", "--name", "Ada", "--password-stdin", said="paard-batterij-nietje\n")
        ours("sources", "add", "scan", "--format", "events", "--tlp", "GREEN")
        side("fill", size, home / "events.csv")
        ours("worker", "--until-idle")  # the assets are matched
        workers = [subprocess.Popen([MISTHOORN, "worker"], env=environment) for _ in range(WORKERS)]
        try:
            ours("take-in", "scan", str(home / "events.csv"))
            ours("campaigns", "approve", _wait(lambda: side("proposed").strip()), "--by", "ada")
            seconds = _wait(lambda: _all(json.loads(side("told"))))
        finally:
            for one in workers:
                one.terminate()
            for one in workers:
                one.wait()
    assert len(seconds) == size, "not every organisation was told once"
    parts = [seconds[min(size - 1, size * share // 100)] for share in (50, 95, 99)]
    said = ", ".join(f"p{share} {part:.1f} s" for share, part in zip((50, 95, 99), parts, strict=True))
    return [
        (
            f"time to tell {size:,}, {name}",
            f"{seconds[-1]:.1f}",
            "s",
            f"the last; the first {seconds[0]:.1f} s, {said}; {WORKERS} workers, matching and approving in it",
        )
    ]


def _all(told: list) -> list[float]:
    count, seconds = told
    return seconds if count and len(seconds) == count else []


def _wait[T](ask: Callable[[], T]) -> T:
    until = time.monotonic() + LONGEST
    while not (found := ask()):
        assert time.monotonic() < until, "it did not come"
    return found


if __name__ == "__main__":
    for figure in run(*map(int, sys.argv[1:])):
        print(*figure, sep="\t")
