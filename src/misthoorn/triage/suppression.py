"""The join of findings with suppressions: which finding nobody is warned about now, and because of which.

Every condition narrows. A product's key must be equal and its versions lie wholly in those that are named, so that a
version that is not known is silenced only by what names all versions.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import connection
from django.db.models import Q

from misthoorn.triage.models import Suppression

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters

# Of a finding f, its asset a, a term t and its suppression s; takes the present moment.
_MEETS = """
s.ended_at IS NULL AND s.until > %s
AND (s.organisation_id IS NULL OR s.organisation_id = f.organisation_id)
AND (s.asset_id IS NULL OR s.asset_id = f.asset_id)
AND (t.value = '' OR t.value = a.value)
AND (t.space = '' OR EXISTS (
  SELECT 1 FROM constituency_assetkey k
  WHERE k.asset_id = f.asset_id AND k.space = t.space AND k.key = t.key AND t.lo <= k.lo AND k.hi <= t.hi
))
"""
# The terms of one subject come first, by their index: the limit keeps the database from another order, which it takes
# where a table is without statistics (measured on PostgreSQL, 20,000 terms: 58 ms a finding, and 0.03 ms like this).
_TERMS = """
(SELECT * FROM triage_suppressionterm WHERE subject IN ('', f.subject) LIMIT 1000000000) t
JOIN triage_suppression s ON s.id = t.suppression_id
"""
# For a statement about findings f with their assets a. Without NAMED, SILENCED is false.
NAMED = "EXISTS (SELECT 1 FROM triage_suppressionterm WHERE subject IN ('', f.subject))"
SILENCED = f"EXISTS (SELECT 1 FROM {_TERMS} WHERE {_MEETS})"  # noqa: S608  constants
_EACH = f"""
SELECT f.id, (SELECT MIN(s.id) FROM {_TERMS} WHERE {_MEETS})
FROM triage_finding f JOIN constituency_asset a ON a.id = f.asset_id WHERE {{which}}
"""  # noqa: S608  the same
_JOIN = f"""
SELECT s.id, f.id
FROM triage_suppression s JOIN triage_suppressionterm t ON t.suppression_id = s.id
JOIN triage_finding f ON t.subject IN ('', f.subject) JOIN constituency_asset a ON a.id = f.asset_id
WHERE f.state = 'open' AND {_MEETS}
"""  # noqa: S608  the same


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


def silenced(findings: Sequence[int], *, now: datetime) -> dict[int, int]:
    """Those of these findings that are silenced, each with the oldest suppression that does so."""
    found: dict[int, int] = {}
    for piece in batched(findings, PIECE):
        found |= _each(f"f.id IN ({', '.join(['%s'] * len(piece))})", list(piece), now)
    return found


def silenced_by(suppression: int, *, now: datetime) -> list[int]:
    """The open findings that a suppression silences."""
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(f"{_JOIN} AND s.id = %s", [moment, suppression])
        return sorted({finding for _, finding in cursor.fetchall()})


def _each(which: str, parameters: list[Any], now: datetime) -> dict[int, int]:
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_EACH.format(which=which), [moment, *parameters])
        return {finding: suppression for finding, suppression in cursor.fetchall() if suppression is not None}


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


def counts(*, now: datetime) -> dict[int, int]:
    """How many open findings each suppression silences now; those that silence none are left out."""
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, [moment])
        return dict(Counter(suppression for suppression, _ in set(cursor.fetchall())))


def facts_of(ids: Sequence[int], *, now: datetime) -> dict[int, SuppressionFacts]:
    """The suppressions with these ids, by id."""
    related = ("created_by", "ended_by", "source")
    models = [
        model
        for piece in batched(sorted(set(ids)), PIECE)
        for model in Suppression.objects.select_related(*related).filter(pk__in=piece)
    ]
    return {model.pk: suppression_facts(model, now=now) for model in models}
