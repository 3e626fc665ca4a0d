"""Version ranges as `vers:` texts (https://github.com/package-url/vers-spec): `vers:npm/>=1.2.3|<2.0.0`, `vers:pypi/*`.

Read as the specification says, with three freedoms: the constraints may stand in any order (they are sorted here),
may repeat, and may be separated by a comma.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

from misthoorn.matching.versions.encoding import ABOVE_ALL, BELOW_ALL, VersionError
from misthoorn.matching.versions.registry import is_scheme, key

# A range longer than this is refused; the longest real ones enumerate some thousand versions.
MAX_RANGE_LENGTH = 100_000

_CONSTRAINT = re.compile(r"(>=|<=|!=|=|<|>)?+(.+)", re.DOTALL)
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Vers(NamedTuple):
    scheme: str
    constraints: tuple[tuple[str, str], ...]  # comparator (=, !=, <, <=, >, >=, *) and version


def parse(text: str) -> Vers:
    """Split a `vers:` text.

    Raises:
        VersionError: it is not one; the sentence says why.
    """
    text = text.strip()
    if len(text) > MAX_RANGE_LENGTH:
        raise VersionError(f"The range is {len(text)} characters long; at most {MAX_RANGE_LENGTH} are read.")
    start, colon, rest = text.partition(":")
    scheme, slash, listed = rest.partition("/")
    if start.lower() != "vers" or not colon or not slash or not scheme or not listed:
        raise VersionError("A range looks like vers:npm/>=1.2.3|<2.0.0, or vers:npm/* for all versions.")
    if listed == "*":
        return Vers(scheme.lower(), (("*", ""),))
    if any(character.isspace() for character in listed):
        raise VersionError("A vers range holds no blanks; write a blank inside a version as %20.")
    return Vers(scheme.lower(), tuple(_constraint(part) for part in re.split(r"[|,]", listed)))


def _constraint(part: str) -> tuple[str, str]:
    found = _CONSTRAINT.fullmatch(part)
    if not found:
        raise VersionError("A vers range has an empty part: no bar at its start or end, and no two bars in a row.")
    if _BAD_PERCENT.search(found[2]):
        raise VersionError(
            "A percent sign in a vers range is followed by two hexadecimal digits (%25 is the sign itself)."
        )
    if found[2] == "*":
        raise VersionError("An asterisk stands alone in a vers range, as in vers:npm/*.")
    return found[1] or "=", unquote(found[2], errors="replace")


def contains(text: str, version: str) -> bool:
    """Whether the version lies in the range.

    Raises:
        VersionError: the range or the version can't be read in the range's scheme.
    """
    wanted = parse(text)
    if wanted.constraints[0][0] == "*" and not is_scheme(wanted.scheme):
        return wanted.scheme != "none"
    at = key(wanted.scheme, version)
    if wanted.constraints[0][0] == "*":
        return True
    return holds([(key(wanted.scheme, value), comparator) for comparator, value in wanted.constraints], at)


def holds(keyed: Sequence[tuple[bytes, str]], at: bytes) -> bool:
    """Whether constraints, given as key and comparator, hold the version with the key `at`."""
    here = {comparator for value, comparator in keyed if value == at}
    if "!=" in here:
        return False
    return bool(here & {"=", "<=", ">="}) or any(low < at < high for low, high in _open_spans(keyed))


def holds_between(keyed: Sequence[tuple[bytes, str]], low: bytes, high: bytes) -> bool:
    """Whether constraints hold all versions strictly between two keys that no constraint lies between."""
    return any(start <= low and high <= end for start, end in _open_spans(keyed))


def _open_spans(keyed: Sequence[tuple[bytes, str]]) -> list[tuple[bytes, bytes]]:
    if all(comparator == "!=" for _, comparator in keyed):
        return [(BELOW_ALL, ABOVE_ALL)]
    return _spans(sorted((value, comparator) for value, comparator in keyed if comparator not in {"=", "!="}))


def _spans(bounds: list[tuple[bytes, str]]) -> list[tuple[bytes, bytes]]:
    """The open spans between sorted bounds; of neighbours that open or close the same span the wider one counts."""
    spans = []
    low: bytes | None = BELOW_ALL if bounds and bounds[0][1].startswith("<") else None
    for index, (value, comparator) in enumerate(bounds):
        if comparator.startswith(">"):
            low = value if low is None else low
        elif not (index + 1 < len(bounds) and bounds[index + 1][1].startswith("<")):
            spans.append((BELOW_ALL if low is None else low, value))
            low = None
    if low is not None:
        spans.append((low, ABOVE_ALL))
    return spans
