"""How calls end, and when the next try is. Pure; the outcomes themselves are data, beside this file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Literal, cast

import yaml

from misthoorn.common.clock import AMSTERDAM

type Does = Literal["hand_over", "again", "try", "wrong", "next", "stop"]

MOST_TRIES = 3  # on different parts of a day; then another way is taken
LATEST = timedelta(days=14)  # of a time at which somebody wants to be called back
_NOON, _EVENING = 12, 17
_MORNING_AT, _AFTERNOON_AT = time(9), time(13)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """`does`: what follows, as the file of outcomes explains. `names`: the words for people, by language."""

    code: str
    does: Does
    names: Mapping[str, str]


@cache
def outcomes() -> Mapping[str, Outcome]:
    """All ways in which a call can end, in the order in which they are offered."""
    file = resources.files("misthoorn.notification.channels.telephone") / "outcomes.yaml"
    read = yaml.safe_load(file.read_text("utf-8"))
    return {
        code: Outcome(code, cast("Does", one["does"]), {language: one[language] for language in ("nl", "en")})
        for code, one in read.items()
    }


def part_of_day(at: datetime) -> tuple[int, str]:
    """The day, and whether it is morning, afternoon or evening there where people are called."""
    here = at.astimezone(AMSTERDAM)
    part = "morning" if here.hour < _NOON else "afternoon" if here.hour < _EVENING else "evening"
    return here.toordinal(), part


def is_enough(tries: Iterable[datetime]) -> bool:
    """Whether it was tried on so many different parts of days that another way is better."""
    return len({part_of_day(at) for at in tries}) >= MOST_TRIES


def next_try(after: datetime, *, urgent: bool) -> datetime:
    """The beginning of the next part of a day on which people are called; only for what is urgent also at weekends."""
    here = after.astimezone(AMSTERDAM)
    day = here.date()
    if here.time() < time(_NOON):
        return datetime.combine(day, _AFTERNOON_AT, AMSTERDAM)
    day += timedelta(days=1)
    while day.weekday() >= _SATURDAY and not urgent:
        day += timedelta(days=1)
    return datetime.combine(day, _MORNING_AT, AMSTERDAM)
