import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import batched

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from misthoorn.accounts.services import record
from misthoorn.common.failpoints import failpoint
from misthoorn.notification import queries as notices
from misthoorn.notification import services as notification
from misthoorn.notification.facts import NoticePlan
from misthoorn.triage.campaigns.assessment import assess, outcomes
from misthoorn.triage.campaigns.gates import Ruling, Verdict
from misthoorn.triage.campaigns.plans import notice_plans
from misthoorn.triage.campaigns.reach_limit import lock_person, reached_alone
from misthoorn.triage.models import Approval, Campaign, Correction, Decision, Finding
from misthoorn.triage.queries import all_go_on
from misthoorn.triage.transitions import TransitionError, check

PIECE = 500  # decisions a transaction: far below the 250 ms that a write of SQLite may take
SEVERITIES = ("urgent", "high", "normal", "information")
UNDECIDED = (Campaign.State.PROPOSED, Campaign.State.WAITING, Campaign.State.HELD)


class CampaignError(ValueError):
    """A step that can't be taken; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a campaign became, and how many organisations it reaches."""

    state: str
    reach: int


def propose_campaigns(*, now: datetime) -> int:
    """Put every finding that no campaign holds yet into the open campaign of its subject; how many it were.

    A campaign that waits for a second person goes back to the first: what is approved is what was seen.
    """
    waiting = Finding.objects.filter(wants_campaign=True, state=Finding.State.OPEN)
    total = 0
    for subject in list(waiting.order_by("subject").values_list("subject", flat=True).distinct()):
        for piece in _in_order(waiting.filter(subject=subject)):
            with transaction.atomic():
                _attach(piece, subject=subject, now=now)
            total += len(piece)
    _follow_severity()
    return total


def _in_order(waiting: QuerySet[Finding]) -> Iterator[list[Finding]]:
    """Some of these rows at a time, by their ids."""
    rows, last = waiting.order_by("pk").only("pk", "subject", "subject_kind", "severity"), 0
    while piece := list(rows.filter(pk__gt=last)[:PIECE]):
        yield piece
        last = piece[-1].pk


def _follow_severity() -> None:
    """An open campaign is as severe as the worst of its open findings, also when that became known later."""
    rows = Decision.objects.filter(campaign__state__in=UNDECIDED, finding__state=Finding.State.OPEN)
    for campaign, now, finding in rows.values_list("campaign", "campaign__severity", "finding__severity").distinct():
        if SEVERITIES.index(finding) < SEVERITIES.index(now):
            worse = SEVERITIES[SEVERITIES.index(finding) + 1 :]
            Campaign.objects.filter(pk=campaign, severity__in=worse).update(severity=finding)


def _attach(piece: Sequence[Finding], *, subject: str, now: datetime) -> None:
    worst = min((row.severity for row in piece), key=SEVERITIES.index)
    fresh = Campaign(
        subject=subject,
        subject_kind=piece[0].subject_kind,
        severity=worst,
        reach_limit=settings.REACH_LIMIT,
        created_at=now,
    )
    Campaign.objects.bulk_create([fresh], ignore_conflicts=True)  # when another worker was first, its campaign is taken
    campaign = Campaign.objects.select_for_update().get(subject=subject, state__in=UNDECIDED)
    campaign.severity = min(campaign.severity, worst, key=SEVERITIES.index)
    if campaign.state == Campaign.State.WAITING:
        _move(campaign, Campaign.State.PROPOSED)
        campaign.approvals.all().delete()
    campaign.save()
    Decision.objects.bulk_create([Decision(campaign=campaign, finding=row) for row in piece], ignore_conflicts=True)
    Finding.objects.filter(pk__in=[row.pk for row in piece]).update(wants_campaign=False)


def approve_campaign(*, campaign: int, person: int, seen_reach: int, now: datetime) -> Step:
    """One person's yes. Above the reach limit a campaign needs two different persons (blast guard).

    What one person, or one subject, reached on a single yes in the last 24 hours counts towards the limit.
    `seen_reach` is the number of organisations that the person saw when deciding; when it has grown meanwhile the
    person is asked to look again. After the last yes call `release_campaign`.

    Raises:
        CampaignError: the step is not possible now; nothing changed.
    """
    # Asked outside the transaction: a campaign of a country takes seconds, and all other writers would wait.
    asked = _found(Campaign.objects.filter(pk=campaign), campaign)
    counted = outcomes(asked, now=now)
    reach = counted.reached
    if reach > seen_reach:
        raise CampaignError(f"This campaign now reaches {reach} organisations and not {seen_reach}. Look at it again.")
    with transaction.atomic():
        row = _locked(campaign)
        if row.decisions.count() != counted.findings:
            raise CampaignError("Findings were added to this campaign at this moment. Look at it again.")
        if row.state not in UNDECIDED:
            _move(row, Campaign.State.APPROVED)
        if row.approvals.filter(person=person).exists():
            raise CampaignError("You already approved this campaign. It needs a second person: ask a colleague.")
        lock_person(person)
        before = reached_alone(person=person, subject=row.subject, now=now)
        enough = row.approvals.exists() or not before.needs_second(reach, limit=row.reach_limit)
        state = Campaign.State.APPROVED if enough else Campaign.State.WAITING
        if row.state != state:
            _move(row, state)
        Approval.objects.create(campaign=row, person_id=person, at=now, reach=reach)
        row.decided_at = now if enough else None
        row.save()
        record(at=now, person=person, action="campaign approved", about=row.reference, reach=reach, state=state)
    return Step(state=state, reach=reach)


def hold_campaign(*, campaign: int, person: int | None, note: str, now: datetime) -> Step:
    """Put a campaign aside until somebody takes it up again.

    Raises:
        CampaignError: it was decided already.
    """
    return _set_aside(campaign, Campaign.State.HELD, person=person, note=note, now=now)


def reject_campaign(*, campaign: int, person: int, note: str, now: datetime) -> Step:
    """Decide that nobody is warned for this reason. Its findings stay, and are followed.

    Raises:
        CampaignError: it was decided already.
    """
    return _set_aside(campaign, Campaign.State.REJECTED, person=person, note=note, now=now)


def stop_campaign(*, campaign: int, person: int | None, note: str, now: datetime) -> int:
    """Stop a campaign that is on its way: what was not handed over stays here. How many messages that were.

    Raises:
        CampaignError: it was not approved, or is stopped already.
    """
    _turn(campaign, Campaign.State.STOPPED, person=person, note=note, now=now)
    return notification.stop_messages(campaign=campaign)


def resume_campaign(*, campaign: int, person: int | None, note: str, now: datetime) -> int:
    """Let a stopped campaign go on; how many messages wait again. What is no longer true is not sent.

    Raises:
        CampaignError: it is not stopped, or its warnings were wrong.
    """
    _turn(campaign, Campaign.State.APPROVED, person=person, note=note, now=now)
    again = notification.go_on(campaign=campaign)
    if Campaign.objects.filter(pk=campaign, state=Campaign.State.APPROVED).exists():
        return again
    notification.stop_messages(campaign=campaign)  # somebody stopped it meanwhile
    return 0


@transaction.atomic
def _turn(campaign: int, state: Campaign.State, *, person: int | None, note: str, now: datetime) -> None:
    row = _locked(campaign)
    if state == Campaign.State.APPROVED and row.corrections.filter(state=Correction.State.APPROVED).exists():
        raise CampaignError("This campaign was corrected: its warnings were wrong. It does not go on.")
    if row.decided_at is None:
        raise CampaignError("This campaign was not approved yet. Hold or reject it.")
    _move(row, state)
    row.note = note
    row.save()
    action = "campaign stopped" if state == Campaign.State.STOPPED else "campaign goes on"
    record(at=now, person=person, action=action, about=row.reference, note=note)


@transaction.atomic
def _set_aside(campaign: int, state: Campaign.State, *, person: int | None, note: str, now: datetime) -> Step:
    row = _locked(campaign)
    _move(row, state)
    row.approvals.all().delete()
    row.note = note
    row.decided_at = now if state == Campaign.State.REJECTED else None
    row.save()
    record(at=now, person=person, action=f"campaign {state}", about=row.reference, note=note)
    return Step(state=state, reach=0)


def _locked(campaign: int) -> Campaign:
    return _found(Campaign.objects.select_for_update().filter(pk=campaign), campaign)


def _found(rows: QuerySet[Campaign], campaign: int) -> Campaign:
    row = rows.first()
    if row is None:
        raise CampaignError(f"There is no campaign {campaign}. `misthoorn campaigns list` shows them.")
    return row


def _move(row: Campaign, state: str) -> None:
    try:
        check(now=row.state, to=state)
    except TransitionError as error:
        raise CampaignError(str(error)) from error
    row.state = state


def release_campaign(
    *, campaign: int, now: datetime, randbelow: Callable[[int], int] = secrets.randbelow
) -> notification.Created:
    """Let the gates decide on every finding, and make the notices of an approved campaign.

    Works in pieces; doing it again after a crash makes what is missing and nothing twice. What was decided for an
    organisation that has its notice stands; for the others the gates are asked again.

    Raises:
        CampaignError: the campaign is not approved.
    """
    row = _found(Campaign.objects.filter(pk=campaign), campaign)
    if row.state != Campaign.State.APPROVED:
        raise CampaignError("Only an approved campaign can be released. Approve it first.")
    plans = _while_approved(row, notice_plans(row, _decided(row, now=now), now=now))
    created = notification.create_notices(
        campaign=row.pk, plans=plans, now=now, may_write=lambda: all_go_on([row.pk]), randbelow=randbelow
    )
    failpoint("release.written")
    if Campaign.objects.filter(pk=row.pk, state=Campaign.State.APPROVED).update(released_at=now) == 0:
        notification.stop_messages(campaign=row.pk)  # stopped meanwhile; what is missing is made when it goes on
    return created


def _decided(row: Campaign, *, now: datetime) -> Iterator[Ruling]:
    """The rulings on organisations without a notice, each written down as a decision before it is given."""
    for piece in batched(assess(row, now=now), PIECE):
        there = notices.notified(campaign=row.pk, organisations={ruling.organisation for ruling in piece})
        rulings = [ruling for ruling in piece if ruling.organisation not in there]
        with transaction.atomic():
            _decide(row, rulings, now=now)
        failpoint("release.decided")
        yield from rulings


def _while_approved(row: Campaign, plans: Iterator[NoticePlan]) -> Iterator[NoticePlan]:
    """The plans, until somebody stops the campaign."""
    for piece in batched(plans, PIECE):
        if not Campaign.objects.filter(pk=row.pk, state=Campaign.State.APPROVED).exists():
            return
        yield from piece


def _decide(row: Campaign, rulings: Sequence[Ruling], *, now: datetime) -> None:
    """Straight by the row's key: reading rows to write them back took ten times as long (measured, 20,000 rows)."""
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE triage_decision SET outcome = %s, gates = %s, decided_at = %s "
            "WHERE campaign_id = %s AND finding_id = %s",
            [(ruling.outcome, _gates(ruling), at, row.pk, ruling.finding) for ruling in rulings],
        )


def _gates(ruling: Ruling) -> str:
    return f"[{', '.join(map(_as_json, ruling.verdicts))}]"


@lru_cache(maxsize=4096)
def _as_json(verdict: Verdict) -> str:
    return json.dumps([verdict.gate, verdict.passed, verdict.reason, verdict.rule])
