"""The rows of a list that were refused, as a list of the same kind with the reason in a column of its own.

It is read by the same mapping as the list, so that it can be corrected and brought again. Lines above the header and
the header are as received, and so are the bytes of each row of a text.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Protocol

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from misthoorn.formats.readers.unpack import Source
from misthoorn.formats.tabular.delimited_text import NO_MARK, Style, python_name
from misthoorn.formats.tabular.detection import guess_style
from misthoorn.formats.tabular.spreadsheet import ZIP, Workbook
from misthoorn.formats.tabular.table import HEAD
from misthoorn.formats.tabular.table_mapping import REASON_COLUMN, TableMapping

_MARKS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


class Refused(Protocol):
    @property
    def reason(self) -> str: ...

    @property
    def raw(self) -> bytes: ...


def is_spreadsheet(stream: BinaryIO) -> bool:
    """Whether a list is a spreadsheet; the stream stays where it is."""
    start = stream.tell()
    head = stream.read(len(ZIP))
    stream.seek(start)
    return head == ZIP


def write_failed(out: BinaryIO, *, received: BinaryIO, mapping: TableMapping, refused: Iterable[Refused]) -> int:
    """Write the refused rows of a list; how many. What has no bytes, such as a place of damage, is left out.

    Raises:
        FormatError: the list can't be read as a whole.
    """
    rows = (row for row in refused if row.raw)
    if is_spreadsheet(received):
        return _spreadsheet(out, received, mapping, rows)
    source = Source(received)
    head = source.head(HEAD)
    style, _ = guess_style(head, mapping)
    count = 0
    for piece in _lines(head, style, rows):
        out.write(piece)
        count += 1
    return count - 1


def _lines(head: bytes, style: Style, rows: Iterable[Refused]) -> Iterator[bytes]:
    """What stands above the rows in one piece, then each row."""

    def encoded(text: str) -> bytes:
        return text.encode(python_name(style.encoding), "replace")

    end = encoded("\r\n") if encoded("\r\n") in head else encoded("\n")
    mark = _MARKS.get(style.encoding, b"")
    body = head.removeprefix(mark)
    lines = _cut(body, encoded("\n"), style.skip + (1 if style.headed else 0))
    above = b"".join(lines)
    if style.headed and lines:
        header = lines[-1].removesuffix(encoded("\n")).removesuffix(encoded("\r"))
        above = b"".join(lines[:-1]) + header + encoded(style.delimiter + REASON_COLUMN) + end
    yield (mark if head.startswith(mark) else b"") + above
    for row in rows:
        yield row.raw + encoded(style.delimiter + _quoted(row.reason, style)) + end


def _cut(body: bytes, end: bytes, count: int) -> list[bytes]:
    """The first lines, each with its end. An end of two bytes stands at an even place."""
    lines: list[bytes] = []
    start = at = 0
    while len(lines) < count and (at := body.find(end, at)) >= 0:
        if at % len(end):
            at += 1
            continue
        at += len(end)
        lines.append(body[start:at])
        start = at
    return lines if len(lines) == count else [*lines, body[start:]]


def _quoted(reason: str, style: Style) -> str:
    text = " ".join(reason.split())
    if style.quote == NO_MARK:
        return text.replace(style.delimiter, " ")
    return style.quote + text.replace(style.quote, style.quote * 2) + style.quote


def _spreadsheet(out: BinaryIO, received: BinaryIO, mapping: TableMapping, rows: Iterable[Refused]) -> int:
    book = Workbook(received)
    name = book.chosen(mapping.sheet)
    skip, headed = mapping.skip or 0, mapping.headed is not False
    above = book.head(name, rows=skip + (1 if headed else 0))
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet(name)

    def append(cells: Sequence[str]) -> None:
        written = []
        for text in cells:
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\ufffd", text))
            cell.data_type = "s"  # what begins with = is a text here too
            written.append(cell)
        sheet.append(written)

    for line in above[:skip]:
        append(line)
    width = len(above[-1]) if above else 0
    if headed and above:
        append([*above[-1], REASON_COLUMN])
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007  the number is what is left of it
        cells = list(map(str, json.loads(row.raw)))
        append([*cells, *[""] * (width - len(cells)), row.reason])
    made.save(out)
    return count
