"""Messages composed, queued and handed to a relay on the same machine, beside a bare smtplib loop in the same run.

`python bench/send_messages.py 100000 1` takes other sizes: so many messages, so many rounds.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from _process import MISTHOORN
from _service import begun, on_both, printed_by

HERE = Path(__file__).parent
COUNT, ROUNDS = 8_000, 2
WORKERS = (1, 2)


def run(count: int = COUNT, rounds: int = ROUNDS) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    return on_both(partial(_figures, size=_Size(count, rounds)))


@contextmanager
def sink() -> Iterator[tuple[int, subprocess.Popen[str]]]:
    process = subprocess.Popen(
        [sys.executable, HERE / "_sink.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline()), process
    finally:
        process.kill()
        process.communicate()


def _taken(sink: subprocess.Popen[str]) -> int:
    assert sink.stdin is not None
    assert sink.stdout is not None
    sink.stdin.write("\n")
    sink.stdin.flush()
    return int(sink.stdout.readline())


def _figures(name: str, home: Path, database: str, *, size: "_Size") -> list[tuple[str, str, str, str]]:
    with sink() as (port, relay):
        environment = begun(home, DATABASE=database, SMTP=f"smtp://127.0.0.1:{port}?tls=none")

        def side(*arguments: object) -> float:
            return float(printed_by("_send_messages.py", *arguments, environment=environment).splitlines()[-1])

        side("prepare", size.count)
        rounds: dict[int, list[_Round]] = {workers: [] for workers in WORKERS}
        for _ in range(size.rounds):
            bare, before = side("bare", port), _taken(relay)
            for done, workers in enumerate(WORKERS, 1):
                rounds[workers].append(_Round(bare, side("queue"), _worked(workers, environment)))
                assert _taken(relay) - before == done * size.count, "not every message arrived once"
    bare = statistics.median(one.bare for one in rounds[1])
    return [
        (
            f"bare smtplib loop, {name}'s rounds",
            f"{size.count / bare:,.0f}",
            "messages/s",
            "composes, keeps its connection",
        ),
        *(figure for workers in WORKERS for figure in _of(f"{name}, {workers} at work", rounds[workers], size=size)),
    ]


class _Size(NamedTuple):
    count: int
    rounds: int


class _Round(NamedTuple):
    """Seconds."""

    bare: float
    queued: float
    worked: float


def _worked(workers: int, environment: dict[str, str]) -> float:
    """How long so many workers, as whole processes, take until nothing is left."""
    began = time.perf_counter()
    started = [subprocess.Popen([MISTHOORN, "worker", "--until-idle"], env=environment) for _ in range(workers)]
    assert [process.wait() for process in started] == [0] * workers
    return time.perf_counter() - began


def _of(name: str, rounds: list[_Round], *, size: _Size) -> list[tuple[str, str, str, str]]:
    queued, worked = (statistics.median(times) for times in list(zip(*rounds, strict=True))[1:])
    ratios = [one.bare / (one.queued + one.worked) for one in rounds]
    said = f"queueing {queued:.1f} s with composing, then whole processes {worked:.1f} s"
    return [
        (
            f"messages, {name}",
            f"{size.count / (queued + worked):,.0f}",
            "messages/s",
            f"{size.count:,} in {size.rounds} rounds; {said}",
        ),
        (f"messages, {name}, ratio", f"{statistics.median(ratios):.2f}", "x", f"of each round: {_list(ratios)}"),
    ]


def _list(ratios: list[float]) -> str:
    return ", ".join(f"{ratio:.2f}" for ratio in ratios)


if __name__ == "__main__":
    for figure in run(*map(int, sys.argv[1:])):
        print(*figure, sep="\t")
