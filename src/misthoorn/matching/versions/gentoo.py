"""Gentoo packages: Package Manager Specification 3.3 and what Portage makes of it (lib/portage/versions.py, vercmp).

Numbers behind the first that start with a zero compare as decimal fractions (1.01 < 1.1, 1.010 = 1.01) and come before
all others; a version without a number at a place comes before one that has it there (1.0 < 1.0.0, 12.2b < 12.2.0).
What does not have the form of a Gentoo version is refused, as by Portage.
"""

import re
from typing import NamedTuple

from misthoorn.matching.versions.encoding import VersionError, whole, word

_HEAD = re.compile(r"([0-9]++)([0-9.]*+)([a-z]?+)")
_SUFFIX = re.compile(r"_(alpha|beta|pre|rc|p)([0-9]*+)")
_REVISION = re.compile(r"-r([0-9]++)")
_RANK = {"alpha": 1, "beta": 2, "pre": 3, "rc": 4, "p": 6}
_END = (5, 0)


class Gentoo(NamedTuple):
    """Ready to compare as tuples."""

    first: int
    rest: tuple[tuple[int, int, str], ...]  # each (0, 0, fraction) with a leading zero, or (1, number, "")
    letter: str
    suffixes: tuple[tuple[int, int], ...]  # rank and number, ended by (5, 0)
    revision: int


def parse(text: str) -> Gentoo:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: Portage would refuse it.
    """
    head = _HEAD.match(text)
    parts = head[2].split(".")[1:] if head else []
    at = head.end() if head else 0
    suffixes = []
    while suffix := _SUFFIX.match(text, at):
        suffixes.append((_RANK[suffix[1]], int(suffix[2] or 0)))
        at = suffix.end()
    revision = _REVISION.match(text, at)
    at = revision.end() if revision else at
    if not head or at != len(text) or "" in parts:
        raise VersionError(f"“{text}” is not a Gentoo version, such as 1.2.3, 1.2b_rc1 or 1.2_p3-r1.")
    return Gentoo(
        first=int(head[1]),
        rest=tuple((0, 0, part.rstrip("0")) if part[0] == "0" else (1, int(part), "") for part in parts),
        letter=head[3],
        suffixes=(*suffixes, _END),
        revision=int(revision[1]) if revision else 0,
    )


def compare(a: Gentoo, b: Gentoo) -> int:
    """-1, 0 or 1: how two parsed versions order, by the rules at the top of this file."""
    return (a > b) - (a < b)


def encode(version: Gentoo) -> bytes:
    """The numbers (01 before a fraction), 00, the letter or 00, the suffixes ended by 05, the revision."""
    return b"".join(
        (
            whole(version.first),
            *(whole(value) if kind else b"\x01" + word(fraction) for kind, value, fraction in version.rest),
            b"\x00",
            version.letter.encode("ascii") or b"\x00",
            *(bytes((rank,)) + whole(value) for rank, value in version.suffixes[:-1]),
            b"\x05",
            whole(version.revision),
        )
    )
