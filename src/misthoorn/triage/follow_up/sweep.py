"""One look at warnings that went out: a bounded piece, decided one by one, told together where something follows.

Nothing is lost or doubled wherever it breaks off: a notice is written once for its occasion, whoever writes it, and
what a worker that died had in hand is given out again when its time is over.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError

from misthoorn.common.failpoints import failpoint
from misthoorn.intake.advisories import changes
from misthoorn.notification.disclosure_log import notices
from misthoorn.notification.notices.bulk import write_many
from misthoorn.notification.services import team
from misthoorn.triage.campaigns.assessment import policy
from misthoorn.triage.follow_up.decision import USUAL, Verdict, decide
from misthoorn.triage.follow_up.developments import follow_changes, may_tell
from misthoorn.triage.follow_up.facts import Case, cases_of
from misthoorn.triage.follow_up.notices import Teller
from misthoorn.triage.follow_up.rules import rules_on, shipped_rules
from misthoorn.triage.queries import all_go_on

PIECE = 200  # warnings in one look
FINDINGS = 1_000  # of the warnings that are told in one write, which then stays far below 250 ms
AT_MOST = 1.0  # seconds for what is told in one look, so that other work gets its turn
LEASE = timedelta(minutes=10)  # for one piece

_log = logging.getLogger(__name__)

type _Decided = tuple[Case, Verdict]
type _When = dict[int, datetime | None]


def sweep(*, now: datetime) -> bool:
    """Look at a piece of what is due, and at what advisories became; whether there was anything."""
    changed = follow_changes(now=now)
    taken = notices.take_due(now=now, lease=LEASE, limit=PIECE)
    if not taken:
        return changed
    failpoint("following.taken")
    when: _When = {one.id: now + USUAL for one in taken}  # what can't be looked at is, later
    decided = [(case, verdict_on(case, now=now)) for case in cases_of(taken, now=now)]
    when |= {case.notice.id: verdict.look_at for case, verdict in decided if verdict.act == "nothing"}
    end = time.monotonic() + AT_MOST
    for piece in _pieces(_allowed([one for one in decided if one[1].act != "nothing"], when, now=now)):
        # What there is no time for now comes first in the next look.
        in_time = time.monotonic() < end
        when |= _follow(piece, now=now) if in_time else {case.notice.id: now for case, _ in piece}
    notices.look_again(when, leased_until=now + LEASE)
    return True


def is_due(*, now: datetime) -> bool:
    """Whether there is anything to look at."""
    return bool(changes.to_follow(limit=1)) or notices.is_due(now=now)


def verdict_on(case: Case, *, now: datetime) -> Verdict:
    """What follows on this warning now."""
    rules = rules_on(now.date(), rules=shipped_rules())
    return decide(case.told, rules=rules, fresh=policy().fresh, now=now)


def _allowed(decided: Sequence[_Decided], when: _When, *, now: datetime) -> list[_Decided]:
    """Those that may be told now; of others it is written down when to look again."""
    answers: dict[tuple[int, str], bool] = {}
    allowed = []
    for case, verdict in decided:
        if verdict.act == "update":
            key = (case.campaign.pk, verdict.occasion)
            if key not in answers:
                answers[key] = may_tell(case.campaign, verdict, now=now)
            if not answers[key]:
                when[case.notice.id] = now  # a reminder may be due all the same
                continue
        allowed.append((case, verdict))
    return allowed


def _pieces(decided: Sequence[_Decided]) -> Iterator[list[_Decided]]:
    """What is told together: one warning of each organisation, since what is told now may make the next one wait."""
    left = list(decided)
    while left:
        piece: list[_Decided] = []
        later: list[_Decided] = []
        owners: set[int] = set()
        findings = 0
        for case, verdict in left:
            size = len(case.findings)
            if case.notice.organisation in owners or (piece and findings + size > FINDINGS):
                later.append((case, verdict))
            else:
                piece.append((case, verdict))
                owners.add(case.notice.organisation)
                findings += size
        yield piece
        left = later


def _follow(piece: Sequence[_Decided], *, now: datetime) -> _When:
    """Tell what is due, and say when to look again.

    One that can't be told keeps back no other: a piece that fails is told in halves, down to that one, and that is
    tried again later.
    """
    try:
        when = _told(piece, now=now)
    except (OperationalError, InterfaceError):  # the database is away; what is in hand is given out again
        raise
    except Exception:  # noqa: BLE001  whatever it is, the others are told
        if len(piece) == 1:
            _log.exception("what follows on notice %d can't be told", piece[0][0].notice.id)
        when = None
    if when is not None:
        return when
    if len(piece) == 1:
        return {piece[0][0].notice.id: now + USUAL}
    half = len(piece) // 2
    return _follow(piece[:half], now=now) | _follow(piece[half:], now=now)


def _told(piece: Sequence[_Decided], *, now: datetime) -> _When | None:
    """Write the notices of a piece, and say when to look again; None where a campaign was stopped meanwhile."""
    teller = Teller(piece, now=now)
    told = [(case.notice.id, verdict, teller.tell(case, verdict)) for case, verdict in piece]
    drafts = [one.draft for _, _, one in told if one.draft]
    campaigns = {case.campaign.pk for case, _ in piece}
    if write_many(drafts, sender=team().mail, now=now, may_write=lambda: all_go_on(campaigns)) is None:
        return None
    for _ in drafts:
        failpoint("following.told")
    return {
        notice: now + USUAL if one.because and verdict.look_at else verdict.look_at for notice, verdict, one in told
    }
