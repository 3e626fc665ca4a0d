"""Findings from sightings: opened, seen again, reopened, closed; in pieces, each one transaction with its figures."""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import batched
from operator import attrgetter

from django.db import IntegrityError, transaction
from django.db.models import Q

from misthoorn.common.tlp import parse_tlp, strictest
from misthoorn.triage.findings.lifecycle import Known, Seen, when_seen
from misthoorn.triage.findings.sightings import RULE, Sighting
from misthoorn.triage.models import Finding, SubjectKind
from misthoorn.triage.services.match_runs import PIECE, Run
from misthoorn.work.bulk import insert_models, update_rows

type Pair = tuple[int, str]  # asset and subject
# Which of these pairs still are as they were when they were matched; they stay so until the transaction ends. What
# changed meanwhile is left to the run that its change brings about.
type Fence = Callable[[Sequence[Pair]], set[Pair]]
type Identity = tuple[int, str, str, int]

TRIES = 3


def see(sightings: Iterable[Sighting], *, kind: str, run: Run, fence: Fence, now: datetime) -> None:
    """Open, see again or reopen what these sightings are of, as far as the fence lets through.

    Raises:
        LeaseLostError: another worker has the run.
    """
    for piece in batched(sightings, PIECE):
        write_piece(partial(_see_piece, piece, kind=kind, run=run, fence=fence, now=now), run=run)


def write_piece(write: Callable[[], Counter[str]], *, run: Run) -> None:
    """Write a piece and count it; again, where another worker opened one of its findings at the same moment."""
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                run.count(write())
        except IntegrityError:
            if not left:
                raise
        else:
            return


def _see_piece(piece: Sequence[Sighting], *, kind: str, run: Run, fence: Fence, now: datetime) -> Counter[str]:
    allowed = fence([(one.asset, one.subject) for one in piece])
    piece = [one for one in piece if (one.asset, one.subject) in allowed]
    known = known_findings([identity(one, kind=kind) for one in piece], kind=kind)
    new, changed, counts = [], [], Counter[str]()
    as_before: dict[datetime, list[int]] = defaultdict(list)
    for sighting in piece:
        row = known.get(identity(sighting, kind=kind))
        seen = sighting.last_seen if kind == SubjectKind.EVENT else None
        verdict = when_seen(_as_known(row), batch=run.batch, seen=seen, now=now)
        counts[verdict] += 1
        if row is None or verdict is Seen.NEW:
            new.append(new_finding(sighting, kind=kind, batch=run.batch))
        elif verdict is not Seen.COUNTED:
            before = _SAME(row)
            _again(row, sighting, run)
            if verdict is Seen.REOPENED:
                reopen(row)
            if _SAME(row) == before:
                as_before[row.last_seen].append(row.pk)
            else:
                changed.append(row)
    insert_models(new)
    update_rows(changed, fields=_AGAIN)
    for last_seen, rows in as_before.items():
        Finding.objects.filter(pk__in=rows).update(last_seen=last_seen)
    return counts


def identity(one: Sighting | Finding, *, kind: str) -> tuple[object, ...]:
    """Among all findings of a kind. For an event the asset is not part of it: an address and a domain of the same host
    are one finding, on whichever asset it was first opened; for an advisory it is: two servers are two.
    """  # noqa: D205  one thought
    organisation = one.organisation if isinstance(one, Sighting) else one.organisation_id
    asset = one.asset if isinstance(one, Sighting) else one.asset_id
    place = (one.observed, one.port) if kind == SubjectKind.EVENT else (asset,)
    return (organisation, one.subject, *place)


def known_findings(identities: Sequence[tuple[object, ...]], *, kind: str) -> dict[tuple[object, ...], Finding]:
    """The newest finding of each of these identities, locked; one that is open before all others."""
    if not identities:
        return {}
    organisations, subjects, places, *_ = (set(column) for column in zip(*identities, strict=True))
    place = Q(observed__in=places) if kind == SubjectKind.EVENT else Q(asset__in=places)
    found = Finding.objects.select_for_update().filter(
        place, organisation__in=organisations, subject__in=subjects, subject_kind=kind
    )
    known: dict[tuple[object, ...], Finding] = {}
    for row in found.order_by("first_seen", "pk"):
        here = identity(row, kind=kind)
        if here not in known or known[here].state != Finding.State.OPEN:
            known[here] = row
    return known


def _as_known(row: Finding | None) -> Known | None:
    if row is None:
        return None
    is_open = row.state == Finding.State.OPEN
    return Known(open=is_open, closed_at=row.closed_at, last_batch=row.last_batch, last_seen=row.last_seen)


def new_finding(sighting: Sighting, *, kind: str, batch: int) -> Finding:
    """A finding that this sighting, of this batch, opens."""
    return Finding(
        organisation_id=sighting.organisation,
        asset_id=sighting.asset,
        source_id=sighting.source,
        subject_kind=kind,
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
        first_batch=batch,
        last_batch=batch,
    )


_AGAIN = (
    "state",
    "first_seen",
    "last_seen",
    "times_seen",
    "last_batch",
    "absences",
    "times_reopened",
    "closed_at",
    "closed_because",
    "hostname",
    "severity",
    "certainty",
    "most_specific",
    "evidence",
    "tlp",
    "wants_campaign",
)
_SAME = attrgetter(*(field for field in _AGAIN if field != "last_seen"))


def _again(row: Finding, sighting: Sighting, run: Run) -> None:
    if run.batch:  # a change of assets is no delivery
        row.times_seen += sighting.times
        row.last_batch = run.batch
    row.absences = 0
    row.first_seen = min(row.first_seen, sighting.first_seen)
    row.most_specific = sighting.most_specific
    take_newest(row, sighting=sighting)


def take_newest(row: Finding, *, sighting: Sighting) -> None:
    """What can change about a thing is as its newest sighting says; its label that of the strictest who saw it."""
    row.tlp = strictest([parse_tlp(row.tlp), sighting.tlp])
    if sighting.last_seen >= row.last_seen:
        row.last_seen, row.severity, row.evidence = sighting.last_seen, sighting.severity, sighting.evidence
        row.hostname, row.certainty = sighting.hostname or row.hostname, sighting.certainty


def reopen(row: Finding) -> None:
    """It was gone, and is there again: somebody should be told."""
    row.state, row.closed_at, row.closed_because = Finding.State.OPEN, None, ""
    row.times_reopened += 1
    row.wants_campaign = True


def close(row: Finding, *, because: str, now: datetime) -> None:
    """It is gone, for this reason. The row is not written."""
    row.state, row.closed_at, row.closed_because = Finding.State.GONE, now, because


def judge_open(
    which: Q,
    *,
    judge: Callable[[Finding], bool],
    run: Run,
    fence: Fence | None = None,
    spared: Container[Pair] = (),
) -> None:
    """Let `judge` look at these open findings, each as it is when it is written; it says whether it changed one.

    What is `spared` need not be looked at.

    Raises:
        LeaseLostError: another worker has the run.
    """
    found = Finding.objects.filter(which, state=Finding.State.OPEN).order_by("pk")
    candidates = [
        pk for pk, asset, subject in found.values_list("pk", "asset", "subject") if (asset, subject) not in spared
    ]
    for piece in batched(candidates, PIECE):
        with transaction.atomic():
            rows = list(found.select_for_update().filter(pk__in=piece))
            if fence is not None:
                allowed = fence([(row.asset_id, row.subject) for row in rows])
                rows = [row for row in rows if (row.asset_id, row.subject) in allowed]
            changed = [row for row in rows if judge(row)]
            update_rows(changed, fields=("state", "absences", "last_absent_batch", "closed_at", "closed_because"))
            run.count(Counter(gone=sum(row.state == Finding.State.GONE for row in changed)))
