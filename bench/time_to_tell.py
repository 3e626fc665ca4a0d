"""From a delivery on the doorstep to the mail at the relay: how long the first, most and last recipient wait.

Two workers run all the time; a person approves as soon as the campaign stands there, and the approval is in the time.
The relay is on the same machine and takes everything. `python bench/time_to_tell.py 1000 10000` takes other sizes.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from _process import MISTHOORN
from _service import begun, on_both, printed_by
from send_messages import sink

SIZES = (1_000, 10_000)
WORKERS = 2
LONGEST = 3_600  # seconds


def run(*sizes: int) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    return [figure for size in sizes or SIZES for figure in on_both(partial(_figures, size=size))]


def _figures(name: str, home: Path, database: str, *, size: int) -> list[tuple[str, str, str, str]]:
    with sink() as (port, _):
        relay = f"smtp://127.0.0.1:{port}?tls=none"
        environment = begun(home, DATABASE=database, SMTP=relay, REACH_LIMIT=str(10**9))
        side = partial(printed_by, "_time_to_tell.py", environment=environment)

        def ours(*arguments: str, said: str = "") -> None:
            subprocess.run(
                [MISTHOORN, *arguments], env=environment, check=True, input=said, text=True, stdout=subprocess.DEVNULL
            )

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
