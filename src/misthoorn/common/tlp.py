"""Traffic Light Protocol 2.0 (FIRST, https://www.first.org/tlp/): who may be told what and how; which label wins."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Tlp(StrEnum):
    """The five labels of TLP 2.0, from free to strict."""

    CLEAR = "CLEAR"
    GREEN = "GREEN"
    AMBER = "AMBER"
    AMBER_STRICT = "AMBER+STRICT"
    RED = "RED"


class Audience(StrEnum):
    """Kinds of reader. ORGANISATION: the one that it concerns; CLIENT: who acts for it, such as its IT provider."""

    NAMED_PERSON = "named_person"
    ORGANISATION = "organisation"
    CLIENT = "client"
    NETWORK_OWNER = "network_owner"
    OTHER_TEAM = "other_team"
    PARTNER = "partner"
    COMMUNITY = "community"
    PUBLIC = "public"


class Way(StrEnum):
    """How it would be told: the channels of contacts, and our public pages."""

    TELEPHONE = "telephone"
    MAIL = "mail"
    WEBHOOK = "webhook"
    FEED = "feed"
    PORTAL = "portal"
    LETTER = "letter"
    SITE = "site"


class What(StrEnum):
    """What would be told: what is made of items with a label keeps the strictest of their labels."""

    WARNING = "warning"
    DIGEST = "digest"
    BUNDLE = "bundle"
    BROADCAST = "broadcast"
    HAND_OVER = "hand_over"
    FIGURE = "figure"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it may be told. `reason`: "" or what stands in the way, audience, way or what; `rule`: for the record."""

    allowed: bool
    reason: str
    rule: str


MATRIX = "TLP 2.0, matrix-1"  # the version of the table below

# The strictest label that each may have; of audience, way and object the freest one decides. AMBER+STRICT stays in
# the organisation that it concerns; AMBER may go to who acts for it on a need to know; GREEN to the community. A
# bundle and a message to many are read by others than the one organisation concerned. RED is only said, to a person
# whose name we know. The reading behind it is docs/decisions/0026.
CEILINGS: dict[Audience | Way | What, Tlp] = {
    Audience.NAMED_PERSON: Tlp.RED,
    Audience.ORGANISATION: Tlp.AMBER_STRICT,
    Audience.CLIENT: Tlp.AMBER,
    Audience.NETWORK_OWNER: Tlp.AMBER,
    Audience.OTHER_TEAM: Tlp.AMBER,
    Audience.PARTNER: Tlp.GREEN,
    Audience.COMMUNITY: Tlp.GREEN,
    Audience.PUBLIC: Tlp.CLEAR,
    Way.TELEPHONE: Tlp.RED,
    Way.MAIL: Tlp.AMBER_STRICT,
    Way.WEBHOOK: Tlp.AMBER_STRICT,
    Way.FEED: Tlp.AMBER_STRICT,
    Way.PORTAL: Tlp.AMBER_STRICT,
    Way.LETTER: Tlp.AMBER_STRICT,
    Way.SITE: Tlp.CLEAR,
    What.WARNING: Tlp.RED,
    What.HAND_OVER: Tlp.RED,
    What.DIGEST: Tlp.AMBER_STRICT,
    What.FEED: Tlp.AMBER_STRICT,
    What.FIGURE: Tlp.AMBER_STRICT,
    What.BUNDLE: Tlp.AMBER,
    What.BROADCAST: Tlp.AMBER,
}

# What is not marked is treated as AMBER until somebody says otherwise (facts: FIRST asks the recipient to ask).
UNMARKED = Tlp.AMBER

_STRICTNESS = {label: number for number, label in enumerate(Tlp)}
_SPELLINGS = {"WHITE": Tlp.CLEAR, "AMBER-STRICT": Tlp.AMBER_STRICT, "AMBER STRICT": Tlp.AMBER_STRICT}


def parse_tlp(text: str) -> Tlp:
    """Read a label as people and formats write it (`TLP:WHITE`, `amber-strict`).

    Raises:
        ValueError: the text is not a label of TLP 1 or 2.
    """
    return _parsed(text)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Tlp:
    word = text.strip().upper().removeprefix("TLP:").strip()
    try:
        return _SPELLINGS[word] if word in _SPELLINGS else Tlp(word)
    except ValueError:
        raise ValueError(f"'{text}' is not a TLP label. Use one of {', '.join(Tlp)}.") from None


def strictest(labels: Iterable[Tlp]) -> Tlp:
    """The label of something derived from several: the most restrictive one; without any, AMBER."""
    return max(labels, key=_STRICTNESS.__getitem__, default=UNMARKED)


def may_tell(label: Tlp, *, audience: Audience, channel: str, what: What) -> Verdict:
    """Whether this, with the strictest label of all that is in it, may be told to this audience in this way.

    `channel` is one of Way; a channel that is none of them carries nothing.
    """
    return _told(label, audience, channel, what)


@lru_cache(maxsize=1024)
def _told(label: Tlp, audience: Audience, channel: str, what: What) -> Verdict:
    way = Way(channel) if channel in Way else None
    asked: tuple[tuple[str, Audience | Way | What | None], ...] = (
        ("audience", audience),
        ("channel", way),
        ("what", what),
    )
    for reason, part in asked:
        if part is None or _STRICTNESS[label] > _STRICTNESS[CEILINGS[part]]:
            return Verdict(allowed=False, reason=reason, rule=f"{MATRIX}: {label} not to {part or channel}")
    return Verdict(allowed=True, reason="", rule=f"{MATRIX}: {label}")


def may_reach(label: Tlp, audience: Audience, *, electronic: bool = True) -> bool:
    """The same of a warning by mail, or said."""
    way = Way.MAIL if electronic else Way.TELEPHONE
    return may_tell(label, audience=audience, channel=way, what=What.WARNING).allowed
