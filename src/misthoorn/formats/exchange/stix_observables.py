"""Whose systems a pattern or observed data of STIX is about: addresses, networks, names, URLs, ends of connections."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from misthoorn.formats.exchange.stix_pattern import Way
from misthoorn.formats.observations.targets import Place, first_address, place_of_host, place_of_url
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.evidence import Pairs, plain

_ADDRESS = frozenset(("ipv4-addr", "ipv6-addr"))
_TRANSPORT = frozenset(("tcp", "udp", "sctp"))
_NUMBERS = (
    "autonomous-system:number",
    *(f"{kind}:belongs_to_refs[*].number" for kind in sorted(_ADDRESS)),
)
_ENDS = (("dst_ref", "dst_port"), ("src_ref", "src_port"))


@dataclass(frozen=True, slots=True)
class Seen:
    """Texts as they are written; `told` is what else the pattern or the data says of this place."""

    ip: str = ""
    hostname: str = ""
    port: str = ""
    protocol: str = ""
    asn: str = ""
    told: Pairs = ()


def seen_in_way(way: Way) -> Iterator[Seen]:
    """The places that are named when a pattern matches in this way. What must not be equal names none."""
    values: dict[str, tuple[str, ...]] = {}
    for comparison in way:
        if comparison.equal:
            values[comparison.path] = values.get(comparison.path, ()) + comparison.values
    addresses = [address for kind in sorted(_ADDRESS) for address in values.get(f"{kind}:value", ())]
    numbers = list(dict.fromkeys(number for path in _NUMBERS for number in values.get(path, ())))
    for address in addresses:
        yield Seen(ip=_one_address(address), asn=numbers[0] if len(numbers) == 1 else "")
    for number in numbers if not addresses or len(numbers) > 1 else ():
        yield Seen(asn=number)
    resolved = values.get("domain-name:resolves_to_refs[*].value", ())
    for name in values.get("domain-name:value", ()):
        yield Seen(hostname=name, ip=_one_address(resolved[0]) if len(resolved) == 1 else "")
    for url in values.get("url:value", ()):
        yield _at_url(url)
    protocol = _protocol(values.get("network-traffic:protocols[*]", ()))
    for end, port in _ENDS:
        ports = values.get(f"network-traffic:{port}", ("",))
        for text in values.get(f"network-traffic:{end}.value", ()):
            place = _place(text)
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
    wanted = list(inside) if isinstance(inside, dict) else list(json_values.texts(data.get("object_refs")))
    told_by_others = {part for reference in wanted for part in _parts(objects.get(reference))}
    for reference in wanted:
        found = objects.get(reference)
        if isinstance(found, dict) and reference not in told_by_others:
            yield from _in_object(found, objects)


def _parts(found: Any) -> Iterator[str]:  # noqa: ANN401  any JSON value
    """The objects that are told of with this one: the ends of a connection, the AS of an address."""
    kind = json_values.text(json_values.member(found, "type"))
    if kind == "network-traffic":
        yield from (json_values.text(found.get(end)) for end, _ in _ENDS)
    elif kind in _ADDRESS:
        yield from json_values.texts(found.get("belongs_to_refs"))


def _in_object(found: Mapping[str, Any], objects: Mapping[str, Any]) -> Iterator[Seen]:
    kind, value = json_values.text(found.get("type")), json_values.text(found.get("value"))
    if kind in _ADDRESS:
        numbers = [_number(objects.get(one)) for one in json_values.texts(found.get("belongs_to_refs"))]
        yield Seen(ip=_one_address(value), asn=numbers[0] if len(numbers) == 1 else "")
    elif kind == "autonomous-system":
        yield Seen(asn=_number(found))
    elif kind == "domain-name":
        yield Seen(hostname=value)
    elif kind == "url":
        yield _at_url(value)
    elif kind == "network-traffic":
        protocol = _protocol(json_values.texts(found.get("protocols")))
        for end, port in _ENDS:
            text = json_values.text(json_values.member(objects.get(json_values.text(found.get(end))), "value"))
            place = _place(text)
            if place.ip or place.hostname:
                told = (("end", end.partition("_")[0]),)
                yield Seen(place.ip, place.hostname, plain(found.get(port)), protocol, told=told)


def _number(found: Any) -> str:  # noqa: ANN401  any JSON value
    return plain(json_values.member(found, "number"))


def _place(text: str) -> Place:
    """Where an end of a connection is: an address, a network, or a name."""
    address = _one_address(text)
    return Place(ip=address) if "/" in address and first_address(address) else place_of_host(address)


def _at_url(url: str) -> Seen:
    place = place_of_url(url)
    return Seen(place.ip, place.hostname, place.port, told=(("url", plain(url)),))


def _protocol(protocols: tuple[str, ...]) -> str:
    return next((one.lower() for one in protocols if one.lower() in _TRANSPORT), "")


def _one_address(text: str) -> str:
    """An address that is written as a network of one; a larger network stays as it is."""
    if "/" not in text:
        return text
    try:
        network = ip_network(text)
    except ValueError:
        return text
    return str(network.network_address) if network.num_addresses == 1 else text
