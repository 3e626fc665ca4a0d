"""Keys and ranges of networks, names and AS numbers: what an asset and an item that concern each other have in common.

A network is cut into the blocks of one level: the longest that needs at most 16 blocks. Levels are 24, 16 and 8 bits
for IPv4; for IPv6 every sixteenth bit from 128 down to 48, and every eighth from there down to 8. What is so large that
it needs more than 16 blocks of 8 bits gets those, at most 256. An address meets every level.
"""

from typing import NamedTuple

from misthoorn.matching.keys.networks import ADDRESS_BITS, Network

LEVELS = {4: (24, 16, 8), 6: (128, 112, 96, 80, 64, 48, 40, 32, 24, 16, 8)}
MAX_BLOCKS = 16

ASN = "asn"
DNS = "dns"
CPE = "cpe"
NAME = "name"
PURL = "purl"

# The longest name in the DNS has 253 characters, so at most 127 labels.
MAX_LABELS = 127


class Key(NamedTuple):
    """Equal space and key, and overlapping closed ranges lo..hi, make a match. `edition` as in ASSET_KEY_SCHEMA."""

    space: str
    key: bytes
    lo: bytes
    hi: bytes
    edition: str = ""


class Cut(NamedTuple):
    """A network as the blocks of `level` bits from number `first` to number `last`."""

    level: int
    first: int
    last: int


def network_space(*, version: int, level: int) -> str:
    """The name of the space in which networks of this version of IP are cut at `level` bits: ip4/24."""
    return f"ip{version}/{level}"


def cut(network: Network) -> Cut:
    """The blocks in which a network is found: few, and together not much larger than the network."""
    *longer, shortest = LEVELS[network.version]
    for level in longer:
        blocks = _blocks(network, level)
        if blocks.last - blocks.first < MAX_BLOCKS:
            return blocks
    return _blocks(network, shortest)


def _blocks(network: Network, level: int) -> Cut:
    shift = ADDRESS_BITS[network.version] - level
    return Cut(level, network.first >> shift, network.last >> shift)


def network_keys(network: Network) -> tuple[Key, ...]:
    """One key for each block of the network: at most 16, or 256 where even the largest blocks are small for it."""
    level, first, last = cut(network)
    space, size = network_space(version=network.version, level=level), ADDRESS_BITS[network.version] // 8
    bounds = network.first.to_bytes(size), network.last.to_bytes(size)
    return tuple(Key(space, number.to_bytes(level // 8), *bounds) for number in range(first, last + 1))


def asn_key(number: int) -> Key:
    """The key of an AS number, 0 to 2**32 - 1; its range is empty."""
    return Key(ASN, number.to_bytes(4), b"", b"")


def domain_key(name: str) -> Key:
    """`name` in A-labels, lower case, without a trailing dot."""
    return Key(DNS, name.encode("ascii"), b"", b"")
