"""The worker's share of comparisons: ended in time, stopped when one does harm, and counted when they are over."""

import time
from dataclasses import dataclass, field

from misthoorn.common import clock
from misthoorn.insight.trials import keep_results
from misthoorn.notification.trials.services import look_at_trials
from misthoorn.work.loop import Step

EVERY = 60.0  # seconds between two looks of a worker


@dataclass(slots=True)
class _Turn:
    next_look: float = field(default_factory=lambda: time.monotonic() + EVERY)

    def run(self) -> bool:
        """Look at all trials, now and then; whether anything changed."""
        if time.monotonic() < self.next_look:
            return False
        self.next_look = time.monotonic() + EVERY
        now = clock.now()
        changed = look_at_trials(now=now)
        return keep_results(now=now) + changed > 0


_turn = _Turn()

# Nothing waits for it: a worker that is to end when all is done does not.
step = Step(name="trials", run=_turn.run, pending=lambda: False)
