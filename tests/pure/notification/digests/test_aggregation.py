"""Rules about what is told together: the shipped ones, and what no rule may say."""

from copy import deepcopy
from datetime import date

import pytest

from misthoorn.notification.digests.aggregation import AggregationError, read_versions, rules_on, shipped_versions

RULE = {"recipient": "anyone", "template": "digest", "interval": "day", "key": "contact", "waits": ["normal"]}
VERSION = {"version": "one", "from": date(2026, 1, 1), "to": None, "rules": [RULE]}


def changed(**values):
    rule = {key: value for key, value in (RULE | values).items() if value is not ...}
    return [VERSION | {"rules": [rule]}]


def test_the_shipped_rules_can_be_read_and_end_with_one_for_anyone():
    [version] = shipped_versions()
    assert [rule.recipient for rule in version.rules] == ["network_owner", "digest", "anyone"]


@pytest.mark.parametrize(
    "values",
    [
        {"waits": ["urgent"]},
        {"waits": ["severe"]},
        {"recipient": "somebody"},
        {"template": "letter"},
        {"interval": "hour"},
        {"interval": "preference"},
        {"hour": 24},
        {"hour": 7, "interval": "week"},
        {"key": "campaign"},
        {"waits": ...},
    ],
)
def test_what_no_rule_can_say_is_refused_with_the_version(values):
    with pytest.raises(AggregationError, match="Rules one"):
        read_versions(changed(**values))


def test_versions_that_hold_on_the_same_day_are_refused():
    with pytest.raises(AggregationError, match="same day"):
        read_versions([VERSION, deepcopy(VERSION) | {"version": "two", "from": date(2026, 6, 1)}])


def test_a_version_without_its_dates_is_refused():
    with pytest.raises(AggregationError, match="lacks 'from'"):
        read_versions([{"version": "one", "rules": []}])


def test_the_version_of_a_day_holds_from_its_first_day_up_to_its_last():
    versions = read_versions([VERSION | {"to": date(2027, 1, 1)}])
    found = [rules_on(day, versions=versions) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2027, 1, 1))]
    assert [one and one.version for one in found] == [None, "one", None]
