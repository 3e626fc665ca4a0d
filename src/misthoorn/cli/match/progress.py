"""How far a long match is, on stderr where that is a terminal; nothing otherwise."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Watch:
    """One bar for what is read last; the text beside it counts."""

    def __init__(self) -> None:
        self._bars = _bars() if sys.stderr.isatty() else None
        self._tasks: dict[str, TaskID] = {}

    @contextmanager
    def on(self) -> Iterator["Watch"]:
        """The bars are there in this block, and gone after it."""
        with self._bars or nullcontext():
            yield self

    def at(self, what: str, count: int, *, stream: IO[bytes] | None = None) -> None:
        """So many are done; how much that is of all follows from the place in the stream, where it has a length."""
        if self._bars is None:
            return
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=_length(stream))
        task = self._tasks[what]
        done = stream.tell() if stream and self._bars.tasks[task].total else None
        self._bars.update(task, description=f"{what} {count:,}", completed=done)


def _bars() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _length(stream: IO[bytes] | None) -> int | None:
    if stream is None or not stream.seekable():
        return None
    return os.fstat(stream.fileno()).st_size
