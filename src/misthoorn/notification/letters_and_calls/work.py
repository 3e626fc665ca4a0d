"""The worker's share of what people tell: it prints batches of letters, and lets go of what nobody took in time."""

import logging
import time
from dataclasses import dataclass, field

from misthoorn.common import clock
from misthoorn.notification.letters_and_calls.completion import expire
from misthoorn.notification.letters_and_calls.letter_files import LetterError, next_to_print, print_more
from misthoorn.work.loop import Step

EVERY = 60.0  # seconds between two looks for what is too late
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Turn:
    next_look: float = 0.0
    # A batch that this worker can't print is tried again by the next one that is started.
    skipped: set[int] = field(default_factory=set)

    def run(self) -> bool:
        """Print a piece of the oldest batch that is not ready; whether there was one, or something was too late."""
        expired = 0
        if time.monotonic() >= self.next_look:
            self.next_look = time.monotonic() + EVERY
            expired = expire(now=clock.now())
        batch = next_to_print()
        if batch is None or batch in self.skipped:
            return expired > 0
        try:
            print_more(batch)
        except LetterError as error:
            self.skipped.add(batch)
            _log.warning("batch %d of letters is not printed: %s", batch, error)
            return expired > 0
        return True


# A person is waiting for it, and nothing else: a worker that is to end when all is done does not stay for it.
step = Step(name="print", run=_Turn().run, pending=lambda: False)
