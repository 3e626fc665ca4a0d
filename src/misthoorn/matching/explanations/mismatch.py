"""Why a product and an advisory do not match: the nearest reason, as facts that a person can check.

`explain_words` puts them in words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple

from misthoorn.formats.values.advisory import Advisory, Affected, VersionStatement
from misthoorn.matching.advisories import ItemKey, item_keys
from misthoorn.matching.explanations.match import (
    ANY_RELEASE,
    SURE_FIRST,
    affected_of,
    bounds_of,
    product_name,
    ranges_of,
    scheme_of,
)
from misthoorn.matching.inventory.assets import NormalAsset, asset_keys
from misthoorn.matching.keys.editions import editions_agree
from misthoorn.matching.keys.spaces import PURL, Key
from misthoorn.matching.ranges import Range
from misthoorn.matching.statements.phrases import Span
from misthoorn.matching.statements.spans import range_of, read_statements

type Reason = Literal[
    "not-affected", "outside", "unread", "none-affected", "edition", "release", "other-product", "no-product"
]

NEAREST_FIRST: tuple[Reason, ...] = (
    "not-affected",
    "outside",
    "unread",
    "none-affected",
    "edition",
    "release",
    "other-product",
    "no-product",
)

_EVERY_VERSION = VersionStatement(
    low="", low_inclusive=True, high="", high_inclusive=True, scheme="", status="affected", text=""
)


@dataclass(frozen=True, slots=True)
class ProductWhyNot:
    """Why a product and an advisory do not match.

    `reason`: "not-affected" (the version lies in `nearest`, of which that is said), "outside" (nothing that is
    affected holds it: `nearest` are the ranges below and above it, `further` how many others there are), "unread"
    (which versions are affected was not understood), "none-affected" (no version of the product is said to be
    affected), "edition" or "release" (another one of the product, or of its distribution), "other-product", or
    "no-product" (none is named that can be looked for). `names`: what the advisory calls the product; where it is
    about others, these. `not_understood`: of what is said of the product, by reason.
    """

    item: str
    reason: Reason
    names: tuple[str, ...]
    value: str
    version: str
    nearest: tuple[Span, ...]
    further: int
    not_understood: dict[str, int]
    at: datetime | None


class _Versions(NamedTuple):
    reason: Reason
    nearest: tuple[Span, ...] = ()
    further: int = 0


def explain_no_match(asset: NormalAsset, advisory: Advisory, *, keys: Sequence[ItemKey] = ()) -> ProductWhyNot:
    """The nearest reason. To be asked where `explain_product` finds no reason to match.

    `keys`: those that the join reads, where they are more than the advisory says by itself (other names of products).
    """
    mine = asset_keys(asset)
    nearness, about = _nearest_products(mine, advisory)
    within = _saying(about)
    rows, lost = item_keys(within)
    same = nearness == "none-affected"
    if not same and (others := _under_other_names(mine, keys)):
        same, within, rows = True, advisory, others
        about = [affected for row in others if (affected := affected_of(row, advisory))]
    said = _of_versions(asset, mine, within, rows) if same else _Versions(nearness)
    if said.reason == "none-affected" and lost:
        said = _Versions("unread")
    return ProductWhyNot(
        item=advisory.identifier,
        reason=said.reason,
        names=tuple(dict.fromkeys(map(product_name, about))),
        value=asset.value,
        version=asset.version,
        nearest=said.nearest,
        further=said.further,
        not_understood=lost if same else {},
        at=advisory.modified or advisory.published,
    )


def _under_other_names(mine: Sequence[Key], keys: Iterable[ItemKey]) -> list[ItemKey]:
    own = {(key.space, key.key): key.edition for key in mine}
    return [row for row in keys if (row.space, row.key) in own and editions_agree(own[row.space, row.key], row.edition)]


def _nearest_products(mine: Sequence[Key], advisory: Advisory) -> tuple[Reason, list[Affected]]:
    """The products that come nearest to the asset, and how near: "none-affected" for the very same one."""
    found: dict[Reason, list[Affected]] = {reason: [] for reason in NEAREST_FIRST}
    for affected in advisory.affected:
        found[_nearness(mine, affected)].append(affected)
    return next(((reason, about) for reason, about in found.items() if about), ("no-product", []))


def _nearness(mine: Sequence[Key], affected: Affected) -> Reason:
    of_every_version = replace(affected, statements=(_EVERY_VERSION,), listed=(), conditions=())
    named = [row for row in item_keys(_saying([of_every_version])).rows if row.space in SURE_FIRST]
    same = [(own, row) for own in mine for row in named if (own.space, own.key) == (row.space, row.key)]
    if any(editions_agree(own.edition, row.edition) for own, row in same):
        return "none-affected"
    if same:
        return "edition"
    if not _packages(mine).isdisjoint(_packages(named)):
        return "release"
    return "other-product" if named else "no-product"


def _packages(keys: Iterable[Key | ItemKey]) -> set[bytes]:
    """The packages that are named, whatever their release."""
    return {key.key.partition(ANY_RELEASE)[0] for key in keys if key.space == PURL}


def _saying(affected: Sequence[Affected]) -> Advisory:
    """An advisory that says this and nothing else."""
    return Advisory("", (), "", "", None, None, "published", (), None, tuple(affected), (), ())


def _of_versions(asset: NormalAsset, mine: Sequence[Key], within: Advisory, rows: Sequence[ItemKey]) -> _Versions:
    """What is said of the versions of this product, nearest to the one that is installed."""
    if not asset.version:
        return _Versions("none-affected")
    keys = [key for space in SURE_FIRST for key in mine if key.space == space]
    for key in keys:
        for affected in within.affected:
            if hole := _unaffected(key, affected):
                return _Versions("not-affected", (hole,))
    for key in keys:
        if ranges := ranges_of(rows, space=key.space, key=key.key):
            below = max((span for span in ranges if span.hi < key.lo), key=_end, default=None)
            above = min((span for span in ranges if key.hi < span.lo), default=None)
            near = [ranges[span] for span in (below, above) if span]
            bounds = tuple(bounds_of(row, affected_of(row, within)) for row in near)
            return _Versions("outside", bounds, len(ranges) - len(near))
    return _Versions("none-affected")


def _end(span: Range) -> bytes:
    return span.hi


def _unaffected(key: Key, affected: Affected) -> Span | None:
    """What is said not to be affected, and holds this version."""
    scheme = scheme_of(key)
    for said in read_statements(affected, first=0, scheme=scheme).said:
        found, _ = range_of(scheme, said.span) if said.status == "unaffected" else (None, "")
        if found and found.lo <= key.lo and key.hi <= found.hi and not said.span.everything:
            return said.span
    return None
