"""A mail that came in, as far as it matters what it is. Pure, and bounded whatever it holds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses
from html import unescape

LARGEST = 2 * 1024 * 1024  # bytes in which Message-IDs are looked for: reports return at most the mail that failed
PARSED = 512 * 1024  # bytes that are taken apart: what is said stands before what is attached
SCANNED = 64 * 1024  # bytes that are compared with the wordings of each mail server
LONGEST_TEXT = 20_000  # characters of what people or machines wrote
MOST_PARTS = 100
MOST_ADDRESSES = 100
LONGEST_HEADER = 2_000

_MESSAGE_ID = re.compile(r"<[^<>@\s]{1,200}@[^<>@\s]{1,250}>")
_HEADER_LINE = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,450}>)", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(r"<[^<>]{0,500}>")


@dataclass(frozen=True, slots=True)
class Report:
    """What a delivery status notification says of one recipient (RFC 3464, section 2.3).

    `comment`: what stands beside the status.
    """

    action: str
    status: str
    recipient: str
    diagnostic: str
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """`to`: all addresses it was sent or delivered to. `answers`: the Message-IDs that it is about, best proof first.

    `report_type`: of a multipart/report, in small letters; "" for any other mail. `message`: its beginning, in parts.
    """

    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    headers: dict[str, str] = field(repr=False)
    answers: tuple[str, ...]
    report_type: str
    reports: tuple[Report, ...]
    message: Message = field(repr=False, compare=False)


def read(raw: bytes) -> Arrived:
    """A mail as it came; whatever it is, something can be said of it."""
    mail = _parsed(raw[:PARSED])
    headers = {name.lower(): _flat(_utf8(value)) for name, value in reversed([*mail.raw_items()])}
    parts = list(_parts(mail))
    return Arrived(
        sender=next(iter(_addresses(mail, "From")), ""),
        to=_addresses(mail, "Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc"),
        subject=_decoded(headers.get("subject", "")),
        text="\n".join(_texts(parts))[:LONGEST_TEXT],
        headers=headers,
        answers=_answers(raw, headers),
        report_type=_report_type(mail),
        reports=tuple(report for part in parts for report in _reports(part)),
        message=mail if len(raw) <= SCANNED else _parsed(raw[:SCANNED]),
    )


def unread(raw: bytes) -> Arrived:
    """A mail of which nothing can be said: a text, as its bytes stand there."""
    return Arrived(
        sender="",
        to=(),
        subject="",
        text=raw[:LONGEST_TEXT].decode("latin-1"),
        headers={},
        answers=(),
        report_type="",
        reports=(),
        message=Message(),
    )


def _parsed(raw: bytes) -> Message:
    """Its parts; of one whose parts lie in each other without end only the headers."""
    try:
        return message_from_bytes(raw, policy=compat32)
    except RecursionError:
        return BytesHeaderParser(policy=compat32).parsebytes(raw)


def _utf8(value: object) -> str:
    """A header that was sent as it is, without encoded words (RFC 6532)."""
    return str(value)[:LONGEST_HEADER].encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _flat(value: object) -> str:
    return " ".join(str(value)[:LONGEST_HEADER].split())


def _decoded(value: str) -> str:
    """A header without its encoded words (RFC 2047); as it stands where those are broken."""
    from email.header import decode_header, make_header  # noqa: PLC0415  slow to load, and for few mails

    try:
        return _flat(make_header(decode_header(value)))
    except (LookupError, ValueError, UnicodeError):
        return value


def _addresses(mail: Message, *names: str) -> tuple[str, ...]:
    values = [_flat(value) for name in names for value in mail.get_all(name, [])[:MOST_ADDRESSES]]
    try:
        pairs = getaddresses(values, strict=False)
    except RecursionError:  # comments in comments in comments
        return ()
    return tuple(dict.fromkeys(address.strip().lower() for _, address in pairs if "@" in address))[:MOST_ADDRESSES]


def _parts(mail: Message, depth: int = 0) -> Iterator[Message]:
    """The parts of a mail in their order, those of mails inside it left alone, at most so many."""
    waiting: list[tuple[Message, int]] = [(mail, depth)]
    given = 0
    while waiting and given < MOST_PARTS:
        part, depth = waiting.pop(0)
        given += 1
        yield part
        if part.get_content_maintype() == "multipart":
            waiting = [(one, depth + 1) for one in _inside(part)] + waiting


def _inside(part: Message) -> list[Message]:
    """What lies in it. Of anything else no payload is asked for: that would decode it, by whatever charset it names."""
    inside = part.get_payload() if part.is_multipart() else []
    return [one for one in inside if isinstance(one, Message)]


def _texts(parts: list[Message]) -> Iterator[str]:
    """What stands in it to be read; HTML only where there is no plain text."""
    plain = [part for part in parts if part.get_content_type() == "text/plain" and not _attached(part)]
    html = [part for part in parts if part.get_content_type() == "text/html" and not _attached(part)]
    for part in plain or html:
        text = _text(part)
        yield text if plain else unescape(_TAG.sub(" ", _without(text, "style")))


def _without(html: str, element: str) -> str:
    """HTML without an element and what stands in it, up to the end where it is left open."""
    kept, small, at = [], html.lower(), 0
    while (start := small.find(f"<{element}", at)) >= 0:
        kept.append(html[at:start])
        end = small.find(f"</{element}", start)
        at = end if end >= 0 else len(html)
    return " ".join([*kept, html[at:]])


def _attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"


def _text(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    data = data[: 4 * LONGEST_TEXT]
    try:
        return data.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        return data.decode("latin-1")


def _report_type(mail: Message) -> str:
    if mail.get_content_type() != "multipart/report":
        return ""
    return str(mail.get_param("report-type", "")).lower()


def _reports(part: Message) -> Iterator[Report]:
    """What a part says that is a delivery status; the group of the whole mail has no recipient and is left out."""
    if part.get_content_type() not in {"message/delivery-status", "message/global-delivery-status"}:
        return
    for group in _inside(part)[:MOST_ADDRESSES]:
        if action := _flat(group.get("Action", "")).lower():
            status, _, comment = _flat(group.get("Status", "")).partition(" ")
            recipient = _typed(group.get("Final-Recipient", "")) or _typed(group.get("Original-Recipient", ""))
            said = _typed(group.get("Diagnostic-Code", ""))
            yield Report(action.partition(" ")[0], status, recipient, said, comment)


def _typed(value: object) -> str:
    """The value behind its type, as in "rfc822; name@example.nl"."""
    text = _flat(value)
    return text.partition(";")[2].strip() if ";" in text else text


def _answers(raw: bytes, headers: dict[str, str]) -> tuple[str, ...]:
    """What it answers by its own headers, and then what stands in the mail that it returns."""
    own = headers.get("message-id", "")
    named = [*_MESSAGE_ID.findall(headers.get("in-reply-to", "")), *_MESSAGE_ID.findall(headers.get("references", ""))]
    returned = [found.decode("ascii", "replace") for found in _HEADER_LINE.findall(raw[:LARGEST])]
    found = (one for one in (*named, *returned) if one != own and one.isascii() and one.isprintable())
    return tuple(dict.fromkeys(found))[:MOST_ADDRESSES]
