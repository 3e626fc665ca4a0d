"""A letter as HTML, from which it is printed. Pure: the text of a message and an address in, one page of markup out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import groupby

from misthoorn.common.numbers import show_number
from misthoorn.notification.compose.facts import Language
from misthoorn.notification.compose.mails.letter import letter_words, long_day
from misthoorn.notification.compose.text.blocks import Block, read_blocks

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


def sheet_html(sheet: Sheet, *, size: Size, css: str) -> str:
    """The letter as a page of markup. Nothing in it refers to anything outside."""
    told = letter_words(sheet.language)
    number = show_number(sheet.number)
    title = escape(heading(sheet.subject))
    window = "<br>".join(escape(line) for line in address_lines(sheet))
    return (
        f'<!doctype html><html lang="{sheet.language}"><head><meta charset="utf-8"><title>{title} ({number})</title>'
        f"<style>{css} body {{ font-size: {size.points}pt }}</style></head><body>"
        f'<p class="sender"><strong>{escape(sheet.sender)}</strong>{escape(sheet.sender_address)}</p>'
        f'<div class="head"><p class="window">{window}</p><dl class="facts">'
        f"<dt>{told['date']}</dt><dd>{long_day(sheet.on, sheet.language)}</dd>"
        f"<dt>{told['number']}</dt><dd>{number}</dd></dl></div>"
        f'<h1 data-ours="{told["number"]}: {number}">{title}</h1>'
        f"{''.join(_front_and_back(read_blocks(sheet.body), sheet=sheet, size=size))}</body></html>"
    )


def _front_and_back(blocks: Sequence[Block], *, sheet: Sheet, size: Size) -> Iterator[str]:
    turned = next((place for place, block in enumerate(blocks) if block.kind == "turn"), len(blocks))
    yield from _markup(blocks[:turned], language=sheet.language)
    if blocks[turned + 1 :]:
        # What is for technicians is English in every letter.
        yield f'<section class="back{" turn" if size.turn else ""}">'
        yield from _markup(blocks[turned + 1 :], language="en")
        yield "</section>"


def _markup(blocks: Sequence[Block], *, language: str) -> Iterator[str]:
    for kind, same in groupby(blocks, key=lambda block: block.kind):
        if kind == "step":
            yield from _steps([block.text for block in same])
            continue
        for block in same:
            text = escape(block.text)
            match kind:
                case "heading":
                    yield f"<h2>{text}</h2>"
                case "rows":
                    yield _rows(block.text, language=language)
                case _:
                    yield f'<p lang="{language}">{text}</p>'


def _steps(texts: Sequence[str]) -> Iterator[str]:
    tag = "ol" if texts[0][0].isdigit() else "ul"
    yield f"<{tag}>"
    yield from (f"<li>{escape(text.partition(' ')[2])}</li>" for text in texts)
    yield f"</{tag}>"


def _rows(text: str, *, language: str) -> str:
    """Rows as they are; what is typed over (a number, an address and a code) larger, each whole on its line."""
    lines = text.split("\n")
    typed = all(line.startswith(" " * 6) for line in lines)
    inner = "\n".join(escape(line.strip() if typed else line[2:]) for line in lines)
    return f'<pre class="type">{inner}</pre>' if typed else f'<pre lang="{language}">{inner}</pre>'
