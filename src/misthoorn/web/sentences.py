"""What the program or another machine said of a file or a fetch, in the language of the reader.

Such sentences are kept as they were said, in English, with what they name in them. Here each sentence is known by its
form (words.said), and said again in the other language. One that is not known stays as it is.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from django.utils.translation import gettext, pgettext

from misthoorn.web.labels.sentences import SENTENCES
from misthoorn.web.labels.sentences.phrases import PHRASES

LONGEST = 2_000  # characters that are looked at
DEEPEST = 2  # a sentence that repeats another one, after the name of a file
_NEXT = re.compile(r"(?<=[.?])[ \n](?=[A-Z“'(])|\n")
_AND = re.compile(r"(, | and )")
_WORDS = frozenset({"what", "word", "kind", "error"})  # places that hold words of ours, and not a name
_NAME = re.compile(r"\{[a-z_]+\}")
_PLACE = re.compile(r"\\\{([a-z_]+)\\\}")


class _Form(NamedTuple):
    """`longest`: the longest of its own words, by which most sentences are known not to have it."""

    text: str
    pattern: re.Pattern[str]
    longest: str


@cache
def _forms(texts: tuple[str, ...] = SENTENCES) -> tuple[_Form, ...]:
    """Each sentence with the form that it has; those that name least come first."""
    made = [
        _Form(one, re.compile(_PLACE.sub(r"(?P<\1>.{1,600}?)", re.escape(one))), max(_NAME.split(one), key=len))
        for one in texts
    ]
    return tuple(sorted(made, key=lambda one: (one.text.count("{"), -len(one.text))))


def said(text: str) -> str | None:
    """The text in the language of the reader; None where some sentence of it is not known."""
    if len(text) > LONGEST:
        return None
    pieces = list(_pieces(text, depth=0))
    return None if None in pieces else " ".join(piece for piece in pieces if piece)


def _pieces(text: str, *, depth: int) -> Iterator[str | None]:
    parts = _NEXT.split(text)
    each: list[str | None] = [None]
    if len(parts) > 1:
        each = [_one(part.strip(), depth=depth) for part in parts]
    if None in each and (whole := _one(text, depth=depth)) is not None:
        each = [whole]
    yield from each


def _one(sentence: str, *, depth: int) -> str | None:
    for form, pattern, longest in _forms():
        found = pattern.fullmatch(sentence) if longest in sentence else None
        if found is None:
            continue
        values = found.groupdict()
        if "reason" in values:
            inner = list(_pieces(values["reason"], depth=depth + 1)) if depth < DEEPEST else [None]
            if None in inner:
                continue
            values["reason"] = " ".join(piece for piece in inner if piece)
        words = {name: _phrase(value) for name, value in values.items() if name in _WORDS}
        return gettext(form).format(**values | words)
    return None


def _phrase(text: str) -> str:
    """Words of ours in the language of the reader, also more than one; a name stays as it is."""
    for form, pattern, longest in _forms(PHRASES):
        if longest in text and (found := pattern.fullmatch(text)):
            return gettext(form).format(**found.groupdict())
    first, *rest = _AND.split(text, maxsplit=1)
    if not rest:
        return text
    between = rest[0] if rest[0] == ", " else f" {pgettext('between words', 'and')} "
    return f"{_phrase(first)}{between}{_phrase(rest[1])}"
