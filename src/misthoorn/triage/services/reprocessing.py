"""A delivery of events that was read late, or again: released from quarantine, with another mapping, or after a wait.

What is known of its source's hosts, and of all hosts that it names or named, is made what it would be if it had been
read so when it came: all deliveries that are kept are gone through in order (triage.replay). Doing it again changes
nothing. What was never told to anybody and no delivery says any more is taken away; what was told is closed.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path

import pyarrow as pa
from django.db.models import Q

from misthoorn.constituency import queries as constituency
from misthoorn.intake import batch_events
from misthoorn.intake import queries as intake
from misthoorn.intake.facts import BatchFacts
from misthoorn.intake.store.folder import earlier
from misthoorn.triage.findings.lifecycle import REOPEN_WITHIN, Seen
from misthoorn.triage.findings.replay import Replayed, replay
from misthoorn.triage.findings.sightings import Sighting
from misthoorn.triage.models import Finding, MatchRun
from misthoorn.triage.services.asset_changes import SETTLED, CatchingUp, Host, opened
from misthoorn.triage.services.campaigns import UNDECIDED
from misthoorn.triage.services.hosts import KIND
from misthoorn.triage.services.match_runs import PIECE, LeaseLostError, Run
from misthoorn.triage.services.observation import close, known_findings
from misthoorn.work.bulk import update_rows

EVER = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
PATIENCE = 12  # attempts; after that it is as it is, and the next delivery is matched with it
SOON = timedelta(seconds=5)
NOT_SAID = "the delivery that said so was read again, and does not say it"


def match_delivery(facts: BatchFacts, *, run: Run, now: datetime) -> int:
    """Bring all that is known of the hosts of this delivery, and of its source, in line; the number of matches.

    Where another delivery was matched meanwhile, all of it is done once more: neither saw the other.

    Raises:
        LeaseLostError: another worker has the run, or it waits for another one.
    """
    run.begin(constituency.key_revision())
    matched = {*_matched(), facts.id}
    batches = batch_events.event_batches(since=EVER, among=sorted(matched))
    before = earlier(intake.events_place(facts))
    matches = _Rereading(facts, batches, before=before, run=run, now=now).go()
    if run.attempt < PATIENCE and _others_at_work(run, since=matched):
        again = {"state": MatchRun.State.QUEUED, "lease_until": None, "not_before": now + SOON}
        MatchRun.objects.filter(pk=run.row, attempt=run.attempt).update(**again)
        raise LeaseLostError
    for path in before:
        path.unlink(missing_ok=True)
    return matches


def _matched() -> set[int]:
    done = MatchRun.objects.filter(state=MatchRun.State.DONE, batch__isnull=False)
    return set(done.values_list("batch", flat=True))


def _others_at_work(run: Run, *, since: set[int]) -> bool:
    """Whether a delivery is being matched now, or was since those that were matched already."""
    at_work = MatchRun.objects.filter(state=MatchRun.State.LEASED, batch__isnull=False).exclude(pk=run.row)
    return at_work.exists() or not _matched() <= since


class _Rereading(CatchingUp):
    """The delivery that was read again, and all deliveries that are gone through for it."""

    def __init__(
        self,
        facts: BatchFacts,
        batches: Sequence[BatchFacts],
        *,
        before: Sequence[Path],
        run: Run,
        now: datetime,
    ) -> None:
        super().__init__((), batches, run=run, now=now)
        self._through.add(facts.id)
        recently = Q(closed_at__isnull=True) | Q(closed_at__gte=now - REOPEN_WITHIN)
        rows = Finding.objects.filter(recently, source=facts.source.id, subject_kind=KIND)
        self._left.update(rows.values_list("organisation", "subject", "observed", "port"))
        self._came = {one.id: one.received_at for one in batches}
        there = [one for one in batches if one.id == facts.id]
        self._said = batch_events.all_things([*before, *map(intake.events_path, there)])
        said = set(batch_events.rows_of(self._said))
        for piece in batched(sorted({seen for _, seen, _ in said}), PIECE):
            found = Finding.objects.filter(recently, observed__in=piece, subject_kind=KIND)
            hosts = found.values_list("organisation", "subject", "observed", "port")
            self._left.update(host for host in hosts if host[1:] in said)

    def _things(self) -> pa.Table:
        known = [{"subject": subject, "observed": seen, "port": port} for _, subject, seen, port in self._left]
        return pa.concat_tables([self._said, pa.Table.from_pylist(known, schema=batch_events.THINGS)])

    def _write(self, piece: Sequence[tuple[Host, list[Sighting]]]) -> Counter[str]:
        there = constituency.revisions({one.asset for _, sightings in piece for one in sightings})
        known = known_findings([host for host, _ in piece], kind=KIND)
        new, changed, gone, counts = [], [], [], Counter[str]()
        for host, sightings in piece:
            row = known.get(host)
            source = row.source_id if row and row.first_batch not in self._through else None
            seen = [one for one in sightings if one.asset in there]
            replayed = replay(seen, deliveries=self._deliveries, source=source)
            if row is None or self._is_over(row):
                if replayed and (replayed.open or row is None):
                    new.append(self._settled(opened(replayed), replayed))
                    counts[Seen.NEW] += 1
            elif replayed is None and self._was_never_told(row):
                gone.append(row.pk)
            elif verdict := self._settle(row, replayed):
                changed.append(row)
                counts[verdict] += 1
        Finding.objects.filter(pk__in=gone).delete()
        Finding.objects.bulk_create(new)
        update_rows(changed, fields=SETTLED)
        return counts

    def _settle(self, row: Finding, replayed: Replayed | None) -> str:
        before = [getattr(row, field) for field in SETTLED]
        was_open = row.state == Finding.State.OPEN
        if replayed is None:
            if was_open and row.last_batch in self._through:
                close(row, because=NOT_SAID, now=self._now)
        else:
            self._settled(row, replayed)
        if before == [getattr(row, field) for field in SETTLED]:
            return ""
        is_open = row.state == Finding.State.OPEN
        return Seen.AGAIN if is_open == was_open else Seen.REOPENED if is_open else "gone"

    def _settled(self, row: Finding, replayed: Replayed) -> Finding:
        """The row as all deliveries together have it; where others know more, only what these add to it."""
        knows_more = self._knows_more(row)
        whole = row.first_batch in self._through
        gone_in = row.last_absent_batch
        self._merge(row, replayed, whole=whole, knows_more=knows_more)
        if knows_more:
            return row
        if not replayed.open:
            if row.closed_at is None or gone_in != replayed.gone_in:
                close(row, because=replayed.gone_because, now=self._came[replayed.gone_in])
        else:
            row.state, row.closed_at, row.closed_because = Finding.State.OPEN, None, ""
        if whole:
            row.wants_campaign |= replayed.open and replayed.reopened > row.times_reopened
            row.times_reopened = replayed.reopened
        return row

    def _was_never_told(self, row: Finding) -> bool:
        known_only_here = {row.first_batch, row.last_batch} <= self._through
        return known_only_here and not row.decisions.exclude(campaign__state__in=UNDECIDED).exists()
