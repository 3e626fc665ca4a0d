"""What stands on a letter, as values that letter.typ prints. Pure: the text of a message and an address in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from misthoorn.common.numbers import show_number
from misthoorn.notification.compose.facts import Language
from misthoorn.notification.compose.mails.letter import letter_words, long_day
from misthoorn.notification.compose.text.blocks import Block, read_blocks

_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
MOST_LINES = 7  # of the address: more are not seen through the window


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands on one letter. `address`: its lines, without the name. `subject` and `body` are the message's."""

    organisation: str
    attention: str
    address: str
    language: Language
    number: str
    subject: str
    body: str
    on: date
    sender: str
    sender_address: str


@dataclass(frozen=True, slots=True)
class Size:
    """How large the letters are, in points, and whether the technical part begins on the other side."""

    points: float
    turn: bool


def address_lines(sheet: Sheet) -> list[str]:
    """The lines in the window: the name, for whom, and the address."""
    lines = [line for line in sheet.address.splitlines() if line]
    if lines and lines[0].casefold() == sheet.organisation.casefold():
        lines = lines[1:]
    attention = sheet.attention or str(letter_words(sheet.language)["attention"])
    return [line for line in (sheet.organisation, attention, *lines) if line][:MOST_LINES]


def heading(subject: str) -> str:
    """What a message is about, without its number, which stands elsewhere on paper."""
    before, bracket, _ = subject.rpartition(" (")
    return before if bracket else subject


def sheet_values(sheet: Sheet, *, size: Size) -> dict[str, Any]:
    """What letter.typ puts on paper, as plain values for JSON."""
    told, number = letter_words(sheet.language), show_number(sheet.number)
    blocks = read_blocks(sheet.body)
    turned = next((place for place, block in enumerate(blocks) if block.kind == "turn"), len(blocks))
    values = {
        "lang": sheet.language,
        "points": size.points,
        "turn": size.turn,
        "title": heading(sheet.subject),
        "ours": f"{told['number']}: {number}",
        "sender": sheet.sender,
        "sender_address": sheet.sender_address,
        "window": address_lines(sheet),
        "facts": [[told["date"], long_day(sheet.on, sheet.language)], [told["number"], number]],
        "front": list(_parts(blocks[:turned], language=sheet.language)),
        # What is for technicians is English in every letter.
        "back": list(_parts(blocks[turned + 1 :], language="en")),
    }
    return {name: _legible(value) for name, value in values.items()}


def _legible(values: Any) -> Any:  # noqa: ANN401  whatever JSON holds
    """The same without signs that can't be seen or turn a text around: whoever chose a name could hide in them."""
    if isinstance(values, str):
        return _HIDDEN.sub("\ufffd", values)
    if isinstance(values, list):
        return [_legible(one) for one in values]
    return {name: _legible(one) for name, one in values.items()} if isinstance(values, dict) else values


def _parts(blocks: Sequence[Block], *, language: str) -> Iterator[dict[str, Any]]:
    for kind, same in groupby(blocks, key=lambda block: block.kind):
        texts = [block.text for block in same]
        if kind == "step":
            how = "numbers" if texts[0][0].isdigit() else "points"
            yield {"kind": how, "items": [text.partition(" ")[2] for text in texts], "lang": language}
            continue
        for text in texts:
            yield (_rows(text) if kind == "rows" else {"kind": kind, "text": text}) | {"lang": language}


def _rows(text: str) -> dict[str, str]:
    """Rows as they are; what is typed over (a number, an address and a code) is larger, each whole on its line."""
    lines = text.split("\n")
    typed = all(line.startswith(" " * 6) for line in lines)
    inner = "\n".join(line.strip() if typed else line[2:] for line in lines)
    return {"kind": "typed" if typed else "rows", "text": inner}
