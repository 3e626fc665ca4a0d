"""What a comparison of texts found. Who was drawn counts in its arm, whatever became of its mail."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from misthoorn.common.proportions import difference, wilson
from misthoorn.insight.history import PIECE, Which, read, rows_of
from misthoorn.insight.survival import Curve, Span, curve
from misthoorn.notification.models import Message, Notice, NoticeFinding, TrialAssignment
from misthoorn.notification.trials import services as trials
from misthoorn.notification.trials.facts import Arm, TrialFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmResult:
    """One arm. `counted`: of the organisations in it, those of which the days are over; `reached_it`: of these, those
    with the outcome. `more`: how much larger that share is than in the first arm, None for the first itself.
    """  # noqa: D205  one thought

    variant: str
    assigned: int
    counted: int
    reached_it: int
    share: float | None
    low: float
    high: float
    more: float | None
    more_low: float
    more_high: float
    harmed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """`enough`: every arm is as large as it was planned; before that it is too early to say."""

    enough: bool
    arms: tuple[ArmResult, ...]


def result_of(trial: TrialFacts, *, now: datetime) -> TrialResult:
    """The numbers as they were kept, or as they are now."""
    if trial.result is not None:
        return TrialResult(enough=trial.result["enough"], arms=tuple(ArmResult(**one) for one in trial.result["arms"]))
    return _counted(trial, now=now)


def _counted(trial: TrialFacts, *, now: datetime) -> TrialResult:
    drawn = list(TrialAssignment.objects.filter(trial=trial.id).values_list("organisation", "arm", "at"))
    until = {organisation: at + timedelta(days=trial.days) for organisation, _, at in drawn}
    good = {organisation for organisation, at in _outcomes(trial, until) if at <= until[organisation]}
    counted: Counter[int] = Counter()
    reached: Counter[int] = Counter()
    for organisation, place, _ in drawn:
        ripe = until[organisation] <= now
        counted[place] += ripe
        reached[place] += ripe and organisation in good
    counts = [(reached[arm.id], counted[arm.id]) for arm in trial.arms]
    arms = tuple(
        _arm(arm, mine, counts[0] if number else None)
        for number, (arm, mine) in enumerate(zip(trial.arms, counts, strict=True))
    )
    return TrialResult(enough=all(one.counted >= trial.per_arm for one in arms), arms=arms)


def _arm(arm: Arm, mine: tuple[int, int], first: tuple[int, int] | None) -> ArmResult:
    comparable = first is not None and mine[1] > 0 and first[1] > 0
    more, more_low, more_high = difference(mine, first or mine)
    low, high = wilson(*mine)
    return ArmResult(
        variant=arm.variant,
        assigned=arm.assigned,
        counted=mine[1],
        reached_it=mine[0],
        share=mine[0] / mine[1] if mine[1] else None,
        low=low,
        high=high,
        more=more if comparable else None,
        more_low=more_low,
        more_high=more_high,
        harmed=arm.harmed,
    )


def _outcomes(trial: TrialFacts, until: Mapping[int, datetime]) -> Iterable[tuple[int, datetime]]:
    """The organisations of a trial that came to its outcome, and when; perhaps too late."""
    rows = Notice.objects.filter(trial=trial.id).order_by("-created_at", "-pk").values_list("pk", "organisation")
    owners = {pk: organisation for pk, organisation in rows if organisation in until}
    if trial.outcome == "fixed":
        yield from _fixed({organisation: pk for pk, organisation in owners.items()})
        return
    told_in = Message.objects.filter(notice__trial=trial.id, told_in__isnull=False)
    owners |= dict(told_in.values_list("told_in__notice", "notice__organisation"))
    kinds = ("answered",) if trial.outcome == "answered" else ("answered", "reached")
    for notice, at in rows_of(kinds, ("notice", "at"), column="notice", ids=frozenset(owners)):
        yield owners[notice], at


def _fixed(first: Mapping[int, int]) -> Iterable[tuple[int, datetime]]:
    """When all that the first warning told an organisation of was fixed; nothing while a part of it is not.

    What ended before it was told is fixed too: who was drawn counts, whatever became of the mail.
    """
    owners = {notice: organisation for organisation, notice in first.items()}
    parts: dict[int, set[int]] = defaultdict(set)
    for piece in batched(owners, PIECE):
        for notice, finding in NoticeFinding.objects.filter(notice__in=piece).values_list("notice", "finding"):
            parts[owners[notice]].add(finding)
    findings = frozenset(finding for some in parts.values() for finding in some)
    fixed: dict[int, datetime] = {}
    for finding, at in rows_of(("fixed",), ("finding", "at"), column="finding", ids=findings):
        fixed.setdefault(finding, at)
    for organisation, some in parts.items():
        if some <= fixed.keys():
            yield organisation, max(fixed[finding] for finding in some)


def curves_of(trial: TrialFacts, *, now: datetime) -> dict[str, Curve]:
    """The remediation curve of what each arm was told, by variant; empty once it is forgotten who was in which."""
    variants = dict(Notice.objects.filter(trial=trial.id).values_list("pk", "variant"))
    history = read(Which(), now=now, notices=frozenset(variants))
    spans: dict[str, list[Span]] = defaultdict(list)
    for told, span in zip(history.told, history.spans, strict=True):
        spans[variants[told.notice or 0]].append(span)
    return {arm.variant: curve(spans[arm.variant]) for arm in trial.arms if spans[arm.variant]}


def keep_results(*, now: datetime) -> int:
    """Keep the numbers of trials that are over, of which all can be counted; how many."""
    return sum(
        trials.keep_result(trial=one.id, result=_plain(_counted(one, now=now))) for one in trials.to_count(now=now)
    )


def _plain(found: TrialResult) -> dict[str, Any]:
    return {"enough": found.enough, "arms": [asdict(arm) for arm in found.arms]}
