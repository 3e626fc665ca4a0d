"""Every asset against every event."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Literal

from misthoorn.matching.assets import NormalAsset
from misthoorn.matching.oracle.facts import Match, Owned, Seen, one_each


def match_events(*, assets: Sequence[Owned], events: Iterable[Seen]) -> list[Match]:
    """As the module `events` defines it, ordered by item and asset; one row for each asset number and event."""
    found: list[Match] = []
    for event in events:
        here = [owned for owned in assets if _valid(owned, event.time) and _concerns(owned.asset, event)]
        longest = max((ip_network(o.asset.value).prefixlen for o in here if o.asset.kind == "network"), default=None)
        deepest = max((len(o.asset.value.split(".")) for o in here if o.asset.kind == "domain"), default=None)
        for owned in here:
            near = _is_nearest(owned.asset, longest=longest, deepest=deepest)
            certainty: Literal["exact", "network"] = "network" if owned.asset.kind == "asn" else "exact"
            found.append(Match(owned.number, event.row, owned.asset.kind, certainty, near))
    return one_each(found)


def _is_nearest(asset: NormalAsset, *, longest: int | None, deepest: int | None) -> bool:
    if asset.kind == "network":
        return ip_network(asset.value).prefixlen == longest
    if asset.kind == "domain":
        return len(asset.value.split(".")) == deepest
    return longest is None


def _valid(owned: Owned, time: datetime) -> bool:
    return (owned.valid_from is None or owned.valid_from <= time) and (owned.valid_to is None or time < owned.valid_to)


def _concerns(asset: NormalAsset, event: Seen) -> bool:
    if asset.kind == "network":
        return event.ip is not None and ip_address(event.ip) in ip_network(asset.value)
    if asset.kind == "domain":
        return event.hostname is not None and f".{event.hostname}".endswith(f".{asset.value}")
    return asset.kind == "asn" and asset.value == f"AS{event.asn}"
