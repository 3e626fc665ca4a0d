"""R packages: `compareVersion` in R and section 1.1.1 of https://cran.r-project.org/doc/manuals/R-exts.html.

Whole numbers separated by dots or hyphens, which mean the same. Of two versions of which one begins the other, the
longer is later (1.8 < 1.8.0), also where the operators of R's `numeric_version` hold them equal. A single number is
allowed, as `numeric_version` does. Numbers may have any size; R's have 31 bits. Bioconductor follows this too.
"""

import re

from misthoorn.matching.versions.encoding import VersionError, number

type Numbers = tuple[str, ...]

_SHAPE = re.compile(r"[0-9][0-9.-]*+")


def parse(text: str) -> Numbers:
    """Split a version, already stripped and of bounded length, into its numbers.

    Raises:
        VersionError: it is not a version.
    """
    parts = tuple(text.replace("-", ".").split("."))
    if not _SHAPE.fullmatch(text) or "" in parts:
        raise VersionError(
            f"“{text}” is not a version of an R package: numbers separated by dots or hyphens, as 1.8-2."
        )
    return parts


def compare(a: Numbers, b: Numbers) -> int:
    """-1, 0 or 1: number by number, then by how many there are."""
    left, right = tuple(map(int, a)), tuple(map(int, b))
    return (left > right) - (left < right)


def encode(version: Numbers) -> bytes:
    """The numbers, then 00."""
    return b"".join(map(number, version)) + b"\x00"
