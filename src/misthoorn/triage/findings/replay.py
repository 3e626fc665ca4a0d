"""What would be known of a host if the assets that are there now had always been there. Pure.

When an asset of an organisation changed, the deliveries of the last days are gone through again for the hosts that it
concerns, in the order in which they came, with the same rules as when they did (triage.lifecycle). What comes out is
the same whenever, and however often, it is done: so it is compared with what is known, and never added to it.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from misthoorn.triage.findings.lifecycle import Absence, when_absent
from misthoorn.triage.findings.sightings import Sighting


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch of events: by whom, of what kind, how new its newest event is (None: it holds none), what it covered."""

    batch: int
    source: int
    slug: str
    kind: str
    looked_at: datetime | None
    needed: int
    covers: Callable[[str, str], bool]


@dataclass(slots=True)
class Replayed:
    """What became of one host: its sightings, in the order of their deliveries, and how often it was missed since."""

    source: int
    sightings: list[Sighting]
    absences: int = 0
    last_absent_batch: int = 0
    gone_because: str = ""
    gone_in: int = 0  # the batch that missed it last, where it is gone
    reopened: int = 0

    @property
    def open(self) -> bool:
        """Whether it is there."""
        return not self.gone_because

    @property
    def first_seen(self) -> datetime:
        """The time of the oldest event."""
        return min(one.first_seen for one in self.sightings)

    @property
    def last_seen(self) -> datetime:
        """The time of the newest event."""
        return max(one.last_seen for one in self.sightings)

    @property
    def times(self) -> int:
        """How many events it were."""
        return sum(one.times for one in self.sightings)

    def see(self, sighting: Sighting) -> None:
        """It was seen once more, or told of once more."""
        if not self.open and sighting.last_seen <= self.last_seen:
            return
        self.sightings.append(sighting)
        self.reopened += not self.open
        self.absences, self.gone_because, self.gone_in = 0, "", 0

    def miss(self, delivery: Delivery, *, like: Collection[int]) -> None:
        """It was not seen in a delivery; `like`: the batches of the same kind."""
        if not self.open or delivery.source != self.source or delivery.looked_at is None:
            return
        last = self.sightings[-1]
        absences = when_absent(
            Absence(self.absences, self.last_seen, self.last_absent_batch),
            batch=delivery.batch,
            looked_at=delivery.looked_at,
            covered=last.batch in like and delivery.covers(last.subject, last.observed),
            needed=delivery.needed,
        )
        if absences is not None:
            self.absences, self.last_absent_batch = absences, delivery.batch
            if absences >= delivery.needed:
                self.gone_because, self.gone_in = gone_because(delivery.slug, absences), delivery.batch


LOOKED_AGAIN = "looked again and no longer saw it"  # by these words it is told from what ended for another reason


def gone_because(slug: str, absences: int) -> str:
    """The sentence on a finding that a source no longer sees."""
    return f"{slug} {LOOKED_AGAIN} ({absences} of {absences})"


def replay(
    sightings: Iterable[Sighting], *, deliveries: Sequence[Delivery], source: int | None = None
) -> Replayed | None:
    """Go through deliveries in order, with what was seen of one host in each; None when it was never seen.

    Only the source that saw it first can say that it is gone: that of the first sighting, or `source`, where it was
    seen before all of these.
    """
    seen = {sighting.batch: sighting for sighting in sightings}
    like: dict[str, set[int]] = {}
    for delivery in deliveries:
        like.setdefault(delivery.kind, set()).add(delivery.batch)
    found: Replayed | None = None
    for delivery in deliveries:
        sighting = seen.get(delivery.batch)
        if sighting is None:
            if found is not None:
                found.miss(delivery, like=like[delivery.kind])
        elif found is None:
            found = Replayed(sighting.source if source is None else source, [sighting])
        else:
            found.see(sighting)
    return found
