"""What an advisory is found by: its affected products and versions as keys and ranges. And the match of advisories.

The ranges of a product: where the default is `affected`, everything but what is said to be unaffected; else what is
said to be affected, without what is said to be unaffected. Versions that are listed one by one are affected beside
that. What is said about versions overrides the version inside a CPE name. A product of which nothing is said about
versions is affected in all of them, `likely` unless that is its default; one whose default is unaffected in none.

Certainty: `exact` for CPE names and package URLs with versions as stated, where the installed version is known.
`likely` are

- vendor and product names, and what is found by another name of the same product (`dictionary`)
- “n/a” as a version, and a product where a statement was not understood
- versions of which nothing is said where the default is `affected` and so is all that is said: why was it said?
- an epoch, a release or the release of a distribution that is missing on one side (`packages`)
- an update of one of a few versions that stand alone, and none of whose updates is named (`updates`)
- an edition that the advisory states and the installed product does not (`editions`); others exclude each other
- a product that is affected on or with another one only, unless the organisation has that too (`conditions`)

What a distribution says about its package and a vulnerability takes the place of what others say (`packages`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal, NamedTuple

import pyarrow as pa

from misthoorn.formats.values.advisory import Advisory, Affected, Condition, Status
from misthoorn.matching import engines, versions
from misthoorn.matching.dictionary.terms import NO_ALIASES, Aliases, aliased
from misthoorn.matching.keys.conditions import NOTHING, WITH, Needed, needed
from misthoorn.matching.keys.cpe import NA, Cpe, CpeError, is_pattern, parse_cpe, version_line
from misthoorn.matching.keys.editions import common_edition
from misthoorn.matching.keys.packages import (
    DEALT,
    SPOKEN,
    VULNERABILITY,
    Ranged,
    lenient_readings,
    said_spans,
    spoken_keys,
    strictly,
    targets,
)
from misthoorn.matching.keys.purls import PurlError, remembered_purl
from misthoorn.matching.keys.spaces import CPE, NAME, PURL
from misthoorn.matching.products.names import stated_names
from misthoorn.matching.ranges import EVERYTHING, NO_VERSION, Range, merged, point, subtract
from misthoorn.matching.schema import ITEM_KEY_SCHEMA
from misthoorn.matching.statements.phrases import Span
from misthoorn.matching.statements.spans import Said, range_of, read_statements
from misthoorn.matching.statements.updates import with_updates

type Certainty = Literal["exact", "likely"]

# More than this of one advisory is cut off and counted as "too-many": the largest real records make some thousand.
MAX_ROWS = 50_000
NO_STATEMENT = -1
GENERIC = "generic"  # the order of what CPE names and names are about


class ItemKey(NamedTuple):
    """`edition`, `condition` and `part` as in ITEM_KEY_SCHEMA."""

    space: str
    key: bytes
    lo: bytes
    hi: bytes
    certainty: Certainty
    statement: int
    edition: str = ""
    condition: bytes = NOTHING.name
    part: int = 0


class ItemKeys(NamedTuple):
    """The keys of one advisory, and how many of its names and statements were not understood, by reason.

    Reasons: "git" (commits have no order), "sentence", "version" (not a version of its scheme), "empty-range" (ends
    before it begins), "status-unknown", "no-product", "cpe-unreadable", "cpe-wildcard", "purl-unreadable",
    "too-many", and those of `not_expressed`.
    """

    rows: list[ItemKey]
    not_understood: dict[str, int]


class _Said(NamedTuple):
    """A range of versions, and how sure it is."""

    span: Range
    statement: int
    certainty: Certainty


def item_keys(advisory: Advisory, *, known: Aliases = NO_ALIASES, at_most: int = MAX_ROWS) -> ItemKeys:
    """Every key and range of an advisory, each row once, `at_most` so many, and a few rows that say of what it speaks.

    A withdrawn advisory has none.

    `known`: what else a product may be found by that is named in words only (`dictionary`).
    """
    lost: Counter[str] = Counter()
    rows: dict[ItemKey, None] = {}
    first_statement = 0
    if advisory.state == "withdrawn":
        return ItemKeys([], {})
    lost.update(advisory.not_expressed)
    conditions: dict[tuple[Condition, ...], Needed] = {}
    for affected in advisory.affected:
        if affected.conditions not in conditions:
            conditions[affected.conditions] = needed(affected.conditions, lost)
        for row in _conditional(_rows(affected, first_statement, lost), conditions[affected.conditions]):
            if len(rows) >= at_most:
                lost["too-many"] += 1
                break
            rows[row] = None
        for row in islice(alias_rows(affected, first_statement, known), max(0, at_most - len(rows))):
            rows[row] = None
        first_statement += len(affected.statements)
    return ItemKeys([*rows, *_words_of(advisory, rows)], dict(lost))


def _words_of(advisory: Advisory, rows: Iterable[ItemKey]) -> Iterator[ItemKey]:
    """Of which packages of distributions and which vulnerabilities this advisory speaks (`packages`)."""
    spoken = dict.fromkeys(key for affected in advisory.affected for key in spoken_keys(affected))
    named = dict.fromkeys((advisory.identifier, *advisory.aliases))
    own = [(SPOKEN, key) for key in spoken]
    if spoken:
        own += [(DEALT, _plain(name)) for name in dict.fromkeys((*named, *advisory.upstream))]
    if any(row.key not in spoken for row in rows):
        own += [(VULNERABILITY, _plain(name)) for name in named]
    for space, key in own:
        yield ItemKey(space, key, b"", b"", "likely", NO_STATEMENT)


def _plain(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")


def alias_rows(affected: Affected, first_statement: int, known: Aliases) -> Iterator[ItemKey]:
    """The keys of a product that is named in words only, as its alias has them: `likely`, up to MAX_ROWS.

    What is not understood is counted with the product's own keys.
    """
    if also := aliased(affected, known):
        found = _rows(also, first_statement, Counter())
        yield from (row._replace(certainty="likely") for row in islice(found, MAX_ROWS))


def _conditional(rows: Iterator[ItemKey], condition: Needed) -> Iterator[ItemKey]:
    """The rows under their condition, and what meets it."""
    if condition == NOTHING:
        yield from rows
        return
    for row in rows:
        if row.certainty == "likely":
            yield row
        elif condition.never:
            yield row._replace(certainty="likely")
        else:
            yield row._replace(condition=condition.name, part=condition.parts)
    for part, key, span in condition.wanted:
        yield ItemKey(WITH, key, *span, "exact", NO_STATEMENT, condition=condition.name, part=part)


def _rows(affected: Affected, first_statement: int, lost: Counter[str]) -> Iterator[ItemKey]:
    cpes = list(_cpes(affected, lost))
    names = dict.fromkeys(stated_names(vendor=affected.vendor, product=affected.product))
    names.update((key, None) for cpe in cpes for key in stated_names(vendor=cpe.vendor, product=cpe.product))
    edition = common_edition(cpe.edition for cpe in cpes)
    if not cpes and not names and not affected.purl:
        lost["no-product"] += 1
        return
    named = bool(cpes or names)
    if named and (affected.statements or affected.listed):
        said = _said(affected, GENERIC, first_statement, lost)
        for span, statement, certainty in said:
            for key, one in dict.fromkeys((cpe.key, cpe.edition) for cpe in cpes):
                yield ItemKey(CPE, key, *span, certainty, statement, one)
            for key in names:
                yield ItemKey(NAME, key, *span, "likely", statement, edition)
    elif named and affected.default_status != "unaffected":
        yield from _rows_without_statements(affected, cpes, names)
    if affected.purl:
        lost_here: Counter[str] = Counter()
        yield from _purl_rows(affected, first_statement, lost_here)
        # Counted once: what the generic order refuses, every order refuses.
        further = {reason: n for reason, n in (lost_here - lost).items() if reason in {"version", "purl-unreadable"}}
        lost.update(further if named else lost_here)


def _cpes(affected: Affected, lost: Counter[str]) -> Iterator[Cpe]:
    for text in affected.cpes:
        try:
            yield parse_cpe(text)
        except CpeError as error:
            lost[error.code] += 1


def _rows_without_statements(affected: Affected, cpes: list[Cpe], names: Iterable[bytes]) -> Iterator[ItemKey]:
    """Nothing is said about versions but what stands in the CPE names, if anything does."""
    for cpe in cpes:
        span, certainty = _span_of_name(cpe, affected.default_status)
        yield ItemKey(CPE, cpe.key, *span, certainty, NO_STATEMENT, cpe.edition)
        for key in stated_names(vendor=cpe.vendor, product=cpe.product):
            yield ItemKey(NAME, key, *span, "likely", NO_STATEMENT, cpe.edition)
    if not cpes:
        for key in names:
            yield ItemKey(NAME, key, *EVERYTHING, "likely", NO_STATEMENT)


def _span_of_name(cpe: Cpe, default_status: Status) -> tuple[Range, Certainty]:
    """The versions that a CPE name itself names: one, a line (2.4.*), none (-), or all; what is no version is all."""
    if versions.valid("generic", cpe.version):
        return point(versions.key("generic", cpe.version)), "exact"
    if cpe.name.version == NA and default_status != "affected":
        return NO_VERSION, "exact"
    if line := version_line(cpe.name):
        found, _ = range_of("generic", Span(line, True, line, True))  # noqa: FBT003  the fields' order is clear here
        return found or EVERYTHING, "exact" if found else "likely"
    return EVERYTHING, "exact" if default_status == "affected" and not is_pattern(cpe.name.version) else "likely"


def _purl_rows(affected: Affected, first_statement: int, lost: Counter[str]) -> Iterator[ItemKey]:
    try:
        purl = remembered_purl(affected.purl)
    except PurlError:
        lost["purl-unreadable"] += 1
        return
    scheme = versions.scheme_of_purl(purl.type)
    spans = said_spans(affected, scheme=scheme)
    keys = targets(purl, (end for span, _ in spans for end in (span.low, span.high)))
    for space, span, statement, certainty in _package_ranges(affected, scheme, first_statement, lost, spans):
        for key, sure in keys:
            yield ItemKey(space, key, *span, certainty if sure else "likely", statement)


def _package_ranges(
    affected: Affected, scheme: str, first_statement: int, lost: Counter[str], spans: list[tuple[Span, Status]]
) -> Iterator[tuple[str, Range, int, Certainty]]:
    """The affected ranges in each space of package URLs."""
    if not affected.statements and not affected.listed:
        if affected.default_status != "unaffected":
            unsaid: Certainty = "exact" if affected.default_status == "affected" else "likely"
            yield PURL, EVERYTHING, NO_STATEMENT, unsaid
        return
    for span, statement, certainty in _said(affected, scheme, first_statement, lost):
        yield PURL, span, statement, certainty
    for space, ranged in lenient_readings(scheme, spans):
        for span, statement, _ in _said(affected, scheme, first_statement, Counter(), ranged=ranged):
            yield space, span, statement, "likely"


def _listed(affected: Affected) -> Iterator[Said]:
    """The versions that are affected because they are named."""
    for version in affected.listed:
        span = Span(version, low_inclusive=True, high=version, high_inclusive=True)
        yield Said(span, "affected", NO_STATEMENT, stated=True)


def _said(
    affected: Affected, scheme: str, first_statement: int, lost: Counter[str], *, ranged: Ranged = strictly
) -> Iterator[_Said]:
    """The affected ranges of one product in one order, holes taken out."""
    reading = read_statements(affected, first=first_statement, scheme=scheme)
    reasons = list(reading.not_understood)
    plus: list[_Said] = []
    holes: list[Range] = []
    for said in reading.said:
        span, reason = ranged(scheme, said.span, said.status)
        if not span:
            # What is unaffected in no version takes nothing away: such rows come from a record's redundant bounds.
            reasons += [] if said.status == "unaffected" and reason == "empty-range" else [reason]
        elif said.status == "affected":
            plus.append(_Said(span, said.statement, "exact" if said.stated else "likely"))
        else:
            holes.append(span)
    if scheme == GENERIC:
        plus += (_Said(span, number, "likely") for span, number in with_updates(reading.said, affected.listed))
    lost.update(reasons)
    gaps = merged(holes)
    beside = list(_beside([] if gaps else plus, affected, scheme, lost, ranged))
    if affected.default_status == "affected":
        is_sure = not reasons and any(statement.status != "affected" for statement in affected.statements)
        base = _Said(EVERYTHING, NO_STATEMENT, "exact" if is_sure else "likely")
        yield from (base._replace(span=span) for span in subtract(EVERYTHING, gaps))
        yield from plus
    else:
        for item in plus:
            yield from (item._replace(span=span) for span in subtract(item.span, gaps))
        says_affected = any(statement.status == "affected" for statement in affected.statements)
        if not plus and (says_affected or (affected.listed and not beside)):
            # Some version is affected, whichever: that concerns who does not say which one is installed.
            yield _Said(NO_VERSION, NO_STATEMENT, "likely")
    yield from beside


def _beside(plus: list[_Said], affected: Affected, scheme: str, lost: Counter[str], ranged: Ranged) -> Iterator[_Said]:
    """The listed versions outside the ranges `plus`. A hole takes none of them away: each is named."""
    covered = merged(item.span for item in plus if item.certainty == "exact") if affected.listed else []
    for said in _listed(affected):
        span, reason = ranged(scheme, said.span, said.status)
        if not span:
            lost[reason] += 1
        elif any(subtract(span, covered)):
            yield _Said(span, NO_STATEMENT, "exact")


def item_table(advisories: Iterable[Advisory], *, known: Aliases = NO_ALIASES) -> tuple[pa.Table, dict[str, int]]:
    """The keys of many advisories in ITEM_KEY_SCHEMA, and what was not understood, summed by reason."""
    lost: Counter[str] = Counter()
    found: list[tuple[str, ItemKey]] = []
    for advisory in advisories:
        rows, not_understood = item_keys(advisory, known=known)
        lost.update(not_understood)
        found += [(advisory.identifier, row) for row in rows]
    return rows_table(found), dict(lost)


def rows_table(rows: Sequence[tuple[str, ItemKey]]) -> pa.Table:
    """Keys of advisories, with the identifiers of these, in ITEM_KEY_SCHEMA."""
    items, keys = zip(*rows, strict=True) if rows else ((), ())
    columns = [items, *zip(*keys, strict=True)] if rows else [()] * len(ITEM_KEY_SCHEMA)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, ITEM_KEY_SCHEMA, strict=True)]
    return pa.table(arrays, ITEM_KEY_SCHEMA)


def match_advisories(*, assets: pa.Table, items: pa.Table, engine: str = "duckdb") -> pa.Table:
    """Every asset that an advisory concerns, once each, in ADVISORY_MATCH_SCHEMA, ordered by item and asset.

    `assets` in ASSET_KEY_SCHEMA (keys of other kinds may be among them), `items` in ITEM_KEY_SCHEMA. An advisory has no
    time to be held against: who calls leaves out the assets that are not valid now.
    """
    with engines.named(engine)(assets=assets) as chosen:
        return chosen.match_advisories(items).read_all()
