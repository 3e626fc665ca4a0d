from dataclasses import dataclass

# A relay that refuses so many in a row for good, and takes none, is set up wrongly: nobody's address is to blame.
MOST_REFUSALS = 50
_SHORTEST, _LONGEST = 0.5, 60.0


@dataclass(slots=True)
class Pace:
    """How fast a worker may go: at most `rate` messages a minute (0: no limit), slower when the relay is in trouble.

    Moments are those of time.monotonic.
    """

    rate: int = 0
    _from: float = 0.0
    _troubles: int = 0
    _refusals: int = 0

    def ready(self, now: float) -> bool:
        """Whether the next message may be taken."""
        return now >= self._from

    def took(self, now: float) -> None:
        """One was handed over."""
        self._troubles = self._refusals = 0
        if self.rate:
            self._from = now + 60 / self.rate

    def rest(self, now: float) -> float:
        """The relay is in trouble: how many seconds to leave it alone, longer each time."""
        seconds = min(_SHORTEST * 2.0 ** min(self._troubles, 20), _LONGEST)
        self._troubles += 1
        self._from = now + seconds
        return seconds

    def refused(self) -> bool:
        """One was refused for good; whether that has become too many to believe."""
        self._refusals += 1
        return self._refusals > MOST_REFUSALS
