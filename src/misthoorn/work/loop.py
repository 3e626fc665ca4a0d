"""The worker: does one thing after another until it is told to stop, or until nothing is left."""

import logging
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from django.db import DatabaseError, InterfaceError, connection

_log = logging.getLogger(__name__)

SHORTEST, LONGEST = 0.02, 1.0  # seconds between two looks when there is nothing to do
LONGEST_REST = 60.0  # seconds before a step that fails is tried again
GIVE_UP = 10  # with `until_idle`: a step that fails so often in a row won't get better by itself


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of work. `run` does one thing, or what fits in about a second, and says whether it did anything.

    `pending` says whether something is due or leased by anybody. `close` lets go of what `run` holds between calls.
    """

    name: str
    run: Callable[[], bool]
    pending: Callable[[], bool]
    close: Callable[[], None] = _nothing


class WorkFailedError(Exception):
    """A step failed again and again; the sentence names it and the last reason."""


@dataclass(slots=True)
class _Trouble:
    """How often a step failed in a row, and until when it rests (monotonic)."""

    times: int = 0
    until: float = 0.0
    last: str = ""


@dataclass(slots=True, kw_only=True)
class Worker:
    """Runs steps in turn. A step that fails rests for longer each time, and the others go on."""

    steps: Sequence[Step]
    until_idle: bool = False
    stopped: Callable[[], bool] = lambda: False
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    _troubles: dict[str, _Trouble] = field(default_factory=dict)

    def work(self) -> None:
        """Return when stopped, or with `until_idle` when nothing is due and nothing is leased by anybody.

        Raises:
            WorkFailedError: only with `until_idle`, when a step keeps failing.
        """
        pause = SHORTEST
        try:
            while not self.stopped():
                did = [self._run(step) for step in self.steps]  # each gets its turn, whatever the first ones did
                if any(did):
                    pause = SHORTEST
                elif self.until_idle and not any(self._pending(step) for step in self.steps):
                    return
                else:
                    self._wait(pause)
                    pause = min(pause * 1.5, LONGEST)
        finally:
            for step in self.steps:
                step.close()

    def _wait(self, seconds: float) -> None:
        end = self.monotonic() + seconds
        while not self.stopped() and (left := end - self.monotonic()) > 0:
            self.sleep(min(left, 0.2))

    def _run(self, step: Step) -> bool:
        trouble = self._troubles.setdefault(step.name, _Trouble())
        if self.stopped() or trouble.until > self.monotonic():
            return False
        did = self._guarded(step.run, step=step, trouble=trouble)
        if did is None:
            return False
        trouble.times = 0
        return did

    def _pending(self, step: Step) -> bool:
        trouble = self._troubles.setdefault(step.name, _Trouble())
        if trouble.times >= GIVE_UP:
            raise WorkFailedError(f"The step '{step.name}' failed {trouble.times} times in a row: {trouble.last}")
        return trouble.times > 0 or self._guarded(step.pending, step=step, trouble=trouble) is not False

    def _guarded(self, act: Callable[[], bool], *, step: Step, trouble: _Trouble) -> bool | None:
        """What the step says, or None when it failed."""
        try:
            return act()
        except Exception as error:  # noqa: BLE001  a worker outlives any mistake in one kind of work
            trouble.times += 1
            rest = min(0.25 * 2**trouble.times, LONGEST_REST)
            trouble.until = self.monotonic() + rest
            reason = f"{type(error).__name__}: {error}".strip()
            new = reason != trouble.last and not isinstance(error, DatabaseError | InterfaceError)
            trouble.last = reason
            _log.error("%s failed, again in %g s: %s", step.name, rest, reason, exc_info=new)
            if not connection.in_atomic_block:
                connection.close()
            return None


@contextmanager
def orderly_stop() -> Iterator[Callable[[], bool]]:
    """Gives a function that says whether to stop: after SIGTERM or SIGINT. A second signal stops at once."""
    asked = False

    def ask(number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
