"""Conan: version ranges of https://docs.conan.io/2/tutorial/versioning/version_ranges.html, as Conan 2 reads them.

Signs, `~2.5` (below 2.6), `^1.2` (below 2), `1.2.*`, blanks between what must hold, `||`. The upper ends of `~`, `^`
and `*` leave out the pre-releases of the next line. A hyphen at the end, or `, include_prerelease`, lets
pre-releases in; advisories mean them anyway, so it changes nothing here.
"""

from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.native import bounds, terms

_SIGNS = ("<=", ">=", "<", ">", "=", "~", "^")


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
    if not sign and version.endswith(".*"):
        low = version.removesuffix(".*")
        parts = terms.numbers(low)
        return [(">=", low), ("<", terms.bumped(parts, len(parts) - 1) + "-")]
    if sign not in {"~", "^"}:
        return [(sign or "=", version)]
    parts = terms.numbers(version)
    first = next((place for place, part in enumerate(parts) if part), len(parts) - 1)
    place = min(1, len(parts) - 1) if sign == "~" else first
    return [(">=", version), ("<", terms.bumped(parts, place) + "-")]
