"""The worker's share of fetching: each fetch in a thread of its own, so that a slow server makes nothing else late."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from django.conf import settings
from django.db import connections

from misthoorn.common import clock
from misthoorn.intake.services import sources_trial as trials
from misthoorn.intake.services.sources_fetch import LEASE, QUEUE, do_fetch, is_due, make_due, set_aside
from misthoorn.intake.services.sources_health import look_for_silence
from misthoorn.work.leases import Claim, claim, pending, take_back
from misthoorn.work.loop import Step

LOOK = 60.0  # seconds between two looks for silence
LET_END = 15.0  # seconds in which a fetch may end in order when the worker stops


class Do(Protocol):
    """What is done with a row in our hands, until we are asked to stop."""

    def __call__(self, held: Claim, /, *, stopped: Callable[[], bool]) -> object: ...


_log = logging.getLogger(__name__)


class Fetching:
    """The fetches of this process."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.threads: list[threading.Thread] = []
        self.stop = threading.Event()
        self.monotonic = monotonic
        self._next_look = 0.0

    def run(self) -> bool:
        """Make what is due, begin as many fetches as there is room for. True if there was something."""
        self.stop.clear()
        self.threads = [one for one in self.threads if one.is_alive()]
        if self.monotonic() >= self._next_look:
            self._next_look = self.monotonic() + LOOK
            look_for_silence(now=clock.now())
        did = is_due(now=clock.now()) and make_due(now=clock.now()) > 0
        for lost in take_back(QUEUE):
            if lost.aside:
                set_aside(Claim(lost.id, lost.attempt), sentence="The process that fetched this died several times.")
        for lost in take_back(trials.QUEUE):
            if lost.aside:
                trials.set_trial_aside(Claim(lost.id, lost.attempt))
        if len(self.threads) <= settings.FETCH_PARALLEL and (held := claim(trials.QUEUE, lease=trials.LEASE)):
            self._begin(trials.do_trial, held)  # a person waits: there is room for one beside the fetches
            did = True
        while len(self.threads) < settings.FETCH_PARALLEL and (held := claim(QUEUE, lease=LEASE)):
            self._begin(do_fetch, held)
            did = True
        return did

    def _begin(self, do: "Do", held: Claim) -> None:
        thread = threading.Thread(target=self._do, args=(do, held), name=f"fetch-{held.id}", daemon=True)
        self.threads.append(thread)
        thread.start()

    def _do(self, do: "Do", held: Claim) -> None:
        try:
            do(held, stopped=self.stop.is_set)
        except Exception:  # noqa: BLE001  its lease runs out, and it is tried again
            _log.exception("fetch %d could not be written down", held.id)
        finally:
            connections.close_all()

    def pending(self) -> bool:
        """Whether something is due, or in somebody's hands."""
        return is_due(now=clock.now()) or pending(QUEUE) or pending(trials.QUEUE)

    def close(self) -> None:
        """Let the fetches end in order; what does not is taken up by another worker when its lease has run out."""
        self.stop.set()
        until = self.monotonic() + LET_END
        for thread in self.threads:
            thread.join(max(0.0, until - self.monotonic()))


_fetching = Fetching()
step = Step(name="fetch", run=_fetching.run, pending=_fetching.pending, close=_fetching.close)
