"""When a contact changes what it wishes, what waits for its digest is told as it wishes from now on."""

from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import Exists, OuterRef

from misthoorn.constituency import queries as constituency
from misthoorn.constituency.contacts.preferences import set_wishes
from misthoorn.constituency.facts import PreferenceFacts
from misthoorn.notification import queries
from misthoorn.notification.digests.aggregation import shipped_versions
from misthoorn.notification.digests.timing import LONGEST, How, Recipient, timing
from misthoorn.notification.models import Attempt, Message

PIECE = 500


@dataclass(frozen=True, slots=True)
class Reached:
    """A contact that a notice went to by mail; its address as it is now."""

    contact: int
    address: str


def reached(notice: int) -> tuple[Reached, ...]:
    """The contacts that a notice went to by mail, by itself or in a digest: whoever has its code is one of them."""
    itself = Exists(Attempt.objects.filter(message=OuterRef("pk"), outcome__in=Attempt.PERHAPS))
    in_another = Exists(Attempt.objects.filter(message=OuterRef("told_in"), outcome__in=Attempt.PERHAPS))
    rows = Message.objects.filter(itself | in_another, notice=notice, channel="mail").order_by("pk")
    found = constituency.contacts(dict.fromkeys(rows.values_list("contact", flat=True)))
    return tuple(Reached(one.id, one.address) for one in found.values())


def take_wishes(
    *,
    contact: int,
    wish: PreferenceFacts,
    now: datetime,
    person: int | None = None,
    language: str | None = None,
    stopped: bool | None = None,
) -> None:
    """Keep what a contact wishes, and let what waits for its digest follow it.

    Raises:
        ContactError: there is no such contact, or it can't wish so; nothing changed.
    """
    set_wishes(contact=contact, wish=wish, at=now, person=person, language=language, stopped=stopped)
    last = queries.last_mails([contact], since=now - LONGEST).get(contact)
    recipient = Recipient(wish=wish, last_mail=last)
    waiting = Message.objects.filter(contact=contact, state=Message.State.GATHERING, because__startswith="digest:")
    rows = list(waiting.order_by("pk").values_list("pk", "notice__severity"))
    for piece in batched(rows, PIECE):
        with transaction.atomic():
            for pk, severity in piece:
                _follow(pk, severity, recipient, now=now)


def _follow(message: int, severity: str, recipient: Recipient, *, now: datetime) -> None:
    soon = timing(severity=severity, pressing=False, recipient=recipient, now=now, versions=shipped_versions())
    row = Message.objects.filter(pk=message, state=Message.State.GATHERING)
    if soon.how is How.NOT:
        row.update(state=Message.State.WITHHELD, because=soon.because)
    elif soon.how is How.GATHERED:
        row.update(not_before=soon.at, because=soon.because)
    else:
        row.update(not_before=soon.at or now)  # what waits together still is told together
