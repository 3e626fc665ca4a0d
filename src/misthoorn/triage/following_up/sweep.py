"""One look at warnings that went out: a bounded piece, decided one by one, told where something follows.

Nothing is lost or doubled wherever it breaks off: a notice is written once for its occasion, whoever writes it, and
what a worker that died had in hand is given out again when its time is over.
"""

import logging
import time
from datetime import datetime, timedelta

from misthoorn.common.failpoints import failpoint
from misthoorn.intake import changes
from misthoorn.notification import following
from misthoorn.triage.assess import policy
from misthoorn.triage.following_up.decide import USUAL, Verdict, decide
from misthoorn.triage.following_up.facts import Case, cases_of
from misthoorn.triage.following_up.news import follow_changes, may_tell
from misthoorn.triage.following_up.rules import rules_on, shipped_rules
from misthoorn.triage.following_up.telling import tell
from misthoorn.triage.models import Campaign

PIECE = 200  # warnings in one look
AT_MOST = 1.0  # seconds for what is told in one look, so that other work gets its turn
LEASE = timedelta(minutes=10)  # for one piece

_log = logging.getLogger(__name__)


def sweep(*, now: datetime) -> bool:
    """Look at a piece of what is due, and at what advisories became; whether there was anything."""
    changed = follow_changes(now=now)
    taken = following.take_due(now=now, lease=LEASE, limit=PIECE)
    failpoint("following.taken")
    when: dict[int, datetime | None] = {one.id: now + USUAL for one in taken}  # what can't be looked at is, later
    end = time.monotonic() + AT_MOST
    for case in cases_of(taken, now=now):
        # What there is no time for now comes first in the next look.
        when[case.notice.id] = _follow(case, now=now) if time.monotonic() < end else now
    following.look_again(when, leased_until=now + LEASE)
    return changed or bool(taken)


def is_due(*, now: datetime) -> bool:
    """Whether there is anything to look at."""
    return bool(changes.to_follow(limit=1)) or following.is_due(now=now)


def verdict_on(case: Case, *, now: datetime) -> Verdict:
    """What follows on this warning now."""
    rules = rules_on(now.date(), rules=shipped_rules())
    return decide(case.told, rules=rules, fresh=policy().fresh, now=now)


def _follow(case: Case, *, now: datetime) -> datetime | None:
    """Tell what is due, and say when to look again. One that fails does not keep back the others, and is not lost."""
    verdict = verdict_on(case, now=now)
    if verdict.act == "nothing":
        return verdict.look_at
    try:
        if not Campaign.objects.filter(pk=case.campaign.pk, state=Campaign.State.APPROVED).exists():
            return now + USUAL  # stopped, or taken back, since it was read
        if verdict.act == "update" and not may_tell(case.campaign, verdict, now=now):
            return now  # a reminder may be due all the same
        kept = tell(case, verdict, now=now)
    except Exception:  # noqa: BLE001  whatever it is, the others are told, and this one is tried again
        _log.exception("what follows on notice %d can't be told", case.notice.id)
        return now + USUAL
    failpoint("following.told")
    return now + USUAL if kept and verdict.look_at else verdict.look_at
