"""What is out of the ordinary about a source: silence, and deliveries of another size than the ones before. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Literal

LAST = 10  # deliveries of the same kind that the next one is held against
FEWEST = 3  # with fewer than these nothing is said
FLOOR = 10  # a median below this is chance: 3 rows instead of 0 mean nothing
SHRUNK, GROWN = 0.10, 11.0  # -90 % and +1,000 % of the median


@dataclass(frozen=True, slots=True)
class Unusual:
    """A delivery that is far from what its source gives; `kind` as an alarm names it."""

    kind: Literal["fewer", "more"]
    rows: int
    usual: int

    def sentence(self) -> str:
        """Why the delivery is held."""
        return (
            f"far {self.kind} rows than usual: {self.rows:,}, and the median of the last deliveries is {self.usual:,}"
        )


def judge(rows: int, *, before: Sequence[int]) -> Unusual | None:
    """What is unusual about a delivery of so many accepted rows after these, newest first; None when nothing is."""
    last = before[:LAST]
    if len(last) < FEWEST:
        return None
    usual = median(last)
    if usual >= FLOOR and rows <= SHRUNK * usual:
        return Unusual("fewer", rows, round(usual))
    if rows >= GROWN * max(usual, FLOOR):
        return Unusual("more", rows, round(usual))
    return None


def is_silent(*, last: datetime | None, since: datetime, hours: int | None, now: datetime) -> bool:
    """Whether a source has been quiet for longer than it should; one that never delivered counts from `since`."""
    return hours is not None and now - (last or since) > timedelta(hours=hours)


def health_of(*, paused: bool, delivered: bool, alarms: Sequence[str]) -> str:
    """One word for a source, the worst first: paused, failing, silent, new (nothing came yet), unusual, delivering."""
    if paused:
        return "paused"
    if "failing" in alarms:
        return "failing"
    if "silent" in alarms:
        return "silent"
    if not delivered:
        return "new"
    return "unusual" if {"fewer", "more"} & set(alarms) else "delivering"


HEALTH = ("delivering", "new", "unusual", "failing", "silent", "paused")
