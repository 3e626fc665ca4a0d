"""Lists that people bring: what has to be said before one is used. Pure.

A list may hold what was stolen (domain: lists of credentials), and the service may not act on data of which nobody
knows how it was obtained. So a list is held, unread and unmatched, until a person says that it was obtained lawfully.
"""

from collections.abc import Mapping
from typing import Any

LISTS = frozenset({"table"})  # formats of lists
LAWFUL = "lawful"  # in a source's options: a person answered for all of its lists

NOT_ASKED = "nobody said whether this list was obtained lawfully"
NOT_LAWFUL = "who brought it could not say that it was obtained lawfully"


def held_because(*, format_: str, options: Mapping[str, Any], lawful: bool | None) -> str:
    """Why a delivery waits for a person; "" when it may be read."""
    if lawful is False:
        return NOT_LAWFUL
    if lawful is None and format_ in LISTS and options.get(LAWFUL) is not True:
        return NOT_ASKED
    return ""


def held(*, format_: str, options: Mapping[str, Any], lawful: bool | None) -> dict[str, str]:
    """The fields of a batch that say so."""
    because = held_because(format_=format_, options=options, lawful=lawful)
    return {"state": "held", "held_because": because} if because else {}
