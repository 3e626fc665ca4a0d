"""Haskell: the ranges of https://cabal.readthedocs.io/en/stable/buildinfo-fields-reference.html (build-depends).

`&&` and `||` between terms without brackets around them; `==1.2.*` is from 1.2 to below 1.3, `^>=1.2.3` from 1.2.3 to
below 1.3; `>=0` (in older files `-any`) is every version, `-none` is none.
"""

from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.native import bounds, terms

_TERM = terms.reader(["==", "<", "<=", ">", ">=", "^>="])


def to_vers(text: str) -> str:
    """The range as a `vers:hackage/` text.

    Raises:
        VersionError: the range can't be read.
    """
    if text.strip() in {"-any", "-none"}:
        return bounds.write("hackage", [[]] if text.strip() == "-any" else [])
    if not text.strip() or "," in text:
        raise VersionError(f"“{text.strip()[:80]}” is not a range of Cabal, such as >=1.2 && <1.3 || ==1.5.*.")
    found = terms.alternatives(text.replace("&&", ","), _TERM)
    return bounds.write(
        "hackage", [[one for sign, version in part for one in _comparators(sign, version)] for part in found]
    )


def _comparators(sign: str, version: str) -> list[bounds.Comparator]:
    if not sign:
        raise VersionError(f"“{version[:80]}” stands without a sign; one version is written ==1.2.")
    if (sign, version) == (">=", "0"):
        return []
    if sign == "==" and version.endswith(".*"):
        parts = terms.numbers(version)
        return [(">=", version.removesuffix(".*")), ("<", terms.bumped(parts, len(parts) - 1))]
    if sign == "^>=":
        return [(">=", version), ("<", terms.bumped([*terms.numbers(version), 0][:2], 1))]
    return [(terms.PLAIN[sign], version)]
