"""Ranges that are per branch. The records have the shape of real ones; what they say is made up."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registries import product, said

from misthoorn.matching import versions
from misthoorn.matching.statements.branches import MAX_BRANCHES
from misthoorn.matching.statements.spans import range_of, read_statements


def below(*ends, low="", inclusive=False):
    return [said(low, end, high_inclusive=inclusive) for end in ends]


def verdict(version, statements, *, default="unaffected"):
    """ "affected", "likely" or "" for a version, as the ranges of a product say."""
    point = versions.key("generic", version) + b"\x01"
    found = ""
    for one in read_statements(product("acme", "thing", statements=tuple(statements), default=default), first=0).said:
        span, reason = range_of("generic", one.span)
        assert span, reason
        if one.status == "affected" and span.lo <= point <= span.hi:
            found = "affected" if one.stated or found == "affected" else "likely"
    return found


def verdicts(statements, table):
    return {version: verdict(version, statements) for version in table}


def test_a_version_of_another_branch_is_not_affected():
    table = {
        "9": "affected",
        "12.6.8": "affected",
        "12.7": "",
        "12.9": "",
        "13.0": "affected",
        "13.5": "affected",
        "13.6": "",
        "13.7.8": "",
        "14.0": "affected",
        "14.1": "",
        "15": "",
    }
    assert verdicts(below("14.1", "12.7", "13.6"), table) == table


def test_branches_that_nobody_names_are_likely():
    table = {"8.0.39": "affected", "8.0.40": "", "8.2.0": "likely", "8.3.9": "likely", "8.4.0": "affected"}
    table |= {"8.4.2": "affected", "8.4.3": "", "8.6": "likely", "9.0.1": "affected", "9.0.2": "", "9.1": ""}
    assert verdicts(below("8.0.39", "8.4.2", "9.0.1", inclusive=True), table) == table


def test_an_end_that_is_the_start_of_its_branch_adds_nothing():
    table = {"14.6": "affected", "14.7": "", "14.8": "", "15": "", "15.1": ""}
    assert verdicts(below("14.7", "15"), table) == table


@pytest.mark.parametrize(
    ("ends", "affected"),
    [
        (("10.0.20348.2458", "10.0.20348.2461"), "10.0.20348.2459"),
        (("24.002.20964", "24.002.20991"), "24.002.20970"),
        (("7270", "7271"), "7270"),
        (("8.0", "8.0.39"), "8.0.5"),
        (("utah_patch_10_hot_fix_3", "vancouver_patch_10"), "utah_patch_11"),
    ],
)
def test_ends_that_differ_in_the_last_number_or_in_words_stay_one_range(ends, affected):
    assert verdict(affected, below(*ends)) == "affected"
    assert verdict(ends[1], below(*ends)) == ""


@pytest.mark.parametrize(
    ("ends", "fixed", "affected"),
    [
        (("2.4.4-p9", "2.4.5-p8"), "2.4.4-p10", "2.4.5-p7"),
        (("2022.04.6", "2022.10.5", "2023.05.5"), "2022.10.6", "2023.05.1"),
        (("V16 Update 7", "V17 Update 2"), "V16 Update 8", "V17 Update 1"),
        (("470.256.02", "535.183.01"), "470.300", "535.100"),
        (("115.16.1", "128.3.1"), "115.17.0", "128.2.0"),
        (("8.10.0.12", "8.12.0.1"), "8.10.0.13", "8.12.0.0"),
    ],
)
def test_branches_are_told_by_as_much_of_the_version_as_is_needed(ends, fixed, affected):
    assert verdict(fixed, below(*ends)) == ""
    assert verdict(affected, below(*ends)) == "affected"


def test_ranges_with_a_start_of_their_own_are_read_as_they_stand():
    fortinet = [
        said("7.2.0", "7.2.4", high_inclusive=True),
        said("7.0.0", "7.0.11", high_inclusive=True),
        said("6.4.0", "6.4.12", high_inclusive=True),
    ]
    table = {"6.2.9": "", "6.4.0": "affected", "6.4.13": "", "7.0.11": "affected", "7.0.12": "", "7.1": "", "7.2.5": ""}
    assert verdicts(fortinet, table) == table
    table = {"23.4R1": "affected", "23.4R1-S1": "affected", "23.4R1-S2": "", "23.4R1-S4": "", "23.4R2": "", "23.2": ""}
    assert verdicts(below("23.4R1-S2", "23.4R2", low="23.4"), table) == table
    junos = [*below("20.4R3-S8"), said("21.1", "21.1R3"), said("21.2", "21.2R3-S6")]
    table = {"20.4R3-S7": "affected", "20.4R3-S8": "", "21.1R2": "affected", "21.1R3-S1": "", "21.2R3-S5": "affected"}
    assert verdicts(junos, table) == table


def test_single_versions_of_a_train_stay_what_they_are():
    trains = [said(one, one, high_inclusive=True) for one in ("15.2(2)E", "15.2(7)E3", "16.12.4", "17.3.1a")]
    table = {"15.2(2)E": "affected", "15.2(2)E1": "", "16.12.5": "", "17.3.1a": "affected", "17.3.1": ""}
    assert verdicts(trains, table) == table


def test_a_build_of_windows_begins_at_the_build():
    table = {"10.0.17763.1": "affected", "10.0.17763.5121": "affected", "10.0.17763.5122": "", "10.0.17134.9": ""}
    assert verdicts([said("10.0.0", "10.0.17763.5122")], table) == table
    shared = [said("10.0.0", "10.0.17763.2237"), said("10.0.0", "10.0.19041.1288")]
    table = {"10.0.17763.2000": "affected", "10.0.17763.2300": "", "10.0.18363.5": "", "10.0.19041.1": "affected"}
    assert verdicts(shared, table) == table
    assert verdict("10.0.5", [said("10.0.0", "10.0.9")]) == "affected"


def test_a_start_and_the_end_behind_it_are_one_range():
    old = [said("", "8.13.14"), said("8.14.0", "", high_inclusive=True), said("", "8.19.0")]
    table = {"8.13.13": "affected", "8.13.14": "", "8.13.20": "", "8.14.0": "affected", "8.18.9": "affected"}
    assert verdicts(old, table | {"8.19.0": "", "9": ""}) == table | {"8.19.0": "", "9": ""}
    assert verdict("99", [said("8.0", "", high_inclusive=True), said("", "7.0")]) == "affected"


def test_a_series_of_many_models_is_not_taken_for_branches():
    many = below(*(f"{number}.5.1" for number in range(1, MAX_BRANCHES + 2)))
    assert verdict("1.6", many) == "affected"
    assert verdict("1.6", many[:-1]) == ""


def test_thousands_of_ends_take_no_time():
    started = time.process_time()
    read_statements(product("a", "b", statements=tuple(below(*(f"{n}.1" for n in range(5_000))))), first=0)
    assert time.process_time() - started < 2


def test_only_what_is_said_to_be_affected_is_cut():
    holes = [said("", end, status="unaffected") for end in ("1.5", "2.5")]
    assert [one.span.high for one in read_statements(product("a", "b", statements=tuple(holes)), first=0).said] == [
        "1.5",
        "2.5",
    ]


numbers = st.integers(0, 3).map(str)
ends = st.lists(numbers, min_size=1, max_size=4).map(".".join)


@given(st.lists(ends, min_size=1, max_size=6), st.lists(numbers, min_size=1, max_size=4).map(".".join), st.booleans())
def test_branches_never_add_a_version_and_never_lose_one_that_is_below_every_end(some, version, inclusive):
    statements = below(*some, inclusive=inclusive)
    plain = [verdict(version, [statement]) for statement in statements]
    found = verdict(version, statements)
    assert not found or "affected" in plain
    if set(plain) == {"affected"}:
        assert found == "affected"
