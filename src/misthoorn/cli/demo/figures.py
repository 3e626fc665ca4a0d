"""What came of the two days, added up from the same queries as the site's."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import batched
from typing import Any

from misthoorn.cli.demo.country import FIXED, SHOWN, Country
from misthoorn.cli.demo.mailbox import Maildir
from misthoorn.common import clock

_MANY = 10**9
_PIECE = 900
# What was last seen longer ago than this, the second day's feeds did not show: they reach 20 hours back.
_TODAY = timedelta(hours=21)


@dataclass(frozen=True, slots=True)
class SourceLine:
    name: str
    label: str
    batches: int
    accepted: int
    refused: int


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """`concerned` organisations of which `reached` are warned; the others are left out."""

    reference: str
    subject: str
    title: str
    severity: str
    state: str
    approvals: int
    concerned: int
    reached: int
    note: str


@dataclass(frozen=True, slots=True)
class Law:
    says: str
    holds: bool


@dataclass(slots=True, kw_only=True)
class Figures:
    """Everything that the report tells."""

    counts: dict[str, int]
    messages: dict[str, int]
    doubled: int | None
    mailbox: str
    refused: dict[str, int]
    sources: list[SourceLine]
    campaigns: list[CampaignLine]
    sectors: dict[str, tuple[int, int]]
    withheld: dict[str, int]
    replies: dict[str, int]
    gone: dict[str, int]
    unseen: int
    crowd: tuple[str, int]
    reach_limit: int
    laws: list[Law]
    mail: str
    left: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def gather(country: Country, *, box: Maildir | None) -> Figures:
    """Add up. `box` is None when the mail did not go to the demo's own server."""
    from django.conf import settings

    from misthoorn.intake import queries as intake
    from misthoorn.notification import queries as notification
    from misthoorn.triage import queries as triage

    counts, messages = _counts(), notification.messages_by_state()
    counts["notices"] = sum(1 for one in _notices() if one.state != "withheld")
    ids = box.message_ids() if box else None
    campaigns = list(_campaigns())
    return Figures(
        counts=counts,
        messages=messages,
        doubled=_doubled(ids, messages),
        mailbox=str(box.folder) if box else "",
        refused=intake.refused_total(),
        sources=[
            SourceLine(one.name, one.tlp, one.batches, one.rows_accepted, one.rows_refused) for one in intake.sources()
        ],
        campaigns=campaigns,
        sectors=_sectors(country),
        withheld=notification.withheld_by_reason(),
        replies=notification.replies_by_answer(),
        gone=triage.gone_by_reason(),
        unseen=triage.open_but_unseen(since=clock.now() - _TODAY),
        crowd=_crowd(),
        reach_limit=settings.REACH_LIMIT,
        laws=list(_laws(counts, messages, campaigns, arrived=ids)),
        mail=_example(),
    )


def _doubled(arrived: Counter[str] | None, messages: dict[str, int]) -> int | None:
    """How many mails came once more; None when they lie with somebody else's server and can't be counted here."""
    if arrived is None:
        return None if messages["handed_over"] else 0
    return arrived.total() - len(arrived)


def as_json(figures: Figures) -> dict[str, Any]:
    """The report for programs: exactly these keys. `messages` are the mails that went out, or are to."""
    inside = ("waiting", "gathering", "gathered", "withheld")
    mails = figures.counts["messages"] - sum(figures.messages[state] for state in inside)
    counts = figures.counts | {"messages": mails}
    names = ("organisations", "assets", "rows_in", "accepted", "refused", "duplicate", "advisories", "findings")
    return {
        **{name: counts[name] for name in (*names, "campaigns", "notices", "withheld", "messages")},
        "handed_over": figures.messages["handed_over"],
        "doubled": figures.doubled,
        "bounced": figures.messages["bounced"],
        "replies": counts["replies"],
        "fixed": counts["fixed"],
        "mailbox": figures.mailbox,
        "seconds": figures.seconds,
    }


def _counts() -> dict[str, int]:
    from misthoorn.constituency import queries as constituency
    from misthoorn.intake import queries as intake
    from misthoorn.notification import queries as notification
    from misthoorn.triage import queries as triage

    rows, findings = intake.totals(), triage.findings_by_state()
    return {
        **constituency.counts(),
        "rows_in": rows["rows_in"],
        "accepted": rows["rows_accepted"],
        "refused": rows["rows_refused"],
        "duplicate": rows["rows_duplicate"],
        "batches": rows["batches"],
        "advisories": rows["advisories"],
        "findings": sum(findings.values()),
        "fixed": findings["gone"],
        "campaigns": sum(triage.campaigns_by_state().values()),
        **notification.counts(),
    }


def _campaigns() -> Iterator[CampaignLine]:
    from misthoorn.intake import queries as intake
    from misthoorn.triage import queries

    campaigns = sorted(queries.campaigns(), key=lambda one: one.id)
    advisories = intake.advisories([one.subject for one in campaigns])
    for one in campaigns:
        funnel = queries.funnel(one.id, now=clock.now())
        yield CampaignLine(
            reference=one.reference,
            subject=one.subject,
            title=advisories[one.subject].title if one.subject in advisories else "",
            severity=one.severity,
            state=one.state,
            approvals=len(one.approvals),
            concerned=funnel.organisations,
            reached=funnel.reached,
            note=one.note,
        )


def _notices() -> Iterator[Any]:
    from misthoorn.notification import queries as notification
    from misthoorn.triage import queries as triage

    for campaign in triage.campaigns(state="approved"):
        told = notification.notices_of_campaign(campaign.id, limit=_MANY)
        yield from (one for one in told if one.kind != "hand_over")  # what other teams have to tell


def _sectors(country: Country) -> dict[str, tuple[int, int]]:
    """How many organisations each sector has, and to how many of them a warning was handed over."""
    from misthoorn.constituency import queries as constituency

    there = Counter(one.sector for one in country.organisations)
    warned = {notice.organisation for notice in _notices() if notice.messages.get("handed_over")}
    reached: Counter[str] = Counter()
    for piece in batched(sorted(warned), _PIECE):
        reached.update(one.sector for one in constituency.organisations(piece).values())
    return {sector: (count, reached[sector]) for sector, count in there.most_common()}


def _crowd() -> tuple[str, int]:
    """The organisation with most open hosts in one network, and how many were seen there."""
    from misthoorn.constituency import queries as constituency
    from misthoorn.triage import queries as triage

    campus = constituency.search(text=FIXED[1].number)[0]
    found = triage.findings_of(campus.id, limit=_MANY)
    return campus.name, sum(1 for one in found if one.subject == "open-ipp")


def _laws(
    counts: dict[str, int], messages: dict[str, int], campaigns: list[CampaignLine], *, arrived: Counter[str] | None
) -> Iterator[Law]:
    from misthoorn.notification import queries

    yield Law(
        f"Rows in = accepted + refused + duplicate: {counts['rows_in']:,} = {counts['accepted']:,} + "
        f"{counts['refused']:,} + {counts['duplicate']:,}",
        counts["rows_in"] == counts["accepted"] + counts["refused"] + counts["duplicate"],
    )
    concerned = sum(one.concerned for one in campaigns if one.state == "approved")
    yield Law(
        f"Whom an approved campaign concerns is warned, or is withheld and says why: {concerned:,} = "
        f"{counts['notices']:,} + {counts['withheld']:,}",
        concerned == counts["notices"] + counts["withheld"],
    )
    states = " + ".join(f"{number:,} {state.replace('_', ' ')}" for state, number in messages.items() if number)
    yield Law(
        f"Every message is somewhere: {counts['messages']:,} = {states}", counts["messages"] == sum(messages.values())
    )
    if arrived is not None:
        over = messages["handed_over"]
        yield Law(
            f"What was handed over lies in the mailbox, each mail once: {over:,} handed over, "
            f"{arrived.total():,} mails, {len(arrived):,} different",
            over == arrived.total() == len(arrived),
        )
    broken = queries.broken_laws()
    yield Law("Messages and attempts tell the same story" + "".join(f"; {law}" for law in broken), not broken)


def _example() -> str:
    """The whole mail to the bakery about its remote desktop, or "" when there is none."""
    from misthoorn.constituency import queries as constituency
    from misthoorn.notification import queries
    from misthoorn.notification.facts import MessageFilter

    bakery = constituency.search(text=SHOWN.number)[0].id
    for line in queries.message_log(filters=MessageFilter(organisation=bakery)).lines:
        message = queries.message(line.id)
        if line.subject == "open-rdp" and line.channel == "mail" and message:
            return f"To: {line.address}\nSubject: {message.subject_line}\n\n{message.body}"
    return ""
