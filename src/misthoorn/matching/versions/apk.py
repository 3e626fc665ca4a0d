"""Alpine packages: what apk makes of `digits{.digits}{letter}{_suffix}{~hash}-rN` (apk-tools 3, src/version.c).

Numbers behind the first that start with a zero compare as texts and come before all others; a pre-release suffix comes
before the end, everything else after it. Beyond apk-tools 3, as apk-tools 2 and Alpine's own old packages have it:
digits behind the letter (5.1p1), and a text that stops being a version in the middle is read up to there and comes just
before the version that ends there (1-ruff < 1). Of two versions that differ in nothing but the leading zeros of the
first number, the one with more of them comes first if it has more than one, where apk-tools holds them equal. Numbers
may have any size; apk-tools counts them modulo 2⁶⁴. Refused is what does not even start like a version (`invalid`).
"""

import re

from misthoorn.matching.versions.encoding import VersionError, whole, word

type Token = tuple[int, int, str]
type Apk = tuple[Token, ...]

_FIRST = re.compile(r"[0-9]*+")
_NEXT = re.compile(
    r"\.(?P<part>[0-9]*+)|(?P<letter>[a-z])|(?P<digits>[0-9]++)|_(?P<suffix>[a-z]++)"
    r"|~(?P<hash>[0-9a-f]++)|-r(?P<revision>[0-9]++|(?![A-Za-z]))"
)
_PRE_SUFFIXES = {"alpha": 1, "beta": 2, "pre": 3, "rc": 4}
_POST_SUFFIXES = {"cvs": 1, "svn": 2, "git": 3, "hg": 4, "p": 5}

# What comes next at a place, from low to high.
_PRE, _BROKEN, _EMPTY, _END, _REVISION, _HASH, _SUFFIX_NUMBER, _POST, _LETTER, _FRACTION, _NUMBER = range(1, 12)
_ZEROS = 12  # of the first number, at the very end

# Which parts may follow which (a name of _NEXT's groups, "suffix_number" for digits behind a suffix).
_BEHIND_SUFFIX = frozenset(("suffix", "hash", "revision"))
_FOLLOWS = {
    "part": frozenset(("part", "letter", "suffix", "hash", "revision")),
    "letter": frozenset(("digits", "suffix", "hash", "revision")),
    "suffix": _BEHIND_SUFFIX | {"digits"},
    "suffix_number": _BEHIND_SUFFIX,
    "hash": frozenset(("revision",)),
    "revision": frozenset[str](),
}


def parse(text: str) -> Apk:
    """Split a version, already stripped and of bounded length, into comparable parts.

    Raises:
        VersionError: it does not start as a version does.
    """
    first = _FIRST.match(text)
    digits = first[0] if first else ""
    zeros = max(len(digits) - max(len(digits.lstrip("0")), 1) - 1, 0)
    tokens: list[Token] = [(_NUMBER, int(digits or 0), "")]
    at, state = len(digits), "part"
    while at < len(text):
        found = _NEXT.match(text, at)
        kind = found.lastgroup if found else None
        token = _token(kind, found[kind], state) if found and kind and kind in _FOLLOWS[state] else None
        if not found or not kind or not token:
            tokens.append((_BROKEN, 0, ""))
            break
        tokens.append(token)
        at = found.end()
        state = kind if kind != "digits" else ("part" if state == "letter" else "suffix_number")
    else:
        tokens.append((_END, 0, ""))
    starts = digits or text[0] == "." or (text[0].isalpha() and tokens[-1][0] == _END)
    if not starts:
        raise VersionError(f"“{text}” is not an Alpine version, such as 1.2.3-r0 or 1.2_rc1-r2.")
    return (*tokens, (_ZEROS, -zeros, ""))


def _token(kind: str, value: str, state: str) -> Token | None:
    if kind == "suffix":
        pre, post = _PRE_SUFFIXES.get(value), _POST_SUFFIXES.get(value)
        return (_PRE, pre, "") if pre else (_POST, post, "") if post else None
    if kind == "letter":
        return (_LETTER, ord(value), "")
    if kind == "hash":
        return (_HASH, 0, value)
    if kind == "revision" or state == "suffix":
        return (_REVISION if kind == "revision" else _SUFFIX_NUMBER, int(value or 0), "")
    if value[:1] == "0":
        return (_FRACTION, 0, value)
    return (_NUMBER, int(value), "") if value else (_EMPTY, 0, "")


def compare(a: Apk, b: Apk) -> int:
    """-1, 0 or 1: how two parsed versions order, by the rules at the top of this file."""
    return (a > b) - (a < b)


_NUMBERED = frozenset((_NUMBER, _REVISION, _SUFFIX_NUMBER))
_WORDED = frozenset((_HASH, _FRACTION))


def encode(version: Apk) -> bytes:
    """For each part the place of its kind, then its number, text or rank; for leading zeros, the fewer the higher."""
    out = []
    for kind, value, text in version:
        if kind in _NUMBERED:
            out.append(bytes((kind,)) + whole(value))
        elif kind in _WORDED:
            out.append(bytes((kind,)) + word(text))
        elif kind == _ZEROS:
            out.append(b"\x00" + (0xFFFF + value).to_bytes(2) if value else b"\x01")
        else:
            out.append(bytes((kind, value)))
    return b"".join(out)


def encode_without_release(version: Apk) -> bytes:
    """What the keys of all releases of a version begin with."""
    kinds = [kind for kind, _, _ in version]
    end = next((place for place, kind in enumerate(kinds) if kind in {_REVISION, _END}), kinds.index(_ZEROS))
    return encode(version[:end])
