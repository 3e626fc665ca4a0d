"""How soon the organisations of a campaign hear of it: how many at once, how many with other things, how many not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import batched, groupby
from operator import attrgetter
from typing import NamedTuple

from misthoorn.intake import queries as intake
from misthoorn.notification.digests import queue
from misthoorn.notification.digests.timing import How
from misthoorn.triage.campaigns.assessment import Outcomes, assess
from misthoorn.triage.campaigns.gates import WARN, Ruling
from misthoorn.triage.campaigns.plans import is_exploited, whom, worst
from misthoorn.triage.campaigns.timing import Timings, may_not_wait, read_timings
from misthoorn.triage.models import Campaign, Finding, SubjectKind
from misthoorn.triage.queries import Funnel, funnel, narrowing

PIECE = 2_000  # organisations whose findings are in memory at once
IDS = 5_000  # in one statement; SQLite takes 32,766 parameters


@dataclass(frozen=True, slots=True)
class Soon:
    """Organisations. `gathered`: in a digest or bundle; `not_told`: by their own wish, and the reason is kept."""

    at_once: int
    gathered: int
    not_told: int

    @property
    def all_at_once(self) -> bool:
        return not self.gathered and not self.not_told


class _Row(NamedTuple):
    pk: int
    subject: str
    severity: str
    rsit: str
    tlp: str


def look_at(campaign: int, *, now: datetime) -> tuple[Funnel, Soon]:
    """Whom a campaign reaches, and how soon: as at its release, or as it would be now. The gates are asked once."""
    model = Campaign.objects.get(pk=campaign)
    if model.released_at:
        return funnel(campaign, now=now), Soon(*queue.how_soon(campaign))
    counted = Outcomes()
    told = soon(model, counted.counting(assess(model, now=now)), now=now)
    return narrowing(counted), told


def soon(campaign: Campaign, rulings: Iterable[Ruling], *, now: datetime) -> Soon:
    """As it would be now by these rulings; in pieces, so that a country fits."""
    counts = dict.fromkeys(How, 0)
    exploited = campaign.subject_kind == SubjectKind.ADVISORY and is_exploited(
        intake.advisories([campaign.subject]).get(campaign.subject)
    )
    told = (ruling for ruling in rulings if ruling.outcome == WARN)
    for owners in batched((list(some) for _, some in groupby(told, key=attrgetter("organisation"))), PIECE):
        timings = read_timings((ruling.contact for some in owners for ruling in some), now=now)
        rows = _rows([ruling.finding for some in owners for ruling in some])
        for some in owners:
            counts[_how(some, rows, timings, exploited=exploited)] += 1
    return Soon(counts[How.AT_ONCE] + counts[How.LATER], counts[How.GATHERED], counts[How.NOT])


def _rows(findings: list[int]) -> dict[int, _Row]:
    found = {}
    for piece in batched(findings, IDS):
        for values in Finding.objects.filter(pk__in=piece).order_by().values_list(*_Row._fields):
            found[values[0]] = _Row(*values)
    return found


def _how(rulings: list[Ruling], rows: dict[int, _Row], timings: Timings, *, exploited: bool) -> How:
    """The soonest of all that this organisation's people are told."""
    told = [rows[ruling.finding] for ruling in rulings]
    severity = worst(told)
    pressing = may_not_wait(told, severity=severity, exploited=exploited)
    ways = {timings.of(contact, severity=severity, pressing=pressing).how for contact, _ in whom(rulings, rows)}
    return next((how for how in How if how in ways), How.AT_ONCE)
