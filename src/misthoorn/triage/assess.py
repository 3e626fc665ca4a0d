"""What a campaign would do if it were approved now: every gate's verdict on every finding in it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.db.models import BooleanField, Case, F, Q, Value, When

from misthoorn.common.tlp import parse_tlp
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import ContactFacts
from misthoorn.constituency.ladder import concerning
from misthoorn.constituency.routing import shipped_rules
from misthoorn.intake import origin as intake
from misthoorn.triage.gates import WARN, Candidate, Policy, Ruling, asks_for_origin, rule_on
from misthoorn.triage.models import Campaign, Finding, SubjectKind
from misthoorn.triage.silence import facts_of, silenced, silenced_in_campaign

NETWORKS = ("network", "asn")  # kinds of asset that others than its owner may use

# Open, and the organisation still had the asset when it was seen there: a table may say afterwards that it had not.
HOLDS = (
    Q(state=Finding.State.OPEN)
    & (Q(asset__valid_from__isnull=True) | Q(asset__valid_from__lte=F("last_seen")))
    & (Q(asset__valid_to__isnull=True) | Q(asset__valid_to__gt=F("last_seen")))
)


_READ = ("organisation_id", "subject", "most_specific", "last_seen", "tlp", "asset_id", "observed", "hostname")
_READ_OF_ORIGIN = ("rsit", "source_id", "last_batch")


@dataclass(frozen=True)
class Assessment:
    """Rulings in the order of organisation and finding."""

    rulings: tuple[Ruling, ...]

    @cached_property
    def reached(self) -> tuple[int, ...]:
        """The organisations that get a warning."""
        return tuple(sorted({ruling.organisation for ruling in self.rulings if ruling.outcome == WARN}))

    @cached_property
    def organisations(self) -> tuple[int, ...]:
        """All organisations concerned."""
        return tuple(sorted({ruling.organisation for ruling in self.rulings}))

    @cached_property
    def left_out(self) -> dict[int, str]:
        """Organisations that get nothing, each with the outcome of its first finding."""
        reached = set(self.reached)
        found: dict[int, str] = {}
        for ruling in self.rulings:
            if ruling.organisation not in reached:
                found.setdefault(ruling.organisation, ruling.outcome)
        return found

    @cached_property
    def left_out_counts(self) -> dict[str, int]:
        """How many organisations are left out, by outcome, most first."""
        return dict(Counter(self.left_out.values()).most_common())


def policy() -> Policy:
    """The operator's policy, from the settings."""
    rules = shipped_rules(settings.ROUTING_FROM)
    return Policy(team=settings.INTERNAL_TEAM, fresh=timedelta(days=settings.FRESH_DAYS), rules=rules)


def assess(campaign: Campaign, *, now: datetime, only: int | None = None, without: Collection[int] = ()) -> Assessment:
    """Ask all gates about all findings of a campaign, or of `only` this organisation.

    Contacts `without` are left out of the ladders. Reads only; about 20,000 findings a second.
    """
    asked = Finding.objects.filter(campaigns=campaign)
    findings = list(
        (asked if only is None else asked.filter(organisation=only))
        .annotate(
            holds=Case(When(HOLDS, then=True), default=Value(value=False), output_field=BooleanField()),
            of_kind=F("asset__kind"),
        )
        .order_by("organisation", "pk")
        .only(*_READ, *_READ_OF_ORIGIN)
    )
    owners = sorted({finding.organisation_id for finding in findings})
    known = constituency.organisations(owners)
    ladders, machines = _whom(owners, now=now, without=without)
    refused = constituency.refusals(campaign.subject)
    silences = _silenced(campaign, now=now, only=None if only is None else [finding.pk for finding in findings])
    origins = _origins(findings)
    rules = policy()
    return Assessment(
        rulings=tuple(
            rule_on(
                Candidate(
                    finding=finding.pk,
                    organisation=finding.organisation_id,
                    organisation_kind=known[finding.organisation_id].kind,
                    subject=finding.subject,
                    open=finding.holds,
                    most_specific=finding.most_specific,
                    # What an advisory says holds until a change of it, or of the product, closes the finding.
                    last_seen=now if campaign.subject_kind == SubjectKind.ADVISORY else finding.last_seen,
                    tlp=parse_tlp(finding.tlp),
                    contacts=_concerned(ladders, finding),
                    refused_subject=finding.organisation_id in refused,
                    suppression=silences.get(finding.pk, ""),
                    machines=_concerned(machines, finding),
                    origin=origins.get(finding.pk),
                    oktt=known[finding.organisation_id].oktt,
                    network_owner=known[finding.organisation_id].network_owner and finding.of_kind in NETWORKS,
                ),
                policy=rules,
                now=now,
            )
            for finding in findings
        )
    )


type _Contacts = Mapping[int, Sequence[ContactFacts]]


def _whom(organisations: Sequence[int], *, now: datetime, without: Collection[int]) -> tuple[_Contacts, _Contacts]:
    """The ladder of each organisation, and its machines."""
    ladders, machines = constituency.ladders_and_machines(organisations, now=now)
    if not without:
        return ladders, machines
    return {owner: [one for one in ladder if one.id not in without] for owner, ladder in ladders.items()}, machines


def _concerned(contacts: _Contacts, finding: Finding) -> Sequence[ContactFacts]:
    whose = contacts.get(finding.organisation_id, ())
    return concerning(whose, asset=finding.asset_id, observed=finding.observed, hostname=finding.hostname)


def _origins(findings: Sequence[Finding]) -> dict[int, str]:
    """Of what was taken from somebody: who said that it was obtained lawfully, "" where nobody did."""
    asked = [finding for finding in findings if asks_for_origin(finding.rsit)]
    stated = intake.stated_origins({(finding.source_id, finding.last_batch) for finding in asked}) if asked else {}
    return {finding.pk: stated.get((finding.source_id, finding.last_batch), "") for finding in asked}


def _silenced(campaign: Campaign, *, now: datetime, only: Sequence[int] | None) -> dict[int, str]:
    """What silences each finding of a campaign that is silenced, or of `only` these, as a verdict names it."""
    by_finding = silenced_in_campaign(campaign.pk, now=now) if only is None else silenced(only, now=now)
    facts = facts_of(sorted(set(by_finding.values())), now=now)
    return {finding: f"{facts[one].reference} until {facts[one].until:%Y-%m-%d}" for finding, one in by_finding.items()}
