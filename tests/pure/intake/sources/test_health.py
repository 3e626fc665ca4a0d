"""What is unusual: silence, and a delivery of another size than the ones before it."""

from datetime import timedelta

import pytest
from cast import NOW
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.intake.sources.health import FEWEST, FLOOR, LAST, Unusual, health_of, is_silent, judge


@pytest.mark.parametrize(
    ("rows", "kind"),
    [(100, None), (11, None), (10, "fewer"), (0, "fewer"), (1_099, None), (1_100, "more"), (50_000, "more")],
)
def test_90_percent_fewer_and_1000_percent_more_than_the_median_are_unusual(rows, kind):
    found = judge(rows, before=[100, 90, 110, 100])

    assert (found.kind if found else None) == kind


def test_the_median_does_not_mind_one_strange_delivery():
    assert judge(100, before=[100, 100_000, 100]) is None


def test_nothing_is_said_before_there_is_something_to_compare_with():
    assert judge(0, before=[1_000] * (FEWEST - 1)) is None
    assert judge(0, before=[1_000] * FEWEST) is not None


def test_only_the_last_deliveries_count():
    assert judge(50, before=[50] * LAST + [100_000] * 50) is None


def test_a_handful_of_rows_more_or_less_is_chance():
    assert judge(0, before=[3, 2, 3]) is None
    assert judge(40, before=[3, 2, 3]) is None
    assert judge(11 * FLOOR, before=[3, 2, 3]) == Unusual("more", 110, 3)


def test_the_sentence_names_both_figures():
    assert judge(2, before=[1_000] * 5).sentence() == (
        "far fewer rows than usual: 2, and the median of the last deliveries is 1,000"
    )


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), max_size=30))
def test_a_delivery_like_the_last_one_of_a_steady_source_is_never_unusual(rows, before):
    assert judge(rows, before=[rows, *[rows] * len(before)]) is None


def test_silence_is_measured_from_the_last_delivery_or_from_the_start():
    day = timedelta(hours=24)

    assert not is_silent(last=NOW, since=NOW - 9 * day, hours=24, now=NOW + day)
    assert is_silent(last=NOW, since=NOW - 9 * day, hours=24, now=NOW + day + timedelta(seconds=1))
    assert is_silent(last=None, since=NOW, hours=24, now=NOW + 2 * day)
    assert not is_silent(last=None, since=NOW, hours=None, now=NOW + 900 * day)


@pytest.mark.parametrize(
    ("paused", "delivered", "alarms", "word"),
    [
        (True, True, ["failing"], "paused"),
        (False, True, ["silent", "failing"], "failing"),
        (False, False, [], "new"),
        (False, False, ["silent"], "silent"),
        (False, True, ["silent", "fewer"], "silent"),
        (False, True, ["more"], "unusual"),
        (False, True, [], "delivering"),
    ],
)
def test_a_source_has_one_word_for_its_health_and_the_worst_goes_first(paused, delivered, alarms, word):
    assert health_of(paused=paused, delivered=delivered, alarms=alarms) == word
