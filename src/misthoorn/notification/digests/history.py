"""What an organisation was told already, finding by finding."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import batched

from django.db.models import Max, Min

from misthoorn.notification.models import Message, Notice, NoticeFinding
from misthoorn.notification.supersession import taken_back

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

    Not those of which every message was held back, came back or was too late, nor what was taken back.
    """
    warnings = Notice.objects.filter(
        ~taken_back("pk"),
        pk__in=Message.objects.filter(
            notice__organisation=organisation, notice__kind=Notice.Kind.WARNING, channel="mail", state__in=_TOLD
        ).values("notice"),
    )
    rows = NoticeFinding.objects.filter(notice__in=warnings).order_by("finding_id").values_list("finding")
    yield from rows.annotate(since=Min("notice__created_at")).iterator(chunk_size=PIECE)


def waiting_for_bundle(contacts: Collection[int]) -> dict[int, Sequence[int]]:
    """All messages to these contacts that wait for a bundle, each with the findings that its notice is about."""
    rows = Message.objects.filter(contact__in=contacts, state=Message.State.GATHERING, because__startswith="bundle:")
    messages = dict(rows.order_by("pk").values_list("pk", "notice"))
    findings: dict[int, list[int]] = defaultdict(list)
    for piece in batched(sorted(set(messages.values())), PIECE):
        pairs = NoticeFinding.objects.filter(notice__in=piece).order_by("finding_id")
        for notice, finding in pairs.values_list("notice", "finding").iterator(chunk_size=PIECE):
            findings[notice].append(finding)
    return {message: findings[notice] for message, notice in messages.items()}


def last_bundle(contacts: Collection[int]) -> datetime | None:
    """When the last bundle for one of these contacts was made."""
    made = Message.objects.filter(contact__in=contacts, notice__kind=Notice.Kind.BUNDLE)
    found: datetime | None = made.aggregate(last=Max("notice__created_at"))["last"]
    return found


def only_message(notice: int) -> int:
    """The message of a notice that has one."""
    return Message.objects.values_list("pk", flat=True).get(notice=notice)
