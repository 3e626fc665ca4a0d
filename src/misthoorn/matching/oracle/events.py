"""Every asset against every event."""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal

from misthoorn.matching.inventory.assets import NormalAsset
from misthoorn.matching.oracle.facts import Match, Owned, Seen, one_each

type _Address = IPv4Address | IPv6Address

SIZE_BITS = 24


def match_events(
    *, assets: Sequence[Owned], events: Iterable[Seen], routes: Mapping[str, set[int]] | None = None
) -> list[Match]:
    """As the module `events` defines it, ordered by item and asset; one row for each asset number and event.

    `routes`: networks with the AS numbers that announce them.
    """
    found: list[Match] = []
    for event in events:
        numbers = _numbers(event, routes or {})
        here = [owned for owned in assets if owned.valid(event.time) and _concerns(owned.asset, event, numbers)]
        networks = [owned.asset for owned in here if owned.asset.kind == "network"]
        smallest = min((_size(one.value) for one in networks if _holds(one.value, event.ip or "")), default=None)
        deepest = max((len(o.asset.value.split(".")) for o in here if o.asset.kind == "domain"), default=None)
        for owned in here:
            if owned.asset.kind == "network":
                near = not _holds(owned.asset.value, event.ip or "") or _size(owned.asset.value) == smallest
            elif owned.asset.kind == "domain":
                near = len(owned.asset.value.split(".")) == deepest
            else:
                near = not networks
            certainty: Literal["exact", "network"] = "network" if owned.asset.kind == "asn" else "exact"
            found.append(Match(owned.number, event.row, owned.asset.kind, certainty, near))
    return one_each(found)


def _bounds(network: str) -> tuple[_Address, _Address]:
    first, dash, last = network.partition("-")
    if dash:
        return ip_address(first), ip_address(last)
    cidr = ip_network(network)
    return cidr.network_address, cidr.broadcast_address


def _size(network: str) -> int:
    """How many addresses a network has; of more than 2**23, what is equal in the first 24 bits is equal.

    But what is no power of two never becomes one.
    """
    first, last = map(int, _bounds(network))
    size = last - first + 1
    step = 1 << max(0, size.bit_length() - SIZE_BITS)
    rounded = size // step * step
    return rounded + step if size.bit_count() > 1 == rounded.bit_count() else rounded


def _numbers(event: Seen, routes: Mapping[str, set[int]]) -> set[int]:
    """The AS numbers of an event: its own, or those of the smallest network that holds its (first) address."""
    if event.asn is not None or event.ip is None:
        return {event.asn} if event.asn is not None else set()
    address = str(_bounds(event.ip)[0])
    around = [network for network in routes if _holds(network, address)]
    smallest = min(map(_size, around), default=0)
    return {number for network in around if _size(network) == smallest for number in routes[network]}


def _concerns(asset: NormalAsset, event: Seen, numbers: set[int]) -> bool:
    if asset.kind == "network":
        return event.ip is not None and _overlap(asset.value, event.ip)
    if asset.kind == "domain":
        return event.hostname is not None and f".{event.hostname}".endswith(f".{asset.value}")
    return asset.kind == "asn" and int(asset.value.removeprefix("AS")) in numbers


def _overlap(one: str, other: str) -> bool:
    (first, last), (begin, end) = _bounds(one), _bounds(other)
    return first.version == begin.version and int(first) <= int(end) and int(begin) <= int(last)


def _holds(network: str, other: str) -> bool:
    """Whether all of the other one, an address or a network, lies in it."""
    (first, last), (begin, end) = _bounds(network), _bounds(other)
    return first.version == begin.version and int(first) <= int(begin) and int(end) <= int(last)
