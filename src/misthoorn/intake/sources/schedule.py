"""When a source is asked: `every 15m`, `daily 06:30` or `weekly mon 06:30`, by the clock of Amsterdam. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from misthoorn.common.clock import AMSTERDAM

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=31)
_EVERY = re.compile(r"every ([1-9][0-9]{0,4})([mhd])")
_CLOCK = re.compile(r"(?:daily|weekly (mon|tue|wed|thu|fri|sat|sun)) ([01][0-9]|2[0-3]):([0-5][0-9])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
TAKES = "A schedule is `every 15m`, `every 6h`, `daily 06:30` or `weekly mon 06:30`"


class ScheduleError(ValueError):
    """Words that are no schedule; the sentence says what one looks like."""


@dataclass(frozen=True, slots=True)
class Every:
    """Each time after so long, counted from the time before."""

    interval: timedelta

    def after(self, last: datetime, *, now: datetime) -> datetime:
        """The first time after `now`, whole intervals from the `last` one: what was missed is not made up for."""
        if last > now:
            return last
        return last + self.interval * ((now - last) // self.interval + 1)


@dataclass(frozen=True, slots=True)
class AtClock:
    """At this time of the day; `day` 0 is Monday, None every day.

    A time that the clock leaps over comes as much later as it leaps; one that it shows twice is the first.
    """

    at: time
    day: int | None = None

    def after(self, last: datetime, *, now: datetime) -> datetime:  # noqa: ARG002  as `Every` has it
        """The first such time after `now`."""
        here = now.astimezone(AMSTERDAM).date()
        for ahead in range(9):
            date = here + timedelta(days=ahead)
            moment = datetime.combine(date, self.at, AMSTERDAM).astimezone(UTC)
            if moment > now and self.day in {None, date.weekday()}:
                return moment
        raise AssertionError  # one of nine days in a row is each day of the week


type Schedule = Every | AtClock


def read_schedule(text: str) -> Schedule:
    """What these words mean.

    Raises:
        ScheduleError: they are none.
    """
    tidy = " ".join(text.lower().split())
    if found := _EVERY.fullmatch(tidy):
        interval = timedelta(**{_UNITS[found[2]]: int(found[1])})
        if SHORTEST <= interval <= LONGEST:
            return Every(interval)
        raise ScheduleError(f"{TAKES}; at most every minute and at least every 31 days.")
    if found := _CLOCK.fullmatch(tidy):
        return AtClock(time(int(found[2]), int(found[3])), DAYS.index(found[1]) if found[1] else None)
    raise ScheduleError(f"{TAKES}, not '{text[:60]}'.")


def longest_gap(schedule: Schedule) -> timedelta:
    """The longest time between two ticks, but for the changes of the clock."""
    if isinstance(schedule, Every):
        return schedule.interval
    return timedelta(days=1) if schedule.day is None else timedelta(days=7)
