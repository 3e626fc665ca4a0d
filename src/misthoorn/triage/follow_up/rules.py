"""When somebody is reminded: rules as data, with dates. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

import yaml

from misthoorn.common.dated import in_force, overlap_of
from misthoorn.notification.compose.facts import SEVERITIES

ANSWERS = ("fixed", "passed_on", "accepted", "not_ours", "wrong")


class RuleError(ValueError):
    """The rules can't be used; the sentence names the place."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How long after the word before the next one follows: first a reminder the same way, then other ways."""

    waits: tuple[timedelta, ...]


@dataclass(frozen=True, slots=True)
class RuleSet:
    version: str
    since: date
    until: date | None
    seen_again_after: timedelta
    quiet_after: Mapping[str, timedelta]
    severities: Mapping[str, Steps]


def rules_on(on: date, *, rules: tuple[RuleSet, ...]) -> RuleSet | None:
    """The rules that hold on this day; None where none do: then nobody is reminded."""
    return in_force(rules, on=on)


@cache
def shipped_rules() -> tuple[RuleSet, ...]:
    """The rules that come with the package, read and checked once."""
    text = resources.files("misthoorn.triage.rules").joinpath("reminders.yaml").read_text(encoding="utf-8")
    return read_rules(yaml.safe_load(text))


def read_rules(data: Any) -> tuple[RuleSet, ...]:  # noqa: ANN401  as YAML gives it
    """Check and freeze rules as they stand in reminders.yaml.

    Raises:
        RuleError: a version lacks something, names an unknown word, or overlaps with another.
    """
    rules = tuple(_rule_set(entry) for entry in data)
    if overlap := overlap_of(rules):
        raise RuleError(overlap)
    return rules


def _rule_set(entry: Mapping[str, Any]) -> RuleSet:
    try:
        version, severities, quiet = entry["version"], entry["severities"], entry["quiet_after"]
        if set(severities) != set(SEVERITIES) or set(quiet) != set(ANSWERS):
            raise RuleError(f"Rules {version}: name every severity and every answer, and no others.")
        return RuleSet(
            version=version,
            since=entry["from"],
            until=entry["to"],
            seen_again_after=timedelta(hours=entry["seen_again_after_hours"]),
            quiet_after={answer: timedelta(days=days) for answer, days in quiet.items()},
            severities={word: _steps(one, version=version) for word, one in severities.items()},
        )
    except KeyError as missing:
        raise RuleError(f"A version of the rules on reminders lacks {missing}.") from missing


def _steps(entry: Mapping[str, Any], *, version: str) -> Steps:
    first, others = entry["remind_after"], entry["otherwise_after"]
    if first is None and others:
        raise RuleError(f"Rules {version}: another way comes after a reminder, and there is none.")
    days = [] if first is None else [first, *others]
    if any(not isinstance(one, int) or one < 1 for one in days):
        raise RuleError(f"Rules {version}: write whole days, 1 or more.")
    return Steps(tuple(timedelta(days=one) for one in days))
