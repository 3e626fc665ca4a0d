"""How long it takes until a warning helped. Pure.

Kaplan and Meier (1958), with Greenwood's variance and confidence bands on the log(-log) scale (Kalbfleisch and
Prentice, 2002, section 1.4); cumulative incidence of competing events after Aalen and Johansen (1978).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

type Ending = Literal["fixed", "other", ""]
"""How it ended: fixed; by another event, after which it can't be fixed any more; or not at all by now."""

Z95 = 1.959963984540054  # of the normal distribution, two-sided


@dataclass(frozen=True, slots=True)
class Span:
    """How many days something was watched from its warning on, and how that ended."""

    days: float
    ending: Ending


@dataclass(frozen=True, slots=True)
class Point:
    """From this day on: the share that is still open, with its 95 % band, and how many were watched just before.

    `fixed` and `other` are the shares that ended so by this day, in a world in which both can happen.
    """

    day: float
    open: float
    low: float
    high: float
    at_risk: int
    fixed: float
    other: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Steps in the order of days; the first is day 0, with everything open. `watched`: how many longer than that."""

    points: tuple[Point, ...]
    count: int
    ended: int
    watched: int

    def at(self, day: float) -> Point | None:
        """How it stands on this day; None after the last day on which anything was watched."""
        if not self.count or day > self.last:
            return None
        return [point for point in self.points if point.day <= day][-1]

    @property
    def last(self) -> float:
        """The last day that anything was watched."""
        return self.points[-1].day

    def median(self) -> float | None:
        """The first day on which at most half is open; None when that was not reached."""
        return next((point.day for point in self.points if point.open <= 0.5), None)  # noqa: PLR2004  a half


def curve(spans: Iterable[Span]) -> Curve:
    """The remediation curve of what was warned about. What ended another way counts as no longer watched.

    At one and the same moment what ended goes before what was only watched so long. A last point stands at the last
    moment that anything was watched.
    """
    ordered = sorted(spans, key=lambda span: span.days)
    points = [Point(0.0, 1.0, 1.0, 1.0, len(ordered), 0.0, 0.0)]
    alive, free, greenwood, fixed, other = 1.0, 1.0, 0.0, 0.0, 0.0
    at_risk = len(ordered)
    for day, same in _by_day(ordered):
        helped = sum(span.ending == "fixed" for span in same)
        gone = sum(span.ending == "other" for span in same)
        if helped or gone:
            fixed += free * helped / at_risk
            other += free * gone / at_risk
            free *= 1 - (helped + gone) / at_risk
            alive *= 1 - helped / at_risk
            greenwood += helped / (at_risk * (at_risk - helped)) if at_risk > helped else math.inf if helped else 0.0
            points.append(Point(day, alive, *_band(alive, greenwood), at_risk, fixed, other))
        at_risk -= len(same)
    if ordered and ordered[-1].days > points[-1].day:
        last = points[-1]
        points.append(Point(ordered[-1].days, last.open, last.low, last.high, 0, last.fixed, last.other))
    return Curve(
        tuple(points),
        count=len(ordered),
        ended=sum(span.ending == "fixed" for span in ordered),
        watched=sum(span.days > 0 for span in ordered),
    )


def _by_day(ordered: Sequence[Span]) -> Iterable[tuple[float, list[Span]]]:
    at = 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end].days == ordered[at].days:
            end += 1
        yield ordered[at].days, list(ordered[at:end])
        at = end


def _band(alive: float, greenwood: float) -> tuple[float, float]:
    """The 95 % band; where nothing or everything is left, there is none to be had, and it is the estimate itself."""
    if not 0 < alive < 1 or not math.isfinite(greenwood):
        return alive, alive
    reach = Z95 * math.sqrt(greenwood) / math.log(alive)
    bounds = (alive ** math.exp(reach), alive ** math.exp(-reach))
    return min(bounds), max(bounds)


def open_days(found: Curve, *, upto: float) -> float:
    """The days that one of them is open on average within the first `upto` days: the area under the curve.

    What was not watched so long is taken to stay as it was last seen.
    """
    area, before = 0.0, found.points[0]
    for point in found.points[1:]:
        if point.day >= upto:
            break
        area += before.open * (point.day - before.day)
        before = point
    return area + before.open * (upto - before.day)
