"""The parts of a record that have no place of their own, as texts: nested names are joined by dots."""

import json
import re
from collections.abc import Container, Iterator, Mapping
from itertools import islice

type Pairs = tuple[tuple[str, str], ...]

MOST = 200  # texts of one record
LONGEST = 2_000  # characters of one text; the batch keeps the whole
DEEPEST = 8
_LONGEST_IDENTIFIER = 100
_NOT_IN_IDENTIFIER = re.compile(r"[^a-z0-9._:/+]+")


def flat(record: Mapping[str, object], *, without: Container[str] = ()) -> dict[str, str]:
    """The texts of a record by their dotted names, within bounds; empty ones and those of `without` are left out.

    A list of plain values is one text with commas; one of objects is numbered from 1. A name in `without` takes what
    lies under it along.
    """
    return dict(islice(_flat(record, "", without, 0), MOST))


def pairs(record: Mapping[str, object], *, without: Container[str] = ()) -> Pairs:
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


def _flat(value: object, name: str, without: Container[str], depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping | list) and depth >= DEEPEST:
        yield name, plain(_as_json(value))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            path = f"{name}.{key}" if name else str(key)
            if path not in without:
                yield from _flat(inner, path, without, depth + 1)
    elif isinstance(value, list) and not any(isinstance(item, Mapping | list) for item in value):
        if text := plain(", ".join(filter(None, (plain(item) for item in islice(value, MOST))))):
            yield name, text
    elif isinstance(value, list):
        for number, item in enumerate(islice(value, MOST), start=1):
            yield from _flat(item, f"{name}.{number}", without, depth + 1)
    elif text := plain(value):
        yield name, text


def _as_json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return ""
