"""The whole text of a file that is read at once, such as a list of packages, whatever encoding it was saved in."""

import re
from io import BytesIO
from typing import BinaryIO

from misthoorn.formats.readers.unpack import BOM, Source
from misthoorn.formats.values.schema import FormatError

_PIECE = 1024 * 1024
_MARKS = {BOM: "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_LOOKED_AT = 200  # bytes that tell UTF-16 without a mark: every second one is zero


def whole_text(stream: BinaryIO | Source, *, at_most: int) -> str:
    """The text, with the mark of its encoding taken off: UTF-8, UTF-16 as PowerShell writes it, or that of Windows.

    Raises:
        FormatError: it is empty, larger than `at_most` bytes, cut off, or no text.
    """
    data = whole_bytes(stream, at_most=at_most)
    encoding = next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), _guessed(data))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("utf-16-le" if encoding.startswith("utf-16") else "cp1252", "replace")
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise FormatError("This file is not text. Choose the format that the source names.")
    if not text.strip():
        raise FormatError("This file is empty. Look at how it was made.")
    return text


def _guessed(data: bytes) -> str:
    head = data[:_LOOKED_AT]
    return "utf-16-le" if head and not any(head[1::2]) and all(head[::2]) else "utf-8"


def whole_bytes(stream: BinaryIO | Source, *, at_most: int) -> bytes:
    """The bytes, unpacked.

    Raises:
        FormatError: they are more than `at_most`, or the file is cut off or damaged.
    """
    source = stream if isinstance(stream, Source) else Source(stream)
    pieces, length = [], 0
    while piece := source.read(_PIECE):
        pieces.append(piece)
        length += len(piece)
        if length > at_most:
            raise FormatError(f"This file is larger than {at_most // 1024**2} MiB, which is not read.")
    if source.damage:
        raise FormatError(f"Only a part of this file could be read. {source.damage.reason}")
    return b"".join(pieces)


def recoded(source: Source, *, at_most: int) -> Source:
    """The same as UTF-8, where the file is in UTF-16; an XML file then no longer says in what encoding it is.

    Raises:
        FormatError: as for `whole_text`.
    """
    if not source.head().startswith(_UTF_16):
        return source
    text = whole_text(source, at_most=at_most)
    return Source(BytesIO(_DECLARATION.sub("", text).encode("utf-8", "replace")))
