"""The hosts in Nmap's XML, one after another as the file is read, of which only one at a time is held."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree import ElementTree as ET
from xml.parsers import expat

from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.readers.unpack import BOM, Source
from misthoorn.formats.values.schema import FormatError

LARGEST_HOST = 64 * 1024 * 1024  # bytes; all 65,535 ports with scripts take a fifth of it
DEEPEST = 50  # elements; Nmap's tables of scripts need some ten
_PIECE = 64 * 1024
_ROOT = "nmaprun"
_OTHER = "This file is not the XML of a scan with Nmap (-oX). Choose the format that the source names."
_ENTITIES = "This XML file defines entities of its own, which Nmap never does; it was not read."
_BROKEN = "This XML file is damaged from here on. Fetch it again from the source."
_STOPS = "This XML file stops before its end: the scan was broken off, or the file is not whole."
_TOO_LARGE = f"A host in this file takes more than {LARGEST_HOST // 1024**2} MiB; the rest was not read."


@dataclass(frozen=True, slots=True)
class Host:
    """`started`: when the whole scan did, in seconds."""

    element: ET.Element
    line: int
    started: str


def hosts(stream: BinaryIO) -> Iterator[Host | Record]:
    """The hosts, and one refused record where the file can't be read on.

    Raises:
        FormatError: it is no such file; before the first host.
    """
    source = Source(stream)
    if not source.head().removeprefix(BOM).lstrip().startswith(b"<"):
        raise FormatError(_OTHER)
    reader = _Reader()
    code, reason = "", ""
    while not code and (piece := source.read(_PIECE)):
        code, reason = reader.feed(piece)
        yield from reader.taken()
    if not code:
        code, reason = (source.damage.code, source.damage.reason) if source.damage else reader.feed(b"", final=True)
    if not code:
        return
    if not reader.begun:
        raise FormatError(reason)
    yield Record(reader.line, 1, b"", None, code, reason)


class _EntityError(Exception):
    pass


class _Reader:
    """Elements below the root are let go, but for hosts, which are built whole."""

    def __init__(self) -> None:
        self.begun = False
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data
        self._parser.EntityDeclHandler = self._entity
        self._builder: ET.TreeBuilder | None = None
        self._depth = 0
        self._line = 1
        self._began_at = 0
        self._started = ""
        self._found: list[Host] = []

    @property
    def line(self) -> int:
        return self._parser.CurrentLineNumber

    def feed(self, piece: bytes, *, final: bool = False) -> tuple[str, str]:
        """The code and the reason why it can't go on, or "" twice."""
        try:
            self._parser.Parse(piece, final)
        except _EntityError:
            return "damaged", _ENTITIES
        except (expat.ExpatError, ValueError, LookupError):  # LookupError: an encoding that does not exist
            if not self.begun:
                return "damaged", _OTHER
            return ("truncated", _STOPS) if final else ("damaged", _BROKEN)
        if self._builder and self._parser.CurrentByteIndex - self._began_at > LARGEST_HOST:
            return "too-long", _TOO_LARGE
        return ("", "") if self.begun or not final else ("damaged", _OTHER)

    def taken(self) -> list[Host]:
        """The hosts that ended since it was last asked."""
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth == 0:
            if name != _ROOT:
                raise ValueError(name)
            self.begun, self._started = True, attributes.get("start", "")
        elif self._depth == 1 and name == "host":
            self._builder = ET.TreeBuilder()
            self._line, self._began_at = self._parser.CurrentLineNumber, self._parser.CurrentByteIndex
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError(name)
        if self._builder:
            self._builder.start(name, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if not self._builder:
            return
        self._builder.end(name)
        if self._depth == 1:
            self._found.append(Host(self._builder.close(), self._line, self._started))
            self._builder = None

    def _data(self, text: str) -> None:
        if self._builder:
            self._builder.data(text)

    def _entity(self, *_: object) -> None:
        raise _EntityError
