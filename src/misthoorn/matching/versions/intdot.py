"""Whole numbers separated by dots: the type `intdot` of https://github.com/package-url/vers-spec (vers-types.md).

Reading stops at the first character that is neither a digit nor a dot, so 1.2.3-rc1 is 1.2.3. Leading zeros do not
count; of two versions of which one begins the other, the longer is later (1.2 < 1.2.0).
"""

import re

from misthoorn.matching.versions.cran import Numbers, compare, encode
from misthoorn.matching.versions.encoding import VersionError

__all__ = ("compare", "encode", "parse")

_START = re.compile(r"[0-9][0-9.]*+")


def parse(text: str) -> Numbers:
    """Split a version, already stripped and of bounded length, into its numbers.

    Raises:
        VersionError: it does not start with a number, or has nothing between two dots.
    """
    found = _START.match(text)
    parts = tuple(found[0].removesuffix(".").split(".")) if found else ("",)
    if "" in parts:
        raise VersionError(f"“{text}” does not start with numbers separated by dots, as 10.234.5.12.")
    return parts
