"""Sources that are ready to use, from sources.yaml beside this file. Pure but for reading it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

KEYS = ("none", "optional", "key", "user")
_VALUE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,98}[A-Za-z0-9])?")


class CatalogueError(ValueError):
    """An entry that is not there or can't be filled in; the sentence says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A source that is ready to use. `fill`: the names between braces, with what a person is asked, by language."""

    slug: str
    name: str
    format: str
    transport: str
    address: str
    options: Mapping[str, Any]
    fill: Mapping[str, Mapping[str, str]]
    key: Literal["none", "optional", "key", "user"]
    schedule: str
    silent_after: int | None
    tlp: str
    terms: str
    covers: Mapping[str, str]

    @property
    def id(self) -> str:
        """By what it is chosen: its short name, without what is filled in."""
        return re.sub(r"-?\{\w+\}", "", self.slug)

    @property
    def title(self) -> str:
        """Its name, without what is filled in."""
        return re.sub(r" ?\{\w+\}", "", self.name)


@cache
def entries() -> dict[str, Entry]:
    """All entries, by their id, as they stand in the file."""
    text = resources.files("misthoorn.intake.catalogue").joinpath("sources.yaml").read_text(encoding="utf-8")
    found = (_entry(one) for one in yaml.safe_load(text))
    return {one.id: one for one in found}


def _entry(one: Mapping[str, Any]) -> Entry:
    return Entry(**({"options": {}, "fill": {}, "silent_after": None} | dict(one)))


def chosen(name: str, *, values: Mapping[str, str]) -> Entry:
    """An entry with these values filled in.

    Raises:
        CatalogueError: there is none of this name, or a value is missing or can't stand in an address.
    """
    entry = entries().get(name)
    if entry is None:
        raise CatalogueError(f"The catalogue has no '{name}'. `misthoorn sources catalogue` shows what it has.")
    if unknown := set(values) - set(entry.fill):
        raise CatalogueError(f"{name} asks for no '{min(unknown)}'.")
    for field in entry.fill:
        if not _VALUE.fullmatch(values.get(field, "")):
            raise CatalogueError(f"{name} asks for its {field}: {entry.fill[field]['en']}.")
    filled = {field: values[field] for field in entry.fill}
    slug = re.sub(r"[^a-z0-9]+", "-", entry.slug.format(**filled).lower()).strip("-")[:60]
    return replace(
        entry, slug=slug, name=entry.name.format(**filled)[:120], address=entry.address.format(**filled), fill={}
    )
