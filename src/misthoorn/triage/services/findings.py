from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

import pyarrow as pa
from django.db import transaction
from django.db.models import F

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

PIECE = 500  # findings a transaction: far below the 250 ms that a write of SQLite may take


@dataclass(frozen=True, slots=True)
class Origin:
    """Where sightings come from: what their findings inherit."""

    source: int
    tlp: str
    batch: int
    kind: str


def queue_match(*, batch: int, at: datetime) -> None:
    """An accepted batch wants matching. Called in the transaction that accepts it; twice changes nothing."""
    MatchRun.objects.get_or_create(batch_id=batch, defaults={"not_before": at})


def match_batch(*, batch: int, attempt: int, now: datetime) -> None:
    """Match an accepted batch, open or close findings, and propose campaigns for what is new.

    Works in pieces; doing it again after a crash goes on where it was, and counts nothing twice.
    """
    facts = intake.batch(batch)
    if facts is None:
        return
    counts = match_products(now=now, batch=batch) if not facts.events_path else _match_events(facts, now=now)
    MatchRun.objects.filter(batch_id=batch, attempt=attempt).update(
        state=MatchRun.State.DONE,
        lease_until=None,
        finished_at=now,
        matches=counts["matches"],
        opened=F("opened") + counts[Seen.NEW],
        seen_again=F("seen_again") + counts[Seen.AGAIN],
        reopened=F("reopened") + counts[Seen.REOPENED],
        gone=F("gone") + counts["gone"],
    )


def _match_events(facts: intake.BatchFacts, *, now: datetime) -> Counter[str]:
    assets = constituency.asset_key_table(products=False)
    path = intake.events_path(facts)
    matches = match_events(assets=assets, events=path)
    failpoint("triage.matched")
    origin = Origin(source=facts.source.id, tlp=facts.source.tlp, batch=facts.id, kind=SubjectKind.EVENT)
    counts = _see(fold(matches=matches, assets=assets, events=path), origin=origin, now=now)
    counts["matches"] = matches.num_rows
    counts["gone"] = _close_absent(facts, now=now)
    propose_campaigns(now=now)
    return counts


def _see(sightings: Iterable[Sighting], *, origin: Origin, now: datetime) -> Counter[str]:
    counts: Counter[str] = Counter()
    for piece in batched(sightings, PIECE):
        with transaction.atomic():
            counts += _see_piece(piece, origin=origin, now=now)
    return counts


def _see_piece(piece: Sequence[Sighting], *, origin: Origin, now: datetime) -> Counter[str]:
    known = _known(piece, origin)
    new, changed, counts = [], [], Counter[str]()
    for sighting in piece:
        row = known.get(_identity(sighting, origin.kind))
        verdict = when_seen(_as_known(row), batch=origin.batch, now=now)
        counts[verdict] += 1
        if row is None or verdict is Seen.NEW:
            row = _new(sighting, origin)
            new.append(row)
        elif verdict is not Seen.COUNTED:
            _again(row, sighting, origin, reopened=verdict is Seen.REOPENED)
            changed.append(row)
        known[_identity(sighting, origin.kind)] = row
    Finding.objects.bulk_create(new)
    Finding.objects.bulk_update(changed, _AGAIN)
    return counts


def _identity(sighting: Sighting | Finding, kind: str) -> tuple[object, ...]:
    """Among the findings of one organisation. For an event the asset is not part of it: an address and a domain of the
    same host are one finding, on whichever asset it was first opened; for an advisory it is: two servers are two.
    """  # noqa: D205  one thought
    organisation = sighting.organisation if isinstance(sighting, Sighting) else sighting.organisation_id
    asset = sighting.asset if isinstance(sighting, Sighting) else sighting.asset_id
    place = (sighting.observed, sighting.port) if kind == SubjectKind.EVENT else (asset,)
    return (organisation, sighting.subject, *place)


def _known(piece: Sequence[Sighting], origin: Origin) -> dict[tuple[object, ...], Finding]:
    """The newest finding of each identity in the piece."""
    found = Finding.objects.filter(
        organisation__in={one.organisation for one in piece},
        subject__in={one.subject for one in piece},
        subject_kind=origin.kind,
    ).order_by("first_seen", "pk")
    known: dict[tuple[object, ...], Finding] = {}
    for row in found:
        identity = _identity(row, origin.kind)
        if identity not in known or known[identity].state != Finding.State.OPEN:
            known[identity] = row
    return known


def _as_known(row: Finding | None) -> Known | None:
    if row is None:
        return None
    return Known(open=row.state == Finding.State.OPEN, closed_at=row.closed_at, last_batch=row.last_batch)


def _new(sighting: Sighting, origin: Origin) -> Finding:
    return Finding(
        organisation_id=sighting.organisation,
        asset_id=sighting.asset,
        source_id=origin.source,
        subject_kind=origin.kind,
        subject=sighting.subject,
        observed=sighting.observed,
        port=sighting.port,
        protocol=sighting.protocol,
        hostname=sighting.hostname,
        rsit=sighting.rsit,
        severity=sighting.severity,
        certainty=sighting.certainty,
        most_specific=sighting.most_specific,
        tlp=origin.tlp,
        evidence=sighting.evidence,
        rule=RULE,
        first_seen=sighting.first_seen,
        last_seen=sighting.last_seen,
        times_seen=sighting.times,
        last_batch=origin.batch,
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


def _again(row: Finding, sighting: Sighting, origin: Origin, *, reopened: bool) -> None:
    row.times_seen += sighting.times
    row.last_batch = origin.batch
    row.absences = 0
    row.most_specific = sighting.most_specific
    if sighting.last_seen >= row.last_seen:
        row.last_seen, row.severity, row.evidence = sighting.last_seen, sighting.severity, sighting.evidence
        row.hostname = sighting.hostname or row.hostname
    if reopened:
        row.state, row.closed_at, row.closed_because = Finding.State.OPEN, None, ""
        row.times_reopened += 1
        row.wants_campaign = True


def _close_absent(facts: intake.BatchFacts, *, now: datetime) -> int:
    """Findings of this source that the batch looked for and did not see. How many are gone by that."""
    held = intake.subjects_of(facts)
    if not held:
        return 0
    coverage = intake.coverage(facts, seen=held)
    looked_at = max(held.values())
    gone, touched = 0, []
    candidates = Finding.objects.filter(
        state=Finding.State.OPEN, subject_kind=SubjectKind.EVENT, source=facts.source.id, subject__in=coverage.subjects
    ).exclude(last_batch=facts.id)
    for row in candidates.iterator():
        absences = when_absent(
            Absence(row.absences, row.last_seen, row.last_absent_batch),
            batch=facts.id,
            looked_at=looked_at,
            covered=coverage.covers(subject=row.subject, observed=row.observed),
            needed=facts.source.absences_to_close,
        )
        if absences is None:
            continue
        row.absences, row.last_absent_batch = absences, facts.id
        if absences >= facts.source.absences_to_close:
            row.state, row.closed_at = Finding.State.GONE, now
            row.closed_because = f"{facts.source.slug} looked again and no longer saw it ({absences} of {absences})"
            gone += 1
        touched.append(row)
    fields = ["absences", "last_absent_batch", "state", "closed_at", "closed_because"]
    for piece in batched(touched, PIECE):
        Finding.objects.bulk_update(piece, fields)
    return gone


def match_products(*, now: datetime, batch: int = 0) -> Counter[str]:
    """Match all installed products with all advisories that hold; open what is new, close what no longer applies.

    For after an import of assets or of advisories; the outcome does not depend on the order in which they came.
    """
    assets = constituency.asset_key_table(products=True)
    matches = match_advisories(assets=assets, items=intake.item_key_table())
    failpoint("triage.matched")
    owners = dict(zip(assets["asset"].to_pylist(), assets["organisation"].to_pylist(), strict=True))
    counts: Counter[str] = Counter(matches=matches.num_rows)
    grouped = _by_item(matches)
    advisories = intake.advisories(list(grouped))
    for identifier, rows in grouped.items():
        facts = advisories[identifier]
        origin = Origin(source=facts.source_ids[0], tlp=facts.tlp, batch=batch, kind=SubjectKind.ADVISORY)
        products = constituency.assets(asset for asset, _ in rows)
        sightings = [
            _product_sighting(products[asset], owners[asset], facts, certainty=certainty, now=now)
            for asset, certainty in rows
        ]
        counts += _see(sightings, origin=origin, now=now)
    counts["gone"] = _close_unmatched({(asset, item) for item, rows in grouped.items() for asset, _ in rows}, now=now)
    propose_campaigns(now=now)
    return counts


def _by_item(matches: pa.Table) -> dict[str, list[tuple[int, str]]]:
    grouped: dict[str, list[tuple[int, str]]] = {}
    columns = (matches["item"].to_pylist(), matches["asset"].to_pylist(), matches["certainty"].to_pylist())
    for item, asset, certainty in sorted(zip(*columns, strict=True)):
        grouped.setdefault(item, []).append((asset, certainty))
    return grouped


def _product_sighting(
    product: AssetFacts, organisation: int, facts: intake.AdvisoryFacts, *, certainty: str, now: datetime
) -> Sighting:
    return Sighting(
        organisation=organisation,
        asset=product.id,
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


def _close_unmatched(matched: set[tuple[int, str]], *, now: datetime) -> int:
    """Open advisory findings that the join no longer gives: the product or the advisory changed."""
    gone = []
    for row in Finding.objects.filter(state=Finding.State.OPEN, subject_kind=SubjectKind.ADVISORY).iterator():
        if (row.asset_id, row.subject) not in matched:
            row.state, row.closed_at = Finding.State.GONE, now
            row.closed_because = "the product's version or the advisory changed, and they no longer match"
            gone.append(row)
    for piece in batched(gone, PIECE):
        Finding.objects.bulk_update(piece, ["state", "closed_at", "closed_because"])
    return len(gone)


def forget_findings(*, now: datetime, days: int) -> int:
    """Blank address, name and evidence of findings that were closed longer ago than this; how many.

    What was warned about, when and with what effect stays: it is no personal data without the address.
    """
    old = Finding.objects.filter(state=Finding.State.GONE, closed_at__lt=now - timedelta(days=days)).exclude(
        observed=""
    )
    return old.update(observed="", hostname="", evidence={})
