"""Product lines: what a source says of several branches of one product, each from the beginning to its own end.

“macOS before 12.7”, “before 13.6”, “before 14.1”: read as they stand they are all “before 14.1”, and 13.7 would be
warned about although it is fixed. Nobody writes three ends to say the widest one: ranges that begin at the same place
and end at different ones are per branch. Between two ends, from low to high:

- from the lower end up to where its branch ends: not affected, it is fixed there;
- then, up to where the branch of the higher end begins: branches of which the source says nothing: `likely`;
- in the branch of the higher end, up to that end: affected, as it says.

The branch of an end is what its version begins with, as far as needed to tell it from the ends beside it (8.0 of 8.0.39
beside 8.4.2). Ends that differ in their last number only are one branch (Windows builds 20348.2458 and 20348.2461), and
so are ends that differ in words (Utah, Vancouver): these stay one range up to the highest. More than MAX_BRANCHES ends
are no branches but models of a series, each with its own numbers: nothing is taken away there.

Also undone here: a start without an end, followed by an end without a start (“8.14.0 <= v”, “v < 8.19.0”), as records
that came from the old CVE format 4 have it, is one range. And “10.0.0 <= v < 10.0.17763.5122” begins at 10.0.17763: the
10.0.0 is what Microsoft writes for the beginning of a build, and a build is a product of its own.
"""

import functools
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from misthoorn.formats.values.advisory import Status
from misthoorn.matching import versions
from misthoorn.matching.statements.phrases import Span

MAX_BRANCHES = 12
_MAX_SPANS = 4 * MAX_BRANCHES  # more than this are not even put into order

_SCHEME = "generic"
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")
_BUILD = re.compile(r"(10\.0\.[1-9][0-9]{3,5})\.[0-9]+")
_BEFORE_BUILDS = "10.0.0"
_NUMBER_AT_END = re.compile(r"[0-9]{1,18}$")


class Said(NamedTuple):
    """Some versions and their status. `statement`: its number; `stated`: whether it says which versions it means."""

    span: Span
    status: Status
    statement: int
    stated: bool


class _End(NamedTuple):
    version: str
    inclusive: bool


def from_build(span: Span) -> Span:
    """The same, where it is about a build of Windows from the beginning of that build on."""
    build = _BUILD.fullmatch(span.high) if span.low == _BEFORE_BUILDS else None
    return span._replace(low=build[1]) if build else span


def paired(said: Sequence[Said]) -> Iterator[Said]:
    """The same, with each start that is followed by an end of its own made one range."""
    at = 0
    while at < len(said):
        this, following = said[at], said[at + 1] if at + 1 < len(said) else None
        if following and _is_start(this) and _is_end(following) and _in_order(this.span.low, following.span.high):
            low, low_inclusive = this.span[:2]
            yield following._replace(span=following.span._replace(low=low, low_inclusive=low_inclusive))
            at += 2
        else:
            yield this
            at += 1


def _is_start(said: Said) -> bool:
    return said.status == "affected" and bool(said.span.low) and not said.span.high


def _is_end(said: Said) -> bool:
    return said.status == "affected" and not said.span.low and bool(said.span.high)


def _in_order(low: str, high: str) -> bool:
    bounds = (low, high)
    return all(versions.valid(_SCHEME, bound) for bound in bounds) and versions.compare(_SCHEME, low, high) < 0


def per_branch(said: Sequence[Said]) -> list[Said]:
    """The same, with ranges that begin at one place cut to their branches."""
    families: dict[tuple[str, bool], dict[Span, None]] = defaultdict(dict)
    for item in said:
        if item.status == "affected" and item.stated and item.span.high not in {"", item.span.low}:
            families[item.span.low, item.span.low_inclusive][item.span] = None
    some = range(2, _MAX_SPANS + 1)
    ends = {start: _ends(list(filter(_is_plain, spans))) for start, spans in families.items() if len(spans) in some}
    found: list[Said] = []
    for item in said:
        family = ends.get((item.span.low, item.span.low_inclusive), [])
        cut = item.status == "affected" and 1 < len(family) <= MAX_BRANCHES and _is_plain(item.span)
        found += _pieces(item, family) if cut else [item]
    return found


def _is_plain(span: Span) -> bool:
    if span.high in {"", span.low} or span.high.endswith(".*") or span.low.endswith(".*"):
        return False
    return versions.valid(_SCHEME, span.high) and (not span.low or _in_order(span.low, span.high))


def _ends(spans: Sequence[Span]) -> list[_End]:
    """The different ends, lowest first; of two at one version the one that includes it."""
    found: list[_End] = []
    order = functools.cmp_to_key(functools.partial(versions.compare, _SCHEME))
    for span in sorted(spans, key=lambda span: (order(span.high), not span.high_inclusive)):
        if not found or versions.compare(_SCHEME, found[-1].version, span.high) != 0:
            found.append(_End(span.high, span.high_inclusive))
    return found


def _pieces(item: Said, ends: Sequence[_End]) -> Iterator[Said]:
    """What an item says of its own branch, and of those just below it that nobody names."""
    at = next(at for at, end in enumerate(ends) if versions.compare(_SCHEME, end.version, item.span.high) == 0)
    if at == 0:
        yield item
        return
    below, end = ends[at - 1], ends[at]
    span = Span(below.version, not below.inclusive, end.version, end.inclusive)
    if not _differ_in_branch(below.version, end.version):
        yield item._replace(span=span)
        return
    fixed_until = _after(_branch(ends, at - 1))
    start = _branch(ends, at)
    begin = versions.lowest(_SCHEME, start) if start != end.version else start
    if _in_order(fixed_until, begin):
        yield item._replace(span=Span(fixed_until, True, begin, False), stated=False)  # noqa: FBT003
    if begin != end.version or end.inclusive:
        yield item._replace(span=span._replace(low=begin, low_inclusive=True))


def _differ_in_branch(lower: str, higher: str) -> bool:
    """Whether two ends belong to different branches: not where they differ in their last number only, or in words."""
    return _depth(lower, higher) > 0


def _depth(one: str, other: str) -> int:
    """With how many tokens it begins to be another branch; 0 where they are of one branch."""
    first, second = (_TOKEN.findall(version) for version in (one, other))
    for number, (mine, its) in enumerate(itertools.zip_longest(first, second, fillvalue=""), 1):
        if _plain(mine) != _plain(its):
            last = number >= len(first) and number >= len(second)
            return number if mine.isdecimal() and its.isdecimal() and not last else 0
    return 0


def _plain(token: str) -> str:
    return token.lstrip("0") if token.isdecimal() else token.lower()


def _branch(ends: Sequence[_End], at: int) -> str:
    """What the versions of an end's branch begin with: enough to tell it from the ends on both sides."""
    version = ends[at].version
    depth = max(_depth(version, ends[near].version) for near in (at - 1, at + 1) if 0 <= near < len(ends))
    tokens = list(_TOKEN.finditer(version))
    return version[: tokens[depth - 1].end()]


def _after(branch: str) -> str:
    """The lowest version behind a branch: 13.7 and 13.99 are of the branch 13, so this is the lowest of 14."""
    number = _NUMBER_AT_END.search(branch)
    return versions.lowest(_SCHEME, f"{branch[: number.start()]}{int(number[0]) + 1}" if number else branch)
