"""What becomes of a mail that came in. Nothing is ever answered; what nobody can tell is for a person to read."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from misthoorn.common.failpoints import failpoint
from misthoorn.constituency.services import mark_bounced, note_failure
from misthoorn.notification.channels.mail.return_path import read_return_path
from misthoorn.notification.incoming.classification import FOR_A_PERSON, LONGEST_DETAIL, Classified, Kind, classify
from misthoorn.notification.incoming.message import LARGEST, Arrived, read, unread
from misthoorn.notification.models import IncomingMail, Message

_log = logging.getLogger(__name__)

LATEST = timedelta(days=30)  # after the hand-over; a report that comes later says nothing of today
LONGEST_SENDER, LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_STATUS = 254, 200, 8_000, 12
_STATES = Message.State
_ON_ITS_WAY = (_STATES.QUEUED, _STATES.LEASED)
_ARRIVED = (_STATES.HANDED_OVER, _STATES.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Taken:
    """`again`: the same mail came before, and nothing changed. `message`: the one that it is about, if any."""

    incoming: int
    kind: str
    message: int | None
    again: bool


def take_incoming(*, raw: bytes, at: datetime) -> Taken:
    """Keep a mail and do what follows from it, both or neither; the same mail twice counts once.

    Of what is larger than 2 MiB the beginning is kept.
    """
    digest = hashlib.sha256(raw).hexdigest()
    mail, found = _understood(raw)
    with transaction.atomic():
        message, forged = _message(mail)
        row, new = IncomingMail.objects.get_or_create(
            digest=digest,
            defaults={
                "received_at": at,
                "kind": found.kind,
                "message": message,
                "forged": forged,
                "status": _kept(found.status, LONGEST_STATUS),
                "detail": _kept(found.detail, LONGEST_DETAIL),
                "sender": _kept(mail.sender, LONGEST_SENDER),
                "subject": _kept(mail.subject, LONGEST_SUBJECT),
                "text": _kept(mail.text, LONGEST_TEXT),
                "raw": raw[:LARGEST],
                "state": _state(found, message),
            },
        )
        if new and message is not None and row.state != IncomingMail.State.EARLY:
            _act(found, message, at=at)
    failpoint("incoming.taken")
    return Taken(row.pk, row.kind, row.message_id, again=not new)


def _understood(raw: bytes) -> tuple[Arrived, Classified]:
    """What it says and what it is. A mail over which our own code stumbles is for a person, and holds up no others."""
    try:
        mail = read(raw)
        return mail, classify(mail)
    except Exception:  # noqa: BLE001  anybody may send us anything
        _log.exception("a mail that came back can't be read; a person has to")
        return unread(raw), Classified(Kind.REPLY)


def _kept(text: str, longest: int) -> str:
    """What any database and page can show."""
    return "".join(c for c in text if c.isprintable() or c == "\n")[:longest]


def _state(found: Classified, message: Message | None) -> str:
    if found.kind in FOR_A_PERSON or (message is None and found.kind is not Kind.AUTOMATIC):
        return IncomingMail.State.TO_READ
    early = message is not None and message.state in _ON_ITS_WAY and found.kind is Kind.FAILED
    return IncomingMail.State.EARLY if early else IncomingMail.State.DONE


def _message(mail: Arrived) -> tuple[Message | None, bool]:
    """The message of ours that it is about, by the signed address it came to, or else by the Message-ID it names.

    A Message-ID holds a random part that only its reader knows, so that naming it is a proof too. Beside it, whether
    somebody made up a signed address: such a mail is about nothing.
    """
    key = settings.SECRET_KEY.encode()
    for address in mail.to:
        number, forged = read_return_path(address, key=key)
        if forged:
            return None, True
        if number is not None:
            return Message.objects.select_for_update().filter(pk=number).first(), False
    named = Message.objects.select_for_update().filter(message_id__in=mail.answers)
    return named.order_by("pk").first(), False


def _act(found: Classified, message: Message, *, at: datetime) -> None:
    if found.kind is not Kind.FAILED or message.state not in _ARRIVED:
        return
    if message.handed_over_at is not None and at - message.handed_over_at > LATEST:
        return
    first = Message.objects.filter(pk=message.pk, state__in=_ARRIVED).update(
        state=_STATES.BOUNCED, because=_kept(found.detail or found.status or "it came back", LONGEST_DETAIL)
    )
    if not first:
        return
    if found.bad_address and _of_the_address(found, message):
        mark_bounced(contact=message.contact_id, at=at)
    else:
        note_failure(contact=message.contact_id)


def _of_the_address(found: Classified, message: Message) -> bool:
    """Whether the report is about the address that we wrote to, and not about one that it passes mail on to.

    Who passes on to an address that is gone did not get the message either; but he, or another who got it, is there.
    """
    return not found.recipients or message.address.lower() in found.recipients


def settle_early(*, at: datetime) -> int:
    """Do what follows from reports that came before their message was recorded as handed over; how many were done."""
    done = 0
    waiting = IncomingMail.objects.filter(state=IncomingMail.State.EARLY).exclude(message__state__in=_ON_ITS_WAY)
    for row in waiting.select_related("message")[:100]:
        with transaction.atomic():
            if row.message is not None:
                _act(classify(read(bytes(row.raw))), row.message, at=at)
            IncomingMail.objects.filter(pk=row.pk).update(state=IncomingMail.State.DONE)
        done += 1
    return done


def mark_read(*, incoming: int, person: int, at: datetime) -> bool:
    """Note that a person read it; False where there was nothing to be read."""
    waiting = IncomingMail.objects.filter(pk=incoming, state=IncomingMail.State.TO_READ)
    return bool(waiting.update(state=IncomingMail.State.DONE, read_by=person, read_at=at))
