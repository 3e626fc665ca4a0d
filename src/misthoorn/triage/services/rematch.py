"""Matching again on somebody's word: some assets, or some advisories, as they are now (CSAF 2.0, 9.1.13).

What changed is matched by itself; this is for who wants to see it done.
"""

from collections.abc import Sequence
from datetime import datetime

from misthoorn.constituency.services import touch_assets
from misthoorn.intake.records import records_of
from misthoorn.triage.models import MatchRun
from misthoorn.triage.services.findings import match_assets


def match_assets_again(assets: Sequence[int], *, now: datetime) -> bool:
    """Match these assets at once with all that is known. False: a worker has other ones in hand, these come next."""
    touch_assets(assets)
    return match_assets(now=now)


def queue_advisories_again(identifiers: Sequence[str], *, now: datetime) -> int:
    """Let a worker match again what was delivered about these advisories; how many deliveries that are."""
    batches = {record.batch.id for identifier in identifiers for record in records_of(identifier)}
    runs = MatchRun.objects.filter(batch__in=batches, state=MatchRun.State.DONE)
    return runs.update(state=MatchRun.State.QUEUED, not_before=now, attempt=0)
