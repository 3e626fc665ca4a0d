"""What a notice says of findings, read as plain rows: a country has many, and objects of the model cost more."""

from collections.abc import Iterable
from datetime import datetime
from itertools import batched
from typing import Any, NamedTuple

from misthoorn.triage.models import Finding

PIECE = 5_000


class ToldFinding(NamedTuple):
    """The columns of a finding that a notice is made of."""

    pk: int
    subject: str
    subject_kind: str
    asset_id: int
    source_id: int
    observed: str
    port: int
    protocol: str
    hostname: str
    rsit: str
    severity: str
    certainty: str
    tlp: str
    evidence: dict[str, Any]
    first_seen: datetime
    last_seen: datetime


def told_findings(ids: Iterable[int]) -> dict[int, ToldFinding]:
    """The findings with these ids, by id."""
    return {
        values[0]: ToldFinding(*values)
        for piece in batched(ids, PIECE)
        for values in Finding.objects.filter(pk__in=piece).order_by().values_list(*ToldFinding._fields)
    }
