"""Statements that lift a match (VEX), as keys and ranges, and the join that takes lifted matches out.

A statement lifts the match of an asset and a vulnerability when it names both and its range holds the asset's version
whole: an asset without a version is lifted by a statement about all versions only. Of several statements about the
same two the newest counts; one that says “affected” or “still looking” takes an older one back. At equal age the
warning wins.

A product is lifted by what names that product itself. Nothing is read into a statement that names no product, or a
“fixed” that names no version. What names one edition of a product and no version lifts nothing, as nobody knows who has
that edition; but it takes an older statement back, since it may be the one.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from misthoorn.formats.identifiers.cve_names import CVE_NUMBER, GHSA_NUMBER
from misthoorn.formats.values.advisory import Advisory
from misthoorn.formats.values.vex import Lift
from misthoorn.matching import versions
from misthoorn.matching.keys.cpe import CpeError, parse_cpe
from misthoorn.matching.keys.purls import PurlError, parse_purl, purl_key, without_version
from misthoorn.matching.keys.spaces import CPE, NAME, PURL
from misthoorn.matching.products.names import name_keys
from misthoorn.matching.ranges import EVERYTHING, Range
from misthoorn.matching.statements.phrases import EVERY_VERSION, Span
from misthoorn.matching.statements.spans import range_of

LIFTING = ("not_affected", "fixed")

# lift: its number in the order given; age: microseconds since 1970, -1 where it says no time.
LIFT_SCHEMA = pa.schema(
    [
        pa.field("lift", pa.int32(), nullable=False),
        pa.field("item", pa.string(), nullable=False),
        pa.field("space", pa.string(), nullable=False),
        pa.field("key", pa.binary(), nullable=False),
        pa.field("lo", pa.binary(), nullable=False),
        pa.field("hi", pa.binary(), nullable=False),
        pa.field("age", pa.int64(), nullable=False),
        pa.field("lifts", pa.bool_(), nullable=False),
    ]
)

# Qualifiers that tell builds of one package apart, and not packages.
_SAME_PACKAGE = frozenset(("arch", "epoch", "type", "classifier"))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ProductKey(NamedTuple):
    """A product and versions of it, as the join reads them."""

    space: str
    key: bytes
    lo: bytes
    hi: bytes


class ProductError(ValueError):
    """The product can't be named so. `code` is a stable short word, str() a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def product_keys(product: str, *, span: Span = EVERY_VERSION, qualified: bool = False) -> tuple[ProductKey, ...]:
    """The keys of exactly this product: a CPE name, a package URL or vendor:product, in these versions.

    A version inside the product counts where the span is open. A CPE name or package URL has a key in its own space
    only: the names in it may be those of something else too. `qualified`: who asks holds what `names_more` against the
    product by other means.

    Raises:
        ProductError: codes "no-product", "cpe-unreadable", "cpe-wildcard", "purl-unreadable", "version",
            "empty-range", and "qualifier" (more is named than the keys can say, and no version).
    """
    text = product.strip()
    space, keys, scheme, own, narrower = _named(text)
    if own and span == EVERY_VERSION:
        span = Span(own, low_inclusive=True, high=own, high_inclusive=True)
    if narrower and not qualified and span == EVERY_VERSION:
        raise ProductError("qualifier", f"“{text[:100]}” names more than a product, and no version: name its version.")
    found = EVERYTHING
    if span != EVERY_VERSION:
        found = _range(scheme, span, text)
    return tuple(ProductKey(space, key, *found) for key in keys)


def names_more(product: str) -> bool:
    """Whether more is named than the keys of a product can say: a distribution, an edition, a path in a package.

    Raises:
        ProductError: as `product_keys`.
    """
    return _named(product.strip())[-1]


def _named(text: str) -> tuple[str, tuple[bytes, ...], str, str, bool]:
    """Space, keys and version scheme of a product, the version in it, and whether it names more than that."""
    if text.lower().startswith("cpe:"):
        return _of_cpe(text)
    return _of_purl(text) if text.lower().startswith("pkg:") else _of_name(text)


def _range(scheme: str, span: Span, product: str) -> Range:
    found, reason = range_of(scheme, span)
    if found is None:
        text = span.low if span.low == span.high else f"{span.low or '…'} to {span.high or '…'}"
        why = "ends before it begins" if reason == "empty-range" else f"is no version in the order {scheme}"
        raise ProductError(reason, f"“{text[:100]}” of {product[:100]} {why}.")
    return found


def _of_cpe(text: str) -> tuple[str, tuple[bytes, ...], str, str, bool]:
    try:
        cpe = parse_cpe(text)
    except CpeError as error:
        raise ProductError(error.code, str(error)) from error
    version = cpe.version if versions.valid("generic", cpe.version) else ""
    parts = text.split(":")
    further = parts[7:] if text.lower().startswith("cpe:2.3:") else parts[6:]
    return CPE, (cpe.key,), "generic", version, any(part not in {"", "*", "-"} for part in further)


def _of_purl(text: str) -> tuple[str, tuple[bytes, ...], str, str, bool]:
    try:
        purl, version = without_version(parse_purl(text))
        purl = parse_purl(purl.to_string())  # as an asset is written: %2F in a name becomes a namespace
    except PurlError as error:
        raise ProductError("purl-unreadable", str(error)) from error
    narrower = bool(purl.subpath) or not _SAME_PACKAGE.issuperset(purl.qualifiers or {})
    return PURL, (purl_key(purl),), versions.scheme_of_purl(purl.type), version, narrower


def _of_name(text: str) -> tuple[str, tuple[bytes, ...], str, str, bool]:
    vendor, colon, product = text.partition(":")
    keys = name_keys(vendor=vendor, product=product)
    if not colon or not keys:
        raise ProductError(
            "no-product", f"“{text[:100]}” is no product: give a CPE name, a package URL or vendor:product."
        )
    return NAME, keys, "generic", "", False


def lift_table(lifts: Iterable[Lift]) -> tuple[pa.Table, dict[str, int]]:
    """The keys of statements in LIFT_SCHEMA, numbered as they come, and how many are not used, by reason.

    Reasons: those of `product_keys`, and "fixed-without-version".
    """
    rows: list[tuple[object, ...]] = []
    lost: Counter[str] = Counter()
    for number, lift in enumerate(lifts):
        try:
            keys = lift_keys(lift)
        except ProductError as error:
            lost[error.code] += 1
            continue
        age = (lift.at - _EPOCH) // (datetime.resolution) if lift.at else -1
        for item in dict.fromkeys((lift.vulnerability, *lift.aliases)):
            rows += [(number, item, *key, age, lift.status in LIFTING) for key in keys]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(LIFT_SCHEMA)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, LIFT_SCHEMA, strict=True)]
    return pa.table(arrays, LIFT_SCHEMA), dict(lost)


def under_other_names(lifts: pa.Table, advisories: Iterable[Advisory]) -> pa.Table:
    """What the statements (LIFT_SCHEMA) say of advisories that call the same vulnerability by another number.

    The number of a document that deals with several is a name of none of them, and of several CVE numbers each is one
    vulnerability.
    """
    spoken = set(lifts["item"].unique().to_pylist())
    found = []
    for advisory in advisories if spoken else ():
        numbers = (advisory.identifier, *advisory.aliases)
        if sum(bool(CVE_NUMBER.fullmatch(one)) for one in numbers) > 1:
            continue
        known = [one for one in advisory.aliases if one in spoken and (CVE_NUMBER.fullmatch(one) or _is_ghsa(one))]
        for name in known if advisory.identifier not in spoken else ():
            rows = lifts.filter(pc.equal(lifts["item"], name))
            item = pa.array([advisory.identifier] * rows.num_rows, pa.string())
            found.append(rows.set_column(rows.schema.get_field_index("item"), LIFT_SCHEMA.field("item"), item))
    return pa.concat_tables([LIFT_SCHEMA.empty_table(), *found])


def _is_ghsa(name: str) -> bool:
    return bool(GHSA_NUMBER.fullmatch(name))


def lift_keys(lift: Lift) -> tuple[ProductKey, ...]:
    """The product and the versions that a statement is about.

    Raises:
        ProductError: as `product_keys`, and "fixed-without-version".
    """
    keys = product_keys(
        lift.product,
        span=Span(lift.low, lift.low_inclusive or not lift.low, lift.high, lift.high_inclusive or not lift.high),
        qualified=lift.status not in LIFTING,
    )
    if lift.status == "fixed" and any((key.lo, key.hi) == EVERYTHING for key in keys):
        raise ProductError("fixed-without-version", f"“{lift.product[:100]}” is fixed, and in no version by name.")
    return keys


def apply_lifts(
    *, matches: pa.Table, assets: pa.Table, lifts: pa.Table, items: pa.Table | None = None
) -> tuple[pa.Table, pa.Table]:
    """Matches that stay, and those that are lifted with a further column `lift`: the number of the statement.

    `matches` in ADVISORY_MATCH_SCHEMA, `assets` in ASSET_KEY_SCHEMA, `lifts` in LIFT_SCHEMA. Both keep the order
    of `matches`. `items` (ITEM_KEY_SCHEMA) are needed where an asset number stands for several products: a match stays
    while one product of its asset is concerned that no statement lifts.
    """
    matches = matches.append_column("place", pa.array(range(matches.num_rows), pa.int64()))
    spoken = matches.select(["place", "asset", "item"]).filter(pc.is_in(matches["item"], lifts["item"].unique()))
    keys = assets.filter(pc.is_in(assets["asset"], spoken["asset"].unique()))
    keys = keys.select(["asset", "space", "key", "lo", "hi"]).rename_columns(["asset", "space", "key", "from", "to"])
    concerned = spoken.join(keys, keys="asset", join_type="inner")
    verdicts = _newest(_told(concerned, lifts), by=["place"] if items is None else _PRODUCT)
    if items is not None:
        verdicts = _whole(verdicts, concerned, items)
    lifted = matches.join(verdicts, keys="place", join_type="inner").sort_by("place")
    kept = matches.filter(pc.invert(pc.is_in(matches["place"], verdicts["place"])))
    return kept.drop_columns("place"), lifted.drop_columns("place")


# Among the keys of one asset, those of one product have one range.
_PRODUCT = ["place", "from", "to"]


def _told(concerned: pa.Table, lifts: pa.Table) -> pa.Table:
    """Every statement about a product and the vulnerability of a match: place, from, to, lift, age, lifts."""
    joined = concerned.join(lifts, keys=["item", "space", "key"], join_type="inner")
    within = pc.and_(pc.less_equal(joined["lo"], joined["from"]), pc.less_equal(joined["to"], joined["hi"]))
    counts = pc.if_else(joined["lifts"], within, _meets(joined))
    return joined.filter(counts).select([*_PRODUCT, "lift", "age", "lifts"])


def _meets(joined: pa.Table) -> pa.ChunkedArray:
    return pc.and_(pc.less_equal(joined["lo"], joined["to"]), pc.less_equal(joined["from"], joined["hi"]))


def _newest(told: pa.Table, *, by: list[str]) -> pa.Table:
    """The matches, or products of matches, of which the newest statement lifts: with its number as `lift`."""
    newest = told.group_by(by).aggregate([("age", "max")])
    last = told.join(newest, keys=by, join_type="inner")
    last = last.filter(pc.equal(last["age"], last["age_max"]))
    verdicts = last.group_by(by).aggregate([("lifts", "min"), ("lift", "max")])
    return verdicts.filter(verdicts["lifts_min"]).select([*by, "lift_max"]).rename_columns([*by, "lift"])


def _whole(verdicts: pa.Table, concerned: pa.Table, items: pa.Table) -> pa.Table:
    """The matches of which every product that is concerned is lifted."""
    some = items.filter(pc.is_in(items["item"], concerned["item"].unique())).select(
        ["item", "space", "key", "lo", "hi"]
    )
    joined = concerned.join(some, keys=["item", "space", "key"], join_type="inner")
    hits = joined.filter(_meets(joined)).select(_PRODUCT).group_by(_PRODUCT).aggregate([])
    left = hits.join(verdicts, keys=_PRODUCT, join_type="left anti")
    found = verdicts.join(hits, keys=_PRODUCT, join_type="inner").group_by("place").aggregate([("lift", "max")])
    found = found.filter(pc.invert(pc.is_in(found["place"], left["place"].unique())))
    return found.select(["place", "lift_max"]).rename_columns(["place", "lift"])
