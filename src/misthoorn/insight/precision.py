"""How often we are wrong, by source and rule, as people judged the answers of recipients."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from misthoorn.insight.models import Entry


@dataclass(frozen=True, slots=True)
class Precision:
    """Findings of one source by one rule: judged in all, and of these false, and somebody else's."""

    source: int
    rule: str
    judged: int
    false: int
    not_theirs: int

    @property
    def right(self) -> float:
        """The share that stood."""
        return (self.judged - self.false - self.not_theirs) / self.judged


def precision() -> list[Precision]:
    """One line for each source and rule of which something was judged, the most often wrong first.

    A finding counts once, by the last judgement on it.
    """
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
    lines = [
        Precision(source, rule, some.total(), some["false_positive"], some["not_theirs"])
        for (source, rule), some in counts.items()
    ]
    return sorted(lines, key=lambda one: (one.right, -one.judged, one.source, one.rule))
