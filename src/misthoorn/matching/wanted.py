"""What a small batch can meet: the keys that its events can be found by, so that no other asset need be read for it."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from misthoorn.matching.keys import LEVELS, asn_key


def keys_of_events(events: pa.Table) -> pa.Array:
    """Every key of these events (columns ip, hostname, asn of EVENT_SCHEMA), in whatever space, once each.

    In plain Python: some 100,000 events a second. Above that many, reading all assets is no dearer.
    """
    found: set[bytes] = set()
    for text in _distinct(events["ip"]):
        found.update(_of_address(text))
    for text in _distinct(events["hostname"]):
        found.update(_of_name(text))
    found.update(asn_key(number).key for number in _distinct(events["asn"]))
    return pa.array(sorted(found), pa.binary())


def keys_of_routes(routes: pa.Table) -> pa.Array:
    """The key of every AS number that any event can get from these routes (ROUTE_KEY_SCHEMA)."""
    return pa.array([asn_key(number).key for number in _distinct(routes["asn"])], pa.binary())


def _distinct(column: pa.ChunkedArray) -> list[Any]:
    return [value for value in pc.unique(column).to_pylist() if value is not None]


def _of_address(text: str) -> Iterator[bytes]:
    address = ip_address(text)
    packed = address.packed
    return (packed[: level // 8] for level in LEVELS[address.version])


def _of_name(text: str) -> Iterator[bytes]:
    name = text.encode()
    while name:
        yield name
        name = name.partition(b".")[2]
