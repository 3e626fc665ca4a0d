"""Versions of no known scheme, as CPE names, CVE records and people write them. The specification is this text.

A version is read as runs of digits and runs of letters; everything between them only separates, but for the tilde.
Case does not count; a leading `v` or `version` and the words final, ga and release do not count; zeros that end a run
of numbers do not
count (1.0 = 1.0.0, 1.20.0-rc1 = 1.20rc1). Compared from the left, the runs order like this:

    tilde (8.9~deb9) < dev, snapshot, nightly < alpha < beta < milestone < pre, preview, rc, cr, candidate
    < nothing more (the release) < any other word, by its letters (1.0.2k, 4.2.8p9, 98SP1) < a number, by its size

`a` and `b` mean alpha and beta when a digit follows (1.0a1) or a hyphen precedes (1.0-a), so that 1.0.2a stays a
later patch level, but not behind an update of Java (1.8.0_131-b11), whose builds are called so; `m` means milestone
when a dot or hyphen precedes and a digit follows (2.0.M4).
"""

import re

from misthoorn.matching.versions.encoding import Plain, VersionError, dotted, whole, word

type Token = tuple[int, int, str]
type Generic = tuple[Token, ...]

_RUN = re.compile(r"([0-9]++)|([^\W0-9_]++)|~")
_JAVA_UPDATE = re.compile(r"1\.[1-8]\.[0-9]_[0-9]{2,3}-\Z")
_TILDE, _PRE, _END, _WORD, _NUMBER = 1, 2, 3, 4, 5
_PRE_WORDS = (
    dict.fromkeys(("dev", "snapshot", "nightly"), 1)
    | {"alpha": 2, "beta": 3, "milestone": 4}
    | dict.fromkeys(("pre", "preview", "rc", "cr", "candidate"), 5)
)
_LEADING = frozenset(("v", "ver", "version", "release"))
_SILENT = frozenset(("final", "ga", "release"))
_END_TOKEN: Token = (_END, 0, "")
PLAIN = Plain(b"", b"\x05", b"\x03")


def parse(text: str) -> Generic:
    """Split a version, already stripped and of bounded length, into comparable runs.

    Raises:
        VersionError: it holds no letter and no digit.
    """
    plain = dotted(text)
    if plain:
        while plain and not plain[-1]:
            plain.pop()
        return (*((_NUMBER, value, "") for value in plain), _END_TOKEN)
    lower = text.lower()
    tokens = [_token(lower, run) for run in _RUN.finditer(lower)]
    if tokens and tokens[0][2] in _LEADING and len(tokens) > 1 and tokens[1][0] == _NUMBER:
        del tokens[0]
    spoken = [token for token in tokens if token[2] not in _SILENT] or tokens
    if not any(token[0] != _TILDE for token in spoken):
        raise VersionError(f"“{text}” is not a version: it holds no letter and no digit.")
    return _without_ending_zeros([*spoken, _END_TOKEN])


def _token(lower: str, run: re.Match[str]) -> Token:
    digits, letters = run.groups()
    if digits is not None:
        return (_NUMBER, int(digits), "")
    if letters is None:
        return (_TILDE, 0, "")
    rank = _PRE_WORDS.get(letters) or _rank_of_one_letter(letters, lower[: run.start()], lower[run.end() :][:1])
    return (_PRE, rank, "") if rank else (_WORD, 0, letters)


def _rank_of_one_letter(letter: str, before: str, after: str) -> int:
    a_digit_follows = "0" <= after <= "9" and after != ""
    if letter == "b" and _JAVA_UPDATE.search(before):
        return 0
    if letter in {"a", "b"} and ((a_digit_follows and before[-1:] != ")") or before[-1:] == "-"):
        return 2 if letter == "a" else 3
    return 4 if letter == "m" and a_digit_follows and before[-1:] in {".", "-"} else 0


def _without_ending_zeros(tokens: list[Token]) -> Generic:
    kept: list[Token] = []
    for token in tokens:
        if token[0] != _NUMBER:
            while kept and kept[-1][0] == _NUMBER and kept[-1][1] == 0:
                kept.pop()
        kept.append(token)
    return tuple(kept)


def compare(a: Generic, b: Generic) -> int:
    """-1, 0 or 1, run by run from the left."""
    return (a > b) - (a < b)


def encode(version: Generic) -> bytes:
    """One byte for the kind of each run, then its rank, its letters or its number."""
    out = []
    for kind, value, letters in version:
        if kind == _NUMBER:
            out.append(b"\x05" + whole(value))
        elif kind == _WORD:
            out.append(b"\x04" + word(letters))
        elif kind == _PRE:
            out.append(bytes((_PRE, value)))
        else:
            out.append(bytes((kind,)))
    return b"".join(out)


def updates(version: Generic) -> tuple[bytes, bytes] | None:
    """Between which keys the updates of a version lie that only add words to it (7.0U3 and 7.0 SP1 to 7.0, not 7.0.1).

    None for one that ends in a word itself, or that holds no number.
    """
    if len(version) < 2 or version[-2][0] != _NUMBER:  # noqa: PLR2004  a number and the end
        return None
    first = encode(version[:-1]) + bytes((_WORD,))
    return first, first + b"\xff"
