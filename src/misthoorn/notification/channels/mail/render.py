"""A message as the bytes that travel over SMTP."""

import base64
import quopri
import re
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256

from misthoorn.notification.addresses import envelope_address
from misthoorn.notification.channels import File, Parcel
from misthoorn.notification.channels.mail.signing import Signer

_DOT = re.compile(rb"^\.", re.MULTILINE)
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+(; [a-z]++=[A-Za-z0-9.-]++)*")
_LIST = re.compile(r"https://[!#-;=?-~]{1,900}")
_FROM = re.compile(rb"^From ", re.MULTILINE)
_FRAGILE = re.compile(rb"^From |[ \t]\r?$", re.MULTILINE)
_LONGEST_NAME = 100
_LONGEST_QUOTED = 76  # RFC 2045, section 6.7
_LONGEST_LINE = 78  # RFC 5322, section 2.1.1; a paragraph is one line, which the reader's screen breaks
# Answers of machines are of no use to anybody; reports of failed delivery are (so not DR).
_SUPPRESS = "OOF, AutoReply, RN, NRN"


def render(parcel: Parcel, *, name: str, sender: str, eight_bit: bool, signer: Signer | None = None) -> bytes:
    """The whole mail with CRLF ends of line: plain text in UTF-8, quoted-printable where a line is long.

    A text of short lines goes as it is, unless it is not ASCII and the relay can't take 8bit.

    With files it is multipart/mixed, the text first; what stands between the parts follows from the Message-ID. With a
    signer all of that is signed: the same bytes each time, beside a signature that is a new one each time.

    Raises:
        SigningError: it can't be signed.
        AddressError: the recipient's address is not one plain address.
        ValueError: the subject holds a line break or another control character, the Message-ID or the address of a
            list is none, or a file has no media type.
    """
    if not _MESSAGE_ID.fullmatch(parcel.message_id):
        raise ValueError(f"{parcel.message_id!r} is not a Message-ID.")
    transfer, body = _body(parcel.body, eight_bit=eight_bit) if signer is None else _body_to_sign(parcel.body)
    own = (
        f"To: {envelope_address(parcel.address)}\r\n"
        f"{_subject(parcel.subject)}"
        f"Date: {format_datetime(parcel.written.astimezone(UTC).replace(microsecond=0))}\r\n"
        f"Message-ID: {parcel.message_id}\r\n"
        f"{_list_headers(parcel.list_unsubscribe)}"
    )
    head = ""
    if parcel.files:
        head, body = _with_files(parcel, transfer=transfer, text=body)
    if signer is not None:
        entity = (head or _head_of_text(transfer)).encode() + b"\r\n" + body
        head, body = _signed(entity, boundary=_boundary(parcel, "signed"), signer=signer)
    if head:
        own, transfer = own + head, ""
    same = _same_for_all(name=name, sender=sender, language=parcel.language, transfer=transfer)
    return same + own.encode("ascii") + b"\r\n" + body


def _list_headers(url: str) -> str:
    """What lets a mail program leave a list with one post (RFC 8058)."""
    if url and not _LIST.fullmatch(url):
        raise ValueError(f"{url[:80]!r} is not an address at which a list is left.")
    return f"List-Unsubscribe: <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" if url else ""


def _boundary(parcel: Parcel, purpose: str) -> str:
    return f"=_{sha256(f'{purpose}{parcel.message_id}'.encode()).hexdigest()[:40]}"


def _head_of_text(transfer: str) -> str:
    return f'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: {transfer}\r\n'


def _signed(entity: bytes, *, boundary: str, signer: Signer) -> tuple[str, bytes]:
    """The headers, and the two parts: what is signed, to the byte, and the signature."""
    made = signer.sign(entity)
    head = (
        f'Content-Type: multipart/signed; protocol="{signer.protocol}"; micalg={made.micalg};\r\n'
        f' boundary="{boundary}"\r\n'
    )
    between = f"--{boundary}\r\n".encode()
    # The end of line before a boundary is the boundary's (RFC 2046, 5.1.1): what is signed keeps its own.
    return head, between + entity + b"\r\n" + between + made.part + f"\r\n--{boundary}--\r\n".encode()


def _with_files(parcel: Parcel, *, transfer: str, text: bytes) -> tuple[str, bytes]:
    """The headers that say what the parts are, and the parts."""
    boundary = _boundary(parcel, "")
    head = (
        f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n'
        f"Content-Transfer-Encoding: {'8bit' if transfer == '8bit' else '7bit'}\r\n"
    )
    first = f"{_head_of_text(transfer)}\r\n"
    between = f"--{boundary}\r\n".encode()
    # The end of line before a boundary is the boundary's (RFC 2046, 5.1.1): the text keeps its own.
    parts = [first.encode() + text + b"\r\n", *map(_part, parcel.files)]
    return head, b"".join([*(between + part for part in parts), f"--{boundary}--\r\n".encode()])


def _part(file: File) -> bytes:
    if not _MEDIA_TYPE.fullmatch(file.media_type):
        raise ValueError(f"{file.media_type[:80]!r} is not a media type.")
    name = _NOT_IN_NAME.sub("-", file.name).lstrip(".-")[-_LONGEST_NAME:] or "file"
    head = (
        f"Content-Type: {file.media_type}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
    )
    return head.encode() + base64.encodebytes(file.content).replace(b"\n", b"\r\n")


# A subject has at most 110 characters: folding it would only put an empty first line before a long one.
_UNFOLDED = SMTP.clone(max_line_length=900)


def _subject(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("A subject with a line break or another control character can't be sent.")
    return str(_UNFOLDED.fold(*_UNFOLDED.header_store_parse("Subject", text)))


@lru_cache(maxsize=64)
def _same_for_all(*, name: str, sender: str, language: str, transfer: str) -> bytes:
    """The headers that do not differ between recipients; making them takes longer than all the rest of a mail.

    Without `transfer` those of its content are left to the mail itself.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=name, addr_spec=sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = _SUPPRESS
    mail["MIME-Version"] = "1.0"
    if transfer:
        mail["Content-Type"] = 'text/plain; charset="utf-8"'
        mail["Content-Transfer-Encoding"] = transfer
    mail["Content-Language"] = language
    return mail.as_bytes().removesuffix(b"\r\n")


def _body(text: str, *, eight_bit: bool) -> tuple[str, bytes]:
    """The content's transfer encoding, and the content in it."""
    body = "\n".join(text.splitlines()).encode() + b"\n"
    if max(map(len, body.split(b"\n"))) > _LONGEST_LINE or not (eight_bit or body.isascii()):
        return "quoted-printable", _quoted(body).replace(b"\n", b"\r\n")
    return "7bit" if body.isascii() else "8bit", body.replace(b"\n", b"\r\n")


def _quoted(body: bytes) -> bytes:
    """As quoted-printable, broken between words, so that a number or a code is whole for who reads the source."""
    usual = quopri.encodestring(body)
    lines = []
    for line in usual.replace(b"=\n", b"").split(b"\n"):
        rest = line
        while len(rest) > _LONGEST_QUOTED:
            end = rest.rfind(b" ", 0, _LONGEST_QUOTED - 1) + 1
            if not end:
                return usual
            lines.append(rest[:end] + b"=")
            rest = rest[end:]
        lines.append(rest)
    return b"\n".join(lines)


def _body_to_sign(text: str) -> tuple[str, bytes]:
    """The same, in seven bits and without what programs on the way like to change (RFC 3156, section 3)."""
    transfer, body = _body(text, eight_bit=False)
    if transfer == "7bit" and not _FRAGILE.search(body):
        return transfer, body
    plain = "\n".join(text.splitlines()).encode() + b"\n"
    safe = _FROM.sub(b"=46rom ", _quoted(plain))
    return "quoted-printable", safe.replace(b"\n", b"\r\n")


def on_the_wire(mail: bytes) -> bytes:
    """The mail as it stands between DATA and the answer: dots at the start of a line doubled, and the final dot."""
    end = b"" if mail.endswith(b"\r\n") else b"\r\n"
    return _DOT.sub(b"..", mail) + end + b".\r\n"
