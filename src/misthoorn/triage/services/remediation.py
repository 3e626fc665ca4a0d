"""What is being done about a match: marks of people, kept apart from what deliveries show."""

from collections.abc import Sequence
from datetime import datetime
from itertools import batched

from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.triage.models import Finding, Remediation

REMEDIATION: tuple[str, ...] = tuple(Remediation.values)
PIECE = 500  # findings a transaction: far below the 250 ms that a write of SQLite may take


class RemediationError(ValueError):
    """A mark that can't be made; the sentence says why."""


def mark_remediation(*, findings: Sequence[int], state: str, person: int, now: datetime) -> int:
    """Mark these findings as not remediated, in progress or done; how many that changed.

    A mark closes nothing: only a delivery that looked again, or a new version of the product, does.

    Raises:
        RemediationError: there is no such state.
    """
    if state not in Remediation.values:
        raise RemediationError(f"\u201c{state[:40]}\u201d is no state; use {', '.join(Remediation.values)}.")
    changed = 0
    for piece in batched(sorted(set(findings)), PIECE):
        with transaction.atomic():
            rows = Finding.objects.filter(pk__in=piece).exclude(remediation=state)
            about = sorted(rows.values_list("pk", flat=True))
            rows.update(remediation=state, remediation_at=now, remediation_by=person)
            for pk in about:
                record(at=now, person=person, action="remediation marked", about=f"finding {pk}", state=state)
            changed += len(about)
    return changed
