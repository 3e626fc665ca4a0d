"""Semantic Versioning 2.0.0 (https://semver.org/spec/v2.0.0.html), read as leniently as registries write it.

Beyond the specification, as hashicorp/go-version and osv-scalibr read it too: a leading `v` or `=`, fewer or more
than three numbers (missing ones are 0), numbers of any size or with leading zeros, and a pre-release without its
hyphen or behind a dot (`1.20rc1`, `1.0.0.alpha`). Build metadata does not order.
"""

import functools
import itertools
import re
from typing import NamedTuple

from misthoorn.matching.versions.encoding import VersionError, number, usual_key, word

_SHAPE = re.compile(r"[=vV]?+([0-9][0-9.]*+)(-?+)([0-9A-Za-z.-]++)?+(?:\+([0-9A-Za-z.-]++))?+")


class Semver(NamedTuple):
    release: tuple[str, ...]
    pre: tuple[str, ...]


def parse(text: str) -> Semver:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: it is not a version.
    """
    found = _SHAPE.fullmatch(text)
    if not found or (found[2] and not found[3]):
        raise VersionError(f"“{text}” is not a semantic version, such as 1.2.3 or 1.2.3-rc.1.")
    numbers = found[1].removesuffix(".") if found[3] and not found[2] else found[1]
    release, pre = numbers.split("."), found[3].split(".") if found[3] else []
    if "" in release or "" in pre:
        raise VersionError(f"“{text}” has an empty part between its dots.")
    return Semver(tuple(release), tuple(pre))


def compare(a: Semver, b: Semver) -> int:
    """-1, 0 or 1 by section 11 of the specification."""
    for left, right in itertools.zip_longest(a.release, b.release, fillvalue="0"):
        if int(left) != int(right):
            return -1 if int(left) < int(right) else 1
    if not a.pre or not b.pre:
        return bool(b.pre) - bool(a.pre)
    for one, other in zip(a.pre, b.pre, strict=False):
        difference = _compare_identifiers(one, other)
        if difference:
            return difference
    return (len(a.pre) > len(b.pre)) - (len(a.pre) < len(b.pre))


def _compare_identifiers(one: str, other: str) -> int:
    if one.isdigit() and other.isdigit():
        return (int(one) > int(other)) - (int(one) < int(other))
    if one.isdigit() or other.isdigit():
        return -1 if one.isdigit() else 1
    return (one > other) - (one < other)


def encode(version: Semver) -> bytes:
    """The numbers without trailing zeros, 00, then 02 for a release, or 01 and the pre-release's parts."""
    release = list(version.release)
    while release and not release[-1].strip("0"):
        release.pop()
    head = b"".join(map(number, release))
    if not version.pre:
        return head + b"\x00\x02"
    parts = [b"\x01" + number(part) if part.isdigit() else b"\x02" + word(part) for part in version.pre]
    return head + b"\x00\x01" + b"".join(parts) + b"\x00"


@functools.lru_cache(maxsize=20_000)
def _key_of_ending(text: str) -> bytes:
    try:
        return encode(parse(f"0{text}"))  # of a 0 nothing is written
    except VersionError:
        return b""


key_of_usual = functools.partial(usual_key, start=b"", of_ending=_key_of_ending)
