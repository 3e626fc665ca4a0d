"""What differs between two versions of a text, word by word. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from misthoorn.notification.compose.editing import editable, shared
from misthoorn.notification.compose.facts import LANGUAGES

_PIECE = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Changed:
    """A field that differs: `pieces` are ("same" | "gone" | "new", text)."""

    language: str
    field: str
    pieces: tuple[tuple[str, str], ...]


def difference(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Changed]:
    """The fields that differ, in the order of the form."""
    for language in LANGUAGES:
        for field in editable(name):
            one, other = _words(before[language].get(field)), _words(after[language].get(field))
            if one != other:
                yield Changed(language, field, tuple(_pieces(one, other)))
    for field in shared(name):
        if _words(before[field]) != _words(after[field]):
            yield Changed("", field, tuple(_pieces(_words(before[field]), _words(after[field]))))


def _words(value: object) -> list[str]:
    text = "\n".join(f"{number}. {step}" for number, step in enumerate(value, 1)) if isinstance(value, list) else value
    return _PIECE.findall(str(text or "").strip())


def _pieces(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    for tag, i, j, k, m in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "same", "".join(before[i:j])
            continue
        if i < j:
            yield "gone", "".join(before[i:j])
        if k < m:
            yield "new", "".join(after[k:m])
