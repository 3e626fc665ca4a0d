"""When a source is asked, also on the two days a year on which the clock is changed."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.common.clock import AMSTERDAM
from misthoorn.intake.sources.schedule import AtClock, Every, ScheduleError, longest_gap, read_schedule

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # a Tuesday


def ticks(words, *, since, count):
    """The next moments after `since`, as a worker that is never late would fire them."""
    schedule, found, last = read_schedule(words), [], since
    for _ in range(count):
        last = schedule.after(last, now=last)
        found.append(last)
    return found


def here(moments):
    return [f"{one.astimezone(AMSTERDAM):%d %H:%M}" for one in moments]


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("every 15m", Every(timedelta(minutes=15))),
        ("every 6h", Every(timedelta(hours=6))),
        ("  Every   1d ", Every(timedelta(days=1))),
    ],
)
def test_an_interval_is_read_however_it_is_spaced(words, meaning):
    assert read_schedule(words) == meaning


@pytest.mark.parametrize(
    "words",
    [
        "",
        "often",
        "every 0m",
        "every 32d",
        "every 15 m",
        "every 1s",
        "daily",
        "daily 6:30",
        "daily 24:00",
        "daily 06:60",
        "weekly 06:30",
        "weekly monday 06:30",
        "weekly mon",
        "every 99999m",
        "every ١٥m",
        "daily 06:30; rm",
        "cron * * *",
    ],
)
def test_words_that_are_no_schedule_are_refused_with_what_one_looks_like(words):
    with pytest.raises(ScheduleError, match="every 15m"):
        read_schedule(words)


def test_a_daily_time_is_that_of_the_clock_on_the_wall_in_summer_and_in_winter():
    assert here(ticks("daily 06:30", since=datetime(2026, 3, 27, 12, tzinfo=UTC), count=3)) == [
        "28 06:30",
        "29 06:30",
        "30 06:30",
    ]
    assert here(ticks("daily 06:30", since=datetime(2026, 10, 23, 12, tzinfo=UTC), count=3)) == [
        "24 06:30",
        "25 06:30",
        "26 06:30",
    ]


def test_a_time_that_the_clock_leaps_over_in_spring_still_comes_once_that_day():
    found = ticks("daily 02:30", since=datetime(2026, 3, 28, 12, tzinfo=UTC), count=2)

    assert here(found) == ["29 03:30", "30 02:30"]


def test_a_time_that_the_clock_shows_twice_in_autumn_comes_once():
    found = ticks("daily 02:30", since=datetime(2026, 10, 24, 12, tzinfo=UTC), count=2)

    assert found == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 26, 1, 30, tzinfo=UTC)]


def test_an_interval_takes_no_notice_of_the_clock_on_the_wall():
    for day in (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)):
        found = ticks("every 6h", since=day, count=4)
        assert {b - a for a, b in itertools.pairwise(found)} == {timedelta(hours=6)}


def test_a_week_has_one_monday_also_when_the_clock_changes_on_the_sunday_before():
    assert here(ticks("weekly mon 06:30", since=NOW, count=2)) == ["30 06:30", "07 06:30"]
    assert here(ticks("weekly sun 02:30", since=datetime(2026, 3, 23, tzinfo=UTC), count=2)) == ["29 03:30", "05 02:30"]


def test_what_was_missed_while_nobody_worked_fires_once_and_not_for_each_time():
    schedule = read_schedule("every 15m")

    assert schedule.after(NOW, now=NOW + timedelta(hours=10, minutes=1)) == NOW + timedelta(hours=10, minutes=15)


@given(
    st.integers(1_704_067_200, 1_893_456_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(
        ["every 1m", "every 7h", "every 31d", "daily 00:00", "daily 02:00", "daily 02:59", "weekly sun 02:30"]
    ),
)
def test_the_next_time_is_always_ahead_and_within_the_gap_and_the_change_of_the_clock(now, words):
    schedule = read_schedule(words)
    after = schedule.after(now, now=now)

    assert now < after <= now + longest_gap(schedule) + timedelta(hours=1)
    if isinstance(schedule, AtClock):
        assert after.astimezone(AMSTERDAM).minute == schedule.at.minute
