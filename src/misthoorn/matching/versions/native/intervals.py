"""Intervals as Maven and NuGet write them: [1.0,2.0) or (,1.5], [1.0] for one version, several with commas between."""

import re
from collections.abc import Callable

from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.native import bounds

_INTERVAL = re.compile(r"([\[(])([^\[\](),]*+)(,?+)([^\[\](),]*+)([\])])")
_BETWEEN = re.compile(r"[\s,|]*+")


def to_vers(
    scheme: str, text: str, bare: Callable[[str], list[bounds.Comparator]], *, low: Callable[[str], str] = str
) -> str:
    """The intervals as a `vers:` text.

    `bare` says what a version without brackets means, `low` which version the lower end of an interval is.

    Raises:
        VersionError: an interval can't be read, or there is none.
    """
    bounds.check_length(text)
    if not text.strip() or text.strip()[0] not in "[(":
        return bounds.write(scheme, [bare(text.strip())])
    alternatives, at, end = [], len(text) - len(text.lstrip()), len(text.rstrip())
    while at < end:
        found = _INTERVAL.match(text, at)
        if not found:
            raise VersionError(f"“{text[at : at + 40].strip()}” is not an interval of versions, as [1.0,2.0) or [1.5].")
        alternatives.append(_comparators(found, low))
        between = _BETWEEN.match(text, found.end())
        at = between.end() if between else end
    return bounds.write(scheme, alternatives)


def _comparators(found: re.Match[str], lowest: Callable[[str], str]) -> list[bounds.Comparator]:
    opening, low, comma, high, closing = (part.strip() for part in found.groups())
    if not comma:
        if not low or opening != "[" or closing != "]":
            raise VersionError(f"“{found[0][:80]}” holds one version; it is written [1.0].")
        return [("=", low)]
    at_start: list[bounds.Comparator] = [(">=" if opening == "[" else ">", lowest(low))] if low else []
    at_end: list[bounds.Comparator] = [("<=" if closing == "]" else "<", high)] if high else []
    return at_start + at_end
