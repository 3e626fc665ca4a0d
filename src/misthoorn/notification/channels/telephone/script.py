"""What to say in a call, filled in for a notice. Pure: the text of the message that was written, and names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import yaml

from misthoorn.common.numbers import show_code, show_number
from misthoorn.notification.channels.letter.page import heading
from misthoorn.notification.compose.facts import Language, Team
from misthoorn.notification.compose.text.blocks import Block, read_blocks

_HACKED = ("compromised/", "infected/")
_SOURCE = re.compile(r"(?:Bron|Source): ([^.]{1,80})\.")
_ALARM = re.compile(r"Urgent: ", re.IGNORECASE)
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what is said. `name` is its key in the file of texts."""

    name: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one notice has to tell: subject line and body of its message. `mail`: where it was mailed, hidden."""

    number: str
    code: str
    template: str
    subject: str
    body: str
    mail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """A call to one firm: all that it has to be told, the most urgent first."""

    language: Language
    caller: str
    organisation: str
    team: Team
    notices: tuple[Told, ...] = field(default=())


def script_of(facts: CallFacts) -> list[Part]:
    """What is said, in its order; of each notice its own message. A line of which something is unknown is left out."""
    told = _texts(facts.language)
    names = {
        "caller": facts.caller.split(" ")[0],
        "team": facts.team.name,
        "organisation": facts.organisation,
        "site": facts.team.site,
        "number": show_number(facts.notices[0].number),
    }
    parts = [_part(name, told, names) for name in ("never", "opening", "real")]
    parts += [_part(*_message(notice, told, names)) for notice in facts.notices]
    return [*parts, *(_part(name, told, names) for name in ("questions", "voicemail"))]


def _message(
    notice: Told, told: Mapping[str, Any], names: Mapping[str, str]
) -> tuple[str, Mapping[str, Any], Mapping[str, str]]:
    blocks = read_blocks(notice.body)
    first = next((place for place, block in enumerate(blocks) if block.kind == "step"), None)
    core = _ALARM.sub("", heading(notice.subject)).strip().rstrip(".")
    values = dict(names) | {
        "number": show_number(notice.number),
        "code": show_code(notice.code),
        "core": core[:1].upper() + core[1:],
        "consequence": _consequence(blocks, first),
        "step": blocks[first].text.partition(" ")[2] if first is not None else "",
        "source": next((found[1] for block in blocks if (found := _SOURCE.search(block.text))), ""),
        "mail": notice.mail,
    }
    kind = "hacked" if notice.template.startswith(_HACKED) else "message" if first is not None else "told"
    return kind, told, values


def _consequence(blocks: list[Block], step: int | None) -> str:
    """What stands before the steps, without the word for how bad it is."""
    before = [block.text for block in blocks[: step or 0] if block.kind == "paragraph" and block.inside]
    return before[-1].partition(". ")[2] if before else ""


def _part(name: str, told: Mapping[str, Any], names: Mapping[str, str]) -> Part:
    lines = tuple(
        line.format(**names) for line in told[name]["lines"] if all(names.get(slot) for slot in _SLOT.findall(line))
    )
    return Part(name, told[name]["title"], lines)


def hidden(address: str) -> str:
    """A mail address that can be recognised by who has it, and by nobody else: "i***@uwbedrijf.example"."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}***@{domain}" if at else ""


@cache
def _texts(language: str) -> Mapping[str, Any]:
    file = resources.files("misthoorn.notification.channels.telephone") / f"script.{language}.yaml"
    return dict(yaml.safe_load(file.read_text("utf-8")))
