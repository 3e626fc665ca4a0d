"""Conan: version ranges of https://docs.conan.io/2/tutorial/versioning/version_ranges.html, as Conan 2 reads them.

Signs, `~2.5` (below 2.6), `^1.2` (below 2), `1.2.*`, blanks between what must hold, `||`. The upper ends of `~`, `^`
and `*` leave out the pre-releases of the next line. A hyphen at the end, or `, include_prerelease`, lets
pre-releases in; advisories mean them anyway, so it changes nothing here. As in the tests of `vers:`, all other bounds
are the versions that are written, where Conan moves `>=2.5` and `<2.5` to just below the pre-releases of 2.5.
"""

import re

from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.native import bounds, terms

_SIGNS = ("<=", ">=", "<", ">", "=", "~", "^")
_NUMBERS = re.compile(r"[0-9]++(?:\.[0-9]++)*+")


def to_vers(text: str) -> str:
    """The range as a `vers:conan/` text; `*` is 0 and all later versions.

    Raises:
        VersionError: the range can't be read.
    """
    bounds.check_length(text)
    expression = text.partition(",")[0]
    if not expression.strip():
        raise VersionError("The range is empty; all versions are written as *.")
    return bounds.write("conan", [_alternative(part.split() or ["*"]) for part in expression.split("||")])


def _alternative(words: list[str]) -> list[bounds.Comparator]:
    return [comparator for word in words for comparator in _comparators(word.removesuffix("-") or word)]


def _comparators(word: str) -> list[bounds.Comparator]:
    if word == "*":
        return [(">=", "0.0.0")]
    sign = next((sign for sign in _SIGNS if word.startswith(sign)), "")
    version = word.removeprefix(sign)
    if not version or version.startswith(_SIGNS):
        raise VersionError(f"“{word[:80]}” in a range is not a sign and a version, as >=1.2.3 or ~2.5.")
    if "*" in version:
        low = version.removesuffix(".*")
        if sign or not _NUMBERS.fullmatch(low):
            raise VersionError(f"“{word[:80]}” is not the start of a version and a star, as 1.2.*.")
        parts = terms.numbers(low)
        return [(">=", low), ("<", terms.bumped(parts, len(parts) - 1) + "-")]
    if sign not in {"~", "^"}:
        return [(sign or "=", version)]
    items = re.split(r"[+-]", version, maxsplit=1)[0].split(".")
    first = next((place for place, item in enumerate(items) if item.strip("0")), len(items) - 1)
    place = min(1, len(items) - 1) if sign == "~" else first
    line = items[: place + 1]
    if not _NUMBERS.fullmatch(".".join(line)):
        raise VersionError(f"“{word[:80]}” has something else than a number where its line ends.")
    return [(">=", version), ("<", terms.bumped(terms.numbers(".".join(line)), place) + "-")]
