"""What a person confirms before confidential data goes to another team: conditions as dated data. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

from misthoorn.common.dated import in_force, overlap_of


class ConditionError(ValueError):
    """The conditions can't be read, or one of them was not confirmed; the sentence says which."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; `ground` is its place in the law, `text` what is confirmed, by language (nl, en)."""

    name: str
    ground: str
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Conditions:
    """One version of them, in force from `since` until `until`."""

    version: str
    since: date | None
    until: date | None
    each: tuple[Condition, ...]


def read_conditions(data: Any) -> tuple[Conditions, ...]:  # noqa: ANN401  as YAML gives it
    """Check and freeze conditions as they stand in confidentiality.yaml.

    Raises:
        ConditionError: a version is missing something, or overlaps with another.
    """
    try:
        versions = tuple(
            Conditions(
                entry["version"],
                entry["from"],
                entry["to"],
                tuple(
                    Condition(one["name"], one["ground"], {"en": one["en"], "nl": one["nl"]})
                    for one in entry["conditions"]
                ),
            )
            for entry in data
        )
    except KeyError as missing:
        raise ConditionError(f"A version of the conditions for a hand-over lacks {missing}.") from missing
    if overlap := overlap_of(versions):
        raise ConditionError(overlap)
    return versions


@cache
def shipped_conditions() -> tuple[Conditions, ...]:
    """The conditions that come with the package."""
    place = resources.files("misthoorn.constituency.routing.rules").joinpath("confidentiality.yaml")
    return read_conditions(yaml.safe_load(place.read_text(encoding="utf-8")))


def conditions_on(day: date) -> tuple[Condition, ...]:
    """What has to be confirmed on this day; nothing before 15 August 2026."""
    holds = in_force(shipped_conditions(), on=day)
    return holds.each if holds else ()


def confirmation(names: Collection[str], *, on: date) -> str:
    """What is kept of a person's answers: the version, and the names of what was confirmed; "" if nothing is asked.

    Raises:
        ConditionError: a condition of that day is not among `names`.
    """
    holds = in_force(shipped_conditions(), on=on)
    if holds is None:
        return ""
    if missing := [one for one in holds.each if one.name not in names]:
        words = " ".join(f"{one.name}: {one.text['en']}" for one in missing)
        raise ConditionError(f"Not confirmed ({missing[0].ground.partition(',')[0]}): {words}")
    return f"{holds.version}: {', '.join(one.name for one in holds.each)}"
