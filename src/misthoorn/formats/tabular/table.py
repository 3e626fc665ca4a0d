"""`table`: any list that a person brings, as CSV, TSV or XLSX, read by a mapping of its columns.

What the mapping leaves open is found out from the list itself. Times without a zone are in the mapping's zone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from misthoorn.formats.observations.event_columns import Meaning
from misthoorn.formats.observations.layout import tidy_header
from misthoorn.formats.readers.duplicates import Folder
from misthoorn.formats.readers.unpack import GZIP, PIECE, Source
from misthoorn.formats.tabular.delimited_text import Style, Table, read_tabular
from misthoorn.formats.tabular.detection import SAMPLE, guess_dates, guess_header, guess_meaning, guess_style
from misthoorn.formats.tabular.spreadsheet import OLE, ZIP, Workbook
from misthoorn.formats.tabular.table_mapping import MappingError, TableMapping, from_plain
from misthoorn.formats.tabular.table_values import Reading
from misthoorn.formats.values.schema import EventChunk, FormatError

MOST_SHEETS = 20  # that are looked at
HEAD = 1024 * 1024  # bytes of a text that are looked at
_XML = (b"<", b"{")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a list is, with everything that was left open filled in. `sure`: its dates leave no doubt of their order.

    `rows` are the first ones below the header, as text; `sheets` those of a spreadsheet, with the hidden ones. Hidden
    rows and columns are read as well.
    """

    mapping: TableMapping
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    above: tuple[tuple[str, ...], ...]
    spreadsheet: bool
    sheets: tuple[tuple[str, bool], ...] = ()
    hidden_rows: int = 0
    hidden_columns: tuple[str, ...] = ()
    sure: bool = True


def look(stream: BinaryIO, *, asked: TableMapping | None = None) -> Look:
    """Find out how a list is written. The stream is left anywhere.

    Raises:
        FormatError: it can't be read as a whole.
    """
    return _open(stream, asked or TableMapping())[0]


_OF_THE_FILE = ("encoding", "delimiter", "quote", "skip", "headed", "sheet")


def loosened(mapping: TableMapping, stream: BinaryIO) -> TableMapping:
    """The mapping without what is found out from this list anyway, so that the next one may be written otherwise.

    Raises:
        FormatError: it can't be read as a whole.
    """
    found, nothing = look(stream).mapping, TableMapping()
    same = [name for name in _OF_THE_FILE if getattr(mapping, name) == getattr(found, name)]
    return replace(mapping, **{name: getattr(nothing, name) for name in same})


def read(
    stream: BinaryIO,
    *,
    name: str,  # noqa: ARG001  nothing is taken from it
    now: datetime,
    fold: bool = True,
    mapping: Mapping[str, Any] | None = None,
) -> Iterator[EventChunk]:
    """The events of a list. `mapping` in the form that `table_mapping.from_plain` reads; without one, all is found out.

    Raises:
        FormatError: the list can't be read as a whole, or the mapping does not fit it.
    """
    try:
        asked = from_plain(dict(mapping or {}))
    except MappingError as error:
        raise FormatError(str(error)) from error
    found, table = _open(stream, asked)
    reading = Reading(found.mapping, names=table.names)
    meaning = Meaning(reading.layout, names=reading.names, now=now)
    return _chunks(table, reading, meaning, folder=Folder() if fold else None)


def _chunks(table: Table, reading: Reading, meaning: Meaning, *, folder: Folder | None) -> Iterator[EventChunk]:
    for part in table.parts:
        events, refused = meaning.of(reading.of(part))
        fresh, duplicates = folder.fresh(events) if folder else (events, 0)
        yield EventChunk(fresh, refused, duplicates)


def _open(stream: BinaryIO, asked: TableMapping) -> tuple[Look, Table]:
    stream = _seekable(stream)
    start = stream.tell()
    head = stream.read(4)
    stream.seek(start)
    if head == ZIP:
        return _spreadsheet(stream, asked)
    if head == OLE:
        raise FormatError(
            "This is an old Excel file (XLS), or one with a password. Save it as XLSX or CSV without a password, and "
            "try again."
        )
    return _text(stream, asked)


def _seekable(stream: BinaryIO) -> BinaryIO:
    """The stream itself, or what came from a pipe in a file."""
    if stream.seekable():
        return stream
    whole = TemporaryFile()  # noqa: SIM115  it is read until its reader is done
    while piece := stream.read(PIECE):
        whole.write(piece)
    whole.seek(0)
    return whole


def _text(stream: BinaryIO, asked: TableMapping) -> tuple[Look, Table]:
    source = Source(stream)
    head = source.head(HEAD)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        why = f" {source.damage.reason}" if source.damage else ""
        raise FormatError(f"This list is empty.{why}")
    if head.startswith(GZIP):
        raise FormatError("This file is packed with gzip twice. Unpack it once and try again.")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_XML):
        raise FormatError(
            "This is a web page or a file for programs (XML, JSON), and not a list of rows. Open it, save it as XLSX "
            "or CSV, and try again."
        )
    style, lines = guess_style(head, asked)
    table = read_tabular(source, style)
    below = lines[style.skip + (1 if style.headed else 0) :]
    return _look(asked, table, style=style, above=lines[: style.skip], below=below), table


def _spreadsheet(stream: BinaryIO, asked: TableMapping) -> tuple[Look, Table]:
    book = Workbook(stream)
    sheet = book.chosen(asked.sheet or _sheet_with_rows(book, asked))
    rows = book.head(sheet, rows=SAMPLE)
    skip, headed = guess_header(rows)
    skip = skip if asked.skip is None else asked.skip
    headed = headed if asked.headed is None else asked.headed
    table = book.table(sheet, skip=skip, headed=headed)
    below = rows[skip + (1 if headed else 0) :]
    found = _look(replace(asked, sheet=sheet, skip=skip, headed=headed), table, above=rows[:skip], below=below)
    marks = book.marks(sheet)
    hidden = [
        name
        for number, name in enumerate(table.names, start=1)
        if any(first <= number <= last for first, last in marks.hidden_columns)
    ]
    found = replace(found, hidden_rows=marks.hidden_rows, hidden_columns=tuple(hidden))
    return replace(found, spreadsheet=True, sheets=tuple((one.name, one.hidden) for one in book.sheets)), table


def _sheet_with_rows(book: Workbook, asked: TableMapping) -> str:
    """The first sheet that can be seen and says whose systems it is about; "" where none does."""
    for sheet in [one.name for one in book.sheets if not one.hidden][:MOST_SHEETS]:
        rows = book.head(sheet, rows=SAMPLE)
        skip, headed = guess_header(rows)
        names = tidy_header(rows[skip]) if headed and len(rows) > skip else []
        columns = guess_meaning(names, rows[skip + 1 :], asked).columns
        if columns.keys() & {"ip", "hostname", "host"} and names and set(columns.values()) <= set(names):
            return sheet
    return ""


def _look(
    asked: TableMapping,
    table: Table,
    *,
    above: list[list[str]],
    below: list[list[str]],
    style: Style | None = None,
) -> Look:
    rows = [row for row in below[:SAMPLE] if any(row)]
    mapping = guess_meaning(table.names, rows, asked)
    if style is not None:
        mapping = replace(
            mapping,
            encoding=style.encoding,
            delimiter=style.delimiter,
            quote=style.quote,
            skip=style.skip,
            headed=style.headed,
        )
    place = table.names.index(mapping.columns["time"]) if mapping.columns.get("time") in table.names else None
    dates = [row[place] for row in rows if place is not None and len(row) > place]
    return Look(
        mapping=mapping,
        names=table.names,
        rows=tuple(map(tuple, rows)),
        above=tuple(tuple(row) for row in above),
        spreadsheet=False,
        sure=bool(asked.dates) or guess_dates(dates)[1],
    )
