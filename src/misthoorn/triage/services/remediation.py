"""What is being done about a match: marks of people, kept apart from what deliveries show."""

from collections.abc import Sequence
from datetime import datetime
from itertools import batched

from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.intake.records import affected_digest
from misthoorn.triage.models import Finding, Remediation, SubjectKind
from misthoorn.work.bulk import update_rows

REMEDIATION: tuple[str, ...] = tuple(Remediation.values)
PIECE = 500  # findings a transaction: far below the 250 ms that a write of SQLite may take


class RemediationError(ValueError):
    """A mark that can't be made; the sentence says why."""


def mark_remediation(*, findings: Sequence[int], state: str, person: int, now: datetime) -> int:
    """Mark these findings as not remediated, in progress or done; how many that changed.

    A mark closes nothing: only a delivery that looked again, or a new version of the product, does. With it goes what
    the advisory says is affected, so that a document that changes this afterwards can be told from one that does not.

    Raises:
        RemediationError: there is no such state.
    """
    if state not in Remediation.values:
        raise RemediationError(f"\u201c{state[:40]}\u201d is no state; use {', '.join(Remediation.values)}.")
    changed = 0
    said: dict[str, str] = {}
    for piece in batched(sorted(set(findings)), PIECE):
        with transaction.atomic():
            rows = list(Finding.objects.select_for_update().filter(pk__in=piece).order_by("pk"))
            for row in rows:
                if row.subject_kind == SubjectKind.ADVISORY and row.subject not in said:
                    said[row.subject] = affected_digest(row.subject)
            rows = [row for row in rows if (row.remediation, row.remediation_of) != (state, said.get(row.subject, ""))]
            for row in rows:
                row.remediation, row.remediation_of = state, said.get(row.subject, "")
                row.remediation_at, row.remediation_by_id = now, person
                record(at=now, person=person, action="remediation marked", about=f"finding {row.pk}", state=state)
            update_rows(rows, fields=["remediation", "remediation_of", "remediation_at", "remediation_by"])
            changed += len(rows)
    return changed
