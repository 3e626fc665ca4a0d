"""What a campaign would do if it were approved now: every gate's verdict on every finding in it."""

from array import array
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched
from typing import NamedTuple

from django.conf import settings
from django.db.models import BooleanField, Case, F, Q, Value, When

from misthoorn.common.clock import last_day
from misthoorn.common.tlp import parse_tlp
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import ContactFacts
from misthoorn.constituency.routing.contact_order import concerning
from misthoorn.constituency.routing.decision import shipped_rules
from misthoorn.intake import lawfulness as intake
from misthoorn.triage.campaigns.gates import WARN, Candidate, Policy, Ruling, asks_for_origin, rule_on
from misthoorn.triage.models import Campaign, Decision, Finding, SubjectKind
from misthoorn.triage.suppression import facts_of, silenced

PIECE = 5_000  # findings that are in memory at once
NETWORKS = ("network", "asn")  # kinds of asset that others than its owner may use

# Open, and the organisation still had the asset when it was seen there: a table may say afterwards that it had not.
HOLDS = (
    Q(state=Finding.State.OPEN)
    & (Q(asset__valid_from__isnull=True) | Q(asset__valid_from__lte=F("last_seen")))
    & (Q(asset__valid_to__isnull=True) | Q(asset__valid_to__gt=F("last_seen")))
)


class _Row(NamedTuple):
    """What the gates read of a finding; `holds` as HOLDS says, `of_kind` is the kind of its asset."""

    pk: int
    organisation_id: int
    subject: str
    subject_kind: str
    most_specific: bool
    last_seen: datetime
    tlp: str
    asset_id: int
    observed: str
    hostname: str
    rsit: str
    source_id: int
    last_batch: int
    holds: bool
    of_kind: str


@dataclass(slots=True)
class Outcomes:
    """What becomes of each organisation of a campaign: `warn`, or else the outcome of its first finding."""

    findings: int = 0
    by_organisation: dict[int, str] = field(default_factory=dict)

    def counting(self, rulings: Iterable[Ruling]) -> Iterator[Ruling]:
        """The rulings, counted as they pass."""
        for ruling in rulings:
            self.count(ruling.organisation, ruling.outcome)
            yield ruling

    def count(self, organisation: int, outcome: str) -> None:
        """Count a finding of an organisation, after those before it."""
        self.findings += 1
        if outcome == WARN or organisation not in self.by_organisation:
            self.by_organisation[organisation] = outcome

    @property
    def reached(self) -> int:
        """How many organisations get a warning."""
        return sum(outcome == WARN for outcome in self.by_organisation.values())

    @property
    def left_out(self) -> dict[str, int]:
        """How many organisations get nothing, by outcome, most first."""
        return dict(Counter(one for one in self.by_organisation.values() if one != WARN).most_common())


def outcomes(campaign: Campaign, *, now: datetime) -> Outcomes:
    """What all gates say together of the organisations of a campaign."""
    counted = Outcomes()
    deque(counted.counting(assess(campaign, now=now)), maxlen=0)
    return counted


def policy() -> Policy:
    """The operator's policy, from the settings."""
    rules = shipped_rules(settings.ROUTING_FROM)
    return Policy(team=settings.INTERNAL_TEAM, fresh=timedelta(days=settings.FRESH_DAYS), rules=rules)


def assess(
    campaign: Campaign, *, now: datetime, only: int | None = None, without: Collection[int] = ()
) -> Iterator[Ruling]:
    """Ask all gates about all findings of a campaign, or of `only` this organisation, in the order of organisation and
    finding; those in hand at once are so many (`PIECE`), however many there are.

    Contacts `without` are left out of the ladders. Reads only.
    """  # noqa: D205  one thought
    asked = Decision.objects.filter(campaign=campaign)
    if only is not None:
        asked = asked.filter(finding__organisation=only)
    order = asked.order_by("finding__organisation", "finding").values_list("finding", flat=True)
    findings = array("q", order.iterator(chunk_size=PIECE))  # eight bytes each: all of a country fit
    refusing = constituency.refusals(campaign.subject)
    rules = policy()
    for piece in batched(findings, PIECE):
        for candidate in _candidates(
            piece, now=now, without=without, refused=lambda row: row.organisation_id in refusing
        ):
            yield rule_on(candidate, policy=rules, now=now)


def candidates_of(findings: Sequence[int], *, organisations: Sequence[int], now: datetime) -> Iterator[Candidate]:
    """These findings of these organisations, of whichever campaigns, as the gates look at them."""
    refused = constituency.refused_pairs(organisations)
    for piece in batched(findings, PIECE):
        yield from _candidates(
            piece, now=now, without=(), refused=lambda row: (row.organisation_id, row.subject) in refused
        )


def _candidates(
    piece: Sequence[int],
    *,
    now: datetime,
    without: Collection[int],
    refused: Callable[[_Row], bool],
) -> Iterator[Candidate]:
    findings = _read(piece)
    owners = sorted({finding.organisation_id for finding in findings})
    known = constituency.organisations(owners)
    ladders, machines = _whom(owners, now=now, without=without)
    silences = _silenced(piece, now=now)
    origins = _origins(findings)
    for finding in findings:
        owner = known[finding.organisation_id]
        yield Candidate(
            finding=finding.pk,
            organisation=owner.id,
            organisation_kind=owner.kind,
            subject=finding.subject,
            open=finding.holds,
            most_specific=finding.most_specific,
            # What an advisory says holds until a change of it, or of the product, closes the finding.
            last_seen=now if finding.subject_kind == SubjectKind.ADVISORY else finding.last_seen,
            tlp=parse_tlp(finding.tlp),
            contacts=_concerned(ladders, finding),
            refused_subject=refused(finding),
            suppression=silences.get(finding.pk, ""),
            machines=_concerned(machines, finding),
            origin=origins.get(finding.pk),
            oktt=owner.oktt,
            network_owner=owner.network_owner and finding.of_kind in NETWORKS,
        )


def _read(piece: Sequence[int]) -> list[_Row]:
    holds = Case(When(HOLDS, then=True), default=Value(value=False), output_field=BooleanField())
    rows = Finding.objects.filter(pk__in=piece).annotate(holds=holds, of_kind=F("asset__kind"))
    return [_Row(*values) for values in rows.order_by("organisation", "pk").values_list(*_Row._fields)]


type _Contacts = Mapping[int, Sequence[ContactFacts]]


def _whom(organisations: Sequence[int], *, now: datetime, without: Collection[int]) -> tuple[_Contacts, _Contacts]:
    """The ladder of each organisation, and its machines."""
    ladders, machines = constituency.ladders_and_machines(organisations, now=now)
    if not without:
        return ladders, machines
    return {owner: [one for one in ladder if one.id not in without] for owner, ladder in ladders.items()}, machines


def _concerned(contacts: _Contacts, finding: _Row) -> Sequence[ContactFacts]:
    whose = contacts.get(finding.organisation_id, ())
    return concerning(whose, asset=finding.asset_id, observed=finding.observed, hostname=finding.hostname)


def _origins(findings: Sequence[_Row]) -> dict[int, str]:
    """Of what was taken from somebody: who said that it was obtained lawfully, "" where nobody did."""
    asked = [finding for finding in findings if asks_for_origin(finding.rsit)]
    stated = intake.stated_origins({(finding.source_id, finding.last_batch) for finding in asked}) if asked else {}
    return {finding.pk: stated.get((finding.source_id, finding.last_batch), "") for finding in asked}


def _silenced(findings: Sequence[int], *, now: datetime) -> dict[int, str]:
    """What silences each of these findings that is silenced, as a verdict names it."""
    by_finding = silenced(findings, now=now)
    facts = facts_of(sorted(set(by_finding.values())), now=now)
    said = {one: f"{its.reference} until {last_day(its.until)}" for one, its in facts.items()}
    return {finding: said[one] for finding, one in by_finding.items()}
