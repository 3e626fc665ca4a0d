"""Ways in which a message travels, a folder each. To add one, copy one and name it in notification/work.py."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Reason(StrEnum):
    """Why a message was not handed over, as far as that matters for what happens next."""

    REFUSED = "refused"  # for good: this recipient, or this message
    LATER = "later"  # not now, for this recipient
    UNREACHABLE = "unreachable"  # not now, for anybody: the other side is in trouble, or refuses us as a whole
    IN_DOUBT = "in_doubt"  # it was sent, and no answer came that can be understood


class HandOverError(Exception):
    """A message was not handed over, or may not have been.

    `bad_address`: nothing will ever arrive at this address; `gone`: its reader wants nothing more. `after`: seconds for
    which the other side asks to be left alone. `reply` is what it said, one line.
    """

    def __init__(
        self, reason: Reason, reply: str, *, bad_address: bool = False, gone: bool = False, after: float = 0.0
    ) -> None:
        super().__init__(f"{reason}: {reply}")
        self.reason = reason
        self.reply = reply
        self.bad_address = bad_address
        self.gone = gone
        self.after = after


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a parcel."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A finished message as a channel takes it. Handed over twice, it is the same parcel, byte for byte.

    `return_path`: where failures are reported to, "" for the sender itself. `list_unsubscribe`: where one post ends a
    list (RFC 8058), only for what is sent to many who may leave. `contact`: whose secret signs for it, on a webhook.
    """

    address: str
    language: str
    subject: str
    body: str
    message_id: str
    written: datetime
    return_path: str = ""
    files: tuple[File, ...] = ()
    list_unsubscribe: str = ""
    contact: int = 0


class Channel(Protocol):
    """Takes parcels to where they are going."""

    def hand_over(self, parcel: Parcel, *, deadline: float) -> str:
        """What the other side said when it took the parcel; all of it before `deadline` (time.monotonic).

        Raises:
            HandOverError: it did not take it, or may not have.
        """
        ...

    def close(self) -> None:
        """Let go of connections. The channel may be used again."""
        ...
