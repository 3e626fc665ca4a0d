"""`nmap`: the XML of a scan with Nmap (-oX). One event for each open port, with what was recognised there.

Each vulnerability that a script looked for and found is one more. Source: https://nmap.org/book/nmap-dtd.html. Hosts
that were down and ports that were not open are no events; they are counted together in one refused row at the end, so
that it can be seen that they were looked at.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO, NamedTuple
from xml.etree import ElementTree as ET

from misthoorn.formats.feeds.nmap_xml import Host, hosts
from misthoorn.formats.feeds.services import kind_of_service
from misthoorn.formats.identifiers.cve_names import CVE_NUMBER
from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.readers.documents import KEPT
from misthoorn.formats.readers.evidence import as_identifier, flat
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.values.schema import EventChunk

_SERVICE = ("name", "product", "version", "extrainfo", "ostype", "devicetype", "hostname", "tunnel", "method", "conf")
_OPEN = "open"
_LIKELY = "LIKELY VULNERABLE"
_MOST_SCRIPTS = 100


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each open port of each host that was up."""
    return read_observed(_records(stream), understand=understand, now=now, fold=fold)


def _records(stream: BinaryIO) -> Iterator[Record]:
    """The open ports; then what is damaged, and how much was looked at and gives nothing to warn about."""
    down = quiet = 0
    for found in hosts(stream):
        if isinstance(found, Record):
            yield found
        elif not _is_up(found.element):
            down += 1
        elif not (opened := [port for port in found.element.iterfind("ports/port") if _state(port) == _OPEN]):
            quiet += 1
        else:
            yield from _ports(found, opened)
    if down or quiet:
        # Without their addresses: they were read, and silence about them is what a scan proves.
        told = f"{down:,} hosts were down or did not answer, and {quiet:,} had no open port: nothing to warn about."
        yield Record(1, 0, b"", None, "nothing-seen", told)


def _ports(host: Host, opened: list[ET.Element]) -> Iterator[Record]:
    """A record for each open port. What scripts say of the whole host goes with the first."""
    address, told = _address(host.element), _scripts(host.element, "hostscript")
    about = {
        "time": _moment(host.element.get("endtime") or host.element.get("starttime") or host.started),
        "ip": address,
        "hostname": _hostname(host.element),
    }
    for port in opened:
        raw = f"{address} ".encode() + ET.tostring(port, encoding="utf-8")
        of_host = _found(host.element, "hostscript") if port is opened[0] else []
        yield Record(host.line, 0, raw[:KEPT], {"about": about, "port": port, "told": told, "of_host": of_host})
        told = {}


def understand(record: dict[str, Any]) -> Iterator[Observed]:
    """An open port of a host."""
    port: ET.Element = record["port"]
    service = port.find("service")
    attributes = dict(service.attrib) if service is not None else {}
    kind = kind_of_service(attributes.get("name", ""))
    yield Observed(
        port=port.get("portid", ""),
        protocol=port.get("protocol", ""),
        identifier=kind.identifier,
        type_=kind.type_,
        severity=kind.urgency,
        evidence=tuple(flat(_about(port, attributes) | record["told"]).items()),
        **record["about"],
    )
    for found in _found(port, "."):
        yield _vulnerable(found, record, port=port.get("portid", ""), protocol=port.get("protocol", ""))
    for found in record["of_host"]:
        yield _vulnerable(found, record, port="", protocol="")


class _Vulnerable(NamedTuple):
    """What a script found, as Nmap's library for vulnerabilities (vulns) reports it."""

    script: str
    state: str
    title: str
    number: str


def _vulnerable(found: _Vulnerable, record: dict[str, Any], *, port: str, protocol: str) -> Observed:
    return Observed(
        port=port,
        protocol=protocol,
        identifier=found.number or as_identifier(found.script),
        type_="vulnerable-system",
        severity="normal" if found.state.startswith(_LIKELY) else "high",
        evidence=tuple(flat({"script": found.script, "state": found.state, "title": found.title}).items()),
        **record["about"],
    )


def _found(element: ET.Element, path: str) -> list[_Vulnerable]:
    """What scripts looked for and found here; what they did not find is no event."""
    within = element.find(path)
    tables = [
        (script.get("id", ""), table)
        for script in (list(within.iterfind("script"))[:_MOST_SCRIPTS] if within is not None else ())
        for table in list(script.iterfind("table"))[:_MOST_SCRIPTS]
    ]
    found = []
    for script, table in tables:
        said = {one.get("key", ""): (one.text or "").strip() for one in table.iterfind("elem")}
        state = said.get("state", "").upper()
        if state.startswith(("VULNERABLE", _LIKELY)):
            ids = [table.get("key", ""), *(one.text or "" for one in table.iterfind("table[@key='ids']/elem"))]
            numbers = (one.upper().removeprefix("CVE:") for one in ids)
            number = next((one for one in numbers if CVE_NUMBER.fullmatch(one)), "")
            found.append(_Vulnerable(script, state, said.get("title", ""), number))
    return found


def _about(port: ET.Element, service: dict[str, str]) -> dict[str, Any]:
    state = port.find("state")
    return {
        "service": {name: service[name] for name in _SERVICE if name in service},
        "cpe": [one.text or "" for one in port.iterfind("service/cpe")],
        "reason": state.get("reason", "") if state is not None else "",
        **_scripts(port, "."),
    }


def _scripts(element: ET.Element, path: str) -> dict[str, Any]:
    """What the scripts said: `script.http-title` and the like."""
    within = element.find(path)
    found = list(within.iterfind("script"))[:_MOST_SCRIPTS] if within is not None else []
    return {f"script.{one.get('id', '')}": one.get("output", "") for one in found}


def _is_up(host: ET.Element) -> bool:
    status = host.find("status")
    return status is None or status.get("state") == "up"


def _state(port: ET.Element) -> str:
    state = port.find("state")
    return state.get("state", "") if state is not None else ""


def _address(host: ET.Element) -> str:
    found = (one.get("addr", "") for one in host.iterfind("address") if one.get("addrtype") != "mac")
    return next(found, "")


def _hostname(host: ET.Element) -> str:
    """The name that was scanned, or else the one that its address has."""
    names = list(host.iterfind("hostnames/hostname"))
    names.sort(key=lambda one: one.get("type") != "user")
    return names[0].get("name", "") if names else ""


def _moment(seconds: str) -> str:
    try:
        return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return seconds
