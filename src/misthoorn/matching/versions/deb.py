"""Debian packages: deb-version(7) and what `dpkg --compare-versions` makes of it (lib/dpkg/parsehelp.c, version.c).

As dpkg does, a version that does not start with a digit or holds unusual characters is compared all the same. Refused
is what dpkg refuses: blanks inside, a bad epoch, an empty version or an empty revision. So are characters outside
ASCII, whose place in dpkg depends on the processor, and control characters.
"""

import functools
import re
from typing import NamedTuple

from misthoorn.matching.versions.encoding import VersionError, number, whole

_MAX_EPOCH = 2**31 - 1
_DIGITS = frozenset("0123456789")


class Deb(NamedTuple):
    epoch: int
    upstream: str
    revision: str  # "" when there is none, which equals "0"


def parse(text: str) -> Deb:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: dpkg would refuse it.
    """
    if not text.isascii() or not text.isprintable() or " " in text:
        raise VersionError(f"“{text}” is not a Debian version: it holds blanks or characters outside ASCII.")
    epoch, colon, rest = text.partition(":")
    if not colon:
        epoch, rest = "", text
    if colon and (not epoch or not set(epoch) <= _DIGITS or int(epoch) > _MAX_EPOCH):
        raise VersionError(f"“{text}” is not a Debian version: what stands before the colon must be a whole number.")
    upstream, hyphen, revision = rest.rpartition("-") if "-" in rest else (rest, "", "")
    if not upstream or (hyphen and not revision):
        raise VersionError(f"“{text}” is not a Debian version: the version or the revision after the hyphen is empty.")
    return Deb(int(epoch or 0), upstream, revision)


def compare(a: Deb, b: Deb) -> int:
    """-1, 0 or 1, by the loop of dpkg's verrevcmp."""
    if a.epoch != b.epoch:
        return -1 if a.epoch < b.epoch else 1
    return _verrevcmp(a.upstream, b.upstream) or _verrevcmp(a.revision, b.revision)


def _verrevcmp(a: str, b: str) -> int:
    i = j = 0
    while i < len(a) or j < len(b):
        while (i < len(a) and a[i] not in _DIGITS) or (j < len(b) and b[j] not in _DIGITS):
            left, right = _order(a[i : i + 1]), _order(b[j : j + 1])
            if left != right:
                return -1 if left < right else 1
            i, j = i + 1, j + 1
        start_a, start_b = i, j
        while i < len(a) and a[i] in _DIGITS:
            i += 1
        while j < len(b) and b[j] in _DIGITS:
            j += 1
        left, right = int(a[start_a:i] or 0), int(b[start_b:j] or 0)
        if left != right:
            return -1 if left < right else 1
    return 0


def _order(character: str) -> int:
    if not character or character in _DIGITS:
        return 0
    if character == "~":
        return -1
    return ord(character) if character.isalpha() else ord(character) + 256


# A character's place as one byte: the tilde, then the end of a run (02), then letters, then everything else.
_PLACE = {chr(c): bytes([c if chr(c).isalpha() else c + 0x80]) for c in range(0x21, 0x7F)} | {"~": b"\x01"}
_END = b"\x02"
_RUNS = re.compile(r"[0-9]++|[^0-9]++")


def encode(version: Deb) -> bytes:
    """Epoch, upstream version and revision; in each, runs of non-digits (ended by 02) and numbers in turn."""
    return encode_without_revision(version) + _encode_revision(version.revision)


def encode_without_revision(version: Deb) -> bytes:
    """What the keys of all revisions of a version begin with."""
    return whole(version.epoch) + _encode_part(version.upstream)


def _encode_part(text: str) -> bytes:
    head = _END if not text or text[0] in _DIGITS else b""
    tail = _END if text and text[-1] in _DIGITS else number("") + _END
    return head + b"".join(map(_encode_run, _RUNS.findall(text))) + tail


@functools.lru_cache(maxsize=20_000)
def _encode_run(text: str) -> bytes:
    """A number, or what is none: mostly a dot, or a word that many versions have."""
    return number(text) if text[0] in _DIGITS else b"".join(map(_PLACE.__getitem__, text)) + _END


@functools.lru_cache(maxsize=20_000)
def _encode_revision(text: str) -> bytes:
    """Most versions have a revision that others have too."""
    return _encode_part(text)
