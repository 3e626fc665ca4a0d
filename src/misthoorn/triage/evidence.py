"""Why a finding is one: the chain of evidence from the asset to what was said to whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import AssetFacts, OrganisationFacts
from misthoorn.intake import queries as intake
from misthoorn.intake.records import Record, seen_rows
from misthoorn.matching.explanations.match import EventWhy
from misthoorn.matching.explanations.match_text import Language, event_sentence
from misthoorn.matching.inventory.assets import asset_keys
from misthoorn.notification import queries as notification
from misthoorn.notification.facts import NoticeLine
from misthoorn.triage import queries
from misthoorn.triage.match_explanation import Why, WhyNot, heard_of, normal_asset, why_not, why_product
from misthoorn.triage.models import Decision, SubjectKind
from misthoorn.triage.queries import FindingFacts
from misthoorn.triage.suppression import SuppressionFacts, facts_of, silenced


@dataclass(frozen=True, slots=True)
class ReadableKey:
    """What an asset is found by. `lo` and `hi` are bytes in hex, as the join compares them."""

    space: str
    key: str
    lo: str
    hi: str


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the gates said in one campaign: [gate, passed, reason, rule] of each; empty until it is decided."""

    campaign: int
    reference: str
    outcome: str
    gates: list[list[Any]]
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything between an asset and a warning. `finding` is None where nothing was found for the two.

    `apart`: what keeps the asset and an advisory apart now, None where nothing does.
    """

    organisation: OrganisationFacts
    asset: AssetFacts
    keys: tuple[ReadableKey, ...]
    item: str
    why: Why
    apart: WhyNot | None
    finding: FindingFacts | None
    suppression: SuppressionFacts | None
    verdicts: tuple[Verdicts, ...]
    notices: tuple[NoticeLine, ...]


def readable_keys(asset: AssetFacts) -> tuple[ReadableKey, ...]:
    """The keys of an asset, the surest first. Networks and numbers are shown as what they are written as."""
    shown = {}
    for key in asset_keys(normal_asset(asset)):
        text = key.key.decode("utf-8", "replace") if asset.kind in {"product", "domain"} else asset.value
        shown[key.space, text] = ReadableKey(key.space, text, key.lo.hex(), key.hi.hex())
    return tuple(shown.values())


def chain_of_finding(pk: int, *, now: datetime) -> Chain | None:
    """The chain of one finding, or None where there is none of that number."""
    found = queries.findings([pk])
    if not found:
        return None
    asset = constituency.assets([found[0].asset])[found[0].asset]
    return _chain(asset, found[0].subject, found[0], now=now)


def chain_of(*, asset: int, item: str, now: datetime) -> Chain | None:
    """The chain between an asset and an advisory, whether a finding came of it or not; None without such an asset."""
    facts = constituency.assets([asset]).get(asset)
    if facts is None:
        return None
    finding = queries.newest_finding(asset=asset, subject=item)
    return _chain(facts, item, finding, now=now)


def _chain(asset: AssetFacts, item: str, finding: FindingFacts | None, *, now: datetime) -> Chain:
    owner = constituency.organisations([asset.organisation])[asset.organisation]
    hushed = silenced([finding.id], now=now).get(finding.id) if finding else None
    verdicts = tuple(_verdicts(finding.id)) if finding else ()
    campaigns = {one.campaign for one in verdicts}
    told = notification.notices_of_organisation(owner.id) if campaigns else []
    is_event = finding is not None and finding.subject_kind == SubjectKind.EVENT
    why = _why_event(asset, owner, finding) if finding and is_event else _why_product(asset, item, finding)
    return Chain(
        organisation=owner,
        asset=asset,
        keys=readable_keys(asset),
        item=item,
        why=why,
        apart=None if is_event else why_not(asset, item, why, now=now),
        finding=finding,
        suppression=facts_of([hushed], now=now)[hushed] if hushed else None,
        verdicts=verdicts,
        notices=tuple(one for one in told if one.campaign in campaigns),
    )


def _verdicts(finding: int) -> Iterator[Verdicts]:
    for row in Decision.objects.filter(finding=finding).select_related("campaign").order_by("campaign"):
        yield Verdicts(row.campaign_id, row.campaign.reference, row.outcome, row.gates, row.decided_at)


def _why_event(asset: AssetFacts, owner: OrganisationFacts, finding: FindingFacts) -> Why:
    batch = intake.batch(finding.last_batch)
    rows = seen_rows(batch, subject=finding.subject, observed=finding.observed, port=finding.port) if batch else []
    return Why(None, _event(asset, owner, finding, seen_by=batch.source.name if batch else ""), batch, tuple(rows))


def _event(asset: AssetFacts, owner: OrganisationFacts, finding: FindingFacts, *, seen_by: str) -> EventWhy:
    return EventWhy(
        kind=asset.kind,
        what=(finding.hostname or finding.observed) if asset.kind == "domain" else finding.observed,
        value=asset.value,
        registered_by=owner.name,
        since=asset.valid_from,
        seen_at=finding.last_seen,
        seen_by=seen_by,
        most_specific=finding.most_specific,
    )


def _why_product(asset: AssetFacts, item: str, finding: FindingFacts | None) -> Why:
    return why_product(asset, item, heard_of(item), certainty=finding.certainty if finding else "")


def sentences(findings: Sequence[FindingFacts], *, language: Language, now: datetime) -> dict[int, str]:
    """Why each of these findings is one, or what keeps asset and advisory apart since, by its number; for lists."""
    assets = constituency.assets({one.asset for one in findings})
    owners = constituency.organisations({one.organisation for one in findings})
    names = intake.source_names()
    heard: dict[str, list[Record]] = {}
    said: dict[int, str] = {}
    for one in findings:
        asset = assets.get(one.asset)
        if asset is None:
            continue
        if one.subject_kind == SubjectKind.EVENT:
            event = _event(asset, owners[one.organisation], one, seen_by=names.get(one.source, ""))
            said[one.id] = event_sentence(event, language=language)
        else:
            if one.subject not in heard:
                heard[one.subject] = heard_of(one.subject)
            why = why_product(asset, one.subject, heard[one.subject], certainty=one.certainty)
            apart = None if why.product else why_not(asset, one.subject, why, now=now)
            said[one.id] = (apart or why).sentence(language)
    return said
