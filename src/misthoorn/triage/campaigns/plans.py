"""From the gates' verdicts to what each organisation is told."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from ipaddress import ip_address
from itertools import batched, chain, groupby
from operator import attrgetter, itemgetter
from typing import Any, Protocol, cast

from misthoorn.common.tlp import UNMARKED, Tlp, parse_tlp, strictest
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import AssetFacts, ContactFacts, OrganisationFacts
from misthoorn.constituency.routing.contact_order import is_bound
from misthoorn.intake import queries as intake
from misthoorn.intake.facts import AdvisoryFacts as AdvisoryKnown
from misthoorn.matching import versions
from misthoorn.notification.compose.facts import (
    CERTAINTIES,
    SEVERITIES,
    AdvisoryFacts,
    Certainty,
    Evidence,
    Language,
    Matched,
    Severity,
)
from misthoorn.notification.digests.timing import PREFERENCE, How
from misthoorn.notification.services import MessagePlan, NoticePlan
from misthoorn.triage.campaigns.credentials import Accounts, accounts_of
from misthoorn.triage.campaigns.gates import WARN, Ruling
from misthoorn.triage.campaigns.timing import Timings, may_not_wait, read_timings
from misthoorn.triage.campaigns.told_findings import ToldFinding, told_findings
from misthoorn.triage.campaigns.warning_reasons import Reasons
from misthoorn.triage.models import Campaign, SubjectKind

PIECE = 500  # organisations whose findings are in memory at once

# In the database these words are text; their columns hold no others.
_SEVERITIES: tuple[str, ...] = SEVERITIES
_CERTAINTIES: tuple[str, ...] = CERTAINTIES

# Keys of an event's evidence that name what was seen there, best first; facts: Shadowserver's report columns.
_WHAT = ("infection", "family", "malware_name", "banner", "machine_name", "server_name", "tag")


class Labelled(Protocol):
    """What has to be known of a finding to say who may be told."""

    @property
    def severity(self) -> str: ...
    @property
    def tlp(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Known:
    """What a campaign's plans are made of; without `reasons` they say none."""

    campaign: Campaign
    organisations: dict[int, OrganisationFacts]
    assets: dict[int, AssetFacts]
    sources: dict[int, str]
    advisory: AdvisoryKnown | None
    affected: list[dict[str, Any]]
    reasons: Reasons | None
    timings: Timings
    accounts: Mapping[int, Accounts] = field(default_factory=dict)


def notice_plans(campaign: Campaign, rulings: Iterable[Ruling], *, now: datetime) -> Iterator[NoticePlan]:
    """One plan for each organisation that rulings are on, in their order, which is that of organisations.

    No more rulings are taken than some organisations have (`PIECE`), so that a country fits.
    """
    sources = intake.source_names()
    advisory, affected = advisory_of(campaign)
    reasons = Reasons(campaign.subject, kind=campaign.subject_kind)
    each = groupby(rulings, key=attrgetter("organisation"))
    for owners in batched(((owner, list(some)) for owner, some in each), PIECE):
        by_owner = dict(owners)
        findings = told_findings(ruling.finding for some in by_owner.values() for ruling in some)
        assets = constituency.assets(sorted({row.asset_id for row in findings.values()}))
        organisations = constituency.organisations([*by_owner])
        timings = read_timings((ruling.contact for some in by_owner.values() for ruling in some), now=now)
        known = Known(
            campaign,
            organisations,
            assets,
            sources,
            advisory,
            affected,
            reasons,
            timings,
            accounts_of(findings.values()),
        )
        for owner, some in by_owner.items():
            yield plan_of(owner, some, findings, known)


def advisory_of(campaign: Campaign) -> tuple[AdvisoryKnown | None, list[dict[str, Any]]]:
    """What a campaign is about, where that is an advisory, and what that says of products."""
    if campaign.subject_kind != SubjectKind.ADVISORY:
        return None, []
    return intake.advisories([campaign.subject]).get(campaign.subject), intake.affected(campaign.subject)


def plan_of(owner: int, rulings: Sequence[Ruling], findings: Mapping[int, ToldFinding], known: Known) -> NoticePlan:
    """What these rulings, at least one, come to for their organisation. Asks nobody anything."""
    told = [findings[ruling.finding] for ruling in rulings if ruling.outcome == WARN]
    rows = told or [findings[ruling.finding] for ruling in rulings]
    severity = worst(rows)
    pressing = may_not_wait(rows, severity=severity, exploited=is_exploited(known.advisory))
    told_to = chain(whom(rulings, findings), _told_beside(rulings, findings))
    messages = tuple(
        replace(
            _message(some, contact, known),
            timing=known.timings.of(contact, severity=severity, pressing=pressing),
        )
        for contact, some in told_to
    )
    unwanted = PREFERENCE if messages and all(one.timing.how is How.NOT for one in messages) else ""
    return NoticePlan(
        organisation=owner,
        subject=known.campaign.subject,
        severity=severity,
        tlp=_label(rows),
        findings=tuple(row.pk for row in rows),
        withheld_because=unwanted if told else rulings[0].outcome,
        messages=messages,
        pressing=pressing,
    )


def _label(rows: Iterable[Labelled]) -> Tlp:
    """One organisation's own systems are no public matter, whatever the label of the advisory."""
    return strictest([UNMARKED, *(parse_tlp(row.tlp) for row in rows)])


def worst(rows: Iterable[Labelled]) -> Severity:
    """The severity of a notice on these findings."""
    return cast("Severity", min((row.severity for row in rows), key=_SEVERITIES.index))


def is_exploited(advisory: AdvisoryKnown | None) -> bool:
    """Whether somebody says that criminals use it."""
    return advisory is not None and bool(advisory.exploited_since or advisory.exploited_source)


def whom[F: Labelled](rulings: Sequence[Ruling], findings: Mapping[int, F]) -> Iterator[tuple[ContactFacts, list[F]]]:
    """Who is told what: all to whoever the strictest label of it allows; to a network's or domain's own contact, or a
    provider for some assets, only what is there.
    """  # noqa: D205  one thought
    parts: dict[int, list[Ruling]] = defaultdict(list)
    for ruling in rulings:
        if ruling.outcome == WARN and ruling.contact is not None:
            parts[ruling.contact.id if is_bound(ruling.contact) else 0].append(ruling)
    for _, part in sorted(parts.items()):
        by_label = {parse_tlp(findings[ruling.finding].tlp): ruling.contact for ruling in part}
        contact = by_label[strictest(by_label)]
        if contact is not None:
            yield contact, [findings[ruling.finding] for ruling in part]


def _told_beside(
    rulings: Sequence[Ruling], findings: Mapping[int, ToldFinding]
) -> Iterator[tuple[ContactFacts, list[ToldFinding]]]:
    """What the organisation's machines are told: each all that the gates let it have. Never in a person's place."""
    parts: dict[int, tuple[ContactFacts, list[ToldFinding]]] = {}
    for ruling in rulings:
        for machine in ruling.beside:
            parts.setdefault(machine.id, (machine, []))[1].append(findings[ruling.finding])
    return (parts[pk] for pk in sorted(parts))


def _message(rows: Sequence[ToldFinding], contact: ContactFacts, known: Known) -> MessagePlan:
    first = rows[0]
    asset = known.assets[first.asset_id]
    names = sorted({known.sources[row.source_id] for row in rows})
    return MessagePlan(
        contact=contact.id,
        role=contact.role,
        channel=contact.channel,
        address=contact.address,
        language=cast("Language", contact.language),
        certainty=cast("Certainty", max((row.certainty for row in rows), key=_CERTAINTIES.index)),
        source=", ".join(known.advisory.sources if known.advisory else names),
        known_through="registered" if known.organisations[asset.organisation].registered else asset.provenance,
        evidence=tuple(_evidence(rows, known, contact=contact)),
        advisory=_advisory_facts(known, asset, installed={known.assets[row.asset_id].version for row in rows}),
        matched=cast("Matched", asset.kind),
        rsit_type=first.rsit,
        tlp=_label(rows),
        reasons=known.reasons.of(rows, known.assets) if known.reasons else (),
    )


def _evidence(rows: Sequence[ToldFinding], known: Known, *, contact: ContactFacts) -> Iterator[Evidence]:
    """One line for each address and port, or product, the newest of each; several names on one host are one line.

    In the order of the addresses; names come after them.
    """
    newest_first = sorted(rows, key=attrgetter("last_seen"), reverse=True)
    ordered = sorted(((_place(row), row) for row in newest_first), key=itemgetter(0))
    for _, same in groupby(ordered, key=itemgetter(0)):
        row = next(same)[1]
        asset = known.assets[row.asset_id]
        if row.subject_kind == SubjectKind.ADVISORY:
            yield Evidence(
                product=_product_name(asset, known), version=asset.version, hostname=asset.label, seen=row.first_seen
            )
        else:
            named, unnamed = known.accounts[row.pk].for_(contact) if row.pk in known.accounts else ((), 0)
            yield Evidence(
                address=row.observed if row.observed != row.hostname else "",
                port=row.port or None,
                protocol=row.protocol,
                hostname=row.hostname,
                what=next((str(row.evidence[key]) for key in _WHAT if row.evidence.get(key)), ""),
                seen=row.last_seen,
                accounts=named,
                unnamed=unnamed,
            )


def _place(row: ToldFinding) -> tuple[object, ...]:
    if row.subject_kind == SubjectKind.EVENT:
        return (*_address_order(row.observed), row.observed, row.port)
    return (row.asset_id,)


def _address_order(observed: str) -> tuple[int, int]:
    """IPv4 by number, then IPv6 by number, then whatever is a name."""
    try:
        address = ip_address(observed)
    except ValueError:
        return (9, 0)
    return (address.version, int(address))


def _entry(known: Known, asset: AssetFacts) -> dict[str, Any] | None:
    """The entry of the advisory that is about this product: by CPE, by purl, or else the first."""
    prefix = ":".join(asset.value.split(":")[:5])
    package = asset.value.split("@")[0].split("?")[0]
    for entry in known.affected:
        if any(cpe.startswith(prefix) for cpe in entry["cpes"]) or (
            entry["purl"] and entry["purl"].startswith(package)
        ):
            return entry
    return known.affected[0] if known.affected else None


def _product_name(asset: AssetFacts, known: Known) -> str:
    entry = _entry(known, asset)
    if entry is None or not entry["product"]:
        return asset.value
    vendor, product = entry["vendor"], entry["product"]
    return product if not vendor or product.lower().startswith(vendor.lower().split()[0]) else f"{vendor} {product}"


def _advisory_facts(known: Known, asset: AssetFacts, *, installed: set[str]) -> AdvisoryFacts | None:
    advisory = known.advisory
    if advisory is None:
        return None
    entry = _entry(known, asset) or {"statements": []}
    bad = [one for one in entry["statements"] if one["status"] == "affected" and one["scheme"] != "text"]
    ends = [one["high"] for one in bad if not one["high_inclusive"] and one["high"]]
    fixes = {_fix(ends, version) for version in installed}
    since = advisory.exploited_since
    return AdvisoryFacts(
        identifier=advisory.identifier,
        product=_product_name(asset, known),
        score=f"{advisory.score:.1f}" if advisory.score else "",
        vector=advisory.vector,
        fixed_version=fixes.pop() if len(fixes) == 1 else _fix(ends, ""),
        affected=", ".join(_range(one) for one in bad),
        exploited_by=advisory.exploited_source,
        exploited_since=datetime.combine(since, time(), UTC) if since else None,
    )


def _fix(ends: Sequence[str], installed: str) -> str:
    """The first end of an affected range above the installed version; the last one without a version; "" without ends.

    `ends` in the order in which the advisory names them, which is that of the branches.
    """
    if versions.valid("generic", installed):
        here = versions.key("generic", installed)
        for end in ends:
            if versions.valid("generic", end) and versions.key("generic", end) > here:
                return end
    return ends[-1] if ends else ""


def _range(statement: dict[str, Any]) -> str:
    low, high = statement["low"], statement["high"]
    if low and low == high:
        return f"= {low}"
    parts = []
    if low and low not in {"0", "*"}:
        parts.append(f"{'>=' if statement['low_inclusive'] else '>'} {low}")
    if high and high != "*":
        parts.append(f"{'<=' if statement['high_inclusive'] else '<'} {high}")
    return " ".join(parts) or "all versions"
