"""Who hears what follows: those who got the warning, or the next rung where they can't be reached any more."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import ContactFacts
from misthoorn.constituency.words import PARALLEL
from misthoorn.notification.facts import MessagePlan, NoticePlan
from misthoorn.notification.following import Sent
from misthoorn.triage.assess import Assessment, assess
from misthoorn.triage.following_up.facts import Case
from misthoorn.triage.gates import WARN, Ruling
from misthoorn.triage.plans import notice_plans

_NOBODY = ("no-contact", "tlp")  # what the gates say of a finding that nobody who is asked may hear of


@dataclass(frozen=True, slots=True)
class Whom:
    """What each is told, ready to be written out. `because`: why nothing may be told now, as the gates say it."""

    messages: tuple[MessagePlan, ...] = ()
    because: str = ""


def got(case: Case) -> list[Sent]:
    """What reached somebody, of the warning and of what followed on it: one for each contact, the earliest."""
    every = [*case.notice.sent, *(one for later in case.notice.later for one in later.sent)]
    by_contact: dict[tuple[int, str], Sent] = {}
    for one in every:
        if one.got_at:
            by_contact.setdefault((one.contact, one.channel), one)
    return list(by_contact.values())


def same_again(case: Case, findings: Collection[int], *, now: datetime) -> Whom:
    """Those who got the warning, each about its own part; for a part of which nobody is left, the next rung.

    The gates are asked again: what may not be told any more is not.
    """
    usable = {one.id for one in _ladder(case, now=now)}
    reached = {one.contact for one in got(case)}
    warned = {one.contact for one in case.notice.sent if one.got_at}
    rulings = _rulings(case, findings, without=usable - warned, now=now)
    lost = {ruling.finding for ruling in rulings if ruling.outcome in _NOBODY}
    if lost:
        rulings = [ruling for ruling in rulings if ruling.finding not in lost]
        rulings += _rulings(case, lost, without=(), now=now)
    plan = _plan(case, rulings, now=now)
    told = [one for one in plan.messages if one.channel not in PARALLEL or one.contact in reached]
    for other in sorted((usable & reached) - {one.contact for one in told}):  # by another way, and no less
        alone = _plan(case, _rulings(case, findings, without=usable - {other}, now=now), now=now)
        told += [one for one in alone.messages if one.contact == other]
    return Whom(tuple(told), plan.withheld_because)


def somebody_else(case: Case, findings: Collection[int], *, now: datetime) -> Whom:
    """The next rung that heard nothing of it yet, by a contact and an address of its own."""
    every = [*case.notice.sent, *(one for later in case.notice.later for one in later.sent)]
    tried, written = {one.contact for one in every}, {(one.channel, one.address.casefold()) for one in every}
    ladder = _ladder(case, now=now)
    used = {one.id for one in ladder if one.id in tried or (one.channel, one.address.casefold()) in written}
    plan = _plan(case, _rulings(case, findings, without=used, now=now), now=now)
    messages = tuple(one for one in plan.messages if one.channel not in PARALLEL)
    return Whom(messages, "" if plan.withheld_because in _NOBODY else plan.withheld_because)


def whatever_became(case: Case, *, instead: bool, now: datetime) -> Whom:
    """Those who got the warning and can still be told, with all that it was about, also what is over by now.

    `instead`: the next rung, where none of them can be told.
    """
    reached = {one.contact for one in got(case)}
    owner = case.notice.organisation
    ladders, machines = constituency.ladders_and_machines([owner], now=now)
    ladder = ladders.get(owner, ())
    people = [one for one in ladder if one.id in reached] or list(ladder[: int(instead)])
    told: list[MessagePlan] = []
    for contact in (*people, *(one for one in machines.get(owner, ()) if one.id in reached)):
        told += _plan(case, [_as_if(finding, case, contact) for finding in sorted(case.findings)], now=now).messages
    return Whom(tuple(told))


def _as_if(finding: int, case: Case, contact: ContactFacts) -> Ruling:
    return Ruling(finding, case.notice.organisation, WARN, None, contact, ())


def _ladder(case: Case, *, now: datetime) -> list[ContactFacts]:
    owner = case.notice.organisation
    return constituency.ladders([owner], now=now).get(owner, [])


def _rulings(case: Case, findings: Collection[int], *, without: Collection[int], now: datetime) -> list[Ruling]:
    asked = assess(case.campaign, now=now, only=case.notice.organisation, without=without)
    return [ruling for ruling in asked.rulings if ruling.finding in findings]


def _plan(case: Case, rulings: list[Ruling], *, now: datetime) -> NoticePlan:
    if not rulings:
        return NoticePlan(
            organisation=case.notice.organisation,
            subject=case.campaign.subject,
            severity=case.notice.severity,
            tlp=case.notice.tlp,
            findings=(),
            withheld_because="no-longer-seen",
        )
    return next(notice_plans(case.campaign, Assessment(tuple(rulings)), now=now))
