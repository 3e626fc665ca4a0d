"""What one cell of a row means. These functions define it; the shortcuts over whole columns agree with them."""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import idna

if TYPE_CHECKING:
    from collections.abc import Callable

    from misthoorn.formats.values.schema import Clean

FUTURE_ALLOWED = timedelta(hours=1)  # clocks of sources run ahead, and some stamp a report when it is sent
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the feeds that exist; what says 1970 has no time
LONGEST_NAME = 253  # RFC 1035, as text
LONGEST_LABEL = 63
HIGHEST_PORT = 65_535
HIGHEST_ASN = 4_294_967_295

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))? ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)
_DIGITS = re.compile(r"[0-9]{1,10}")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")
_LAST_LABEL = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,127}")
_PROTOCOL = re.compile(r"[a-z0-9][a-z0-9.+/_-]{0,31}")


def time_check(now: datetime) -> "Callable[[str], Clean[datetime]]":
    """The check for times: a date and a time of day; without a zone it is UTC. Dates alone are refused."""
    latest = now + FUTURE_ALLOWED

    def check(text: str) -> "Clean[datetime]":
        text = text.strip()
        if not text:
            return None, "time-missing"
        match = _TIME.fullmatch(text) if len(text) <= LONGEST_NAME else None
        if match is None:
            return None, "time-invalid"
        day, clock, fraction, zone = match.groups()
        zone = "+00:00" if zone in {None, "Z", "UTC"} else zone
        try:
            moment = datetime.fromisoformat(f"{day}T{clock}{zone}").astimezone(UTC)
        except (ValueError, OverflowError):
            return None, "time-invalid"
        moment += timedelta(microseconds=int((fraction or "0").ljust(6, "0")[:6]))
        if moment < OLDEST:
            return None, "time-old"
        return (None, "time-future") if moment > latest else (moment, "")

    return check


def check_hostname(text: str) -> "Clean[str]":
    """A name of two labels or more in A-labels, lower case, without the last dot. Underscores are allowed."""
    name = text.strip().removesuffix(".")
    if not name:
        return (None, "hostname-invalid") if text.strip() else (None, "")
    if len(name) > LONGEST_NAME:
        return None, "hostname-invalid"
    try:
        # Of other letters UTS 46 alone knows the small ones: Python's Σ depends on its place, and its İ is two.
        name = name.lower() if name.isascii() else idna.uts46_remap(name, std3_rules=False)
        labels = [_a_label(label) for label in name.split(".")]
    except (idna.IDNAError, UnicodeError):
        return None, "hostname-invalid"
    fits = len(labels) > 1 and all(len(label) <= LONGEST_LABEL and _LABEL.fullmatch(label) for label in labels)
    name = ".".join(labels)
    if not fits or not _LAST_LABEL.fullmatch(labels[-1]) or len(name) > LONGEST_NAME:
        return None, "hostname-invalid"
    return name, ""


def _a_label(label: str) -> str:
    if not label.isascii():
        return idna.alabel(label).decode("ascii")
    if label.startswith("xn--"):
        idna.ulabel(label)
    return label


def check_port(text: str) -> "Clean[int]":
    """A port from 0 to 65535, or the code of the reason why not; an empty cell has none."""
    text = text.strip()
    if not text:
        return None, ""
    if not _DIGITS.fullmatch(text) or int(text) > HIGHEST_PORT:
        return None, "port-invalid"
    return int(text), ""


def check_asn(text: str) -> "Clean[int]":
    """An AS number with or without "AS" before it; 0 means that the source does not know it."""
    text = text.strip().upper().removeprefix("AS")
    if not text:
        return None, ""
    if not _DIGITS.fullmatch(text) or int(text) > HIGHEST_ASN:
        return None, "asn-invalid"
    return int(text) or None, ""


def check_protocol(text: str) -> "Clean[str]":
    """The protocol in small letters, or the code of the reason why not; an empty cell has none."""
    name = text.strip().lower()
    if not name:
        return None, ""
    return (name, "") if _PROTOCOL.fullmatch(name) else (None, "protocol-invalid")


def check_identifier(text: str) -> "Clean[str]":
    """What was seen, in the source's own short word; as written."""
    text = text.strip()
    if not text:
        return None, "identifier-missing"
    return (text, "") if _IDENTIFIER.fullmatch(text) else (None, "identifier-invalid")
