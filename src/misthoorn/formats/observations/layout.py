"""Which column of a file means what."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from misthoorn.formats.values.schema import FormatError

MOST_COLUMNS = 500  # the widest real report has 120
_SHOWN = 20  # columns that an error message names, and signs of each
_LONGEST = 24
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}

ROLES = ("time", "ip", "port", "protocol", "hostname", "asn", "class", "type", "identifier", "severity")


@dataclass(frozen=True, slots=True)
class Made:
    """A text for a role, made from the cells of a column that stays evidence, such as the host from a URL."""

    column: str
    make: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`columns`: role → the column's name in this file; roles without a column have a default or stay empty.

    `made`: for roles without a column, and for empty cells. `defaults`: what an empty cell, or no column at all, means.
    `lenient`: roles in which a value that can't be used becomes evidence, where elsewhere it refuses the row.
    `networks`: an event may also be a whole network, in the place of an address, or an AS number alone.
    """

    columns: Mapping[str, str]
    made: Mapping[str, Made] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    lenient: frozenset[str] = frozenset()
    networks: bool = False


def tidy_header(names: Iterable[str]) -> list[str]:
    """Names without spaces around them, each once: a second "note" becomes "note (2)"."""
    tidy: dict[str, str] = {}
    for number, written in enumerate(names, start=1):
        name = base = written.strip() or f"column_{number}"
        again = 1
        while name.lower() in tidy:
            again += 1
            name = f"{base} ({again})"
        tidy[name.lower()] = name
    return list(tidy.values())


def require(names: tuple[str, ...], *, needed: Mapping[str, tuple[str, ...]], known: Iterable[str]) -> dict[str, str]:
    """The known columns that a header has, by their lower-case name → the name as written.

    `needed`: what must be there → the names of which one is enough.

    Raises:
        FormatError: a needed column is missing, or a known one is there twice.
    """
    wanted = set(known)
    written = {name.lower(): name for name in reversed(names)}
    if len(names) == 1:
        for separator, word in _SEPARATORS.items():
            if separator in names[0]:
                raise FormatError(
                    f"The columns of this file are separated by {word}. Save it with commas and try again."
                )
    missing = [word for word, choices in needed.items() if not any(choice in written for choice in choices)]
    if missing:
        raise FormatError(
            f"This file lacks {_and(missing)}. Its columns are: {_shown(names)}. "
            "Look whether the source renamed a column, or choose another format."
        )
    twice = sorted(name for name in wanted if f"{name} (2)" in written)
    if twice:
        raise FormatError(f"This file has more than one column {_and(twice)}. Keep the right one and try again.")
    return {name: written[name] for name in wanted & written.keys()}


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def _shown(names: tuple[str, ...]) -> str:
    text = ", ".join(name if len(name) <= _LONGEST else name[:_LONGEST] + "…" for name in names[:_SHOWN])
    return text if len(names) <= _SHOWN else f"{text} and {len(names) - _SHOWN} more"
