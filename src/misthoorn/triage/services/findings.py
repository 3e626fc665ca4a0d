from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

import pyarrow as pa
from django.db import transaction
from django.db.models import F, Q

from misthoorn.common.failpoints import failpoint
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import AssetFacts
from misthoorn.intake import queries as intake
from misthoorn.matching.advisories import match_advisories
from misthoorn.matching.events import match_events
from misthoorn.triage.lifecycle import Absence, Known, Seen, when_absent, when_seen
from misthoorn.triage.models import Finding, MatchRun, SubjectKind
from misthoorn.triage.services.campaigns import propose_campaigns
from misthoorn.triage.sightings import RULE, Sighting, fold
from misthoorn.work.bulk import update_rows
from misthoorn.work.clock import database_now

PIECE = 500  # findings a transaction: far below the 250 ms that a write of SQLite may take
LEASE = 120.0  # seconds from the last piece that was written; a country's join takes some ten before the first
FORGOTTEN = 2_000  # findings blanked in a transaction: the same


class _LeaseLostError(Exception):
    """Another worker has the run now: nothing may be written any more."""


@dataclass(frozen=True, slots=True)
class _Run:
    """What carries the work: the match run of a delivery, or batch 0, an import of assets, that counts nowhere."""

    batch: int
    attempt: int
    kind: str

    def count(self, counts: Counter[str]) -> None:
        """Add to the run's figures and keep its lease, in the transaction of what they count; only while it is ours."""
        figures = {
            "lease_until": database_now() + timedelta(seconds=LEASE),
            "opened": F("opened") + counts[Seen.NEW],
            "seen_again": F("seen_again") + counts[Seen.AGAIN],
            "reopened": F("reopened") + counts[Seen.REOPENED],
            "gone": F("gone") + counts["gone"],
        }
        mine = MatchRun.objects.filter(batch_id=self.batch, attempt=self.attempt)
        if self.batch and not mine.update(**figures):
            raise _LeaseLostError


def queue_match(*, batch: int, at: datetime) -> None:
    """An accepted batch wants matching. Called in the transaction that accepts it; twice changes nothing."""
    MatchRun.objects.get_or_create(batch_id=batch, defaults={"not_before": at})


def match_batch(*, batch: int, attempt: int, now: datetime) -> bool:
    """Match an accepted batch, open or close findings, and propose campaigns for what is new.

    Works in pieces; doing it again after a crash goes on where it was, and counts nothing twice. False when the lease
    was lost to another worker meanwhile.
    """
    facts = intake.batch(batch)
    if facts is None:
        return False
    try:
        if facts.events_path:
            matches = _match_events(facts, run=_Run(batch, attempt, SubjectKind.EVENT), now=now)
        else:
            matches = _match_products(_Run(batch, attempt, SubjectKind.ADVISORY), now=now)
    except _LeaseLostError:
        return False
    done = MatchRun.objects.filter(batch_id=batch, attempt=attempt).update(
        state=MatchRun.State.DONE, lease_until=None, finished_at=now, matches=matches
    )
    return bool(done)


def _match_events(facts: intake.BatchFacts, *, run: _Run, now: datetime) -> int:
    assets = constituency.event_key_table()
    path = intake.events_path(facts)
    matches = match_events(assets=assets, events=path)
    failpoint("triage.matched")
    source = facts.source
    _see(fold(matches=matches, assets=assets, events=path, source=source.id, tlp=source.tlp), run=run, now=now)
    _close_absent(facts, run=run, now=now)
    propose_campaigns(now=now)
    return int(matches.num_rows)


def _see(sightings: Iterable[Sighting], *, run: _Run, now: datetime) -> None:
    for piece in batched(sightings, PIECE):
        with transaction.atomic():
            run.count(_see_piece(piece, run=run, now=now))


def _see_piece(piece: Sequence[Sighting], *, run: _Run, now: datetime) -> Counter[str]:
    known = _known(piece, run)
    new, changed, counts = [], [], Counter[str]()
    for sighting in piece:
        row = known.get(_identity(sighting, run.kind))
        verdict = when_seen(_as_known(row), batch=run.batch, now=now)
        counts[verdict] += 1
        if row is None or verdict is Seen.NEW:
            new.append(_new(sighting, run))
        elif verdict is not Seen.COUNTED:
            _again(row, sighting, run, reopened=verdict is Seen.REOPENED)
            changed.append(row)
    Finding.objects.bulk_create(new)
    update_rows(changed, fields=_AGAIN)
    return counts


def _identity(sighting: Sighting | Finding, kind: str) -> tuple[object, ...]:
    """Among the findings of one organisation. For an event the asset is not part of it: an address and a domain of the
    same host are one finding, on whichever asset it was first opened; for an advisory it is: two servers are two.
    """  # noqa: D205  one thought
    organisation = sighting.organisation if isinstance(sighting, Sighting) else sighting.organisation_id
    asset = sighting.asset if isinstance(sighting, Sighting) else sighting.asset_id
    place = (sighting.observed, sighting.port) if kind == SubjectKind.EVENT else (asset,)
    return (organisation, sighting.subject, *place)


def _known(piece: Sequence[Sighting], run: _Run) -> dict[tuple[object, ...], Finding]:
    """The newest finding of each identity in the piece, locked."""
    if run.kind == SubjectKind.EVENT:
        place = Q(observed__in={one.observed for one in piece})
    else:
        place = Q(asset__in={one.asset for one in piece})
    found = Finding.objects.select_for_update().filter(
        place,
        organisation__in={one.organisation for one in piece},
        subject__in={one.subject for one in piece},
        subject_kind=run.kind,
    )
    known: dict[tuple[object, ...], Finding] = {}
    for row in found.order_by("first_seen", "pk"):
        identity = _identity(row, run.kind)
        if identity not in known or known[identity].state != Finding.State.OPEN:
            known[identity] = row
    return known


def _as_known(row: Finding | None) -> Known | None:
    if row is None:
        return None
    return Known(open=row.state == Finding.State.OPEN, closed_at=row.closed_at, last_batch=row.last_batch)


def _new(sighting: Sighting, run: _Run) -> Finding:
    return Finding(
        organisation_id=sighting.organisation,
        asset_id=sighting.asset,
        source_id=sighting.source,
        subject_kind=run.kind,
        subject=sighting.subject,
        observed=sighting.observed,
        port=sighting.port,
        protocol=sighting.protocol,
        hostname=sighting.hostname,
        rsit=sighting.rsit,
        severity=sighting.severity,
        certainty=sighting.certainty,
        most_specific=sighting.most_specific,
        tlp=sighting.tlp,
        evidence=sighting.evidence,
        rule=RULE,
        first_seen=sighting.first_seen,
        last_seen=sighting.last_seen,
        times_seen=sighting.times,
        last_batch=run.batch,
    )


_AGAIN = (
    "state",
    "last_seen",
    "times_seen",
    "last_batch",
    "absences",
    "times_reopened",
    "closed_at",
    "closed_because",
    "hostname",
    "severity",
    "most_specific",
    "evidence",
    "wants_campaign",
)


def _again(row: Finding, sighting: Sighting, run: _Run, *, reopened: bool) -> None:
    row.times_seen += sighting.times
    row.last_batch = run.batch or row.last_batch
    row.absences = 0
    row.most_specific = sighting.most_specific
    if sighting.last_seen >= row.last_seen:
        row.last_seen, row.severity, row.evidence = sighting.last_seen, sighting.severity, sighting.evidence
        row.hostname = sighting.hostname or row.hostname
    if reopened:
        row.state, row.closed_at, row.closed_because = Finding.State.OPEN, None, ""
        row.times_reopened += 1
        row.wants_campaign = True


def _close_absent(facts: intake.BatchFacts, *, run: _Run, now: datetime) -> None:
    """Findings of this source that the batch looked for and did not see: at the last of some absences they are gone."""
    held = intake.held(facts)
    if not held.newest:
        return
    coverage = intake.coverage(facts, held=held)
    looked_at = max(held.newest.values())
    needed = facts.source.absences_to_close
    not_seen = Q(subject_kind=SubjectKind.EVENT, source=facts.source.id, subject__in=coverage.subjects)
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
            _close(row, f"{facts.source.slug} looked again and no longer saw it ({absences} of {absences})", now=now)
        return True

    _judge_open(not_seen, judge, run=run)


def _judge_open(which: Q, judge: Callable[[Finding], bool], *, run: _Run) -> None:
    """Let `judge` look at these open findings, each as it is when it is written; it says whether it changed one."""
    candidates = list(
        Finding.objects.filter(which, state=Finding.State.OPEN).order_by("pk").values_list("pk", flat=True)
    )
    for piece in batched(candidates, PIECE):
        with transaction.atomic():
            rows = Finding.objects.select_for_update().filter(which, pk__in=piece, state=Finding.State.OPEN)
            changed = [row for row in rows.order_by("pk") if judge(row)]
            update_rows(changed, fields=["absences", "last_absent_batch", "state", "closed_at", "closed_because"])
            run.count(Counter(gone=sum(row.state == Finding.State.GONE for row in changed)))


def _close(row: Finding, because: str, *, now: datetime) -> None:
    row.state, row.closed_at, row.closed_because = Finding.State.GONE, now, because


def match_products(*, now: datetime) -> None:
    """Match all installed products with all advisories that hold; open what is new, close what no longer applies.

    For after an import of assets; the outcome does not depend on the order in which assets and advisories came.
    """
    _match_products(_Run(0, 0, SubjectKind.ADVISORY), now=now)


def _match_products(run: _Run, *, now: datetime) -> int:
    assets = constituency.product_key_table(at=now)
    matches = match_advisories(assets=assets, items=intake.item_key_table())
    failpoint("triage.matched")
    _see(_product_sightings(matches, now=now), run=run, now=now)
    matched = set(zip(matches["asset"].to_pylist(), matches["item"].to_pylist(), strict=True))

    def judge(row: Finding) -> bool:
        if (row.asset_id, row.subject) in matched:
            return False
        _close(row, "the product's version or the advisory changed, and they no longer match", now=now)
        return True

    # What was seen later than this was seen by another run, which knew more.
    _judge_open(Q(subject_kind=SubjectKind.ADVISORY, last_seen__lte=now), judge, run=run)
    propose_campaigns(now=now)
    return int(matches.num_rows)


def _product_sightings(matches: pa.Table, *, now: datetime) -> Iterator[Sighting]:
    columns = (matches["item"].to_pylist(), matches["asset"].to_pylist(), matches["certainty"].to_pylist())
    for piece in batched(zip(*columns, strict=True), PIECE):
        advisories = intake.advisories(sorted({item for item, _, _ in piece}))
        products = constituency.assets({asset for _, asset, _ in piece})
        for item, asset, certainty in piece:
            # Either may be gone since the join was read.
            if item in advisories and asset in products:
                yield _product_sighting(products[asset], advisories[item], certainty=certainty, now=now)


def _product_sighting(product: AssetFacts, facts: intake.AdvisoryFacts, *, certainty: str, now: datetime) -> Sighting:
    return Sighting(
        organisation=product.organisation,
        asset=product.id,
        source=facts.source_ids[0],
        tlp=facts.tlp,
        subject=facts.identifier,
        observed=product.label,
        port=0,
        protocol="",
        hostname="",
        rsit="",
        severity=facts.severity,
        certainty=certainty,
        most_specific=True,
        first_seen=now,
        last_seen=now,
        times=1,
        evidence={"product": product.value, "version": product.version},
    )


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
