"""RPM packages: rpm-version(7) and what rpm makes of it (rpmio/rpmvercmp.c, rpmver.c), as epoch:version-release.

A missing epoch is 0 and a missing release comes before every release, as in rpm's own comparison of two packages
(`rpm.vercmp`, `rpmdev-vercmp`). In a *dependency* rpm lets a missing release equal all of them; that is not an order,
so no key can hold it. What is no letter and no digit in ASCII only separates, as in rpm, so that `+` equals `_`.
Refused are blanks, control characters and an empty version.
"""

import functools
import re
from typing import NamedTuple

from misthoorn.matching.versions.encoding import VersionError, number, whole

type Token = tuple[int, int | str]

_RUN = re.compile(r"([0-9]++)|([A-Za-z]++)|(~)|(\^)")
_PARTS = re.compile(r"[0-9]++|[A-Za-z]++|[~^]")  # the same without telling them apart
_EPOCH = re.compile(r"([0-9]*+):")
_TILDE: Token = (1, "")
_END: Token = (2, "")
_CARET: Token = (3, "")
_WORD, _NUMBER = 4, 5


class Rpm(NamedTuple):
    epoch: int
    version: str
    release: str | None  # None comes before all others


def parse(text: str) -> Rpm:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: it holds blanks or control characters, or no version.
    """
    if not text.isprintable() or " " in text:
        raise VersionError(f"“{text}” is not an RPM version: it holds blanks or control characters.")
    found = _EPOCH.match(text)
    rest = text[found.end() :] if found else text
    version, hyphen, release = rest.rpartition("-") if "-" in rest else (rest, "", "")
    if not version:
        raise VersionError(f"“{text}” is not an RPM version: the version itself is empty.")
    return Rpm(int(found[1] or 0) if found else 0, version, release if hyphen else None)


def _runs(text: str) -> tuple[Token, ...]:
    runs: list[Token] = []
    for digits, letters, tilde, _ in _RUN.findall(text):
        if digits:
            runs.append((_NUMBER, int(digits)))
        elif letters:
            runs.append((_WORD, letters))
        else:
            runs.append(_TILDE if tilde else _CARET)
    runs.append(_END)
    return tuple(runs)


def compare(a: Rpm, b: Rpm) -> int:
    """-1, 0 or 1: a tilde sorts before the end, a caret after it, letters after both, numbers last."""
    left, right = ((one.epoch, _runs(one.version), () if one.release is None else _runs(one.release)) for one in (a, b))
    return (left > right) - (left < right)


def encode(version: Rpm) -> bytes:
    """The epoch, the runs of the version, then 00 without a release, or the runs of the release."""
    return encode_without_release(version) + (b"\x00" if version.release is None else _encode_release(version.release))


def encode_without_release(version: Rpm) -> bytes:
    """What the keys of all releases of a version begin with."""
    return whole(version.epoch) + _encode_runs(version.version)


def _encode_runs(text: str) -> bytes:
    return b"".join(map(_encode_run, _PARTS.findall(text))) + b"\x02"


@functools.lru_cache(maxsize=20_000)
def _encode_release(text: str) -> bytes:
    """Most versions have a release that others have too."""
    return _encode_runs(text)


@functools.lru_cache(maxsize=20_000)
def _encode_run(run: str) -> bytes:
    if run in "~^":
        return b"\x01" if run == "~" else b"\x03"
    return b"\x05" + number(run) if run.isdigit() else b"\x04" + run.encode("ascii") + b"\x00"
