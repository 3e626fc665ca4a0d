"""What people hand over in a worker's place, letters and calls: the same questions before, the same record after."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string

from misthoorn.constituency.queries import contact_to_correct, usable_contact
from misthoorn.notification.delivery import leases
from misthoorn.notification.delivery.decision import (
    Because,
    Circumstances,
    Verdict,
    is_always_true,
    label_of,
    objection,
)
from misthoorn.notification.models import Attempt, Message, Notice, NoticeFinding
from misthoorn.notification.supersession import is_overtaken

CHANNELS = ("letter", "telephone")
LONGEST_REPLY = 300


def objections(messages: Sequence[Message], *, now: datetime, channels: Sequence[str] = CHANNELS) -> dict[int, Verdict]:
    """Of these messages, those that are not to be handed over after all, each with the reason; asked just before."""
    still_true, label_now = import_string(settings.STILL_TRUE), import_string(settings.LABEL_NOW)
    findings: dict[int, list[int]] = defaultdict(list)
    rows = NoticeFinding.objects.filter(notice__in={one.notice_id for one in messages})
    for notice, finding in rows.values_list("notice", "finding"):
        findings[notice].append(finding)
    refused = leases.refused([one.pk for one in messages])
    found = {}
    for one in messages:
        about = tuple(findings[one.notice_id])
        asked = contact_to_correct if one.notice.kind == Notice.Kind.CORRECTION else usable_contact
        contact = asked(one.contact_id)
        told = Circumstances(
            too_late=one.not_after < now,
            still_true=is_always_true(kind=one.notice.kind, findings=about) or still_true(findings=about),
            overtaken=is_overtaken(one.pk, kind=one.notice.kind),
            refused=one.pk in refused,
            role=contact.role if contact else "",
            address=one.address,
            current_address=contact.address if contact else "",
            tlp=label_of(one.label, kind=one.notice.kind, findings=about, label_now=label_now),
            channel=one.channel,
            kind=one.notice.kind,
        )
        if verdict := objection(told, channels=channels):
            found[one.pk] = verdict
    return found


def end(message: Message, verdict: Verdict, *, at: datetime, before: str = Message.State.WAITING) -> bool:
    """Write down how a try by a person ended and what the message becomes; False where it is no longer as it was.

    Call it inside a transaction. A verdict whose state is "waiting" leaves the message for another try.
    """
    handed = {"handed_over_at": at} if verdict.state == Message.State.HANDED_OVER else {}
    rows = Message.objects.filter(pk=message.pk, state=before)
    if not rows.update(state=verdict.state, because=verdict.because, attempt=F("attempt") + 1, **handed):
        return False
    number = Message.objects.values_list("attempt", flat=True).get(pk=message.pk)
    Attempt.objects.create(
        message=message,
        number=number,
        claimed_at=at,
        finished_at=at,
        outcome=verdict.outcome,
        reply=verdict.reply[:LONGEST_REPLY],
    )
    return True


def take_out(messages: Iterable[Message], against: dict[int, Verdict], *, at: datetime) -> list[int]:
    """Withhold those messages that something speaks against; which these are. Call it inside a transaction."""
    return [one.pk for one in messages if one.pk in against and end(one, against[one.pk], at=at)]


def expire(*, now: datetime) -> int:
    """Let go of letters and calls that nobody took for too long; how many, at most some each time."""
    late = Message.objects.filter(state=Message.State.WAITING, channel__in=CHANNELS, not_after__lt=now)
    verdict = Verdict(state="expired", outcome="expired", because=Because.TOO_LATE)
    with transaction.atomic():
        return sum(end(one, verdict, at=now) for one in late.order_by("pk").defer("body")[:100])
