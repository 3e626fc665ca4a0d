"""What an organisation was told already, finding by finding."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Max, Min

from misthoorn.notification.models import Message, Notice, NoticeFinding

PIECE = 5_000
_TOLD = (
    Message.State.QUEUED,
    Message.State.LEASED,
    Message.State.HANDED_OVER,
    Message.State.IN_DOUBT,
    Message.State.GATHERING,
    Message.State.GATHERED,
)


def told_findings(organisation: int) -> Iterator[tuple[int, datetime]]:
    """The findings that warnings by mail told this organisation of, or will; each with when the first was written.

    Not those of which every message was held back, came back or was too late.
    """
    warnings = Notice.objects.filter(
        pk__in=Message.objects.filter(
            notice__organisation=organisation, notice__kind=Notice.Kind.WARNING, channel="mail", state__in=_TOLD
        ).values("notice")
    )
    rows = NoticeFinding.objects.filter(notice__in=warnings).order_by("finding").values_list("finding")
    yield from rows.annotate(since=Min("notice__created_at")).iterator(chunk_size=PIECE)


def last_bundle(contact: int) -> datetime | None:
    """When the last bundle for this contact was made."""
    made = Message.objects.filter(contact=contact, notice__kind=Notice.Kind.BUNDLE)
    found: datetime | None = made.aggregate(last=Max("notice__created_at"))["last"]
    return found


def only_message(notice: int) -> int:
    """The message of a notice that has one."""
    return Message.objects.values_list("pk", flat=True).get(notice=notice)
