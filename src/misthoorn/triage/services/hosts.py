"""A delivery of events: matched with the networks, names and AS numbers of all organisations."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Q

from misthoorn.common.failpoints import failpoint
from misthoorn.common.scratch import scratch
from misthoorn.constituency import queries as constituency
from misthoorn.intake import queries as intake
from misthoorn.intake.facts import BatchFacts
from misthoorn.intake.routes import kept_routes
from misthoorn.matching.batch_keys import keys_of_events, keys_of_routes
from misthoorn.matching.events import COLUMNS, write_matches
from misthoorn.triage.findings.lifecycle import Absence, when_absent
from misthoorn.triage.findings.replay import gone_because
from misthoorn.triage.findings.sightings import fold
from misthoorn.triage.models import Finding, SubjectKind
from misthoorn.triage.services.match_runs import Run
from misthoorn.triage.services.observation import Pair, close, judge_open, see

KIND = SubjectKind.EVENT
SMALL = 100_000  # events whose keys are looked up; for more of them all keys are read


def match_delivery(facts: BatchFacts, *, run: Run, now: datetime) -> int:
    """Match a batch of events with all assets, and close what it covered and did not see; the number of matches.

    Raises:
        LeaseLostError: another worker has the run.
    """
    run.begin(constituency.key_revision())
    path = intake.events_path(facts)
    routes = kept_routes()
    assets = keys_near(path, rows=facts.rows_accepted, routes=routes)
    by = (facts.source.id, facts.tlp)
    with scratch() as folder:
        matches = folder / "matches.parquet"
        count = write_matches(matches, assets=assets, events=path, routes=routes)
        failpoint("triage.matched")
        sightings = fold(matches=matches, assets=assets, events=path, source=lambda _: by)
        see(sightings, kind=KIND, run=run, fence=_still_there, now=now)
    _close_absent(facts, run=run, now=now)
    return count


def _still_there(pairs: Sequence[Pair]) -> set[Pair]:
    """An asset that changed meanwhile is matched with this batch afterwards; one that is gone has no findings."""
    there = constituency.revisions({asset for asset, _ in pairs})
    return {pair for pair in pairs if pair[0] in there}


def keys_near(events: Path, *, rows: int, routes: pa.Table | None) -> pa.Table:
    """The keys of assets that these events, so many, can meet; of many events those of all assets."""
    if rows > SMALL:
        return constituency.event_key_table()
    meeting = keys_of_events(pq.read_table(events, columns=list(COLUMNS)))
    if meeting is None:
        return constituency.event_key_table()
    if routes is not None:
        meeting = pa.concat_tables([meeting, keys_of_routes(routes)])
    return constituency.event_key_table(meeting=meeting)


def _close_absent(facts: BatchFacts, *, run: Run, now: datetime) -> None:
    """Findings of this source that the batch looked for and did not see: at the last of some absences they are gone."""
    held = intake.held(facts)
    if not held.newest:
        return
    coverage = intake.coverage(facts, held=held)
    looked_at = max(held.newest.values())
    needed = facts.source.absences_to_close
    not_seen = Q(subject_kind=KIND, source=facts.source.id, subject__in=coverage.subjects)
    not_seen &= ~Q(last_batch=facts.id)
    told_by = Finding.objects.filter(not_seen, state=Finding.State.OPEN).values_list("last_batch", flat=True)
    alike = intake.deliveries_like(facts, among=told_by.order_by().distinct())

    def judge(row: Finding) -> bool:
        absences = when_absent(
            Absence(row.absences, row.last_seen, row.last_absent_batch),
            batch=facts.id,
            looked_at=looked_at,
            covered=row.last_batch in alike and coverage.covers(subject=row.subject, observed=row.observed),
            needed=needed,
        )
        if absences is None:
            return False
        row.absences, row.last_absent_batch = absences, facts.id
        if absences >= needed:
            close(row, because=gone_because(facts.source.slug, absences), now=now)
        return True

    judge_open(not_seen, judge=judge, run=run)
