"""Lists that people bring: what has to be said before one is used. Pure.

A list may hold what was stolen (domain: lists of credentials), and the service may not act on data of which nobody
knows how it was obtained. So a list is held, unread and unmatched, until a person says that it was obtained lawfully.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from misthoorn.formats.tabular.table import look
from misthoorn.formats.tabular.table_mapping import MappingError, from_plain
from misthoorn.formats.values.schema import FormatError

LISTS = frozenset({"table"})  # formats of lists
MAPPINGS = "mappings"  # in a source's options: name → mapping, as formats.table_mapping writes it
LAWFUL = "lawful"  # in a source's options: a person answered for all of its lists

NOT_ASKED = "nobody said whether this list was obtained lawfully"
NOT_LAWFUL = "who brought it could not say that it was obtained lawfully"
DOUBTFUL = (NOT_ASKED, NOT_LAWFUL)  # other deliveries are held for other reasons


def held_because(*, format_: str, options: Mapping[str, Any], lawful: bool | None) -> str:
    """Why a delivery waits for a person; "" when it may be read."""
    if lawful is False:
        return NOT_LAWFUL
    if lawful is None and format_ in LISTS and options.get(LAWFUL) not in {True, "true"}:
        return NOT_ASKED
    return ""


def held(*, format_: str, options: Mapping[str, Any], lawful: bool | None) -> dict[str, str]:
    """The fields of a batch that say so."""
    because = held_because(format_=format_, options=options, lawful=lawful)
    return {"state": "held", "held_because": because} if because else {}


def fitting(saved: Mapping[str, Any], stream: BinaryIO) -> dict[str, Any]:
    """The saved mapping for a list: of the same header, or one whose columns are all there, or the newest.

    The newest, where none fits, so that reading says what changed; {} where none was saved. The stream is read from its
    start again.
    """
    name = fitting_name(saved, stream)
    return dict(saved[name]) if name else {}


def fitting_name(saved: Mapping[str, Any], stream: BinaryIO) -> str:
    """The name of that mapping, "" where there is none."""
    names: list[str] = list(reversed(list(saved)))
    fits = ""
    for name in names:
        plain = dict(saved[name])
        try:
            found = look(stream, asked=replace(from_plain(plain), columns={}, header=()))
        except (FormatError, MappingError):
            continue
        finally:
            stream.seek(0)
        if found.mapping.header == tuple(plain.get("header", ())):
            return name
        if not fits and set(plain.get("columns", {}).values()) <= set(found.names):
            fits = name
    return fits or (names[0] if names else "")
