from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from django.db.models import Case, Q, When

from misthoorn.notification.incoming.classification import FOR_A_PERSON
from misthoorn.notification.models import IncomingMail, Message

IN_A_ROW = 3  # messages that came back and none that did not: somebody has to look at this contact
SETTLED = timedelta(days=1)  # after that a message that did not come back has arrived
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFacts:
    """A mail that came back, and the warning that it is about (None: none of ours, or nothing proves it)."""

    id: int
    kind: str
    received_at: datetime
    sender: str
    subject: str
    text: str
    detail: str
    forged: bool
    state: str
    message: int | None
    notice: int | None
    number: str
    about: str
    organisation: int | None
    organisation_name: str


def to_read() -> int:
    """How many wait for a person."""
    return IncomingMail.objects.filter(state=IncomingMail.State.TO_READ).count()


def incoming(*, waiting: bool, message: int | None = None, limit: int) -> list[IncomingFacts]:
    """The newest mails that came back: those that wait for a person, or all the others; of one message or of all.

    What people wrote stands before reports on mails that are none of ours: a forger can make as many as he likes.
    """
    which = Q(state=IncomingMail.State.TO_READ)
    found = IncomingMail.objects.filter(which if waiting else ~which)
    if message is not None:
        found = IncomingMail.objects.filter(message=message)
    elif waiting:
        found = found.order_by(Case(When(kind__in=FOR_A_PERSON, then=0), default=1), "-received_at", "-pk")
    return [_facts(row) for row in found.select_related("message__notice__organisation").defer("raw")[:limit]]


def incoming_mail(pk: int) -> IncomingFacts | None:
    """One of them, or None."""
    row = IncomingMail.objects.filter(pk=pk).select_related("message__notice__organisation").defer("raw").first()
    return _facts(row) if row else None


def need_attention(contacts: Iterable[int], *, now: datetime) -> dict[int, int]:
    """Of these contacts the ones whose latest messages all came back, and how many did so in a row.

    Each failure may be one that passes, such as a full mailbox; so many on end are not.
    """
    counted = ((contact, _in_a_row(contact, now=now)) for contact in contacts)
    return {contact: count for contact, count in counted if count >= IN_A_ROW}


def _in_a_row(contact: int, *, now: datetime) -> int:
    states = Message.State
    gone = Q(state__in=(states.HANDED_OVER, states.IN_DOUBT), handed_over_at__lt=now - SETTLED)
    latest = Message.objects.filter(gone | Q(state=states.BOUNCED), contact=contact).order_by("-created_at", "-pk")
    found = latest.values_list("state", flat=True)[:_LOOKED_AT]
    return sum(1 for _ in takewhile(lambda state: state == states.BOUNCED, found))


def _facts(row: IncomingMail) -> IncomingFacts:
    notice = row.message.notice if row.message else None
    return IncomingFacts(
        **{name: getattr(row, name) for name in _SAME},
        id=row.pk,
        message=row.message_id,
        notice=notice.pk if notice else None,
        number=notice.number if notice else "",
        about=notice.subject if notice else "",
        organisation=notice.organisation_id if notice else None,
        organisation_name=str(notice.organisation) if notice else "",
    )


_SAME = ("kind", "received_at", "sender", "subject", "text", "detail", "forged", "state")
