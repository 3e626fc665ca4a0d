"""Several sources on one vulnerability become one advisory. Pure: statements in, the merged facts out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from misthoorn.common.tlp import Tlp, strictest
from misthoorn.formats.advisory import Advisory
from misthoorn.matching.advisories import ItemKey, item_keys
from misthoorn.matching.dictionary import NO_ALIASES, Aliases

# Severity words by CVSS base score (CVSS 3.1 section 5); known to be exploited is always urgent.
_WORDS = ((7.0, "high"), (4.0, "normal"), (0.0, "information"))
_NEWEST_FIRST = ("CVSS:4.0", "CVSS:3.1", "CVSS:3.0", "CVSS:2.0")
LONGEST_TITLE, LONGEST_VECTOR = 300, 200


EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says, under the stricter label of the source and the document."""

    content: Advisory
    tlp: Tlp


def labelled(content: Advisory, *, source: Tlp) -> Statement:
    """What a source with this label says."""
    return Statement(content=content, tlp=strictest([source, *([content.tlp] if content.tlp else [])]))


def modified(content: Advisory) -> datetime:
    """When the source last changed it; before all others where it does not say."""
    return content.modified or EVER


def as_of(content: Advisory, dates: Mapping[str, datetime]) -> Advisory:
    """The same as it is now: withdrawn where its document was modified after it, and did not say it any more."""
    is_past = modified(content) < dates.get(content.document, EVER)
    return replace(content, state="withdrawn") if is_past else content


@dataclass(frozen=True, slots=True)
class Merged:
    """One advisory, put together; the same whatever the order in which its statements came."""

    title: str
    description: str
    published_at: datetime | None
    modified_at: datetime | None
    withdrawn: bool
    severity: str
    score: float | None
    vector: str
    exploited_since: date | None
    exploited_source: str
    tlp: Tlp
    keys: tuple[ItemKey, ...]
    not_understood: dict[str, int]


def merge(statements: Sequence[Statement], *, known: Aliases = NO_ALIASES) -> Merged:
    """Put statements on one vulnerability together.

    Words come from the statement that says most; severity from the newest CVSS; withdrawn only when every source that
    describes it withdrew it. A statement that names a product without any version (a list of exploited holes does)
    gives keys only while no other statement names versions.
    """
    ordered = sorted(statements, key=lambda one: (-len(one.content.description), repr(one.content)))
    contents = [statement.content for statement in ordered]
    best = contents[0]
    scored = max(
        (one for content in contents for one in content.severities if one.scheme in _NEWEST_FIRST),
        key=lambda one: (-_NEWEST_FIRST.index(one.scheme), one.score, one.vector),
        default=None,
    )
    exploited = min((one.exploited for one in contents if one.exploited), key=lambda one: one.since, default=None)
    keys, not_understood = _keys(contents, known)
    return Merged(
        title=(best.title or best.description or best.identifier)[:LONGEST_TITLE],
        description=best.description,
        published_at=min((one.published for one in contents if one.published), default=None),
        modified_at=max((one.modified for one in contents if one.modified), default=None),
        withdrawn=all(one.state == "withdrawn" for one in contents),
        severity="urgent" if exploited else severity_word(scored.score if scored else None),
        score=scored.score if scored else None,
        vector=scored.vector if scored and len(scored.vector) <= LONGEST_VECTOR else "",
        exploited_since=exploited.since if exploited else None,
        exploited_source=exploited.source if exploited else "",
        tlp=strictest(statement.tlp for statement in statements),
        keys=keys,
        not_understood=not_understood,
    )


def severity_word(score: float | None) -> str:
    """The service's word for a CVSS base score; without one, `normal`."""
    if score is None:
        return "normal"
    return next(word for least, word in _WORDS if score >= least)


def says_what(content: Advisory) -> bool:
    """Whether it says of any product which versions are affected, all of them included."""
    return any(one.statements or one.default_status != "unknown" for one in content.affected)


def _keys(contents: Sequence[Advisory], known: Aliases) -> tuple[tuple[ItemKey, ...], dict[str, int]]:
    live = [one for one in contents if one.state != "withdrawn"]
    specific = [one for one in live if says_what(one)]
    counts: Counter[str] = Counter()
    rows: list[ItemKey] = []
    for content in specific or live:
        found = item_keys(content, known=known)
        rows += found.rows
        counts.update(found.not_understood)
    return tuple(dict.fromkeys(rows)), dict(counts)
