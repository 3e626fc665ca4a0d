"""Which addresses can be on the internet.

Source: IANA's special-purpose address registries. Documentation and benchmark ranges pass, because demonstrations live
there.
"""

from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from misthoorn.formats.values.schema import Clean

LONGEST_ADDRESS = 45  # characters of the longest way to write an address
LONGEST_NETWORK = LONGEST_ADDRESS + 4
SHORTEST_PREFIX = {4: 8, 6: 16}  # what is larger is nobody's

# The first range that holds an address decides; "" is for a range that passes.
_RANGES_4 = (
    ("0.0.0.0/32", "address-unspecified"),
    ("0.0.0.0/8", "address-reserved"),
    ("10.0.0.0/8", "address-private"),
    ("100.64.0.0/10", "address-shared"),
    ("127.0.0.0/8", "address-loopback"),
    ("169.254.0.0/16", "address-link-local"),
    ("172.16.0.0/12", "address-private"),
    ("192.0.0.0/24", "address-reserved"),
    ("192.88.99.0/24", "address-reserved"),
    ("192.168.0.0/16", "address-private"),
    ("224.0.0.0/4", "address-multicast"),
    ("255.255.255.255/32", "address-broadcast"),
    ("240.0.0.0/4", "address-reserved"),
)
_RANGES_6 = (
    ("::/128", "address-unspecified"),
    ("::1/128", "address-loopback"),
    ("2001:2::/48", ""),
    ("2001:3::/32", ""),
    ("2001:4:112::/48", ""),
    ("2001::/23", "address-reserved"),
    ("2000::/3", ""),
    ("fc00::/7", "address-private"),
    ("fe80::/10", "address-link-local"),
    ("fec0::/10", "address-private"),
    ("ff00::/8", "address-multicast"),
    ("::/0", "address-reserved"),
)


def _bounds(network: IPv4Network | IPv6Network) -> tuple[int, int]:
    return int(network.network_address), int(network.broadcast_address)


SPECIAL_4 = tuple((*_bounds(IPv4Network(text)), code) for text, code in _RANGES_4)
SPECIAL_6 = tuple((*_bounds(IPv6Network(text)), code) for text, code in _RANGES_6)


def _verdict(number: int, ranges: tuple[tuple[int, int, str], ...]) -> str:
    return next((code for first, last, code in ranges if first <= number <= last), "")


def check_address(text: str) -> "Clean[str]":
    """The canonical text of an address that can be on the internet (IPv4-mapped IPv6 as IPv4), or the reason why not.

    Leading zeros, zone names, prefixes and ports are not part of an address. "" gives no address and no reason.
    """
    text = text.strip()
    if not text:
        return None, ""
    if len(text) > LONGEST_ADDRESS or not text.isascii():
        return None, "address-invalid"
    try:
        address = IPv6Address(text) if ":" in text else IPv4Address(text)
    except AddressValueError:
        return None, "address-invalid"
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return None, "address-invalid"
        if address.ipv4_mapped is None:
            code = _verdict(int(address), SPECIAL_6)
            return (None, code) if code else (str(address), "")
        address = address.ipv4_mapped
    code = _verdict(int(address), SPECIAL_4)
    return (None, code) if code else (str(address), "")


def check_place(text: str) -> "Clean[str]":
    """The same for an address or a whole network, in canonical form; its first and its last address decide."""
    text = text.strip()
    if "/" not in text:
        return check_address(text)
    network = _network(text)
    if network is None:
        return None, "address-invalid"
    codes = [check_address(str(end))[1] for end in (network.network_address, network.broadcast_address)]
    codes += ["network-large"] * (network.prefixlen < SHORTEST_PREFIX[network.version])
    if code := next(filter(None, codes), ""):
        return None, code
    return str(network if network.num_addresses > 1 else network.network_address), ""


def _network(text: str) -> IPv4Network | IPv6Network | None:
    """None also for IPv4 written as IPv6."""
    if len(text) > LONGEST_NETWORK or not text.isascii() or "%" in text:
        return None
    try:
        network = IPv6Network(text, strict=False) if ":" in text else IPv4Network(text, strict=False)
    except ValueError:
        return None
    mapped = isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None
    return None if mapped else network
