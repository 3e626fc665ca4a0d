"""What the portal says of findings: those that somebody was told of, as they stand now, for the scope of one person."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched

from django.db.models import Case, Count, QuerySet, When

from misthoorn.constituency.organisations.members import Scope
from misthoorn.intake import queries as intake
from misthoorn.notification.bundles import Line
from misthoorn.notification.compose.facts import SEVERITIES
from misthoorn.notification.retrieval import portal
from misthoorn.notification.retrieval.portal import PortalLine
from misthoorn.triage.campaigns.credentials import without_accounts
from misthoorn.triage.machine_lines import line_of, with_assets
from misthoorn.triage.models import Finding
from misthoorn.triage.queries import FindingFacts, finding_facts

LATELY = timedelta(days=30)
MOST = 500  # warnings that are looked at, the newest
PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters
_OPEN = Finding.State.OPEN


@dataclass(frozen=True, slots=True)
class OpenWarning:
    """A warning of which something is still open, and how many findings."""

    line: PortalLine
    open: int


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
    """How things stand for all organisations and clients of this person. What was taken back does not count."""
    lines, since = _standing(scope), now - LATELY
    stands = portal.standing(scope, [one.id for one in lines], since=since)
    rows = [OpenWarning(line, stands.open[line.id]) for line in lines if line.id in stands.open]
    rows.sort(key=lambda one: (SEVERITIES.index(one.line.severity), -one.line.told_at.timestamp(), -one.line.id))
    new = sum(line.told_at >= since for line in lines)
    return Board(open=tuple(rows), findings=stands.findings, since=since, new=new, gone=stands.gone)


def _standing(scope: Scope) -> list[PortalLine]:
    return [one for one in portal.warned_of(scope, limit=MOST) if one.taken_back is None]


def newest_of(scope: Scope, warnings: Sequence[OpenWarning]) -> list[tuple[OpenWarning, FindingFacts]]:
    """Each of these, of which there should be few, with its open finding that was seen last."""
    rows = [_told_of(scope, one.line.id).filter(state=_OPEN).order_by("-last_seen", "-pk").first() for one in warnings]
    return [(one, finding_facts(row)) for one, row in zip(warnings, rows, strict=True) if row]


def _told_of(scope: Scope, notice: int) -> QuerySet[Finding]:
    rows = Finding.objects.filter(portal.may_see(scope), pk__in=portal.told_in([notice]).values("finding"))
    return rows.select_related("remediation_by")


def count_findings(scope: Scope, notice: int) -> int:
    """How many findings stood in this notice that this person may see as they are now."""
    return _told_of(scope, notice).count()


def findings_of(scope: Scope, notice: int, *, first: int, limit: int) -> list[FindingFacts]:
    """So many of the findings that stood in this notice, as they are now; those still open first."""
    rows = _told_of(scope, notice).order_by("-state", "-last_seen", "pk")
    return [_facts(row, is_own=row.organisation_id in scope.own) for row in rows[first : first + limit]]


def _facts(row: Finding, *, is_own: bool) -> FindingFacts:
    facts = finding_facts(row)
    return facts if is_own else replace(facts, evidence=without_accounts(row.evidence, rsit=row.rsit))


def open_lines(scope: Scope) -> Iterator[tuple[str, tuple[str, ...], Line]]:
    """What is open of all that was told: the name of the organisation, the numbers of the warnings, and the finding."""
    numbers: dict[int, list[str]] = defaultdict(list)
    told = portal.told_in([one.id for one in _standing(scope)]).order_by("-notice__created_at", "-notice")
    there = told.annotate(there=Case(When(portal.is_open(scope), then=True), default=False))
    for finding, number, is_there in there.values_list("finding", "notice__number", "there"):
        if is_there:
            numbers[finding].append(number)
    names = scope.own | {one.organisation: one.name for one in scope.clients}
    sources = intake.source_names()
    rows = with_assets(Finding.objects.order_by("pk"))
    for piece in batched(sorted(numbers), PIECE):
        for row in rows.filter(pk__in=piece):
            yield names[row.organisation_id], tuple(numbers[row.pk]), line_of(row, source=sources[row.source_id])


def open_by_asset(scope: Scope) -> Mapping[int, int]:
    """How much of what was told is open, by asset."""
    told = portal.told_in([one.id for one in _standing(scope)]).values_list("finding__asset")
    counted = told.annotate(count=Count("finding", distinct=True, filter=portal.is_open(scope)))
    return {asset: count for asset, count in counted if count}
