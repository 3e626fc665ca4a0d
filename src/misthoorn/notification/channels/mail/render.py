"""A message as the bytes that travel over SMTP."""

import quopri
import re
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from misthoorn.notification.addresses import envelope_address
from misthoorn.notification.channels import Parcel

_DOT = re.compile(rb"^\.", re.MULTILINE)
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LONGEST_LINE = 998  # RFC 5322, section 2.1.1
# Answers of machines are of no use to anybody; reports of failed delivery are (so not DR).
_SUPPRESS = "OOF, AutoReply, RN, NRN"


def render(parcel: Parcel, *, name: str, sender: str, eight_bit: bool) -> bytes:
    """The whole mail with CRLF ends of line: plain text in UTF-8, as 8bit or, where the relay can't, quoted-printable.

    Raises:
        AddressError: the recipient's address is not one plain address.
        ValueError: the subject holds a line break or another control character, or the Message-ID is none.
    """
    if not _MESSAGE_ID.fullmatch(parcel.message_id):
        raise ValueError(f"{parcel.message_id!r} is not a Message-ID.")
    transfer, body = _body(parcel.body, eight_bit=eight_bit)
    own = (
        f"To: {envelope_address(parcel.address)}\r\n"
        f"{_subject(parcel.subject)}"
        f"Date: {format_datetime(parcel.written.astimezone(UTC).replace(microsecond=0))}\r\n"
        f"Message-ID: {parcel.message_id}\r\n"
    )
    same = _same_for_all(name=name, sender=sender, language=parcel.language, transfer=transfer)
    return same + own.encode("ascii") + b"\r\n" + body


# A subject has at most 110 characters: folding it would only put an empty first line before a long one.
_UNFOLDED = SMTP.clone(max_line_length=900)


def _subject(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("A subject with a line break or another control character can't be sent.")
    return str(_UNFOLDED.fold(*_UNFOLDED.header_store_parse("Subject", text)))


@lru_cache(maxsize=64)
def _same_for_all(*, name: str, sender: str, language: str, transfer: str) -> bytes:
    """The headers that do not differ between recipients; making them takes longer than all the rest of a mail."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=name, addr_spec=sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = _SUPPRESS
    mail["MIME-Version"] = "1.0"
    mail["Content-Type"] = 'text/plain; charset="utf-8"'
    mail["Content-Transfer-Encoding"] = transfer
    mail["Content-Language"] = language
    return mail.as_bytes().removesuffix(b"\r\n")


def _body(text: str, *, eight_bit: bool) -> tuple[str, bytes]:
    """The content's transfer encoding, and the content in it."""
    body = "\n".join(text.splitlines()).encode() + b"\n"
    if max(map(len, body.split(b"\n"))) > _LONGEST_LINE or not (eight_bit or body.isascii()):
        return "quoted-printable", quopri.encodestring(body).replace(b"\n", b"\r\n")
    return "7bit" if body.isascii() else "8bit", body.replace(b"\n", b"\r\n")


def on_the_wire(mail: bytes) -> bytes:
    """The mail as it stands between DATA and the answer: dots at the start of a line doubled, and the final dot."""
    end = b"" if mail.endswith(b"\r\n") else b"\r\n"
    return _DOT.sub(b"..", mail) + end + b".\r\n"
