"""The worker's share of insight: the ledger follows what happens."""

import time
from dataclasses import dataclass, field

from misthoorn.common import clock
from misthoorn.insight.ledger import collect
from misthoorn.notification.delivery.leases import pending
from misthoorn.work.loop import Step

EVERY, AT_LEAST = 60.0, 1.0  # seconds between two looks of a worker, without and with more to write down
MODEST = 20  # and while messages wait to be handed over, so many times as long as the look took


def rest(*, took: float, added: int, busy: bool) -> float:
    """Seconds until the next look, after one of so many seconds."""
    return max(AT_LEAST, MODEST * took * busy) if added else EVERY


@dataclass(slots=True)
class _Turn:
    next_look: float = field(default_factory=lambda: time.monotonic() + EVERY)

    def run(self) -> bool:
        """Write down what happened, now and then; whether there was anything."""
        began = time.monotonic()
        if began < self.next_look:
            return False
        added = collect(now=clock.now())
        ended = time.monotonic()
        self.next_look = ended + rest(took=ended - began, added=added, busy=pending())
        return added > 0


_turn = _Turn()

# Nothing waits for the ledger: a worker that is to end when all is done does not.
step = Step(name="ledger", run=_turn.run, pending=lambda: False)
