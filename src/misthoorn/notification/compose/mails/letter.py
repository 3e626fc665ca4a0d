"""The same words on paper: how to check and to answer as one does from a letter, and the technical part at the back.

A letter is made of the finished mail, so that every text of the library, and each that the desk writes, can be posted.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

from misthoorn.common.numbers import show_code, show_number, tidy_code, tidy_number
from misthoorn.notification.compose.facts import Language, Mail, Team, WarningFacts
from misthoorn.notification.compose.mails.warning import compose
from misthoorn.notification.compose.templates.library import words
from misthoorn.notification.compose.text.blocks import Block, read_blocks, write_blocks
from misthoorn.notification.compose.text.sanitization import one_line, without_scheme

MOST_ROWS = 6  # of what was seen; on two sides of a sheet there is no room for more


def compose_letter(facts: WarningFacts) -> Mail:
    """The letter of one warning. `subject` is that of the mail; the body is what stands below the heading.

    Raises:
        ComposeError: as for the mail.
    """
    mail = compose(replace(facts, evidence=facts.evidence[:MOST_ROWS]))
    left = len(facts.evidence) - MOST_ROWS
    more = words(facts.language)["more"].format(count=left, phone=one_line(facts.team.phone)) if left > 0 else ""
    return as_letter(mail, language=facts.language, number=facts.number, code=facts.code, team=facts.team, more=more)


def as_letter(mail: Mail, *, language: Language, number: str, code: str, team: Team, more: str = "") -> Mail:
    """Any finished mail as a letter. `more` is said under the first rows, of what a letter has no room for."""
    told = letter_words(language)
    names = {
        "site": without_scheme(team.site),
        "phone": one_line(team.phone),
        "number": show_number(tidy_number(number)),
        "code": show_code(tidy_code(code)),
    }
    opening, *sections = _sections(read_blocks(mail.body))
    front = [paper for block in opening if (paper := _on_paper(block, told)).text]
    back: list[Block] = []
    ours = {told["check_in_mail"]: _check(told, names), told["answer_in_mail"]: _answer(told, names)}
    for section in sections:
        heading = section[0].text
        mine = next((begin for begin in ours if heading.startswith(begin)), None)
        if mine:
            front += ours.pop(mine)
        elif heading.startswith(_back_headings(language)):
            back += _body(section)
            front.append(Block("paragraph", told["give_back"]))
        else:
            front += _with_more(_body(section), more)
            more = ""
    for missing in ours.values():
        front += missing
    end = [Block("paragraph", told["close"]), Block("paragraph", one_line(team.name))]
    turned = [Block("turn", told["back"]), *back] if back else []
    body = write_blocks([*front, *end, *turned])
    return replace(mail, body=body, version=f"{mail.version}.{_digest(language)}")


@cache
def letter_words(language: str) -> Mapping[str, Any]:
    """What a letter says beside the text of the mail."""
    return dict(yaml.safe_load(_file(language)))


def long_day(day: date, language: str) -> str:
    """A day as it stands above a letter and is said in a call: maandag 23 november 2026."""
    told = letter_words(language)
    return f"{told['days'][day.weekday()]} {day.day} {told['months'][day.month - 1]} {day.year}"


def _file(language: str) -> str:
    return (resources.files("misthoorn.notification") / "texts" / f"letter.{language}.yaml").read_text("utf-8")


@cache
def _digest(language: str) -> str:
    return hashlib.sha256(_file(language).encode()).hexdigest()[:4]


@cache
def _back_headings(language: str) -> tuple[str, ...]:
    return tuple(words(language)["it_heading"].values())


def _sections(blocks: list[Block]) -> list[list[Block]]:
    """What stands before the first heading, and then each heading with what is under it."""
    sections: list[list[Block]] = [[]]
    for block in blocks:
        if block.kind == "heading":
            sections.append([])
        sections[-1].append(block)
    return sections


def _with_more(section: list[Block], more: str) -> list[Block]:
    """A section with one more line under its rows."""
    if not more:
        return section
    rows = next((place for place, block in enumerate(section) if block.kind == "rows"), len(section) - 1)
    return [*section[: rows + 1], Block("paragraph", more, inside=True), *section[rows + 1 :]]


def _on_paper(block: Block, told: Mapping[str, Any]) -> Block:
    text = block.text
    for sentence in told["not_on_paper"]:
        text = text.replace(sentence, "")
    return replace(block, text=" ".join(text.split()))


def _body(section: list[Block]) -> list[Block]:
    """A section without the line that ends a mail: team, address and number stand elsewhere on paper."""
    return [block for block in section if block.inside or block.kind in {"heading", "turn"} or " · " not in block.text]


def _check(told: Mapping[str, Any], names: Mapping[str, str]) -> list[Block]:
    said = told["check"]
    return [
        Block("heading", said["heading"]),
        Block("paragraph", said["before"].format(**names), inside=True),
        Block("rows", f"      {names['number']}", inside=True),
        Block("paragraph", said["after"].format(**names), inside=True),
    ]


def _answer(told: Mapping[str, Any], names: Mapping[str, str]) -> list[Block]:
    said = told["answer"]
    return [
        Block("heading", said["heading"]),
        Block("paragraph", said["before"], inside=True),
        Block("rows", f"      {names['site']}/{said['address']}\n      {names['code']}", inside=True),
        Block("paragraph", said["after"], inside=True),
    ]
