"""What somebody who searches what was told may mean by the words that were typed. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from misthoorn.common.numbers import is_number, tidy_number
from misthoorn.notification.addresses import AddressError, envelope_address, mail_domain

LONGEST = 300
MOST_LISTED = 256  # addresses of a network that are looked for one by one
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._/-]{0,127}")
_TELEPHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,30}")


@dataclass(frozen=True, slots=True)
class Place:
    """Addresses that something was seen at: all of these, or those in `network` whose text begins with `prefix`."""

    listed: tuple[str, ...] = ()
    network: IPv4Network | IPv6Network | None = None
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The readings of a question; an empty one is none. `words`: part of a name, or a register number."""

    number: str = ""
    domain_of_number: str = ""
    address: str = ""
    domain: str = ""
    place: Place | None = None
    subject: str = ""
    words: str = ""


def what_is_asked(text: str) -> Asked:
    """All that the typed words may mean. Behind a number may stand a mail domain, to ask whether it went there."""
    tidy = " ".join("".join(c if c.isprintable() else " " for c in text[:LONGEST]).split())
    if place := _place(tidy):
        return Asked(place=place)
    first, _, rest = tidy.rpartition(" ")
    if is_number(tidy_number(tidy)):
        return Asked(number=tidy_number(tidy))
    if first and is_number(tidy_number(first)) and mail_domain(rest):
        return Asked(number=tidy_number(first), domain_of_number=mail_domain(rest))
    if "@" in tidy and (address := _address(tidy)):
        return Asked(address=address)
    if _TELEPHONE.fullmatch(tidy):
        return Asked(address=re.sub(r"[ ()-]", "", tidy), words=tidy)
    domain = mail_domain(tidy.removeprefix("@"))
    subject = tidy if _IDENTIFIER.fullmatch(tidy) else ""
    return Asked(domain=domain if "." in domain else "", subject=subject, words=tidy)


def _address(text: str) -> str:
    try:
        return envelope_address(text)
    except AddressError:
        return ""


def _place(text: str) -> Place | None:
    try:
        network = ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None
    if network.num_addresses <= MOST_LISTED:
        return Place(listed=tuple(str(one) for one in network))
    return Place(network=network, prefix=_prefix(network))


def _prefix(network: IPv4Network | IPv6Network) -> str:
    """How the text of every address in it begins, as far as that is sure."""
    if network.version == 4:  # noqa: PLR2004
        whole = network.prefixlen // 8
        return "".join(f"{part}." for part in str(network.network_address).split(".")[:whole])
    groups = network.network_address.exploded.split(":")[: network.prefixlen // 16]
    return "".join(f"{group}:" for group in _until_zero(groups))


def _until_zero(groups: list[str]) -> Iterator[str]:
    """Groups up to the first that is zero: from there on an address may be written shorter."""
    for group in groups:
        short = group.lstrip("0")
        if not short:
            return
        yield short
