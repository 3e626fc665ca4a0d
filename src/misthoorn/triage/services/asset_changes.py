"""Networks, names and AS numbers that changed: matched with the deliveries of the last days.

Those deliveries are gone through again for the hosts that are concerned (triage.replay), and what is known of them is
brought in line with that: so a host that was seen before its network was registered is told all the same, with the
times at which it was seen, and what would be gone by now is not told. Doing it again changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import batched, chain, groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from misthoorn.common.scratch import scratch
from misthoorn.constituency import queries as constituency
from misthoorn.intake import batch_events
from misthoorn.intake import queries as intake
from misthoorn.intake.coverage import Coverage
from misthoorn.intake.facts import BatchFacts
from misthoorn.intake.routes import kept_routes
from misthoorn.matching.events import match_events
from misthoorn.triage.findings.lifecycle import REOPEN_WITHIN, Seen
from misthoorn.triage.findings.replay import Delivery, Replayed, replay
from misthoorn.triage.findings.sightings import Sighting, fold
from misthoorn.triage.models import Finding, MatchRun
from misthoorn.triage.services.hosts import KIND, keys_near
from misthoorn.triage.services.match_runs import PIECE, Run
from misthoorn.triage.services.observation import close, known_findings, new_finding, reopen, take_newest, write_piece
from misthoorn.work.bulk import update_rows

ASSETS = 50_000  # that are gone through at once
NOT_THEIRS = "the asset changed: it was not the organisation's when this was seen"

type Host = tuple[int, str, str, int]  # organisation, subject, observed, port


def match_changed(assets: Sequence[int], *, run: Run, now: datetime) -> int:
    """Match assets that changed with the deliveries of the last days; the number of matches.

    Raises:
        LeaseLostError: another worker has the run.
    """
    if not assets:
        return 0
    matched = MatchRun.objects.filter(state=MatchRun.State.DONE, batch__isnull=False)
    since = now - timedelta(days=settings.RECENT_DAYS)
    batches = batch_events.event_batches(since=since, among=list(matched.values_list("batch", flat=True)))
    return sum(CatchingUp(piece, batches, run=run, now=now).go() for piece in batched(assets, ASSETS))


class CatchingUp:
    """Some assets that changed, and the deliveries that are gone through for them."""

    def __init__(self, assets: Sequence[int], batches: Sequence[BatchFacts], *, run: Run, now: datetime) -> None:
        self._assets = constituency.assets(assets)
        self._batches = batches
        self._deliveries: list[Delivery] = []
        self._through = {one.id for one in batches}
        self._run = run
        self._now = now
        self._routes = kept_routes()
        # Open findings on these assets: those that the deliveries do not show any more are judged too.
        self._left: set[Host] = set()
        for piece in batched(assets, PIECE):
            rows = Finding.objects.filter(asset__in=piece, subject_kind=KIND, state=Finding.State.OPEN)
            self._left.update(rows.values_list("organisation", "subject", "observed", "port"))

    def go(self) -> int:
        matches = 0
        if self._batches:
            with scratch() as folder:
                matches = self._go_through(folder / "events.parquet")
        self._bring_in_line((host, []) for host in sorted(self._left))
        return matches

    def _go_through(self, path: Path) -> int:
        rows = batch_events.copy_events(self._batches, about=self._things(), to=path)
        if not rows:
            return 0
        assets = keys_near(path, rows=rows, routes=self._routes)
        matches = match_events(assets=assets, events=path, routes=self._routes)
        by = {one.id: (one.source.id, one.tlp) for one in self._batches}
        sightings = fold(matches=matches, assets=assets, events=path, source=by.__getitem__)
        self._deliveries = _deliveries(self._batches)
        self._bring_in_line((host, list(same)) for host, same in groupby(sightings, key=_host))
        return int(matches.num_rows)

    def _things(self) -> pa.Table:
        """What the assets may concern, whenever they are valid, and what they were found to concern earlier."""
        keys = constituency.keys_of(self._assets)
        for name in ("valid_from", "valid_to"):
            place = keys.schema.get_field_index(name)
            field = keys.schema.field(place)
            keys = keys.set_column(place, field, pa.nulls(keys.num_rows, field.type))
        events = batch_events.events_of(self._batches)
        first = next(events)
        reader = pa.RecordBatchReader.from_batches(first.schema, chain([first], events))
        rows = pc.unique(match_events(assets=keys, events=reader, routes=self._routes)["item"])
        known = [{"subject": subject, "observed": seen, "port": port} for _, subject, seen, port in self._left]
        things = pa.Table.from_pylist(known, schema=batch_events.THINGS)
        return pa.concat_tables([batch_events.things_seen(self._batches, rows=rows), things])

    def _bring_in_line(self, hosts: Iterable[tuple[Host, list[Sighting]]]) -> None:
        for piece in batched(hosts, PIECE):
            self._left.difference_update(host for host, _ in piece)
            write_piece(partial(self._write, piece), run=self._run)

    def _write(self, piece: Sequence[tuple[Host, list[Sighting]]]) -> Counter[str]:
        there = constituency.revisions({one.asset for _, sightings in piece for one in sightings})
        known = known_findings([host for host, _ in piece], kind=KIND)
        new, changed, counts = [], [], Counter[str]()
        for host, sightings in piece:
            row = known.get(host)
            source = row.source_id if row and row.first_batch not in self._through else None
            seen = [one for one in sightings if one.asset in there]
            replayed = replay(seen, deliveries=self._deliveries, source=source)
            if row is None or self._is_over(row):
                if replayed and replayed.open:
                    new.append(opened(replayed))
                    counts[Seen.NEW] += 1
            elif verdict := self._settle(row, replayed):
                changed.append(row)
                counts[verdict] += 1
        Finding.objects.bulk_create(new)
        update_rows(changed, fields=SETTLED)
        return counts

    def _is_over(self, row: Finding) -> bool:
        """Gone so long that what is seen again is another finding."""
        if row.state == Finding.State.OPEN or row.closed_at is None:
            return False
        return self._now - row.closed_at > REOPEN_WITHIN

    def _settle(self, row: Finding, replayed: Replayed | None) -> str:
        """Change the row to what came out; what that was, "" when nothing changes."""
        before = [getattr(row, field) for field in SETTLED]
        knows_more = self._knows_more(row)
        if replayed is not None:
            self._merge(row, replayed, whole=row.first_batch in self._through, knows_more=knows_more)
        if row.state == Finding.State.OPEN:
            if replayed is None and (row.last_batch in self._through or self._was_not_theirs(row)):
                close(row, because=NOT_THEIRS, now=self._now)
            elif replayed and not replayed.open and not knows_more:
                close(row, because=replayed.gone_because, now=self._now)
        elif replayed and replayed.open and not knows_more:
            reopen(row)
            return Seen.REOPENED
        if row.state == Finding.State.GONE and before[SETTLED.index("state")] == Finding.State.OPEN:
            return "gone"
        return Seen.AGAIN if before != [getattr(row, field) for field in SETTLED] else ""

    def _knows_more(self, row: Finding) -> bool:
        """Whether a delivery that is being matched, or was not gone through for another reason, told something."""
        beyond = {row.last_batch, row.last_absent_batch} - self._through
        return any(batch > min(self._through, default=batch) for batch in beyond)

    def _was_not_theirs(self, row: Finding) -> bool:
        asset = self._assets.get(row.asset_id)
        return asset is not None and not asset.is_valid(row.last_seen)

    def _merge(self, row: Finding, replayed: Replayed, *, whole: bool, knows_more: bool) -> None:
        """What was gone through is the whole of it where the row began in it; otherwise it is the least there was."""
        fresh = opened(replayed)
        for field in _WHOLE if whole and not knows_more else _ANYWAY:
            setattr(row, field, getattr(fresh, field))
        if not whole or knows_more:
            row.first_seen = min(row.first_seen, fresh.first_seen)
            row.times_seen = max(row.times_seen, fresh.times_seen)
            take_newest(row, sighting=max(replayed.sightings, key=lambda one: one.last_seen))
        if not knows_more:
            row.last_batch, row.last_absent_batch = fresh.last_batch, fresh.last_absent_batch
            row.absences = fresh.absences


_ANYWAY = ("asset_id", "most_specific")
_NEWEST = ("last_seen", "severity", "certainty", "evidence", "hostname")
_WHOLE = (*_ANYWAY, *_NEWEST, "source_id", "tlp", "first_seen", "times_seen", "first_batch")
_COUNTED = ("last_batch", "absences", "last_absent_batch")
_STATE = ("state", "times_reopened", "closed_at", "closed_because", "wants_campaign")
SETTLED = (*_WHOLE, *_COUNTED, *_STATE)


def _host(sighting: Sighting) -> Host:
    return (sighting.organisation, sighting.subject, sighting.observed, sighting.port)


def opened(replayed: Replayed) -> Finding:
    """A finding as it would have become."""
    first, *more = replayed.sightings
    row = new_finding(first, kind=KIND, batch=first.batch)
    for sighting in more:
        row.most_specific, row.last_batch = sighting.most_specific, sighting.batch
        take_newest(row, sighting=sighting)
    row.first_seen, row.times_seen = replayed.first_seen, replayed.times
    row.last_absent_batch, row.absences = replayed.last_absent_batch, replayed.absences
    return row


def _deliveries(batches: Sequence[BatchFacts]) -> list[Delivery]:
    held = batch_events.held_by_each(batches)
    return [_delivery(one, held[one.id]) for one in batches]


def _delivery(facts: BatchFacts, held: intake.Held) -> Delivery:
    @cache
    def coverage() -> Coverage:
        return intake.coverage(facts, held=held)

    return Delivery(
        batch=facts.id,
        source=facts.source.id,
        slug=facts.source.slug,
        kind=intake.kind_of(facts),
        looked_at=max(held.newest.values(), default=None),
        needed=facts.source.absences_to_close,
        covers=lambda subject, observed: coverage().covers(subject=subject, observed=observed),
    )
