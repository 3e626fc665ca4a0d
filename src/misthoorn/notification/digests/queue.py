"""Messages that wait for the digest or bundle of their contact: which are due together, and that they were told.

Whoever makes a digest or bundle takes a group of `due_groups`, writes its notice and calls `mark_gathered` in the same
transaction: then nothing is lost and nothing is told twice, wherever it breaks off.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Literal

from django.db import transaction
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from misthoorn.notification.digests.timing import PREFERENCE
from misthoorn.notification.models import Message, Notice, NoticeFinding
from misthoorn.notification.supersession import taken_back

type Kind = Literal["digest", "bundle"]

CONTACTS = 50  # looked up at once
MOST = 200  # messages in one digest or bundle; what is more makes another one
PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters


class TakenError(RuntimeError):
    """Somebody else told one of these messages at this moment, or stopped it: what was made of them must not stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """A message that waits to be told with others, and what its notice is about. `because`: what made it wait."""

    message: int
    notice: int
    contact: int
    organisation: int
    campaign: int | None
    number: str
    code: str
    subject: str
    severity: str
    tlp: str
    channel: str
    address: str
    language: str
    template: str
    because: str
    created_at: datetime
    findings: tuple[int, ...] = ()


def due_groups(*, kind: Kind, now: datetime, contacts: int = CONTACTS) -> Iterator[tuple[int, tuple[Gathering, ...]]]:
    """Contacts for whom a digest or bundle is due, each with all messages that wait for it, also those not due yet.

    At most so many contacts and `MOST` messages each, the longest due first; asked again it gives what is left.
    """
    waiting = _waiting(kind)
    due = waiting.filter(not_before__lte=now).order_by("not_before", "pk").values_list("contact", flat=True)
    chosen = list(dict.fromkeys(due[: contacts * 10]))[:contacts]
    for contact in chosen:
        rows = waiting.filter(contact=contact).select_related("notice").defer("body").order_by("pk")[:MOST]
        if found := _gathering(list(rows)):
            yield contact, found


def _gathering(rows: list[Message]) -> tuple[Gathering, ...]:
    findings: dict[int, list[int]] = defaultdict(list)
    pairs = NoticeFinding.objects.filter(notice__in=[row.notice_id for row in rows]).order_by("finding")
    for notice, finding in pairs.values_list("notice", "finding"):
        findings[notice].append(finding)
    return tuple(
        Gathering(
            message=row.pk,
            notice=row.notice_id,
            contact=row.contact_id,
            organisation=row.notice.organisation_id,
            campaign=row.notice.campaign_id,
            number=row.notice.number,
            code=row.notice.code,
            subject=row.notice.subject,
            severity=row.notice.severity,
            tlp=row.label,
            channel=row.channel,
            address=row.address,
            language=row.language,
            template=row.template.partition("@")[0],
            because=row.because,
            created_at=row.created_at,
            findings=tuple(findings[row.notice_id]),
        )
        for row in rows
    )


def is_due(*, kind: Kind, now: datetime) -> bool:
    """Whether a digest or bundle is due for anybody."""
    return _waiting(kind).filter(not_before__lte=now).order_by("not_before").exists()


def _waiting(kind: Kind) -> QuerySet[Message]:
    """Asked every few seconds: said so that SQLite sees from the text which index holds just these."""
    waits = RawSQL("notification_message.state = 'gathering'", (), output_field=BooleanField())
    return Message.objects.filter(waits, because__startswith=f"{kind}:")


def told_before(contact: int, *, without: Collection[int], limit: int = 100) -> tuple[Gathering, ...]:
    """The latest warnings that this contact got, by themselves or in another message, and that were not taken back.

    The newest first. `without`: messages that are left out.
    """
    arrived = Q(state=Message.State.HANDED_OVER) | Q(
        state=Message.State.GATHERED, told_in__state=Message.State.HANDED_OVER
    )
    stands = arrived & ~taken_back("notice")
    rows = Message.objects.filter(stands, contact=contact, notice__kind=Notice.Kind.WARNING).exclude(pk__in=without)
    return _gathering(list(rows.select_related("notice").defer("body").order_by("-pk")[:limit]))


def how_soon(campaign: int) -> tuple[int, int, int]:
    """How many warnings of a campaign go out by themselves, with others, and not, since their recipients wish so."""
    warnings = Notice.objects.filter(campaign=campaign, kind=Notice.Kind.WARNING)
    together = Message.objects.filter(
        state__in=[Message.State.GATHERING, Message.State.GATHERED], notice=OuterRef("pk")
    )
    sent = warnings.exclude(state=Notice.State.WITHHELD)
    gathered = sent.filter(Exists(together)).count()
    unwanted = warnings.filter(state=Notice.State.WITHHELD, withheld_because=PREFERENCE).count()
    return sent.count() - gathered, gathered, unwanted


def subjects_in(notice: int) -> set[str]:
    """What the warnings are about that were told in this digest or bundle; empty of any other notice."""
    return set(Notice.objects.filter(messages__told_in__notice=notice).order_by().values_list("subject", flat=True))


def settle(*, limit: int = MOST) -> int:
    """Messages that were told in another one end as that one ended, once it did; how many."""
    open_ = (Message.State.QUEUED, Message.State.LEASED, Message.State.IN_DOUBT, Message.State.WAITING)
    untold = RawSQL("notification_message.state = 'gathered'", (), output_field=BooleanField())
    told = Message.objects.filter(untold, handed_over_at__isnull=True, told_in__isnull=False)
    ended = told.exclude(told_in__state__in=open_).order_by("told_in", "pk")
    carriers = {row.told_in_id for row in ended.only("told_in")[:limit]}
    found = Message.objects.filter(pk__in=[pk for pk in carriers if pk]).defer("body")
    return sum([_end_as(one) for one in found])


def _end_as(row: Message) -> int:
    told = Message.objects.filter(told_in=row, state=Message.State.GATHERED)
    if row.state == Message.State.HANDED_OVER:
        told = told.filter(handed_over_at__isnull=True)
        return told.update(handed_over_at=row.handed_over_at or row.created_at)
    return told.update(state=row.state, because=row.because)


@transaction.atomic
def give_back(message: int) -> int:
    """A message came back: those that were told in it came back with it, and each takes its own next way; how many."""
    row = Message.objects.select_for_update(of=("self",)).defer("body").filter(pk=message, rerouted=False).first()
    returned = _end_as(row) if row is not None and row.state != Message.State.HANDED_OVER else 0
    if returned:
        Message.objects.filter(pk=message).update(rerouted=True)
    return returned


def carrier(notice: int) -> int | None:
    """The message of a digest; None when its text could not be made."""
    return Message.objects.filter(notice=notice).values_list("pk", flat=True).first()


def mark_gathered(messages: Collection[int], *, told_in: int) -> None:
    """These waiting messages are told in that message. In the transaction that writes it.

    Raises:
        TakenError: one of them waits no more; the caller's transaction must not stay.
    """
    _turn(messages, state=Message.State.GATHERED, told_in=told_in)


def leave_out(messages: Collection[int], *, because: str) -> None:
    """These waiting messages are not told after all.

    Raises:
        TakenError: one of them waits no more; the caller's transaction must not stay.
    """
    _turn(messages, state=Message.State.WITHHELD, because=because)


def let_go(messages: Collection[int], *, now: datetime, not_after: datetime) -> None:
    """These waiting messages go out by themselves, as they are.

    Raises:
        TakenError: one of them waits no more; the caller's transaction must not stay.
    """
    _turn(messages, state=Message.State.QUEUED, because="", not_before=now, not_after=not_after)


def _turn(messages: Collection[int], **values: object) -> None:
    for piece in batched(sorted(messages), PIECE):
        waiting = Message.objects.filter(pk__in=piece, state=Message.State.GATHERING)
        if waiting.update(**values) != len(piece):
            raise TakenError("A message that was to be told with others waits no more.")
