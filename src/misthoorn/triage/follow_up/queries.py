"""What followed on the warnings of a campaign, and what waits for a person: as pages and commands show it."""

from dataclasses import dataclass
from datetime import datetime

from misthoorn.notification.compose import Mail
from misthoorn.notification.compose.facts import Language
from misthoorn.notification.disclosure_log import notices
from misthoorn.triage.follow_up.decision import Verdict
from misthoorn.triage.follow_up.facts import Case, cases_of
from misthoorn.triage.follow_up.notices import Teller
from misthoorn.triage.models import Correction, FurtherNews


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsFacts:
    """What became known, to how many it is told, and who decided."""

    id: int
    campaign: int
    reference: str
    subject: str
    change: str
    severity: str
    reach: int
    state: str
    at: datetime
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionFacts:
    """`reach`: how many got the warning, or may have."""

    id: int
    reference: str
    campaign: int
    campaign_reference: str
    subject: str
    state: str
    reason_nl: str
    reason_en: str
    doing_nl: str
    doing_en: str
    suppress: bool
    reach: int
    author: int
    written_by: str
    written_at: datetime
    decided_by: str
    decided_at: datetime | None
    released_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """`told`: notices that followed, by kind; `arrived`: organisations that got the warning, or may have."""

    told: dict[str, int]
    arrived: int
    news: tuple[NewsFacts, ...]
    corrections: tuple[CorrectionFacts, ...]

    @property
    def waits(self) -> bool:
        """Whether something waits for a person."""
        return any(one.state == FurtherNews.State.WAITING for one in self.news) or self.proposed is not None

    @property
    def proposed(self) -> CorrectionFacts | None:
        """The correction that waits for a second person."""
        return next((one for one in self.corrections if one.state == Correction.State.PROPOSED), None)

    @property
    def correction(self) -> CorrectionFacts | None:
        """The correction that was approved."""
        return next((one for one in self.corrections if one.state == Correction.State.APPROVED), None)


def aftermath(campaign: int) -> Aftermath:
    """What followed on the warnings of a campaign."""
    news = FurtherNews.objects.filter(campaign=campaign).select_related("campaign", "decided_by")
    return Aftermath(
        told=notices.counts_of_later(campaign),
        arrived=notices.count_arrived(campaign),
        news=tuple(_news(row) for row in news),
        corrections=tuple(corrections(campaign=campaign)),
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person, of all campaigns."""

    news: tuple[NewsFacts, ...]
    corrections: tuple[CorrectionFacts, ...]

    def __bool__(self) -> bool:
        return bool(self.news or self.corrections)


def waiting() -> Waiting:
    """What became known and waits for a yes, and corrections that wait for a second person; the oldest first."""
    rows = FurtherNews.objects.filter(state=FurtherNews.State.WAITING).select_related("campaign", "decided_by")
    proposed = corrections(state=Correction.State.PROPOSED)
    return Waiting(tuple(_news(row) for row in rows.order_by("pk")), tuple(reversed(proposed)))


def corrections(*, campaign: int | None = None, state: str = "", limit: int = 100) -> list[CorrectionFacts]:
    """Corrections, the newest first; of one campaign, or in one state."""
    rows = Correction.objects.select_related("campaign", "written_by", "decided_by")
    rows = rows if campaign is None else rows.filter(campaign=campaign)
    rows = rows.filter(state=state) if state else rows
    found = list(rows[:limit])
    reached = notices.counts_arrived({row.campaign_id for row in found})
    return [_correction(row, reach=reached[row.campaign_id]) for row in found]


def news_preview(news: int, *, language: Language, now: datetime) -> Mail | None:
    """The mail that the first of those who got the warning would get; None where nobody would now."""
    row = FurtherNews.objects.select_related("campaign").get(pk=news)
    case = _a_case(row.campaign_id, now=now)
    if case is None:
        return None
    facts = _news(row)
    open_ = tuple(one.id for one in case.told.findings if one.open)
    verdict = Verdict(
        act="update",
        because=facts.change,
        look_at=None,
        change=facts.change,  # type: ignore[arg-type]  # it was one when it was written
        severity=facts.severity,  # type: ignore[arg-type]  # the same
        findings=() if facts.change == "withdrawn" else open_,
    )
    return Teller([(case, verdict)], now=now).sample(case, verdict, language=language)


def _a_case(campaign: int, *, now: datetime) -> Case | None:
    first = notices.first_arrived(campaign)
    return next(iter(cases_of(notices.told([first]), now=now)), None) if first else None


def _news(row: FurtherNews) -> NewsFacts:
    return NewsFacts(
        id=row.pk,
        campaign=row.campaign_id,
        reference=row.campaign.reference,
        subject=row.campaign.subject,
        change=row.change,
        severity=row.severity,
        reach=row.reach,
        state=row.state,
        at=row.at,
        decided_by=str(row.decided_by or ""),
        decided_at=row.decided_at,
    )


def _correction(row: Correction, *, reach: int) -> CorrectionFacts:
    return CorrectionFacts(
        id=row.pk,
        reference=row.reference,
        campaign=row.campaign_id,
        campaign_reference=row.campaign.reference,
        subject=row.campaign.subject,
        state=row.state,
        reason_nl=row.reason_nl,
        reason_en=row.reason_en,
        doing_nl=row.doing_nl,
        doing_en=row.doing_en,
        suppress=row.suppress,
        reach=reach,
        author=row.written_by_id,
        written_by=str(row.written_by),
        written_at=row.written_at,
        decided_by=str(row.decided_by or ""),
        decided_at=row.decided_at,
        released_at=row.released_at,
    )
