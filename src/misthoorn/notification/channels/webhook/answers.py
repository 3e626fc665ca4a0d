"""What the answer of a webhook's reader means. Pure."""

from datetime import datetime
from http import HTTPStatus

from misthoorn.notification.channels import HandOverError, Reason
from misthoorn.work.outside.client import read_retry_after

_GONE = 410
_BUSY = frozenset((408, 425, 429))


def taken(status: int, *, retry_after: str, now: datetime) -> str:
    """What is noted when the reader took it.

    Raises:
        HandOverError: it did not, and whether and when it is tried again.
    """
    said = _said(status)
    after = read_retry_after(retry_after, now=now) or 0.0
    match status // 100:
        case 2:
            return said
        case 3:
            raise HandOverError(
                Reason.REFUSED,
                f"{said}: redirects are not followed. Give the webhook the address that it redirects to.",
            )
        case 4 if status == _GONE:
            raise HandOverError(Reason.REFUSED, f"{said}: the reader wants nothing more.", gone=True)
        case 4 if status not in _BUSY:
            raise HandOverError(Reason.LATER, said, after=after)
        case 4 | 5:
            raise HandOverError(Reason.UNREACHABLE, said, after=after)
        case _:
            raise HandOverError(Reason.LATER, f"{said}: no answer that HTTP knows.")


def _said(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
