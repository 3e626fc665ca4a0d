"""Who hears what follows: those who got the warning, or the next rung where they can't be reached any more. Pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from misthoorn.common.tlp import What, may_tell, parse_tlp, strictest
from misthoorn.constituency.facts import ContactFacts, audience_of
from misthoorn.constituency.routing.contact_order import concerning, is_bound
from misthoorn.constituency.vocabulary import PARALLEL
from misthoorn.notification.disclosure_log.notices import Sent, ToldNotice
from misthoorn.notification.facts import MessagePlan
from misthoorn.triage.campaigns.gates import WARN, Ruling
from misthoorn.triage.follow_up.context import Around
from misthoorn.triage.follow_up.facts import Case
from misthoorn.triage.models import Finding

_NOBODY = ("no-contact", "tlp")  # what the gates say of a finding that nobody who is asked may hear of


@dataclass(frozen=True, slots=True)
class Whom:
    """What each is told, ready to be written out. `because`: why nothing may be told now, as the gates say it.

    `about`, of what became of a warning: the findings of it that each contact may hear of.
    """

    messages: tuple[MessagePlan, ...] = ()
    because: str = ""
    about: Mapping[int, Collection[int]] = field(default_factory=dict)


def got(case: Case) -> list[Sent]:
    """What reached somebody, of the warning and of what followed on it: one for each contact, the earliest."""
    by_contact: dict[tuple[int, str], Sent] = {}
    for one in case.notice.all_sent:
        if one.got_at:
            by_contact.setdefault((one.contact, one.channel), one)
    return list(by_contact.values())


def whom_it_reached(notice: ToldNotice) -> list[Sent]:
    """All who got a notice or may have, or what followed on it, by whichever way, at the address that it went to.

    Each with the strictest label of what went there: so none who heard of a part is kept from this for the rest.
    """
    found: dict[tuple[int, str], Sent] = {}
    for one in notice.all_sent:
        if (one.got_at or one.doubtful) and one.address:
            before = found.get((one.contact, one.channel), one)
            found[one.contact, one.channel] = replace(one, tlp=strictest([before.tlp, one.tlp]))
    return list(found.values())


def same_again(case: Case, findings: Collection[int], around: Around) -> Whom:
    """Those who got the warning, each about its own part; for a part of which nobody is left, the next rung.

    The gates are asked again: what may not be told any more is not.
    """
    usable = {one.id for one in around.ladder(case)}
    reached = {one.contact for one in got(case)}
    warned = {one.contact for one in case.notice.sent if one.got_at}
    rulings = around.rulings(case, findings, without=usable - warned)
    lost = {ruling.finding for ruling in rulings if ruling.outcome in _NOBODY}
    if lost:
        rulings = [ruling for ruling in rulings if ruling.finding not in lost]
        rulings += around.rulings(case, lost)
    plan = around.plan(case, rulings)
    told = [one for one in plan.messages if one.channel not in PARALLEL or one.contact in reached]
    for other in sorted((usable & reached) - {one.contact for one in told}):  # by another way, and no less
        alone = around.plan(case, around.rulings(case, findings, without=usable - {other}))
        told += [one for one in alone.messages if one.contact == other]
    return Whom(tuple(told), plan.withheld_because)


def somebody_else(case: Case, findings: Collection[int], around: Around) -> Whom:
    """The next rung that heard nothing of it yet, by a contact and an address of its own."""
    every = case.notice.all_sent
    tried, written = {one.contact for one in every}, {(one.channel, one.address.casefold()) for one in every}
    ladder = around.ladder(case)
    used = {one.id for one in ladder if one.id in tried or (one.channel, one.address.casefold()) in written}
    plan = around.plan(case, around.rulings(case, findings, without=used))
    messages = tuple(one for one in plan.messages if one.channel not in PARALLEL)
    return Whom(messages, "" if plan.withheld_because in _NOBODY else plan.withheld_because)


def whatever_became(case: Case, around: Around, *, instead: bool) -> Whom:
    """Those who got the warning and can still be told, with all that it told them, also what is over by now.

    `instead`: the next rung, where none of them can be told.
    """
    reached = {one.contact for one in got(case)}
    ladder, machines = around.ladder(case), around.machines.get(case.notice.organisation, ())
    people = [one for one in ladder if one.id in reached] or list(ladder[: int(instead)])
    beside = [one for one in machines if one.id in reached]
    about = _parts(case, people, beside)
    told: list[MessagePlan] = []
    for contact in (*people, *beside):
        if mine := about[contact.id]:
            told += around.plan(case, [_as_if(finding, case, contact) for finding in mine]).messages
    return Whom(tuple(told), about=about)


def _parts(case: Case, people: Sequence[ContactFacts], machines: Sequence[ContactFacts]) -> defaultdict[int, list[int]]:
    """The findings that each may hear of: a part is for who answers for it, the rest for all people that do for none.

    `people` in the order of the ladder. Machines hear all that they may.
    """
    parts: defaultdict[int, list[int]] = defaultdict(list)
    for pk, row in sorted(case.findings.items()):
        able = [one for one in people if _may_hear(one, row)]
        mine = able[:1] if able and is_bound(able[0]) else [one for one in able if not is_bound(one)]
        for contact in (*mine, *(one for one in machines if _may_hear(one, row))):
            parts[contact.id].append(pk)
    return parts


def _may_hear(contact: ContactFacts, row: Finding) -> bool:
    if not concerning([contact], asset=row.asset_id, observed=row.observed, hostname=row.hostname):
        return False
    label, audience = parse_tlp(row.tlp), audience_of(contact.role)
    return may_tell(label, audience=audience, channel=contact.channel, what=What.WARNING).allowed


def _as_if(finding: int, case: Case, contact: ContactFacts) -> Ruling:
    return Ruling(finding, case.notice.organisation, WARN, None, contact, ())
