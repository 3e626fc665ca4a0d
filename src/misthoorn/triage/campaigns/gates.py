"""Who is told, and who is not and why. Pure: facts about one finding in, the verdicts of all gates out.

Every gate gives its verdict, also after an earlier one said no, so that a person sees all reasons at once. The first
that says no names the outcome.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from misthoorn.common import tlp
from misthoorn.common.tlp import MATRIX, Audience, Tlp, What, may_tell
from misthoorn.constituency.facts import ContactFacts, audience_of
from misthoorn.constituency.routing.contact_order import LADDER, because
from misthoorn.constituency.routing.decision import RuleSet, route
from misthoorn.formats.values.rsit import TAKEN

GATES = "gates-4"  # the version of this file's rules
WARN = "warn"

# What can be left out, why, and who can change that; the site has the sentences for people.
OUTCOMES = (
    WARN,
    "other-team",
    "person-decides",
    "more-specific-holder",
    "no-longer-seen",
    "suppressed",
    "unlawful-origin",
    "stale",
    "refused-subject",
    "tlp",
    "no-contact",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the gates need to know of a finding and of its organisation.

    `suppression`: what silences it, as its verdict names it ("S-00012 until 2027-11-24"); "" where nothing does.
    `machines` are told beside a person, as far as the label allows. `network_owner`: the organisation owns the network
    where it was seen, others use that, and it is told in one list with what else was seen there. `origin`: for what was
    taken from somebody, who said that it was obtained lawfully ("source 3"), "" where nobody did; None for all else.
    """

    finding: int
    organisation: int
    organisation_kind: str
    subject: str
    open: bool
    most_specific: bool
    last_seen: datetime
    tlp: Tlp
    contacts: Sequence[ContactFacts]
    refused_subject: bool
    suppression: str = ""
    machines: Sequence[ContactFacts] = ()
    network_owner: bool = False
    origin: str | None = None
    oktt: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator and the law say, as data."""

    team: str
    fresh: timedelta
    rules: tuple[RuleSet, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    gate: str
    passed: bool
    reason: str
    rule: str


@lru_cache(maxsize=4096)
def _verdict(gate: str, reason: str, rule: str) -> Verdict:
    """A gate's verdict: it let the finding pass where it has no reason against it. Of a country most are the same."""
    return Verdict(gate, not reason, reason, rule)


@dataclass(frozen=True, slots=True)
class Ruling:
    """All verdicts on a finding. `outcome` is one of OUTCOMES; `team` is who should tell.

    `contact` is the person who would be told, and `beside` the machines that are told the same.
    """

    finding: int
    organisation: int
    outcome: str
    team: str | None
    contact: ContactFacts | None
    verdicts: tuple[Verdict, ...]
    beside: tuple[ContactFacts, ...] = ()


def rule_on(candidate: Candidate, *, policy: Policy, now: datetime) -> Ruling:
    """Let every gate look at a finding."""
    where = route(kind=candidate.organisation_kind, on=now.date(), rules=policy.rules, oktt=candidate.oktt)
    contact = _allowed_contact(candidate)
    verdicts = (
        _routing(where.team, policy.team, rule=where.rule, ground=where.ground),
        _most_specific(candidate),
        _verdict("still true", "" if candidate.open else "no-longer-seen", GATES),
        _suppression(candidate),
        _origin(candidate),
        _fresh(candidate, policy=policy, now=now),
        _verdict("own wish", "refused-subject" if candidate.refused_subject else "", GATES),
        _tlp(candidate, contact),
        _reachable(candidate, contact),
    )
    against = next((verdict.reason for verdict in verdicts if not verdict.passed), WARN)
    return Ruling(
        finding=candidate.finding,
        organisation=candidate.organisation,
        outcome=against,
        team=where.team,
        contact=contact if against == WARN else None,
        verdicts=verdicts,
        beside=_machines(candidate) if against == WARN else (),
    )


def _routing(team: str | None, ours: str, *, rule: str, ground: str) -> Verdict:
    if team is None:
        return _verdict("routing", "person-decides", rule)
    if team != ours:
        return _verdict("routing", "other-team", f"{rule}: {team} ({ground})")
    return _verdict("routing", "", f"{rule}: {team} ({ground})")


def _most_specific(candidate: Candidate) -> Verdict:
    """The owner of a network is told beside whoever uses a part of it: each can do what the other can't."""
    if not candidate.most_specific and candidate.network_owner:
        return _verdict("most specific", "", f"{GATES}: network owner, beside a nearer holder")
    return _verdict("most specific", "" if candidate.most_specific else "more-specific-holder", GATES)


def _suppression(candidate: Candidate) -> Verdict:
    if candidate.suppression:
        return _verdict("suppression", "suppressed", f"{GATES}: {candidate.suppression}")
    return _verdict("suppression", "", GATES)


def asks_for_origin(rsit: str) -> bool:
    """Whether something of this type ("class/type") is told only where its lawful origin is stated."""
    return rsit.rpartition("/")[2] in TAKEN


def _origin(candidate: Candidate) -> Verdict:
    if candidate.origin is None:
        return _verdict("origin", "", GATES)
    stated = candidate.origin or "origin not stated"
    return _verdict("origin", "" if candidate.origin else "unlawful-origin", f"{GATES}: {stated}")


def _fresh(candidate: Candidate, *, policy: Policy, now: datetime) -> Verdict:
    passed = now - candidate.last_seen <= policy.fresh
    return _verdict("fresh", "" if passed else "stale", f"{GATES}: {policy.fresh.days} days")


def _tlp(candidate: Candidate, contact: ContactFacts | None) -> Verdict:
    """Without any contact TLP has nothing to say, unless it is RED: the contact gate tells."""
    if contact is None and not candidate.contacts and candidate.tlp is not Tlp.RED:
        return _verdict("tlp", "", f"{MATRIX}: {candidate.tlp}")
    asked = contact or next(iter(candidate.contacts), None)
    if asked is None:
        return _verdict("tlp", "tlp", f"{MATRIX}: {candidate.tlp}")
    verdict = _telling(candidate, asked)
    return _verdict("tlp", "" if verdict.allowed else "tlp", verdict.rule)


def _reachable(candidate: Candidate, contact: ContactFacts | None) -> Verdict:
    """Says by which rung of the ladder, so that the choice is kept with its reason."""
    chosen = contact or next(iter(candidate.contacts), None)
    if chosen is None:
        return _verdict("contact", "no-contact", LADDER)
    return _verdict("contact", "", because(chosen))


def _machines(candidate: Candidate) -> tuple[ContactFacts, ...]:
    return tuple(one for one in candidate.machines if _telling(candidate, one).allowed)


def _allowed_contact(candidate: Candidate) -> ContactFacts | None:
    """The first rung of the ladder that the label allows."""
    return next((one for one in candidate.contacts if _telling(candidate, one).allowed), None)


def _telling(candidate: Candidate, contact: ContactFacts) -> tlp.Verdict:
    if candidate.network_owner:
        owner = Audience.NETWORK_OWNER
        return may_tell(candidate.tlp, audience=owner, channel=contact.channel, what=What.BUNDLE)
    return may_tell(candidate.tlp, audience=audience_of(contact.role), channel=contact.channel, what=What.WARNING)
