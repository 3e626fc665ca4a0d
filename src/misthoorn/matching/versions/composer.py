"""Composer packages: composer/semver 3.4 (VersionParser::normalize), then PHP's version_compare on what it gives.

What Composer can't normalise (4.3-2RC1, 1.2.3.#) is compared as it stands, but for its first numbers, that are filled
up to four as always; unknown words in it order by their letters, where PHP holds all of them equal. Branches (dev-main)
come before all numbers, as in Composer, and among themselves by name, where Composer has no order. Numbers may be of
any size, where PHP holds all of more than 64 bits equal.
"""

import re

from misthoorn.matching.versions.encoding import VersionError, dotted, whole, word

type Token = tuple[int, int, str]
type Composer = tuple[Token, ...]

_ALIAS = re.compile(r"([^,\s]++) ++as ++[^,\s]++")
_FLAG = re.compile(r"@(?:stable|rc|beta|alpha|dev)\Z", re.IGNORECASE)
_BUILD = re.compile(r"([^,\s+]++)\+\S++")
_CLASSICAL = re.compile(r"v?+([0-9]{1,5}+)(\.[0-9]++)?+(\.[0-9]++)?+(\.[0-9]++)?+", re.IGNORECASE)
# Repeated at most six times and twice, so that what it tries is bounded.
_DATED = re.compile(r"v?([0-9]{4}(?:[.:-]?[0-9]{2}){1,6}(?:[.:-]?[0-9]{1,3}){0,2})(?![._-]?[0-9])", re.IGNORECASE)
_MODIFIER = re.compile(r"[._-]?+(?:(stable|beta|b|rc|alpha|a|patch|pl|p)([0-9.-]*+))?+([.-]?+dev)?+\Z", re.IGNORECASE)
_DEV_END = re.compile(r"[.-]?dev\Z", re.IGNORECASE)
_BRANCH = re.compile(r"v?+[0-9]++(?:\.([0-9]++|[x*]))?+(?:\.([0-9]++|[x*]))?+(?:\.([0-9]++|[x*]))?+", re.IGNORECASE)
_FULL, _MOST_DIGITS = 4, 5  # a version has so many numbers; the first of it so many digits, or it is a date
_BETWEEN_DIGITS = re.compile(r"[^0-9]")
_SEPARATORS_MEET = re.compile(r"[.-][.-]")
_RUN = re.compile(r"([0-9]++)|([A-Za-z]++)")

_LONG_WORD = {"a": "alpha", "b": "beta", "rc": "RC", "p": "patch", "pl": "patch"}
_BRANCH_NUMBER = "9999999"
_BRANCH_NAMES = frozenset(("master", "trunk", "default"))

# What comes next at a place, from low to high. PHP knows a word by how it begins.
_NAME, _WORD, _DEV, _ALPHA, _BETA, _RC, _END, _NUMBER, _PATCH = range(9)
_BEGINNINGS = (("dev", _DEV), ("a", _ALPHA), ("b", _BETA), ("RC", _RC), ("rc", _RC), ("p", _PATCH))


def parse(text: str) -> Composer:
    """Split a version, already stripped and of bounded length, into comparable parts.

    Raises:
        VersionError: it holds no letter and no digit, or blanks or control characters and is no branch.
    """
    plain = dotted(text)
    if (
        plain
        and len(plain) <= _FULL
        and text.find(".") <= _MOST_DIGITS
        and (len(plain) > 1 or len(text) <= _MOST_DIGITS)
    ):
        filled = [*plain, *[0] * (_FULL - len(plain))]
        return (*((_NUMBER, value, "") for value in filled), (_END, 0, ""))
    version = normalised(text)
    if version.startswith("dev-"):
        return ((_DEV, 0, ""), (_NAME, 0, version[4:]))
    return (*(_token(*run) for run in _RUN.findall(version)), (_END, 0, ""))


def normalised(text: str) -> str:
    """What VersionParser::normalize makes of a version; where Composer refuses it, the nearest to it.

    Raises:
        VersionError: it holds no letter and no digit, or blanks or control characters and is no branch.
    """
    alias = _ALIAS.fullmatch(text)
    version = _FLAG.sub("", alias[1] if alias else text)
    if version in _BRANCH_NAMES:
        return "dev-" + version
    if version[:4].lower() == "dev-" and version.isprintable():
        return "dev-" + version[4:]
    build = _BUILD.fullmatch(version)
    found = _with_numbers(build[1] if build else version)
    if not _RUN.search(found) or not text.isprintable() or (" " in text and not alias):
        raise VersionError(f"“{text}” is not a version of a Composer package, such as 1.2.3, 1.2.0-RC1 or dev-main.")
    return found


def _with_numbers(text: str) -> str:
    """A version with numbers, normalised, or the nearest to that."""
    classical = _CLASSICAL.match(text)
    modifier = _MODIFIER.match(text, classical.end()) if classical else None
    filled = classical[1] + "".join(part or ".0" for part in classical.groups()[1:]) if classical else ""
    if modifier and _fits(modifier):
        return filled + _modified(modifier)
    dated = _DATED.match(text)
    modifier = _MODIFIER.match(text, dated.end()) if dated else None
    if dated and modifier and _fits(modifier):
        return _BETWEEN_DIGITS.sub(".", dated[1]) + _modified(modifier)
    end = _DEV_END.search(text)
    branch = _BRANCH.fullmatch(text[: end.start()].strip()) if end else None
    if not branch:
        rest = text[classical.end() :] if classical else ""
        between = "" if rest.startswith(("-", ".", "_")) else "."
        return f"{filled}{between}{rest}" if classical and not rest[:1].isdigit() else text
    first = branch[0].lower().removeprefix("v").partition(".")[0]
    parts = (_BRANCH_NUMBER if part in {None, "x", "X", "*"} else part for part in branch.groups())
    return ".".join((first, *parts)) + "-dev"


def _fits(modifier: re.Match[str]) -> bool:
    digits = modifier[2] or ""
    left_over = len(digits) - len(digits.rstrip(".-"))
    return left_over <= bool(modifier[3]) and not _SEPARATORS_MEET.search(digits)


def _modified(modifier: re.Match[str]) -> str:
    stability = modifier[1] or ""
    if stability == "stable":
        return ""
    lower = stability.lower()
    written = f"-{_LONG_WORD.get(lower, lower)}{modifier[2].strip('.-')}" if stability else ""
    return written + ("-dev" if modifier[3] else "")


def _token(digits: str, letters: str) -> Token:
    if digits:
        return (_NUMBER, int(digits), "")
    for beginning, place in _BEGINNINGS:
        if letters.startswith(beginning):
            return (place, 0, "")
    return (_WORD, 0, letters)


def compare(a: Composer, b: Composer) -> int:
    """-1, 0 or 1: how two parsed versions order, by the rules at the top of this file."""
    return (a > b) - (a < b)


def encode(version: Composer) -> bytes:
    """For each part the place of its kind, then its number or its letters."""
    out = []
    for kind, value, text in version:
        if kind == _NUMBER:
            out.append(b"\x07" + whole(value))
        elif kind in {_NAME, _WORD}:
            out.append(bytes((kind,)) + word(text))
        else:
            out.append(bytes((kind,)))
    return b"".join(out)
