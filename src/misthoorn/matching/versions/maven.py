"""Maven packages: https://maven.apache.org/pom.html#version-order-specification as ComparableVersion of 3.9 has it.

Maven's own order goes round in a circle where words stand between dots: 1-alpha > 1.sp.1 > 1 > 1-alpha, and
1.0.alpha.1 > 1-1 > 1 > 1.0.alpha.1, since Maven ranks what follows a hyphen above a word, whatever the word says. No
key can hold that. Here what comes before the release for its words comes before everything that comes after the
release; apart from those pairs the order is Maven's own.

Maven refuses nothing; here blanks and control characters are refused.
"""

import re

from misthoorn.matching.versions.encoding import Plain, VersionError, dotted, whole, word

type Token = tuple[int, int, str]
type Maven = tuple[Token, ...]

_RUN = re.compile(r"(\d++)|([.-])|[^\d.-]++")
_BEFORE = {"alpha": 1, "beta": 2, "milestone": 3, "rc": 4, "cr": 4, "snapshot": 5}
_SILENT = frozenset(("", "ga", "final", "release"))
_SHORT = {"a": "alpha", "b": "beta", "m": "milestone"}

# What comes next at a place, from low to high. Nothing: a zero or a silent word before something else.
(
    _WORD_BEFORE,
    _LIST_BEFORE,
    _NOTHING_BEFORE,
    _END,
    _NOTHING_AFTER,
    _SP,
    _WORD,
    _LIST_AFTER,
    _NUMBER,
) = range(1, 10)
_LIST: Token = (0, 0, "")
_ZERO: Token = (_NUMBER, 0, "")
_SILENCE: Token = (_NOTHING_AFTER, 0, "")
PLAIN = Plain(b"", b"\x09", b"\x04\x00")


def parse(text: str) -> Maven:
    """Split a version, already stripped and of bounded length, into comparable parts.

    Raises:
        VersionError: it holds blanks or control characters.
    """
    plain = dotted(text)
    if plain:
        while plain and not plain[-1]:
            plain.pop()
        return (*((_NUMBER, value, "") for value in plain), (_END, 0, ""))
    if not text.isprintable() or " " in text:
        raise VersionError(f"“{text}” is not a Maven version: it holds blanks or control characters.")
    tokens = [token for level in _levels(text.lower()) for token in (_LIST, *_without_ending_nothing(level))][1:]
    while tokens and tokens[-1] == _LIST:
        tokens.pop()
    return _placed(tokens)


def _levels(lower: str) -> list[list[Token]]:
    """The lists of Maven, each the last part of the one before it."""
    runs = [(found[0], found[1] is not None, found[2] is not None) for found in _RUN.finditer(lower)]
    levels: list[list[Token]] = [[]]
    behind = "."
    for index, (run, is_number, is_separator) in enumerate(runs):
        if is_separator:
            if behind in {".", "-"}:
                levels[-1].append(_ZERO)
            if run == "-":
                levels.append([])
        elif is_number:
            levels[-1].append((_NUMBER, int(run), ""))
            if index + 1 < len(runs) and not runs[index + 1][2]:
                levels.append([])
        else:
            is_last = index + 1 == len(runs)
            a_number_follows = not is_last and runs[index + 1][1]
            if (is_last or a_number_follows) and levels[-1]:
                levels.append([])
            levels[-1].append(_word(_SHORT.get(run, run) if a_number_follows else run))
            if a_number_follows:
                levels.append([])
        behind = run
    return levels


def _word(text: str) -> Token:
    if text in _SILENT:
        return _SILENCE
    before = _BEFORE.get(text)
    if before:
        return (_WORD_BEFORE, before, "")
    return (_SP, 0, "") if text == "sp" else (_WORD, 0, text)


def _without_ending_nothing(level: list[Token]) -> list[Token]:
    while level and level[-1] in {_ZERO, _SILENCE}:
        level.pop()
    return level


def _placed(tokens: list[Token]) -> Maven:
    """Lists, zeros and silent words take the place that what follows them gives: before or after the release."""
    placed: list[Token] = [(_END, 0, "")]
    before = False
    for token in reversed(tokens):
        if token == _LIST:
            placed.append((_LIST_BEFORE if before else _LIST_AFTER, 0, ""))
        elif token in {_ZERO, _SILENCE}:
            placed.append((_NOTHING_BEFORE, int(token == _ZERO), "") if before else token)
        else:
            before = token[0] == _WORD_BEFORE
            placed.append(token)
    return tuple(reversed(placed))


def compare(a: Maven, b: Maven) -> int:
    """-1, 0 or 1: how two parsed versions order, by the rules at the top of this file."""
    return (a > b) - (a < b)


def encode(version: Maven) -> bytes:
    """For each part the place of its kind, then its number, its rank or its letters."""
    out = []
    for kind, value, text in version:
        if kind == _NUMBER:
            out.append(b"\x09" + whole(value))
        elif kind == _WORD:
            out.append(b"\x07" + word(text))
        else:
            out.append(bytes((kind, value)))
    return b"".join(out)
