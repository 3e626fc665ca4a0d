"""Delimited text of any kind as rows of text: its encoding, its delimiter, its marks, and lines above its header.

What is refused keeps its bytes as received, in the file's own encoding.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import pyarrow as pa

from misthoorn.formats.observations.event_columns import Text
from misthoorn.formats.observations.layout import MOST_COLUMNS, tidy_header
from misthoorn.formats.readers.rows import (
    LIMITS,
    Block,
    Blocks,
    Dialect,
    LongLine,
    count_lines,
    read_rows,
    refuse_long,
    split_quoted,
)
from misthoorn.formats.readers.unpack import BOM, Damage, Source
from misthoorn.formats.tabular.table_mapping import LONGEST_TEXT
from misthoorn.formats.values.schema import FormatError, RefusedRow

NO_MARK = "none"  # the quote of a mapping whose list has none
_SEP = b"sep="  # a first line of Excel's own: which sign is between the fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a delimited text is written."""

    encoding: str
    delimiter: str
    quote: str
    skip: int
    headed: bool

    def dialect(self) -> Dialect:
        return Dialect(self.delimiter.encode(), b"" if self.quote == NO_MARK else self.quote.encode())


@dataclass(frozen=True, slots=True)
class Table:
    """A header, and the rows below it in pieces; each row is as wide as the header."""

    names: tuple[str, ...]
    parts: Iterator[Text]


class _Recoded:
    """A stream in another encoding as UTF-8. What has no character stays wrong, so that its row is refused."""

    def __init__(self, source: Source, encoding: str) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder(python_name(encoding))(_errors(encoding))
        self._started = False

    @property
    def damage(self) -> Damage | None:
        return self._source.damage

    def read(self, size: int) -> bytes:
        while True:
            piece = self._source.read(size)
            text = self._decoder.decode(piece, final=not piece)
            if not self._started and text:
                text, self._started = text.removeprefix("\ufeff"), True
            if text or not piece:
                return text.encode("utf-8", "surrogatepass")


def python_name(encoding: str) -> str:
    """Python's name of an encoding."""
    return "cp1252" if encoding == "windows-1252" else encoding


def _errors(encoding: str) -> str:
    return "misthoorn-c1" if encoding == "windows-1252" else "misthoorn-half"


def decode(data: bytes, encoding: str) -> str:
    """The text of a beginning of a file; what is cut off in its middle is left out."""
    errors = "replace" if encoding == "utf-8" else _errors(encoding)
    decoder = codecs.getincrementaldecoder(python_name(encoding))(errors)
    return decoder.decode(data).removeprefix("\ufeff")


def _as_received(data: bytes, encoding: str) -> bytes:
    if encoding == "utf-8":
        return data
    try:
        text = data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:  # the beginning of a line that is too long, cut inside a character
        text = data.decode("utf-8", "ignore")
    if encoding == "windows-1252":
        return b"".join(bytes([ord(one)]) if "\x80" <= one <= "\x9f" else one.encode("cp1252") for one in text)
    return text.encode(encoding, "surrogatepass")


def _c1(error: UnicodeError) -> tuple[str, int]:
    """The five bytes that Windows-1252 leaves open stand for themselves, as browsers have it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(map(chr, error.object[error.start : error.end])), error.end


def _half(error: UnicodeError) -> tuple[str, int]:
    """Halves of a character stay halves, so that their row is refused, and so does half a character at the end."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    pair = error.object[error.start : error.start + 2]
    order: Literal["big", "little"] = "big" if error.encoding.lower().endswith("be") else "little"
    return chr(int.from_bytes(pair, order) if len(pair) == 2 else 0xDC00 + pair[0]), error.start + len(pair)  # noqa: PLR2004  bytes of a half


codecs.register_error("misthoorn-c1", _c1)
codecs.register_error("misthoorn-half", _half)


def read_tabular(source: Source, style: Style) -> Table:
    """The rows of a delimited text.

    Raises:
        FormatError: there is no header where one should be.
    """
    dialect = style.dialect()
    blocks = Blocks(source if style.encoding == "utf-8" else _Recoded(source, style.encoding))
    first = blocks.next()
    if first is None or isinstance(first, LongLine):
        raise FormatError("The first line of this list is longer than 1 MiB. This is not a list of rows.")
    data = first.data.removeprefix(BOM)
    start = _after_lines(data, style.skip)
    fields, stop, closed = split_quoted(data, start, len(data), dialect=dialect)
    header = [field.decode("utf-8", "replace") for field in fields]
    too_long = style.headed and max(map(len, header), default=0) > LONGEST_TEXT
    if not closed or len(fields) > MOST_COLUMNS or too_long or b"\0" in data[start:stop]:
        raise FormatError(
            f"Line {style.skip + 1} of this list does not hold the names of columns, at most {MOST_COLUMNS} of them. "
            "Choose another line, or another sign between the columns."
        )
    if style.headed:
        names = tuple(tidy_header(header))
        after = stop + (2 if data[stop : stop + 2] == b"\r\n" else 1)
    else:
        names, after = tuple(tidy_header("" for _ in fields)), start
    blocks.put_back(data[after:], line=1 + count_lines(data[:after]))
    return Table(names, _parts(blocks, source, width=len(names), style=style, dialect=dialect))


def _after_lines(data: bytes, lines: int) -> int:
    """Where the line after so many begins."""
    at = 0
    for line in data.splitlines(keepends=True)[:lines]:
        at += len(line)
    return at


def _parts(blocks: Blocks, source: Source, *, width: int, style: Style, dialect: Dialect) -> Iterator[Text]:
    row = 1
    while (block := blocks.next()) is not None:
        if isinstance(block, LongLine):
            refused = refuse_long(line=block.line, row=row, head=block.head, length=block.length)
            yield Text.empty(width, refused=(_in_own(refused, style),))
            row += 1
            continue
        text, count = _split(blocks, block, row=row, width=width, style=style, dialect=dialect)
        row += count
        yield text
    if source.damage:
        cut_off = RefusedRow(blocks.line, row, source.damage.code, source.damage.reason, blocks.cut_off)
        yield Text.empty(width, refused=(_in_own(cut_off, style),))


def _split(blocks: Blocks, block: Block, *, row: int, width: int, style: Style, dialect: Dialect) -> tuple[Text, int]:
    rows = read_rows(block, width=width, limits=LIMITS, dialect=dialect)
    if rows.used < len(block.data):
        blocks.put_back(block.data[rows.used :], line=rows.line)
    columns = [pa.array(column, pa.string()) for column in zip(*rows.fields, strict=True)]
    text = Text(
        columns=columns or [pa.array([], pa.string())] * width,
        rows=pa.array((row + place for place in rows.places), pa.int64()),
        lines=pa.array(rows.lines, pa.int64()),
        raw=partial(_raw, block.data, rows.bounds, style.encoding),
        refused=tuple(_in_own(replace(one, row=row + one.row), style) for one in rows.refused),
    )
    return text, rows.count


def _raw(data: bytes, bounds: list[tuple[int, int]], encoding: str, index: int) -> bytes:
    return _as_received(data[slice(*bounds[index])], encoding)


def _in_own(refused: RefusedRow, style: Style) -> RefusedRow:
    return replace(refused, raw=_as_received(refused.raw, style.encoding))
