"""Versions that stand alone and may mean a whole line: “ESXi 7.0 is affected” may mean 7.0 Update 3 too.

Who names a few versions, and none of their updates, may mean these as well: they are affected, `likely`. Who names
many versions names each of them. Updates are what only adds words to a version (7.0U3, 2.0 SP1, 1.0.2k), in the order
`generic`.
"""

from collections.abc import Iterable, Iterator, Sequence

from misthoorn.matching import versions
from misthoorn.matching.ranges import EVERYTHING, Range
from misthoorn.matching.statements.spans import Said
from misthoorn.matching.versions import generic

FEW = 3


def updates_of(version: str) -> Range | None:
    """The range of the updates of a version; None where it is none, or has a word at its end."""
    found = generic.updates(generic.parse(version)) if versions.valid("generic", version) else None
    return Range(*found) if found else None


def is_of_updates(item: Range) -> bool:
    """Whether a range is one that `updates_of` gives."""
    return item != EVERYTHING and item.hi == item.lo + b"\xff"


def with_updates(said: Sequence[Said], listed: Iterable[str]) -> Iterator[tuple[Range, int]]:
    """The updates of the versions that stand alone in what is said of a product, each with its statement's number."""
    alone = [one for one in said if one.status == "affected" and one.span.low and one.span.low == one.span.high]
    alone = [one for one in alone if not one.span.low.endswith(".*")]
    if not 0 < len(alone) <= FEW:
        return
    named = {end for one in said for end in (one.span.low, one.span.high) if end} | set(listed)
    keys = [versions.key("generic", end) for end in named if versions.valid("generic", end)]
    for one in alone:
        span = updates_of(one.span.low)
        if span and not any(span.lo <= key <= span.hi for key in keys):
            yield span, one.statement
