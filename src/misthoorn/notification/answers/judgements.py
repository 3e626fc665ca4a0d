"""Answers that wait for a person: "not ours" and "wrong"; and what a person judged of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from misthoorn.notification.models import NoticeFinding, Reply

ASKED = (Reply.Answer.NOT_OURS, Reply.Answer.WRONG)


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """An answer with the notice that it is about. `findings`: those that stand in it, and in what was told in it."""

    id: int
    notice: int
    number: str
    campaign: int | None
    organisation: int
    organisation_name: str
    subject: str
    answer: str
    whose: str
    text: str
    at: datetime
    judgement: str
    judged_by: str
    judged_at: datetime | None
    judged_note: str
    findings: tuple[int, ...] = ()


def _facts(row: Reply, findings: tuple[int, ...] = ()) -> AnswerFacts:
    notice = row.notice
    own = ("answer", "whose", "text", "at", "judgement", "judged_at", "judged_note")
    return AnswerFacts(
        id=row.pk,
        notice=notice.pk,
        number=notice.number,
        campaign=notice.campaign_id,
        organisation=notice.organisation_id,
        organisation_name=notice.organisation.name,
        subject=notice.subject,
        judged_by=str(row.judged_by or ""),
        findings=findings,
        **{name: getattr(row, name) for name in own},
    )


_ROWS = Reply.objects.filter(answer__in=ASKED).select_related("notice__organisation", "judged_by")


def answers(*, judged: bool, limit: int) -> list[AnswerFacts]:
    """Those that wait, the oldest first; or those that are judged, the newest first."""
    if judged:
        return [_facts(row) for row in _ROWS.exclude(judgement="").order_by("-judged_at", "-pk")[:limit]]
    return [_facts(row) for row in _ROWS.filter(judgement="").order_by("at", "pk")[:limit]]


def answer(pk: int) -> AnswerFacts | None:
    """One of them, with its findings; None where there is none of that number."""
    row = _ROWS.filter(pk=pk).first()
    if row is None:
        return None
    told = Q(notice=row.notice_id) | Q(notice__messages__told_in__notice=row.notice_id)
    findings = NoticeFinding.objects.filter(told).order_by("finding").values_list("finding", flat=True)
    return _facts(row, tuple(findings.distinct()))


def waiting() -> int:
    """How many wait for a person."""
    return Reply.objects.filter(answer__in=ASKED, judgement="").count()


def note_judgement(*, reply: int, judgement: str, note: str, assets: Sequence[int], person: int, at: datetime) -> bool:
    """Keep what a person judged of an answer, and on which assets it holds; False where somebody did before."""
    waits = Reply.objects.filter(pk=reply, answer__in=ASKED, judgement="")
    said = {"judgement": judgement, "judged_note": note, "judged_assets": list(assets)}
    return bool(waits.update(**said, judged_by_id=person, judged_at=at))
