"""Haskell packages: https://pvp.haskell.org and Cabal's Distribution.Types.Version.

Whole numbers separated by dots, compared as lists: 1.0 < 1.0.0. Refused is what Cabal refuses, a leading zero and a
number of more than nine digits, and tags behind a hyphen (1.0-beta), which the package site refuses; Cabal warns about
them and then leaves them out of the comparison.
"""

import re

from misthoorn.matching.versions.cran import Numbers, compare, encode
from misthoorn.matching.versions.encoding import VersionError

__all__ = ("compare", "encode", "parse")

_SHAPE = re.compile(r"(?:0|[1-9][0-9]{0,8}+)(?:\.(?:0|[1-9][0-9]{0,8}+))*+")


def parse(text: str) -> Numbers:
    """Split a version, already stripped and of bounded length, into its numbers.

    Raises:
        VersionError: it is not a version.
    """
    if not _SHAPE.fullmatch(text):
        raise VersionError(
            f"“{text}” is not a version of a Haskell package: numbers of at most nine digits, without leading zeros, "
            "separated by dots, as 1.2.0.3."
        )
    return tuple(text.split("."))
