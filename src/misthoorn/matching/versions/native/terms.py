"""What most range syntaxes share: `||` between alternatives, and in each signs and versions that must all hold."""

import re
from collections.abc import Iterable

from misthoorn.matching.versions import encoding
from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.native import bounds

type Term = tuple[str, str]  # the sign as written, "" for none, and the version

PLAIN = {"": "=", "=": "=", "==": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}

_SPLIT = re.compile(r"\|\|?")
_NUMBERS = re.compile(r"[vV]?+([0-9]++(?:\.[0-9]++)*+)")
_VERSION = r"([^\s,|<>=~^!][^\s,|<>=^]*+)"


def reader(signs: Iterable[str]) -> re.Pattern[str]:
    """What finds one sign of `signs` (or none) and the version behind it, with blanks and commas before."""
    longest_first = sorted(filter(None, signs), key=len, reverse=True)
    return re.compile(rf"[\s,]*+({'|'.join(map(re.escape, longest_first))})?+\s*+{_VERSION}")


def alternatives(text: str, term: re.Pattern[str]) -> list[list[Term]]:
    """Split a range into alternatives and each into its terms.

    An empty range is one alternative without terms; an empty alternative beside others (a bar left over at the end)
    says nothing.

    Raises:
        VersionError: the range is overlong, or something in it is not a sign or a version.
    """
    bounds.check_length(text)
    parts = [_terms(part, term) for part in _SPLIT.split(text)]
    return [part for part in parts if part] or [[]]


def _terms(text: str, term: re.Pattern[str]) -> list[Term]:
    found, at, end = [], 0, len(text.rstrip(" \t\r\n,"))
    while at < end:
        one = term.match(text, at)
        if not one:
            raise VersionError(f"“{text[at : at + 40].strip()}” in a range is not a sign and a version, as >=1.2.3.")
        found.append((one[1] or "", one[2]))
        at = one.end()
    return found


def numbers(version: str) -> list[int]:
    """The numbers that a version starts with: [1, 2] for 1.2.rc1 and for 1.2rc1.

    Raises:
        VersionError: it starts with none, or is overlong.
    """
    encoding.check_length(version)
    found = _NUMBERS.match(version)
    if not found:
        raise VersionError(f"“{version[:80]}” does not start with a number.")
    return list(map(int, found[1].split(".")))


def bumped(parts: list[int], place: int) -> str:
    """The next version at that place: [1, 2, 3] at place 1 is 1.3."""
    return ".".join(map(str, [*parts[:place], parts[place] + 1]))
