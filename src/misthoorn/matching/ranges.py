"""Ranges of version keys: closed pairs of bounds; a bound is a key and one byte (00 just below, 01 at, 02 just above).

Because no version lies between a key's own 00, 01 and 02, open and closed bounds are both closed here, and ranges can
be subtracted without knowing the scheme. The empty string lies below all keys, ff above all.
"""

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from misthoorn.matching.versions import ABOVE_ALL, BELOW_ALL


class Range(NamedTuple):
    lo: bytes
    hi: bytes


EVERYTHING = Range(BELOW_ALL, ABOVE_ALL)
# No version at all: overlaps a product whose version is not known, and none whose version is.
NO_VERSION = Range(BELOW_ALL, BELOW_ALL)


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


def merged(ranges: Iterable[Range]) -> list[Range]:
    """The same versions in ranges that are in order, not empty, and do not overlap."""
    found: list[Range] = []
    for item in sorted(item for item in ranges if not is_empty(item)):
        if found and item.lo <= found[-1].hi:
            found[-1] = Range(found[-1].lo, max(found[-1].hi, item.hi))
        else:
            found.append(item)
    return found


def subtract(whole: Range, holes: Sequence[Range]) -> Iterator[Range]:
    """What is left of `whole` outside all holes, in order.

    `holes` come as `merged` gives them; only those that `whole` reaches are looked at.
    """
    lo = whole.lo
    for hole in itertools.islice(holes, bisect_left(holes, whole.lo, key=_end), None):
        if hole.lo > whole.hi:
            break
        if hole.lo > lo:
            before = Range(lo, _step(hole.lo, -1))
            if not is_empty(before):
                yield before
        if hole.hi == ABOVE_ALL:
            return
        lo = max(lo, _step(hole.hi, 1))
    if lo <= whole.hi:
        yield Range(lo, whole.hi)


def _end(item: Range) -> bytes:
    return item.hi


def _step(bound: bytes, by: int) -> bytes:
    """The neighbouring bound: lows are 01 or 02, highs are 00 or 01, so one step stays within 00..02."""
    return bound[:-1] + bytes((bound[-1] + by,))
