"""PHP: the constraints of https://getcomposer.org/doc/articles/versions.md, as composer/semver reads them.

`^1.2.3`, `~1.2`, `1.*`, `1.0 - 2.0`, signs; a comma or a blank between what must hold, `||` or `|` between
alternatives. As there, a bound written with `<`, `>=`, `^`, `~`, `*` or a hyphen lies at the development versions of
its release (`<1.2.3` is below 1.2.3-dev) unless it names a stability itself. Two differences: Composer moves a bound
at an RC too, by a slip in its expression, and leaves branches (dev-main) out of every span, where here they come
before all numbers and so are in those that are open below.
"""

import re

from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.native import bounds, terms

_TERM = terms.reader([*terms.PLAIN, "<>", "~", "^"])
_ALIAS = re.compile(r"(?<![^\s,|])([^\s,|]++)\s++as\s++[^\s,|]++")
_COMMIT_OR_BUILD = re.compile(r"#[0-9a-f]++|\+[0-9A-Za-z.-]++", re.IGNORECASE)
_STABILITY = re.compile(r"[-_.]?(?:stable|beta|b|rc|alpha|a|patch|pl|p|dev)(?:[.-]?[0-9]++)*+$", re.IGNORECASE)
_HYPHEN = re.compile(r"(?<![^\s,])([vV]?+[0-9][^\s,]*+)\s++-\s++([^\s,]++)")
_LINE = re.compile(r"v?+(?:[0-9]++\.)*+[x*](?:\.[x*])*+", re.IGNORECASE)
_FLAGS = frozenset(("stable", "rc", "beta", "alpha", "dev"))
_FULL = 3  # so many numbers make a full version; with fewer, a hyphen range ends with the whole line


def to_vers(text: str) -> str:
    """The constraint as a `vers:composer/` text; an empty one is all versions.

    Raises:
        VersionError: the constraint can't be read.
    """
    bounds.check_length(text)
    plain = _COMMIT_OR_BUILD.sub("", _ALIAS.sub(r"\1", text))
    return bounds.write("composer", [one for part in re.split(r"\|\|?", plain) for one in _alternatives(part)])


def _alternatives(text: str) -> list[list[bounds.Comparator]]:
    between = [comparator for found in _HYPHEN.finditer(text) for comparator in _hyphen(found[1], found[2])]
    return [
        [*between, *(comparator for sign, version in one for comparator in _comparators(sign, version))]
        for one in terms.alternatives(_HYPHEN.sub(" ", text), _TERM)
    ]


def _hyphen(low: str, high: str) -> list[bounds.Comparator]:
    parts = terms.numbers(high)
    if len(parts) < _FULL and not _STABILITY.search(high):
        return [(">=", _at_dev(low)), ("<", _at_dev(terms.bumped(parts, len(parts) - 1)))]
    return [(">=", _at_dev(low)), ("<=", high)]


def _comparators(sign: str, written: str) -> list[bounds.Comparator]:
    version, _, flag = written.partition("@")
    if flag and flag.lower() not in _FLAGS:
        raise VersionError(f"“@{flag[:40]}” is no stability; there are {', '.join(sorted(_FLAGS))}.")
    if not version or _LINE.fullmatch(version):
        return _line(sign, version)
    if sign == "~":
        kept = terms.numbers(version)
        place = len(kept) - (1 if version.lower().endswith(".x-dev") else 2)
        return [(">=", _at_dev(version)), ("<", _at_dev(terms.bumped(kept, max(place, 0))))]
    if sign == "^":
        kept = terms.numbers(version)
        place = next((place for place, part in enumerate(kept[:_FULL]) if part), min(len(kept), _FULL) - 1)
        return [(">=", _at_dev(version)), ("<", _at_dev(terms.bumped(kept, place)))]
    plain = "!=" if sign == "<>" else terms.PLAIN[sign]
    if plain != "=" and flag not in {"", "stable"} and not _STABILITY.search(version):
        return [(plain, f"{version}-{flag}")]
    return [(plain, _at_dev(version) if plain in {"<", ">="} else version)]


def _line(sign: str, version: str) -> list[bounds.Comparator]:
    """All versions that start as written before the star."""
    if sign not in {"", "=", "=="}:
        raise VersionError("A constraint with a star stands without a sign, as 1.2.*.")
    if version.lower().lstrip("v")[:1] in {"", "x", "*"}:
        return []
    parts = terms.numbers(version)
    low = ".".join(map(str, parts))
    return [(">=", _at_dev(low)), ("<", _at_dev(terms.bumped(parts, len(parts) - 1)))]


def _at_dev(version: str) -> str:
    return version if _STABILITY.search(version) else f"{version}-dev"
