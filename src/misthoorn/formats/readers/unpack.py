"""A stream of bytes as a source sent it: gzip unpacked within bounds, and plainly wrong files recognised."""

import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from misthoorn.formats.values.schema import FormatError

PIECE = 64 * 1024
SALVAGED = 1  # byte at a time, where a piece turned out to be damaged
HEAD = 4096  # bytes looked at to tell what a file is

# A feed packs about 10:1 and the most repetitive real one that was seen 60:1; gzip can reach 1030:1 only with nothing
# in it.
MOST_RATIO = 250
RATIO_FROM = 16 * 1024 * 1024  # small files may be as repetitive as they like
MOST_UNPACKED = 16 * 1024**3  # a country's largest report in a day is below 2 GiB

GZIP = b"\x1f\x8b"
_PACKED = {
    b"PK\x03\x04": "ZIP",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
}
_OTHER_UNICODE = (b"\xff\xfe", b"\xfe\xff")
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Damage:
    """Why a stream ended before its end."""

    code: Literal["truncated", "damaged", "bomb", "trailing"]
    reason: str


class Source:
    """Reads a stream, unpacking gzip. After `read` returned b"" `damage` tells whether that was really the end."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ahead = stream.read(len(GZIP))
        self._gzip = self._ahead == GZIP
        self._member = zlib.decompressobj(wbits=31)
        self._taken = 0
        self._given = 0
        self._kept, self._at = b"", 0  # what was looked at, and how much of it was read since
        self.damage: Damage | None = None

    def head(self, size: int = HEAD) -> bytes:
        """The first bytes, which the next `read` will return again."""
        pieces, have = [self._kept[self._at :]], len(self._kept) - self._at
        while have < size and (piece := self._next(size)):
            pieces.append(piece)
            have += len(piece)
        self._kept, self._at = b"".join(pieces), 0
        return self._kept

    def is_json(self) -> bool:
        """Whether the unpacked text begins as JSON does."""
        return self.head().removeprefix(BOM).lstrip().startswith((b"{", b"["))

    def read(self, size: int) -> bytes:
        """At most `size` bytes; b"" at the end or where the stream is damaged."""
        piece = self._kept[self._at : self._at + size]
        self._at += len(piece)
        if self._at == len(self._kept):
            self._kept, self._at = b"", 0
        return piece or self._next(size)

    def _next(self, size: int) -> bytes:
        if self.damage:
            return b""
        if not self._gzip:
            piece, self._ahead = self._ahead or self._stream.read(size), b""
            return self._bounded(piece)
        return self._bounded(self._unpack(min(size, PIECE)))

    def _unpack(self, size: int) -> bytes:
        while True:
            if self._member.eof and not self._next_member():
                return b""
            packed = self._ahead or self._member.unconsumed_tail
            if not packed:
                packed = self._stream.read(PIECE)
                if not packed:
                    self.damage = Damage(
                        "truncated", "The gzip file stops in the middle. Fetch it again from the source."
                    )
                    return b""
                self._taken += len(packed)
            self._ahead = b""
            if piece := self._decompress(packed, size):
                return piece
            if self.damage:
                return b""

    def _decompress(self, packed: bytes, size: int) -> bytes:
        before = self._member.copy()
        try:
            return self._member.decompress(packed, size)
        except zlib.error:
            self.damage = Damage("damaged", "The gzip file is damaged from here on. Fetch it again from the source.")
            return _salvage(before, packed)

    def _next_member(self) -> bool:
        rest = self._member.unused_data
        while not rest.lstrip(b"\0"):
            rest = self._stream.read(PIECE)
            if not rest:
                return False
        rest = rest.lstrip(b"\0")
        if len(rest) < len(GZIP):
            rest += self._stream.read(PIECE)
        if not rest.startswith(GZIP):
            self.damage = Damage(
                "trailing", "Something that is not gzip follows after the end of the packed file; it was left out."
            )
            return False
        self._ahead, self._member = rest, zlib.decompressobj(wbits=31)
        return True

    def _bounded(self, piece: bytes) -> bytes:
        self._given += len(piece)
        too_dense = self._gzip and self._given > RATIO_FROM and self._given > MOST_RATIO * max(self._taken, 1)
        if too_dense or self._given > MOST_UNPACKED:
            self.damage = Damage(
                "bomb",
                f"The file unpacks to more than {MOST_RATIO} times its size or {MOST_UNPACKED // 1024**3} GiB; "
                "the rest was not read. Ask the source for a smaller file.",
            )
            return b""
        return piece


def _salvage(member: Any, packed: bytes) -> bytes:  # noqa: ANN401  zlib does not name the type
    """What can still be unpacked before the place of the damage."""
    pieces = []
    try:
        while piece := member.decompress(packed, SALVAGED):
            pieces.append(piece)
            packed = member.unconsumed_tail
    except zlib.error:
        pass
    return b"".join(pieces)


def open_text(stream: BinaryIO | Source, *, expected: Literal["CSV", "JSON", "text"]) -> Source:
    """The unpacked text of a file that at least looks like what was expected.

    Raises:
        FormatError: it is empty, packed another way, a web page, or plainly the other kind of file.
    """
    source = stream if isinstance(stream, Source) else Source(stream)
    head = source.head()
    text = head.removeprefix(BOM).lstrip()
    if not text:
        raise FormatError(_nothing(source.damage, expected=expected))
    for magic, packing in _PACKED.items():
        if head.startswith(magic):
            raise FormatError(f"This file is packed with {packing}. Unpack it first, or pack it with gzip.")
    if head.startswith(GZIP):
        raise FormatError("This file is packed with gzip twice. Unpack it once and try again.")
    if head.startswith(_OTHER_UNICODE):
        raise FormatError("This file is in UTF-16. Save it as UTF-8 and try again.")
    if text.startswith(b"<"):
        raise FormatError(_markup(text))
    _kind(text, expected=expected)
    return source


def _nothing(damage: Damage | None, *, expected: str) -> str:
    if damage:
        return f"Nothing could be read from this file. {damage.reason}"
    if expected != "CSV":
        return "This file is empty. Look at the source, whether it has really nothing to say."
    return (
        "This file is empty. Look at the source: a report without rows still has a line with the names of its columns."
    )


def _markup(text: bytes) -> str:
    start = text[:1024].lower()
    if start.startswith(b"<!doctype html") or b"<html" in start or b"<head" in start or b"<body" in start:
        return "This is a web page, probably an error page of the source. Open it to see what it says."
    return "This is an XML file, which this format is not. Choose the format that the source names."


def _kind(text: bytes, *, expected: str) -> None:
    json = text.startswith((b"{", b"["))
    if expected == "text" and json:
        raise FormatError("This file is JSON, which this format is not. Choose the format that the source names.")
    if expected == "CSV" and json:
        raise FormatError("This file is JSON and not CSV. Choose the format that the source names.")
    if expected == "JSON" and not json:
        looks = "a CSV file" if b"," in text.partition(b"\n")[0] else "another kind of file"
        raise FormatError(f"This file is not JSON: it looks like {looks}. Choose the format that the source names.")
