"""What the oracle is given and what it gives."""

from datetime import datetime
from typing import Literal, NamedTuple

from misthoorn.matching.inventory.assets import NormalAsset


class Owned(NamedTuple):
    """An asset under its number, valid from (inclusive) to (exclusive); None is without end."""

    number: int
    asset: NormalAsset
    valid_from: datetime | None
    valid_to: datetime | None
    organisation: int = 0

    def valid(self, time: datetime) -> bool:
        return (self.valid_from is None or self.valid_from <= time) and (self.valid_to is None or time < self.valid_to)


class Seen(NamedTuple):
    row: int
    time: datetime
    ip: str | None
    hostname: str | None
    asn: int | None


class Match(NamedTuple):
    asset: int
    item: int | str
    kind: str
    certainty: Literal["exact", "likely", "network"]
    most_specific: bool


def one_each(matches: list[Match]) -> list[Match]:
    """The best match of each asset and item, ordered by item and asset."""
    best: dict[tuple[int, int | str], Match] = {}
    for match in matches:
        known = best.get((match.asset, match.item), match)
        best[match.asset, match.item] = min(known, match, key=_from_best_to_worst)
    return sorted(best.values(), key=lambda match: (match.item, match.asset))


def _from_best_to_worst(match: Match) -> tuple[int, int, bool]:
    certainties, kinds = ("exact", "likely", "network"), ("network", "domain", "asn", "product")
    return certainties.index(match.certainty), kinds.index(match.kind), not match.most_specific
