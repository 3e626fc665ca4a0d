"""The one clock. Code that decides takes `now` as an argument; the shells around it ask here."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

_offset = timedelta()


def now() -> datetime:
    """The present moment in UTC, plus the offset that a test or the demo has set."""
    return datetime.now(UTC) + _offset


def end_of(day: date) -> datetime:
    """The moment at which this day is over in the Netherlands: what holds until a day holds on that day too."""
    return datetime.combine(day + timedelta(days=1), time(), AMSTERDAM)


def last_day(end: datetime) -> date:
    """The last day in the Netherlands on which something holds that is over at this moment."""
    return (end - timedelta(microseconds=1)).astimezone(AMSTERDAM).date()


def offset() -> timedelta:
    """What is added to the machine's and the database's clock; zero but in tests and in the demo."""
    return _offset


def set_offset(value: timedelta) -> None:
    """Move the clock of this process. Only tests and the demo do so."""
    global _offset  # noqa: PLW0603  the one clock of a process is one value
    _offset = value
