"""Whose system a URL, a name or a network leads to: an address or a name, and a port where one is said."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

LONGEST_URL = 8_000

# Feeds write addresses so that nobody follows them by accident.
_DISARMED = (("[.]", "."), ("(.)", "."), ("[:]", ":"), ("[://]", "://"))
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]{0,20}:)?//([^/?#\\]*)", re.IGNORECASE)
_PATH = re.compile(r"[/?#\\]")
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^:\[\]@\s]+))(?::([0-9]{0,6}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Texts as a source writes them, "" where there is none."""

    ip: str = ""
    hostname: str = ""
    port: str = ""


def place_of_url(url: str) -> Place:
    """The host of a URL; nothing where it has none. A scheme such as hxxp and dots such as [.] are understood.

    A port that only the scheme implies is not said: one host that is seen over http and https stays one place.
    """
    url = url.strip()
    if not url or len(url) > LONGEST_URL:
        return Place()
    if "[" in url or "(" in url:
        for disarmed, armed in _DISARMED:
            url = url.replace(disarmed, armed)
    match = _URL.match(url)
    return place_of_host(match[1].rpartition("@")[2] if match else _PATH.split(url, maxsplit=1)[0])


def place_of_host(text: str) -> Place:
    """An address or a name, with or without a port behind it."""
    text = text.strip()
    if _is_address(text):
        return Place(ip=text)
    match = _HOST.fullmatch(text)
    if match is None:
        return Place()
    host, port = match[1] or match[2], match[3] or ""
    return Place(ip=host, port=port) if _is_address(host) else Place(hostname=host, port=port)


def _is_address(text: str) -> bool:
    try:
        return bool(IPv6Address(text) if ":" in text else text[-1:].isdecimal() and IPv4Address(text))
    except ValueError:
        return False


def first_address(network: str) -> str:
    """The first address of a network such as 192.0.2.0/24; "" when it is none."""
    try:
        found = IPv6Network(network, strict=False) if ":" in network else IPv4Network(network, strict=False)
    except ValueError:
        return ""
    return str(found.network_address)
