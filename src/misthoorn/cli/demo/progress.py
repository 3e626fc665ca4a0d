"""Bars on standard error while the demo works, where a person can see them; and how long each step took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Steps:
    """Counts the seconds of each step, and shows its progress."""

    def __init__(self, *, shown: bool) -> None:
        self.seconds: dict[str, float] = {}
        self._began = time.monotonic()
        self._bars = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=not shown,
        )

    @contextmanager
    def all(self) -> Iterator[None]:
        """All steps happen inside this block."""
        with self._bars:
            yield
        self.seconds["total"] = round(time.monotonic() - self._began, 2)

    @contextmanager
    def step(self, name: str, told: str) -> Iterator["Bar"]:
        """One step: its name in `seconds`, and what a person reads beside the bar."""
        began = time.monotonic()
        bar = Bar(self._bars, self._bars.add_task(told, total=None))
        yield bar
        self.seconds[name] = round(time.monotonic() - began, 2)
        bar.at(bar.total, bar.total)


class Bar:
    """The bar of one step."""

    def __init__(self, bars: Progress, task: TaskID) -> None:
        self._bars, self._task = bars, task
        self.total = 1.0

    def at(self, done: float, total: float) -> None:
        """So much is done, of so much."""
        self.total = max(total, 1.0)
        self._bars.update(self._task, completed=done, total=self.total)
