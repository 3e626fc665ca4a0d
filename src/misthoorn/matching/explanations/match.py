"""Why an asset and an item concern each other, as facts that a person can check; `explain_words` puts them in words.

The join says that a product and an advisory share a key and that two ranges of bytes overlap. Here that is said back in
the terms of those who wrote them: which name or number they share, between which versions, by which statement of
which record, and what makes the match less than certain.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from misthoorn.formats.values.advisory import Advisory, Affected
from misthoorn.matching import versions
from misthoorn.matching.advisories import ItemKey, item_keys
from misthoorn.matching.inventory.assets import NormalAsset, asset_keys
from misthoorn.matching.keys.cpe import CpeError, parse_cpe
from misthoorn.matching.keys.editions import editions_agree, states_edition
from misthoorn.matching.keys.spaces import CPE, NAME, PURL, Key
from misthoorn.matching.ranges import EVERYTHING, NO_VERSION, Range
from misthoorn.matching.statements.phrases import EVERY_VERSION, Span, is_not_stated
from misthoorn.matching.statements.spans import read_statements, without_lines
from misthoorn.matching.statements.updates import is_of_updates, updates_of
from misthoorn.matching.versions import ABOVE_ALL, BELOW_ALL, lenient

SURE_FIRST = (CPE, PURL, NAME)  # the spaces of products, but for those in which a package is read leniently
_LENIENT = "~"
ANY_RELEASE = b"?"  # ends the key of a package of which an advisory names the release, and the asset does not
MAX_TEXT = (
    20_000  # characters of a statement in which versions are looked for; the longest real ones have some thousand
)
_JUST_BELOW, _JUST_ABOVE = 0, 2  # the last byte of a bound; 1 is the version itself


@dataclass(frozen=True, slots=True)
class ProductWhy:
    """Why a product and an advisory match.

    `name`: what the advisory calls the product; `key`: what both are found by, in `space`. `bounds`: the versions;
    where that of the product is not known one of its ranges, beside so many `further` ones. `statement`: its number
    over all affected products, -1 where no single statement says it; `said`: its words. `because`: what makes it
    less than certain, as codes: "no-version", "name", "alias", "lenient" (an epoch or a release is missing),
    "release" (of the distribution is not known), "edition" (the advisory is about one edition only), "unsaid"
    (nothing is said about versions), "no-end" (nor which is the last one), "unread" (which versions are affected
    was not understood), "unclear" (something else that is said of the product was not), "update" (of a version that
    stands alone there, and may mean it too), "rest" (what is named and all else are affected alike), "condition" (it
    must run on or with something that is not known to be there).
    `beside`: what must be there too, one of these; empty where that can't be told from outside.
    `not_understood`: of the whole advisory, counted by reason.
    """

    item: str
    name: str
    value: str
    version: str
    space: str
    key: str
    bounds: Span
    further: int
    statement: int
    said: str
    certainty: str
    because: tuple[str, ...]
    beside: tuple[str, ...]
    not_understood: dict[str, int]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class EventWhy:
    """Why an asset and an event match: `what` (an address, a name, an AS number) lies in, or is, the asset's value."""

    kind: str
    what: str
    value: str
    registered_by: str
    since: datetime | None
    seen_at: datetime | None
    seen_by: str
    most_specific: bool


def explain_product(
    asset: NormalAsset, advisory: Advisory, *, keys: Sequence[ItemKey] | None = None, certainty: str = ""
) -> ProductWhy | None:
    """Why they match; None where they do not.

    `keys`: those that the join read, where they are more than the advisory says by itself (other names of its
    products). `certainty`: what the join said, which knows what else the organisation has.
    """
    own, not_understood = item_keys(advisory)
    all_keys = own if keys is None else keys
    hit, version, alike = _surest(asset, all_keys)
    if hit is None:
        return None
    affected = affected_of(hit, advisory)
    place = _place(affected, advisory, hit.statement)
    return ProductWhy(
        item=advisory.identifier,
        name=(product_name(affected) if affected else "") or asset.value,
        value=asset.value,
        version=version,
        space=hit.space,
        key=hit.key.decode("utf-8", "replace"),
        bounds=bounds_of(hit, affected),
        further=0 if version else max(0, len(ranges_of(all_keys, space=hit.space, key=hit.key)) - 1),
        statement=hit.statement,
        said=_statement_text(affected, place),
        certainty=certainty or (hit.certainty if version and alike and not hit.part else "likely"),
        because=(
            *_doubts_of_the_asset(version, hit, alike=alike, known=_is_own(hit, own)),
            *_doubts_of_the_advisory(hit, affected, place, certainty=certainty),
        ),
        beside=_beside(affected) if affected else (),
        not_understood=dict(not_understood),
        at=advisory.modified or advisory.published,
    )


class _Hit(NamedTuple):
    """A key that both have; the version that it was held against, "" where there is none or it is a part of the name
    (“Linux 7”); and whether the asset states all that the advisory states of the edition.
    """  # noqa: D205  one thought

    row: ItemKey | None
    version: str
    alike: bool


def _surest(asset: NormalAsset, keys: Iterable[ItemKey]) -> _Hit:
    """The key by which the join finds the asset: the surest, then the first statement, then the surest space."""
    held: dict[tuple[str, bytes], list[Key]] = {}
    for one in asset_keys(asset):
        held.setdefault((one.space, one.key), []).append(one)
    hits = [
        _Hit(row, asset.version if (mine.lo, mine.hi) != EVERYTHING else "", states_edition(mine.edition, row.edition))
        for row in keys
        for mine in held.get((row.space, row.key), ())
        if mine.lo <= row.hi and row.lo <= mine.hi and editions_agree(mine.edition, row.edition)
    ]
    return min(hits, key=_order, default=_Hit(None, "", alike=False))


def _order(hit: _Hit) -> tuple[str, int, int, bool]:
    assert hit.row is not None  # noqa: S101  only those that are there are put in order
    sure = hit.row.certainty if hit.version and hit.alike else "likely"
    return (sure, hit.row.statement, _rank(hit.row.space), not hit.version)


def _rank(space: str) -> int:
    return SURE_FIRST.index(space) if space in SURE_FIRST else len(SURE_FIRST)


def _is_own(hit: ItemKey, own: Iterable[ItemKey]) -> bool:
    return any((row.space, row.key, row.lo, row.hi) == (hit.space, hit.key, hit.lo, hit.hi) for row in own)


def affected_of(hit: ItemKey, advisory: Advisory) -> Affected | None:
    """The product of the advisory that the key is of."""
    if hit.statement >= 0:
        before = 0
        for affected in advisory.affected:
            before += len(affected.statements)
            if hit.statement < before:
                return affected
    for affected in advisory.affected:
        if _is_own(hit, item_keys(replace(advisory, affected=(affected,))).rows):
            return affected
    return advisory.affected[0] if len(advisory.affected) == 1 else None


def product_name(affected: Affected) -> str:
    """What an advisory calls a product: vendor and product as written, or else its package or CPE name."""
    named = _in_words(affected.vendor.strip(), affected.product.strip())
    return named or affected.purl or next(iter(affected.cpes), "")


def _in_words(vendor: str, product: str) -> str:
    again = not vendor or product.lower().startswith(vendor.lower().split()[0])
    return product if again or not product else f"{vendor} {product}"


def cpe_in_words(text: str) -> str:
    """What a CPE name calls a product; "" where it can't be read."""
    try:
        cpe = parse_cpe(text)
    except CpeError:
        return ""
    return _in_words(cpe.vendor.replace("_", " "), cpe.product.replace("_", " "))


def _place(affected: Affected | None, advisory: Advisory, number: int) -> int:
    """Which statement of this product has this number over all products; -1 for none."""
    for one in advisory.affected if number >= 0 else ():
        if one is affected:
            return number if number < len(one.statements) else -1
        number -= len(one.statements)
    return -1


def _statement_text(affected: Affected | None, place: int) -> str:
    if affected is None or place < 0:
        return ""
    statement = affected.statements[place]
    if statement.text:
        return statement.text
    return range_text(
        Span(statement.low, statement.low_inclusive, statement.high, statement.high_inclusive), anything="*"
    )


def range_text(bounds: Span, *, anything: str) -> str:
    """A range as people read it: 2.0-beta9 ≤ v < 2.15.0; `anything` where it has no bounds."""
    if bounds.one:
        return bounds.one
    low = f"{bounds.low} {'≤' if bounds.low_inclusive else '<'} " if bounds.low else ""
    high = f" {'≤' if bounds.high_inclusive else '<'} {bounds.high}" if bounds.high else ""
    return f"{low}v{high}" if low or high else anything


def ranges_of(rows: Iterable[ItemKey], *, space: str, key: bytes) -> dict[Range, ItemKey]:
    """The ranges of versions that somebody said are affected under a key, each with a row of it."""
    found = {Range(row.lo, row.hi): row for row in rows if (row.space, row.key) == (space, key)}
    return {span: row for span, row in found.items() if span != NO_VERSION and not is_of_updates(span)}


def bounds_of(hit: ItemKey, affected: Affected | None) -> Span:
    """The hit's range with the texts that its bounds were made of; open where a text is not found."""
    texts = dict(_texts(affected, scheme_of(hit))) if affected else {}
    if is_of_updates(Range(hit.lo, hit.hi)):
        alone = next((one.text for one in texts.values() if updates_of(one.text) == (hit.lo, hit.hi)), "")
        return Span(alone, True, alone, True)  # noqa: FBT003  the fields' order is clear here
    if (hit.lo, hit.hi) == NO_VERSION:
        return EVERY_VERSION
    low = _OPEN if hit.lo == BELOW_ALL else texts.get(hit.lo[:-1], _OPEN)
    high = _OPEN if hit.hi == ABOVE_ALL else texts.get(hit.hi[:-1], _OPEN)
    low_inclusive = low == _OPEN or (hit.lo[-1] != _JUST_ABOVE and not low.behind)
    high_inclusive = high == _OPEN or hit.hi[-1] != _JUST_BELOW or high.behind
    return Span(low.text, low_inclusive, high.text, high_inclusive)


def scheme_of(hit: ItemKey | Key) -> str:
    """The order in which versions under a key are read."""
    if not hit.space.startswith(PURL):
        return "generic"
    return versions.scheme_of_purl(hit.key.split(b"/", 1)[0].decode("utf-8", "replace"))


class _Bound(NamedTuple):
    """What a key was made of; `behind`: it is the first key behind a line of versions (5.10.*), and not one of it."""

    text: str
    behind: bool = False


_OPEN = _Bound("")


def _texts(affected: Affected, scheme: str) -> Iterator[tuple[bytes, _Bound]]:
    """The keys of all versions that are named for a product, with their texts; what was read as a bound comes last."""
    named = [word for one in affected.statements for word in one.text[:MAX_TEXT].split()]
    named += affected.listed
    named += [version for cpe in affected.cpes if (version := _cpe_version(cpe))]
    for text in named:
        yield from _keyed(scheme, text, _Bound(text))
    for said in read_statements(affected, first=0, scheme=scheme).said:
        span, exact = said.span, without_lines(said.span, scheme=scheme)
        low_behind = span.low.endswith(".*") and not span.low_inclusive
        yield from _keyed(scheme, exact.low, _Bound(span.low, low_behind))
        yield from _keyed(scheme, exact.high, _Bound(span.high, span.high.endswith(".*")))


def _keyed(scheme: str, version: str, text: _Bound) -> Iterator[tuple[bytes, _Bound]]:
    if version and versions.valid(scheme, version):
        if scheme in lenient.LENIENT:
            plain = lenient.without_epoch(scheme, version)
            yield versions.key(scheme, plain), text
            yield from ((lenient.above_releases(scheme, one), text) for one in (version, plain))
        yield versions.highest_key(scheme, version), text
        yield versions.key(scheme, version), text


def _cpe_version(text: str) -> str:
    try:
        return parse_cpe(text).version
    except CpeError:
        return ""


def _doubts_of_the_asset(version: str, hit: ItemKey, *, alike: bool, known: bool) -> Iterator[str]:
    if not version:
        yield "no-version"
    if not known:
        yield "alias"
    elif hit.space == NAME:
        yield "name"
    if _LENIENT in hit.space:
        yield "lenient"
    if hit.space.startswith(PURL) and hit.key.endswith(ANY_RELEASE):
        yield "release"
    if not alike:
        yield "edition"


def _doubts_of_the_advisory(hit: ItemKey, affected: Affected | None, place: int, *, certainty: str) -> Iterator[str]:
    if affected is None:
        return
    if hit.certainty != "exact":
        reading = read_statements(affected, first=0)
        unstated = any(said.statement == place and not said.stated for said in reading.said)
        if is_of_updates(Range(hit.lo, hit.hi)):
            yield "update"
        elif (hit.lo, hit.hi) == NO_VERSION:
            yield "unread"
        elif (hit.lo, hit.hi) == EVERYTHING and (unstated or _says_nothing(affected)):
            yield "unsaid"
        elif reading.not_understood:
            yield "unclear"
        elif hit.statement < 0 and _says_affected_only(affected):
            yield "rest"
        elif unstated and hit.hi == ABOVE_ALL:
            yield "no-end"
    if affected.conditions and certainty != "exact":
        yield "condition"


def _beside(affected: Affected) -> tuple[str, ...]:
    """The products of the first condition, as people write them."""
    texts = [one.cpe for condition in affected.conditions[:1] for one in condition]
    return tuple(dict.fromkeys(filter(None, map(cpe_in_words, texts))))


def _says_affected_only(affected: Affected) -> bool:
    said = {affected.default_status, *(statement.status for statement in affected.statements)}
    return bool(affected.statements) and said == {"affected"}


def _says_nothing(affected: Affected) -> bool:
    return all(
        not statement.text.strip() or is_not_stated(statement.text)
        for statement in affected.statements
        if statement.scheme == "text"
    ) and not any(statement.scheme != "text" for statement in affected.statements)
