"""Lines of a stream in pieces of some megabytes, whatever ends them and however long one is."""

from collections.abc import Iterator

from misthoorn.formats.readers.unpack import Source

_PIECE = 4 << 20


def whole_lines(source: Source, *, longest: int) -> Iterator[bytes]:
    """Pieces that end where a line ends. Of a line that is too long, no more than shows that is kept."""
    data = b""
    for piece in _pieces(source):
        data += piece
        cut = max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1
        if cut:
            yield data[:cut]
        data = data[cut:] if cut else data[: longest + 1]
    if data:
        yield data


def _pieces(source: Source) -> Iterator[bytes]:
    parts, held = [], 0
    while more := source.read(_PIECE):
        parts.append(more)
        held += len(more)
        if held >= _PIECE:
            yield b"".join(parts)
            parts, held = [], 0
    yield b"".join(parts)
