"""The worker's share of look-ups: one at a time in a thread of its own, so that a slow server makes nothing late."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connections

from misthoorn.common import clock
from misthoorn.constituency.lookups.client import Internet
from misthoorn.constituency.lookups.queue import LEASE, QUEUES, do_lookup, is_pending, take_turn
from misthoorn.work.leases import Claim, claim, pending, take_back
from misthoorn.work.loop import Step
from misthoorn.work.outside.pinned import Guard

LET_END = 15.0  # seconds in which a look-up may end in order when the worker stops

_log = logging.getLogger(__name__)


def internet(stopped: Callable[[], bool] = lambda: False) -> Internet:
    """Asks as the settings say."""
    return Internet(guard=Guard(inside=settings.FETCH_INSIDE), folder=Path(settings.HOME) / "lookups", stopped=stopped)


def take() -> tuple[str, Claim] | None:
    """A look-up that is due and whose turn it is, in our hands; None where there is none."""
    for kind, queue in QUEUES.items():
        take_back(queue)
        if pending(queue) and take_turn(kind) and (held := claim(queue, lease=LEASE)):
            return kind, held
    return None


class Looking:
    """The look-up of this process."""

    def __init__(self) -> None:
        self.thread: threading.Thread | None = None
        self.stop = threading.Event()

    def run(self) -> bool:
        """Begin one, if none is going on. True if there was one to begin."""
        self.stop.clear()
        if self.thread is not None and self.thread.is_alive():
            return False
        if (found := take()) is None:
            return False
        self.thread = threading.Thread(target=self._look_up, args=found, name="look-up", daemon=True)
        self.thread.start()
        return True

    def _look_up(self, kind: str, held: Claim) -> None:
        try:
            do_lookup(held, kind=kind, asker=internet(self.stop.is_set), now=clock.now())
        except Exception:  # noqa: BLE001  its lease runs out, and it is tried again
            _log.exception("look-up %d could not be written down", held.id)
        finally:
            connections.close_all()

    def close(self) -> None:
        """Let what is going on end in order; what does not is taken up by another worker."""
        self.stop.set()
        if self.thread is not None:
            self.thread.join(LET_END)


_looking = Looking()
step = Step(name="look up", run=_looking.run, pending=is_pending, close=_looking.close)
