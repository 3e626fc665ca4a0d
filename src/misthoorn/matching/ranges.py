"""Ranges of version keys: closed pairs of bounds; a bound is a key and one byte (00 just below, 01 at, 02 just above).

Because no version lies between a key's own 00, 01 and 02, open and closed bounds are both closed here, and ranges can
be subtracted without knowing the scheme. The empty string lies below all keys, ff above all.
"""

from collections.abc import Iterable
from typing import NamedTuple

from misthoorn.matching.versions import ABOVE_ALL, BELOW_ALL


class Range(NamedTuple):
    lo: bytes
    hi: bytes


EVERYTHING = Range(BELOW_ALL, ABOVE_ALL)


def point(key: bytes) -> Range:
    """Exactly the version with this key."""
    return Range(key + b"\x01", key + b"\x01")


def between(*, low: bytes | None, low_inclusive: bool, high: bytes | None, high_inclusive: bool) -> Range:
    """From the key `low` to the key `high`; None means without a bound. Empty (see is_empty) where they cross."""
    return Range(
        BELOW_ALL if low is None else low + (b"\x01" if low_inclusive else b"\x02"),
        ABOVE_ALL if high is None else high + (b"\x01" if high_inclusive else b"\x00"),
    )


def is_empty(item: Range) -> bool:
    """Whether no version at all can lie in the range."""
    return item.lo > item.hi


def subtract(whole: Range, holes: Iterable[Range]) -> list[Range]:
    """What is left of `whole` outside all holes, in order. Takes time n log n in the number of holes."""
    left = []
    lo = whole.lo
    for hole in sorted(hole for hole in holes if not is_empty(hole)):
        if hole.lo > whole.hi:
            break
        if hole.lo != BELOW_ALL and hole.lo > lo:
            left.append(Range(lo, _step(hole.lo, -1)))
        if hole.hi == ABOVE_ALL:
            return [item for item in left if not is_empty(item)]
        lo = max(lo, _step(hole.hi, 1))
    left.append(Range(lo, whole.hi))
    return [item for item in left if not is_empty(item)]


def _step(bound: bytes, by: int) -> bytes:
    """The neighbouring bound: lows are 01 or 02, highs are 00 or 01, so one step stays within 00..02."""
    return bound[:-1] + bytes((bound[-1] + by,))
