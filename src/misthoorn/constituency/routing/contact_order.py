"""Whom to tell of a finding: the rungs of the ladder in their order, and why each is taken or not.

Pure. The order is that of effectiveness.md, section 3: whoever the organisation itself named goes first, whoever only
happens to stand nearest to its systems later, and what somebody found by searching last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from misthoorn.constituency.facts import ContactFacts, MandateFacts
from misthoorn.constituency.vocabulary import ASIDE, OTHERS, PARALLEL
from misthoorn.matching.keys.networks import Network, NetworkError, nearness, parse_network

LADDER = "ladder-2"  # the version of this file's rules

RUNGS = (
    "own-confirmed",
    "provider-mandated",
    "own-registered",
    "security-txt",
    "network-abuse",
    "soa",
    "registrar",
    "found",
    "provider-named",
    "telephone",
    "letter",
)
# Why a rung is taken or not; the site has the sentences for people.
REASONS = (
    "taken",
    "reserve",
    "nobody",
    "bounced",
    "stopped",
    "lapsed",
    "mandate-withdrawn",
    "mandate-ended",
    "mandate-not-yet",
    "mandate-not-to-receive",
    "passed-on",
    "claimed",
    "member",
)
_BY_PEOPLE = ("telephone", "letter")
_ORDER = {rung: number for number, rung in enumerate(RUNGS)}
_BY_PROVENANCE = {"security.txt": "security-txt", "soa": "soa", "registrar": "registrar", "hoster": "registrar"}
_OWN = ("registered", "register")  # given by itself: in the portal, or in the register of entities
_ROLES = {"security": 0, "owner": 1, "general": 2, "it_provider": 3, "abuse": 4, "technical": 5}


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung; `contact` None where nobody stands on it. `reason` is one of REASONS."""

    name: str
    reason: str
    contact: ContactFacts | None = None


def rung_of(contact: ContactFacts) -> str:
    """The rung that a contact stands on."""
    if contact.channel in _BY_PEOPLE:
        return contact.channel
    if contact.role == "it_provider":
        return "provider-mandated" if contact.mandate else "provider-named"
    if contact.role not in OTHERS and contact.confirmed:
        return "own-confirmed"
    if contact.provenance in _BY_PROVENANCE:
        return _BY_PROVENANCE[contact.provenance]
    if contact.role in OTHERS:
        return "network-abuse" if contact.role == "abuse" else "soa"
    return "own-registered" if contact.provenance in _OWN else "found"


def why_not(contact: ContactFacts, *, now: datetime) -> str:
    """Why this contact can't be used at that moment, as one of REASONS; "" where it can."""
    if contact.provenance in ASIDE:
        return contact.provenance
    if contact.bounced_at is not None:
        return "bounced"
    if contact.stopped_at is not None:
        return "stopped"
    if contact.mandate is not None and (ended := mandate_over(contact.mandate, now=now)):
        return ended
    return "lapsed" if contact.valid_to is not None and contact.valid_to <= now else ""


def mandate_over(mandate: MandateFacts, *, now: datetime) -> str:
    """Why nothing may be sent under this mandate at that moment, as one of REASONS; "" where it may."""
    if mandate.revoked_at is not None:
        return "mandate-withdrawn"
    if mandate.valid_to is not None and mandate.valid_to <= now:
        return "mandate-ended"
    if mandate.valid_from > now:
        return "mandate-not-yet"
    return "" if mandate.may_receive else "mandate-not-to-receive"


def usable(contacts: Iterable[ContactFacts], *, now: datetime) -> list[ContactFacts]:
    """The contacts that can be used at that moment, in the order of the ladder; machines are told `beside` them."""
    fit = [one for one in contacts if one.channel not in PARALLEL and not why_not(one, now=now)]
    return fit if len(fit) == 1 else sorted(fit, key=_place_on_ladder)


def beside(contacts: Iterable[ContactFacts], *, now: datetime) -> list[ContactFacts]:
    """The machines of an organisation that are told all that it is told, beside a person and never in their place."""
    return [one for one in contacts if one.channel in PARALLEL and not why_not(one, now=now)]


def climb(contacts: Iterable[ContactFacts], *, now: datetime) -> list[Rung]:
    """Every rung of the ladder with all that stand on it, also those that can't be used, and why."""
    every = [one for one in contacts if one.channel not in PARALLEL]
    best = next(iter(usable(every, now=now)), None)
    rungs: list[Rung] = []
    for name in RUNGS:
        here = sorted((one for one in every if rung_of(one) == name), key=_place_on_ladder)
        for one in here:
            out = why_not(one, now=now)
            rungs.append(Rung(name, out or ("taken" if one is best else "reserve"), one))
        if not here:
            rungs.append(Rung(name, "nobody"))
    return rungs


def concerning(contacts: Sequence[ContactFacts], *, asset: int, observed: str, hostname: str) -> Sequence[ContactFacts]:
    """Those of a ladder that answer for a finding on this asset, seen at this address or name ("" for a product)."""
    if not any(one.place or one.mandate for one in contacts):
        return contacts
    return [one for one in contacts if _concerns(one, asset=asset, observed=observed, hostname=hostname)]


def is_bound(contact: ContactFacts) -> bool:
    """Whether it answers for a part of what the organisation has, and may hear of nothing else."""
    return bool(contact.place) or (contact.mandate is not None and contact.mandate.assets is not None)


def because(contact: ContactFacts) -> str:
    """Why this contact, in one line for the record: rule, rung, where it is known from, since when and how surely."""
    dated = contact.confirmed_at or contact.seen_at
    when = f" {'confirmed' if contact.confirmed_at else 'seen'} {dated.date()}," if dated else ""
    mandate = f" mandate {contact.mandate.id}," if contact.mandate else ""
    where = f" for {contact.place}," if contact.place else ""
    return (
        f"{LADDER}: {rung_of(contact)}, contact {contact.id},{where}{mandate} from {contact.provenance},{when} "
        f"confidence {contact.confidence}"
    )


def _concerns(contact: ContactFacts, *, asset: int, observed: str, hostname: str) -> bool:
    if contact.mandate is not None and contact.mandate.assets is not None and asset not in contact.mandate.assets:
        return False
    if not contact.place:
        return True
    network = _network(contact.place)
    if network is None and not _is_system(contact.place):
        return any(one == contact.place or one.endswith(f".{contact.place}") for one in (hostname, observed) if one)
    if _is_system(observed):
        return observed == contact.place
    seen = _network(observed)
    if seen is None or network is None:
        # The addresses of an AS number change by the day: its desk hears of any, after the nearer ones.
        return seen is not None
    return seen.version == network.version and network.first <= seen.last and seen.first <= network.last


def _is_system(place: str) -> bool:
    """Whether a place is an AS number."""
    return place[:2] == "AS" and place[2:].isdigit()


@lru_cache(maxsize=65_536)
def _network(place: str) -> Network | None:
    """The network that a place is; None for a domain."""
    try:
        return parse_network(place)
    except NetworkError:
        return None


def _place_on_ladder(contact: ContactFacts) -> tuple[int, bool, int, int, int, int, int]:
    """The most specific network first, and of those alike the one that is surest, and then the oldest."""
    network = _network(contact.place) if contact.place else None
    near = nearness(network) if network else contact.place.count(".")
    role = _ROLES[contact.role]
    return (
        _ORDER[rung_of(contact)],
        not contact.confirmed,
        -near,
        role,
        contact.failures,
        -contact.confidence,
        contact.id,
    )
