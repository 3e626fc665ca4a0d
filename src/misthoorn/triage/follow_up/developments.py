"""What becomes known of advisories after their warnings: who is looked at again, and what waits for a person."""

from datetime import datetime

from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.common.failpoints import failpoint
from misthoorn.intake.advisories import changes
from misthoorn.notification.disclosure_log import notices
from misthoorn.triage.follow_up.decision import NEWS_FOR, Verdict
from misthoorn.triage.models import Campaign, FurtherNews, SubjectKind

PIECE = 200  # changes of advisories at once
_S = FurtherNews.State


class NewsError(ValueError):
    """A step that can't be taken; the sentence says why."""


class OldNewsError(NewsError):
    """It became known so long ago that nobody is told of it any more, whatever a person says."""


def follow_changes(*, now: datetime) -> bool:
    """Let all warnings be looked at now that were about advisories which changed; whether any advisory did.

    Done again after a crash it wakes what is awake.
    """
    changed = changes.to_follow(limit=PIECE)
    if not changed:
        return False
    subjects = {subject for _, subject in changed}
    told = Campaign.objects.filter(
        subject_kind=SubjectKind.ADVISORY, subject__in=subjects, released_at__isnull=False
    ).order_by("pk")
    for campaign in told.values_list("pk", flat=True):
        notices.wake(campaign=campaign, now=now)
    failpoint("following.woken")
    changes.mark_followed([pk for pk, _ in changed])
    return True


def may_tell(campaign: Campaign, verdict: Verdict, *, now: datetime) -> bool:
    """Whether this news may be told: it goes to no more than the campaign's limit, or a person said yes to it.

    The first one who asks writes it down, so that all warnings of a campaign get the same answer.
    """
    known = campaign.news.filter(occasion=verdict.occasion).first()
    if known is None:
        reach = notices.count_told(campaign.pk)
        row = FurtherNews(
            campaign=campaign,
            occasion=verdict.occasion,
            change=verdict.change or "",
            severity=verdict.severity or "",
            reach=reach,
            state=_S.WAITING if reach > campaign.reach_limit else _S.TOLD,
            at=now,
        )
        FurtherNews.objects.bulk_create([row], ignore_conflicts=True)  # when another worker was first, its row is taken
        known = campaign.news.get(occasion=verdict.occasion)
    return known.state in {_S.TOLD, _S.APPROVED}


def decide_news(*, news: int, yes: bool, person: int, now: datetime) -> None:
    """A person says whether news is told to those who got the warning.

    Raises:
        OldNewsError: it is no news any more, so nobody would be told; it can be kept back.
        NewsError: there is none, or it was decided already.
    """
    with transaction.atomic():
        row = FurtherNews.objects.select_for_update().filter(pk=news).select_related("campaign").first()
        if row is None:
            raise NewsError("There is no such news any more.")
        if row.state != _S.WAITING:
            raise NewsError("Somebody decided on this already. Nothing was changed.")
        if yes and row.at <= now - NEWS_FOR:
            raise OldNewsError(f"This became known more than {NEWS_FOR.days} days ago: nobody is told any more.")
        row.state, row.decided_by_id, row.decided_at = (_S.APPROVED if yes else _S.REJECTED), person, now
        row.save(update_fields=["state", "decided_by", "decided_at"])
        record(
            at=now,
            person=person,
            action=f"news {row.state}",
            about=row.campaign.reference,
            occasion=row.occasion,
            reach=row.reach,
        )
    notices.wake(campaign=row.campaign_id, now=now)
