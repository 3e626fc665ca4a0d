from collections.abc import Iterator
from dataclasses import dataclass, field

# A relay that refuses so many in a row for good, and takes none, is set up wrongly: nobody's address is to blame.
MOST_REFUSALS = 50
_SHORTEST, _LONGEST = 0.5, 60.0
# A host of somebody else costs a whole deadline when it hangs: it is left alone for longer.
_SHORTEST_HOST, _LONGEST_HOST = 60.0, 3600.0
MOST_HOSTS = 100


@dataclass(slots=True)
class Pace:
    """How fast a worker may go: at most `rate` messages a minute (0: no limit), slower when the relay is in trouble.

    Moments are those of time.monotonic.
    """

    rate: int = 0
    shortest: float = _SHORTEST
    longest: float = _LONGEST
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
        seconds = min(self.shortest * 2.0 ** min(self._troubles, 20), self.longest)
        self._troubles += 1
        self._from = now + seconds
        return seconds

    def refused(self) -> bool:
        """One was refused for good; whether that has become too many to believe."""
        self._refusals += 1
        return self._refusals > MOST_REFUSALS

    @property
    def over(self) -> float:
        """When its rest is over."""
        return self._from


@dataclass(slots=True)
class Hosts:
    """The paces of hosts in trouble, by how the addresses on them begin (`https://host/`)."""

    _paces: dict[str, Pace] = field(default_factory=dict)

    def of(self, place: str) -> Pace:
        """The pace of this host. Of MOST_HOSTS in trouble, the one whose rest is over first is forgotten."""
        if place not in self._paces:
            if len(self._paces) >= MOST_HOSTS:
                del self._paces[min(self._paces, key=lambda one: self._paces[one].over)]
            self._paces[place] = Pace(shortest=_SHORTEST_HOST, longest=_LONGEST_HOST)
        return self._paces[place]

    def took(self, place: str) -> None:
        """It took one: its troubles are over."""
        self._paces.pop(place, None)

    def resting(self, now: float) -> Iterator[str]:
        """Those that are left alone."""
        return (place for place, pace in self._paces.items() if not pace.ready(now))


def place_of(address: str) -> str:
    """How every address on the same host begins; "" for what goes by our relay."""
    scheme, sign, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/" if sign else ""
