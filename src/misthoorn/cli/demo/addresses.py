"""Who has which addresses in the invented country: only ranges that are kept free for documentation and benchmarks.

198.18.0.0/15 is cut into the networks of providers, which give pieces to their customers; the three small IPv4 ranges
are for a few organisations with a part of their own; the last part of 198.18.0.0/15 is nobody's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from random import Random

CAMPUS = IPv4Network("198.18.0.0/22")
NOBODY = IPv4Network("198.19.192.0/18")
NOBODY_6 = IPv6Network("3fff:fff::/32")
SMALL = (IPv4Network("192.0.2.0/24"), IPv4Network("198.51.100.0/24"), IPv4Network("203.0.113.0/24"))
FIRST_ASN, LAST_ASN = 64496, 64511
MOST_PROVIDERS = 12

_FIRST_POOL = int(IPv4Address("198.18.32.0"))
_POOL = 2**13  # addresses of each provider: two networks of /20
_FOR_CUSTOMERS = _POOL * 3 // 4


@dataclass(slots=True)
class Provider:
    """A provider's addresses. Customers get pieces in the order in which they ask, until there is nothing left."""

    index: int
    asn: int
    networks: tuple[IPv4Network, IPv4Network]
    network_6: IPv6Network
    _used: int = 0
    _used_6: int = 1
    _first: int = field(init=False)

    def __post_init__(self) -> None:
        self._first = int(self.networks[0].network_address)

    def give(self, prefix: int) -> IPv4Network | None:
        """A network with this prefix length for a customer, or None when there is none left."""
        size = 2 ** (32 - prefix)
        start = -(-self._used // size) * size
        if start + size > _FOR_CUSTOMERS:
            return None
        self._used = start + size
        return IPv4Network((self._first + start, prefix))

    def give_6(self) -> IPv6Network | None:
        """A /48 for a customer, or None when there is none left."""
        if self._used_6 >= 2**16:
            return None
        self._used_6 += 1
        return IPv6Network((int(self.network_6.network_address) + (self._used_6 << 80), 48))

    def own_address(self, random: Random) -> str:
        """An address in the provider's network that no customer was given."""
        return str(IPv4Address(self._first + random.randrange(_FOR_CUSTOMERS, _POOL - 1)))


def make_providers(count: int) -> list[Provider]:
    """So many providers, at most twelve, each with two /20 of IPv4, a /32 of IPv6 and an AS number."""
    return [_provider(index) for index in range(count)]


def _provider(index: int) -> Provider:
    first = _FIRST_POOL + index * _POOL
    return Provider(
        index=index,
        asn=FIRST_ASN + 1 + index,
        networks=(IPv4Network((first, 20)), IPv4Network((first + _POOL // 2, 20))),
        network_6=IPv6Network((int(IPv6Address("3fff::")) + (index << 96), 32)),
    )


def hosts(network: IPv4Network | IPv6Network, random: Random) -> Iterator[str]:
    """Addresses of machines in a network, each once, in no order; of IPv6 one of the first 4,096 of its first /64."""
    size = min(network.num_addresses, 4096)
    first, last = (0, size - 1) if size == 1 else (1, max(1, size - 2))
    for offset in random.sample(range(first, last + 1), last - first + 1):
        yield str(network[offset])
