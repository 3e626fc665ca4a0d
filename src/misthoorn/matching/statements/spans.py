"""What a source says about the versions of a product, as spans of version texts.

Two things that CVE records hold are undone here: a bound such as `5.10.*` stands for the whole line 5.10, and a
statement that came as text because a part of it was odd (“2.0-beta9, < log4j-core*, unaffected from 2.3.1”) is cut at
its changes.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from misthoorn.formats.values.advisory import ECOSYSTEM, EVENTS, TEXT, Affected, VersionStatement
from misthoorn.matching import versions
from misthoorn.matching.products.names import words
from misthoorn.matching.ranges import Range, between, is_empty
from misthoorn.matching.statements import osv_events
from misthoorn.matching.statements.branches import Said, from_build, paired, per_branch
from misthoorn.matching.statements.phrases import EVERY_VERSION, Span, is_not_stated, is_one_version, read_sentence

__all__ = ["Reading", "Said", "range_of", "read_statements", "without_lines"]

_EXACT = frozenset((ECOSYSTEM, EVENTS))
_OPEN = frozenset(("", "*", "-", "?", "n/a", "unspecified", "unknown"))
_HASH = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]{7,64}")
_GIT = frozenset(("git", "original_commit_for_fix", "commit"))
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_DIGIT = re.compile(r"[0-9]")
_LINE = re.compile(r"(.*?)(?<![0-9])([0-9]+)\.\*")
_CHANGE = re.compile(r", (affected|unaffected|unknown) from ([^,]+)")
_PATCH = re.compile(r"p[0-9]{1,4}")
_BRANCH = re.compile(r"([0-9]{1,3}\.[0-9])(?:-[A-Za-z]{1,10})?")
_BUILD = re.compile(r"[0-9]{1,3}\.[0-9]{2,4}")
_FIRST_NUMBERS = re.compile(r"[^\s0-9]?[0-9]{1,18}(?:\.[0-9]{1,18})?(?![0-9])")
_BOUNDS = re.compile(r"([^,<]+)?(?:, )?(?:<(=?) ([^,<]+))?")
_STARTS_AS_VERSION = re.compile(r"[a-zA-Z]?[0-9]|[^\s]+\*$")
_MAX_DIGITS = 18
_MAX_TEXT = 20_000  # characters in which changes are looked for; the longest real ones have some thousand


class Reading(NamedTuple):
    said: list[Said]
    not_understood: list[str]  # reasons, one for each statement or part of one


def read_statements(affected: Affected, *, first: int, scheme: str = "generic") -> Reading:
    """All statements about a product, numbered from `first`. Events are put into the order of `scheme`.

    In the order `generic` only, branches are told apart (ranges of packages begin where they say), and an affected
    range that ends before it begins is taken for the line of versions in which it begins, not `stated`.
    Reasons: "git", "sentence", "status-unknown", "empty-range" (in `generic`), "version" (of events).
    """
    own_words = frozenset((*words(affected.vendor), *words(affected.product)))
    said: list[Said] = []
    reasons: list[str] = []
    for number, statement in enumerate(affected.statements, first):
        for part, bounded in _parts(statement, own_words):
            spans, reason = _exact_spans(part, scheme) if part.scheme in _EXACT else _spans(part, own_words)
            if part.status == "unknown":
                reasons.append("status-unknown")
            elif reason:
                reasons.append(reason)
            stated = bounded and not (part.scheme == TEXT and (not part.text.strip() or is_not_stated(part.text)))
            for span in spans:
                crossed = scheme == "generic" and part.status == "affected" and _crosses(span)
                reasons += ["empty-range"] * crossed
                said.append(Said(_line_of(span) if crossed else span, part.status, number, stated and not crossed))
    if scheme == "generic" and len(said) > 1:
        said = per_branch(list(paired(said)))
    return Reading(said, reasons)


def _parts(statement: VersionStatement, own_words: frozenset[str]) -> Iterator[tuple[VersionStatement, bool]]:
    """The statement itself, or the pieces between the changes that its text names; and whether its end is known.

    That a version 0 alone is affected, or the product by its name, says no more than that some version is.
    """
    is_zero = statement.low == statement.high == "0"
    if statement.status == "affected" and (is_zero or _is_only_named(statement.text, own_words)):
        yield replace(statement, low="", high="", text=""), False
        return
    text = statement.text if statement.scheme == TEXT and len(statement.text) <= _MAX_TEXT else ""
    changes = [(next_status, at.strip()) for next_status, at in _CHANGE.findall(text)]
    bounds = _BOUNDS.fullmatch(_CHANGE.sub("", text)) if text else None
    low = _low(bounds[1] or "", own_words) if bounds else None
    high = _high(bounds[3] or "", own_words) if bounds else None
    if not bounds or not (changes or bounds[3]) or low is None or high is None:
        yield statement, True
        return
    status = statement.status
    for at, next_status in ((at, next_status) for next_status, at in changes):
        yield replace(statement, low=low, high=at, high_inclusive=False, scheme="", text="", status=status), True
        low, status = at, next_status
    inclusive = bool(bounds[2]) or not high
    known = bool(high) or not bounds[3] or bounds[3].strip().lower() in _OPEN
    yield replace(statement, low=low, high=high, high_inclusive=inclusive, scheme="", text="", status=status), known


def _is_only_named(text: str, own_words: frozenset[str]) -> bool:
    """Whether the text holds words of the product's name and neither a number nor a word such as “all”."""
    if not text or _DIGIT.search(text) or own_words.isdisjoint(words(text)):
        return False
    return read_sentence(text, ignore=own_words) != (EVERY_VERSION,)


def _low(text: str, own_words: frozenset[str]) -> str | None:
    """The start of a range. Words without a digit (“all versions”, “earlier”, a component's name) are no start.

    A text that names a range itself (“AOS-10.4.x.x: 10.4.1.4 and below”) begins where that begins.
    """
    if not _DIGIT.search(text):
        return ""
    spans = read_sentence(text, ignore=own_words) or ()
    if len(spans) == 1 and spans[0].low != spans[0].high and spans[0].low_inclusive:
        return spans[0].low
    return _bound(text, own_words)


def _high(text: str, own_words: frozenset[str]) -> str | None:
    """The end of a range. Words without a digit (“latest”, “publication”) and addresses leave it open."""
    return "" if not _DIGIT.search(text) or text.strip().startswith("http") else _bound(text, own_words)


def _bound(text: str, own_words: frozenset[str]) -> str | None:
    """One version, perhaps of several words (“V3.2 SP1”), or a line of versions; None for a sentence."""
    spans = read_sentence(text, ignore=own_words) or ()
    version = spans[0].low if len(spans) == 1 and spans[0].low == spans[0].high else ""
    if _STARTS_AS_VERSION.match(version):
        return version
    return text.strip() if _STARTS_AS_VERSION.match(text.strip()) and is_one_version(text) else None


def _exact_spans(statement: VersionStatement, scheme: str) -> tuple[tuple[Span, ...], str]:
    """The spans of a statement that is taken to the letter. What was fixed before it was introduced is not fixed."""
    low, high = statement.low, statement.high
    try:
        if statement.scheme == EVENTS:
            return osv_events.spans(statement.text, scheme=scheme), ""
        crossed = low and high and versions.key(scheme, low) > versions.key(scheme, high)
    except versions.VersionError:
        return (), "version"
    span = Span(low, statement.low_inclusive, high, statement.high_inclusive)
    return (span._replace(high="", high_inclusive=True) if crossed else span,), ""


def _spans(statement: VersionStatement, own_words: frozenset[str]) -> tuple[tuple[Span, ...], str]:
    """The spans of a statement, and the reason why there are none."""
    low, high = statement.low.strip(), statement.high.strip()
    if statement.scheme == TEXT:
        low = high = statement.text.strip()
    if _is_commit(low, statement.scheme) or _is_commit(high, statement.scheme):
        return (), "git"
    if low == high and statement.low_inclusive and statement.high_inclusive:
        return _spans_of_text(low, own_words)
    opening = "" if low.lower() in _OPEN or low == "0" else low
    # An asterisk behind something that is not a line of versions ("log4j-core*") means no end.
    closing = "" if high.lower() in _OPEN or (high.endswith("*") and not _LINE.fullmatch(high)) else high
    if opening and _PATCH.fullmatch(closing):
        closing = f"{opening}-{closing}"  # "13.2-RELEASE, less than p10"
    if branch := _patched_branch(statement.scheme, opening, closing):
        opening, closing = branch, f"{branch}-{closing}"
    # "Less than 5.4.*" is written for a range that ends with the line 5.4.
    inclusive = statement.high_inclusive or closing.endswith(".*") or not closing
    return (from_build(Span(opening, statement.low_inclusive, closing, inclusive)),), ""


def _patched_branch(scheme: str, low: str, high: str) -> str:
    """The branch of which the end names a build only, as Citrix writes them: “13.1, less than 49.13” is 13.1-49.13."""
    branch = _BRANCH.fullmatch(low) if scheme == "patch" and _BUILD.fullmatch(high) else None
    return branch[1] if branch and branch[1].partition(".")[0] != high.partition(".")[0] else ""


def _spans_of_text(text: str, own_words: frozenset[str]) -> tuple[tuple[Span, ...], str]:
    if not text or is_not_stated(text):
        return (EVERY_VERSION,), ""
    spans = read_sentence(text, ignore=own_words) or ()
    if any(_is_commit(bound) for span in spans for bound in (span.low, span.high)):
        return (), "git"
    return spans, "" if spans else "sentence"


def _is_commit(text: str, scheme: str = "") -> bool:
    """Whether a version is the number of a commit: hexadecimal with a letter in it, or said to be one."""
    return bool((_COMMIT if scheme in _GIT else _HASH).fullmatch(text.lower()))


def _crosses(span: Span) -> bool:
    """Whether the range ends before it begins: the end is written in another way than the start, or is a mistake."""
    low, high = span.low, span.high
    if not low or not high or low.endswith(".*") or high.endswith(".*"):
        return False
    try:
        order = versions.compare("generic", low, high)
    except versions.VersionError:
        return False
    return order > 0 or (order == 0 and not (span.low_inclusive and span.high_inclusive))


def _line_of(span: Span) -> Span:
    """All that begins with the first two numbers of the start, from the start on."""
    numbers = _FIRST_NUMBERS.match(span.low)
    return span._replace(high=f"{numbers[0]}.*" if numbers else span.low, high_inclusive=True)


def without_lines(span: Span, *, scheme: str) -> Span:
    """The same span with bounds that are versions: 5.10.* as high is below the lowest version of 5.11."""
    low, low_inclusive, high, high_inclusive = span
    if low.endswith(".*"):
        low = versions.lowest(scheme, low[:-2] if low_inclusive else _next_line(low))
        low_inclusive = True
    if high.endswith(".*"):
        high, high_inclusive = versions.lowest(scheme, _next_line(high)), False
    return Span(low, low_inclusive, high, high_inclusive)


def range_of(scheme: str, span: Span) -> tuple[Range | None, str]:
    """A span as a range of keys, or the reason why not: "version" or "empty-range"."""
    low, low_inclusive, high, high_inclusive = without_lines(span, scheme=scheme)
    try:
        found = between(
            low=(versions.key if low_inclusive else versions.highest_key)(scheme, low) if low else None,
            low_inclusive=low_inclusive,
            high=(versions.highest_key if high_inclusive else versions.key)(scheme, high) if high else None,
            high_inclusive=high_inclusive,
        )
    except versions.VersionError:
        return None, "version"
    return (None, "empty-range") if is_empty(found) else (found, "")


def _next_line(line: str) -> str:
    found = _LINE.fullmatch(line)
    return f"{found[1]}{int(found[2]) + 1}" if found and len(found[2]) <= _MAX_DIGITS else line
