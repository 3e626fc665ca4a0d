"""Cutting a stream of delimited text into blocks of whole rows, and a block into rows: the careful way.

A row ends at a line end (LF, CR or CR LF) outside quotation marks. A quotation mark counts only at the start of a
field, `""` inside is one mark, and what follows after the closing mark belongs to the field. Blank lines are no rows.
"""

import re
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from misthoorn.formats.readers.unpack import Damage
from misthoorn.formats.values.refusals import sentence
from misthoorn.formats.values.schema import RefusedRow

_END = re.compile(rb"\r\n?|\n")
_NEVER = re.compile(rb"([^\s\S])([^\s\S])")  # the two groups of a quoted text, in a pattern that meets nothing
_MANY = 64 * 1024  # bytes that are worth being looked at as numbers
_PER_FIELD = 64  # splitting off a field takes as long as reading so many bytes


class Bytes(Protocol):
    """A stream of UTF-8. After `read` returned b"" `damage` tells whether that was really the end."""

    @property
    def damage(self) -> Damage | None: ...

    def read(self, size: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """How fields are set apart, and with which mark around them, if any (b""); each is one byte."""

    delimiter: bytes = b","
    quote: bytes = b'"'
    field: re.Pattern[bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        plain = rb"([^%s\r\n]*+)" % re.escape(self.delimiter)
        mark = re.escape(self.quote)
        quoted = rb"%s((?:[^%s]++|%s%s)*+)(%s?)" % (mark, mark, mark, mark, mark) if mark else _NEVER.pattern
        object.__setattr__(self, "field", re.compile(rb"(?:" + quoted + rb")?" + plain))


COMMAS = Dialect()


@dataclass(frozen=True, slots=True)
class Limits:
    """In bytes. A block is at least twice the longest row, so that each block brings the reading forward."""

    block: int = 4 * 1024 * 1024
    row: int = 1024 * 1024  # the longest row of a real feed that was seen has 40 KiB
    kept: int = 64 * 1024  # of a row that is too long; the batch keeps the whole
    again: int = 64 * 1024 * 1024  # of a block, read again after rows that turned out wrong

    def __post_init__(self) -> None:
        if self.block < 2 * self.row + 2:
            raise ValueError("a block must be at least twice the longest row")


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes that start at the start of a row, on the given line. `whole`: no row can go on after it.

    `ends`: how many lines end in it.
    """

    data: bytes
    line: int
    whole: bool
    ends: int


@dataclass(frozen=True, slots=True)
class LongLine:
    line: int
    head: bytes
    length: int


@dataclass(slots=True)
class Rows:
    """Rows of equal width, each with its line, its place among the rows of the block (from 0) and its bytes' bounds.

    `refused` have their place as row. `used` bytes were read, up to the start of `line`.
    """

    line: int
    fields: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    bounds: list[tuple[int, int]] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    count: int = 0
    used: int = 0


def count_lines(data: bytes) -> int:
    """Line ends of any kind."""
    ends = _count(data, b"\n")
    return ends if b"\r" not in data else ends + _count(data, b"\r") - data.count(b"\r\n")


def _count(data: bytes, sign: bytes) -> int:
    if len(data) < _MANY:
        return data.count(sign)
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord(sign)))


def refuse_long(*, line: int, row: int, head: bytes, length: int) -> RefusedRow:
    """A refused row for a line that is longer than any row should be, with its beginning as raw bytes."""
    return RefusedRow(line, row, "too-long", sentence("too-long", f"{length:,} bytes"), head)


class Blocks:
    """Blocks cut at line ends. What a block's reader could not use comes back by `put_back`.

    `cut_off` is, at the end, the row in the middle of which a damaged stream stopped.
    """

    def __init__(self, source: Bytes, *, limits: Limits = LIMITS) -> None:
        self._source = source
        self._limits = limits
        self._buffer = b""
        self._line = 1
        self._ended = False
        self.cut_off = b""

    @property
    def line(self) -> int:
        """The line that comes next."""
        return self._line

    def next(self) -> Block | LongLine | None:
        """The next whole rows, or a line that is too long, or None at the end."""
        self._fill()
        if not self._buffer:
            return None
        if self._ended:
            return self._block(len(self._buffer), whole=True)
        cut = max(self._buffer.rfind(b"\n"), self._buffer.rfind(b"\r", 0, -1)) + 1
        if not cut:
            return self._skip()
        return self._block(cut, whole=len(self._buffer) - cut > self._limits.row)

    def put_back(self, data: bytes, *, line: int) -> None:
        """Bytes from the end of the last block, to be read again with what follows them."""
        self._buffer, self._line = data + self._buffer, line

    def _block(self, cut: int, *, whole: bool) -> Block:
        data = self._buffer[:cut]
        block = Block(data, self._line, whole, count_lines(data))
        self._buffer = self._buffer[cut:]
        self._line += block.ends
        return block

    def _fill(self) -> None:
        pieces, have = [self._buffer], len(self._buffer)
        while not self._ended and have <= self._limits.block:
            piece = self._read()
            pieces.append(piece)
            have += len(piece)
        self._buffer = b"".join(pieces)
        if self._ended and self._source.damage and self._source.damage.code != "trailing":
            self._drop_cut_off()

    def _read(self) -> bytes:
        piece = self._source.read(self._limits.block)
        self._ended = not piece
        return piece

    def _drop_cut_off(self) -> None:
        """Half a row can look like a whole one."""
        if self.cut_off:
            return
        cut = max(self._buffer.rfind(b"\n"), self._buffer.rfind(b"\r")) + 1
        self._buffer, self.cut_off = self._buffer[:cut], self._buffer[cut : cut + self._limits.kept]

    def _skip(self) -> LongLine:
        line, head, length = self._line, self._buffer[: self._limits.kept], 0
        while not self._ended:
            end = _END.search(self._buffer)
            if end is None:
                length += len(self._buffer)
                self._buffer = self._read()
            elif end.group() == b"\r" and end.end() == len(self._buffer):
                self._buffer += self._read()
            else:
                break
        end = _END.search(self._buffer)
        length += end.start() if end else len(self._buffer)
        self._buffer = self._buffer[end.end() :] if end else b""
        self._line += 1
        return LongLine(line, head.rstrip(b"\r"), length)


def read_rows(block: Block, *, width: int, limits: Limits = LIMITS, dialect: Dialect = COMMAS) -> Rows:
    """The rows of a block that have `width` fields, the others refused; a row still open at the end is left unused.

    A row that goes over several lines and turns out wrong costs only its first line: the others are read again. Where
    that was done for more bytes than `limits.again`, the rows of the rest of the block must end on their own line.
    """
    return _Reader(block, width=width, limits=limits, dialect=dialect).read()


class _Reader:
    def __init__(self, block: Block, *, width: int, limits: Limits, dialect: Dialect) -> None:
        self._data, self._whole, self._width, self._limits = block.data, block.whole, width, limits
        self._dialect, self._quote, self._delimiter = dialect, dialect.quote, dialect.delimiter
        self._rows = Rows(line=block.line)
        self._again = 0

    def read(self) -> Rows:
        rows, data = self._rows, self._data
        while rows.used < len(data):
            end = _END.search(data, rows.used)
            stop, after = (end.start(), end.end()) if end else (len(data), len(data))
            if stop == rows.used:
                rows.used, rows.line = after, rows.line + 1
            elif not self._row(stop=stop, after=after):
                break
        return rows

    def _row(self, *, stop: int, after: int) -> bool:
        """Takes the row whose first line goes up to `stop`. False: the row goes on after this block."""
        data, at = self._data, self._rows.used
        if stop - at > self._limits.row:
            row = refuse_long(
                line=self._rows.line, row=self._rows.count, head=data[at : at + self._limits.kept], length=stop - at
            )
            self._rows.refused.append(row)
            self._go_on(after)
        elif not self._quote or data.find(self._quote, at, stop) < 0:
            self._take(data[at:stop].split(self._delimiter), stop=stop)
        else:
            patient = self._again <= self._limits.again
            limit = min(len(data), at + self._limits.row) if patient else stop
            fields, end, closed = split_quoted(data, at, limit, most=self._width, sure=stop, dialect=self._dialect)
            if not closed and len(fields) <= self._width and patient and limit == len(data) and not self._whole:
                return False
            if not closed or (end > stop and len(fields) != self._width):
                self._again += end - at + _PER_FIELD * len(fields)
                self._refuse("quote-open", stop=stop, after=after)
            else:
                self._take(fields, stop=end)
        return True

    def _take(self, fields: list[bytes], *, stop: int) -> None:
        rows, data, at = self._rows, self._data, self._rows.used
        end = _END.match(data, stop)
        after = end.end() if end else stop
        if len(fields) != self._width:
            count = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
            self._refuse("fields", stop=stop, after=after, value=f"{count} and not {self._width}")
            return
        if data.find(b"\0", at, stop) >= 0:
            self._refuse("nul", stop=stop, after=after)
            return
        try:
            texts = [text.decode() for text in fields]
        except UnicodeDecodeError:
            self._refuse("encoding", stop=stop, after=after)
            return
        rows.fields.append(texts)
        rows.lines.append(rows.line)
        rows.places.append(rows.count)
        rows.bounds.append((at, stop))
        self._go_on(after)

    def _refuse(self, code: str, *, stop: int, after: int, value: str = "") -> None:
        rows = self._rows
        rows.refused.append(
            RefusedRow(rows.line, rows.count, code, sentence(code, value), self._data[rows.used : stop])
        )
        self._go_on(after)

    def _go_on(self, after: int) -> None:
        self._rows.count += 1
        self._rows.line += count_lines(self._data[self._rows.used : after])
        self._rows.used = after


def split_quoted(
    data: bytes, at: int, limit: int, *, most: int | None = None, sure: int = 0, dialect: Dialect = COMMAS
) -> tuple[list[bytes], int, bool]:
    """The fields of the row at `at`, where it stops, and whether it ended, outside quotation marks, before `limit`.

    Past `sure`, no more are split off once there are more than `most`: the row counts as one that did not end.
    """
    fields: list[bytes] = []
    quote, delimiter, match_field = dialect.quote, dialect.delimiter, dialect.field.match
    while at <= limit:
        match = match_field(data, at, limit)
        assert match is not None  # noqa: S101  the pattern matches the empty text too
        inner, mark, tail = match.groups()
        at = match.end()
        if inner is not None and not mark:
            return fields, at, False
        fields.append(tail if inner is None else inner.replace(quote + quote, quote) + tail)
        if data[at : at + 1] != delimiter:
            return fields, at, data[at : at + 1] in {b"", b"\r", b"\n"}
        at += 1
        if most is not None and len(fields) > most and at > sure:
            return fields, at, False
    return fields, limit, False


def ends_open(data: bytes) -> bool:
    """Whether the row that starts on the last line ends inside quotation marks."""
    stripped = data.rstrip(b"\r\n")
    start = max(stripped.rfind(b"\n"), stripped.rfind(b"\r")) + 1
    return data.find(b'"', start) >= 0 and not split_quoted(data, start, len(data))[2]


def may_hold_long_line(data: bytes, *, longest: int) -> bool:
    """False when no line can be longer than that: such a line would cover a whole aligned piece of half that length."""
    half = longest // 2
    pieces = ((at, at + half) for at in range(0, len(data) - half + 1, half))
    return any(data.find(b"\n", *piece) < 0 and data.find(b"\r", *piece) < 0 for piece in pieces)
