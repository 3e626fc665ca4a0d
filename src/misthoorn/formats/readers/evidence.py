"""The parts of a record that have no place of their own, as texts: nested names are joined by dots."""

import json
import re
from collections.abc import Container
from typing import Any

type Pairs = tuple[tuple[str, str], ...]

MOST = 200  # texts of one record
LONGEST = 2_000  # characters of one text; the batch keeps the whole
DEEPEST = 8
_LONGEST_IDENTIFIER = 100
_NOT_IN_IDENTIFIER = re.compile(r"[^a-z0-9._:/+]+")


def flat(record: dict[str, Any], *, without: Container[str] = ()) -> dict[str, str]:
    """The texts of a record by their dotted names, within bounds; empty ones and those of `without` are left out.

    A list of plain values is one text with commas; one of objects is numbered from 1. A name in `without` takes what
    lies under it along.
    """
    found: dict[str, str] = {}
    _gather(found, record, "", without=without, depth=1)
    return found


def pairs(record: dict[str, Any], *, without: Container[str] = ()) -> Pairs:
    """As `flat`, ready to be evidence."""
    return tuple(flat(record, without=without).items())


def plain(value: object) -> str:
    """A text, number or yes and no as text; "" for anything else."""
    if isinstance(value, str):
        text = value.strip()
        return text if len(text) <= LONGEST else text[:LONGEST] + "…"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else ""


def as_identifier(text: str) -> str:
    """A word that can be an identifier, made of any text: small letters, with hyphens for what can't stay; or ""."""
    return _NOT_IN_IDENTIFIER.sub("-", text.lower()[:_LONGEST_IDENTIFIER]).strip("-._:/+")


def _gather(found: dict[str, str], record: dict[str, Any], start: str, *, without: Container[str], depth: int) -> None:
    for key, value in record.items():
        name = f"{start}{key}"
        if name in without:
            continue
        if len(found) >= MOST:
            return
        if isinstance(value, str):
            if text := plain(value):
                found[name] = text
        elif isinstance(value, dict) and depth < DEEPEST:
            _gather(found, value, f"{name}.", without=without, depth=depth + 1)
        elif isinstance(value, list) and depth < DEEPEST and any(isinstance(item, dict | list) for item in value):
            numbered = {str(number): item for number, item in enumerate(value[:MOST], start=1)}
            _gather(found, numbered, f"{name}.", without=without, depth=depth + 1)
        elif text := _text(value):
            found[name] = text


def _text(value: object) -> str:
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return plain(", ".join(filter(None, map(plain, value[:MOST]))))
    return plain(_as_json(value)) if isinstance(value, dict | list) and value else plain(value)


def _as_json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return ""
