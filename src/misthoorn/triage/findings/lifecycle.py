"""What becomes of a finding when it is seen, and when it is not. Pure: facts in, a verdict out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Within this time after it went, the same finding opens again; later a new one does (facts: CISA's cyhy-core).
REOPEN_WITHIN = timedelta(days=90)


class Seen(StrEnum):
    NEW = "new"
    AGAIN = "again"
    REOPENED = "reopened"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a finding with the identity of a sighting: the newest of them."""

    open: bool
    closed_at: datetime | None
    last_batch: int
    last_seen: datetime


def when_seen(known: Known | None, *, batch: int, seen: datetime | None, now: datetime) -> Seen:
    """What a sighting in this batch does; `seen` is the time of its newest event, None for an advisory.

    The same batch twice counts once; batch 0 is no delivery. What is gone and was not seen since is not there again
    because a delivery tells once more of the time when it was.
    """
    if known is None:
        return Seen.NEW
    if batch and known.last_batch == batch:
        return Seen.COUNTED
    if known.open:
        return Seen.AGAIN
    if batch and seen is not None and seen <= known.last_seen:
        return Seen.COUNTED
    if known.closed_at is not None and now - known.closed_at <= REOPEN_WITHIN:
        return Seen.REOPENED
    return Seen.NEW


@dataclass(frozen=True, slots=True)
class Absence:
    """An open finding of a source that the newest delivery of that source does not hold."""

    absences: int
    last_seen: datetime
    last_absent_batch: int


def when_absent(finding: Absence, *, batch: int, looked_at: datetime, covered: bool, needed: int) -> int | None:
    """The number of absences after this delivery, or None when it says nothing about the finding.

    It says something only if it covered the finding and was made after the finding was last seen (deliveries can come
    out of order); the same batch twice counts once. At `needed` absences the finding is gone.
    """
    if not covered or looked_at <= finding.last_seen or finding.last_absent_batch == batch:
        return None
    return min(finding.absences + 1, needed)
