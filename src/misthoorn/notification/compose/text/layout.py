"""Plain text: tables made of rows, at most 72 columns wide, and paragraphs that are one line each.

Nothing is broken here: the screen that shows a paragraph breaks it, so that it reads as well on a telephone. Two marks
that no value from outside can hold steer this: HARD is a space that stays as it is, EMPTY stands for an empty value.
"""

import re
from collections.abc import Sequence

WIDTH = 72
MOST_UPRIGHT = 3
HARD = "\x01"
EMPTY = "\x02"

_GAP = "  "
_INDENT = "  "
_SPACES = re.compile(" {2,}")
_EMPTY_FIRST = re.compile(rf"^( *){EMPTY} ")
_EMPTY_LATER = re.compile(rf" ?{EMPTY}")


def hard(text: str) -> str:
    """The same text, with each of its spaces."""
    return text.replace(" ", HARD)


def lay_out(text: str) -> str:
    """Drop lines that hold nothing but an empty value, and never leave two blank lines or two spaces in a row."""
    lines: list[str] = []
    for raw in text.split("\n"):
        line = _single_spaced(raw.rstrip(" "))
        if EMPTY in line:
            line = _EMPTY_LATER.sub("", _EMPTY_FIRST.sub(r"\1", line)).rstrip(" ")
            if not line:
                continue
        if line:
            lines.append(line)
        elif lines and lines[-1]:
            lines.append("")
    return "\n".join(lines).strip("\n").replace(HARD, " ") + "\n"


def _single_spaced(line: str) -> str:
    text = line.lstrip(" ")
    return line[: len(line) - len(text)] + _SPACES.sub(" ", text) if "  " in text else line


def table(*, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under their heads, in columns where they fit; else a few rows upright, or many over several lines each.

    One row always stands upright: that is what a telephone has room for. A column in which every cell is empty is
    left out. No cell may be longer than 60 characters.
    """
    used = [i for i in range(len(head)) if any(row[i] for row in rows)]
    lines = [[row[i] for i in used] for row in ([head, *rows])]
    widths = [max(len(line[i]) for line in lines) for i in range(len(used))]
    if len(rows) > 1 and len(_INDENT) + sum(widths) + len(_GAP) * (len(used) - 1) <= WIDTH:
        return "\n".join(
            hard(_INDENT + _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
            for line in lines
        )
    if len(rows) <= MOST_UPRIGHT:
        return "\n\n".join(_upright(lines[0], line) for line in lines[1:])
    return "\n".join(_flowing(line) for line in lines)


def _upright(head: Sequence[str], cells: Sequence[str]) -> str:
    """One row as a word and a value on each line; a value that does not fit beside its word stands below it."""
    lines = []
    for word, cell in zip(head, cells, strict=True):
        beside = f"{_INDENT * 2}{word}: {cell}"
        if cell and len(beside) <= WIDTH:
            lines.append(beside)
        elif cell:
            lines += [f"{_INDENT * 2}{word}:", f"{_INDENT * 2}{cell}"]
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
