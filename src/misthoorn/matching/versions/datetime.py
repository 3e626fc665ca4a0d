"""Moments: RFC 3339, section 5.6, as the type `datetime` of https://github.com/package-url/vers-spec wants them.

Ordered by the moment itself: the offset from UTC is taken into account, a fraction may have any number of digits, and
a leap second (:60) comes after second 59 and before the next minute. A date without a time is refused, since nobody
says which moment of that day is meant.
"""

import datetime as dt
import re
from typing import NamedTuple

from misthoorn.matching.versions.encoding import VersionError, word

_SHAPE = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(?:\.([0-9]++))?+"
    r"(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)


class Moment(NamedTuple):
    minute: int  # in UTC, counted from two days before the year 1, so never negative
    second: int  # 0 to 60
    fraction: str  # digits, without zeros at the end


def parse(text: str) -> Moment:
    """Read a moment, already stripped and of bounded length.

    Raises:
        VersionError: it is not a moment of RFC 3339, or the day does not exist.
    """
    found = _SHAPE.fullmatch(text)
    try:
        day = dt.date(*map(int, found.group(1, 2, 3))).toordinal() if found else 0
    except ValueError:
        day = 0
    if not found or not day:
        raise VersionError(f"“{text}” is not a moment with its offset from UTC, as 2024-01-31T18:30:00Z (RFC 3339).")
    offset = (int(found[9]) * 60 + int(found[10])) * (-1 if found[8] == "-" else 1) if found[8] else 0
    minute = (day + 1) * 1440 + int(found[4]) * 60 + int(found[5]) - offset
    return Moment(minute, int(found[6]), (found[7] or "").rstrip("0"))


def compare(a: Moment, b: Moment) -> int:
    """-1, 0 or 1: how two parsed versions order, by the rules at the top of this file."""
    return (a > b) - (a < b)


def encode(moment: Moment) -> bytes:
    """The minute in five bytes, the second in one, the digits of the fraction, 00."""
    return moment.minute.to_bytes(5) + bytes((moment.second,)) + word(moment.fraction)
