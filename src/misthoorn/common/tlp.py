"""Traffic Light Protocol 2.0 (FIRST, https://www.first.org/tlp/): who may see what, and which label wins."""

from collections.abc import Iterable
from enum import StrEnum


class Tlp(StrEnum):
    """The five labels of TLP 2.0, from free to strict."""

    CLEAR = "CLEAR"
    GREEN = "GREEN"
    AMBER = "AMBER"
    AMBER_STRICT = "AMBER+STRICT"
    RED = "RED"


# What is not marked is treated as AMBER until somebody says otherwise (facts: FIRST asks the recipient to ask).
UNMARKED = Tlp.AMBER

_ORDER = list(Tlp)
_SPELLINGS = {"WHITE": Tlp.CLEAR, "AMBER-STRICT": Tlp.AMBER_STRICT, "AMBER STRICT": Tlp.AMBER_STRICT}


class Audience(StrEnum):
    """Kinds of reader, from narrow to wide."""

    NAMED_PERSON = "named_person"
    ORGANISATION = "organisation"
    CLIENT = "client"
    COMMUNITY = "community"
    PUBLIC = "public"


_WIDEST = {
    Tlp.RED: Audience.NAMED_PERSON,
    Tlp.AMBER_STRICT: Audience.ORGANISATION,
    Tlp.AMBER: Audience.CLIENT,
    Tlp.GREEN: Audience.COMMUNITY,
    Tlp.CLEAR: Audience.PUBLIC,
}
_AUDIENCES = list(Audience)


def parse_tlp(text: str) -> Tlp:
    """Read a label as people and formats write it (`TLP:WHITE`, `amber-strict`).

    Raises:
        ValueError: the text is not a label of TLP 1 or 2.
    """
    word = text.strip().upper().removeprefix("TLP:").strip()
    try:
        return _SPELLINGS[word] if word in _SPELLINGS else Tlp(word)
    except ValueError:
        raise ValueError(f"'{text}' is not a TLP label. Use one of {', '.join(_ORDER)}.") from None


def strictest(labels: Iterable[Tlp]) -> Tlp:
    """The label of something derived from several: the most restrictive one; without any, AMBER."""
    return max(labels, key=_ORDER.index, default=UNMARKED)


def may_reach(label: Tlp, audience: Audience, *, electronic: bool = True) -> bool:
    """Whether something with this label may be told to this audience.

    RED is for named persons only and never leaves by mail or any other electronic channel of ours.
    """
    if label is Tlp.RED and electronic:
        return False
    return _AUDIENCES.index(audience) <= _AUDIENCES.index(_WIDEST[label])
