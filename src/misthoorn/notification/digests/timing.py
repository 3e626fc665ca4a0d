"""How soon a contact is told: at once, later, together with others, or not. Pure: wishes and facts in, a moment out.

What is urgent, exploited or shows compromise is told at once, whatever anybody wished and whatever a rule says.
Hours are those of Europe/Amsterdam. An hour that the clock skips in spring is as much later as the clock jumped; of an
hour that comes twice in autumn the first one counts.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from misthoorn.common.clock import AMSTERDAM
from misthoorn.constituency.facts import NO_WISH, PreferenceFacts
from misthoorn.constituency.vocabulary import SEVERITIES
from misthoorn.notification.digests.aggregation import INTERVALS, Rule, RuleSet, rules_on

PREFERENCE = "preference"  # why something is not told: its recipient wished so
LONGEST = max(INTERVALS.values()) + timedelta(days=1)  # further back no last mail holds anything up
_SEVERE = ("urgent", "high")
_COMPROMISED = ("malicious-code", "intrusions")  # classes of RSIT
_SHOWING_COMPROMISE = ("compromised", "infected")  # kinds of text
_EXPLOITED = "exploited"  # the same


class How(StrEnum):
    AT_ONCE = "at_once"
    LATER = "later"
    GATHERED = "gathered"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Timing:
    """`at`: not before then, of what waits. `because` keeps what decided it, with the version of the rules."""

    how: How
    at: datetime | None = None
    because: str = ""


AT_ONCE = Timing(How.AT_ONCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is told: what it wished, whether it is an owner of networks, and when a mail last went there."""

    wish: PreferenceFacts = NO_WISH
    network_owner: bool = False
    last_mail: datetime | None = None


def is_pressing(*, severity: str, exploited: bool, text: str, rsit: Collection[str]) -> bool:
    """Whether nothing may hold this back: it is urgent, exploited, or shows compromise, by its text or its RSIT class.

    `text` is the name of what it is told with ("compromised/system"), `rsit` "class/type" of each finding.
    """
    kind = text.partition("/")[0]
    if severity == "urgent" or exploited or kind == _EXPLOITED or kind in _SHOWING_COMPROMISE:
        return True
    return any(one.partition("/")[0] in _COMPROMISED for one in rsit)


def timing(
    *, severity: str, pressing: bool, recipient: Recipient, now: datetime, versions: tuple[RuleSet, ...]
) -> Timing:
    """When this recipient is told something of this severity. `pressing`: `is_pressing` said so."""
    if pressing or severity == "urgent":
        return AT_ONCE
    rules = rules_on(now.astimezone(AMSTERDAM).date(), versions=versions)
    wish = recipient.wish
    if not recipient.network_owner and _unwanted(severity, wish):
        return Timing(How.NOT, because=PREFERENCE)
    for rule in rules.rules if rules else ():
        if not _fits(rule, recipient):
            continue
        at = _gathered_until(rule, recipient, now) if severity in rule.waits else None
        if rules and at is not None:
            waits = at if recipient.network_owner else _out_of_quiet_hours(at, wish)
            return Timing(How.GATHERED, waits, f"{rule.template}: {rules.version}, {rule.recipient}, {rule.interval}")
        break
    at = _out_of_quiet_hours(now, wish)
    return Timing(How.LATER, at) if at > now else AT_ONCE


def _unwanted(severity: str, wish: PreferenceFacts) -> bool:
    if wish.preset == "severe" and severity not in _SEVERE:
        return True
    return SEVERITIES.index(severity) > SEVERITIES.index(wish.floor)


def _fits(rule: Rule, recipient: Recipient) -> bool:
    return (
        rule.recipient == "anyone"
        or (rule.recipient == "network_owner" and recipient.network_owner)
        or (rule.recipient == "digest" and recipient.wish.preset == "digest")
    )


def _gathered_until(rule: Rule, recipient: Recipient, now: datetime) -> datetime | None:
    """When what waits by this rule is told; None where nothing has to be waited for."""
    if rule.interval == "preference":
        return next_digest(recipient.wish, now=now)
    if rule.hour is not None:
        return _next(rule.hour, now=now)
    interval, last = INTERVALS[rule.interval], recipient.last_mail
    if last is None or last + interval <= now:
        return None
    return min(last, now) + interval  # a last mail in the future is a clock that went back


def next_digest(wish: PreferenceFacts, *, now: datetime) -> datetime:
    """The first moment after this one at which a digest goes to this contact, whatever its quiet hours."""
    return _next(wish.hour, now=now, weekday=wish.weekday if wish.digest == "week" else None)


def _next(hour: int, *, now: datetime, weekday: int | None = None) -> datetime:
    today = now.astimezone(AMSTERDAM).date()
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        at = datetime.combine(day, time(hour), AMSTERDAM).astimezone(UTC)
        if at > now and weekday in (None, day.weekday()):
            return at
    raise AssertionError("not reached: a week has every weekday")


def _out_of_quiet_hours(at: datetime, wish: PreferenceFacts) -> datetime:
    """This moment, or when the quiet hours that it lies in end. Quiet hours without length are none."""
    begin, end = wish.quiet_from, wish.quiet_to
    if begin is None or end is None or not _is_quiet(at, begin, end):
        return at
    today = at.astimezone(AMSTERDAM).date()
    ends = (
        datetime.combine(today + timedelta(days=ahead), end, AMSTERDAM).replace(fold=fold).astimezone(UTC)
        for ahead in range(3)
        for fold in (0, 1)
    )
    return min(one for one in ends if one > at and not _is_quiet(one, begin, end))


def _is_quiet(at: datetime, begin: time, end: time) -> bool:
    clock = at.astimezone(AMSTERDAM).time()
    return begin <= clock < end if begin <= end else clock >= begin or clock < end
