"""Which team warns an organisation: rules as dated data, decided by a pure function."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

from misthoorn.common.dated import in_force, is_within, overlap_of
from misthoorn.constituency.vocabulary import ORGANISATION_KINDS

MEMBERS = "general"  # the kind whose organisations an OKTT may warn; of another kind, its own team does


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
    """One version. `since` None: known, and not in force as far as this service was told."""

    version: str
    since: date | None
    until: date | None
    teams: Mapping[str, Mapping[str, str]]
    routes: Mapping[str, Route]


@dataclass(frozen=True, slots=True)
class Oktt:
    """A team that warns its own members, from and until when it may be given what is theirs."""

    team: str
    name: str
    since: date
    until: date | None
    ground: str


@dataclass(frozen=True, slots=True)
class Oktts:
    """Those teams by every name that they are called, as `_called` writes it."""

    version: str
    members: Mapping[str, Oktt] = field(default_factory=dict)


def route(*, kind: str, on: date, rules: tuple[RuleSet, ...], oktt: str = "", oktts: Oktts | None = None) -> Route:
    """The team that warns an organisation of this kind on this day, by the rules that hold on that day.

    A member of an OKTT goes to that team, on days that there are such teams. A kind without a rule, `unknown` among
    them, an OKTT that is not known on such a day, and a day without rules go to a person: team None.
    """
    rule_set = in_force(rules, on=on)
    if rule_set is None:
        return Route(team=None, rule="routing none", ground="no rules hold on this day: a person decides")
    asked = Route(team=None, rule=f"routing {rule_set.version}", ground="no rule for this kind: a person decides")
    found = rule_set.routes.get(kind, asked)
    return _member(found, oktt, on=on, oktts=oktts or shipped_oktts()) if oktt.strip() and kind == MEMBERS else found


def _member(usual: Route, oktt: str, *, on: date, oktts: Oktts) -> Route:
    one = oktts.members.get(_called(oktt))
    rule = f"{usual.rule}, {oktts.version}"
    if not any(is_within(member.since, member.until, on=on) for member in oktts.members.values()):
        return replace(usual, rule=rule)
    if one is None:
        return Route(team=None, rule=rule, ground="no organisation with that task has this name: a person decides")
    if is_within(one.since, one.until, on=on):
        return Route(team=one.team, rule=rule, ground=one.ground)
    return replace(usual, rule=rule)


def team_name(team: str | None, *, on: date, rules: tuple[RuleSet, ...], language: str) -> str:
    """What a team is called on that day in that language; "" for none."""
    rule_set = in_force(rules, on=on)
    if rule_set is not None and team is not None and team in rule_set.teams:
        return rule_set.teams[team][language]
    return next((one.name for one in shipped_oktts().members.values() if one.team == team), "")


@cache
def shipped_rules(in_force: tuple[tuple[str, date], ...] = ()) -> tuple[RuleSet, ...]:
    """The rules that come with the package, with the versions that the operator put `in_force`, each from its day."""
    return put_in_force(read_rules(_shipped("routing.yaml")), in_force)


@cache
def shipped_oktts() -> Oktts:
    """The organisations with that task that come with the package."""
    return read_oktts(_shipped("oktt.yaml"))


def _shipped(name: str) -> Any:  # noqa: ANN401  as YAML gives it
    text = resources.files("misthoorn.constituency.routing.rules").joinpath(name).read_text(encoding="utf-8")
    return yaml.safe_load(text)


def put_in_force(rules: tuple[RuleSet, ...], days: tuple[tuple[str, date], ...]) -> tuple[RuleSet, ...]:
    """The rules with these versions in force from these days; what held until then ends on that day.

    A version whose law has come into force keeps the day of that law, whatever day it was given before.

    Raises:
        RuleError: there is no such version, or another one begins after it.
    """
    for version, day in days:
        if any(one.version == version and one.since is not None for one in rules):
            continue
        waiting = next((one for one in rules if one.version == version and one.since is None), None)
        if waiting is None:
            names = ", ".join(one.version for one in rules if one.since is None) or "none"
            raise RuleError(f"No version of the routing rules waits for a day under the name '{version}': {names}.")
        if any(one.since is not None and one.since >= day for one in rules):
            raise RuleError(f"Rules {version} can't begin on {day}: another version begins on that day or later.")
        rules = tuple(
            replace(one, since=day)
            if one is waiting
            else replace(one, until=day)
            if one.since is not None and (one.until is None or one.until > day)
            else one
            for one in rules
        )
    return rules


def read_rules(data: Any) -> tuple[RuleSet, ...]:  # noqa: ANN401  as YAML gives it
    """Check and freeze rules as they stand in routing.yaml.

    Raises:
        RuleError: a version is missing something, names an unknown kind or team, or overlaps with another.
    """
    rules = tuple(_rule_set(entry) for entry in data)
    if overlap := overlap_of(rules):
        raise RuleError(overlap)
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


def read_oktts(data: Any) -> Oktts:  # noqa: ANN401  as YAML gives it
    """Check and freeze the organisations with that task as they stand in oktt.yaml.

    Raises:
        RuleError: one is missing something, or two have the same name.
    """
    members: dict[str, Oktt] = {}
    try:
        for entry in data["members"]:
            one = Oktt(entry["team"], entry["name"], entry["from"], entry["to"], entry["ground"])
            for name in (one.name, *entry["also"]):
                if members.setdefault(_called(name), one) is not one:
                    raise RuleError(f"Two organisations with that task are called '{name}'.")
        return Oktts(data["version"], members)
    except KeyError as missing:
        raise RuleError(f"The list of organisations with that task lacks {missing}.") from missing


def _called(name: str) -> str:
    return " ".join(name.split()).casefold()
