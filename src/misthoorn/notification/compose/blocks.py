"""A finished text taken apart again: headings, paragraphs, steps and rows, as layout.py put them. Pure.

A line that was broken is told from a new paragraph by its first word: that stands there only when it did not fit above.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from misthoorn.notification.compose.layout import WIDTH, hard, lay_out

type Kind = Literal["heading", "paragraph", "step", "rows", "turn"]

BACK = ("(achterkant)", "(back)")  # after it, the other side of the paper
INDENT = 2
_NUMBERED = re.compile(r"\d{1,3}\. |- ")
_COLUMNS = re.compile(r"[^ ]  +[^ ]")
_WHOLE = re.compile(r"[+(]?[0-9][0-9 ()/-]*[0-9][^ ]*|[<>=]{1,2} [^ ]+|[^ ]+")  # a number to call stays on one line
_MARK = "TLP:"  # stands on a line of its own


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text. `inside`: it stands under a heading. Of rows, `text` holds lines that stay as they are."""

    kind: Kind
    text: str
    inside: bool = False


def read_blocks(body: str) -> list[Block]:
    """The parts of a text, in their order; no word is lost, and none is added."""
    lines = body.split("\n")
    blocks: list[Block] = []
    before = ""  # the line above, as it stood
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if line.strip():
            _take(blocks, line, before=before, after=after)
        before = line
    return blocks


def _take(blocks: list[Block], line: str, *, before: str, after: str) -> None:
    indent = len(line) - len(line.lstrip(" "))
    text = line.strip(" ")
    last = blocks[-1] if blocks and before.strip() else None
    if text in BACK:
        blocks.append(Block("turn", text))
    elif not indent and last is None and after.startswith(" "):
        blocks.append(Block("heading", text))
    elif indent == INDENT and _NUMBERED.match(text):
        blocks.append(Block("step", text, inside=True))
    elif last is not None and _goes_on(last, text, before=before):
        blocks[-1] = Block(last.kind, f"{last.text} {text}", last.inside)
    elif indent > INDENT or _COLUMNS.search(text):
        rows = f"{last.text}\n{line}" if last is not None and last.kind == "rows" else line
        blocks[len(blocks) - (rows is not line) :] = [Block("rows", rows, inside=True)]
    else:
        blocks.append(Block("paragraph", text, inside=bool(indent)))


def _goes_on(last: Block, text: str, *, before: str) -> bool:
    """Whether a line is the rest of the paragraph or step above it: its first word did not fit there."""
    if last.kind not in {"paragraph", "step"} or _COLUMNS.search(text) or last.text.startswith(_MARK):
        return False
    first = _WHOLE.match(text)
    return len(before) <= WIDTH < len(before) + 1 + len(first[0] if first else text)


def write_blocks(blocks: Iterable[Block], *, whole: str = "") -> str:
    """The text of these parts, each after an empty line, so that reading it gives these parts again.

    `whole`: a telephone number, which is never broken over two lines.
    """
    lines: list[str] = []
    under = ""
    for block in blocks:
        if under not in {"heading", block.kind if block.kind == "step" else ""}:
            lines.append("")
        indent = " " * INDENT * block.inside
        text = block.text.replace(whole, hard(whole)) if whole else block.text
        lines.append(hard(text) if block.kind == "rows" else f"{indent}{text}")
        under = block.kind
    return lay_out("\n".join(lines))
