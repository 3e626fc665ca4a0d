"""Haskell packages: https://pvp.haskell.org and Cabal's Distribution.Types.Version.

Whole numbers separated by dots, compared as lists: 1.0 < 1.0.0. What the package site refuses is refused here: tags
behind a hyphen (1.0-beta), which Cabal warns about and then leaves out of the comparison.
"""

import re

from misthoorn.matching.versions.cran import Numbers, compare, encode
from misthoorn.matching.versions.encoding import VersionError

__all__ = ("compare", "encode", "parse")

_SHAPE = re.compile(r"[0-9][0-9.]*+")


def parse(text: str) -> Numbers:
    """Split a version, already stripped and of bounded length, into its numbers.

    Raises:
        VersionError: it is not a version.
    """
    parts = tuple(text.split("."))
    if not _SHAPE.fullmatch(text) or "" in parts:
        raise VersionError(f"“{text}” is not a version of a Haskell package: numbers separated by dots, as 1.2.0.3.")
    return parts
