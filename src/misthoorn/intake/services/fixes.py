"""Of which products of an advisory it became known that a version is without the hole."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from misthoorn.intake import models
from misthoorn.intake.advisories.changes import product_of
from misthoorn.matching.advisories import ItemKey

MOST = 200  # products of one advisory that are named at once


@dataclass(slots=True)
class Said:
    """The products of an advisory, and those of which an end of the affected versions is known."""

    products: set[str] = field(default_factory=set)
    fixed: set[str] = field(default_factory=set)

    def add(self, *, space: str, key: bytes, hi: bytes) -> None:
        """One range of affected versions. Only a version that is itself without the hole is a fix."""
        product = product_of(space, key)
        self.products.add(product)
        if hi.endswith(_JUST_BELOW):
            self.fixed.add(product)


_JUST_BELOW = b"\x00"  # the last byte of a bound (matching.ranges)


def said_before(rows: Sequence[models.Advisory]) -> Mapping[int, Said]:
    """What is kept of these advisories now, before it is written anew."""
    found: dict[int, Said] = defaultdict(Said)
    kept = models.AdvisoryKey.objects.filter(advisory__in=rows).order_by()
    for pk, space, key, hi in kept.values_list("advisory", "space", "key", "hi"):
        found[pk].add(space=space, key=bytes(key), hi=bytes(hi))
    return found


def new_fixes(
    row: models.Advisory, *, before: Said, keys: Iterable[ItemKey], at: datetime, batch: int
) -> Iterator[models.AdvisoryChange]:
    """One change for each product that was affected without an end before, and now has one."""
    now = Said()
    for one in keys:
        now.add(space=one.space, key=one.key, hi=one.hi)
    what = models.AdvisoryChange.What.FIXED
    for product in sorted((now.fixed & before.products) - before.fixed)[:MOST]:
        yield models.AdvisoryChange(advisory=row, what=what, after=product, at=at, batch=batch)
