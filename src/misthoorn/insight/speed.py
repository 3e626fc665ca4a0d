"""How quickly people are warned: from the observation, and from the delivery, to the hand-over."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import quantiles

from misthoorn.insight.history import History, accepted
from misthoorn.notification.compose.facts import SEVERITIES

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours within which half, nine of ten and 99 of 100 of so many findings were told."""

    severity: str
    findings: int
    half: float
    nine_tenths: float
    most: float


def hours_to_warning(history: History) -> list[Hours]:
    """From the time of the observation to the first hand-over: of all, "", and of each severity."""
    seen = history.matched
    hours: dict[str, list[float]] = defaultdict(list)
    for one in history.told:
        if one.finding in seen:
            took = (one.at - seen[one.finding][0]) / HOUR
            hours[""].append(took)
            hours[one.severity].append(took)
    return [_hours(severity, hours[severity]) for severity in ("", *SEVERITIES) if hours[severity]]


def _hours(severity: str, hours: list[float]) -> Hours:
    cuts = quantiles(hours, n=100, method="inclusive") if len(hours) > 1 else hours * 99
    return Hours(severity, len(hours), cuts[49], cuts[89], cuts[98])


@dataclass(frozen=True, slots=True)
class Desk:
    """Of a campaign: when its first delivery was read, and how many hours later it was first and last told."""

    campaign: int
    accepted: datetime
    first: float
    last: float


def from_delivery(history: History) -> list[Desk]:
    """One line a campaign of which the deliveries are known, the newest first."""
    batches = {finding: batch for finding, (_, batch) in history.matched.items()}
    read = accepted(set(batches.values()))
    begun: dict[int, datetime] = {}
    told: dict[int, list[datetime]] = defaultdict(list)
    for one in history.told:
        at = read.get(batches.get(one.finding))
        if one.campaign is not None and at is not None:
            begun[one.campaign] = min(at, begun.get(one.campaign, at))
            told[one.campaign].append(one.at)
    lines = [
        Desk(campaign, at, (min(told[campaign]) - at) / HOUR, (max(told[campaign]) - at) / HOUR)
        for campaign, at in begun.items()
    ]
    return sorted(lines, key=lambda one: -one.campaign)
