"""A finished text taken apart again: headings, paragraphs, steps and rows, as layout.py put them. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from misthoorn.notification.compose.text.layout import hard, lay_out

type Kind = Literal["heading", "paragraph", "step", "rows", "turn"]

BACK = ("(achterkant)", "(back)")  # after it, the other side of the paper
INDENT = 2
_NUMBERED = re.compile(r"\d{1,3}\. |- ")
_COLUMNS = re.compile(r"[^ ]  +[^ ]")


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
    elif indent > INDENT or _COLUMNS.search(text):
        rows = f"{last.text}\n{line}" if last is not None and last.kind == "rows" else line
        blocks[len(blocks) - (rows is not line) :] = [Block("rows", rows, inside=True)]
    else:
        blocks.append(Block("paragraph", text, inside=bool(indent)))


def write_blocks(blocks: Iterable[Block]) -> str:
    """The text of these parts, each after an empty line, so that reading it gives these parts again."""
    lines: list[str] = []
    under = ""
    for block in blocks:
        if under not in {"heading", block.kind if block.kind == "step" else ""}:
            lines.append("")
        indent = " " * INDENT * block.inside
        lines.append(hard(block.text) if block.kind == "rows" else f"{indent}{block.text}")
        under = block.kind
    return lay_out("\n".join(lines))
