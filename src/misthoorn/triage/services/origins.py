"""What was kept back until its lawful origin is stated, and is asked about again when somebody states it."""

from datetime import datetime
from itertools import batched

from misthoorn.formats.values.rsit import TAKEN_WHOLE
from misthoorn.notification.delivery.decision import Because
from misthoorn.notification.services import withhold_findings
from misthoorn.triage.models import Decision, Finding
from misthoorn.triage.services.campaigns import propose_campaigns

KEPT_BACK = "unlawful-origin"  # the outcome in triage.gates
PIECE = 500  # findings a transaction: far below the 250 ms that a write of SQLite may take


def keep_back(*, source: int) -> int:
    """After a no: let nothing out that waits and tells of what this source says was taken; how many messages."""
    findings = list(Finding.objects.filter(source=source, rsit__in=TAKEN_WHOLE).values_list("pk", flat=True))
    return sum(withhold_findings(findings=piece, because=Because.ORIGIN) for piece in batched(findings, PIECE))


def ask_again(*, source: int, now: datetime) -> int:
    """Let the open findings of this source that were kept back for it be proposed again; how many.

    The gates then see the answer: after a no they are kept back again. What no campaign has decided on needs nothing.
    """
    kept = Decision.objects.filter(outcome=KEPT_BACK, finding__source=source, finding__state=Finding.State.OPEN)
    findings = sorted(set(kept.values_list("finding", flat=True)))
    back = 0
    for piece in batched(findings, PIECE):
        last = dict(Decision.objects.filter(finding__in=piece).order_by("campaign").values_list("finding", "outcome"))
        wanted = [pk for pk in piece if last[pk] == KEPT_BACK]
        back += Finding.objects.filter(pk__in=wanted, state=Finding.State.OPEN).update(wants_campaign=True)
    propose_campaigns(now=now)
    return back
