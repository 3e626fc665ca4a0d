"""NuGet packages: https://learn.microsoft.com/nuget/concepts/package-versioning and NuGet.Versioning's VersionComparer.

One to four numbers, then a pre-release as in Semantic Versioning, but without regard to case. As NuGet does, a part of
a pre-release is a number only if it fits in 32 bits, a leading hyphen being its sign; longer ones compare as texts.
Numbers of the version itself may be of any size, beyond NuGet. Build metadata does not order.
"""

import re
from typing import NamedTuple

from misthoorn.matching.versions.encoding import VersionError, whole, word

type Label = tuple[int, int, str]

_SHAPE = re.compile(r"([0-9][0-9.]*+)(?:-([0-9A-Za-z.-]++))?+(?:\+([0-9A-Za-z.-]++))?+")
_INTEGER = re.compile(r"-?+[0-9]++")
_MOST_NUMBERS = 4
_OFFSET = 2**31


class Nuget(NamedTuple):
    """Ready to compare as tuples."""

    release: tuple[int, ...]  # without trailing zeros
    is_release: bool
    labels: tuple[Label, ...]  # each (0, number, "") or (1, 0, text)


def parse(text: str) -> Nuget:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: NuGet would refuse it.
    """
    found = _SHAPE.fullmatch(text)
    numbers = found[1].split(".") if found else []
    labels = found[2].split(".") if found and found[2] else []
    metadata = found[3].split(".") if found and found[3] else []
    zeros_lead = any(len(label) > 1 and label[0] == "0" and label.isdigit() for label in labels)
    empty = "" in numbers or "" in labels or "" in metadata
    if not found or empty or zeros_lead or len(numbers) > _MOST_NUMBERS:
        raise VersionError(f"“{text}” is not a NuGet version, such as 1.2.3, 1.2.3.4 or 1.2.3-beta.1.")
    release = [int(part) for part in numbers]
    while release and not release[-1]:
        release.pop()
    return Nuget(tuple(release), not labels, tuple(map(_label, labels)))


def _label(text: str) -> Label:
    if _INTEGER.fullmatch(text) and -_OFFSET <= int(text) < _OFFSET:
        return (0, int(text), "")
    return (1, 0, text.lower())


def compare(a: Nuget, b: Nuget) -> int:
    """-1, 0 or 1: how two parsed versions order, by the rules at the top of this file."""
    return (a > b) - (a < b)


def encode(version: Nuget) -> bytes:
    """The numbers, 00, then 02 for a release, or 01, the labels of the pre-release and 00."""
    head = b"".join(whole(part) for part in version.release)
    if version.is_release:
        return head + b"\x00\x02"
    parts = [
        b"\x02" + word(text) if kind else b"\x01" + (value + _OFFSET).to_bytes(4)
        for kind, value, text in version.labels
    ]
    return head + b"\x00\x01" + b"".join(parts) + b"\x00"
