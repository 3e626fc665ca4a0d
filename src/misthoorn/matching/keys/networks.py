"""Networks as people write them: CIDR, one address, or a free range such as 198.51.100.7-198.51.100.90."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

ADDRESS_BITS = {4: 32, 6: 128}

# How near a network is, in steps of 1/2**23 of a bit of prefix: so 2**23 addresses and fewer are told apart exactly,
# and a /128 still fits 32 bits.
_STEP_BITS = 23
_MAPPED = 0xFFFF  # the first 96 bits of an IPv4 address written as IPv6
_LONGEST = 128  # characters; two IPv6 addresses with blanks have fewer
_SHOWN = 100
_DASH = re.compile(r" ?[-–] ?")


class NetworkError(ValueError):
    """Not an address, a network or a range of addresses. str() is a sentence that says what to write instead."""


class Network(NamedTuple):
    """All addresses from number `first` to number `last`, both inclusive."""

    version: int
    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    @property
    def ends(self) -> tuple[IPv4Address | IPv6Address, IPv4Address | IPv6Address]:
        """The first and the last address."""
        make = IPv4Address if self.version == 4 else IPv6Address  # noqa: PLR2004  the version of IP
        return make(self.first), make(self.last)

    @property
    def prefix(self) -> int | None:
        """The length of its prefix, or None where the range is not a CIDR network."""
        bits = self.size.bit_length() - 1
        is_cidr = self.size == 1 << bits and self.first % self.size == 0
        return ADDRESS_BITS[self.version] - bits if is_cidr else None

    def __str__(self) -> str:
        """A CIDR network where it is one, otherwise first-last."""
        first, last = self.ends
        return f"{first}-{last}" if self.prefix is None else f"{first}/{self.prefix}"


def parse_network(text: str) -> Network:
    """The network that a person wrote; host bits of a CIDR network are cleared.

    Raises:
        NetworkError: neither an address, a network nor a range; or IPv4 written as IPv6.
    """
    try:
        network = _range(text) if _DASH.search(text) and len(text) <= _LONGEST else _cidr(text)
    except ValueError as error:
        if isinstance(error, NetworkError):
            raise
        raise NetworkError(
            f"“{text[:_SHOWN]}” is not an address or a network; write 198.51.100.7, 198.51.100.0/24, 2001:db8::/32 or "
            "198.51.100.7-198.51.100.90."
        ) from None
    if network.version != 4 and network.first >> 32 == network.last >> 32 == _MAPPED:  # noqa: PLR2004
        raise NetworkError(f"“{text[:_SHOWN]}” is an IPv4 network written as IPv6; write it as IPv4.")
    return network


def _cidr(text: str) -> Network:
    network = ip_network(text, strict=False)
    return Network(network.version, int(network.network_address), int(network.broadcast_address))


def _range(text: str) -> Network:
    first, last = (ip_address(end) for end in _DASH.split(text, maxsplit=1))
    if "%" in text:
        raise ValueError(text)
    if first.version != last.version or int(first) > int(last):
        raise NetworkError(
            f"The range “{text[:_SHOWN]}” does not go up from one address to another of the same kind; write the "
            "lowest address first, as in 198.51.100.7-198.51.100.90."
        )
    return Network(first.version, int(first), int(last))


def nearness(network: Network) -> int:
    """A number that is higher for a smaller network; for networks of up to 2**23 addresses, exactly so.

    A CIDR network has the length of its prefix × 2**23, and any other range lies between the two CIDR sizes around its
    own. Above 2**23 addresses, other ranges whose sizes are equal in their first 24 bits are equally near.
    """
    exponent = network.size.bit_length() - 1
    beyond = network.size - (1 << exponent)
    steps = max(beyond << _STEP_BITS >> exponent, 1) if beyond else 0
    return ((ADDRESS_BITS[network.version] - exponent) << _STEP_BITS) - steps
