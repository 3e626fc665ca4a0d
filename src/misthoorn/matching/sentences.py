"""Versions that are sentences: “before 2.3”, “<= 7.1”, “all versions up to and including 7.1”, “7.x”, “vóór 2.3”.

A small grammar, in English and Dutch. A text that uses its words but does not fit it as a whole is not understood
(None); a text that uses none of its words is one version, as it stands (“3.3 Patch 1”). Nothing is skipped but words
that say nothing (“version”, “release”) and the product's own name.

    text    = span { ("," | ";" | "and" | "or" | "||") span }
    span    = low [","|"and"] high | low | high | version ("-"|"to"|"through"|"before"…) version
            | version "and earlier" | version "and later" | version | "all" | "all" span
    low     = ("from"|"since"|">="|"after"|">"…) version          high = ("before"|"prior to"|"<"|"up to"|"<="…) version
    version = a word with a digit in it; "7.x" and "7.*" are all versions of the line 7
"""

import re
from collections.abc import Set as AbstractSet
from typing import Literal, NamedTuple

MAX_SENTENCE_LENGTH = 1000
MAX_SPANS = 200

type Symbol = Literal[
    "below", "upto", "from", "above", "equal", "earlier", "later", "dash", "and", "comma", "all", "noise"
]


class Span(NamedTuple):
    """Bounds as texts. "" is open. A bound that ends in ".*" stands for its line: its start as low, its end as high."""

    low: str
    low_inclusive: bool
    high: str
    high_inclusive: bool


EVERY_VERSION = Span(low="", low_inclusive=True, high="", high_inclusive=True)

_PHRASES: dict[Symbol, str] = {
    "below": "< | before | prior to | prior | earlier than | older than | lower than | less than | below | under"
    " | until | previous to | vóór | voor | ouder dan | eerder dan | lager dan | kleiner dan | tot",
    "upto": "<= | =< | ≤ | up to | upto | up to and including | prior to and including | before and including"
    " | through | thru | no later than | and up to | tot en met | t/m | tot en met versie",
    "from": ">= | => | ≥ | from | since | starting with | starting from | starting at | beginning with | at least"
    " | vanaf | sinds",
    "above": "> | after | later than | newer than | higher than | greater than | above"
    " | na | hoger dan | nieuwer dan | later dan",
    "equal": "= | ==",
    "earlier": "and earlier | and prior | and below | and older | and lower | and previous | and before | or earlier"
    " | or prior | or below | or older | or lower | & below | & prior | & earlier | en eerder | en ouder | en lager"
    " | of eerder | of ouder | of lager",
    "later": "and later | and above | and newer | and higher | and up | or later | or above | or newer | or higher"
    " | onwards | and onwards | & later | en later | en hoger | en nieuwer | of later | of hoger | of nieuwer",
    "dash": "- | – | — | to",
    "and": "and | or | & | en | of | || | and from",
    "comma": ", | ;",
    "all": "all | any | every | alle | elke",
    "noise": "version | versions | version: | versions: | versie | versies | release | releases | ver | ver. | v | v."
    " | inclusive | (inclusive) | the | firmware | including | inclusief",
}
_SYMBOLS: dict[tuple[str, ...], Symbol] = {
    tuple(phrase.split()): symbol for symbol, phrases in _PHRASES.items() for phrase in re.split(r" \| ", phrases)
} | {("||",): "and"}
_LONGEST = max(map(len, _SYMBOLS))
_ALONE_SAY_NOTHING = frozenset(("noise", "and", "dash", "all"))

_TOKEN = re.compile(r"<=|>=|=<|=>|==|\|\||[<>=≤≥,;&]|[^\s<>=≤≥,;&|]++")
_VERSION = re.compile(r"[^\s]*[0-9][^\s]*")
_LINE = re.compile(r"([^*]*[0-9])\.?[x*]")
_NOT_STATED = frozenset(
    ("n/a", "na", "none", "unspecified", "not specified", "unknown", "-", "--", "?", "tbd", "various")
) | {
    *("see references", "see reference", "see advisory", "see vendor advisory", "not available"),
    *("onbekend", "niet gespecificeerd"),
}
_ALL = frozenset(("*", "all", "any"))


def is_not_stated(text: str) -> bool:
    """Whether the text says that nothing is said about versions (“n/a”, “see references”)."""
    return text.strip().lower() in _NOT_STATED


def is_one_version(text: str) -> bool:
    """Whether the text uses none of the grammar's words, so that it is a version as it stands."""
    return all(not symbol or symbol == "noise" for symbol, _ in _symbols(_TOKEN.findall(text)))


def read_sentence(text: str, *, ignore: AbstractSet[str] = frozenset()) -> tuple[Span, ...] | None:
    """The versions that a text names, or None where it is not understood.

    `ignore`: words of the product's name, in lower case.
    """
    plain = text.strip().lower()
    if plain in _ALL:
        return (EVERY_VERSION,)
    if not plain or len(text) > MAX_SENTENCE_LENGTH:
        return None
    tokens = _TOKEN.findall(re.sub(r"(?i)up to, and including,?", "up to and including", text))
    symbols = _symbols([token for token in tokens if token.lower() not in ignore])
    if all(symbol in _ALONE_SAY_NOTHING or not symbol for symbol, _ in symbols) and not _is_grammatical(symbols):
        return None if "*" in text else (_exactly(text.strip()),)
    spans = _spans([(symbol, value) for symbol, value in symbols if symbol != "noise"])
    return None if spans is None or len(spans) > MAX_SPANS else spans


def _symbols(tokens: list[str]) -> list[tuple[Symbol | Literal[""], str]]:
    """Phrases become symbols, the longest first; every other word stays itself, with "" as its symbol."""
    found: list[tuple[Symbol | Literal[""], str]] = []
    at = 0
    while at < len(tokens):
        for size in range(min(_LONGEST, len(tokens) - at), 0, -1):
            symbol = _SYMBOLS.get(tuple(token.lower() for token in tokens[at : at + size]))
            if symbol:
                found.append((symbol, ""))
                at += size
                break
        else:
            found.append(("", _bare(tokens[at])))
            at += 1
    return found


def _bare(word: str) -> str:
    if word.startswith("(") and ")" not in word:
        word = word[1:]
    if word.endswith(")") and "(" not in word:
        word = word[:-1]
    return re.sub(r"^[vV]er\.?(?=[0-9])", "", word.strip("\"'“”:").removesuffix("."))


def _is_grammatical(symbols: list[tuple[Symbol | Literal[""], str]]) -> bool:
    """Of texts without a telling word: “1.0 - 2.0”, “8.3 and 9.0”, “7.x”, “version 2.3” are read."""
    spoken = [(symbol, value) for symbol, value in symbols if symbol != "noise"]
    words = [value for symbol, value in spoken if not symbol]
    if not words:
        return any(symbol == "all" for symbol, _ in spoken)
    if len(spoken) == 1 and len(words) == 1:
        return bool(_VERSION.fullmatch(words[0])) and (len(symbols) > 1 or bool(_LINE.fullmatch(words[0].lower())))
    return bool(words) and all(_VERSION.fullmatch(word) for word in words) and len(spoken) > len(words)


def _spans(symbols: list[tuple[Symbol | Literal[""], str]]) -> tuple[Span, ...] | None:
    """Read the symbols from the left; None as soon as one does not fit."""
    if symbols and symbols[0][0] == "all":
        symbols = symbols[1:]
        if not symbols:
            return (EVERY_VERSION,)
    spans: list[Span] = []
    at = 0
    low_waits = False
    while at < len(symbols):
        if symbols[at][0] in {"and", "comma"} and spans:
            at += 1
            continue
        span, size = _one_span(symbols, at)
        if not span:
            return None
        if low_waits and not span.low and span.high:
            spans[-1] = spans[-1]._replace(high=span.high, high_inclusive=span.high_inclusive)
            low_waits = False
        else:
            spans.append(span)
            low_waits = bool(span.low) and not span.high
        at += size
    if low_waits and any(not span.low for span in spans):
        return None  # “< 3, >= 2”: both, or either? Not guessed.
    return tuple(spans) or None


def _one_span(symbols: list[tuple[Symbol | Literal[""], str]], at: int) -> tuple[Span | None, int]:
    symbol, value = symbols[at]
    following = symbols[at + 1] if at + 1 < len(symbols) else ("", "")
    if symbol in {"below", "upto", "from", "above", "equal"}:
        return _bound(symbol, _version(following[1], after_sign=True)), 2
    version = "" if symbol else _version(value)
    if not version:
        return None, 0
    if following[0] == "earlier":
        return _up_to(version), 2
    if following[0] == "later":
        return _starting_at(version), 2
    if following[0] in {"dash", "upto", "below"}:
        end = _version(symbols[at + 2][1]) if at + 2 < len(symbols) else ""
        return (_between(version, end, inclusive=following[0] != "below") if end else None), 3
    return _exactly(version), 1


def _up_to(high: str, *, inclusive: bool = True) -> Span:
    return EVERY_VERSION._replace(high=high, high_inclusive=inclusive)


def _starting_at(low: str, *, inclusive: bool = True) -> Span:
    return EVERY_VERSION._replace(low=low, low_inclusive=inclusive)


def _between(low: str, high: str, *, inclusive: bool = True) -> Span:
    return Span(low=low, low_inclusive=True, high=high, high_inclusive=inclusive)


def _exactly(version: str) -> Span:
    return _between(version, version)


def _bound(symbol: str, version: str) -> Span | None:
    if not version:
        return None
    if symbol == "equal":
        return _exactly(version)
    if symbol in {"below", "upto"}:
        bare = version.removesuffix(".*") if symbol == "below" else version
        return _up_to(bare, inclusive=symbol == "upto")
    return _starting_at(version, inclusive=symbol == "from")


def _version(word: str, *, after_sign: bool = False) -> str:
    """The word as a version: with a digit first, or behind a sign with a digit anywhere. "7.x" becomes "7.*"."""
    if not word or not _VERSION.fullmatch(word):
        return ""
    if not after_sign and not re.match(r"[vV]?[0-9]", word):
        return ""
    line = _LINE.fullmatch(word.lower())
    if line:
        return f"{line[1]}.*"
    return "" if "*" in word else word
