"""`shodan`: banners as Shodan exports them, JSON Lines or the answer of its API for a host or a search.

Source: https://datapedia.shodan.io/. Each banner is one event about the service that was seen. A vulnerability that
Shodan looked for itself and found (`verified`) is one more; those that it derives from a version are evidence and no
events: nobody looked whether they are there.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from ipaddress import IPv4Address
from typing import Any, BinaryIO

from misthoorn.formats.feeds.services import OPEN_PORT, kind_of_service
from misthoorn.formats.identifiers.cve_names import CVE_NUMBER
from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.evidence import flat, plain
from misthoorn.formats.readers.json_records import read_json
from misthoorn.formats.readers.record_parts import Part, each_part
from misthoorn.formats.readers.rows import Limits
from misthoorn.formats.values.schema import EventChunk

LIMITS = Limits(block=65 * 1024 * 1024, row=32 * 1024 * 1024)  # a host with hundreds of banners
_ROLES = ("timestamp", "ip_str", "ip", "ipv6", "port", "transport", "asn")
_BULK = ("http.html", "http.favicon.data", "ssl.chain", "ssl.dhparams", "ssh.kex", "hash", "opts", "_shodan", "vulns")
_OF_HOST = ("ip_str", "asn", "org", "isp", "hostnames")  # what a banner inside a host leaves to it


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each banner."""
    records = each_part(read_json(stream, member="matches", alone=True, limits=LIMITS), parts=_banners)
    return read_observed(records, understand=understand, now=now, fold=fold)


def _banners(record: dict[str, Any]) -> Iterator[Part]:
    """The banner that a record is, or those of a host."""
    banners = record.get("data")
    if isinstance(banners, list) and "ip_str" in record:
        shared = {name: record[name] for name in _OF_HOST if name in record}
        for banner in json_values.objects(banners):
            yield shared | banner, shared | banner
        return
    if "port" not in record or not {"ip_str", "ip", "ipv6"} & record.keys():
        raise RefusedError(WRONG_KIND, "This is no banner of Shodan (ip_str, port). Choose the format that it is in.")
    yield record, record


def understand(banner: dict[str, Any]) -> Iterator[Observed]:
    """What a banner says of a service."""
    module = json_values.text(json_values.member(banner, "_shodan", "module"))
    kind = kind_of_service(module)
    if kind is OPEN_PORT:  # modules such as "rdp-simple" or "mysql-new"
        kind = kind_of_service(module.partition("-")[0])
    names = json_values.texts(banner.get("hostnames"))
    about = {"module": module, "vulnerabilities": _vulnerabilities(banner.get("vulns"))}
    seen = Observed(
        time=json_values.text(banner.get("timestamp")),
        identifier=kind.identifier,
        ip=_address(banner),
        port=plain(banner.get("port")),
        protocol=json_values.text(banner.get("transport")) or "tcp",
        hostname=names[0] if names else "",
        asn=json_values.text(banner.get("asn")),
        type_=kind.type_,
        severity=kind.urgency,
        evidence=tuple(flat(about | banner, without=_ROLES + _BULK).items()),
    )
    yield seen
    for number in _verified(banner.get("vulns")):
        if CVE_NUMBER.fullmatch(number.upper()):
            found = (("module", module), ("cvss", plain(json_values.member(banner, "vulns", number, "cvss"))))
            yield replace(seen, identifier=number.upper(), type_="vulnerable-system", severity="high", evidence=found)


def _address(banner: dict[str, Any]) -> str:
    number = banner.get("ip")
    told = json_values.text(banner.get("ip_str")) or json_values.text(banner.get("ipv6"))
    if told or isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**32:
        return told or json_values.text(number)
    return str(IPv4Address(number))


def _verified(vulns: object) -> list[str]:
    """The numbers of those that Shodan looked for itself, and found."""
    told = vulns.items() if isinstance(vulns, dict) else ()
    return [number for number, one in told if json_values.member(one, "verified") is True]


def _vulnerabilities(vulns: object) -> list[str]:
    """Their numbers; those that Shodan looked at itself come first, and say so."""
    if isinstance(vulns, list):
        return list(json_values.texts(vulns))
    if not isinstance(vulns, dict):
        return []
    seen = _verified(vulns)
    return [f"{number} (verified)" for number in seen] + [number for number in vulns if number not in seen]
