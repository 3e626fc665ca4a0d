"""From comparators to a `vers:` text: sorted, joined where two spans touch, every version named once."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from misthoorn.matching.versions.canonical import quoted
from misthoorn.matching.versions.encoding import ABOVE_ALL, BELOW_ALL, VersionError
from misthoorn.matching.versions.registry import key

# So many comparators at most that must all hold; real ranges have a handful.
MAX_TOGETHER = 100
MAX_LENGTH = 100_000

type Comparator = tuple[str, str]  # =, !=, <, <=, >, >= and a version


class Outside(NamedTuple):
    """All versions below `low`, and those from `high` on."""

    low: str
    high: str


class Bound(NamedTuple):
    key: bytes
    side: int  # 0 just below the version, 1 just above it
    text: str


class Span(NamedTuple):
    low: Bound
    high: Bound


_START, _END = Bound(BELOW_ALL, 0, ""), Bound(ABOVE_ALL, 0, "")


def check_length(text: str) -> None:
    """Refuse an overlong range.

    Raises:
        VersionError: more than MAX_LENGTH characters.
    """
    if len(text) > MAX_LENGTH:
        raise VersionError(f"The range is {len(text)} characters long; at most {MAX_LENGTH} are read.")


def write(scheme: str, alternatives: Iterable[Sequence[Comparator | Outside]], *, named: str = "") -> str:
    """The versions for which all comparators of at least one alternative hold, as a `vers:` text.

    Versions order as `scheme` says; `named` is the type that the text names, if that is another. No comparators at
    all hold for every version: `vers:npm/*`. A range without any version is `vers:none/*`.

    Raises:
        VersionError: a version can't be read in the scheme, or too many comparators stand together.
    """
    spans = _join([span for together in alternatives for span in _all_of(scheme, together)])
    if not spans:
        return "vers:none/*"
    constraints: list[str] = []
    for index, (low, high) in enumerate(spans):
        if low.key == high.key:
            constraints.append(quoted(low.text))
            continue
        if low != _START and not (index and spans[index - 1].high.key == low.key):
            constraints.append((">" if low.side else ">=") + quoted(low.text))
        if index + 1 < len(spans) and spans[index + 1].low.key == high.key:
            constraints.append("!=" + quoted(high.text))
        elif high != _END:
            constraints.append(("<=" if high.side else "<") + quoted(high.text))
    return f"vers:{named or scheme}/{'|'.join(constraints) or '*'}"


def _all_of(scheme: str, comparators: Sequence[Comparator | Outside]) -> list[Span]:
    if len(comparators) > MAX_TOGETHER:
        raise VersionError(f"The range asks for {len(comparators)} things at once; at most {MAX_TOGETHER} are read.")
    spans = [Span(_START, _END)]
    for comparator in comparators:
        wanted = _spans_of(scheme, comparator)
        spans = [both for one in spans for other in wanted if (both := _overlap(one, other))]
    return spans


def _spans_of(scheme: str, comparator: Comparator | Outside) -> list[Span]:
    if isinstance(comparator, Outside):
        return [*_spans_of(scheme, ("<", comparator.low)), *_spans_of(scheme, (">=", comparator.high))]
    sign, version = comparator
    at = key(scheme, version)
    below, above = Bound(at, 0, version), Bound(at, 1, version)
    return {
        "=": [Span(below, above)],
        "!=": [Span(_START, below), Span(above, _END)],
        "<": [Span(_START, below)],
        "<=": [Span(_START, above)],
        ">": [Span(above, _END)],
        ">=": [Span(below, _END)],
    }[sign]


def _overlap(one: Span, other: Span) -> Span | None:
    low = max(one.low, other.low, key=_place)
    high = min(one.high, other.high, key=_place)
    return Span(low, high) if _place(low) < _place(high) else None


def _place(bound: Bound) -> tuple[bytes, int]:
    return (bound.key, bound.side)


def _join(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: _place(one.low)):
        if joined and _place(span.low) <= _place(joined[-1].high):
            if _place(span.high) > _place(joined[-1].high):
                joined[-1] = Span(joined[-1].low, span.high)
        else:
            joined.append(span)
    return joined
