"""What a small batch can meet: the keys that its events can be found by, so that no other asset need be read for it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from misthoorn.matching.keys.event_networks import is_network, parse
from misthoorn.matching.keys.spaces import ASN, DNS, LEVELS, asn_key, network_space

WANTED = pa.schema([("space", pa.string()), ("key", pa.binary())])


MOST_BLOCKS = 20_000  # of events that are networks


def keys_of_events(events: pa.Table) -> pa.Table | None:
    """Every space and key of these events (columns ip, hostname, asn of EVENT_SCHEMA), once each; WANTED.

    In plain Python: some 100,000 events a second. Above that many, reading all assets is no dearer. None where events
    are networks so large that assets in them have too many keys to name: then it is no dearer either.
    """
    found: dict[str, set[bytes]] = defaultdict(set)
    left = MOST_BLOCKS
    for text in _distinct(events["ip"]):
        if is_network(text):
            for space, first, last, size in _blocks(text):
                left -= last - first
                if left < 0:
                    return None
                found[space].update(number.to_bytes(size) for number in range(first, last + 1))
            continue
        for space, key in _of_address(text):
            found[space].add(key)
    for text in _distinct(events["hostname"]):
        found[DNS].update(_of_name(text))
    found[ASN].update(asn_key(number).key for number in _distinct(events["asn"]))
    return _table((space, key) for space, keys in found.items() for key in sorted(keys))


def keys_of_routes(routes: pa.Table) -> pa.Table:
    """The key of every AS number that any event can get from these routes (ROUTE_KEY_SCHEMA); WANTED."""
    return _table((ASN, asn_key(number).key) for number in _distinct(routes["asn"]))


def _table(pairs: Iterable[tuple[str, bytes]]) -> pa.Table:
    spaces, keys = zip(*pairs, strict=True) if (pairs := list(pairs)) else ((), ())
    return pa.table([spaces, keys], schema=WANTED)


def _distinct(column: pa.ChunkedArray) -> list[Any]:
    return [value for value in pc.unique(column).to_pylist() if value is not None]


def _of_address(text: str) -> Iterator[tuple[str, bytes]]:
    address = ip_address(text)
    packed, version = address.packed, address.version
    return ((_SPACES[version, level], packed[: level // 8]) for level in LEVELS[version])


def _blocks(text: str) -> Iterator[tuple[str, int, int, int]]:
    """At each level the space, the first and the last block of a network, and the bytes of a block's number."""
    network = parse(text)
    for level in LEVELS[network.version]:
        shift = network.max_prefixlen - level
        first, last = int(network.network_address) >> shift, int(network.broadcast_address) >> shift
        yield _SPACES[network.version, level], first, last, level // 8


_SPACES = {
    (version, level): network_space(version=version, level=level)
    for version, levels in LEVELS.items()
    for level in levels
}


def _of_name(text: str) -> Iterator[bytes]:
    name = text.encode()
    while name:
        yield name
        name = name.partition(b".")[2]
