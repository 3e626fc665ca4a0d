"""Ruby: the requirements of Gem::Requirement (https://guides.rubygems.org/patterns/#pessimistic-version-constraint).

Commas between what must all hold; `~> 2.0.8` is 2.0.8 and later below 2.1, `~> 2.0` and later below 3, without the
pre-releases of the line that is excluded, as Ruby does it.
"""

from misthoorn.matching.versions.native import bounds, terms
from misthoorn.matching.versions.registry import lowest

_TERM = terms.reader([*terms.PLAIN, "~>"])


def to_vers(text: str) -> str:
    """The requirement as a `vers:gem/` text; an empty one is all versions.

    Raises:
        VersionError: the requirement can't be read.
    """
    return bounds.write(
        "gem",
        [
            [comparator for sign, version in one for comparator in _comparators(sign, version)]
            for one in terms.alternatives(text, _TERM)
        ],
    )


def _comparators(sign: str, version: str) -> list[bounds.Comparator]:
    if sign != "~>":
        return [(terms.PLAIN[sign], version)]
    parts = terms.numbers(version)
    return [(">=", version), ("<", lowest("gem", terms.bumped(parts, max(len(parts) - 2, 0))))]
