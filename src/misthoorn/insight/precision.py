"""How often we are wrong, by source and rule, as people judged the answers of recipients."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count

from misthoorn.common.proportions import wilson
from misthoorn.insight.models import Entry


@dataclass(frozen=True, slots=True)
class Precision:
    """Findings of one source by one rule: judged in all, and of these false, and somebody else's; and all told.

    What nobody answered and judged counts as right in the share of what was told, so that share is a lower bound.
    """

    source: int
    rule: str
    judged: int
    false: int
    not_theirs: int
    told: int

    @property
    def wrong(self) -> int:
        """How many did not stand."""
        return self.false + self.not_theirs

    @property
    def right(self) -> float:
        """The share of what was judged that stood."""
        return (self.judged - self.wrong) / self.judged

    @property
    def wrong_of_told(self) -> float | None:
        """The share of what was told that did not stand."""
        return self.wrong / self.told if self.told else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of that."""
        return wilson(self.wrong, self.told)


def precision() -> list[Precision]:
    """One line for each source and rule of which something was judged, the most often wrong first.

    A finding counts once, by the last judgement on it.
    """
    lines = [one for one in of_told() if one.judged]
    return sorted(lines, key=lambda one: (one.right, -one.judged, one.source, one.rule))


def of_told() -> list[Precision]:
    """One line for each source and rule of which something was told, most first."""
    judged = _judged()
    told = _told()
    lines = [
        Precision(
            source,
            rule,
            judged[source, rule].total(),
            judged[source, rule]["false_positive"],
            judged[source, rule]["not_theirs"],
            max(told.get((source, rule), 0), judged[source, rule].total()),
        )
        for source, rule in {**told, **judged}
    ]
    return sorted(lines, key=lambda one: (-one.told, one.source, one.rule))


def _judged() -> dict[tuple[int, str], Counter[str]]:
    last: dict[int, tuple[int, str, str]] = {}
    rows = Entry.objects.filter(kind="judged").order_by("at", "pk").values_list("finding", "source", "detail")
    for finding, source, detail in rows:
        if finding is None or source is None:
            continue
        judgement, _, rule = detail.partition(" ")
        last[finding] = (source, rule, judgement)
    counts: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for source, rule, judgement in last.values():
        counts[source, rule][judgement] += 1
    return counts


def _told() -> dict[tuple[int, str], int]:
    rows = Entry.objects.filter(kind="told", source__isnull=False).order_by().values_list("source", "detail")
    return {(source or 0, rule): n for source, rule, n in rows.annotate(n=Count("finding", distinct=True))}
