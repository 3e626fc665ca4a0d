"""Plain text of at most 72 columns: tables made of rows, paragraphs broken after they are filled in.

In a text, every line is a paragraph of its own: it keeps its indent, and is broken where it is too long. Two marks that
no value from outside can hold steer this: HARD is a space at which nothing is broken, EMPTY stands for an empty value.
"""

import re
from collections.abc import Sequence

WIDTH = 72
MOST_UPRIGHT = 3
HARD = "\x01"
EMPTY = "\x02"

_GAP = "  "
_INDENT = "  "
_START = re.compile(r" *(?:\d+\. |- )?")
_SPACES = re.compile(" {2,}")
_EMPTY_FIRST = re.compile(rf"^( *){EMPTY} ")
_EMPTY_LATER = re.compile(rf" ?{EMPTY}")


def hard(text: str) -> str:
    """The same text, never broken over two lines."""
    return text.replace(" ", HARD)


def lay_out(text: str) -> str:
    """Break what is too long, drop lines that hold nothing but an empty value, and never two blank lines in a row."""
    lines: list[str] = []
    for raw in text.split("\n"):
        line = _single_spaced(raw.rstrip(" "))
        if EMPTY in line:
            line = _EMPTY_LATER.sub("", _EMPTY_FIRST.sub(r"\1", line)).rstrip(" ")
            if not line:
                continue
        if line:
            lines.extend((line,) if len(line) <= WIDTH else _broken(line))
        elif lines and lines[-1]:
            lines.append("")
    return "\n".join(lines).strip("\n").replace(HARD, " ") + "\n"


def _single_spaced(line: str) -> str:
    text = line.lstrip(" ")
    return line[: len(line) - len(text)] + _SPACES.sub(" ", text) if "  " in text else line


def _broken(line: str) -> list[str]:
    """Lines of as many words as fit; a word longer than a line is cut."""
    start = _START.match(line)
    indent = len(start[0]) if start else 0
    room = WIDTH - indent
    before, left = line[:indent], line[indent:]
    lines: list[str] = []
    while len(left) > room:
        end = left.rfind(" ", 0, room + 1)
        lines.append(before + (left[:room] if end < 0 else left[:end]))
        left = left[room:] if end < 0 else left[end + 1 :]
        before = " " * indent
    return [*lines, before + left]


def table(*, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under their heads, in columns where they fit; else a few rows upright, or many over several lines each.

    A column in which every cell is empty is left out. No cell may be longer than 60 characters.
    """
    used = [i for i in range(len(head)) if any(row[i] for row in rows)]
    lines = [[row[i] for i in used] for row in ([head, *rows])]
    widths = [max(len(line[i]) for line in lines) for i in range(len(used))]
    if len(_INDENT) + sum(widths) + len(_GAP) * (len(used) - 1) <= WIDTH:
        return "\n".join(
            hard(_INDENT + _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
            for line in lines
        )
    if len(rows) <= MOST_UPRIGHT:
        return "\n\n".join(_upright(lines[0], line) for line in lines[1:])
    return "\n".join(_flowing(line) for line in lines)


def _upright(head: Sequence[str], cells: Sequence[str]) -> str:
    """One row as a word and a value on each line; a value that does not fit beside its word stands below it."""
    wide = max(len(word) for word in head)
    room = WIDTH - len(_INDENT) - wide - len(_GAP)
    lines = []
    for word, cell in zip(head, cells, strict=True):
        if cell and len(cell) <= room:
            lines.append(f"{_INDENT}{word.ljust(wide)}{_GAP}{cell}")
        elif cell:
            lines += [f"{_INDENT}{word}", f"{_INDENT * 2}{cell}"]
    return "\n".join(hard(line) for line in lines)


def _flowing(cells: Sequence[str]) -> str:
    """One row over as many lines as it needs; all but the first are indented further. No cell is broken."""
    lines: list[str] = []
    now = _INDENT
    for cell in filter(None, cells):
        longer = f"{now}{_GAP}{cell}" if now.strip() else f"{now}{cell}"
        if len(longer) <= WIDTH or not now.strip():
            now = longer
        else:
            lines.append(now)
            now = f"{_INDENT * 2}{cell}"
    return "\n".join(hard(line) for line in [*lines, now])
