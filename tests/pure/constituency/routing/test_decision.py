from dataclasses import replace
from datetime import date

import pytest

from misthoorn.common.dated import in_force
from misthoorn.constituency.routing.decision import (
    Route,
    RuleError,
    put_in_force,
    read_oktts,
    read_rules,
    route,
    shipped_oktts,
    shipped_rules,
    team_name,
)
from misthoorn.constituency.vocabulary import ORGANISATION_KINDS

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
@pytest.mark.parametrize("day", [date(2018, 11, 9), date(2024, 12, 31), date(2025, 1, 1), date(2026, 8, 14)])
def test_each_kind_of_organisation_has_its_team_and_an_unknown_one_goes_to_a_person(kind, team, day):
    assert route(kind=kind, on=day, rules=shipped_rules()).team == team


def test_every_kind_that_can_be_warned_has_a_rule_that_names_its_ground():
    for rule_set in shipped_rules():
        since_2026 = {"former_vital"} - {*rule_set.routes}
        assert set(rule_set.routes) == set(ORGANISATION_KINDS) - {"unknown", "team"} - since_2026
        assert all(one.ground for one in rule_set.routes.values())
    assert "former_vital" in shipped_rules()[-1].routes


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


TODAY = date(2026, 11, 24)
OKTTS = {
    "version": "oktt-test",
    "members": [
        {
            "team": "harbour",
            "name": "Havenhulp",
            "also": ["HH"],
            "from": date(2022, 12, 1),
            "to": date(2026, 1, 1),
            "ground": "law 2",
        }
    ],
}


@pytest.mark.parametrize(
    ("day", "team"),
    [
        (date(2022, 11, 30), "general"),
        (date(2022, 12, 1), "harbour"),
        (date(2025, 12, 31), "harbour"),
        (date(2026, 1, 1), "general"),
    ],
)
@pytest.mark.parametrize("name", ["Havenhulp", " havenhulp ", "HH"])
def test_a_member_of_another_organisation_with_that_task_goes_to_it_from_and_until_its_days(day, team, name):
    one = route(kind="general", on=day, rules=shipped_rules(), oktt=name, oktts=read_oktts(OKTTS))

    assert one.team == team
    assert one.rule.endswith(", oktt-test")
    assert (one.ground == "law 2") is (team == "harbour")


def test_a_membership_that_the_rules_do_not_know_goes_to_a_person():
    day = date(2025, 12, 31)
    one = route(kind="general", on=day, rules=shipped_rules(), oktt="Havenhulpp", oktts=read_oktts(OKTTS))

    assert (one.team, one.ground) == (None, "no organisation with that task has this name: a person decides")


def test_a_name_that_nobody_knows_changes_nothing_once_no_organisation_has_that_task():
    one = route(kind="general", on=date(2026, 1, 1), rules=shipped_rules(), oktt="Havenhulpp", oktts=read_oktts(OKTTS))

    assert (one.team, one.ground) == ("general", "Wbdwb")


@pytest.mark.parametrize("kind", ["vital", "health_care", "unknown"])
def test_a_membership_changes_nothing_for_who_has_a_team_of_its_own_or_is_not_known(kind):
    plain = route(kind=kind, on=TODAY, rules=shipped_rules())

    assert route(kind=kind, on=TODAY, rules=shipped_rules(), oktt="FERM") == plain


def test_every_organisation_with_that_task_is_found_by_its_name_and_has_a_ground_and_a_name_to_show():
    for one in set(shipped_oktts().members.values()):
        found = route(kind="general", on=DAY_BEFORE, rules=shipped_rules(), oktt=one.name)
        assert (found.team, found.ground) == (one.team, one.ground)
        assert team_name(found.team, on=DAY_BEFORE, rules=shipped_rules(), language="nl") == one.name


def test_two_organisations_with_that_task_of_one_name_are_refused():
    twice = OKTTS | {"members": [OKTTS["members"][0], OKTTS["members"][0] | {"team": "other"}]}

    with pytest.raises(RuleError, match="called 'Havenhulp'"):
        read_oktts(twice)


@pytest.mark.parametrize("missing", ["version", "members"])
def test_a_list_of_them_that_lacks_a_part_is_refused(missing):
    with pytest.raises(RuleError, match=missing):
        read_oktts({key: value for key, value in OKTTS.items() if key != missing})


LAW, DAY_BEFORE = date(2026, 8, 15), date(2026, 8, 14)


@pytest.mark.parametrize("kind", sorted({*ORGANISATION_KINDS} - {"team", "unknown"}))
def test_no_ground_of_a_day_since_the_new_law_names_the_old_one(kind):
    for day in (LAW, date(2026, 12, 6), date(2099, 1, 1)):
        found = route(kind=kind, on=day, rules=shipped_rules(), oktt="FERM")

        assert found.rule.startswith("routing cbw")
        assert found.team is not None
        assert "Wbni" not in found.ground


def test_until_the_day_of_the_new_law_the_old_one_holds():
    before, after = (route(kind="education", on=day, rules=shipped_rules()) for day in (DAY_BEFORE, LAW))

    assert (before.rule, before.team, before.ground) == ("routing merged-2025", "education", "Wbni art. 3(2)(c)")
    assert (after.rule, after.team) == ("routing cbw", "national")


def test_who_was_vital_and_is_no_entity_goes_to_the_national_team_since_that_day():
    before, after = (route(kind="former_vital", on=day, rules=shipped_rules()) for day in (DAY_BEFORE, LAW))

    assert before.team is None
    assert (after.team, after.ground) == ("national", "Cbw art. 96")


def test_who_warns_its_own_members_has_that_task_no_more_since_that_day():
    before, after = (route(kind="general", on=day, rules=shipped_rules(), oktt="FERM") for day in (DAY_BEFORE, LAW))

    assert before.team == "ferm"
    assert (after.team, after.rule) == ("general", "routing cbw, oktt-2")


def test_a_law_that_is_in_force_keeps_its_day_whatever_day_it_was_given_before():
    assert shipped_rules((("cbw", date(2027, 1, 1)),)) == shipped_rules()


def test_a_version_that_waits_gets_its_day_from_the_operator_and_what_held_ends_then():
    waiting = replace(shipped_rules()[-1], version="next", since=None)
    rules = put_in_force((*shipped_rules(), waiting), (("next", date(2027, 1, 1)),))

    before, after = (route(kind="vital", on=one, rules=rules) for one in (TODAY, date(2027, 1, 1)))

    assert before.rule == "routing cbw"
    assert in_force(rules, on=date(2027, 1, 1)).version == "next"
    assert after.team == "national"


@pytest.mark.parametrize(
    ("version_", "day", "words"),
    [("nis3", date(2027, 1, 1), "'nis3': next"), ("next", date(2024, 1, 1), "another version begins on that day")],
)
def test_a_day_for_a_version_that_is_not_there_or_that_comes_too_early_is_refused(version_, day, words):
    waiting = replace(shipped_rules()[-1], version="next", since=None)

    with pytest.raises(RuleError, match=words):
        put_in_force((*shipped_rules(), waiting), ((version_, day),))
