from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import batched

from misthoorn.constituency.models import Organisation
from misthoorn.insight.history import CHUNK, MANY, PIECE, By, History, Which, rows_of
from misthoorn.insight.ledger import CORRECTION, HARM, WARNINGS
from misthoorn.insight.models import Entry
from misthoorn.insight.survival import Curve, Span, curve, open_days

BESIDE = "other/"  # how the names of texts begin that are no warnings
HORIZON = 30  # days within which open days are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """From notices to answers, and from findings that were told to findings that are gone.

    `arrived`: notices of which a message was handed over and did not come back; `reached`: of which a person typed the
    number, or answered. `other`: findings that ended because the asset is not theirs any more. `reopened`: findings
    that were seen again after they were told, and gone. `said_fixed` and `harm` are notices by their latest answer;
    `corrected`: those that we took back. What follows on a warning is no other warning, and an answer to it is one to
    the warning.
    """

    made: int
    handed_over: int
    arrived: int
    reached: int
    answered: int
    told: int
    fixed: int
    other: int
    reopened: int
    said_fixed: int
    harm: int
    corrected: int


def reach(history: History) -> Reach:
    """How far warnings came."""
    which = history.which
    back = _keys("bounced", [key for key, _, _ in history.handed])
    answers = Counter(dict(history.answers).values())
    harm = rows_of(("harm",), ("notice", "detail"), column="notice", ids=history.notices)
    told = {one.finding: one.at for one in history.told}
    again = rows_of(("reopened",), ("finding", "at"), column="finding", ids=history.findings)
    ended = Counter(span.ending for span in history.spans)
    return Reach(
        made=which.entries("sent").exclude(detail__startswith=BESIDE).values("notice").distinct().count(),
        handed_over=len(history.notices),
        arrived=len({notice for key, notice, _ in history.handed if key not in back}),
        reached=len(history.looked_at),
        answered=len(history.answered),
        told=len(history.told),
        fixed=ended["fixed"],
        other=ended["other"],
        reopened=len({finding for finding, at in again if at >= told[finding]}),
        said_fixed=answers["fixed"],
        harm=sum(answers[answer] for answer in HARM),
        corrected=len({notice for notice, detail in harm if detail == CORRECTION}),
    )


def _keys(kind: str, keys: Collection[str]) -> set[str]:
    entries = Entry.objects.filter(kind=kind).order_by().values_list("key", flat=True)
    parts = [entries] if len(keys) > MANY else [entries.filter(key__in=piece) for piece in batched(keys, PIECE)]
    return {key for part in parts for key in part.iterator(chunk_size=CHUNK)}


def beside(which: Which) -> dict[str, int]:
    """How many messages were handed over that are no warnings, by what they were."""
    rows = which.entries("handed_over").exclude(detail__in=WARNINGS).values_list("detail", flat=True)
    return dict(sorted(Counter(rows).items()))


def remediation(history: History) -> Curve:
    """How long what was warned about stayed open, from the first hand-over on, in days.

    Fixed is what a delivery that covered it did not see any more; its day is that of the delivery, so the real one lies
    a little before. What is still open was watched until the last delivery that saw it (events), or until now.
    """
    return curve(history.spans)


def compared(history: History, *, by: By) -> dict[str, Curve]:
    """The same for each group, the largest first."""
    return {group: curve(found) for group, found in _grouped(history, by).items()}


def _grouped(history: History, by: By) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = defaultdict(list)
    for group, span in zip(_groups(history, by), history.spans, strict=True):
        spans[group].append(span)
    return dict(sorted(spans.items(), key=lambda item: (-len(item[1]), item[0])))


def _groups(history: History, by: By) -> list[str]:
    if by not in {"sector", "size"}:
        return [str(getattr(one, by) or "") for one in history.told]
    owners = sorted({one.organisation for one in history.told if one.organisation is not None})
    words: dict[int, str] = {}
    for piece in batched(owners, PIECE):
        words |= dict(Organisation.objects.filter(pk__in=piece).order_by().values_list("pk", by))
    return [words.get(one.organisation or 0, "") for one in history.told]


@dataclass(frozen=True, slots=True)
class Exposure:
    """The days that the findings of a campaign were open within the first `horizon` days after they were told.

    `mean`: of one finding (the restricted mean). `remaining`: of all. `less`: how many fewer than if each had stayed
    open all those days, which is no proof that the warning did it.
    """

    campaign: int
    findings: int
    horizon: float
    mean: float

    @property
    def remaining(self) -> float:
        return self.findings * self.mean

    @property
    def less(self) -> float:
        return self.findings * (self.horizon - self.mean)


def exposure(history: History) -> list[Exposure]:
    """One line a campaign, the newest first; as far as anything was watched."""
    found = []
    for group, spans in _grouped(history, "campaign").items():
        one = curve(spans)
        horizon = min(float(HORIZON), one.last)
        found.append(Exposure(int(group or 0), one.count, horizon, open_days(one, upto=horizon)))
    return sorted(found, key=lambda one: -one.campaign)


@dataclass(frozen=True, slots=True)
class Statements:
    """Findings that were told: what their owners said, beside what was seen. An answer is about a whole warning.

    The latest answer counts.
    """

    said_and_gone: int
    said_and_open: int
    unsaid_and_gone: int
    unsaid_and_open: int


def statements(history: History) -> Statements:
    """How far "fixed" as owners say it is also seen."""
    last = dict(history.answers)
    counts = Counter(
        (last.get(one.notice or 0) == "fixed", span.ending == "fixed")
        for one, span in zip(history.told, history.spans, strict=True)
    )
    return Statements(counts[True, True], counts[True, False], counts[False, True], counts[False, False])
