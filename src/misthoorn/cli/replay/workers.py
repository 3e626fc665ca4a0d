"""Workers of a replay: processes of their own, as a service has them, that work at the story's time until all is done.

Each reads an offset of the clock (seconds) from its standard input, works until nothing is left, says so, and waits
for the next.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from select import select

from misthoorn.cli import Failure

STEPS = (
    "misthoorn.intake.work.step",
    "misthoorn.triage.work.step",
    "misthoorn.triage.follow_up.work.step",
    "misthoorn.triage.broadcast_work.step",
    "misthoorn.triage.digest_work.step",
    "misthoorn.notification.work.step",
)
_IDLE = b"idle\n"
_LOOK = 5.0  # seconds between two looks at how far they are: each counts all messages

type _Process = subprocess.Popen[bytes]


class Hands:
    """So many workers, that work when they are told to."""

    def __init__(self, workers: Sequence[_Process]) -> None:
        self._workers = workers

    def work(self, *, offset: timedelta, watch: Callable[[], None] = lambda: None) -> None:
        """Let all of them work until nothing is left.

        Raises:
            Failure: one of them ended.
        """
        for one in self._workers:
            assert one.stdin is not None  # noqa: S101  it was asked for
            with suppress(BrokenPipeError):
                one.stdin.write(f"{offset.total_seconds()}\n".encode())
                one.stdin.flush()
        busy = [one.stdout for one in self._workers if one.stdout]
        while busy:
            said, _, _ = select(busy, [], [], _LOOK)
            for stream in said:
                if stream.readline() != _IDLE:
                    raise Failure("A worker of the replay ended. What it said stands above.")
                busy.remove(stream)
            watch()


@contextmanager
def hands(count: int) -> Iterator[Hands]:
    """Start so many workers, with the settings that stand in the environment; they end with this block."""
    command = [sys.executable, "-m", "misthoorn.cli.replay.workers"]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)  # noqa: S603  our own
        for _ in range(count)
    ]
    try:
        yield Hands(workers)
    finally:
        for one in workers:
            one.terminate()
            one.communicate()


def main() -> None:
    """Work whenever standard input names an offset."""
    from misthoorn.cli import set_up_django

    set_up_django()
    from django.utils.module_loading import import_string

    from misthoorn.common import clock
    from misthoorn.work.loop import Worker

    steps = [import_string(name) for name in STEPS]
    parent = os.getppid()
    for line in iter(sys.stdin.readline, ""):
        clock.set_offset(timedelta(seconds=float(line)))
        Worker(steps=steps, until_idle=True, stopped=lambda: os.getppid() != parent, sleep=time.sleep).work()
        sys.stdout.buffer.write(_IDLE)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
