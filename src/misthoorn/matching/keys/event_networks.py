"""Events that are a whole network, as an entry of a blocklist is: `ip` is then a CIDR network.

Such an event concerns every network that overlaps it. One that holds its first address is found as that of any event
is; one that begins inside it, behind its first address, is found the other way round: its own first address lies in
the network of the event. There is no third way for two ranges to overlap, so each is found once.
"""

from ipaddress import IPv4Network, IPv6Network, ip_network

import pyarrow as pa
import pyarrow.compute as pc

from misthoorn.matching.keys.networks import Network
from misthoorn.matching.keys.spaces import network_keys

RANGES = pa.schema(
    [
        pa.field("item", pa.int64(), nullable=False),
        pa.field("time", pa.timestamp("us", "UTC"), nullable=False),
        pa.field("space", pa.string(), nullable=False),
        pa.field("key", pa.binary(), nullable=False),
        pa.field("lo", pa.binary(), nullable=False),
        pa.field("hi", pa.binary(), nullable=False),
    ]
)


def is_network(text: str) -> bool:
    """Whether the `ip` of an event is a network and not one address."""
    return "/" in text


def parse(text: str) -> IPv4Network | IPv6Network:
    """The `ip` of an event as a network, also one of a single address."""
    return ip_network(text)


def split(events: pa.Table) -> tuple[pa.Table, pa.Table | None]:
    """The events with the first address of each for its `ip`, and the keys of those that are networks (RANGES).

    None when there are none: so it costs other events nothing but a look.
    """
    wide = pc.fill_null(pc.match_substring(events["ip"], "/"), fill_value=False)
    if not pc.any(wide, min_count=0).as_py():
        return events, None
    chosen = events.filter(wide)
    networks = [ip_network(text) for text in chosen["ip"].to_pylist()]
    firsts = pa.array([str(network.network_address) for network in networks], pa.string())
    place = events.schema.get_field_index("ip")
    ips = pc.replace_with_mask(events["ip"].combine_chunks(), wide.combine_chunks(), firsts)
    return events.set_column(place, events.schema.field(place), ips), _ranges(chosen, networks)


def _ranges(events: pa.Table, networks: list[IPv4Network | IPv6Network]) -> pa.Table:
    places, found = [], []
    for place, one in enumerate(networks):
        keys = network_keys(Network(one.version, int(one.network_address), int(one.broadcast_address)))
        places += [place] * len(keys)
        found += [key[:4] for key in keys]
    at = pa.array(places, pa.int64())
    columns = zip(*found, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, list(RANGES)[2:], strict=True)]
    return pa.table([events["row"].take(at), events["time"].take(at), *arrays], schema=RANGES)
