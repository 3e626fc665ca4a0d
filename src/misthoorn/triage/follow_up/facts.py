"""What is known by now of warnings that went out: read for a piece of them at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import cast

from misthoorn.constituency import queries as constituency
from misthoorn.constituency.contacts.opt_outs import unwanted
from misthoorn.intake.advisories import changes
from misthoorn.notification.compose.facts import SEVERITIES, Severity
from misthoorn.notification.disclosure_log.notices import ToldNotice
from misthoorn.triage.findings.replay import LOOKED_AGAIN
from misthoorn.triage.follow_up.decision import NEWS_FOR, FindingNow, News, Told
from misthoorn.triage.models import Campaign, Correction, Finding, FurtherNews, SubjectKind

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters
_FIXED = "fixed"
_NEWS = ("exploited", "worse", "withdrawn", "back")


@dataclass(frozen=True, slots=True)
class Case:
    """A warning, its campaign and its findings, as they are; and the facts for whoever decides."""

    notice: ToldNotice
    campaign: Campaign
    findings: Mapping[int, Finding]
    told: Told


@dataclass(frozen=True, slots=True)
class _Known:
    campaigns: Mapping[int, Campaign]
    corrected: Collection[int]
    news: Mapping[int, Sequence[FurtherNews]]
    findings: Mapping[int, Finding]
    changes: Mapping[str, Sequence[changes.ChangeFacts]]
    severities: Mapping[str, str]
    products: Mapping[int, frozenset[str]]
    no_reminders: Collection[int]
    no_good_news: Collection[int]


def cases_of(notices: Sequence[ToldNotice], *, now: datetime) -> list[Case]:
    """The facts of these warnings."""
    known = _read(notices, now=now)
    return [_case(one, known) for one in notices if one.campaign in known.campaigns]


def _read(notices: Sequence[ToldNotice], *, now: datetime) -> _Known:
    campaigns = Campaign.objects.in_bulk({one.campaign for one in notices})
    decided: dict[int, list[FurtherNews]] = defaultdict(list)
    for row in FurtherNews.objects.filter(campaign__in=campaigns):
        decided[row.campaign_id].append(row)
    wanted = sorted({finding for one in notices for finding in one.findings})
    found = (row for piece in batched(wanted, PIECE) for row in Finding.objects.filter(pk__in=piece).defer("evidence"))
    findings = {row.pk: row for row in found}
    subjects = [row.subject for row in campaigns.values() if row.subject_kind == SubjectKind.ADVISORY]
    said: dict[str, list[changes.ChangeFacts]] = defaultdict(list)
    for change in changes.changes_since(subjects, since=now - NEWS_FOR) if subjects else ():
        said[change.identifier].append(change)
    fixed = {subject for subject, some in said.items() if any(one.what == _FIXED for one in some)}
    got = {one.contact for notice in notices for one in notice.sent if one.got_at}
    corrected = Correction.objects.filter(campaign__in=campaigns, state=Correction.State.APPROVED)
    return _Known(
        campaigns=campaigns,
        corrected=set(corrected.values_list("campaign", flat=True)),
        news=decided,
        findings=findings,
        changes=said,
        severities=changes.severities_of(subjects) if subjects else {},
        products=_products({row.asset_id for row in findings.values() if row.subject in fixed}),
        no_reminders=unwanted("reminders", contacts=got),
        no_good_news=unwanted("good_news", contacts=got),
    )


def _products(assets: Collection[int]) -> dict[int, frozenset[str]]:
    """What changes of advisories call the products that these assets are."""
    found: dict[int, set[str]] = defaultdict(set)
    if assets:
        keys = constituency.keys_of(assets)
        for asset, space, key in zip(*(keys[name].to_pylist() for name in ("asset", "space", "key")), strict=True):
            found[asset].add(changes.product_of(space, key))
    return {asset: frozenset(some) for asset, some in found.items()}


def _case(notice: ToldNotice, known: _Known) -> Case:
    campaign = known.campaigns[notice.campaign]
    findings = {pk: known.findings[pk] for pk in notice.findings if pk in known.findings}
    return Case(notice, campaign, findings, _told(notice, campaign, findings, known))


def _told(notice: ToldNotice, campaign: Campaign, findings: Mapping[int, Finding], known: _Known) -> Told:
    updates = [one for one in notice.later if one.kind == "update"]
    news = known.news.get(campaign.pk, ())
    changed = known.changes.get(campaign.subject, ())
    got = {one.contact for one in notice.sent if one.got_at}
    rejected = [one for one in news if one.state == FurtherNews.State.REJECTED]
    decided = [one.decided_at for one in rejected if one.decided_at]
    severities = [notice.severity, *(one.severity for one in updates)]
    return Told(
        severity=min(severities, key=SEVERITIES.index),
        severity_now=cast("Severity", known.severities.get(campaign.subject, "")),
        told_at=notice.told_at,
        created_at=notice.created_at,
        known_until=max([notice.created_at, *decided, *(one.created_at for one in updates)]),
        on_its_way=notice.on_its_way,
        findings=tuple(_finding(row, notice, changed, known) for row in findings.values()),
        answers=notice.answers,
        reminded=tuple(one.created_at for one in notice.later if one.kind == "reminder"),
        news=tuple(News(what=one.what, at=one.at, replaced=bool(one.after)) for one in changed if one.what in _NEWS),
        said=frozenset([*(one.occasion for one in updates), *(one.occasion for one in rejected)]),
        gone_told=any(one.kind == "gone" for one in notice.later),
        corrected=campaign.pk in known.corrected or any(one.kind == "correction" for one in notice.later),
        waits=campaign.state != Campaign.State.APPROVED,
        news_waits=any(one.state == FurtherNews.State.WAITING for one in news),
        wants_reminders=not got <= set(known.no_reminders),
        wants_good_news=not got <= set(known.no_good_news),
    )


def _finding(row: Finding, notice: ToldNotice, changed: Sequence[changes.ChangeFacts], known: _Known) -> FindingNow:
    is_open, is_product = row.state == Finding.State.OPEN, row.subject_kind == SubjectKind.ADVISORY
    products = known.products.get(row.asset_id, frozenset())
    return FindingNow(
        id=row.pk,
        open=is_open,
        last_seen=None if is_product else row.last_seen,
        absent=not is_open and LOOKED_AGAIN in row.closed_because,
        told_again=row.pk in notice.told_again,
        fixed=max((one.at for one in changed if one.what == _FIXED and one.after in products), default=None),
    )
