"""A message as the bytes that travel over SMTP."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from misthoorn.notification.addresses import envelope_address
from misthoorn.notification.channels import Parcel

_DOT = re.compile(rb"^\.", re.MULTILINE)
# Answers of machines are of no use to anybody; reports of failed delivery are (so not DR).
_SUPPRESS = "OOF, AutoReply, RN, NRN"


def render(parcel: Parcel, *, name: str, sender: str, eight_bit: bool) -> bytes:
    """The whole mail with CRLF ends of line: plain text in UTF-8, as 8bit or, where the relay can't, quoted-printable.

    Raises:
        AddressError: the recipient's address is not one plain address.
        ValueError: a header would have held a line break.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=name, addr_spec=sender)
    mail["To"] = Address(addr_spec=envelope_address(parcel.address))
    mail["Subject"] = parcel.subject
    mail["Date"] = _seconds(parcel.written)
    mail["Message-ID"] = parcel.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = _SUPPRESS
    mail["Content-Language"] = parcel.language
    plain = "7bit" if parcel.body.isascii() else ""
    mail.set_content(parcel.body, cte=plain or ("8bit" if eight_bit else "quoted-printable"))
    return mail.as_bytes()


def _seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def on_the_wire(mail: bytes) -> bytes:
    """The mail as it stands between DATA and the answer: dots at the start of a line doubled, and the final dot."""
    end = b"" if mail.endswith(b"\r\n") else b"\r\n"
    return _DOT.sub(b"..", mail) + end + b".\r\n"
