"""How urgent a vulnerability is: all judgements on it side by side, and one word that they give. Pure.

The word follows from how likely an attack is and from how much harm it does, as the NCSC weighs "kans" and "schade"
(docs/decisions/0022). Whatever makes it more urgent counts; that nobody has said so yet makes nothing less urgent.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from misthoorn.formats.values.advisory import Advisory, Severity

RULE = "2026-1"
URGENT, HIGH, NORMAL, INFORMATION = "urgent", "high", "normal", "information"
WORDS = (URGENT, HIGH, NORMAL, INFORMATION)

SERIOUS, MODERATE = 7.0, 4.0  # CVSS base scores: high, medium (CVSS 3.1, section 5)
LIKELY, POSSIBLE = 0.5, 0.1  # EPSS: an attack within 30 days is likelier than not; far likelier than for most
JUMP = 0.2  # a rise of EPSS that somebody should know of, also where it changes no word

CVSS_NEWEST_FIRST = ("CVSS:4.0", "CVSS:3.1", "CVSS:3.0", "CVSS:2.0")
EPSS, SSVC, NCSC = "EPSS", "SSVC", "NCSC-NL"
LONGEST_VECTOR = 200
MOST_JUDGEMENTS = 50


class Judgement(NamedTuple):
    """What one source thinks of it. `score` as it stands there, `computed` as it follows from the vector."""

    scheme: str
    vector: str
    score: float | None
    computed: float | None
    source: str

    @property
    def counts(self) -> float | None:
        """What the vector gives, where it can be read: that is what was judged."""
        return self.score if self.computed is None else self.computed


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that a priority rests on: a code that the site has words for, what it goes by, and who says so."""

    code: str
    value: str
    source: str
    rule: str = RULE


@dataclass(frozen=True, slots=True)
class Priority:
    """The word, the score behind it where there is one, and every reason, the weightiest first."""

    word: str
    score: float | None
    vector: str
    because: tuple[Reason, ...]


def judgements(contents: Iterable[Advisory]) -> tuple[Judgement, ...]:
    """Every severity that these statements give, each said once, in an order of their own."""
    found = {one for content in contents for one in _judgements(content)}
    order = sorted(found, key=lambda one: (one.scheme, one.source, one.vector, one.score or 0.0))
    return tuple(order[:MOST_JUDGEMENTS])


def prioritise(judged: Sequence[Judgement], *, exploited: tuple[str, str] | None, epss: float | None) -> Priority:
    """One word for these judgements.

    Args:
        judged: what sources think of it.
        exploited: the day since which it is known to be exploited, and who says so.
        epss: how likely it is that somebody exploits it within 30 days.
    """
    best = _best(judged)
    score = best.counts if best else None
    found = [*_by_score(best), *_by_others(judged), *_by_chance(epss, score=score)]
    if exploited:
        found.append((URGENT, Reason("exploited", *exploited)))
    found.sort(key=lambda one: (WORDS.index(one[0]), one[1].code, one[1].value, one[1].source))
    return Priority(
        word=found[0][0],
        score=score,
        vector=best.vector if best else "",
        because=tuple(dict.fromkeys(reason for _, reason in found)),
    )


def got_worse(before: str, after: str) -> bool:
    """Whether the second of two words is more urgent."""
    return WORDS.index(after) < WORDS.index(before)


def got_likelier(before: float | None, after: float | None) -> bool:
    """Whether an attack has become so much likelier that somebody should know."""
    if before is None or after is None:
        return False
    return level(after) > level(before) or after - before >= JUMP


def level(epss: float | None) -> int:
    """How many of the lines that matter a score of EPSS has passed: between two of them it gives the same word."""
    return sum((epss or 0.0) >= line for line in (POSSIBLE, LIKELY))


def to_plain(found: Sequence[Judgement] | Sequence[Reason]) -> list[dict[str, Any]]:
    """As values for a JSON column."""
    return [one._asdict() if isinstance(one, Judgement) else asdict(one) for one in found]


def from_plain(plain: Iterable[dict[str, Any]]) -> tuple[Judgement, ...]:
    """The judgements that `to_plain` made these values from."""
    return tuple(Judgement(**one) for one in plain)


def _judgements(content: Advisory) -> Iterator[Judgement]:
    for one in content.severities:
        if one.scheme != EPSS:
            yield _judgement(one)


def _judgement(one: Severity) -> Judgement:
    is_cvss = one.scheme in CVSS_NEWEST_FIRST
    vector = one.vector if len(one.vector) <= LONGEST_VECTOR else ""
    return Judgement(
        scheme=one.scheme,
        vector=vector,
        score=one.score if is_cvss else None,
        computed=computed(one.scheme, vector) if is_cvss and vector else None,
        source=one.source,
    )


@lru_cache(maxsize=20_000)
def computed(scheme: str, vector: str) -> float | None:
    """The base score that a CVSS vector gives, or None where it can't be read."""
    import cvss  # noqa: PLC0415  slow to load, and most commands judge nothing

    try:
        match scheme:
            case "CVSS:4.0":
                return float(cvss.CVSS4(vector).base_score)
            case "CVSS:2.0":
                return float(cvss.CVSS2(vector).base_score)
            case _:
                return float(cvss.CVSS3(vector).base_score)
    except Exception:  # noqa: BLE001  the library has errors of its own, and meets others on hostile vectors
        return None


def _best(judged: Iterable[Judgement]) -> Judgement | None:
    """The highest of the newest version of CVSS."""
    scored = [one for one in judged if one.scheme in CVSS_NEWEST_FIRST]
    return max(
        scored,
        key=lambda one: (-CVSS_NEWEST_FIRST.index(one.scheme), one.counts or 0.0, one.vector, one.source),
        default=None,
    )


def _by_score(best: Judgement | None) -> Iterator[tuple[str, Reason]]:
    if best is None or best.counts is None:
        yield NORMAL, Reason("no-score", "", "")
        return
    score = best.counts
    word = HIGH if score >= SERIOUS else NORMAL if score >= MODERATE else INFORMATION
    yield word, Reason(f"score-{word}", f"{best.scheme} {score:.1f}", best.source)


def _by_others(judged: Iterable[Judgement]) -> Iterator[tuple[str, Reason]]:
    for one in judged:
        words = _words(one.vector)
        if one.scheme == SSVC:
            yield from _by_ssvc(one, words)
        elif one.scheme == NCSC and words.get("kans") == words.get("schade") == HIGH:
            yield URGENT, Reason("ncsc-urgent", one.vector, one.source)
        elif one.scheme == NCSC and {words.get("kans"), words.get("schade")} == {HIGH, "medium"}:
            yield HIGH, Reason("ncsc-high", one.vector, one.source)


def _by_ssvc(one: Judgement, words: dict[str, str]) -> Iterator[tuple[str, Reason]]:
    if words.get("exploitation") == "active":
        yield URGENT, Reason("ssvc-active", "", one.source)
    elif (words.get("exploitation"), words.get("automatable"), words.get("technical impact")) == (
        "poc",
        "yes",
        "total",
    ):
        yield HIGH, Reason("ssvc-ready", "", one.source)


def _by_chance(epss: float | None, *, score: float | None) -> Iterator[tuple[str, Reason]]:
    if epss is None:
        return
    harm = MODERATE if score is None else score
    if epss >= LIKELY and harm >= SERIOUS:
        yield URGENT, Reason("epss-likely", f"≥ {LIKELY}", "FIRST")
    elif epss >= POSSIBLE and harm >= MODERATE:
        yield HIGH, Reason("epss-possible", f"≥ {POSSIBLE}", "FIRST")


def _words(vector: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in vector.casefold().split("/"))
    return {name.strip(): value.strip() for name, _, value in pairs}
