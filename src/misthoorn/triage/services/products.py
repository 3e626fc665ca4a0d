"""Installed products and advisories: what one side's change opens and closes, without redoing the rest.

An advisory that changed is matched with all products, a product that changed with all advisories that hold; each by
the keys of the one that changed. Whichever comes last sees the other, so their order does not matter. While a match
runs, the other side may change too: what changed is left alone (`Fence`), and matched by the run that its change brings
about.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Q

from misthoorn.common.failpoints import failpoint
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import AssetFacts
from misthoorn.intake import queries as intake
from misthoorn.intake.advisories import item_keys
from misthoorn.intake.facts import Label
from misthoorn.matching.advisories import match_advisories
from misthoorn.matching.schema import ADVISORY_MATCH_SCHEMA
from misthoorn.triage.findings.sightings import Sighting
from misthoorn.triage.models import Finding, SubjectKind
from misthoorn.triage.services.match_runs import PIECE, Run
from misthoorn.triage.services.observation import Fence, Pair, close, judge_open, see

KIND = SubjectKind.ADVISORY
PRODUCTS, SUBJECTS = 20_000, 5_000  # that are matched, or judged, at once
NO_LONGER = "the product's version or the advisory changed, and they no longer match"


def match_delivery(batch: int, *, run: Run, now: datetime) -> int:
    """Match the advisories about which a batch said something new with all products; the number of matches."""
    revision = constituency.key_revision()
    subjects = intake.touched(batch)
    read = intake.revisions(subjects)
    said = item_keys.read_item_keys(subjects)
    # Where a distribution has spoken, what upstream says of its package no longer counts: that is asked again too.
    also = sorted(set(item_keys.overruled_by(subjects, items=said.table)).difference(subjects))
    read |= intake.revisions(also)
    items = item_keys.with_words(item_keys.together(said, item_keys.read_item_keys(also))).table
    subjects += also
    assets = constituency.product_key_table(at=now, meeting=items)
    matches = _matches(assets, items)
    failpoint("triage.matched")

    def fence(pairs: Sequence[Pair]) -> set[Pair]:
        there = constituency.revisions({asset for asset, _ in pairs}, held=True)
        held = intake.revisions({subject for _, subject in pairs}, held=True)
        return {
            (asset, subject)
            for asset, subject in pairs
            if there.get(asset, revision + 1) <= revision and held.get(subject) == read.get(subject)
        }

    see(_sightings(matches, now=now), kind=KIND, run=run, fence=fence, now=now)
    for piece in batched(subjects, SUBJECTS):
        _close_unmatched(Q(subject__in=piece), matches, run=run, fence=fence, now=now)
    return int(matches.num_rows)


def match_changed(assets: Sequence[int], *, run: Run, now: datetime) -> int:
    """Match products that changed with all advisories that hold; the number of matches."""
    return sum(_match_piece(piece, run=run, now=now) for piece in batched(assets, PRODUCTS))


def _match_piece(assets: Sequence[int], *, run: Run, now: datetime) -> int:
    known = Finding.objects.filter(asset__in=assets, subject_kind=KIND, state=Finding.State.OPEN)
    before = intake.revisions(set(known.order_by().values_list("subject", flat=True).distinct()))
    sides = _sides(assets, now=now)
    read = sides.revisions | before
    matches = _matches(sides.assets, sides.items)
    failpoint("triage.matched")

    def fence(pairs: Sequence[Pair]) -> set[Pair]:
        there = constituency.revisions({asset for asset, _ in pairs})
        held = intake.revisions({subject for _, subject in pairs}, held=True)
        return {pair for pair in pairs if pair[0] in there and held.get(pair[1]) == read.get(pair[1])}

    see(_sightings(matches, now=now), kind=KIND, run=run, fence=fence, now=now)
    _close_unmatched(Q(asset__in=assets), matches, run=run, fence=fence, now=now)
    return int(matches.num_rows)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The two sides of the join, and which state of each advisory was read."""

    assets: pa.Table
    items: pa.Table
    revisions: dict[str, int]


def _sides(assets: Sequence[int], *, now: datetime) -> _Sides:
    """The keys of these products, and of the advisories that they can meet.

    Where an advisory asks for something beside the product, all products of the organisations count, and what is said
    of the others may change with these, also when these are no longer there.
    """
    mine = constituency.keys_of(assets, at=now)
    found = item_keys.with_words(item_keys.item_keys_meeting(constituency.keys_of(assets)))
    asking = pc.unique(found.table.filter(pc.greater(pc.binary_length(found.table["condition"]), 0))["item"])
    if not len(asking):
        return _Sides(mine, found.table, found.revisions)
    whole = item_keys.read_item_keys(asking.to_pylist())
    plain = found.table.filter(pc.invert(pc.is_in(found.table["item"], value_set=asking)))
    others = set(constituency.products_of(constituency.organisations_of(assets))) - set(assets)
    theirs = constituency.keys_of(sorted(others), at=now)
    theirs = theirs.filter(pc.is_in(theirs["key"], value_set=pc.unique(whole.table["key"])))
    return _Sides(
        assets=pa.concat_tables([mine, theirs]),
        items=pa.concat_tables([plain, whole.table]),
        revisions=whole.revisions | found.revisions,
    )


def _matches(assets: pa.Table, items: pa.Table) -> pa.Table:
    if not assets.num_rows or not items.num_rows:
        return ADVISORY_MATCH_SCHEMA.empty_table()  # most imports meet nothing, and opening an engine takes its time
    return match_advisories(assets=assets, items=items)


def _close_unmatched(which: Q, matches: pa.Table, *, run: Run, fence: Fence, now: datetime) -> None:
    matched = set(zip(matches["asset"].to_pylist(), matches["item"].to_pylist(), strict=True))

    def judge(row: Finding) -> bool:
        close(row, because=NO_LONGER, now=now)
        return True

    # What was seen later than this was seen by another run, which knew more.
    judge_open(which & Q(subject_kind=KIND, last_seen__lte=now), judge=judge, run=run, fence=fence, spared=matched)


def _sightings(matches: pa.Table, *, now: datetime) -> Iterator[Sighting]:
    columns: Iterable[tuple[str, int, str]] = zip(
        matches["item"].to_pylist(), matches["asset"].to_pylist(), matches["certainty"].to_pylist(), strict=True
    )
    for piece in batched(columns, PIECE):
        labels = intake.labels(sorted({item for item, _, _ in piece}))
        products = constituency.assets({asset for _, asset, _ in piece})
        for item, asset, certainty in piece:
            # Either may be gone since the join was read.
            if item in labels and asset in products:
                yield _sighting(products[asset], item, labels[item], certainty=certainty, now=now)


def _sighting(product: AssetFacts, advisory: str, label: Label, *, certainty: str, now: datetime) -> Sighting:
    return Sighting(
        organisation=product.organisation,
        asset=product.id,
        source=label.source,
        tlp=label.tlp,
        subject=advisory,
        observed=product.label,
        port=0,
        protocol="",
        hostname="",
        rsit="",
        severity=label.severity,
        certainty=certainty,
        most_specific=True,
        first_seen=now,
        last_seen=now,
        times=1,
        evidence={"product": product.value, "version": product.version},
    )
