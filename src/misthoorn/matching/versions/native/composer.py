"""PHP: the constraints of https://getcomposer.org/doc/articles/versions.md, as composer/semver reads them.

`^1.2.3`, `~1.2`, `1.*`, `1.0 - 2.0`, signs; a comma or a blank between what must hold, `||` or `|` between
alternatives. As there, a bound written with `<`, `>=`, `^`, `~`, `*` or a hyphen lies at the development versions of
its release (`<1.2.3` is below 1.2.3-dev) unless it names a stability itself.
"""

import re

from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.native import bounds, terms

_TERM = terms.reader([*terms.PLAIN, "<>", "~", "^"])
_FLAG = re.compile(r"@(?:stable|rc|beta|alpha|dev)\b|#[0-9a-f]++", re.IGNORECASE)
_BUILD = re.compile(r"\+[0-9A-Za-z.-]++")
_STABILITY = re.compile(r"[-_.]?(?:stable|beta|b|rc|alpha|a|patch|pl|p|dev)[.-]?[0-9]*+$", re.IGNORECASE)
_HYPHEN = re.compile(r"(\S++)\s++-\s++(\S++)")
_ANY = frozenset(("*", "x"))
_FULL = 3  # so many numbers make a full version; with fewer, a hyphen range ends with the whole line


def to_vers(text: str) -> str:
    """The constraint as a `vers:composer/` text; an empty one is all versions.

    Raises:
        VersionError: the constraint can't be read.
    """
    bounds.check_length(text)
    plain = _BUILD.sub("", _FLAG.sub("", text))
    return bounds.write("composer", [one for part in re.split(r"\|\|?", plain) for one in _alternatives(part)])


def _alternatives(text: str) -> list[list[bounds.Comparator]]:
    between = _HYPHEN.fullmatch(text.strip())
    if between:
        return [_hyphen(between[1], between[2])]
    return [
        [comparator for sign, version in one for comparator in _comparators(sign, version)]
        for one in terms.alternatives(text, _TERM)
    ]


def _hyphen(low: str, high: str) -> list[bounds.Comparator]:
    parts = terms.numbers(high)
    if len(parts) < _FULL and not _STABILITY.search(high):
        return [(">=", _at_dev(low)), ("<", _at_dev(terms.bumped(parts, len(parts) - 1)))]
    return [(">=", _at_dev(low)), ("<=", high)]


def _comparators(sign: str, version: str) -> list[bounds.Comparator]:
    parts = version.lower().split(".")
    if parts[0].lstrip("v") in _ANY:
        return []
    if any(part in _ANY for part in parts):
        return _line(sign, terms.numbers(version))
    if sign == "~":
        kept = terms.numbers(version)
        return [(">=", _at_dev(version)), ("<", _at_dev(terms.bumped(kept, max(len(kept) - 2, 0))))]
    if sign == "^":
        kept = terms.numbers(version)
        place = next((place for place, part in enumerate(kept[:_FULL]) if part), min(len(kept), _FULL) - 1)
        return [(">=", _at_dev(version)), ("<", _at_dev(terms.bumped(kept, place)))]
    plain = "!=" if sign == "<>" else terms.PLAIN[sign]
    return [(plain, _at_dev(version) if plain in {"<", ">="} else version)]


def _line(sign: str, parts: list[int]) -> list[bounds.Comparator]:
    if sign not in {"", "=", "=="}:
        raise VersionError("A constraint with a star stands without a sign, as 1.2.*.")
    low = ".".join(map(str, parts))
    return [(">=", _at_dev(low)), ("<", _at_dev(terms.bumped(parts, len(parts) - 1)))]


def _at_dev(version: str) -> str:
    return version if _STABILITY.search(version) else f"{version}-dev"
