"""What is told next of a warning that arrived. Pure: facts in, one verdict out.

The order of the questions is that of their weight: a warning that was wrong needs no reminder, what got worse is told
before a reminder, and a reminder is only due while it is still seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from misthoorn.notification.compose.facts import SEVERITIES, Severity
from misthoorn.notification.compose.kinds import Change
from misthoorn.triage.follow_up.rules import RuleSet

FOLLOWING = "following-1"  # the version of this file's rules
SOON, USUAL = timedelta(hours=1), timedelta(hours=6)  # until the next look, on its way and after it arrived
GIVE_UP = timedelta(days=40)  # what did not arrive in this time does not: letters wait 30 days
NEWS_FOR = timedelta(days=30)  # what became known longer ago is no news

type Act = Literal["nothing", "remind", "otherwise", "update", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingNow:
    """A finding of the notice as it is now.

    `last_seen` is None of a product: it holds as long as it is open. `absent`: it is gone because deliveries that
    covered it did not show it. `told_again`: a newer warning told of it. `fixed`: of its product a version without the
    hole became known, and when.
    """

    id: int
    open: bool
    last_seen: datetime | None = None
    absent: bool = False
    told_again: bool = False
    fixed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What became known of an advisory: exploited, worse, withdrawn or back. `replaced`: it goes on under another
    number, which is no news.
    """  # noqa: D205  one thought

    what: str
    at: datetime
    replaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A warning that went out, and all that is known of it since.

    `severity` is the worst that was told; `severity_now` what the advisory is now, "" of an event. `known_until`: what
    was known then stood in the last text, or a person decided on it. `said`: occasions that were told, or kept back.
    `reminded`: when, the first one first. `waits`: nothing may be told, since the campaign is stopped; `news_waits`: no
    news, since a person has to say yes to some.
    """

    severity: Severity
    severity_now: Severity | Literal[""] = ""
    told_at: datetime | None
    created_at: datetime
    known_until: datetime
    on_its_way: bool = False
    findings: tuple[FindingNow, ...]
    answers: tuple[tuple[str, datetime], ...] = ()
    reminded: tuple[datetime, ...] = ()
    news: tuple[News, ...] = ()
    said: frozenset[str] = frozenset()
    gone_told: bool = False
    corrected: bool = False
    waits: bool = False
    news_waits: bool = False
    wants_reminders: bool = True
    wants_good_news: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is told now, of which findings; why; and when to look again (None: nothing follows any more)."""

    act: Act
    because: str
    look_at: datetime | None
    occasion: str = ""
    change: Change | None = None
    severity: Severity | None = None
    findings: tuple[int, ...] = ()


def decide(told: Told, *, rules: RuleSet | None, fresh: timedelta, now: datetime) -> Verdict:
    """What follows on this warning now. `fresh`: what was seen longer ago is no longer told of."""
    told_at = told.told_at
    if told.corrected or told.waits or told_at is None:
        return _not_now(told, now=now)
    update = None if told.news_waits else _update(told, now=now)
    if update is not None:
        return update
    mine = [one for one in told.findings if not one.told_again]
    if not mine:
        return _nothing("told-again", None)
    if not any(one.open for one in mine):
        return _gone(told, mine)
    return _reminder(told, mine, told_at=told_at, rules=rules, fresh=fresh, now=now)


def _not_now(told: Told, *, now: datetime) -> Verdict:
    if told.corrected:
        return _nothing("corrected", None)
    if told.waits:
        return _nothing("stopped", now + USUAL)
    waits = told.on_its_way and now - told.created_at < GIVE_UP
    return _nothing("not-arrived", now + SOON if waits else None)


def _nothing(because: str, look_at: datetime | None) -> Verdict:
    return Verdict(act="nothing", because=because, look_at=look_at)


def _update(told: Told, *, now: datetime) -> Verdict | None:
    """The weightiest thing that became known since the last text, if it was not said before."""
    for change, severity, findings in _changes(told, now=now):
        occasion = f"{change}:{severity}" if change == "worse" else change
        if occasion not in told.said:
            return Verdict(
                act="update",
                because=change,
                look_at=now,
                occasion=occasion,
                change=change,
                severity=severity,
                findings=findings,
            )
    return None


def _changes(told: Told, *, now: datetime) -> Iterator[tuple[Change, Severity, tuple[int, ...]]]:
    if told.findings and all(one.told_again for one in told.findings):
        return  # who got the newer warning hears of it there
    since = max(told.known_until, now - NEWS_FOR)
    news = [one for one in told.news if one.at > since]
    last = next((one for one in reversed(told.news) if one.what in {"withdrawn", "back"}), None)
    if last is not None and last.what == "withdrawn":
        if last.at > since and not last.replaced:
            yield "withdrawn", told.severity, ()
        return
    open_ = tuple(one.id for one in told.findings if one.open and not one.told_again)
    if not open_:
        return
    now_worse = bool(told.severity_now) and _worse(told.severity, told.severity_now or "information")
    worst: Severity = told.severity_now if now_worse and told.severity_now else told.severity
    what = {one.what for one in news}
    if "exploited" in what:
        yield "exploited", worst, open_
    if "worse" in what and now_worse:
        yield "worse", worst, open_
    fixed = tuple(one.id for one in told.findings if one.id in open_ and one.fixed and one.fixed > since)
    if fixed:
        yield "fixed_version", worst, fixed


def _worse(before: Severity, after: Severity) -> bool:
    return SEVERITIES.index(after) < SEVERITIES.index(before)


def _gone(told: Told, mine: Sequence[FindingNow]) -> Verdict:
    """All is gone. Only what deliveries looked for and did not see is good news."""
    absent = tuple(one.id for one in mine if one.absent)
    if not absent:
        return _nothing("ended-otherwise", None)
    if told.gone_told:
        return _nothing("gone-told", None)
    if not told.wants_good_news:
        return _nothing("unwanted", None)
    return Verdict(act="gone", because="covered-absence", look_at=None, occasion="gone", findings=absent)


def _reminder(
    told: Told,
    mine: Sequence[FindingNow],
    *,
    told_at: datetime,
    rules: RuleSet | None,
    fresh: timedelta,
    now: datetime,
) -> Verdict:
    later = now + USUAL
    steps = rules.severities[told.severity].waits if rules else ()
    step = len(told.reminded)
    if rules is None or step >= len(steps):
        return _nothing("no-step-left" if steps else "no-reminder-for-this", later)
    if told.answers:
        answer, at = told.answers[-1]
        if now < at + rules.quiet_after.get(answer, timedelta()):
            return _nothing(f"answered:{answer}", later)
    if not told.wants_reminders and told.severity != "urgent":
        return _nothing("unwanted", later)
    last_word = max(told_at, *told.reminded) if told.reminded else told_at
    due = last_word + steps[step]
    if now < due:
        return _nothing("not-yet", min(due, later))
    seen = tuple(one.id for one in mine if _seen_since(one, last_word + rules.seen_again_after, oldest=now - fresh))
    if not seen:
        return _nothing("not-seen-since", later)
    return Verdict(
        act="remind" if step == 0 else "otherwise",
        because=rules.version,
        look_at=later,
        occasion=str(step + 1),
        severity=told.severity,
        findings=seen,
    )


def _seen_since(one: FindingNow, since: datetime, *, oldest: datetime) -> bool:
    return one.open and (one.last_seen is None or (one.last_seen >= since and one.last_seen >= oldest))
