"""The worker's share of insight: the ledger follows what happens."""

import time
from dataclasses import dataclass, field

from misthoorn.common import clock
from misthoorn.insight.ledger import collect
from misthoorn.work.loop import Step

EVERY, AT_LEAST = 60.0, 1.0  # seconds between two looks of a worker, without and with more to write down


@dataclass(slots=True)
class _Turn:
    next_look: float = field(default_factory=lambda: time.monotonic() + EVERY)

    def run(self) -> bool:
        """Write down what happened, now and then; whether there was anything."""
        if time.monotonic() < self.next_look:
            return False
        added = collect(now=clock.now())
        self.next_look = time.monotonic() + (AT_LEAST if added else EVERY)
        return added > 0


_turn = _Turn()

# Nothing waits for the ledger: a worker that is to end when all is done does not.
step = Step(name="ledger", run=_turn.run, pending=lambda: False)
