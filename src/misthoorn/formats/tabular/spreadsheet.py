"""XLSX as rows of text: the values that were last calculated, of one sheet, within bounds. Nothing in it is followed.

Of cells that are merged downwards each has the value of the first one, as a person sees it. Formulas, macros and links
to other files are never run or opened. A date is written as ISO has it, a number without thousands, and an error of a
formula as the spreadsheet shows it.
"""

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import pyarrow as pa
from defusedxml.common import DefusedXmlException

from misthoorn.formats.observations.event_columns import Text
from misthoorn.formats.observations.layout import MOST_COLUMNS, tidy_header
from misthoorn.formats.readers.unpack import MOST_RATIO
from misthoorn.formats.tabular.delimited_text import Table
from misthoorn.formats.tabular.spreadsheet_marks import Marks, marks_of
from misthoorn.formats.tabular.table_mapping import LONGEST_TEXT
from misthoorn.formats.values.refusals import sentence
from misthoorn.formats.values.schema import FormatError, RefusedRow

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"
MOST_UNPACKED = 512 * 1024**2  # of all parts together; a million rows of ten columns have some 400 MB
MOST_STRINGS = 96 * 1024**2  # the one part that is held in memory as a whole
MOST_PARTS = 5_000
RATIO_FROM = 16 * 1024**2  # small parts may be as repetitive as they like
LONGEST_CELL = 32_767  # what a spreadsheet itself allows
MOST_EMPTY = 100_000  # rows in a row: below them somebody's finger slipped
CHUNK = 5_000
_PARTS = ("[Content_Types].xml", "xl/workbook.xml")
_ODS = "mimetype"


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    hidden: bool


class Workbook:
    """An XLSX file that is open for reading.

    Raises:
        FormatError: it is none, is protected, or is larger inside than it may be.
    """

    def __init__(self, stream: BinaryIO) -> None:
        import openpyxl  # noqa: PLC0415  slow to load, and most programs never open a spreadsheet
        from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415  the same

        _look_inside(stream)
        try:
            self._book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        except (*_DAMAGE, InvalidFileException) as error:
            raise FormatError(_DAMAGED) from error
        self._marks: dict[str, Marks] = {}
        self.sheets = tuple(
            Sheet(sheet.title, sheet.sheet_state != "visible") for sheet in self._book.worksheets if sheet.title
        )
        if not self.sheets:
            raise FormatError("This spreadsheet has no sheet with rows.")

    def chosen(self, name: str = "") -> str:
        """The sheet of this name, or the first one that can be seen.

        Raises:
            FormatError: there is none of that name; it names those that there are, hidden ones too.
        """
        if name and name not in {sheet.name for sheet in self.sheets}:
            there = ", ".join(f"“{one.name}”{' (hidden)' if one.hidden else ''}" for one in self.sheets[:20])
            raise FormatError(f"This spreadsheet has no sheet “{name}”. It has: {there}.")
        return name or next((one.name for one in self.sheets if not one.hidden), self.sheets[0].name)

    def head(self, sheet: str, *, rows: int) -> list[list[str]]:
        """The first rows of a sheet, as text."""
        found: list[list[str]] = []
        for row in self._rows(sheet):
            found.append(row)
            if len(found) >= rows:
                break
        return found

    def table(self, sheet: str, *, skip: int, headed: bool) -> Table:
        """The rows below the header.

        Raises:
            FormatError: there is none, or the sheet can't be read.
        """
        rows = self._rows(sheet)
        first = next((row for place, row in enumerate(rows) if place == skip), None)
        if first is None or not any(first) or (headed and max(map(len, first)) > LONGEST_TEXT):
            raise FormatError(f"Row {skip + 1} of sheet “{sheet}” does not hold the names of columns. Choose another.")
        if len(first) > MOST_COLUMNS:
            raise FormatError(f"This sheet has {len(first):,} columns, more than the {MOST_COLUMNS} that are read.")
        names = tuple(tidy_header(first if headed else ["" for _ in first]))
        return Table(names, _parts(rows, names, above=[] if headed else [first], line=skip + (2 if headed else 1)))

    def marks(self, sheet: str) -> Marks:
        """What is merged and hidden in a sheet."""
        if sheet not in self._marks:
            opened: Any = self._book[sheet]
            archive: zipfile.ZipFile = opened.parent._archive  # noqa: SLF001  it gives no other way
            path = opened._worksheet_path  # noqa: SLF001  the same
            try:
                with archive.open(path) as part:
                    self._marks[sheet] = marks_of(part, size=archive.getinfo(path).file_size)
            except _DAMAGE as error:
                raise FormatError(_DAMAGED) from error
        return self._marks[sheet]

    def _rows(self, sheet: str) -> Iterator[list[str]]:
        """The rows as text, each cell that is merged with one above it with the value of that one."""
        below = self.marks(sheet).below
        firsts = {first for spans in below.values() for _, first in spans}
        kept: dict[int, list[str]] = {}
        for number, row in enumerate(self._read(sheet), start=1):
            for column, first in below.get(number, ()) if row else ():
                above = kept.get(first, [])
                row.extend([""] * (column - len(row)))
                row[column - 1] = row[column - 1] or (above[column - 1] if len(above) >= column else "")
            if number in firsts:
                kept[number] = row
            yield row

    def _read(self, sheet: str) -> Iterator[list[str]]:
        opened: Any = self._book[sheet]
        opened.reset_dimensions()  # what the file says of its own size may be a lie
        try:
            for row in opened.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1):
                texts = [as_text(value) for value in row]
                while texts and not texts[-1]:
                    texts.pop()
                yield texts
        except _DAMAGE as error:
            raise FormatError(_DAMAGED) from error


_DAMAGED = "This spreadsheet is damaged or not an XLSX file. Open it, save it as XLSX or CSV, and try again."
_DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    DefusedXmlException,
    ParseError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    NotImplementedError,
    EOFError,
    OSError,
)  # what openpyxl raises for files that are not as they should be


def _look_inside(stream: BinaryIO) -> None:
    """Refuse what is no XLSX file, and what would unpack to more than it may."""
    start = stream.tell()
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FormatError(_DAMAGED) from error
    stream.seek(start)
    if _ODS in names:
        raise FormatError("This is an OpenDocument file. Save it as XLSX or CSV, and try again.")
    if not names.issuperset(_PARTS):
        raise FormatError("This is a zip file and not a spreadsheet. Unpack it first, and take in the list inside.")
    sizes = [part.file_size for part in parts]
    dense = any(
        part.file_size > RATIO_FROM and part.file_size > MOST_RATIO * max(part.compress_size, 1) for part in parts
    )
    strings = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    if dense or len(parts) > MOST_PARTS or sum(sizes) > MOST_UNPACKED or strings > MOST_STRINGS:
        raise FormatError(
            "This spreadsheet is far larger inside than outside, so it is not opened. Save the list as CSV, and try "
            "again; if it is not yours, ask who made it."
        )


def as_text(value: object) -> str:  # noqa: PLR0911  one for each kind of cell
    """A cell's value, as text that the service reads."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value[:LONGEST_CELL].strip()
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)  # noqa: PLR2004  exact
        case datetime():
            whole = value.replace(microsecond=0) + timedelta(seconds=round(value.microsecond / 1e6))
            return f"{whole:%Y-%m-%d}" if whole.time() == time() else f"{whole:%Y-%m-%d %H:%M:%S}"
        case date() | time():
            return value.isoformat()[:19]
        case _:
            return str(value)[:LONGEST_CELL]


def _parts(
    rows: Iterator[list[str]], names: tuple[str, ...], *, above: Sequence[list[str]], line: int
) -> Iterator[Text]:
    """The rows in pieces. A sheet that is damaged further down ends in a refused row, as every file does."""
    found = _numbered([*above], rows, line=line)
    row, fault = 1, ""
    while True:
        piece: list[tuple[int, list[str]]] = []
        try:
            for one in found:
                piece.append(one)
                if len(piece) == CHUNK:
                    break
        except FormatError as error:
            fault = str(error)
        if piece:
            yield _text(piece, names, row=row)
            row += len(piece)
        if fault:
            yield Text.empty(len(names), refused=(RefusedRow(0, row, "damaged", fault, b""),))
        if fault or len(piece) < CHUNK:
            return


def _numbered(above: Iterable[list[str]], rows: Iterator[list[str]], *, line: int) -> Iterator[tuple[int, list[str]]]:
    """Each row that holds something, with its number in the sheet."""
    empty = 0
    for source in (above, rows):
        for row in source:
            if row:
                yield line, row
            empty = 0 if row else empty + 1
            if empty > MOST_EMPTY:
                return
            line += 1


def _text(piece: Sequence[tuple[int, list[str]]], names: tuple[str, ...], *, row: int) -> Text:
    width = len(names)
    kept: list[tuple[int, int, list[str]]] = []
    refused: list[RefusedRow] = []
    for number, (line, cells) in enumerate(piece, start=row):
        padded = cells + [""] * (width - len(cells))
        code = "fields" if len(padded) > width else "nul" if any("\0" in cell for cell in padded) else ""
        if code:
            value = f"{len(padded)} fields and not {width}" if code == "fields" else ""
            refused.append(RefusedRow(line, number, code, sentence(code, value), _raw(padded)))
        else:
            kept.append((line, number, padded))
    columns = [pa.array(column, pa.string()) for column in zip(*(cells for _, _, cells in kept), strict=True)]
    return Text(
        columns=columns or [pa.array([], pa.string())] * width,
        rows=pa.array([number for _, number, _ in kept], pa.int64()),
        lines=pa.array([line for line, _, _ in kept], pa.int64()),
        raw=lambda place: _raw(kept[place][2]),
        refused=tuple(refused),
    )


def _raw(cells: Sequence[str]) -> bytes:
    """A row of a sheet as bytes: a JSON list of its texts."""
    return json.dumps(list(cells), ensure_ascii=False).encode("utf-8", "replace")
