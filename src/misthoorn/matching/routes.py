"""Which AS number announces which network: routing tables and registries as text, to keys for the join.

Read line by line, each as what it looks like:

- `prefix asn` or `asn prefix …` (RIPE's riswhoisdump), or `address length asn` (CAIDA's pfx2as)
- `TABLE_DUMP2|…|prefix|path|…`, as `bgpdump -m` writes it; the origin is the last of the path
- `registry|country|type|start|value|date|status|holder`, a delegated-extended file of a regional registry. It says who
  holds a network and who holds an AS number, and not who announces what. So a network gets the AS number of its holder
  only where that holder has exactly one.

A network with several origins keeps them all. Networks so large that they are nobody's (default routes) are left out,
and AS numbers that are private or reserved; those for documentation count, because demonstrations live there.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from ipaddress import ip_address
from typing import BinaryIO

import pyarrow as pa

from misthoorn.formats.readers.lines import whole_lines
from misthoorn.formats.readers.unpack import Source
from misthoorn.matching.keys.networks import Network, nearness, parse_network
from misthoorn.matching.keys.spaces import network_keys

# A route found for an address: space, key and range as of any asset; the most specific wins.
ROUTE_KEY_SCHEMA = pa.schema(
    [
        pa.field("space", pa.string(), nullable=False),
        pa.field("key", pa.binary(), nullable=False),
        pa.field("lo", pa.binary(), nullable=False),
        pa.field("hi", pa.binary(), nullable=False),
        pa.field("specificity", pa.int32(), nullable=False),
        pa.field("asn", pa.int64(), nullable=False),
    ]
)

LONGEST_LINE = 100_000
_SHORTEST = {4: 8, 6: 16}
_NOBODYS = ((0, 0), (23456, 23456), (64512, 65535), (4_200_000_000, 2**32 - 1))
_ORIGIN = re.compile(r"(?:AS)?([0-9]{1,10})", re.IGNORECASE)
_BETWEEN = re.compile(r"[_,{} ]+")
_DUMP, _DUMP_TIME, _DUMP_PREFIX, _DUMP_PATH = "TABLE_DUMP", 1, 5, 6
_DELEGATED_FIELDS = 8
_HELD, _FREE = ("allocated", "assigned"), ("available", "reserved")


class RoutesError(Exception):
    """The file as a whole can't be read as routes. str() is a sentence that says what to do."""


@dataclass(slots=True)
class Routes:
    """The origins of each network, the newest day that the lines tell, and how many lines were not understood."""

    origins: dict[Network, set[int]] = field(default_factory=lambda: defaultdict(set))
    day: date | None = None
    refused: int = 0

    def table(self) -> pa.Table:
        """In ROUTE_KEY_SCHEMA."""
        columns: list[list[object]] = [[] for _ in ROUTE_KEY_SCHEMA]
        for network, numbers in self.origins.items():
            for space, key, lo, hi, *_ in network_keys(network):
                for number in numbers:
                    row = (space, key, lo, hi, nearness(network), number)
                    for column, value in zip(columns, row, strict=True):
                        column.append(value)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, ROUTE_KEY_SCHEMA, strict=True)]
        return pa.table(arrays, schema=ROUTE_KEY_SCHEMA)


@dataclass(slots=True)
class _Holder:
    networks: list[Network] = field(default_factory=list)
    numbers: set[int] = field(default_factory=set)


def read_routes(streams: Iterable[BinaryIO]) -> Routes:
    """The routes of all these files together, plain or gzip.

    Raises:
        RoutesError: one of them holds none, or is cut off.
    """
    routes, holders = Routes(), defaultdict[tuple[str, str], _Holder](_Holder)
    for stream in streams:
        understood = 0
        for line in _lines(stream):
            try:
                _take(line, routes, holders)
                understood += 1
            except (ValueError, OverflowError):
                routes.refused += 1
        if not understood:
            raise RoutesError(
                "The file holds no routes; give lines of a network and its AS number, or RIPE's riswhoisdump."
            )
    for holder in holders.values():
        if len(holder.numbers) == 1:
            for network in holder.networks:
                routes.origins[network] |= holder.numbers
    return routes


def _lines(stream: BinaryIO) -> Iterator[str]:
    source = Source(stream)
    for piece in whole_lines(source, longest=LONGEST_LINE):
        for line in piece.splitlines():
            text = line[: LONGEST_LINE + 1].decode("utf-8", "replace").strip()
            if text and text[0] not in "#%":
                yield text
    if source.damage:
        raise RoutesError(source.damage.reason)


def _take(line: str, routes: Routes, holders: dict[tuple[str, str], _Holder]) -> None:
    """Raises ValueError for a line that is none of the forms."""
    if len(line) > LONGEST_LINE:
        raise ValueError(line[:100])
    cells = line.split("|") if "|" in line else line.split()
    if cells[0].startswith(_DUMP):
        _see(routes, datetime.fromtimestamp(int(cells[_DUMP_TIME]), UTC).date())
        _announce(routes, cells[_DUMP_PREFIX], (cells[_DUMP_PATH].split() or [""])[-1])
    elif "|" in line:
        _hold(routes, holders, cells)
    elif len(cells) > 1 and "/" in cells[1]:
        _announce(routes, cells[1], cells[0])
    elif len(cells) > 1 and "/" in cells[0]:
        _announce(routes, cells[0], cells[1])
    else:
        address, length, origin = cells
        _announce(routes, f"{address}/{length}", origin)


def _see(routes: Routes, day: date) -> None:
    routes.day = max(routes.day or day, day)


def _announce(routes: Routes, prefix: str, origins: str) -> None:
    numbers = {int(_found(origin)[1]) for origin in _BETWEEN.split(origins) if origin}
    network = parse_network(prefix)
    if not numbers or network.prefix is None:
        raise ValueError(prefix)
    kept = {number for number in numbers if _somebodys(number)}
    if kept and network.prefix >= _SHORTEST[network.version]:
        routes.origins[network] |= kept


def _found(origin: str) -> re.Match[str]:
    found = _ORIGIN.fullmatch(origin)
    if not found or int(found[1]) >= 1 << 32:
        raise ValueError(origin)
    return found


def _somebodys(number: int) -> bool:
    return not any(first <= number <= last for first, last in _NOBODYS)


def _hold(routes: Routes, holders: dict[tuple[str, str], _Holder], cells: list[str]) -> None:
    """A line of a delegated-extended file; of its head and its summaries only the day counts."""
    if cells[0][:1].isdigit() and len(cells) > 2:  # noqa: PLR2004  version, registry, day
        _see(routes, datetime.strptime(cells[2], "%Y%m%d").replace(tzinfo=UTC).date())
        return
    if cells[-1] == "summary":
        return
    if len(cells) < _DELEGATED_FIELDS:
        raise ValueError(cells[0])
    registry, _, kind, start, value, _, status, holder = cells[:_DELEGATED_FIELDS]
    if status not in _HELD + _FREE:
        raise ValueError(status)
    if status in _FREE or not holder:
        return
    there = holders[registry, holder]
    if kind == "asn":
        there.numbers.update(number for number in (int(start), int(start) + int(value) - 1) if _somebodys(number))
    elif kind == "ipv4":
        first = int(ip_address(start))
        there.networks.append(Network(4, first, first + int(value) - 1))
    elif kind == "ipv6":
        there.networks.append(parse_network(f"{start}/{value}"))
    else:
        raise ValueError(kind)
