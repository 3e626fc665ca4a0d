"""Randomised comparisons of variants of a text: written by one, approved by another, and stopped when one does harm."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count

from misthoorn.accounts.services import record
from misthoorn.common.proportions import chance_of_more, per_group
from misthoorn.notification import text_versions
from misthoorn.notification.compose import ComposeError
from misthoorn.notification.models import Notice, Trial, TrialArm, TrialAssignment
from misthoorn.notification.trials import arms as trial_arms
from misthoorn.notification.trials.facts import Arm, Size, TrialDraft, TrialError, TrialFacts, check

UNLIKELY, LEAST_HARM = 0.01, 5  # so much more harm than in the other arms, from so many organisations on, stops it
LINK_KEPT = timedelta(days=90)  # who was in which arm is forgotten so long after all was counted
PIECE = 500
_State = Trial.State


def size_of(draft: TrialDraft, *, now: datetime) -> Size:
    """How large a trial has to be. Several comparisons with the first arm share the chance of being wrong.

    Raises:
        TrialError: there is no difference to find.
    """
    comparisons = max(1, len(draft.arms) - 1)
    try:
        needed = per_group(draft.baseline / 100, draft.target / 100, alpha=0.05 / comparisons)
    except ValueError as error:
        raise TrialError(
            "shares", "Give two different percentages from 1 to 99: what is now, and what is hoped."
        ) from (error)
    told = Notice.objects.filter(kind=Notice.Kind.WARNING, created_at__gte=now - timedelta(days=draft.runs))
    told = told.exclude(state=Notice.State.WITHHELD).exclude(severity="urgent")
    same = {name: value for name in ("subject", "severity") if (value := getattr(draft, name))}
    told = told.filter(**same)
    subjects = told.order_by().values_list("subject", flat=True).distinct()
    told = told.exclude(subject__in=[one for one in subjects if not trial_arms.texts_for(one)])
    return Size(needed, len(draft.arms), told.values("organisation").distinct().count())


def draft_trial(draft: TrialDraft, *, person: int, now: datetime) -> int:
    """Write down what is to be compared. Nothing is sent in another way before somebody else approved it.

    Raises:
        TrialError: it can't be; its code names the field, "weak" when it is probably too small and nobody said yes.
    """
    check(draft)
    size = size_of(draft, now=now)
    per_arm = draft.per_arm or size.needed
    if (size.is_weak or per_arm < size.needed) and not draft.weak:
        raise TrialError(
            "weak",
            f"This is probably too small: it takes {size.needed} organisations an arm, and {size.expected} in all were "
            f"warned in {draft.runs} days. Say that it may be all the same, or compare something larger.",
        )
    values = {name: getattr(draft, name) for name in draft.__slots__ if name not in {"arms", "per_arm"}}
    try:
        with transaction.atomic():
            row = Trial.objects.create(**values, per_arm=per_arm, written_by_id=person, written_at=now)
            TrialArm.objects.bulk_create([TrialArm(trial=row, variant=variant) for variant in draft.arms])
            record(at=now, person=person, action="trial written", about=row.name)
    except IntegrityError as error:
        raise TrialError("name", "There is a trial with this name. Choose another one.") from error
    return row.pk


def approve_trial(*, trial: int, person: int, now: datetime) -> None:
    """Start it: from now on organisations are taken in, with exactly the texts of this moment.

    Raises:
        TrialError: it is no draft, this person wrote it, a text can't be made, or another one compares the same now.
    """
    text_versions.refresh()
    with transaction.atomic():
        rows = {row.pk: row for row in Trial.objects.select_for_update().order_by("pk")}  # two don't start at once
        row = _draft(rows.get(trial))
        if row.written_by_id == person:
            raise TrialError("own", "You wrote this trial. Ask a colleague to approve it.")
        if other := next((one for one in rows.values() if one.state == _State.RUNNING and _overlap(one, row)), None):
            raise TrialError("overlap", f"The trial {other.name} compares the same warnings now. End it first.")
        for arm in row.arms.all():
            try:
                arm.versions = trial_arms.versions_of(row.subject, variant=arm.variant)
            except ComposeError as error:
                raise TrialError("texts", f"A text of this trial can not be made: {error}") from error
            arm.version = trial_arms.digest_of(arm.versions)
            arm.save(update_fields=["version", "versions"])
        row.state, row.approved_by_id, row.started_at = _State.RUNNING, person, now
        row.save(update_fields=["state", "approved_by", "started_at"])
        record(at=now, person=person, action="trial approved", about=row.name)


def _overlap(one: Trial, other: Trial) -> bool:
    return all(
        "" in {mine, theirs} or mine == theirs
        for mine, theirs in ((one.subject, other.subject), (one.severity, other.severity))
    )


def _draft(row: Trial | None) -> Trial:
    if row is None or row.state != _State.DRAFT:
        raise TrialError("decided", "This trial was decided already. Look at its page.")
    return row


@transaction.atomic
def reject_trial(*, trial: int, person: int, why: str, now: datetime) -> None:
    """Decide that a draft is not carried out.

    Raises:
        TrialError: it is no draft any more.
    """
    row = _draft(Trial.objects.select_for_update().filter(pk=trial).first())
    row.state, row.ended_at, row.ended_because = _State.REJECTED, now, f"person: {why.strip()}"[:300]
    row.save(update_fields=["state", "ended_at", "ended_because"])
    record(at=now, person=person, action="trial rejected", about=row.name, why=why)


def end_trial(*, trial: int, person: int, why: str, now: datetime) -> None:
    """End a running trial before its time; from now on everybody gets the usual text.

    Raises:
        TrialError: it is not running.
    """
    row = Trial.objects.filter(pk=trial).first()
    because = f"person: {why.strip()}"
    if row is None or not trial_arms.stop(row, state=_State.STOPPED, because=because, now=now, person=person):
        raise TrialError("decided", "This trial is not running. Look at its page.")


def look_at_trials(*, now: datetime) -> int:
    """End what is over, stop what does harm or whose texts were changed; how many."""
    running = list(Trial.objects.filter(state=_State.RUNNING).prefetch_related("arms").order_by("pk"))
    if running:
        text_versions.refresh()
    return sum(_look(one, now=now) for one in running)


def _look(trial: Trial, *, now: datetime) -> bool:
    state, because = _State.STOPPED, ""
    if not trial_arms.has_its_texts(trial):
        because = "text"
    elif harm := _harm(trial):
        because = harm
    elif trial_arms.is_over(trial, now=now):
        state, because = _State.ENDED, "time"
    return bool(because) and trial_arms.stop(trial, state=state, because=because, now=now)


def _harm(trial: Trial) -> str:
    """Which arm does too much harm, and by which rule; "" for none."""
    assigned, harmed = _sizes([trial.pk]), trial_arms.harmed(trial.pk)
    counts = {arm.pk: (len(harmed.get(arm.pk, ())), assigned[arm.pk]) for arm in trial.arms.all()}
    for arm in trial.arms.all():
        mine = counts[arm.pk]
        rest = [count for pk, count in counts.items() if pk != arm.pk]
        others = sum(one[0] for one in rest), sum(one[1] for one in rest)
        if mine[0] > trial.most_harm:
            return f"harm: {arm.variant}"
        if mine[0] >= LEAST_HARM and chance_of_more(mine, others) < UNLIKELY:
            return f"more-harm: {arm.variant}"
    return ""


def _sizes(trials: list[int]) -> Counter[int]:
    rows = TrialAssignment.objects.filter(trial__in=trials).order_by().values_list("arm").annotate(n=Count("pk"))
    return Counter(dict(rows))


def trials(*, public: bool = False) -> list[TrialFacts]:
    """All trials, the newest first; `public`: those that ran or run."""
    rows = Trial.objects.select_related("written_by", "approved_by").prefetch_related("arms").order_by("-pk")
    if public:
        rows = rows.exclude(started_at=None)
    found = list(rows)
    sizes = _sizes([row.pk for row in found])
    return [_facts(row, sizes) for row in found]


def trial(pk: int) -> TrialFacts | None:
    """One trial, with the harm in each arm so far."""
    rows = Trial.objects.select_related("written_by", "approved_by").prefetch_related("arms")
    row = rows.filter(pk=pk).first()
    if row is None:
        return None
    facts, harmed = _facts(row, _sizes([pk])), trial_arms.harmed(pk)
    return replace(facts, arms=tuple(replace(arm, harmed=len(harmed.get(arm.id, ()))) for arm in facts.arms))


def _facts(row: Trial, sizes: Counter[int]) -> TrialFacts:
    same = TrialFacts.__slots__
    return TrialFacts(
        **{
            name: getattr(row, name)
            for name in same
            if name not in {"id", "writer", "written_by", "approved_by", "arms"}
        },
        id=row.pk,
        writer=row.written_by_id,
        written_by=str(row.written_by),
        approved_by=str(row.approved_by or ""),
        arms=tuple(Arm(arm.pk, arm.variant, arm.version, arm.versions, sizes[arm.pk]) for arm in row.arms.all()),
    )


def to_count(*, now: datetime) -> list[TrialFacts]:
    """Trials that are over, of which all can be counted now and the numbers are not kept yet."""
    over = Trial.objects.filter(state__in=[_State.ENDED, _State.STOPPED], result__isnull=True).values_list(
        "pk", flat=True
    )
    found = [one for pk in over if (one := trial(pk)) is not None]
    return [one for one in found if one.counted_at is not None and one.counted_at <= now]


def keep_result(*, trial: int, result: dict[str, Any]) -> bool:
    """Keep the numbers of a trial that is over; the first ones stay. Whether these did."""
    return bool(Trial.objects.filter(pk=trial, result__isnull=True).update(result=result))


def forget_arms(*, now: datetime) -> int:
    """Forget who was in which arm of trials that were counted long ago; how many organisations. The numbers stay."""
    counted = Trial.objects.exclude(result__isnull=True).filter(assignments__isnull=False).distinct()
    old = [row.pk for row in counted if row.ended_at and row.ended_at + timedelta(days=row.days) + LINK_KEPT < now]
    notices = Notice.objects.filter(trial__in=old)
    while piece := list(notices.order_by("pk").values_list("pk", flat=True)[:PIECE]):
        Notice.objects.filter(pk__in=piece).update(trial=None, variant="")
    gone = 0
    there = TrialAssignment.objects.filter(trial__in=old)
    while piece := list(there.order_by("pk").values_list("pk", flat=True)[:PIECE]):
        gone += TrialAssignment.objects.filter(pk__in=piece).delete()[0]
    return gone
