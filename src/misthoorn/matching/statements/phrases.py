"""Versions that are sentences: “before 2.3”, “<= 7.1”, “all versions up to and including 7.1”, “7.x”, “vóór 2.3”.

A small grammar, in English and Dutch. A text that uses its words but does not fit it as a whole is not understood
(None), nor is one of more than two words without any digit; another text that uses none of its words is one version, as
it stands (“3.3 Patch 1”). Nothing is skipped but words that say nothing (“version”, “release”) and the product's own
name, also where it is grown together with a version (“Android-13”) or begins a label (“Java SE: 8u221”).

    text    = span { ("," | ";" | "and" | "or" | "|" | "||") span } | name line ":" version "and below"
    span    = low [","|"and"] high | low | high | version ("-"|"to"|"through"|"before"…) version
            | "between" version "and" version | version "and earlier" | version "and later" | version "+" | version
            | "all" | "all" span
    low     = ("from"|"since"|">="|"after"|">"…) version          high = ("before"|"prior to"|"<"|"up to"|"<="…) version
    version = a word with a digit in it, and what belongs to it (“V9.1 SP2 Update 3”)
    line    = "7.x" and "7.*", which are all versions that begin with 7
"""

import functools
import re
from collections.abc import Set as AbstractSet
from typing import Literal, NamedTuple

from misthoorn.matching.products.names import words
from misthoorn.matching.statements.phrase_words import ALL, LONGEST, MORE, NOT_STATED, SYMBOLS, Symbol

MAX_SENTENCE_LENGTH = 1000
MAX_SPANS = 200


class Span(NamedTuple):
    """Bounds as texts. "" is open. A bound that ends in ".*" stands for its line: its start as low, its end as high."""

    low: str
    low_inclusive: bool
    high: str
    high_inclusive: bool

    @property
    def one(self) -> str:
        """The only version in it, or ""."""
        return self.low if self.low and self.low == self.high else ""

    @property
    def everything(self) -> bool:
        return not self.low and not self.high


EVERY_VERSION = Span(low="", low_inclusive=True, high="", high_inclusive=True)

_CONNECTING = frozenset(("and", "or", "to"))  # a product of such a name: “Flow and Fault Monitor”
_ALONE_SAY_NOTHING = frozenset(("noise", "and", "dash", "all"))

_TOKEN = re.compile(r"<=|>=|=<|=>|==|\|\|?|[<>=≤≥,;&]|[^\s<>=≤≥,;&|]++")
_VERSION = re.compile(r"[^\s0-9]*+[0-9][^\s]*+(?: .*)?")
_LINE = re.compile(r"(.*?[0-9])(?:\.?[x*])+")
_SIMPLE = re.compile(r"[vV]?[0-9](?:[0-9A-Za-z._-]*[0-9A-WYZa-wyz])?")
_DIGIT = re.compile(r"[0-9]")
_FROM_TO = re.compile(r"[vV]?([0-9]{1,9}(?:\.[0-9]{1,9}){2,4})-[vV]?([0-9]{1,9}(?:\.[0-9]{1,9}){2,4})")
_LINE_AND_BELOW = re.compile(
    r"[^0-9:]{0,100}\b([0-9][0-9.]{0,40}[0-9](?:\.x){1,3}): (\S{1,80})"
    r" (?:and|or) (?:below|earlier|prior|older|lower)"
)
_BEHIND_NAME = re.compile(r"([a-zA-Z]{3,40})[-_]?([0-9]{1,9}(?:\.[0-9]{1,9}){0,7}[a-zA-Z]?)")
_LABEL = re.compile(r"([a-zA-Z]{3,40})(?: [a-zA-Z]{1,40}){0,5}: ?(?=[vV]?[0-9])")
_ASIDE = re.compile(r"\(((?:and|or|en|of) [a-z]{1,20})\)", re.IGNORECASE)
_COMMAS = re.compile(r"up to, ?(and including|but not including|but excluding),?", re.IGNORECASE)


def is_not_stated(text: str) -> bool:
    """Whether the text says that nothing is said about versions (“n/a”, “see references”)."""
    plain = text.strip().lower().rstrip(".")
    return plain in NOT_STATED or (plain.startswith(("see ", "zie ")) and not _DIGIT.search(plain))


def is_one_version(text: str) -> bool:
    """Whether the text uses none of the grammar's words, so that it is a version as it stands."""
    return all(not symbol or symbol == "noise" for symbol, _ in _symbols(_TOKEN.findall(text)))


def read_sentence(text: str, *, ignore: AbstractSet[str] = frozenset()) -> tuple[Span, ...] | None:
    """The versions that a text names, or None where it is not understood.

    `ignore`: words of the product's name, in lower case.
    """
    if at_once := _without_words(text):
        return (at_once,)
    if not text.strip() or len(text) > MAX_SENTENCE_LENGTH:
        return None
    plain = " ".join(text.lower().split())
    if plain in ALL:
        return (EVERY_VERSION,)
    if below := _LINE_AND_BELOW.fullmatch(plain.rstrip(".")):
        return (_between(_version(below[1]), below[2]),)
    label = _LABEL.match(text)
    rest = text[label.end() :] if label and label[1].lower() in ignore else text
    connected = ignore - _CONNECTING
    return _read_words(rest, connected) or (_read_words(rest, ignore) if connected != ignore else None)


def _read_words(text: str, ignore: AbstractSet[str]) -> tuple[Span, ...] | None:
    tokens = _TOKEN.findall(_ASIDE.sub(r"\1", _COMMAS.sub(r"up to \1", text)).strip().removesuffix("."))
    listed = [_behind_name(token, ignore) for token in tokens]
    if listed and all(listed):
        return tuple(map(_exactly, listed))
    own = [token for token in map(functools.partial(_without_label, ignore=ignore), tokens) if token]
    symbols = _symbols(own)
    if all(symbol in _ALONE_SAY_NOTHING or not symbol for symbol, _ in symbols) and not _is_grammatical(symbols):
        return _one_version(text.strip(), own=" ".join(own) if own != tokens else "")
    spans = _spans([(symbol, value) for symbol, value in symbols if symbol != "noise"])
    return None if spans is None or len(spans) > MAX_SPANS else spans


def _without_words(text: str) -> Span | None:
    """A version, or a range such as “12.2.3-12.2.10”, as Oracle and Joomla write it."""
    ends = _FROM_TO.fullmatch(text.strip())
    if ends and _is_from_to(*ends.groups()):
        return _between(*ends.groups())
    return _exactly(text) if _SIMPLE.fullmatch(text) else None


def _is_from_to(low: str, high: str) -> bool:
    """Whether two versions with a hyphen between are the ends of a range: both alike, and the second is higher."""
    first, last = ([int(number) for number in one.split(".")] for one in (low, high))
    return len(first) == len(last) and first < last


def _one_version(text: str, *, own: str) -> tuple[Span, ...] | None:
    """A text without any telling word, and what is left of it without the product's name, if that is a version."""
    if own and re.match(r"[vV]?[0-9]", own):
        text = own
    if "*" in text or "?" in text or (len(text.split()) > 2 and not _DIGIT.search(text)):  # noqa: PLR2004  see above
        return None
    return (_exactly(text),)


def _without_label(token: str, *, ignore: AbstractSet[str]) -> str:
    """A token without the product's own name (“Java SE:8u381”); nothing where it is no more than that."""
    label, colon, rest = token.rpartition(":")
    if colon and rest and _is_name(label, ignore):
        return rest
    return "" if _is_name(token, ignore) else _behind_name(token, ignore) or token


def _behind_name(token: str, ignore: AbstractSet[str]) -> str:
    """The version in a token that begins with a word of the product's name (“Android-13”); "" where it does not."""
    found = _BEHIND_NAME.fullmatch(token)
    return found[2] if found and found[1].lower() in ignore and found[2].lower() not in ignore else ""


def _is_name(text: str, ignore: AbstractSet[str]) -> bool:
    """Whether the text is of the product's name. What begins as a version is none: “before 7” of a product Seven 7."""
    found = words(text)
    return bool(found) and set(found) <= ignore and not _DIGIT.match(text.lstrip("vV("))


def _symbols(tokens: list[str]) -> list[tuple[Symbol | Literal[""], str]]:
    """Phrases become symbols, the longest first; every other word stays itself, with "" as its symbol."""
    found: list[tuple[Symbol | Literal[""], str]] = []
    at = 0
    while at < len(tokens):
        for size in range(min(LONGEST, len(tokens) - at), 0, -1):
            symbol = SYMBOLS.get(tuple(token.lower() for token in tokens[at : at + size]))
            if symbol:
                found.append((symbol, ""))
                at += size
                break
        else:
            size = _size_of_version(tokens, at)
            found.append(("", " ".join([_bare(tokens[at]), *tokens[at + 1 : at + size]])))
            at += size
    return found


def _size_of_version(tokens: list[str], at: int) -> int:
    """How many tokens from here on are one version: “V9.1 SP2 Update 3” is four."""
    size = 1
    while at + size < len(tokens) and _DIGIT.search(tokens[at]):
        last, word = tokens[at + size - 1].lower(), tokens[at + size].lower()
        number = size > 1 and word.isdecimal() and last.isalpha()
        if not number and not MORE.fullmatch(word):
            break
        size += 1
    return size


def _bare(word: str) -> str:
    if word.startswith("(") and ")" not in word:
        word = word[1:]
    if word.endswith(")") and "(" not in word:
        word = word[:-1]
    return re.sub(r"^[vV]er(?:sion)?\.?(?=[0-9])", "", word.strip("\"'“”:").removesuffix("."))


def _is_grammatical(symbols: list[tuple[Symbol | Literal[""], str]]) -> bool:
    """Of texts without a telling word: “1.0 - 2.0”, “8.3 and 9.0”, “7.x”, “version 2.3” are read."""
    spoken = [(symbol, value) for symbol, value in symbols if symbol != "noise"]
    words = [value for symbol, value in spoken if not symbol]
    if not words:
        return any(symbol == "all" for symbol, _ in spoken)
    if len(spoken) == 1 and len(words) == 1:
        tells = len(symbols) > 1 or bool(_LINE.fullmatch(words[0].lower())) or words[0].endswith("+")
        return tells and bool(_VERSION.fullmatch(words[0]))
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
        # “1.0, < 2.0” begins at 1.0 as “from 1.0, < 2.0” does.
        first_is_low = len(spans) == 1 and spans[0].low == spans[0].high != ""
        if (low_waits or first_is_low) and not span.low and span.high:
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
    """The span that begins here and how many symbols it takes; None where there is none."""
    symbol, value = symbols[at]
    following = symbols[at + 1] if at + 1 < len(symbols) else ("", "")
    if symbol in {"below", "upto", "from", "above", "equal"}:
        return _bound(symbol, _version(following[1], after_sign=True)), 2
    if symbol == "between":
        return _between_two(symbols[at + 1 : at + 4]), 4
    version = "" if symbol else _version(value, after_sign=following[0] in {"earlier", "later"})
    if version and following[0] in {"dash", "upto", "below"}:
        end = _version(symbols[at + 2][1]) if at + 2 < len(symbols) else ""
        return (_between(version, end, inclusive=following[0] != "below") if end else None), 3
    return (_from_here(version, following[0]) if version else None), 2 if following[0] in {"earlier", "later"} else 1


def _from_here(version: str, following: str) -> Span:
    """A version with what is said behind it, if anything."""
    if following == "earlier":
        return _up_to(version)
    if following == "later" or version.endswith("+"):
        return _starting_at(version.rstrip("+"))
    return _exactly(version)


def _between_two(symbols: list[tuple[Symbol | Literal[""], str]]) -> Span | None:
    if [symbol for symbol, _ in symbols] != ["", "and", ""]:
        return None
    low, high = _version(symbols[0][1]), _version(symbols[2][1])
    return _between(low, high) if low and high else None


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
    if not after_sign and not re.match(r"[a-zA-Z]?[0-9]", word):
        return ""
    line = _LINE.fullmatch(word.lower())
    if line:
        return f"{line[1]}.*"
    return "" if "*" in word else word
