"""What is watched and what was found: by asset, by product, and by advisory (CSAF 2.0, 9.1.13)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db.models import Count, Max, Q, QuerySet

from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import AssetFacts
from misthoorn.formats.registry import FORMATS
from misthoorn.intake import queries as intake
from misthoorn.intake.facts import AdvisoryFacts, SourceFacts
from misthoorn.intake.records import affected_digest, named_keys
from misthoorn.matching import versions
from misthoorn.matching.inventory.assets import asset_keys
from misthoorn.triage.evidence import ReadableKey, readable_keys
from misthoorn.triage.match_explanation import normal_asset
from misthoorn.triage.models import Finding, MatchRun, Remediation, SubjectKind
from misthoorn.triage.queries import FindingFacts, finding_facts

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters
PAGE = 100
CERTAINTIES = ("exact", "likely")


@dataclass(frozen=True, slots=True)
class Watched:
    """How one asset is watched.

    `order`: the order of its versions, "" where it has none. `states`: what the owner should know, as codes:
    "no-version", "version-unreadable", "order-unknown" (a kind of package of which nobody told us the order),
    "not-named" (no advisory names the product yet: it is watched all the same), "ended", "not-begun". `sources`: those
    that could say something of it, with their latest delivery.
    """

    asset: AssetFacts
    keys: tuple[ReadableKey, ...]
    order: str
    sources: tuple[SourceFacts, ...]
    matched_at: datetime | None
    open: int
    gone: int
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """A finding of an advisory with the asset and the organisation that it concerns."""

    finding: FindingFacts
    asset: AssetFacts
    organisation_name: str


@dataclass(frozen=True, slots=True)
class ProductCount:
    """A product in one version, as registered, and on how many assets of how many organisations it matches."""

    value: str
    version: str
    assets: int
    organisations: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Open matches of one advisory, or of everything in a list: how many assets, how sure, and what is being done."""

    assets: int
    organisations: int
    certainties: dict[str, int]
    remediation: dict[str, int]


def watched(assets: Sequence[AssetFacts], *, now: datetime) -> list[Watched]:
    """How each of these assets is watched, in their order."""
    by_kind = {kind: _sources(kind) for kind in ("advisories", "events")}
    matched = {kind: _matched_at(kind) for kind in by_kind}
    counted = _counts([asset.id for asset in assets])
    named = _named(assets)
    return [
        Watched(
            asset=asset,
            keys=readable_keys(asset),
            order=order_of(asset),
            sources=by_kind[_items(asset)],
            matched_at=matched[_items(asset)],
            open=counted[asset.id][Finding.State.OPEN],
            gone=counted[asset.id][Finding.State.GONE],
            states=tuple(_states(asset, named=asset.id in named, now=now)),
        )
        for asset in assets
    ]


def _items(asset: AssetFacts) -> str:
    return "advisories" if asset.kind == "product" else "events"


def _formats(kind: str) -> list[str]:
    return [name for name, one in FORMATS.items() if one.kind == kind]


def _sources(kind: str) -> tuple[SourceFacts, ...]:
    return tuple(one for one in intake.sources() if one.format in _formats(kind) and not one.paused)


def _matched_at(kind: str) -> datetime | None:
    """When these were matched last: a delivery of the kind, or assets that changed."""
    runs = MatchRun.objects.filter(Q(batch__source__format__in=_formats(kind)) | Q(batch__isnull=True))
    found: datetime | None = runs.filter(state=MatchRun.State.DONE).aggregate(at=Max("finished_at"))["at"]
    return found


def _counts(assets: Sequence[int]) -> dict[int, Counter[str]]:
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for piece in batched(assets, PIECE):
        rows = Finding.objects.filter(asset__in=piece).order_by().values_list("asset", "state")
        for asset, state, number in rows.annotate(n=Count("pk")):
            counted[asset][state] = number
    return counted


def _named(assets: Sequence[AssetFacts]) -> set[int]:
    """The products that some advisory names, in whatever version."""
    keys = {
        asset.id: {(key.space, key.key) for key in asset_keys(normal_asset(asset))}
        for asset in assets
        if asset.kind == "product"
    }
    known = named_keys({key for found in keys.values() for key in found})
    return {asset for asset, found in keys.items() if found & known}


def order_of(asset: AssetFacts) -> str:
    """The order in which versions of a product are compared; "" for what has no versions."""
    if asset.kind != "product":
        return ""
    return versions.scheme_of_purl(_type(asset)) if asset.value.startswith("pkg:") else "generic"


def _type(asset: AssetFacts) -> str:
    return asset.value.removeprefix("pkg:").partition("/")[0].lower()


def _states(asset: AssetFacts, *, named: bool, now: datetime) -> list[str]:
    found = []
    if asset.kind == "product":
        if not asset.version:
            found.append("no-version")
        elif not versions.valid(order_of(asset), asset.version):
            found.append("version-unreadable")
        if asset.value.startswith("pkg:") and _type(asset) not in versions.PURL_SCHEMES:
            found.append("order-unknown")
        if not named:
            found.append("not-named")
    if asset.valid_to is not None and asset.valid_to <= now:
        found.append("ended")
    if asset.valid_from is not None and asset.valid_from > now:
        found.append("not-begun")
    return found


def findings_of_asset(asset: int, *, certainty: str = "", limit: int = PAGE) -> list[FindingFacts]:
    """The findings on one asset, those still open first; broadened (all) or narrowed (one certainty)."""
    return _facts(_by_certainty(Finding.objects.filter(asset=asset), certainty)[:limit])


def findings_of_assets(assets: Sequence[int], *, certainty: str = "") -> dict[int, list[FindingFacts]]:
    """The same for many assets, in a few statements; at most a page of each."""
    found: dict[int, list[FindingFacts]] = {asset: [] for asset in assets}
    for piece in batched(assets, PIECE):
        for row in _by_certainty(Finding.objects.filter(asset__in=piece), certainty).iterator(chunk_size=PIECE):
            if len(found[row.asset_id]) < PAGE:
                found[row.asset_id].append(finding_facts(row))
    return found


def findings_of_product(value: str, *, certainty: str = "", limit: int = PAGE) -> list[FindingFacts]:
    """The findings on a product in whatever version, of all organisations; open ones first."""
    rows = Finding.objects.filter(asset__kind="product", asset__value=value)
    return _facts(_by_certainty(rows, certainty)[:limit])


def _by_certainty(rows: QuerySet[Finding], certainty: str) -> QuerySet[Finding]:
    rows = rows.select_related("remediation_by").order_by("-state", "-last_seen", "pk")
    return rows.filter(certainty=certainty) if certainty in CERTAINTIES else rows


def _facts(rows: QuerySet[Finding]) -> list[FindingFacts]:
    return [finding_facts(row) for row in rows]


def _matches(advisory: str) -> QuerySet[Finding]:
    return Finding.objects.filter(subject_kind=SubjectKind.ADVISORY, subject=advisory)


def affected_by(advisory: str, *, certainty: str = "", first: int = 0, limit: int = PAGE) -> list[Affected]:
    """The assets that an advisory matches, by organisation, `limit` of them from the `first` on; open ones first."""
    rows = _by_certainty(_matches(advisory), certainty)
    rows = rows.order_by("-state", "organisation__name", "asset", "pk").select_related("organisation")
    page = list(rows[first : first + limit])
    assets = constituency.assets({row.asset_id for row in page})
    return [Affected(finding_facts(row), assets[row.asset_id], str(row.organisation)) for row in page]


def products_of(advisory: str, *, certainty: str = "", limit: int = PAGE) -> list[ProductCount]:
    """The different products that an advisory matches now, those with most assets first."""
    rows = _by_certainty(_matches(advisory), certainty).filter(state=Finding.State.OPEN).order_by()
    counted = rows.values("asset__value", "asset__version").annotate(
        assets=Count("asset", distinct=True), organisations=Count("organisation", distinct=True)
    )
    return [
        ProductCount(row["asset__value"], row["asset__version"], row["assets"], row["organisations"])
        for row in counted.order_by("-assets", "asset__value", "asset__version")[:limit]
    ]


def statistics(advisory: str) -> Statistics:
    """How many assets an advisory matches at all, by certainty, and how many are marked with each state."""
    return _statistics(_matches(advisory))


def statistics_of_asset(asset: int) -> Statistics:
    """The same over all advisories and events on one asset."""
    return _statistics(Finding.objects.filter(asset=asset))


def _statistics(rows: QuerySet[Finding]) -> Statistics:
    rows = rows.filter(state=Finding.State.OPEN).order_by()
    sums = rows.aggregate(assets=Count("asset", distinct=True), organisations=Count("organisation", distinct=True))
    certain = dict(rows.values_list("certainty").annotate(n=Count("pk")))
    marked = dict(rows.values_list("remediation").annotate(n=Count("pk")))
    return Statistics(
        **sums,
        certainties={name: certain.get(name, 0) for name in CERTAINTIES},
        remediation={name: marked.get(name, 0) for name in Remediation.values},
    )


def outdated_marks(findings: Sequence[FindingFacts]) -> set[int]:
    """The findings that were marked before their advisory changed what it says is affected."""
    marked = [one for one in findings if one.remediation_of and one.remediation != Remediation.NONE]
    said = {subject: affected_digest(subject) for subject in {one.subject for one in marked}}
    return {one.id for one in marked if one.remediation_of != said[one.subject]}


def open_matches(*, advisory: str = "", asset: int | None = None, certainty: str = "") -> list[int]:
    """The open findings of an advisory, or on an asset: what a switch for all at once marks."""
    rows = _matches(advisory) if advisory else Finding.objects.filter(asset=asset)
    return list(_by_certainty(rows, certainty).filter(state=Finding.State.OPEN).values_list("pk", flat=True))


def matched_advisories(*, limit: int = PAGE) -> list[tuple[AdvisoryFacts, int, int]]:
    """The advisories that match something now, the newest match first: with how many assets and organisations."""
    rows = Finding.objects.filter(subject_kind=SubjectKind.ADVISORY, state=Finding.State.OPEN).order_by()
    counted = rows.values("subject").annotate(
        newest=Max("first_seen"), assets=Count("asset", distinct=True), owners=Count("organisation", distinct=True)
    )
    found = list(counted.order_by("-newest", "subject")[:limit])
    facts = intake.advisories([row["subject"] for row in found])
    return [(facts[row["subject"]], row["assets"], row["owners"]) for row in found if row["subject"] in facts]
