"""`censys`: hosts as Censys gives them (search v2, the platform's API, bulk files), JSON or JSON Lines.

Source: https://docs.censys.com/ and the definitions of search v2. Each service of a host is one event.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats.feeds.services import OPEN_PORT, kind_of_service
from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.evidence import flat, plain
from misthoorn.formats.readers.json_records import read_json
from misthoorn.formats.readers.record_parts import Part, each_part
from misthoorn.formats.readers.rows import Limits
from misthoorn.formats.values.schema import EventChunk

LIMITS = Limits(block=65 * 1024 * 1024, row=32 * 1024 * 1024)  # a page of the API holds 100 hosts
_ROLES = frozenset(("port", "transport_protocol", "observed_at", "scan_time"))
_BULK = frozenset(("_encoding", "banner_hex", "http.response.body", "http.response.html_tags", "tls", "certificate"))
_UDP = frozenset(("udp", "quic"))


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each service of each host."""
    records = each_part(read_json(stream, limits=LIMITS), parts=_services)
    return read_observed(records, understand=understand, now=now, fold=fold)


def _services(record: dict[str, Any]) -> Iterator[Part]:
    """The services of a host, or of the hosts that an answer of the API holds."""
    hosts = list(_hosts(record))
    if not hosts:
        raise RefusedError(WRONG_KIND, "This is no host of Censys (ip, services). Choose the format that it is in.")
    for host in hosts:
        services = list(json_values.objects(host.get("services"))) or list(_of_version_1(host))
        for service in services or [{}]:
            yield {"ip": host["ip"], "service": service}, {"host": host, "service": service}


def _of_version_1(host: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The services as version 1 of the search told them: “443/https”."""
    for told in json_values.texts(host.get("protocols")):
        port, _, name = told.partition("/")
        yield {"port": port, "service_name": name}


def _hosts(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Those inside the envelopes of the two APIs, or the record itself."""
    result = record.get("result", record)
    inner = result.get("hits") if isinstance(result, dict) else result
    for candidate in json_values.objects(inner) if isinstance(inner, list) else [result]:
        host = json_values.member(candidate, "host") or json_values.member(candidate, "resource") or candidate
        if isinstance(host, dict) and "ip" in host:
            yield host


def understand(part: dict[str, Any]) -> Iterator[Observed]:
    """A service of a host.

    Raises:
        RefusedError: the host has none.
    """
    host, service = part["host"], part["service"]
    if not service:
        raise RefusedError("nothing-seen", "No service was seen at this host, so there is nothing to warn about.")
    kind = OPEN_PORT
    for name in ("extended_service_name", "service_name", "protocol"):
        if kind is OPEN_PORT:
            kind = kind_of_service(json_values.text(service.get(name)))
    transport = json_values.text(service.get("transport_protocol")).lower()
    names = json_values.texts(json_values.member(host, "dns", "reverse_dns", "names")) + json_values.texts(
        json_values.member(host, "dns", "names")
    )
    moments = [service.get(name) for name in ("observed_at", "scan_time")]
    moments += [host.get(name) for name in ("last_updated_at", "updated_at")]
    about = {"software": [_software(one) for one in json_values.objects(service.get("software"))]}
    yield Observed(
        time=next((told for moment in moments if (told := json_values.text(moment))), ""),
        identifier=kind.identifier,
        ip=json_values.text(host.get("ip")),
        port=plain(service.get("port")),
        protocol="udp" if transport in _UDP else transport,
        hostname=names[0] if names else "",
        asn=plain(json_values.member(host, "autonomous_system", "asn")),
        type_=kind.type_,
        severity=kind.urgency,
        evidence=tuple(flat(service | about, without=_ROLES | _BULK).items()),
    )


def _software(one: dict[str, Any]) -> str:
    """Its CPE name, or else what it is called."""
    name = json_values.text(one.get("uniform_resource_identifier")) or json_values.text(one.get("cpe"))
    return name or " ".join(
        filter(None, (json_values.text(one.get(part)) for part in ("vendor", "product", "version")))
    )
