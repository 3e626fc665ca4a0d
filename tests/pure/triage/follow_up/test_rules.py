"""The rules on reminders: what is shipped, and what is refused."""

from copy import deepcopy
from datetime import date, timedelta
from importlib import resources

import pytest
import yaml

from misthoorn.notification.models import Reply
from misthoorn.triage.follow_up.rules import ANSWERS, SEVERITIES, RuleError, read_rules, rules_on, shipped_rules

SHIPPED = yaml.safe_load(resources.files("misthoorn.triage.rules").joinpath("reminders.yaml").read_text("utf-8"))


def changed(**values):
    entry = deepcopy(SHIPPED[-1])
    return entry | values


def test_the_shipped_rules_hold_today_and_name_every_severity_and_answer():
    rules = rules_on(date(2026, 11, 28), rules=shipped_rules())

    assert set(rules.severities) == set(SEVERITIES)
    assert set(rules.quiet_after) == set(ANSWERS) == set(Reply.Answer.values)


def test_what_is_more_severe_is_reminded_of_no_later():
    first = [shipped_rules()[-1].severities[word].waits[:1] or (timedelta.max,) for word in SEVERITIES]

    assert first == sorted(first)


def test_on_a_day_without_rules_nobody_is_reminded():
    assert rules_on(date(2001, 1, 1), rules=shipped_rules()) is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"severities": {"urgent": {"remind_after": 1, "otherwise_after": []}}}, "every severity"),
        ({"quiet_after": {"fixed": 1}}, "every answer"),
        (
            {"severities": SHIPPED[-1]["severities"] | {"high": {"remind_after": None, "otherwise_after": [3]}}},
            "there is none",
        ),
        (
            {"severities": SHIPPED[-1]["severities"] | {"high": {"remind_after": 0, "otherwise_after": []}}},
            "whole days",
        ),
        ({"severities": SHIPPED[-1]["severities"] | {"high": {"remind_after": 2}}}, "otherwise_after"),
    ],
    ids=["a severity is missing", "an answer is missing", "another way without a reminder", "no days", "half a rule"],
)
def test_rules_that_can_not_be_meant_are_refused_with_a_sentence(values, words):
    with pytest.raises(RuleError, match=words):
        read_rules([changed(**values)])


def test_two_versions_never_hold_on_the_same_day():
    later = changed(version="later") | {"from": date(2027, 1, 1)}

    with pytest.raises(RuleError, match="same day"):
        read_rules([changed(), later])
    assert len(read_rules([changed(to=date(2027, 1, 1)), later])) == 2
