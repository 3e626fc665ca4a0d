"""The worker's share of what is told together, and of signs of life."""

import time
from dataclasses import dataclass, field

from misthoorn.common import clock
from misthoorn.notification.digests import queue
from misthoorn.triage.services.digests import tell_gathered
from misthoorn.triage.services.sign_of_life import tell_alive
from misthoorn.work.loop import Step

EVERY, OFTEN = 600.0, 5.0  # seconds between two looks: for signs of life, and for what is due or has ended


@dataclass(slots=True)
class _Turn:
    next_look: float = 0.0
    next_alive: float = field(default_factory=lambda: time.monotonic() + EVERY)

    def run(self) -> bool:
        """Make digests that are due, and see how earlier ones ended; now and then tell who heard nothing for long."""
        moment = time.monotonic()
        if moment < self.next_look:
            return False
        now = clock.now()
        done = tell_gathered(now=now) + queue.settle()
        if not done and moment >= self.next_alive:
            done = tell_alive(now=now)
            self.next_alive = moment + (0 if done else EVERY)
        self.next_look = moment + (0 if done else OFTEN)
        return done > 0


_turn = _Turn()
step = Step(name="digest", run=_turn.run, pending=lambda: queue.is_due(kind="digest", now=clock.now()))
