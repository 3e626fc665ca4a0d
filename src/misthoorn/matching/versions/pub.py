"""Dart packages: https://dart.dev/tools/pub/versioning and the class Version of the package pub_semver.

As semantic versions, but build metadata does order: a version with it comes after the same without it, and its parts
compare as those of a pre-release. Dart reads a part as a number where `int.tryParse` does: also a negative number, or
a hexadecimal one (0x1f), of at most 64 bits, of which the first is the sign (0xffffffffffffffff is -1); anything
larger is text. The numbers of the version itself may be of any size here, and are read as leniently as semantic
versions are.
"""

import re
from typing import NamedTuple

from misthoorn.matching.versions import semver
from misthoorn.matching.versions.encoding import VersionError, whole, word

type Part = tuple[int, int, str]  # (0, number, "") or (1, 0, text)

_BUILD = re.compile(r"[0-9A-Za-z.-]++")
_WHOLE = re.compile(r"-?+(?:[0-9]++|0[xX][0-9A-Fa-f]++)")
_MOST = 2**63


class Pub(NamedTuple):
    release: tuple[str, ...]
    no_pre: bool
    pre: tuple[Part, ...]
    build: tuple[Part, ...]


def parse(text: str) -> Pub:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: it is not a version.
    """
    plain, plus, build = text.partition("+")
    release, pre = semver.parse(plain)
    parts = build.split(".") if plus else []
    if plus and ("" in parts or not _BUILD.fullmatch(build)):
        raise VersionError(f"“{text}” is not a version: behind the plus stand letters, digits and hyphens, as 1.2.3+4.")
    return Pub(release, not pre, tuple(map(_part, pre)), tuple(map(_part, parts)))


def _part(text: str) -> Part:
    if _WHOLE.fullmatch(text):
        is_hexadecimal = "x" in text.lower()
        value = int(text, 16 if is_hexadecimal else 10)
        if is_hexadecimal and _MOST <= value < 2 * _MOST:
            value -= 2 * _MOST
        if -_MOST <= value < _MOST:
            return (0, value, "")
    return (1, 0, text)


def compare(a: Pub, b: Pub) -> int:
    """-1, 0 or 1 by Version.compareTo."""
    difference = semver.compare(semver.Semver(a.release, ()), semver.Semver(b.release, ()))
    left, right = (a.no_pre, a.pre, a.build), (b.no_pre, b.pre, b.build)
    return difference or (left > right) - (left < right)


def encode(version: Pub) -> bytes:
    """The release as of a semantic version (ending in 02), or 01 and the pre-release; then the build, 00."""
    head = semver.encode(semver.Semver(version.release, ()))
    pre = b"\x02" if version.no_pre else b"\x01" + _encode_parts(version.pre)
    return head[:-1] + pre + _encode_parts(version.build)


def _encode_parts(parts: tuple[Part, ...]) -> bytes:
    return b"".join(b"\x03" + word(text) if kind else _encode_number(value) for kind, value, text in parts) + b"\x00"


def _encode_number(value: int) -> bytes:
    return b"\x02" + whole(value) if value >= 0 else b"\x01" + (_MOST + value).to_bytes(8)
