"""Arch Linux packages: vercmp(8) and what pacman makes of it (lib/libalpm/version.c), as epoch:version-release.

Like an early rpm, but how many characters separate two runs counts too, and letters that end a version put it before
the version without them (1.0rc1 < 1.0). Two things in it are not transitive, so no key can hold them:

- A missing release equals every release (1.5 = 1.5-1 = 1.5, 1.5-1 < 1.5-2). `compare` says so as vercmp does; in keys
  a missing release comes before all others.
- Separators at the end (1.0. against 1.0.a and 1.0..a) go round in a circle. Here they come after letters and before
  numbers behind as many separators, in `compare` and in keys.

Refused are blanks and characters outside ASCII, as in makepkg, and an empty version.
"""

import re
from typing import NamedTuple

from misthoorn.matching.versions.encoding import VersionError, number, word

type Token = tuple[int, int, int, int | str]  # place, separators, 0 letters 1 end 2 number, the letters or the number

_RUN = re.compile(r"([^0-9A-Za-z]*+)(?:([0-9]++)|([A-Za-z]++))?+")
_EPOCH = re.compile(r"([0-9]*+):")
_LETTERS_AT_ONCE, _END, _NUMBER_AT_ONCE, _SEPARATED = 1, 2, 3, 4
_LETTERS, _TRAILING, _NUMBER = 0, 1, 2


class Alpm(NamedTuple):
    epoch: int
    version: tuple[Token, ...]
    release: tuple[Token, ...]  # () when there is none


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
    return Alpm(int(found[1] or 0) if found else 0, _runs(version), _runs(release) if hyphen else ())


def _runs(text: str) -> tuple[Token, ...]:
    runs: list[Token] = []
    for separators, digits, letters in _RUN.findall(text):
        count = len(separators)
        if digits:
            runs.append((_SEPARATED if count else _NUMBER_AT_ONCE, count, _NUMBER, int(digits)))
        elif letters:
            runs.append((_SEPARATED if count else _LETTERS_AT_ONCE, count, _LETTERS, letters))
        elif count:
            runs.append((_SEPARATED, count, _TRAILING, ""))
    runs.append((_END, 0, 0, ""))
    return tuple(runs)


def compare(a: Alpm, b: Alpm) -> int:
    """-1, 0 or 1; versions that differ in nothing but a missing release are equal."""
    left = a if b.release else a._replace(release=())
    right = b if a.release else b._replace(release=())
    return (left > right) - (left < right)


def encode(version: Alpm) -> bytes:
    """The epoch, the runs of the version, then 00 without a release, or the runs of the release."""
    return encode_without_release(version) + (b"".join(map(_encode_run, version.release)) or b"\x00")


def encode_without_release(version: Alpm) -> bytes:
    """What the keys of all releases of a version begin with."""
    return number(str(version.epoch)) + b"".join(map(_encode_run, version.version))


def _encode_run(run: Token) -> bytes:
    place, separators, kind, value = run
    if place == _END:
        return b"\x02"
    head = b"\x04" + number(str(separators)) + bytes((kind,)) if place == _SEPARATED else bytes((place,))
    return head + (number(str(value)) if kind == _NUMBER else word(str(value)))
