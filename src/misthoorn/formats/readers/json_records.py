"""The records of a JSON document, one after another in bounded memory, a broken one never in the way of the next.

A document is JSON Lines, a list, an object with the records in one of its members, or one record. After a document
others may follow.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO

from misthoorn.formats.readers.rows import Block, Blocks, Limits
from misthoorn.formats.readers.unpack import BOM, Source, open_text
from misthoorn.formats.values.schema import FormatError

LIMITS = Limits(block=9 * 1024 * 1024, row=4 * 1024 * 1024)  # the largest CVE record that was seen has 350 KiB
ANY = "*"  # as the name of a member
_PIECE = 1024 * 1024
_BEFORE_RECORDS = 64 * 1024  # within these the list of records begins, where there is one
_BROKEN = "This file is not valid JSON. Fetch it again from the source."
_TRAILING = "Something that is no JSON document follows after the end; it was left out. Look at how the file was made."
_SPACE = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[][{}]|[^][{}"]++|"', re.DOTALL)
_NOT_FOR_TEXT = re.compile("[\0\ud800-\udfff]")  # databases can't keep them
_MAY_NOT_BE_TEXT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


@dataclass(frozen=True, slots=True)
class Record:
    """`value` is an object, or None where `code` and `reason` say why there is none. Rows count from 1."""

    line: int
    row: int
    raw: bytes
    value: dict[str, Any] | None
    code: str = ""
    reason: str = ""


def read_json(
    stream: BinaryIO | Source, *, member: str = "", alone: bool = False, limits: Limits = LIMITS
) -> Iterator[Record]:
    """The records of a document; `member` is the name under which an object holds them. `limits`: of one record.

    ANY is any name: the records are those of all lists in the object. With `alone` there may be records without such an
    object around them.

    Raises:
        FormatError: the file can't be read as a whole; only before the first record.
    """
    source = open_text(stream, expected="JSON")
    head = source.head(limits.row).removeprefix(BOM).lstrip()
    if alone and not re.search(rb'"%s"\s*:\s*\[' % re.escape(member.encode()), head[:_BEFORE_RECORDS]):
        member = ""
    if member or head.startswith(b"[") or not _is_lines(head, limits=limits):
        return _Document(source, member=member, limits=limits).records()
    return _lines(source, limits=limits)


def read_record(data: bytes, *, limits: Limits = LIMITS) -> Record:
    """The one record that `data` is, or the reason why it is none."""
    return _line(data.removeprefix(BOM).strip(), line=1, row=1, limits=limits)


def _is_lines(head: bytes, *, limits: Limits) -> bool:
    """Whether each line is a record: told by any line of the head, for the first ones may be broken or too long."""
    head = head.replace(b"\r", b"\n")
    first, _, rest = head.partition(b"\n")
    if _is_json(first):
        return True
    end = _first_end(head)
    if end is not None and b"\n" in head[:end]:
        return False
    return any(line.startswith(b"{") and line.strip() != b"{" for line in rest.split(b"\n")) or (
        end is None and len(first) >= limits.row - len(BOM)
    )


def _first_end(head: bytes) -> int | None:
    """Where the value at the start ends; None when it is broken or goes on after the head."""
    try:
        text = head.decode("utf-8", "surrogateescape")
        return len(text[: _DECODER.raw_decode(text)[1]].encode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return None


def _is_json(text: bytes) -> bool:
    try:
        _decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def _lines(source: Source, *, limits: Limits) -> Iterator[Record]:
    blocks, row = Blocks(source, limits=limits), 1
    while (block := blocks.next()) is not None:
        if not isinstance(block, Block):
            yield Record(block.line, row, block.head, None, "too-long", _too_long(block.length, limits))
            row += 1
            continue
        for line, text in enumerate(block.data.splitlines(), start=block.line):
            if text := text.removeprefix(BOM if line == 1 else b"").strip():
                yield _line(text, line=line, row=row, limits=limits)
                row += 1
    if source.damage:
        yield Record(blocks.line, row, blocks.cut_off, None, source.damage.code, source.damage.reason)


def _line(text: bytes, *, line: int, row: int, limits: Limits) -> Record:
    if len(text) > limits.row:
        return Record(line, row, text[: limits.kept], None, "too-long", _too_long(len(text), limits))
    try:
        value = _decode(text)
    except UnicodeDecodeError:
        return Record(line, row, text, None, "encoding", "The record is not valid UTF-8 text.")
    except RecursionError:
        return Record(line, row, text, None, "too-deep", "The record is nested too deeply.")
    except ValueError as error:
        return Record(line, row, text, None, "json-invalid", f"The record is not JSON: {error}.")
    return _record(value, line=line, row=row, raw=text)


def _record(value: object, *, line: int, row: int, raw: bytes) -> Record:
    if not isinstance(value, dict):
        return Record(line, row, raw, None, "not-object", "The record is not a JSON object.")
    return Record(line, row, raw, value)


def _too_long(length: int, limits: Limits) -> str:
    return f"The record is {length:,} bytes long, and {limits.row // 1024**2} MiB are read; its beginning is kept."


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


@cache
def _quick() -> Callable[[bytes], Any]:
    """Decodes most JSON in half the time. What it does not take is for `_DECODER` to judge."""
    import msgspec  # noqa: PLC0415  slow to load, and needed only here

    return msgspec.json.Decoder().decode


def _decode(data: bytes) -> Any:  # noqa: ANN401  JSON holds anything
    try:
        value = _quick()(data)
    except (ValueError, RecursionError):
        return _clean(_DECODER.decode(data.decode()), written=data)
    return _cleaned(value) if rb"\u0000" in data else value  # of halves of characters it takes none


def _clean(value: Any, *, written: bytes) -> Any:  # noqa: ANN401  JSON holds anything
    if rb"\u" not in written or not _MAY_NOT_BE_TEXT.search(written):
        return value
    return _cleaned(value)


def _cleaned(value: Any) -> Any:  # noqa: ANN401  JSON holds anything
    if isinstance(value, str):
        return _NOT_FOR_TEXT.sub("\ufffd", value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    return value


class _Document:
    """Reads JSON values of any size one after another, of which only one record at a time is held."""

    def __init__(self, source: Source, *, member: str, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._member = member
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0
        self._line = 1
        self._row = 0
        self._ended = False
        self._given_up = False
        self._undecodable = False
        self._fault = ("json-invalid", "The document is not JSON from here on.")

    def records(self) -> Iterator[Record]:
        """Those of every document in the file, and one that is refused for what is left and no document."""
        first = True
        while not self._given_up and (character := self._peek()):
            if character == "[":
                yield from self._items()
            elif self._member and (first or character == "{"):
                yield from self._members(first=first)
            elif first or character == "{":
                yield self._item()
            else:
                self._fault = ("trailing", _TRAILING)
                yield self._rest()
            first = False
        if not self._given_up and (self._source.damage or self._undecodable):
            yield self._rest()

    def _items(self) -> Iterator[Record]:
        self._step(1)
        while not self._given_up and (character := self._peek()) != "]":
            if character == ",":
                self._step(1)
            elif character:
                yield self._item()
            else:
                yield self._rest()
        if not self._given_up:
            self._step(1)

    def _members(self, *, first: bool) -> Iterator[Record]:
        """The records in an object's lists of the wanted name; without any the first document is refused as a whole."""
        start, line, found = self._text[self._at :][: self._limits.kept], self._line, False
        self._step(1)
        try:
            while (character := self._peek()) != "}":
                if self._given_up:
                    return
                if character == ",":
                    self._step(1)
                elif character != '"':
                    break
                elif (self._key() == self._member or self._member == ANY) and self._peek() == "[":
                    found = True
                    yield from self._items()
                else:
                    self._value()
            self._after_members(character, found=found)
        except FormatError as error:
            if first and not found:
                raise
            if found:
                yield self._rest()
            else:
                self._row += 1
                self._given_up = True
                yield Record(line, self._row, start.encode("utf-8", "replace"), None, "trailing", str(error))

    def _key(self) -> object:
        key = self._value()
        if self._peek() != ":":
            raise FormatError(_BROKEN)
        self._step(1)
        return key

    def _after_members(self, character: str, *, found: bool) -> None:
        if not found:
            name = "" if self._member == ANY else f' "{self._member}"'
            raise FormatError(
                f"This JSON file has no list{name}, so it is not what this format reads. "
                "Choose the format that the source names."
            )
        if character != "}":
            raise FormatError(_BROKEN)
        self._step(1)

    def _item(self) -> Record:
        """The value that starts here; a broken one is left out up to where its brackets close."""
        while True:
            value, end, fault = self._attempt()
            if (end is None or end == len(self._text)) and self._can_grow:
                self._grow()
            elif end is None:
                return self._rest()
            else:
                return self._taken(value, end, fault)

    def _attempt(self) -> tuple[object, int | None, tuple[str, str]]:
        """The value, where it ends (None: it does not end here), and what is wrong with it."""
        try:
            return *_DECODER.raw_decode(self._text, self._at), ("", "")
        except RecursionError:
            fault = ("too-deep", "The record is nested too deeply.")
        except ValueError as error:
            fault = ("json-invalid", f"The record is not JSON: {str(error).partition(':')[0]}.")
        return None, _closing(self._text, self._at), fault

    def _taken(self, value: object, end: int, fault: tuple[str, str]) -> Record:
        text, line = self._text[self._at : end], self._line
        self._row += 1
        self._step(end - self._at)
        raw = text.encode("utf-8", "replace")
        if fault[0]:
            return Record(line, self._row, raw[: self._limits.kept], None, *fault)
        return _record(_clean(value, written=raw), line=line, row=self._row, raw=raw)

    def _rest(self) -> Record:
        """All that is left, as one refused record."""
        self._row += 1
        left, self._given_up = self._text[self._at :], True
        fault = self._fault
        if damage := self._source.damage:
            fault = (damage.code, damage.reason)
        elif not left.strip() and not self._undecodable:
            fault = ("truncated", "The document stops before its end. Fetch it again from the source.")
        elif len(left) > self._limits.row:
            fault = (
                "too-long",
                f"A record here is longer than {self._limits.row // 1024**2} MiB; the rest was not read.",
            )
        return Record(self._line, self._row, left[: self._limits.kept].encode("utf-8", "replace"), None, *fault)

    def _value(self) -> object:
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if isinstance(error, RecursionError) or not self._can_grow:
                    raise FormatError(_BROKEN) from error
                end = len(self._text)
            if end < len(self._text) or not self._can_grow:
                self._step(end - self._at)
                return value
            self._grow()

    def _peek(self) -> str:
        """The next character that is not white space, "" at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            assert match is not None  # noqa: S101  the pattern matches the empty text too
            self._step(match.end() - self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._can_grow:
                return ""
            self._grow()

    def _step(self, count: int) -> None:
        self._line += self._text.count("\n", self._at, self._at + count)
        self._at += count

    @property
    def _can_grow(self) -> bool:
        return not self._ended and len(self._text) - self._at <= self._limits.row

    def _grow(self) -> None:
        """Hold twice as much, so that what is tried again and again is read in the time of its length."""
        pieces, wanted = [], max(_PIECE, len(self._text) - self._at)
        while wanted > 0 and (piece := self._source.read(_PIECE)):
            pieces.append(piece)
            wanted -= len(piece)
        try:
            text = self._decoder.decode(b"".join(pieces), final=wanted > 0)
        except UnicodeDecodeError as error:
            text = error.object[: error.start].decode()
            self._undecodable = True
            self._fault = ("encoding", "The document is not valid UTF-8 text from here on.")
        self._text, self._at = self._text[self._at :] + text, 0
        self._ended = wanted > 0 or self._undecodable


def _closing(text: str, at: int) -> int | None:
    """Where the brackets that open at `at` are closed again; None when they are not."""
    depth = 0
    for token in _TOKEN.finditer(text, at):
        if token[0] == '"':
            return None
        if token[0] in {"{", "["}:
            depth += 1
        elif token[0] in {"}", "]"}:
            depth -= 1
        if depth <= 0:
            return token.end()
    return None
