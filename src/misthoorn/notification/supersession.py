"""What was told and what happened since: a warning that was taken back, or what follows on one and need not be told."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from misthoorn.notification.models import Message, Notice, NoticeFinding, Reply


def taken_back(notice: str) -> Exists:
    """That a warning was taken back, in a question about what belongs to it; `notice` is the way to it."""
    return Exists(Notice.objects.filter(about=OuterRef(notice), kind=Notice.Kind.CORRECTION))


def is_overtaken(message: int, *, kind: str) -> bool:
    """Whether something of a warning that is said to be gone is seen again, or a reminder was answered meanwhile.

    Asked just before it is handed over: it may have waited for a morning, a person or its reader.
    """
    if kind == Notice.Kind.GONE:
        return NoticeFinding.objects.filter(notice__later__messages=message, finding__state="open").exists()
    if kind != Notice.Kind.REMINDER:
        return False
    row = Message.objects.filter(pk=message).values_list("notice__about", "created_at").first()
    return row is not None and _was_answered(*row)


def _was_answered(warning: int | None, since: datetime) -> bool:
    """Whether this warning, what was told after it, or a digest that told it, was answered since then."""
    family = Notice.objects.filter(Q(pk=warning) | Q(about=warning))
    told_it = Message.objects.filter(notice__in=family, told_in__notice=OuterRef("notice"))
    answers = Reply.objects.filter(Q(notice__in=family) | Exists(told_it), at__gt=since)
    return warning is not None and answers.exists()
