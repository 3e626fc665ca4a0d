from datetime import UTC, date, datetime, timedelta

from misthoorn.common import clock


def test_the_clock_says_what_the_machine_says_in_utc():
    before, said, after = datetime.now(UTC), clock.now(), datetime.now(UTC)

    assert before <= said <= after
    assert said.tzinfo is UTC


def test_an_offset_moves_the_clock_and_is_told_to_those_who_ask_the_database():
    clock.set_offset(timedelta(days=3))

    assert timedelta(days=3) <= clock.now() - datetime.now(UTC) + timedelta(seconds=5) < timedelta(days=3, seconds=6)
    assert clock.offset() == timedelta(days=3)


def test_one_test_does_not_move_the_clock_of_another():
    assert clock.offset() == timedelta()


def test_amsterdam_knows_summer_and_winter():
    summer = datetime(2026, 7, 1, 12, tzinfo=UTC).astimezone(clock.AMSTERDAM)
    winter = datetime(2026, 11, 24, 12, tzinfo=UTC).astimezone(clock.AMSTERDAM)

    assert (summer.hour, winter.hour) == (14, 13)


def test_what_holds_until_a_day_holds_on_that_day_too_as_people_have_it():
    end = clock.end_of(date(2026, 12, 31))

    assert end.astimezone(UTC) == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert clock.last_day(end) == date(2026, 12, 31)
    assert clock.last_day(end.astimezone(UTC)) == date(2026, 12, 31)


def test_a_day_on_which_the_clock_goes_back_is_over_at_midnight_too():
    assert clock.end_of(date(2026, 10, 25)) - clock.end_of(date(2026, 10, 24)) == timedelta(days=1)
    elapsed = clock.end_of(date(2026, 10, 25)).astimezone(UTC) - clock.end_of(date(2026, 10, 24)).astimezone(UTC)
    assert elapsed == timedelta(hours=25)
