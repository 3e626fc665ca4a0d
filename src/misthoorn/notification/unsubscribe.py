"""Leaving the list of messages to many: by the address in a mail's head (RFC 8058), or by the code of a message."""

from datetime import datetime

from django.utils.crypto import constant_time_compare, salted_hmac

from misthoorn.constituency.services import refuse_subject
from misthoorn.notification.models import Message, Notice

_SALT = "misthoorn.notification.leaving"
_DIGITS, _PROOF = 18, 32  # the longest id, and the length of what proves it


def leave_token(message: int) -> str:
    """What stands in the address at which this message's recipient leaves: it names nobody, and can't be guessed."""
    return f"{message}-{_proof(message)}"


def token_of(notice: int) -> str:
    """The token of a message to many, for who typed its code; "" of any other notice."""
    rows = Message.objects.filter(notice=notice, notice__kind=Notice.Kind.BROADCAST).order_by("pk")
    message = rows.values_list("pk", flat=True).first()
    return leave_token(message) if message is not None else ""


def _proof(message: int) -> str:
    return salted_hmac(_SALT, str(message), algorithm="sha256").hexdigest()[:_PROOF]


def may_leave(token: str) -> Notice | None:
    """The message to many that this token is of, or None."""
    digits, _, proof = token.partition("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS):
        return None
    if not constant_time_compare(proof, _proof(int(digits))):
        return None
    row = Message.objects.filter(pk=int(digits), notice__kind=Notice.Kind.BROADCAST).select_related("notice").first()
    return row.notice if row else None


def leave(token: str, *, now: datetime) -> bool:
    """Send this organisation no more messages of this kind; whether the token is a right one. Twice is once."""
    notice = may_leave(token)
    if notice is None:
        return False
    refuse_subject(organisation=notice.organisation_id, subject=refusable(notice), at=now)
    return True


def refusable(notice: Notice) -> str:
    """What somebody refuses who wants no more of this: the subject, or of a message to many its kind."""
    if notice.kind != Notice.Kind.BROADCAST:
        return notice.subject
    return f"broadcast:{notice.occasion.partition(':')[0]}"
