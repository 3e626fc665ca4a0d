"""Several sources on one vulnerability become one advisory. Pure: statements in, the merged facts out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from misthoorn.common.tlp import Tlp, strictest
from misthoorn.formats.values.advisory import Advisory
from misthoorn.intake.advisories.aliases import cve_number
from misthoorn.intake.advisories.priority import Judgement, Reason, judgements, prioritise
from misthoorn.matching.advisories import ItemKey, item_keys
from misthoorn.matching.dictionary.terms import NO_ALIASES, Aliases

LONGEST_TITLE = 300
REPLACED_BY = "replaced_by"  # the kind of remark that names the record in place of a withdrawn one

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
    superseded_by: str
    severity: str
    score: float | None
    vector: str
    judgements: tuple[Judgement, ...]
    priority_because: tuple[Reason, ...]
    epss: float | None
    epss_on: date | None
    exploited_since: date | None
    exploited_source: str
    tlp: Tlp
    keys: tuple[ItemKey, ...]
    not_understood: dict[str, int]


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely an attack is (EPSS), and on which day that was so."""

    score: float
    day: date


def merge(statements: Sequence[Statement], *, known: Aliases = NO_ALIASES, chance: Chance | None = None) -> Merged:
    """Put statements on one vulnerability together.

    Words come from the statement that says most; its urgency from all judgements (intake.priority); withdrawn only when
    every source that describes it withdrew it, and until then what was withdrawn says nothing. A list of exploited
    holes describes none: its entry alone keeps nothing that was withdrawn. A statement that names a product without any
    version (such a list does) gives keys only while no other names versions.
    """
    ordered = sorted(statements, key=lambda one: (-len(one.content.description), repr(one.content)))
    contents = [statement.content for statement in ordered]
    holding = _holding(contents)
    saying = holding or contents
    best = saying[0]
    exploited = min(
        (one.exploited for one in saying if one.exploited), key=lambda one: (one.since, one.source), default=None
    )
    judged = judgements(saying)
    since = (f"{exploited.since:%Y-%m-%d}", exploited.source) if exploited else None
    priority = prioritise(judged, exploited=since, epss=chance.score if chance else None)
    keys, not_understood = _keys(contents, known)
    return Merged(
        title=(best.title or best.description or best.identifier)[:LONGEST_TITLE],
        description=best.description,
        published_at=min((one.published for one in contents if one.published), default=None),
        modified_at=max((one.modified for one in contents if one.modified), default=None),
        withdrawn=not holding,
        superseded_by="" if holding else _superseded_by(contents),
        severity=priority.word,
        score=priority.score,
        vector=priority.vector,
        judgements=judged,
        priority_because=priority.because,
        epss=chance.score if chance else None,
        epss_on=chance.day if chance else None,
        exploited_since=exploited.since if exploited else None,
        exploited_source=exploited.source if exploited else "",
        tlp=strictest(statement.tlp for statement in statements),
        keys=keys,
        not_understood=not_understood,
    )


def _holding(contents: Sequence[Advisory]) -> list[Advisory]:
    """Those by which it still stands."""
    live = [one for one in contents if one.state != "withdrawn"]
    only_listed = all(one.exploited is not None and not says_what(one) for one in live)
    return [] if only_listed and len(live) < len(contents) else live


def _superseded_by(contents: Sequence[Advisory]) -> str:
    """The number that those who withdrew it name in its place."""
    found = (remark.text for one in contents for remark in one.remarks if remark.kind == REPLACED_BY)
    return min((cve_number(text) for text in found if cve_number(text)), default="")


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
