from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from misthoorn.common import clock
from misthoorn.common.tlp import parse_tlp, strictest
from misthoorn.notification import services as notification
from misthoorn.notification.compose import Mail
from misthoorn.notification.compose.facts import Language
from misthoorn.triage.campaigns.assessment import Outcomes, assess, outcomes
from misthoorn.triage.campaigns.gates import WARN
from misthoorn.triage.campaigns.plans import notice_plans
from misthoorn.triage.models import Campaign, Decision, Finding, MatchRun, SubjectKind
from misthoorn.triage.suppression import NAMED, SILENCED
from misthoorn.work.prepared import read_prepared

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    id: int
    reference: str
    subject: str
    subject_kind: str
    severity: str
    state: str
    reach_limit: int
    findings: int
    created_at: datetime
    decided_at: datetime | None
    released_at: datetime | None
    note: str
    approvals: tuple[tuple[int, str, datetime, int], ...]


@dataclass(frozen=True, slots=True)
class Funnel:
    """How a campaign narrows down: organisations concerned, left out by reason, reached. After release: as decided."""

    findings: int
    organisations: int
    left_out: dict[str, int]
    reached: int


@dataclass(frozen=True, slots=True)
class FindingFacts:
    id: int
    organisation: int
    asset: int
    subject_kind: str
    subject: str
    observed: str
    port: int
    protocol: str
    hostname: str
    severity: str
    certainty: str
    state: str
    tlp: str
    first_seen: datetime
    last_seen: datetime
    times_seen: int
    closed_because: str
    rule: str
    evidence: dict[str, Any]
    most_specific: bool
    source: int
    last_batch: int
    closed_at: datetime | None
    remediation: str
    remediation_at: datetime | None
    remediation_by: str
    remediation_of: str


def _campaign(model: Campaign, *, findings: int) -> CampaignFacts:
    fields = ("reference", "subject", "subject_kind", "severity", "state", "reach_limit", "created_at")
    later = ("decided_at", "released_at", "note")
    return CampaignFacts(
        id=model.pk,
        findings=findings,
        approvals=tuple((one.person_id, str(one.person), one.at, one.reach) for one in model.approvals.all()),
        **{field: getattr(model, field) for field in (*fields, *later)},
    )


def _campaigns(found: QuerySet[Campaign]) -> list[CampaignFacts]:
    rows = list(found.prefetch_related("approvals__person"))
    counted = Decision.objects.filter(campaign__in=rows).order_by().values_list("campaign")
    findings = dict(counted.annotate(n=Count("pk")))
    return [_campaign(row, findings=findings.get(row.pk, 0)) for row in rows]


def campaigns(*, state: str = "") -> list[CampaignFacts]:
    """All campaigns, or those in one state, newest first."""
    found = Campaign.objects.all()
    return _campaigns(found.filter(state=state) if state else found)


def campaign(pk: int) -> CampaignFacts | None:
    """One campaign, or None."""
    return next(iter(_campaigns(Campaign.objects.filter(pk=pk))), None)


def funnel(campaign: int, *, now: datetime) -> Funnel:
    """Whom a campaign reaches and whom not: as decided when it was released, else as it would be now."""
    model = Campaign.objects.get(pk=campaign)
    if model.released_at:
        return narrowing(_as_decided(model))
    return narrowing(outcomes(model, now=now))


def narrowing(counted: Outcomes) -> Funnel:
    """How a campaign narrows down to those whom it reaches."""
    return Funnel(
        findings=counted.findings,
        organisations=len(counted.by_organisation),
        left_out=counted.left_out,
        reached=counted.reached,
    )


def _as_decided(model: Campaign) -> Outcomes:
    rows = Decision.objects.filter(campaign=model).order_by("finding__organisation", "finding")
    counted = Outcomes()
    for organisation, outcome in rows.values_list("finding__organisation", "outcome").iterator(chunk_size=PIECE):
        counted.count(organisation, outcome)
    return counted


def organisations_by_outcome(campaign: int, *, now: datetime) -> dict[int, str]:
    """Every organisation of a campaign with its outcome (`warn`, or why it is left out), as `funnel` counts them."""
    model = Campaign.objects.get(pk=campaign)
    if model.released_at:
        return _as_decided(model).by_organisation
    return outcomes(model, now=now).by_organisation


def preview(campaign: int, *, language: Language, now: datetime, organisation: int | None = None) -> Mail | None:
    """The mail that the first reached organisation (or this one) would get, with a sample number; None if none is."""
    model = Campaign.objects.get(pk=campaign)
    chosen = _first_reached(model, now=now, only=organisation) if organisation is not None else None
    chosen = chosen or _first_reached(model, now=now)
    if chosen is None:
        return None
    plan = next(notice_plans(model, assess(model, now=now, only=chosen), now=now))
    return notification.preview(plan, language=language, now=now)


def _first_reached(model: Campaign, *, now: datetime, only: int | None = None) -> int | None:
    rulings = assess(model, now=now, only=only)
    return next((ruling.organisation for ruling in rulings if ruling.outcome == WARN), None)


def finding_facts(model: Finding) -> FindingFacts:
    """A finding for those outside; select `remediation_by` with it."""
    related = {"id", "organisation", "asset", "source", "remediation_by"}
    names = [name for name in FindingFacts.__dataclass_fields__ if name not in related]
    return FindingFacts(
        id=model.pk,
        organisation=model.organisation_id,
        asset=model.asset_id,
        source=model.source_id,
        remediation_by=str(model.remediation_by or ""),
        **{name: getattr(model, name) for name in names},
    )


def findings_of(organisation: int, *, limit: int = 200) -> list[FindingFacts]:
    """The findings of an organisation, those still open first, then the newest."""
    found = Finding.objects.select_related("remediation_by").filter(organisation=organisation)
    found = found.order_by("-state", "-last_seen", "pk")
    return [finding_facts(model) for model in found[:limit]]


def findings(ids: Sequence[int]) -> list[FindingFacts]:
    """The findings with these ids, in the order of their ids."""
    found = Finding.objects.select_related("remediation_by").order_by("pk")
    return [finding_facts(model) for piece in batched(sorted(ids), PIECE) for model in found.filter(pk__in=piece)]


def newest_finding(*, asset: int, subject: str) -> FindingFacts | None:
    """The finding of this subject on this asset: one that is open, or else the newest; None without any."""
    found = Finding.objects.select_related("remediation_by").filter(asset=asset, subject=subject)
    model = found.order_by("-state", "-last_seen", "pk").first()
    return finding_facts(model) if model else None


def verdicts(finding: int) -> list[tuple[int, str, list[list[Any]]]]:
    """What the gates said of a finding: campaign, outcome, and [gate, passed, reason, rule] of each."""
    rows = Decision.objects.filter(finding=finding).order_by("campaign")
    return list(rows.values_list("campaign", "outcome", "gates"))


def findings_by_state() -> dict[str, int]:
    """How many findings are in each state; every state is named."""
    found = dict(Finding.objects.values_list("state").annotate(n=Count("pk")).order_by())
    return {state: found.get(state, 0) for state in Finding.State.values}


def campaigns_by_state() -> dict[str, int]:
    """How many campaigns are in each state; every state is named."""
    found = dict(Campaign.objects.values_list("state").annotate(n=Count("pk")).order_by())
    return {state: found.get(state, 0) for state in Campaign.State.values}


def gone_by_reason() -> dict[str, int]:
    """How many findings are no longer seen, by what closed them."""
    found = Finding.objects.filter(state=Finding.State.GONE).values_list("closed_because")
    return dict(found.annotate(n=Count("pk")).order_by("-n"))


def open_but_unseen(*, since: datetime) -> int:
    """How many findings of events are open, although no delivery has shown them since that moment."""
    return Finding.objects.filter(state=Finding.State.OPEN, subject_kind=SubjectKind.EVENT, last_seen__lt=since).count()


def all_go_on(campaigns: Collection[int]) -> bool:
    """Whether none of these was stopped, or taken back; none is before the caller's transaction ends."""
    held = Campaign.objects.select_for_update(no_key=True).filter(pk__in=campaigns).order_by("pk")
    states = list(held.values_list("state", flat=True))
    return len(states) == len(campaigns) and set(states) <= {Campaign.State.APPROVED}


def still_true(*, findings: Sequence[int]) -> bool:
    """Whether at least one of these findings still holds (assess.HOLDS) and is not suppressed since.

    Asked at the moment of handing over.
    """
    now = clock.now()
    return any(_holds(piece, now) for piece in batched(findings, PIECE))


def label_now(*, findings: Sequence[int]) -> str:
    """The strictest label of these findings as they stand, "" without any: it may have become stricter since."""
    found = {
        tlp
        for piece in batched(findings, PIECE)
        for (tlp,) in read_prepared(
            f"SELECT DISTINCT tlp FROM triage_finding WHERE id IN ({', '.join(['%s'] * len(piece))})",  # noqa: S608  SQL of ours
            list(piece),
        )
    }
    return strictest(map(parse_tlp, found)) if found else ""


def _holds(piece: Sequence[int], now: datetime) -> bool:
    """assess.HOLDS as statements: asked for every message, in a third of the ORM's time.

    Most findings have a subject that no suppression names, and the first statement sees that. The second takes
    PostgreSQL five times as long to plan.
    """
    holds = (
        "FROM triage_finding f JOIN constituency_asset a ON a.id = f.asset_id "
        f"WHERE f.id IN ({', '.join(['%s'] * len(piece))}) AND f.state = 'open' "
        "AND (a.valid_from IS NULL OR a.valid_from <= f.last_seen) "
        "AND (a.valid_to IS NULL OR a.valid_to > f.last_seen)"
    )
    named = [row[0] for row in read_prepared(f"SELECT {NAMED} {holds}", list(piece))]
    if not named or not all(named):
        return bool(named)
    moment = connection.ops.adapt_datetimefield_value(now)
    return bool(read_prepared(f"SELECT 1 {holds} AND NOT {SILENCED} LIMIT 1", [*piece, moment]))


def is_matched(batch: int) -> bool:
    """Whether a batch's match is over: done, or set aside."""
    return MatchRun.objects.filter(batch=batch, state__in=[MatchRun.State.DONE, MatchRun.State.SET_ASIDE]).exists()
