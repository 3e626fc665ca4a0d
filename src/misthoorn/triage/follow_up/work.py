"""The worker's share of what follows: corrections to write, and a look at what went out."""

from misthoorn.common import clock
from misthoorn.triage.follow_up.corrections import release_corrections, to_release
from misthoorn.triage.follow_up.sweep import is_due, sweep
from misthoorn.work.loop import Step


def run() -> bool:
    """Write a piece of a correction, or look at a piece of what went out. True if there was something."""
    now = clock.now()
    return release_corrections(now=now) or sweep(now=now)


def _pending() -> bool:
    now = clock.now()
    return to_release() or is_due(now=now)


step = Step(name="follow", run=run, pending=_pending)
