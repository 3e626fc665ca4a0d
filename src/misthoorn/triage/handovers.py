"""What other teams have to tell: the findings of a campaign by team, and the list that goes with them. Reads only."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import batched

from django.conf import settings
from django.db.models import QuerySet

from misthoorn.common.spreadsheets import csv_line
from misthoorn.common.tlp import Audience, Tlp, What, may_tell, parse_tlp, strictest
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.organisations.teams import TeamFacts, teams
from misthoorn.constituency.routing.decision import route, shipped_oktts, shipped_rules, team_name
from misthoorn.notification.notices.bulk import states_of
from misthoorn.triage.campaigns.assessment import assess, policy
from misthoorn.triage.campaigns.gates import Ruling
from misthoorn.triage.models import Campaign, Correction, Finding, HandOver

PIECE = 5_000
# The gates that say something of our own way to the organisation, and nothing of whether it should be told.
_OURS = frozenset(("routing", "own wish", "tlp", "contact"))
COLUMNS = (
    "organisation",
    "register_number",
    "kind",
    "address",
    "hostname",
    "port",
    "protocol",
    "asset",
    "version",
    "subject",
    "severity",
    "first_seen",
    "last_seen",
    "times_seen",
    "tlp",
    "team",
    "ground",
    "rule",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one team has to tell of a campaign and was not handed yet.

    `by_mail` and `by_telephone`: findings, by whether their label lets them be mailed. `to`: None when we do not know
    the team yet.
    """

    team: str
    name: str
    to: TeamFacts | None
    rule: str
    ground: str
    by_mail: tuple[int, ...]
    by_telephone: tuple[int, ...]
    organisations: int
    organisations_by_telephone: int
    tlp: Tlp
    tlp_by_telephone: Tlp


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverLine:
    """One line of the log: who handed over what, to whom, by which way, and how that ended (messages by state).

    `conditions`: what the person confirmed, by version and name.
    `corrects`: the earlier line that this one takes back, since it was wrong; `taken_back`: another did so with this.
    """

    id: int
    campaign: int
    campaign_reference: str
    subject: str
    team: str
    way: str
    number: str
    notice: int | None
    organisations: int
    findings: int
    tlp: str
    rule: str
    ground: str
    person: str
    at: datetime
    note: str
    conditions: str
    messages: dict[str, int]
    corrects: int | None
    taken_back: bool


def shares(campaign: int, *, now: datetime, language: str = "en") -> list[Share]:
    """What other teams have to tell of a campaign, those with most first; asked of all gates at this moment.

    What is repaired, silenced, wrong or may not be told by anybody is in no share.
    """
    row = Campaign.objects.get(pk=campaign)
    if is_corrected(row.pk):
        return []
    by_team: dict[str, list[Ruling]] = defaultdict(list)
    done = _handed(row)
    for ruling in assess(row, now=now):
        others = all(verdict.passed for verdict in ruling.verdicts if verdict.gate not in _OURS)
        if ruling.outcome == "other-team" and ruling.team and others and ruling.finding not in done:
            by_team[ruling.team].append(ruling)
    known = teams(now=now)
    made = [_share(team, rulings, to=known.get(team), now=now, language=language) for team, rulings in by_team.items()]
    return sorted(made, key=lambda one: (-one.organisations - one.organisations_by_telephone, one.team))


def is_corrected(campaign: int) -> bool:
    """Whether two people said that what this campaign tells is wrong."""
    return Correction.objects.filter(campaign=campaign, state=Correction.State.APPROVED).exists()


def _share(team: str, rulings: Sequence[Ruling], *, to: TeamFacts | None, now: datetime, language: str) -> Share:
    owners = {ruling.finding: ruling.organisation for ruling in rulings}
    labels = _labels(list(owners))
    mail = [finding for finding in owners if may_be_mailed(labels[finding])]
    telephone = [finding for finding in owners if not may_be_mailed(labels[finding])]
    first = constituency.organisations([rulings[0].organisation])[rulings[0].organisation]
    rules = policy().rules
    where = route(kind=first.kind, on=now.date(), rules=rules, oktt=first.oktt)
    return Share(
        team=team,
        name=to.name if to else team_name(team, on=now.date(), rules=rules, language=language) or team,
        to=to,
        rule=where.rule,
        ground=where.ground,
        by_mail=tuple(mail),
        by_telephone=tuple(telephone),
        organisations=len({owners[one] for one in mail}),
        organisations_by_telephone=len({owners[one] for one in telephone}),
        tlp=strictest(labels[one] for one in mail),
        tlp_by_telephone=strictest(labels[one] for one in telephone),
    )


def may_be_mailed(label: Tlp) -> bool:
    """Whether findings with this label may go to another team by mail."""
    return may_tell(label, audience=Audience.OTHER_TEAM, channel="mail", what=What.HAND_OVER).allowed


def _labels(findings: Sequence[int]) -> dict[int, Tlp]:
    return {
        pk: parse_tlp(label)
        for piece in batched(findings, PIECE)
        for pk, label in Finding.objects.filter(pk__in=piece).values_list("pk", "tlp")
    }


def _handed(campaign: Campaign) -> set[int]:
    """The findings that were handed over; not those of which every mail came back or was kept here."""
    found: set[int] = set()
    for row in HandOver.objects.filter(campaign=campaign):
        if row.notice_id is None or stands(row.notice_id):
            found.update(row.told.values_list("pk", flat=True))
    return found


def stands(notice: int) -> bool:
    """Whether a mail of this notice arrived, or may still do so."""
    return bool(set(states_of([notice])[notice]) - {"bounced", "withheld", "expired"})


def list_of(findings: Sequence[int], *, share: Share, now: datetime) -> Iterator[str]:
    """The findings of a share as CSV, line by line, each with the rule that gives it to this team; times in UTC."""
    rules = policy().rules
    yield csv_line(COLUMNS)
    for piece in batched(findings, PIECE):
        rows = Finding.objects.filter(pk__in=piece).select_related("asset").order_by("organisation", "pk")
        owners = constituency.organisations({row.organisation_id for row in rows})
        for row in rows:
            owner = owners[row.organisation_id]
            where = route(kind=owner.kind, on=now.date(), rules=rules, oktt=owner.oktt)
            who = (owner.name, owner.register_number, owner.kind)
            place = (row.observed, row.hostname, str(row.port or ""), row.protocol, row.asset.value, row.asset.version)
            what = (row.subject, row.severity, _moment(row.first_seen), _moment(row.last_seen), str(row.times_seen))
            yield csv_line((*who, *place, *what, row.tlp, share.team, where.ground, where.rule))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def hand_overs(*, campaign: int | None = None, limit: int = 500) -> list[HandOverLine]:
    """The log of hand-overs, of one campaign or of all, the newest first."""
    return _lines(_log_of(campaign), limit=limit)


def to_take_back(*, campaign: int | None = None, limit: int = 500) -> list[HandOverLine]:
    """What teams were told by telephone and proved wrong, and nobody told them so yet."""
    return _lines(wrong_by_telephone(_log_of(campaign)), limit=limit)


def wrong_by_telephone(log: QuerySet[HandOver]) -> QuerySet[HandOver]:
    """The lines of a log that a person has to take back."""
    wrong = Correction.objects.filter(state=Correction.State.APPROVED).values("campaign")
    return log.filter(way=HandOver.Way.TELEPHONE, corrects=None, taken_back_by=None, campaign__in=wrong)


def _log_of(campaign: int | None) -> QuerySet[HandOver]:
    found = HandOver.objects.select_related("campaign", "team", "person", "notice", "taken_back_by")
    return found if campaign is None else found.filter(campaign=campaign)


def _lines(found: QuerySet[HandOver], *, limit: int) -> list[HandOverLine]:
    rows = list(found[:limit])
    messages = states_of([row.notice_id for row in rows if row.notice_id])
    return [
        HandOverLine(
            id=row.pk,
            campaign=row.campaign_id,
            campaign_reference=row.campaign.reference,
            subject=row.campaign.subject,
            team=row.team.name,
            number=row.notice.number if row.notice else "",
            notice=row.notice_id,
            person=str(row.person),
            messages=messages.get(row.notice_id or 0, {}),
            way=row.way,
            organisations=row.organisations,
            findings=row.findings,
            tlp=row.tlp,
            rule=row.rule,
            ground=row.ground,
            at=row.at,
            note=row.note,
            conditions=row.conditions,
            corrects=row.corrects_id,
            taken_back=hasattr(row, "taken_back_by"),
        )
        for row in rows
    ]


def known_teams() -> dict[str, str]:
    """The teams other than ours that the rules name, each with its name in English."""
    named: dict[str, str] = {}
    for rules in shipped_rules(settings.ROUTING_FROM):
        named |= {team: names.get("en", team) for team, names in rules.teams.items()}
    named |= {one.team: one.name for one in shipped_oktts().members.values()}
    named.pop(settings.INTERNAL_TEAM, None)
    return named
