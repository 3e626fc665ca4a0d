"""What is said of a warning of which all is gone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from misthoorn.constituency import queries as constituency
from misthoorn.intake import queries as intake
from misthoorn.notification.compose.kinds import GoodNews
from misthoorn.notification.disclosure_log import notices
from misthoorn.notification.services import team
from misthoorn.triage.findings.lifecycle import REOPEN_WITHIN
from misthoorn.triage.follow_up.facts import Case
from misthoorn.triage.follow_up.vocabulary import earlier_of, label_of
from misthoorn.triage.models import Finding, SubjectKind

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters


@dataclass(frozen=True, slots=True)
class Looks:
    """`open_ones`: what each organisation was told of and is open; `looked_at`: when each delivery came."""

    sources: Mapping[int, str]
    looked_at: Mapping[int, datetime]
    open_ones: Mapping[int, frozenset[int]]
    products: Mapping[int, str]


def looks_of(cases: Sequence[Case]) -> Looks:
    """What good news on these warnings is made of, in a number of statements that does not grow with them."""
    rows = [row for case in cases for row in case.findings.values()]
    return Looks(
        sources=intake.source_names(),
        looked_at=intake.received({row.last_absent_batch for row in rows if row.last_absent_batch}),
        open_ones=_open({case.notice.organisation for case in cases}),
        products=products_of(rows),
    )


def _open(organisations: set[int]) -> dict[int, frozenset[int]]:
    told_of = notices.told_of(organisations)
    every = sorted({finding for some in told_of.values() for finding in some})
    open_ = Finding.objects.filter(state=Finding.State.OPEN).order_by()
    found = {pk for piece in batched(every, PIECE) for pk in open_.filter(pk__in=piece).values_list("pk", flat=True)}
    return {organisation: frozenset(some & found) for organisation, some in told_of.items()}


def good_news(case: Case, findings: Sequence[int], looks: Looks) -> GoodNews:
    """What is said of these findings of a warning, at least one: those that its reader may hear of.

    The numbers are those of the one that was looked at least; all of them are gone by as many looks or more.
    """
    rows = [case.findings[pk] for pk in findings]
    absences = min(row.absences for row in rows)
    begin, end = min(row.first_seen for row in rows), max(row.last_seen for row in rows)
    return GoodNews(
        language="nl",
        number="",
        code="",
        team=team(),
        tlp=label_of(case, findings),
        earlier=earlier_of(case, contact=0),
        where=places(rows, products=looks.products),
        unseen=absences,
        looks=absences,
        last_look=max(_looked_at(row, looks) for row in rows),
        days_open=(end - begin).days,
        still_open=len(looks.open_ones.get(case.notice.organisation, frozenset()) - case.findings.keys()),
        source=", ".join(sorted({looks.sources[row.source_id] for row in rows})),
        reopens_within_days=REOPEN_WITHIN.days,
    )


def _looked_at(row: Finding, looks: Looks) -> datetime:
    """When the delivery came that did not show it any more."""
    return looks.looked_at.get(row.last_absent_batch or 0) or row.closed_at or row.last_seen


def products_of(rows: Sequence[Finding]) -> dict[int, str]:
    """What the products among the assets of these findings are called."""
    assets = constituency.assets({row.asset_id for row in rows if row.subject_kind == SubjectKind.ADVISORY})
    return {pk: f"{one.value} {one.version}".strip() for pk, one in assets.items()}


def places(rows: Sequence[Finding], *, products: Mapping[int, str]) -> tuple[str, ...]:
    """What findings are about, as people know it, in order."""
    return tuple(dict.fromkeys(_places(rows, products)))


def _places(rows: Sequence[Finding], products: Mapping[int, str]) -> Iterator[str]:
    for row in sorted(rows, key=lambda one: (one.observed, one.port, one.pk)):
        if row.asset_id in products:
            yield products[row.asset_id]
        elif row.observed or row.hostname:
            port = f", {row.port}/{row.protocol}".rstrip("/") if row.port else ""
            yield f"{row.observed or row.hostname}{port}"
