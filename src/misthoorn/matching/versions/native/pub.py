"""Dart: the constraints of https://dart.dev/tools/pub/dependencies#version-constraints, as pub_semver reads them.

Signs with blanks between what must hold, or one caret: `^1.2.3` is below 2.0.0, `^0.1.2` below 0.2.0; `any`. A bound
with `<` leaves out the pre-releases of its version (`<2.0.0` is below 2.0.0-0), unless it is a pre-release itself or
the range starts with one of them.
"""

from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.native import bounds, terms
from misthoorn.matching.versions.registry import key

_TERM = terms.reader(["<", "<=", ">", ">=", "^"])


def to_vers(text: str) -> str:
    """The constraint as a `vers:pub/` text.

    Raises:
        VersionError: the constraint can't be read.
    """
    if text.strip() == "any":
        return bounds.write("pub", [[]])
    found = terms.alternatives(text, _TERM)[0]
    if not found or "|" in text or "," in text or (len(found) > 1 and any(sign == "^" for sign, _ in found)):
        raise VersionError(f"“{text.strip()[:80]}” is not a constraint of Dart, such as ^1.2.3, >=1.2.0 <2.0.0 or any.")
    if found[0][0] == "^":
        return bounds.write("pub", [_compatible(found[0][1])])
    lows = [version for sign, version in found if sign in {"", ">", ">="}]
    low = max(lows, key=lambda version: key("pub", version), default="")
    return bounds.write(
        "pub", [[(sign or "=", _moved(version, low) if sign == "<" else version) for sign, version in found]]
    )


def _compatible(version: str) -> list[bounds.Comparator]:
    parts = [*terms.numbers(version), 0, 0][:3]
    following = [parts[0] + 1, 0, 0] if parts[0] else [0, parts[1] + 1, 0]
    return [(">=", version), ("<", f"{'.'.join(map(str, following))}-0")]


def _moved(version: str, low: str) -> str:
    """The bound below the pre-releases of a version."""
    named = "-" in version or "+" in version
    starts_with_one = "-" in low.partition("+")[0] and terms.numbers(low) == terms.numbers(version)
    return version if named or starts_with_one else f"{version}-0"
