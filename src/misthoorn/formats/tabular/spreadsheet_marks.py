"""What a sheet of an XLSX file says beside its cells: which are merged, and which rows and columns are hidden.

Looked for in the bytes of the sheet, since reading it row by row leaves it out. Nothing is built of them.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import IO

LARGEST = 64 * 1024**2  # bytes of a sheet that is looked through; in a larger one nothing is merged or hidden
MOST_FILLED = 200_000  # cells that take the value of the one above
_PIECE = 1024 * 1024
_LONGEST = 1_000  # bytes of an element
_MERGED = re.compile(rb"<(?:\w{1,20}:)?mergeCell\b[^<>]{0,200}?\bref=\"([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})\"")
_HIDDEN = re.compile(rb"<(?:\w{1,20}:)?(row|col)\b([^<>]{0,900})>")
_IS_HIDDEN = re.compile(rb"\bhidden=\"(?:1|true)\"")
_BOUND = re.compile(rb"\b(min|max)=\"(\d{1,7})\"")


@dataclass(slots=True)
class Marks:
    """`below`: row → the columns in which it takes the value of an earlier row, and which; all from 1."""

    below: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    hidden_rows: int = 0
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    _filled: int = 0

    def take(self, piece: bytes) -> None:
        """What stands in these bytes."""
        for column, first, last in _MERGED.findall(piece):
            rows = range(int(first) + 1, int(last) + 1)
            self._filled += len(rows)
            if self._filled <= MOST_FILLED:
                for row in rows:
                    self.below[row].append((_number(column), int(first)))
        for kind, attributes in _HIDDEN.findall(piece):
            if not _IS_HIDDEN.search(attributes):
                continue
            bounds = dict(_BOUND.findall(attributes))
            if kind == b"row":
                self.hidden_rows += 1
            elif len(bounds) == 2:  # noqa: PLR2004  min and max
                self.hidden_columns.append((int(bounds[b"min"]), int(bounds[b"max"])))


def marks_of(sheet: IO[bytes], *, size: int) -> Marks:
    """What a sheet of so many bytes says beside its cells."""
    marks = Marks()
    rest = b""
    while size <= LARGEST and (piece := sheet.read(_PIECE)):
        whole = rest + piece
        cut = whole.rfind(b"<", max(len(whole) - _LONGEST, 0)) if len(piece) == _PIECE else len(whole)
        cut = len(whole) if cut < 0 else cut
        marks.take(whole[:cut])
        rest = whole[cut:]
    marks.take(rest)
    return marks


def _number(letters: bytes) -> int:
    """Of a column: A is 1, AA is 27."""
    found = 0
    for letter in letters:
        found = found * 26 + letter - 64
    return found
