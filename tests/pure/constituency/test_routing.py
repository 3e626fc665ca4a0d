from dataclasses import replace
from datetime import date

import pytest

from misthoorn.constituency.routing import Route, RuleError, read_rules, route, shipped_rules
from misthoorn.constituency.words import ORGANISATION_KINDS

TEAMS = {"ours": {"name": {"nl": "ons team", "en": "our team"}}}


def version(name, since, until, rules=()):
    return {"version": name, "from": since, "to": until, "teams": TEAMS, "rules": list(rules)}


GENERAL = {"kind": "general", "team": "ours", "ground": "law 1"}


@pytest.mark.parametrize(
    ("kind", "team"),
    [
        ("vital", "national"),
        ("digital_service_provider", "csirt-dsp"),
        ("municipality", "municipal"),
        ("health_care", "health"),
        ("education", "education"),
        ("water_board", "water"),
        ("general", "general"),
        ("unknown", None),
        ("team", None),
    ],
)
@pytest.mark.parametrize("day", [date(2018, 11, 9), date(2024, 12, 31), date(2025, 1, 1), date(2026, 11, 24)])
def test_each_kind_of_organisation_has_its_team_and_an_unknown_one_goes_to_a_person(kind, team, day):
    assert route(kind=kind, on=day, rules=shipped_rules()).team == team


def test_every_kind_that_can_be_warned_has_a_rule_that_names_its_ground():
    for rule_set in shipped_rules():
        assert set(rule_set.routes) == set(ORGANISATION_KINDS) - {"unknown", "team"}
        assert all(one.ground for one in rule_set.routes.values())


def test_the_rules_change_at_the_turn_of_the_day_and_the_verdict_says_which_version_spoke():
    last, first = (
        route(kind="general", on=day, rules=shipped_rules()) for day in (date(2024, 12, 31), date(2025, 1, 1))
    )

    assert (last.rule, first.rule) == ("routing wbni-2021", "routing merged-2025")


def test_a_day_before_all_rules_goes_to_a_person():
    verdict = route(kind="general", on=date(2018, 11, 8), rules=shipped_rules())

    assert verdict == Route(None, "routing none", "no rules hold on this day: a person decides")


def test_the_last_day_of_rules_is_the_day_before_they_end():
    rules = read_rules([version("one", date(2020, 1, 1), date(2021, 1, 1), [GENERAL])])

    assert route(kind="general", on=date(2020, 12, 31), rules=rules).team == "ours"
    assert route(kind="general", on=date(2021, 1, 1), rules=rules).team is None


@pytest.mark.parametrize("until", [None, date(2021, 1, 2)])
def test_two_versions_that_hold_on_the_same_day_are_refused(until):
    with pytest.raises(RuleError, match=r"one and two hold on the same day\. End one first"):
        read_rules([version("two", date(2021, 1, 1), None), version("one", date(2020, 1, 1), until)])


def test_versions_that_follow_each_other_to_the_day_are_taken_in_any_order():
    rules = read_rules([version("two", date(2021, 1, 1), None), version("one", date(2020, 1, 1), date(2021, 1, 1))])

    assert {one.version for one in rules} == {"one", "two"}


@pytest.mark.parametrize("wrong", [{"kind": "bakery"}, {"team": "theirs"}])
def test_a_rule_for_a_kind_or_a_team_that_does_not_exist_is_refused(wrong):
    with pytest.raises(RuleError, match="does not exist"):
        read_rules([version("one", date(2020, 1, 1), None, [GENERAL | wrong])])


@pytest.mark.parametrize("missing", ["version", "from", "to", "teams", "rules"])
def test_a_version_that_lacks_a_part_is_refused_and_the_part_is_named(missing):
    entry = version("one", date(2020, 1, 1), None)
    del entry[missing]

    with pytest.raises(RuleError, match=missing):
        read_rules([entry])


def test_a_verdict_can_not_be_changed_afterwards():
    one = route(kind="general", on=date(2026, 11, 24), rules=shipped_rules())

    assert replace(one, team="other").team == "other"
    with pytest.raises(AttributeError):
        one.team = "other"
