"""What is not kept for ever, and what stays of it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.crypto import salted_hmac

from misthoorn.constituency.addresses import postcode_of
from misthoorn.notification.addresses import mail_domain
from misthoorn.notification.models import Attempt, CallOutcome, Check, IncomingMail, Message, MessageFile, Reply
from misthoorn.work.bulk import update_rows

PIECE = 200
_SALT = "misthoorn.notification.domain"


def domain_digest(*, number: str, domain: str) -> str:
    """What is kept of a mail domain, or of another proof, so that a number can be checked after its address is gone.

    Keyed with the service's secret and different for each number: who gets hold of the table can't try domains on it,
    nor see which messages went to the same one.
    """
    return salted_hmac(_SALT, f"{number} {domain}", algorithm="sha256").hexdigest()


def proof_of(message: Message) -> str:
    """What proves that a message went to somebody: the domain of a mail, the post code of a letter, a number called."""
    if message.channel == "letter":
        return postcode_of(message.address)
    return message.address if message.channel == "telephone" else mail_domain(message.address)


def purge(*, now: datetime, keep: Mapping[str, int]) -> dict[str, int]:
    """Blank what is older than it may be: messages' addresses, texts and files, what came back, what people wrote.

    `keep` holds days, by "messages" and "replies". Numbers, states and dates stay, so that figures and checks do; a
    message that still waits is left alone (it expires within days). Returns how many of each were blanked.
    """
    messages, replies = (now - timedelta(days=keep[name]) for name in ("messages", "replies"))
    return {
        "messages": _messages(messages),
        "replies": _replies(replies),
        "passed_on": _passed_on(messages),
        "incoming": _incoming(messages),
        "checks": sum(rows.delete()[0] for rows in _pieces(Check.objects.filter(at__lt=replies))),
    }


def _messages(before: datetime) -> int:
    waiting = (Message.State.QUEUED, Message.State.LEASED, Message.State.GATHERING, Message.State.WAITING)
    blanked = 0
    while True:
        with transaction.atomic():
            old = Message.objects.filter(created_at__lt=before).exclude(address="").exclude(state__in=waiting)
            rows = list(old.select_related("notice").order_by("pk").defer("body")[:PIECE])
            for row in rows:
                row.domain_digest = domain_digest(number=row.notice.number, domain=proof_of(row))
                row.address = row.subject_line = row.body = ""
                row.because = row.because if " " not in row.because else ""
            update_rows(rows, fields=["domain_digest", "address", "subject_line", "body", "because"])
            Attempt.objects.filter(message__in=rows).exclude(reply="").update(reply="")
            MessageFile.objects.filter(message__in=rows).delete()
        blanked += len(rows)
        if len(rows) < PIECE:
            return blanked


def _incoming(before: datetime) -> int:
    old = IncomingMail.objects.filter(received_at__lt=before).exclude(raw=b"")
    return _blank(old, raw=b"", text="", sender="", subject="", detail="")


def _replies(before: datetime) -> int:
    """What people wrote, and what was noted of their calls; how many replies."""
    _blank(CallOutcome.objects.filter(at__lt=before).exclude(note=""), note="")
    written = Reply.objects.filter(at__lt=before).exclude(text="", whose="", judged_note="")
    return _blank(written, text="", whose="", judged_note="")


def _passed_on(before: datetime) -> int:
    """To whom a warning was passed on goes with the address of that message."""
    return _blank(Reply.objects.filter(at__lt=before).exclude(passed_on_to=""), passed_on_to="")


def _blank[M: Model](old: QuerySet[M], **values: object) -> int:
    return sum(rows.update(**values) for rows in _pieces(old))


def _pieces[M: Model](old: QuerySet[M]) -> Iterator[QuerySet[M]]:
    """These rows, so few at a time that no write takes long; each piece must be among them no more before the next."""
    while ids := list(old.order_by("pk").values_list("pk", flat=True)[:PIECE]):
        yield old.filter(pk__in=ids)
