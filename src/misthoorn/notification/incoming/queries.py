from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from misthoorn.notification.models import IncomingMail


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
    """The newest mails that came back: those that wait for a person, or all the others; of one message or of all."""
    which = Q(state=IncomingMail.State.TO_READ)
    found = IncomingMail.objects.filter(which if waiting else ~which)
    if message is not None:
        found = IncomingMail.objects.filter(message=message)
    return [_facts(row) for row in found.select_related("message__notice__organisation").defer("raw")[:limit]]


def incoming_mail(pk: int) -> IncomingFacts | None:
    """One of them, or None."""
    row = IncomingMail.objects.filter(pk=pk).select_related("message__notice__organisation").defer("raw").first()
    return _facts(row) if row else None


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
