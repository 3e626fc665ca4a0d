"""Arch Linux packages: vercmp(8) and what pacman makes of it (lib/libalpm/version.c), as epoch:version-release.

Like an early rpm, but how many characters separate two runs counts too, and letters that end a version put it before
the version without them (1.0rc1 < 1.0). Two things in it are not transitive, so no key can hold them; `compare` says
what vercmp does:

- A missing release equals every release (1.5 = 1.5-1, 1.5 = 1.5-2, 1.5-1 < 1.5-2). In keys it comes before all others.
- Separators that end a version, however many, come before each number and after all letters (1a. < 1a5 < 1a.b < 1a.;
  1. < 1.0 < 1..a < 1.). In keys they come between the letters and the numbers behind one separator.

Refused are blanks and characters outside ASCII, as in makepkg, and an empty version.
"""

import functools
import re
from typing import NamedTuple

from misthoorn.matching.versions.encoding import VersionError, whole, word

type Token = tuple[int, int, int, int | str]  # place, separators, 0 letters 1 end 2 number, the letters or the number

_RUN = re.compile(r"([^0-9A-Za-z]*+)(?:([0-9]++)|([A-Za-z]++))?+")
_EPOCH = re.compile(r"([0-9]*+):")
_LETTERS_AT_ONCE, _END, _NUMBER_AT_ONCE, _SEPARATED = 1, 2, 3, 4
_LETTERS, _TRAILING, _NUMBER = 0, 1, 2
_ENDS: Token = (_END, 0, 0, "")
_SEPARATORS: Token = (_SEPARATED, 1, _TRAILING, "")  # at the end


class Alpm(NamedTuple):
    epoch: int
    version: str
    release: str | None


def parse(text: str) -> Alpm:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: it holds blanks or characters outside ASCII, or no version.
    """
    if not text.isascii() or not text.isprintable() or " " in text:
        raise VersionError(f"“{text}” is not an Arch Linux version: it holds blanks or characters outside ASCII.")
    found = _EPOCH.match(text)
    rest = text[found.end() :] if found else text
    version, hyphen, release = rest.rpartition("-") if "-" in rest else (rest, "", "")
    if not version:
        raise VersionError(f"“{text}” is not an Arch Linux version: the version itself is empty.")
    return Alpm(int(found[1] or 0) if found else 0, version, release if hyphen else None)


def _runs(text: str) -> tuple[Token, ...]:
    runs: list[Token] = []
    for separators, digits, letters in _RUN.findall(text):
        count = len(separators)
        if digits:
            runs.append((_SEPARATED if count else _NUMBER_AT_ONCE, count, _NUMBER, int(digits)))
        elif letters:
            runs.append((_SEPARATED if count else _LETTERS_AT_ONCE, count, _LETTERS, letters))
        elif count:
            runs.append(_SEPARATORS)
    runs.append(_ENDS)
    return tuple(runs)


def compare(a: Alpm, b: Alpm) -> int:
    """-1, 0 or 1; versions that differ in nothing but a missing release are equal."""
    if a.epoch != b.epoch:
        return -1 if a.epoch < b.epoch else 1
    order = _compare_runs(_runs(a.version), _runs(b.version))
    if order or a.release is None or b.release is None:
        return order
    return _compare_runs(_runs(a.release), _runs(b.release))


def _compare_runs(a: tuple[Token, ...], b: tuple[Token, ...]) -> int:
    differing = next((pair for pair in zip(a, b, strict=False) if pair[0] != pair[1]), (_ENDS, _ENDS))
    left, right = differing
    if _SEPARATORS in differing and _ENDS not in differing:
        letters = _LETTERS in {left[2], right[2]}
        return 1 if (left == _SEPARATORS) == letters else -1
    return (left > right) - (left < right)


def encode(version: Alpm) -> bytes:
    """The epoch, the runs of the version, then 00 without a release, or the runs of the release."""
    return encode_without_release(version) + (b"\x00" if version.release is None else _encode_release(version.release))


def encode_without_release(version: Alpm) -> bytes:
    """What the keys of all releases of a version begin with."""
    return whole(version.epoch) + _encode_runs(version.version)


def _encode_runs(text: str) -> bytes:
    return b"".join(map(_encode_run, _runs(text)))


@functools.lru_cache(maxsize=20_000)
def _encode_release(text: str) -> bytes:
    """Most versions have a release that others have too."""
    return _encode_runs(text)


def _encode_run(run: Token) -> bytes:
    place, separators, kind, value = run
    if place == _END:
        return b"\x02"
    head = b"\x04" + whole(separators) + bytes((kind,)) if place == _SEPARATED else bytes((place,))
    return head + (whole(value) if kind == _NUMBER else word(str(value)))
