"""The join of findings with suppressions: which finding nobody is warned about now, and because of which.

Every condition narrows. A product's key must be equal and its versions lie wholly in those that are named, so that a
version that is not known is silenced only by what names all versions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import connection
from django.db.models import Q

from misthoorn.triage.models import Suppression

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters

# Of a finding f, its asset a, a term t and its suppression s; takes the present moment.
MEETS = """
t.subject IN ('', f.subject) AND s.ended_at IS NULL AND s.until > %s
AND (s.organisation_id IS NULL OR s.organisation_id = f.organisation_id)
AND (s.asset_id IS NULL OR s.asset_id = f.asset_id)
AND (t.value = '' OR t.value = a.value)
AND (t.space = '' OR EXISTS (
  SELECT 1 FROM constituency_assetkey k
  WHERE k.asset_id = f.asset_id AND k.space = t.space AND k.key = t.key AND t.lo <= k.lo AND k.hi <= t.hi
))
"""
_JOIN = """
SELECT f.id, MIN(s.id)
FROM triage_finding f JOIN constituency_asset a ON a.id = f.asset_id
JOIN triage_suppressionterm t ON t.subject IN ('', f.subject) JOIN triage_suppression s ON s.id = t.suppression_id
WHERE {which} AND {meets}
GROUP BY f.id
"""
# For a statement about findings f with their assets a.
SILENCED = f"""EXISTS (
SELECT 1 FROM triage_suppressionterm t JOIN triage_suppression s ON s.id = t.suppression_id WHERE {MEETS}
)"""  # noqa: S608  a constant


@dataclass(frozen=True, slots=True)
class SuppressionFacts:
    """`source`: where it was taken in from, "" where a person made it. `state`: active, ended or expired."""

    id: int
    reference: str
    organisation: int | None
    asset: int | None
    product: str
    versions: str
    subject: str
    reason: str
    author: str
    source: str
    created_at: datetime
    until: datetime
    ended_at: datetime | None
    ended_by: str
    state: str


def suppression_facts(model: Suppression, *, now: datetime) -> SuppressionFacts:
    fields = ("reference", "product", "versions", "subject", "reason", "created_at", "until", "ended_at")
    return SuppressionFacts(
        id=model.pk,
        organisation=model.organisation_id,
        asset=model.asset_id,
        author=str(model.created_by or ""),
        source=model.source.name if model.source else "",
        ended_by=str(model.ended_by or ""),
        state="ended" if model.ended_at else "active" if model.until > now else "expired",
        **{field: getattr(model, field) for field in fields},
    )


def silenced_in_campaign(campaign: int, *, now: datetime) -> dict[int, int]:
    """The findings of a campaign that are silenced, each with the oldest suppression that does so."""
    which = "f.id IN (SELECT finding_id FROM triage_decision WHERE campaign_id = %s)"
    return dict(_rows(which, [campaign], now))


def silenced(findings: Sequence[int], *, now: datetime) -> dict[int, int]:
    """The same of these findings."""
    found: dict[int, int] = {}
    for piece in batched(findings, PIECE):
        found |= _rows(f"f.id IN ({', '.join(['%s'] * len(piece))})", list(piece), now)
    return found


def silenced_by(suppression: int, *, now: datetime) -> list[int]:
    """The open findings that a suppression silences."""
    return sorted(pk for pk, _ in _rows("f.state = 'open' AND s.id = %s", [suppression], now))


def _rows(which: str, parameters: list[Any], now: datetime) -> Iterator[tuple[int, int]]:
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_JOIN.format(which=which, meets=MEETS), [*parameters, moment])
        yield from cursor.fetchall()


def suppressions(
    *, now: datetime, ended: bool = False, organisation: int | None = None, limit: int = 500
) -> list[SuppressionFacts]:
    """Suppressions, the newest first: those that hold, or those that are over. Of one organisation: its own ones."""
    found = Suppression.objects.select_related("created_by", "ended_by", "source")
    over = Q(ended_at__isnull=False) | Q(until__lte=now)
    found = found.filter(over) if ended else found.exclude(over)
    if organisation is not None:
        found = found.filter(organisation=organisation)
    return [suppression_facts(model, now=now) for model in found[:limit]]


_COUNTED = """
SELECT s.id, COUNT(DISTINCT f.id)
FROM triage_finding f JOIN constituency_asset a ON a.id = f.asset_id
JOIN triage_suppressionterm t ON t.subject IN ('', f.subject) JOIN triage_suppression s ON s.id = t.suppression_id
WHERE f.state = 'open' AND {meets}
GROUP BY s.id
"""


def counts(*, now: datetime) -> dict[int, int]:
    """How many open findings each suppression silences now; those that silence none are left out."""
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(meets=MEETS), [moment])
        return dict(cursor.fetchall())


def facts_of(ids: Sequence[int], *, now: datetime) -> dict[int, SuppressionFacts]:
    """The suppressions with these ids, by id."""
    related = ("created_by", "ended_by", "source")
    models = [
        model
        for piece in batched(sorted(set(ids)), PIECE)
        for model in Suppression.objects.select_related(*related).filter(pk__in=piece)
    ]
    return {model.pk: suppression_facts(model, now=now) for model in models}
