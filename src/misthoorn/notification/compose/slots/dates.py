"""Moments in words, for a reader in the Netherlands and, where technicians read, in UTC."""

from datetime import UTC, datetime

from misthoorn.common.clock import AMSTERDAM
from misthoorn.notification.compose.errors import ComposeError
from misthoorn.notification.compose.templates.library import Words


def checked(moment: datetime) -> datetime:
    """The moment, if it says in which time zone it is."""
    if moment.tzinfo is None:
        raise ComposeError(f"The value 'seen' ({moment.isoformat()}) has no time zone. Hand it over in UTC.")
    return moment


def in_utc(moment: datetime) -> str:
    """As machines write it: 2026-11-23T01:02:03Z."""
    return checked(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_in_words(moment: datetime, *, words: Words) -> str:
    """The day in the Netherlands: 23 november 2026."""
    day = checked(moment).astimezone(AMSTERDAM)
    return f"{day.day} {words['months'][day.month - 1]} {day.year}"


def clock_in_words(moment: datetime, *, words: Words) -> str:
    """Day and time in the Netherlands."""
    return checked(moment).astimezone(AMSTERDAM).strftime(words["time"])
