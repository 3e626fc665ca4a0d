"""Where a fetch may go: the hosts of its source, over the usual ports, and to addresses of the public internet only.

Pure: names are looked up by whoever calls. What `MISTHOORN_FETCH_INSIDE` names is excepted.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = {"http": (80, 8080), "https": (443, 8443), "imaps": (993,), "imap": (143,)}
_ALL_PORTS = frozenset(port for ports in PORTS.values() for port in ports)
USUAL = {"http": 80, "https": 443, "imaps": 993, "imap": 143}
LONGEST_URL = 2_000
SETTING = "MISTHOORN_FETCH_INSIDE"

# IANA's registries of special-purpose addresses; what is not globally reachable, or leads to another address, is out.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")  # all that is given out; mapped, NAT64, local and multicast lie outside
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)")


class EgressError(ValueError):
    """A place that nothing is fetched from; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """A place that may be asked, if its addresses may."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Inside:
    """Addresses of one's own network that may be fetched from all the same; `port` None is every port."""

    network: ipaddress.IPv4Network | ipaddress.IPv6Network
    port: int | None

    def holds(self, address: Address, port: int) -> bool:
        return address in self.network and self.port in {None, port}


def read_inside(text: str) -> tuple[Inside, ...]:
    """What `10.1.2.0/24, 127.0.0.1:8443, [::1]:8443` says.

    Raises:
        ValueError: a part is neither a network nor an address with a port.
    """
    return tuple(_inside(part.strip()) for part in text.split(",") if part.strip())


def _inside(text: str) -> Inside:
    found = re.fullmatch(r"\[([^\]]+)\]:(\d{1,5})|([0-9.]+):(\d{1,5})", text)
    if found is None:
        return Inside(ipaddress.ip_network(text.strip("[]")), None)
    return Inside(ipaddress.ip_network(found[1] or found[3]), int(found[2] or found[4]))


def target(url: str, *, hosts: Iterable[str] = (), inside: Sequence[Inside] = ()) -> Target:
    """What a URL leads to. With `hosts` it must be one of them.

    Raises:
        EgressError: it is no URL of a kind that is fetched from, or leads elsewhere.
    """
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise EgressError("This is not an address that can be fetched: it is too long, or holds signs that no URL has.")
    try:
        parts = urlsplit(url)
        port = parts.port
        named = parts.hostname or ""
    except ValueError as error:
        raise EgressError("This is not a URL. Write it as https://host/path.") from error
    if parts.scheme not in USUAL:
        raise EgressError("Only https, http, imaps and imap addresses are fetched.")
    if "@" in parts.netloc:
        raise EgressError("A name or password in an address is refused. Put it in with `misthoorn sources key`.")
    host = host_name(named)
    port = USUAL[parts.scheme] if port is None else port
    if port not in PORTS[parts.scheme] and not any(one.port in {None, port} for one in inside):
        raise EgressError(
            f"Nothing is fetched from port {port}. Is it a machine of your own? Then set MISTHOORN_FETCH_INSIDE to its "
            "address, such as 127.0.0.1 or 10.1.2.0/24."
        )
    allowed = {host_name(one) for one in hosts}
    if allowed and host not in allowed:
        raise EgressError(f"{host} is not a host of this source. Add it to its hosts if it should be.")
    return Target(parts.scheme, host, port)


def host_name(text: str) -> str:
    """A host as it is compared and looked up: small letters, no dot at the end, ASCII alone.

    Raises:
        EgressError: it is no name, or an address in a way of writing that programs read differently.
    """
    name = text.strip("[]").lower().removesuffix(".")
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or _NUMBER.fullmatch(labels[-1]):
        raise EgressError("This host is not a name, nor an address as it is usually written.")
    return name


def is_public(address: Address) -> bool:
    """Whether this is an address of the public internet that leads to no other one."""
    if isinstance(address, ipaddress.IPv6Address) and (address not in _PUBLIC_6 or address.scope_id):
        return False
    return not any(address in network for network in _NOT_PUBLIC if network.version == address.version)


def allowed(
    answers: Sequence[str], *, host: str, port: int, inside: Sequence[Inside] = (), setting: str = SETTING
) -> list[str]:
    """The addresses to connect to, of all that a host's name gave: every one of them must be fit, or none is used.

    `setting` is where `inside` is from.

    Raises:
        EgressError: there is none, or one is not public.
    """
    found: list[str] = []
    for text in answers:
        try:
            address = ipaddress.ip_address(text)
        except ValueError as error:
            raise EgressError(f"The name {host} gave something that is no address.") from error
        public = is_public(address) and port in _ALL_PORTS
        if not public and not any(one.holds(address, port) for one in inside):
            raise EgressError(
                f"{host} leads to {address}, port {port}, which is no usual place on the public internet. Nothing was "
                f"sent. Is it a machine of yours that should be asked? Set {setting}={address}."
            )
        found.append(str(address))
    if not found:
        raise EgressError(f"The name {host} has no address.")
    return list(dict.fromkeys(found))
