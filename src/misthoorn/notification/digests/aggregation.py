"""What is told together and how often: rules as dated data. Pure, but for reading the shipped file once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

import yaml

from misthoorn.common.dated import in_force, overlap_of

RECIPIENTS = ("network_owner", "digest", "anyone")
TEMPLATES = ("bundle", "digest")
INTERVALS = {"day": timedelta(days=1), "week": timedelta(days=7)}
MAY_WAIT = ("high", "normal", "information")
_FIELDS = {"recipient", "template", "interval", "key", "waits"}


class AggregationError(ValueError):
    """The rules can't be used; the sentence names the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`interval` "preference": day and hour are the contact's own. `hour` None: counted from the last mail."""

    recipient: str
    template: str
    interval: str
    waits: frozenset[str]
    hour: int | None = None


@dataclass(frozen=True, slots=True)
class RuleSet:
    version: str
    since: date
    until: date | None
    rules: tuple[Rule, ...]


def rules_on(day: date, *, versions: tuple[RuleSet, ...]) -> RuleSet | None:
    """The rules that hold on this day; None without any: then all goes out at once."""
    return in_force(versions, on=day)


@cache
def shipped_versions() -> tuple[RuleSet, ...]:
    """The rules that come with the package, read and checked once."""
    text = resources.files("misthoorn.notification.rules").joinpath("aggregation.yaml").read_text(encoding="utf-8")
    return read_versions(yaml.safe_load(text))


def read_versions(data: Any) -> tuple[RuleSet, ...]:  # noqa: ANN401  as YAML gives it
    """Check and freeze rules as they stand in aggregation.yaml.

    Raises:
        AggregationError: a version lacks something, says what no rule can say, or overlaps with another.
    """
    versions = tuple(_rule_set(entry) for entry in data)
    if overlap := overlap_of(versions):
        raise AggregationError(overlap)
    return versions


def _rule_set(entry: Mapping[str, Any]) -> RuleSet:
    try:
        version = entry["version"]
        rules = tuple(_rule(rule, version=version) for rule in entry["rules"])
        return RuleSet(version=version, since=entry["from"], until=entry["to"], rules=rules)
    except KeyError as missing:
        raise AggregationError(f"A version of the aggregation rules lacks {missing}.") from missing


def _rule(rule: Mapping[str, Any], *, version: str) -> Rule:
    if missing := _FIELDS - set(rule):
        raise AggregationError(f"Rules {version}: a rule lacks '{min(missing)}'.")
    hour, interval, recipient = rule.get("hour"), rule["interval"], rule["recipient"]
    checks = (
        ("recipient", recipient in RECIPIENTS),
        ("template", rule["template"] in TEMPLATES),
        ("interval", interval in INTERVALS or (interval == "preference" and recipient == "digest")),
        ("hour", hour is None or (hour in range(24) and interval == "day")),
        ("key", rule["key"] == "contact"),
        ("waits", set(rule["waits"]) <= set(MAY_WAIT)),
    )
    if wrong := next((field for field, holds in checks if not holds), ""):
        raise AggregationError(f"Rules {version}: '{rule.get(wrong)}' can't be a rule's {wrong}.")
    return Rule(
        recipient=recipient,
        template=rule["template"],
        interval=interval,
        waits=frozenset(rule["waits"]),
        hour=hour,
    )
