"""Why a warning concerns its recipient: one reason for each asset that its findings are on."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import cast

from misthoorn.constituency.facts import AssetFacts
from misthoorn.matching.dictionary.choices import is_in_words
from misthoorn.matching.explanations.match import cpe_in_words
from misthoorn.matching.explanations.match_text import Language, product_claim
from misthoorn.notification.compose.facts import LANGUAGES, Matched, Reason
from misthoorn.triage.campaigns.told_findings import ToldFinding
from misthoorn.triage.match_explanation import heard_of, why_product
from misthoorn.triage.models import SubjectKind

_LANGUAGES: tuple[Language, ...] = LANGUAGES


class Reasons:
    """The reasons of one subject. What holds of a product and a version is worked out once, whoever has it."""

    def __init__(self, subject: str, *, kind: str) -> None:
        self._subject = subject
        self._records = heard_of(subject) if kind == SubjectKind.ADVISORY else []
        self._products: dict[tuple[str, str, str], Reason | None] = {}

    def of(self, rows: Sequence[ToldFinding], assets: Mapping[int, AssetFacts]) -> tuple[Reason, ...]:
        """The reasons of some findings of one organisation, in the order of its assets."""
        return tuple(self._each(rows, assets))

    def _each(self, rows: Sequence[ToldFinding], assets: Mapping[int, AssetFacts]) -> Iterator[Reason]:
        for asset_id, some in groupby(sorted(rows, key=_asset), key=_asset):
            asset, found = assets[asset_id], list(some)
            if asset.kind != "product":
                seen = {(row.hostname or row.observed) if asset.kind == "domain" else row.observed for row in found}
                yield Reason(
                    kind=cast("Matched", asset.kind), value=asset.value, what=min(seen, key=_place), count=len(seen)
                )
            elif reason := self._product(asset, certainty=found[0].certainty):
                yield reason

    def _product(self, asset: AssetFacts, *, certainty: str) -> Reason | None:
        key = (asset.value, asset.version, certainty)
        if key not in self._products:
            self._products[key] = self._explained(asset, certainty=certainty)
        return self._products[key]

    def _explained(self, asset: AssetFacts, *, certainty: str) -> Reason | None:
        why = why_product(asset, self._subject, self._records, certainty=certainty)
        if why.product is None:
            return None
        product, document = why.product, why.batch.source.format if why.batch else ""
        return Reason(
            kind="product",
            value=_called(asset.value),
            claim={one: product_claim(product, document=document, language=one) for one in _LANGUAGES},
            doubts=product.because if product.certainty != "exact" else (),
        )


def _asset(row: ToldFinding) -> int:
    return row.asset_id


def _place(seen: str) -> tuple[int, str]:
    return (len(seen), seen)


def _called(value: str) -> str:
    """What a product is registered as, in words."""
    if is_in_words(value):
        return value.replace(":", " ")
    return cpe_in_words(value) or value.partition("/")[2]
