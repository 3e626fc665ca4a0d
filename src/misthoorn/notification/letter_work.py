"""The worker's share of letters: it prints batches, some letters at a time between other work."""

import logging

from misthoorn.notification.channels.letter.printing import PrintError
from misthoorn.notification.letter_files import LetterError, next_to_print, print_more
from misthoorn.work.loop import Step

_log = logging.getLogger(__name__)
_skipped: set[int] = set()  # of this worker: a batch that can't be printed is tried again by the next one


def _run() -> bool:
    """Print a piece of the oldest batch that is not ready; whether there was one."""
    batch = next_to_print()
    if batch is None or batch in _skipped:
        return False
    try:
        print_more(batch)
    except (PrintError, LetterError) as error:
        _skipped.add(batch)
        _log.warning("batch %d of letters is not printed: %s", batch, error)
        return False
    return True


# A person is waiting for it, and nothing else: a worker that is to end when all is done does not stay for it.
step = Step(name="print", run=_run, pending=lambda: False)
