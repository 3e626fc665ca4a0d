"""What is matched when a worker, or a person's command, has a run in hand."""

from datetime import datetime, timedelta

from django.db.models import F

from misthoorn.formats.registry import FORMATS
from misthoorn.intake import queries as intake
from misthoorn.triage.models import Finding, MatchRun
from misthoorn.triage.services import asset_changes, hosts, products, reprocessing
from misthoorn.triage.services.campaigns import propose_campaigns
from misthoorn.triage.services.match_runs import LEASE, LeaseLostError, Run, changes_to_match, queue_assets
from misthoorn.work.clock import database_now

FORGOTTEN = 2_000  # findings blanked in a transaction: far below the 250 ms that a write of SQLite may take


def match_batch(*, batch: int, attempt: int, now: datetime) -> bool:
    """Match an accepted batch, open or close findings, and propose campaigns for what is new.

    Works in pieces; doing it again after a crash goes on where it was, and counts nothing twice. False when the lease
    was lost to another worker meanwhile.
    """
    facts = intake.batch(batch)
    row = MatchRun.objects.filter(batch=batch).values_list("pk", flat=True).first()
    if facts is None or row is None:
        return False
    run = Run(row, attempt, batch)
    try:
        if facts.late and FORMATS[facts.source.format].kind == "events":
            matches = reprocessing.match_delivery(facts, run=run, now=now)
        elif facts.events_path:
            matches = hosts.match_delivery(facts, run=run, now=now)
        else:
            matches = products.match_delivery(batch, run=run, now=now)
    except LeaseLostError:
        return False
    propose_campaigns(now=now)
    return run.finish(matches=matches, now=now)


def match_changes(*, run: int, attempt: int, now: datetime) -> bool:
    """Match the assets that changed: products with all advisories that hold, others with the events of the last days.

    The same in the case of a crash; False when the lease was lost.
    """
    mine = Run(run, attempt)
    changes = changes_to_match(now=now)
    try:
        matches = products.match_changed(changes.products, run=mine, now=now)
        matches += asset_changes.match_changed(changes.hosts, run=mine, now=now)
    except LeaseLostError:
        return False
    propose_campaigns(now=now)
    return mine.finish_assets(revision=changes.revision, followed=changes.batches, matches=matches, now=now)


def match_assets(*, now: datetime) -> bool:
    """Queue the assets that changed and match them at once, for a command. False: a worker has them in hand already."""
    queue_assets(at=now)
    waiting = MatchRun.objects.filter(kind=MatchRun.Kind.ASSETS, state=MatchRun.State.QUEUED)
    row = waiting.values_list("pk", flat=True).first()
    if row is None:
        return not MatchRun.objects.filter(kind=MatchRun.Kind.ASSETS, state=MatchRun.State.LEASED).exists()
    lease = database_now() + timedelta(seconds=LEASE)
    if not waiting.filter(pk=row).update(state=MatchRun.State.LEASED, attempt=F("attempt") + 1, lease_until=lease):
        return False
    attempt = MatchRun.objects.values_list("attempt", flat=True).get(pk=row)
    return match_changes(run=row, attempt=attempt, now=now)


def forget_findings(*, now: datetime, days: int) -> int:
    """Blank address, name and evidence of findings that were closed longer ago than this; how many.

    What was warned about, when and with what effect stays: it is no personal data without the address.
    """
    old = Finding.objects.filter(state=Finding.State.GONE, closed_at__lt=now - timedelta(days=days)).exclude(
        observed="", hostname="", evidence={}
    )
    total = 0
    while piece := list(old.order_by("pk").values_list("pk", flat=True)[:FORGOTTEN]):
        total += Finding.objects.filter(pk__in=piece).update(observed="", hostname="", evidence={})
    return total
