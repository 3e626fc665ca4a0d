"""Keys and ranges of networks, names and AS numbers: what an asset and an item that concern each other have in common.

A network is cut into the blocks of one level: the longest that needs at most 256 blocks. Levels are 24, 16 and 8 bits
for IPv4 (so that even /0 fits: 256 blocks of `ip4/8`) and 48, 32, 16 and 8 bits for IPv6. An address meets every
level.
"""

from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

LEVELS = {4: (24, 16, 8), 6: (48, 32, 16, 8)}
ADDRESS_BITS = {4: 32, 6: 128}
MAX_BLOCKS_BITS = 8  # a network needs at most 2**8 keys

ASN = "asn"
DNS = "dns"
CPE = "cpe"
NAME = "name"
PURL = "purl"

# The longest name in the DNS has 253 characters, so at most 127 labels.
MAX_LABELS = 127


class Key(NamedTuple):
    """Equal space and key, and overlapping closed ranges lo..hi, make a match."""

    space: str
    key: bytes
    lo: bytes
    hi: bytes


class Blocks(NamedTuple):
    """A network as `number` neighbouring blocks of `level` bits, the first of which has the number `first`."""

    version: int
    level: int
    first: int
    number: int
    lo: bytes
    hi: bytes
    prefix: int


def network_space(*, version: int, level: int) -> str:
    """The name of the space in which networks of this version of IP are cut at `level` bits: ip4/24."""
    return f"ip{version}/{level}"


class _Cut(NamedTuple):
    level: int
    shift: int  # bits of an address behind the level
    number: int
    host_mask: int


def _cut(version: int, prefix: int) -> _Cut:
    bits = ADDRESS_BITS[version]
    level = next(level for level in LEVELS[version] if level - prefix <= MAX_BLOCKS_BITS)
    return _Cut(level, bits - level, 1 << max(0, level - prefix), (1 << (bits - prefix)) - 1)


_CUTS = {version: [_cut(version, prefix) for prefix in range(bits + 1)] for version, bits in ADDRESS_BITS.items()}


def blocks(*, version: int, first: int, prefix: int) -> Blocks:
    """Cut the network that holds address number `first` and has `prefix` bits in common."""
    level, shift, number, host_mask = _CUTS[version][prefix]
    size = 4 if version == 4 else 16  # noqa: PLR2004  the version of the Internet Protocol, and the bytes of its address
    last = first | host_mask
    lowest = last ^ host_mask
    return Blocks(version, level, lowest >> shift, number, lowest.to_bytes(size), last.to_bytes(size), prefix)


def network_keys(network: IPv4Network | IPv6Network) -> tuple[Key, ...]:
    """One key for each block of the network, at most 256."""
    cut = blocks(version=network.version, first=int(network.network_address), prefix=network.prefixlen)
    space, size = network_space(version=cut.version, level=cut.level), cut.level // 8
    return tuple(Key(space, (cut.first + i).to_bytes(size), cut.lo, cut.hi) for i in range(cut.number))


def asn_key(number: int) -> Key:
    """The key of an AS number, 0 to 2**32 - 1; its range is empty."""
    return Key(ASN, number.to_bytes(4), b"", b"")


def domain_key(name: str) -> Key:
    """`name` in A-labels, lower case, without a trailing dot."""
    return Key(DNS, name.encode("ascii"), b"", b"")
