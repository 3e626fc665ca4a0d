"""What has to be known around warnings before anybody is told more: read for a piece of them at once.

The number of statements does not grow with the warnings, only with the campaigns that they are of.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from misthoorn.constituency import queries as constituency
from misthoorn.constituency.contacts.opt_outs import unwanted
from misthoorn.constituency.facts import ContactFacts
from misthoorn.intake import queries as intake
from misthoorn.notification.facts import NoticePlan
from misthoorn.triage.campaigns.assessment import candidates_of, policy
from misthoorn.triage.campaigns.credentials import Accounts, accounts_of
from misthoorn.triage.campaigns.gates import Candidate, Policy, Ruling, rule_on
from misthoorn.triage.campaigns.plans import Known, advisory_of, plan_of
from misthoorn.triage.campaigns.timing import read_timings
from misthoorn.triage.campaigns.told_findings import ToldFinding, told_findings
from misthoorn.triage.follow_up.facts import Case


@dataclass(frozen=True, slots=True)
class Around:
    """`candidates` and `findings` by the finding; ladders and machines by the organisation; `known` by the campaign."""

    now: datetime
    policy: Policy
    candidates: Mapping[int, Candidate]
    findings: Mapping[int, ToldFinding]
    ladders: Mapping[int, Sequence[ContactFacts]]
    machines: Mapping[int, Sequence[ContactFacts]]
    known: Mapping[int, Known]
    no_reminders: Collection[int]
    no_good_news: Collection[int]

    def ladder(self, case: Case) -> Sequence[ContactFacts]:
        """Whom the organisation of a warning can be told by, best first."""
        return self.ladders.get(case.notice.organisation, ())

    def rulings(self, case: Case, findings: Collection[int], *, without: Collection[int] = ()) -> list[Ruling]:
        """What the gates say now of these findings of a warning, as if the contacts `without` were none."""
        asked = [self.candidates[pk] for pk in sorted(findings) if pk in self.candidates]
        return [
            rule_on(_without(one, without), policy=self.policy, now=self.now)
            for one in asked
            if one.organisation == case.notice.organisation
        ]

    def plan(self, case: Case, rulings: Sequence[Ruling]) -> NoticePlan:
        """What these rulings come to."""
        if not rulings:
            return NoticePlan(
                organisation=case.notice.organisation,
                subject=case.campaign.subject,
                severity=case.notice.severity,
                tlp=case.notice.tlp,
                findings=(),
                withheld_because="no-longer-seen",
            )
        return plan_of(case.notice.organisation, rulings, self.findings, self.known[case.campaign.pk])


def _without(candidate: Candidate, contacts: Collection[int]) -> Candidate:
    if not contacts:
        return candidate
    return replace(candidate, contacts=[one for one in candidate.contacts if one.id not in contacts])


def around(cases: Sequence[Case], *, now: datetime) -> Around:
    """All that has to be known around these warnings at this moment."""
    owners = sorted({case.notice.organisation for case in cases})
    wanted = sorted({pk for case in cases for pk in case.findings})
    ladders, machines = constituency.ladders_and_machines(owners, now=now)
    contacts = [one for some in (*ladders.values(), *machines.values()) for one in some]
    whose = {one.id for one in contacts}
    findings = told_findings(wanted)
    return Around(
        now=now,
        policy=policy(),
        candidates={one.finding: one for one in candidates_of(wanted, organisations=owners, now=now)},
        findings=findings,
        ladders=ladders,
        machines=machines,
        known=_known(cases, contacts, accounts_of(findings.values()), now=now),
        no_reminders=unwanted("reminders", contacts=whose),
        no_good_news=unwanted("good_news", contacts=whose),
    )


def _known(
    cases: Sequence[Case], contacts: Sequence[ContactFacts], accounts: Mapping[int, Accounts], *, now: datetime
) -> dict[int, Known]:
    """What plans are made of. Nothing that follows says why it concerns its reader: the warning said so."""
    organisations = constituency.organisations(sorted({case.notice.organisation for case in cases}))
    assets = constituency.assets({row.asset_id for case in cases for row in case.findings.values()})
    sources = intake.source_names()
    timings = read_timings(contacts, now=now)
    return {
        campaign.pk: Known(campaign, organisations, assets, sources, *advisory_of(campaign), None, timings, accounts)
        for campaign in {case.campaign.pk: case.campaign for case in cases}.values()
    }
