"""Which team warns an organisation: rules as dated data, decided by a pure function."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

from misthoorn.constituency.words import ORGANISATION_KINDS


class RuleError(ValueError):
    """The rules can't be used; the sentence names the place."""


@dataclass(frozen=True, slots=True)
class Route:
    """A verdict. `team` is None when a person has to decide."""

    team: str | None
    rule: str
    ground: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    version: str
    since: date
    until: date | None
    teams: Mapping[str, Mapping[str, str]]
    routes: Mapping[str, Route]


def route(*, kind: str, on: date, rules: tuple[RuleSet, ...]) -> Route:
    """The team that warns an organisation of this kind on this day, by the rules that hold on that day.

    A kind without a rule, `unknown` among them, and a day without rules go to a person: team None.
    """
    for rule_set in rules:
        if rule_set.since <= on and (rule_set.until is None or on < rule_set.until):
            asked = Route(
                team=None, rule=f"routing {rule_set.version}", ground="no rule for this kind: a person decides"
            )
            return rule_set.routes.get(kind, asked)
    return Route(team=None, rule="routing none", ground="no rules hold on this day: a person decides")


@cache
def shipped_rules() -> tuple[RuleSet, ...]:
    """The rules that come with the package, read and checked once."""
    text = resources.files("misthoorn.constituency.rules").joinpath("routing.yaml").read_text(encoding="utf-8")
    return read_rules(yaml.safe_load(text))


def read_rules(data: Any) -> tuple[RuleSet, ...]:  # noqa: ANN401  as YAML gives it
    """Check and freeze rules as they stand in routing.yaml.

    Raises:
        RuleError: a version is missing something, names an unknown kind or team, or overlaps with another.
    """
    rules = tuple(_rule_set(entry) for entry in data)
    ordered = sorted(rules, key=lambda rule_set: rule_set.since)
    for one, other in itertools.pairwise(ordered):
        if one.until is None or one.until > other.since:
            raise RuleError(f"Rules {one.version} and {other.version} hold on the same day. End {one.version} first.")
    return rules


def _rule_set(entry: Mapping[str, Any]) -> RuleSet:
    try:
        version, teams = entry["version"], entry["teams"]
        routes = {}
        for rule in entry["rules"]:
            if rule["kind"] not in ORGANISATION_KINDS or rule["team"] not in teams:
                raise RuleError(f"Rules {version}: kind '{rule['kind']}' or team '{rule['team']}' does not exist.")
            routes[rule["kind"]] = Route(team=rule["team"], rule=f"routing {version}", ground=rule["ground"])
        names = {team: dict(facts["name"]) for team, facts in teams.items()}
        return RuleSet(version=version, since=entry["from"], until=entry["to"], teams=names, routes=routes)
    except KeyError as missing:
        raise RuleError(f"A version of the routing rules lacks {missing}.") from missing
