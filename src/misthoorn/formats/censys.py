"""`censys`: hosts as Censys gives them (search v2, the platform's API, bulk files), JSON or JSON Lines.

Source: https://docs.censys.com/ and the definitions of search v2. Each service of a host is one event.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats import loose
from misthoorn.formats.documents import WRONG_KIND, RefusedError
from misthoorn.formats.evidence import flat, plain
from misthoorn.formats.json_records import read_json
from misthoorn.formats.observed import Observed, read_observed
from misthoorn.formats.parts import Part, each_part
from misthoorn.formats.rows import Limits
from misthoorn.formats.schema import EventChunk
from misthoorn.formats.services import OPEN_PORT, kind_of_service

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
        services = list(loose.objects(host.get("services"))) or list(_of_version_1(host))
        for service in services or [{}]:
            yield {"ip": host["ip"], "service": service}, {"host": host, "service": service}


def _of_version_1(host: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The services as version 1 of the search told them: “443/https”."""
    for told in loose.texts(host.get("protocols")):
        port, _, name = told.partition("/")
        yield {"port": port, "service_name": name}


def _hosts(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Those inside the envelopes of the two APIs, or the record itself."""
    result = record.get("result", record)
    inner = result.get("hits") if isinstance(result, dict) else result
    for candidate in loose.objects(inner) if isinstance(inner, list) else [result]:
        host = loose.member(candidate, "host") or loose.member(candidate, "resource") or candidate
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
            kind = kind_of_service(loose.text(service.get(name)))
    transport = loose.text(service.get("transport_protocol")).lower()
    names = loose.texts(loose.member(host, "dns", "reverse_dns", "names")) + loose.texts(
        loose.member(host, "dns", "names")
    )
    moments = [service.get(name) for name in ("observed_at", "scan_time")]
    moments += [host.get(name) for name in ("last_updated_at", "updated_at")]
    about = {"software": [_software(one) for one in loose.objects(service.get("software"))]}
    yield Observed(
        time=next((told for moment in moments if (told := loose.text(moment))), ""),
        identifier=kind.identifier,
        ip=loose.text(host.get("ip")),
        port=plain(service.get("port")),
        protocol="udp" if transport in _UDP else transport,
        hostname=names[0] if names else "",
        asn=plain(loose.member(host, "autonomous_system", "asn")),
        type_=kind.type_,
        severity=kind.urgency,
        evidence=tuple(flat(service | about, without=_ROLES | _BULK).items()),
    )


def _software(one: dict[str, Any]) -> str:
    """Its CPE name, or else what it is called."""
    name = loose.text(one.get("uniform_resource_identifier")) or loose.text(one.get("cpe"))
    return name or " ".join(filter(None, (loose.text(one.get(part)) for part in ("vendor", "product", "version"))))
