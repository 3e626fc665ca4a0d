"""The mails in a file: one message, an mbox, or a zip archive of them, one after another and within bounds.

Source: RFC 5322, RFC 4155. A message is parsed by Python's own parser, and its parts are never unpacked further.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from misthoorn.formats.readers.archive import read_each
from misthoorn.formats.readers.documents import KEPT
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.readers.lines import whole_lines
from misthoorn.formats.readers.rows import count_lines
from misthoorn.formats.readers.unpack import BOM, Source, open_text
from misthoorn.formats.values.schema import FormatError

if TYPE_CHECKING:
    from email.message import Message

MAIL = "mail"  # the name of the only value in a record: the message
LONGEST = 8 * 1024 * 1024  # bytes of a message
# Each line is held against the ends of all parts that it lies in, so both are bounded.
MOST_LINES = 200_000
MOST_PARTS = 50

_FROM = re.compile(rb"From \S+ +[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{5,8} (?:\S{1,6} )?[0-9]{4}")
_HEADER = re.compile(rb"From |[!-9;-~]{1,100}[ \t]*:")
_PART = re.compile(rb"boundary\s*\*?[0-9*]*=", re.IGNORECASE)
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_NOT_MAIL = "This file is not a mail: it begins without headers. Choose the format that the source names."


def read_mails(stream: BinaryIO) -> Iterator[Record]:
    """A record `{MAIL: message}` for each message; one that is too large or too deep is refused.

    Raises:
        FormatError: the file can't be read as a whole; only before the first record.
    """
    return read_each(stream, read_messages)


@dataclass(slots=True)
class _Growing:
    """The lines of the message that is being read."""

    line: int
    lines: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, text: bytes) -> None:
        self.size += len(text)
        if self.size <= LONGEST and len(self.lines) <= MOST_LINES:
            self.lines.append(text)

    def record(self) -> Record:
        data = b"".join(self.lines)
        if self.size > LONGEST or len(self.lines) > MOST_LINES or len(_PART.findall(data)) > MOST_PARTS:
            reason = (
                f"The mail is larger than {LONGEST // 1024**2} MiB, {MOST_LINES:,} lines or {MOST_PARTS} parts within "
                "parts; its beginning is kept."
            )
            return Record(self.line, 0, data[:KEPT], None, "mail-too-large", reason)
        try:
            return Record(self.line, 0, data[:KEPT], {MAIL: BytesParser(policy=compat32).parsebytes(data)})
        except (RecursionError, ValueError, LookupError, AttributeError, TypeError):
            return Record(self.line, 0, data[:KEPT], None, "mail-invalid", "The mail's parts can't be taken apart.")


def read_messages(source: Source) -> Iterator[Record]:
    """As `read_mails`, of one file."""
    opened = open_text(source, expected="text")
    head = opened.head().removeprefix(BOM).lstrip()
    if not _HEADER.match(head):
        raise FormatError(_NOT_MAIL)
    several, blank, line = head.startswith(b"From "), True, 1
    growing = _Growing(line)
    for piece in whole_lines(opened, longest=LONGEST):
        for text in piece.splitlines(keepends=True):
            if several and blank and growing.lines and _FROM.match(text):
                yield growing.record()
                growing = _Growing(line)
            if growing.lines or text.strip():
                growing.add(text.removeprefix(BOM) if line == 1 else text)
            blank = not text.strip()
            line += count_lines(text)
    if opened.damage:
        yield Record(growing.line, 0, b"".join(growing.lines)[:KEPT], None, opened.damage.code, opened.damage.reason)
    elif growing.lines:
        yield growing.record()


def header(message: "Message[Any, Any]", name: str) -> str:
    """The text of a header, decoded where it is; "" without one."""
    value = str(message.get(name, ""))
    with suppress(HeaderParseError, LookupError, ValueError):
        value = str(make_header(decode_header(value)))
    return tidy(value)


def tidy(value: object) -> str:
    """A text of a mail on one line, without what can't be text."""
    return " ".join(_NOT_TEXT.sub("\ufffd", str(value)).split())


def moment(date: str) -> str:
    """The date of a mail, as RFC 5322 writes it, in ISO 8601; as it is where it can't be read."""
    try:
        found = parsedate_to_datetime(date)
        return (found.astimezone(UTC) if found.tzinfo else found).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return date
