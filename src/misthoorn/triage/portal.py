"""What the portal says of findings: those that somebody was told of, as they stand now, for the scope of one person."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

from misthoorn.common.tlp import Audience
from misthoorn.constituency.members import Scope
from misthoorn.intake import queries as intake
from misthoorn.notification.bundles import Line
from misthoorn.notification.compose.facts import SEVERITIES
from misthoorn.notification.fetching import portal
from misthoorn.notification.fetching.portal import PortalLine, PortalNotice
from misthoorn.triage.lines import line_of, with_assets
from misthoorn.triage.models import Finding
from misthoorn.triage.queries import FindingFacts, findings

LATELY = timedelta(days=30)
MOST = 500  # warnings that are looked at, the newest
PIECE = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class OpenWarning:
    """A warning of which something is still open: how many findings, and the one that was seen last."""

    line: PortalLine
    open: int
    newest: FindingFacts


@dataclass(frozen=True, slots=True)
class Board:
    """How things stand: open warnings, the most serious first, and since when what is new and what is gone counts."""

    open: tuple[OpenWarning, ...]
    findings: int
    since: datetime
    new: int
    gone: int

    @property
    def first(self) -> OpenWarning | None:
        """What to do first: the most serious that nobody answered yet, or else the most serious."""
        return next((one for one in self.open if not one.line.answer), next(iter(self.open), None))


def board(scope: Scope, *, now: datetime) -> Board:
    """How things stand for all organisations and clients of this person."""
    lines, by_notice = portal.warned_of(scope, limit=MOST)
    known = _known(scope, by_notice.values())
    rows = []
    for line in lines:
        there = [known[one] for one in by_notice[line.id] if one in known and known[one].state == "open"]
        if there and line.taken_back is None:
            rows.append(OpenWarning(line, len(there), max(there, key=lambda one: (one.last_seen, one.id))))
    rows.sort(key=lambda one: (SEVERITIES.index(one.line.severity), -one.line.told_at.timestamp(), -one.line.id))
    since = now - LATELY
    return Board(
        open=tuple(rows),
        findings=sum(one.state == "open" for one in known.values()),
        since=since,
        new=sum(line.told_at >= since for line in lines),
        gone=sum(one.closed_at is not None and one.closed_at >= since for one in known.values()),
    )


def findings_of(scope: Scope, notice: PortalNotice) -> list[FindingFacts]:
    """The findings that stood in this notice, as they are now; those still open first."""
    known = _known(scope, [notice.findings])
    return sorted(known.values(), key=lambda one: (one.state != "open", -one.last_seen.timestamp(), one.id))


def open_lines(scope: Scope) -> list[tuple[str, tuple[str, ...], Line]]:
    """What is open of all that was told: the name of the organisation, the numbers of the warnings, and the finding."""
    lines, by_notice = portal.warned_of(scope, limit=MOST)
    known = {one.id for one in _known(scope, by_notice.values()).values() if one.state == "open"}
    numbers: dict[int, list[str]] = {}
    for line in lines:
        for finding in by_notice[line.id]:
            numbers.setdefault(finding, []).append(line.number)
    names = scope.own | {one.organisation: one.name for one in scope.clients}
    sources = intake.source_names()
    rows = with_assets(Finding.objects.order_by("pk"))
    return [
        (names[row.organisation_id], tuple(numbers[row.pk]), line_of(row, source=sources[row.source_id]))
        for piece in batched(sorted(known), PIECE)
        for row in rows.filter(pk__in=piece)
    ]


def open_by_asset(scope: Scope) -> Mapping[int, int]:
    """How much of what was told is open, by asset."""
    _, by_notice = portal.warned_of(scope, limit=MOST)
    return Counter(one.asset for one in _known(scope, by_notice.values()).values() if one.state == "open")


def _known(scope: Scope, ids: Iterable[Sequence[int]]) -> dict[int, FindingFacts]:
    """Those of these findings that this person may see as they are now, by id: a label may have become stricter."""
    own, client = portal.labels(Audience.ORGANISATION), portal.labels(Audience.CLIENT)

    def may_see(one: FindingFacts) -> bool:
        if one.organisation in scope.own:
            return one.tlp in own
        return one.tlp in client and any(
            mandate.organisation == one.organisation and (mandate.assets is None or one.asset in mandate.assets)
            for mandate in scope.clients
        )

    wanted = sorted({finding for some in ids for finding in some})
    return {one.id: one for one in findings(wanted) if may_see(one)}
