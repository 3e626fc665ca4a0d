"""Whose systems a pattern or observed data of STIX is about: addresses, names, URLs, and the ends of connections."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from misthoorn.formats import loose
from misthoorn.formats.evidence import Pairs, plain
from misthoorn.formats.places import place_of_host, place_of_url
from misthoorn.formats.stix_pattern import Way

_ADDRESS = frozenset(("ipv4-addr", "ipv6-addr"))
_TRANSPORT = frozenset(("tcp", "udp", "sctp"))
_ENDS = (("dst_ref", "dst_port"), ("src_ref", "src_port"))


@dataclass(frozen=True, slots=True)
class Seen:
    """Texts as they are written; `told` is what else the pattern or the data says of this place."""

    ip: str = ""
    hostname: str = ""
    port: str = ""
    protocol: str = ""
    told: Pairs = ()


def seen_in_way(way: Way) -> Iterator[Seen]:
    """The places that are named when a pattern matches in this way. What must not be equal names none."""
    values: dict[str, tuple[str, ...]] = {}
    for comparison in way:
        if comparison.equal:
            values[comparison.path] = values.get(comparison.path, ()) + comparison.values
    for address in (*values.get("ipv4-addr:value", ()), *values.get("ipv6-addr:value", ())):
        yield Seen(ip=_one_address(address))
    resolved = values.get("domain-name:resolves_to_refs[*].value", ())
    for name in values.get("domain-name:value", ()):
        yield Seen(hostname=name, ip=_one_address(resolved[0]) if len(resolved) == 1 else "")
    for url in values.get("url:value", ()):
        yield _at_url(url)
    protocol = _protocol(values.get("network-traffic:protocols[*]", ()))
    for end, port in _ENDS:
        ports = values.get(f"network-traffic:{port}", ("",))
        for text in values.get(f"network-traffic:{end}.value", ()):
            place = place_of_host(_one_address(text))
            for one in ports:
                yield Seen(place.ip, place.hostname, one, protocol)


def reason_for_none(ways: list[Way]) -> tuple[str, str]:
    """Why a pattern without any place is refused: a code and a sentence."""
    paths = {comparison.path.partition(":")[0] for way in ways for comparison in way}
    if paths <= {"file", "artifact", "process", "directory"}:
        return "subject-file", "The pattern is about files or programs, which are nobody's system."
    if paths <= {"email-addr", "email-message", "user-account"}:
        return "subject-mail", "The pattern is about e-mail or accounts, which are nobody's system."
    return "address-missing", "The pattern names no address and no host name, so nobody can be found for it."


def seen_in_data(data: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Iterator[Seen]:
    """The places in observed data, of STIX 2.1 (references) or 2.0 (objects inside it)."""
    inside = data.get("objects")
    objects: Mapping[str, Any] = inside if isinstance(inside, dict) else known
    wanted = list(inside) if isinstance(inside, dict) else list(loose.texts(data.get("object_refs")))
    ends = {
        loose.text(loose.member(objects.get(reference), end))
        for reference in wanted
        for end, _ in _ENDS
        if loose.member(objects.get(reference), "type") == "network-traffic"
    }
    for reference in wanted:
        found = objects.get(reference)
        if isinstance(found, dict) and reference not in ends:
            yield from _in_object(found, objects)


def _in_object(found: Mapping[str, Any], objects: Mapping[str, Any]) -> Iterator[Seen]:
    kind, value = loose.text(found.get("type")), loose.text(found.get("value"))
    if kind in _ADDRESS:
        yield Seen(ip=_one_address(value))
    elif kind == "domain-name":
        yield Seen(hostname=value)
    elif kind == "url":
        yield _at_url(value)
    elif kind == "network-traffic":
        protocol = _protocol(loose.texts(found.get("protocols")))
        for end, port in _ENDS:
            text = loose.text(loose.member(objects.get(loose.text(found.get(end))), "value"))
            place = place_of_host(_one_address(text))
            if place.ip or place.hostname:
                yield Seen(
                    place.ip, place.hostname, plain(found.get(port)), protocol, (("end", end.partition("_")[0]),)
                )


def _at_url(url: str) -> Seen:
    place = place_of_url(url)
    return Seen(place.ip, place.hostname, place.port, told=(("url", plain(url)),))


def _protocol(protocols: tuple[str, ...]) -> str:
    return next((one.lower() for one in protocols if one.lower() in _TRANSPORT), "")


def _one_address(text: str) -> str:
    """An address that is written as a network of one; a larger network stays as it is, and is refused later."""
    if "/" not in text:
        return text
    try:
        network = ip_network(text)
    except ValueError:
        return text
    return str(network.network_address) if network.num_addresses == 1 else text
