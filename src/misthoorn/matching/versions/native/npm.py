"""npm: ranges of node-semver 7 (https://github.com/npm/node-semver#ranges), read as its class Range reads them.

Comparators, hyphen, x, tilde and caret ranges, `||`, and its two flags. `loose` forgives a missing hyphen and leading
zeros and leaves out what can't be read. `prereleases` (there includePrerelease) lets pre-releases in; without it a
pre-release is only in the range where a comparator names a pre-release of the same three numbers. A `vers:` text
can't say that, so matching an advisory goes without this rule.
"""

import re
from typing import NamedTuple

from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.native import bounds

_MAX_VERSION_LENGTH = 256
_MAX_NUMBER = 2**53 - 1

_BUILD = re.compile(r"\+[0-9A-Za-z-][0-9A-Za-z.-]*+")
_BLANK_BEHIND_SIGN = re.compile(r"(?<![<>=])([<>]=?|=)\s++(?=[v=\s]*+[0-9xX*])")
_BLANK_BEHIND_TILDE = re.compile(r"~>?\s++")
_BLANK_BEHIND_CARET = re.compile(r"\^\s++")
_SIGN = re.compile(r"(\^|~>?|[<>]?=?)\s*+(.*+)", re.DOTALL)
_NUMBER = r"([0-9]++|[xX*])"
_PARTIAL = re.compile(rf"([v=\s]*+){_NUMBER}(?:\.{_NUMBER}(?:\.{_NUMBER}(-?+)([0-9A-Za-z.-]*+))?+)?+")
_ANY = frozenset(("", "x", "X", "*"))


class Node(NamedTuple):
    """A version as node-semver holds it, ready to compare as a tuple."""

    major: int
    minor: int
    patch: int
    no_pre: bool
    pre: tuple[tuple[int, int, str], ...]  # each (0, number, "") or (1, 0, text)

    def __str__(self) -> str:
        pre = ".".join(text if kind else str(value) for kind, value, text in self.pre)
        return f"{self.major}.{self.minor}.{self.patch}" + (f"-{pre}" if pre else "")


class Comparator(NamedTuple):
    sign: str  # "", "<", "<=", ">", ">="
    version: Node | None  # None: any version

    def __str__(self) -> str:
        return f"{self.sign}{self.version}" if self.version else ""


class Flags(NamedTuple):
    loose: bool
    prereleases: bool


class Partial(NamedTuple):
    prefix: str
    major: str
    minor: str
    patch: str
    pre: str


type Together = tuple[Comparator, ...]


class _UnreadError(VersionError):
    """A word of a range that says nothing to npm; `loose` leaves it out."""


_NO_VERSION = "<0.0.0-0"
_EVERYTHING = Comparator("", None)
_FROM_ZERO = Comparator(">=", Node(0, 0, 0, no_pre=True, pre=()))


def parse(text: str, *, loose: bool = False, prereleases: bool = False) -> tuple[Together, ...]:
    """The alternatives of a range, each a list of comparators that must all hold.

    Raises:
        VersionError: node-semver would not read the range.
    """
    bounds.check_length(text)
    flags = Flags(loose, prereleases)
    alternatives = [_alternative(part.strip(), flags) for part in re.sub(r"\s++", " ", text.strip()).split("||")]
    found = [together for together in alternatives if together]
    if not found:
        raise VersionError(f"“{text[:80]}” is not a range of npm versions, such as ^1.2.3 or >=1.0.0 <2.0.0.")
    filled = [together for together in found if str(together[0]) != _NO_VERSION] or found[:1]
    return ((_EVERYTHING,),) if (_EVERYTHING,) in filled else tuple(filled)


def canonical(text: str, *, loose: bool = False, prereleases: bool = False) -> str:
    """The range in plain comparators, as node-semver's validRange returns it; `*` for all versions.

    Raises:
        VersionError: as `parse`.
    """
    alternatives = parse(text, loose=loose, prereleases=prereleases)
    return "||".join(" ".join(map(str, together)) for together in alternatives) or "*"


def holds(text: str, version: str, *, loose: bool = False, prereleases: bool = False) -> bool:
    """Whether npm would say that the version satisfies the range; a version that npm does not read does not.

    Raises:
        VersionError: as `parse`.
    """
    alternatives = parse(text, loose=loose, prereleases=prereleases)
    plain, plus, build = version.strip().partition("+")
    try:
        node = _node(_partial(plain, loose=loose), loose=loose)
    except VersionError:
        return False
    if plus and (not _BUILD.fullmatch(f"+{build}") or "" in build.split(".")):
        return False
    return any(_in_all(node, together, prereleases=prereleases) for together in alternatives)


def is_outside(text: str, version: str, *, side: str, loose: bool = False, prereleases: bool = False) -> bool:
    """Whether npm would say that the version lies above (`side` ">") or below ("<") all that the range holds.

    Raises:
        VersionError: as `parse`, or npm does not read the version.
    """
    node = _node(_partial(version.strip().partition("+")[0], loose=loose), loose=loose)
    alternatives = parse(text, loose=loose, prereleases=prereleases)
    if any(_in_all(node, together, prereleases=prereleases) for together in alternatives):
        return False
    return all(_is_beyond(node, together, side) for together in alternatives)


def _is_beyond(node: Node, together: Together, side: str) -> bool:
    """As node-semver does it: past the far end, which must have no sign that leaves it open, and past the near one."""
    low, *others = (comparator if comparator.version else _FROM_ZERO for comparator in together)
    high = low
    above = side == ">"
    for one in others:
        if _is_past(one.version, high.version, above=above):
            high = one
        elif _is_past(low.version, one.version, above=above):
            low = one
    if high.sign in {side, f"{side}="}:
        return False
    if low.sign in {"", side}:
        return _is_past(node, low.version, above=above)
    return low.sign != f"{side}=" or not _is_past(low.version, node, above=above)


def _is_past(one: Node | None, other: Node | None, *, above: bool) -> bool:
    return bool(one and other and (one > other if above else one < other))


def to_vers(text: str, *, loose: bool = False, prereleases: bool = False) -> str:
    """The range as a `vers:npm/` text.

    Raises:
        VersionError: as `parse`.
    """
    return bounds.write(
        "npm",
        [
            [(sign or "=", str(version)) for sign, version in together if version]
            for together in parse(text, loose=loose, prereleases=prereleases)
        ],
    )


def _in_all(node: Node, together: Together, *, prereleases: bool) -> bool:
    if not all(_in(node, comparator) for comparator in together):
        return False
    named = [version for _, version in together if version and version.pre]
    return not node.pre or prereleases or any(version[:3] == node[:3] for version in named)


def _in(node: Node, comparator: Comparator) -> bool:
    sign, version = comparator
    if version is None or node == version:
        return version is None or sign in {"", "<=", ">="}
    return sign.startswith("<") if node < version else sign.startswith(">")


def _alternative(text: str, flags: Flags) -> Together:
    plain = _BUILD.sub(_without_build, text)
    terms = _hyphen(plain, flags)
    if terms is None:
        plain = _BLANK_BEHIND_SIGN.sub(r"\1", plain)
        plain = _BLANK_BEHIND_CARET.sub("^", _BLANK_BEHIND_TILDE.sub("~", plain))
        read = [_term(term, flags) for term in plain.split(" ")]
        # As there, an x between other words says nothing, not even in a list of which all else is left out.
        spoken = [found for place, found in enumerate(read) if found != [_EVERYTHING] or place in {0, len(read) - 1}]
        terms = [comparator for found in spoken for comparator in found]
    null = next((term for term in terms if str(term) == _NO_VERSION), None)
    if null:
        return (null,)
    floor = ">=0.0.0-0" if flags.prereleases else ">=0.0.0"
    once = list(dict.fromkeys(_EVERYTHING if str(term) == floor else term for term in terms))
    return tuple(term for term in once if term.version or len(once) == 1)


def _without_build(found: re.Match[str]) -> str:
    whole = found[0].rstrip(".") if found[0].endswith(".") else found[0]
    cut = whole.find("..")
    return found[0][len(whole) if cut < 0 else cut :]


def _hyphen(text: str, flags: Flags) -> list[Comparator] | None:
    start, between, end = text.partition(" - ")
    if not between:
        return None
    try:
        low, high = _partial(start, loose=flags.loose), _partial(end, loose=flags.loose)
    except VersionError:
        return None
    zero = "0" if flags.prereleases else ""
    terms = []
    if low.major not in _ANY:
        full = low.minor not in _ANY and low.patch not in _ANY
        low = low if full else _filled(low)._replace(prefix="", pre="")
        terms.append(_made(">=", low._replace(pre=low.pre or zero), flags))
    if high.minor in _ANY and high.major not in _ANY:
        terms.append(_below(int(high.major) + 1, 0, 0))
    elif high.major not in _ANY and high.patch in _ANY:
        terms.append(_below(int(high.major), int(high.minor) + 1, 0))
    elif high.major not in _ANY and flags.prereleases and not high.pre:
        terms.append(_below(int(high.major), int(high.minor), int(high.patch) + 1))
    elif high.major not in _ANY:
        terms.append(_made("<=", high._replace(prefix="") if high.pre else high, flags))
    return terms or [_EVERYTHING]


def _term(term: str, flags: Flags) -> list[Comparator]:
    """The comparators that one word of a range stands for; none where `loose` leaves it out."""
    if not term:
        return [_EVERYTHING]
    found = _SIGN.fullmatch(term)
    sign, rest = found.groups() if found else ("", term)
    try:
        partial = _partial(rest, loose=flags.loose)
        if sign.startswith(("^", "~")):
            return _span(partial, flags, caret=sign == "^")
        return _compared(sign, partial, flags)
    except _UnreadError:
        if flags.loose:
            return []
        raise


def _span(partial: Partial, flags: Flags, *, caret: bool) -> list[Comparator]:
    """A caret (^1.2) or tilde (~1.2) range."""
    major, minor, patch = partial.major, partial.minor, partial.patch
    if major in _ANY:
        return [_EVERYTHING]
    zero = "0" if flags.prereleases else ""
    low = _filled(partial)._replace(prefix="", pre=zero if minor in _ANY or patch in _ANY else partial.pre)
    if minor in _ANY or (caret and major != "0"):
        high = _below(int(major) + 1, 0, 0)
    elif patch in _ANY or not caret or minor != "0":
        high = _below(int(major), int(minor) + 1, 0)
    else:
        high = _below(int(major), int(minor), int(patch) + 1)
    return [_made(">=", low, flags), high]


def _compared(sign: str, partial: Partial, flags: Flags) -> list[Comparator]:
    """A version with or without a sign; x stands for any number."""
    major, minor, patch = partial.major, partial.minor, partial.patch
    any_minor = minor in _ANY
    if (major in _ANY and not any_minor) or (any_minor and patch not in _ANY):
        raise _UnreadError(f"“{major}.{minor}.{patch}” has a number behind an x.")
    if major in _ANY:
        return [_below(0, 0, 0)] if sign in {"<", ">"} else [_EVERYTHING]
    if patch not in _ANY:
        return [_made("" if sign == "=" else sign, partial, flags)]
    zero = "0" if flags.prereleases else ""
    here = _filled(partial)._replace(prefix="", pre=zero)
    after = (int(major) + 1, 0, 0) if any_minor else (int(major), int(minor) + 1, 0)
    following = Partial("", str(after[0]), str(after[1]), "0", zero)
    if sign in {"", "="}:
        return [_made(">=", here, flags), _below(*after)]
    if sign == ">":
        return [_made(">=", following, flags)]
    if sign == ">=":
        return [_made(">=", here, flags)]
    return [_made("<", (following if sign == "<=" else here)._replace(pre="0"), flags)]


def _filled(partial: Partial) -> Partial:
    minor = "0" if partial.minor in _ANY else partial.minor
    return partial._replace(minor=minor, patch="0" if partial.patch in _ANY or partial.minor in _ANY else partial.patch)


def _below(major: int, minor: int, patch: int) -> Comparator:
    return _made("<", Partial("", str(major), str(minor), str(patch), "0"), Flags(loose=True, prereleases=False))


def _made(sign: str, partial: Partial, flags: Flags) -> Comparator:
    return Comparator(sign, _node(partial, loose=flags.loose))


def _partial(text: str, *, loose: bool) -> Partial:
    found = _PARTIAL.fullmatch(text)
    if not found or len(text) > _MAX_VERSION_LENGTH:
        raise _UnreadError(f"“{text[:80]}” is not a version of an npm package, nor a part of one such as 1.x.")
    prefix, major, minor, patch, hyphen, pre = (part or "" for part in found.groups())
    if loose and hyphen and (not pre or pre[0] == "."):
        pre = hyphen + pre
    elif loose and not hyphen and pre.startswith(".") and len(patch) > 1:
        patch, pre = patch[:-1], patch[-1] + pre  # 1.2.10.3 is 1.2.1-0.3 there
    bad_number = not loose and any(len(part) > 1 and part[0] == "0" for part in (major, minor, patch))
    if bad_number or (pre and not _is_pre(pre, loose=loose)) or (not loose and bool(hyphen) != bool(pre)):
        raise _UnreadError(f"“{text[:80]}” is not a version that npm reads.")
    return Partial(prefix, major, minor, patch, pre)


def _is_pre(pre: str, *, loose: bool) -> bool:
    return all(part and (loose or not (part.isdigit() and len(part) > 1 and part[0] == "0")) for part in pre.split("."))


def _node(partial: Partial, *, loose: bool) -> Node:
    """The version that a full `partial` names.

    Raises:
        VersionError: a number is missing or too large, or a sign stands before it.
    """
    numbers = partial.major, partial.minor, partial.patch
    if not all(part.isdigit() and int(part) <= _MAX_NUMBER for part in numbers):
        raise VersionError("A version of an npm package has three numbers, each below 2^53.")
    if not loose and partial.prefix not in {"", "v"}:
        raise _UnreadError(f"“{partial.prefix}” can't stand before the version of an npm package.")
    pre = tuple(map(_identifier, partial.pre.split("."))) if partial.pre else ()
    return Node(int(partial.major), int(partial.minor), int(partial.patch), not pre, pre)


def _identifier(text: str) -> tuple[int, int, str]:
    return (0, int(text), "") if text.isdigit() and int(text) < _MAX_NUMBER else (1, 0, text)
