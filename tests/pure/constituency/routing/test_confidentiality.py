from datetime import date

import pytest

from misthoorn.constituency.routing.confidentiality import (
    ConditionError,
    conditions_on,
    confirmation,
    read_conditions,
    shipped_conditions,
)

LAW, DAY_BEFORE = date(2026, 8, 15), date(2026, 8, 14)
ONE = {"name": "task", "ground": "law 1", "en": "Needed.", "nl": "Nodig."}
VERSION = {"version": "a", "from": date(2026, 1, 1), "to": None, "conditions": [ONE]}


def test_four_conditions_are_asked_from_the_day_of_the_law_each_in_both_languages_with_its_place_in_it():
    assert conditions_on(DAY_BEFORE) == ()
    asked = conditions_on(LAW)
    assert [one.ground for one in asked] == [f"Cbw art. 66, {letter}" for letter in "abcd"]
    assert all(one.text["nl"] and one.text["en"] for one in asked)


def test_what_is_kept_names_the_version_and_every_condition_and_without_a_law_nothing():
    names = [one.name for one in conditions_on(LAW)]

    assert confirmation(names, on=LAW) == f"cbw-66: {', '.join(names)}"
    assert confirmation((), on=DAY_BEFORE) == ""


def test_a_condition_that_is_not_confirmed_is_named_and_one_that_nobody_asked_counts_for_nothing():
    names = [one.name for one in shipped_conditions()[-1].each]
    for missing in names:
        with pytest.raises(ConditionError, match=rf": {missing}: "):
            confirmation(["other", *(name for name in names if name != missing)], on=LAW)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([{**VERSION, "conditions": [{"name": "task"}]}], "lacks 'ground'"),
        ([{"version": "a"}], "lacks 'from'"),
        ([VERSION, {**VERSION, "version": "b", "from": date(2026, 6, 1)}], "a and b hold on the same day"),
    ],
)
def test_conditions_that_can_not_hold_are_refused(data, words):
    with pytest.raises(ConditionError, match=words):
        read_conditions(data)
