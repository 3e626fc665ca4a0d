"""Why an asset and an item match, or not: by which record, or which rows, and in which words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from misthoorn.constituency.facts import AssetFacts
from misthoorn.constituency.product_choices import meaning_of
from misthoorn.intake.advisories.item_keys import whose_word
from misthoorn.intake.advisories.merge import says_what
from misthoorn.intake.facts import BatchFacts
from misthoorn.intake.records import Record, SeenRow, item_keys_of, records_of
from misthoorn.matching.explanations.match import EventWhy, ProductWhy, cpe_in_words, explain_product
from misthoorn.matching.explanations.match_text import Language, event_sentence, product_sentence
from misthoorn.matching.explanations.mismatch import NEAREST_FIRST, ProductWhyNot, explain_no_match
from misthoorn.matching.explanations.mismatch_text import apart_sentence, no_match_sentence
from misthoorn.matching.inventory.assets import NormalAsset, asset_keys
from misthoorn.matching.keys.spaces import PURL
from misthoorn.matching.versions import VersionError


@dataclass(frozen=True, slots=True)
class Why:
    """Why asset and item match, and by which record or rows. None and no rows: what it rested on is no longer there."""

    product: ProductWhy | None
    event: EventWhy | None
    batch: BatchFacts | None
    rows: tuple[SeenRow, ...] = ()

    def sentence(self, language: Language) -> str:
        """Why, in words; "" where nothing says it any more."""
        if self.product is not None:
            document = self.batch.source.format if self.batch else ""
            return product_sentence(self.product, document=document, language=language)
        return event_sentence(self.event, language=language) if self.event else ""


def normal_asset(asset: AssetFacts) -> NormalAsset:
    """The asset as its keys are made of it; without its version where that can't be read any more."""
    normal = NormalAsset(asset.kind, asset.value, asset.version)
    try:
        asset_keys(normal)
    except VersionError:
        return normal._replace(version="")
    return normal


def heard_of(item: str) -> list[Record]:
    """The records of which an advisory's keys are made: who says nothing is heard only while nobody says more."""
    live = [record for record in records_of(item) if record.content.state != "withdrawn"]
    return [record for record in live if says_what(record.content)] or live


def why_product(asset: AssetFacts, item: str, records: Sequence[Record], *, certainty: str) -> Why:
    """By the source that says it most surely; by the keys in store where only another name of the product does, and by
    what its owner's words were said to mean where they say nothing themselves.

    `records`: those of `heard_of`; `certainty`: what the join said, "" where it said nothing.
    """  # noqa: D205  one thought
    if asset.kind != "product":
        return Why(None, None, None)
    normal = normal_asset(asset)
    found = list(_found(normal, item, records, certainty=certainty))
    if not found and (meant := meaning_of(normal, organisation=asset.organisation)):
        found = list(_found(meant, item, records, certainty=certainty))
    return min(found, key=_surest, default=Why(None, None, None))


def _found(asset: NormalAsset, item: str, records: Sequence[Record], *, certainty: str) -> Iterator[Why]:
    said = [(explain_product(asset, record.content, certainty=certainty), record.batch) for record in records]
    if any(why for why, _ in said):
        yield from (Why(why, None, batch) for why, batch in said if why is not None)
    elif records:
        yield from _by_stored_keys(asset, item, records, certainty=certainty)


def _by_stored_keys(asset: NormalAsset, item: str, records: Sequence[Record], *, certainty: str) -> Iterator[Why]:
    keys = item_keys_of(item)
    for record in records:
        why = explain_product(asset, record.content, keys=keys, certainty=certainty)
        if why is not None:
            yield Why(why, None, record.batch)


def _surest(why: Why) -> tuple[int, bool]:
    assert why.product is not None  # noqa: S101  only those are compared
    return (len(why.product.because), why.product.bounds.everything)


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why an asset and an advisory do not concern each other.

    `product`: what the record of which delivery says of it; without that, `reason` is one of `apart_sentence`.
    """

    item: str
    value: str
    reason: str
    product: ProductWhyNot | None = None
    batch: BatchFacts | None = None
    other: str = ""
    day: datetime | None = None

    def sentence(self, language: Language) -> str:
        if self.product is not None:
            document = self.batch.source.format if self.batch else ""
            return no_match_sentence(self.product, document=document, language=language)
        return apart_sentence(
            self.reason, item=self.item, value=self.value, other=self.other, day=self.day, language=language
        )


def why_not(asset: AssetFacts, item: str, why: Why, *, now: datetime) -> WhyNot | None:
    """What keeps the two apart, given why they match, if they do; None for nothing."""
    apart = WhyNot(item, f"{cpe_in_words(asset.value) or asset.value} {asset.version}".strip(), "")
    if asset.kind != "product":
        return replace(apart, reason="not-a-product" if records_of(item) else "not-seen")
    records = heard_of(item)
    if not records:
        return replace(apart, reason="withdrawn" if records_of(item) else "not-delivered")
    normal = normal_asset(asset)
    if why.product is None:
        return _nearest(meaning_of(normal, organisation=asset.organisation) or normal, records, apart)
    if other := _overruled_by(item, normal):
        return replace(apart, reason="overruled", other=other)
    return _period(asset, apart, now=now)


def _overruled_by(item: str, asset: NormalAsset) -> str:
    packages = {key.key for key in asset_keys(asset) if key.space == PURL}
    return other if packages and (other := whose_word(item, packages=packages)) != item else ""


def _period(asset: AssetFacts, apart: WhyNot, *, now: datetime) -> WhyNot | None:
    if asset.valid_from and now < asset.valid_from:
        return replace(apart, reason="not-begun", day=asset.valid_from)
    if asset.valid_to and asset.valid_to <= now:
        return replace(apart, reason="ended", day=asset.valid_to)
    return None


def _nearest(asset: NormalAsset, records: Sequence[Record], apart: WhyNot) -> WhyNot:
    keys = item_keys_of(apart.item)
    said = [(explain_no_match(asset, record.content, keys=keys), record.batch) for record in records]
    product, batch = min(said, key=lambda one: NEAREST_FIRST.index(one[0].reason))
    return replace(apart, reason=product.reason, product=product, batch=batch)
