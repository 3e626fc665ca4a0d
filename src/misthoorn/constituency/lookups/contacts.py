"""What a look-up found becomes contacts of the organisations that have what it was about."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache

from django.db.models import Q
from publicsuffixlist import PublicSuffixList

from misthoorn.constituency.contacts.register import Found, keep_found, lapse_unseen
from misthoorn.constituency.lookups.answers import Answer
from misthoorn.constituency.models import Asset
from misthoorn.matching.keys.networks import parse_network

_PROVENANCE = {"security_txt": "security.txt", "rdap_ip": "rdap", "rdap_domain": "registrar", "soa": "soa"}
_SURE = {"security_txt": 70, "rdap_ip": 60, "rdap_domain": 40, "soa": 50}
_ROLES = {"security_txt": "technical", "rdap_ip": "abuse", "rdap_domain": "abuse", "soa": "technical"}
_FAR = 20  # less sure of an address under another name than the domain that names it


def keep_answer(answer: Answer, *, kind: str, value: str, at: datetime) -> int:
    """Write what was found; how many contacts are new. What this place named before and no longer does lapses."""
    provenance, begins = _PROVENANCE[kind], f"{value}: "
    whose = owners(kind, value, at=None)
    added = keep_found(_found(answer, whose, kind=kind, value=value), at=at)
    lapse_unseen(
        provenance=provenance, evidence=begins, at=at, organisations={organisation for organisation, _ in whose}
    )
    return added


def _found(answer: Answer, whose: Sequence[tuple[int, str]], *, kind: str, value: str) -> Iterator[Found]:
    for organisation, asset in whose:
        for address in answer.addresses:
            own = kind == "security_txt" and registrable(address.rpartition("@")[2]) == registrable(value)
            yield Found(
                organisation=organisation,
                role="security" if own else _ROLES[kind],
                address=address,
                provenance=_PROVENANCE[kind],
                evidence=f"{value}: {answer.where}",
                confidence=_SURE[kind] - (_FAR if kind == "security_txt" and not own else 0),
                # Whoever runs the site of a domain, or its network, hears of that alone.
                place="" if own else _place(asset, answer.place),
                valid_to=answer.valid_to,
            )


def _place(asset: str, range_: str) -> str:
    """The asset, or the part of it that the answer is about."""
    if not range_:
        return asset
    here, there = parse_network(asset), parse_network(range_)
    return asset if there.first <= here.first and here.last <= there.last else range_


def owners(kind: str, value: str, *, at: datetime | None) -> list[tuple[int, str]]:
    """The organisations that have what a look-up is about, with the asset as they have it; `at`: still then."""
    if kind == "rdap_ip":
        rows = Asset.objects.filter(kind="network", value=value)
    elif kind == "security_txt":
        rows = Asset.objects.filter(kind="domain", value=value)
    else:
        rows = Asset.objects.filter(Q(value=value) | Q(value__endswith=f".{value}"), kind="domain")
    if at is not None:
        rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at))
    return list(rows.order_by("organisation", "value").values_list("organisation", "value").distinct())


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def registrable(domain: str) -> str:
    """The part of a domain that somebody registered; the domain itself where that can't be told."""
    return _suffixes().privatesuffix(domain.lower()) or domain.lower()
