"""`xarf`: abuse reports in X-ARF: JSON of version 4 or 3, or mails that carry it or a report of version 0.1 or 0.2.

Source: https://github.com/xarf/xarf-spec. The system is the source of the report; where that is a URL or an address of
mail, it is the host of the URL. A tag rsit:TYPE, as this service writes it, says the type more exactly. Attached
evidence is described and not repeated, and who complained is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email.message import Message
from typing import Any, BinaryIO

from misthoorn.formats.exchange.xarf_kinds import kind_of
from misthoorn.formats.identifiers.cve_names import CVE_NUMBER
from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.observations.targets import Place, place_of_host, place_of_url
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.archive import read_each
from misthoorn.formats.readers.documents import WRONG_KIND, Problem, RefusedError
from misthoorn.formats.readers.evidence import as_identifier, pairs, plain
from misthoorn.formats.readers.json_records import read_json, read_record
from misthoorn.formats.readers.mails import MAIL, moment, read_messages
from misthoorn.formats.values.rsit import CLASS_OF, Kind, check_severity
from misthoorn.formats.values.schema import EventChunk

type _Mail = Message[Any, Any]
type _Found = Iterator[Observed | Problem]

_MOST_TEXT = 64 * 1024
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]*([^\r\n]{0,4000})")
_MARKS = (b'"xarf_version"', b'"ReporterInfo"')
_TAG = "rsit:"
_WRONG = "This is not a report in X-ARF (xarf_version). Choose the format that the source names."
_USED = frozenset(("xarf_version", "timestamp", "category", "type", "_internal", "protocol", "smtp_to"))
_USED_3 = frozenset(("Date", "Attachment", "SmtpRcptToAddress"))


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each report; a mail may carry several."""
    records = read_each(stream, lambda source: read_json(source) if source.is_json() else read_messages(source))
    return read_observed(records, understand=understand, now=now, fold=fold)


def understand(record: dict[str, Any]) -> _Found:
    """The events that a report, or a mail with reports, is.

    Raises:
        RefusedError: it is neither.
    """
    mail = record.get(MAIL)
    if isinstance(mail, Message):
        yield from _attached(mail)
    elif isinstance(record.get("Report"), dict):
        yield _version_3(record, record["Report"])
    elif "xarf_version" in record:
        yield _version_4(record)
    else:
        raise RefusedError(WRONG_KIND, _WRONG)


def _attached(mail: _Mail) -> _Found:
    """What the reports in a mail say."""
    found = False
    for part in mail.walk():
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        if payload.lstrip().startswith(b"{") and any(mark in payload for mark in _MARKS):
            found = True
            yield from _json(payload)
        elif b"Report-Type:" in payload[:_MOST_TEXT] and part.get_filename():
            found = True
            yield _version_0(payload[:_MOST_TEXT].decode("utf-8", "replace").replace("\0", "\ufffd"))
    if not found:
        raise RefusedError(WRONG_KIND, "This mail carries no report in X-ARF. Choose the format that the source names.")


def _json(payload: bytes) -> _Found:
    record = read_record(payload)
    if record.value is None:
        yield Problem(record.code, record.reason, payload[:_MOST_TEXT].decode("utf-8", "replace"))
    else:
        yield from understand(record.value)


def _version_4(record: dict[str, Any]) -> Observed:
    kind = kind_of(json_values.text(record.get("category")), json_values.text(record.get("type")))
    port = "service_port" if record.get("category") == "vulnerability" and "service_port" in record else "source_port"
    said = {name: value for name, value in record.items() if name not in _USED | {port, "severity"}}
    said["evidence"] = [
        {name: value for name, value in item.items() if name != "payload"}
        for item in json_values.objects(record.get("evidence"))
    ]
    severity = json_values.text(record.get("severity"))
    return _observed(
        kind=replace(
            kind,
            type_=_type(record, kind),
            identifier=_identifier(
                kind, service=json_values.text(record.get("service")), number=json_values.text(record.get("cve_id"))
            ),
            severity=severity if check_severity(severity)[0] else kind.severity,
        ),
        time=json_values.text(record.get("timestamp")),
        place=_place(json_values.text(record.get("source_identifier")), record, ("url", "infringing_url"), ("domain",)),
        port=plain(record.get(port)),
        protocol=json_values.text(record.get("protocol")),
        said={"category": record.get("category"), "type": record.get("type")} | said,
    )


def _type(record: dict[str, Any], kind: Kind) -> str:
    tags = (tag.removeprefix(_TAG) for tag in json_values.texts(record.get("tags")) if tag.startswith(_TAG))
    return next((tag for tag in tags if tag in CLASS_OF), kind.type_)


def _identifier(kind: Kind, *, service: str, number: str) -> str:
    """Open services and known vulnerabilities are told apart by which one it is."""
    if kind.identifier == "open-service" and (name := as_identifier(service)):
        return f"open-{name.removeprefix('open-')}"
    number = number.upper()
    return number if kind.identifier == "known-vulnerability" and CVE_NUMBER.fullmatch(number) else kind.identifier


def _version_3(record: dict[str, Any], report: dict[str, Any]) -> Observed:
    source = report.get("Source")
    fields = report | (source if isinstance(source, dict) else {"Source": json_values.text(source)})
    sources = ("IP", "SourceIp", "Source", "AttackerIp")
    address = next((told for name in sources if (told := json_values.text(fields.get(name)))), "")
    said = {name: value for name, value in report.items() if name not in _USED_3}
    kind = kind_of(json_values.text(report.get("ReportClass")), json_values.text(report.get("ReportType")))
    service, number = json_values.text(report.get("ServiceName")), json_values.text(report.get("CVE"))
    protocols = (fields.get("Protocol"), fields.get("TransportProtocol"))
    return _observed(
        kind=replace(kind, identifier=_identifier(kind, service=service, number=number)),
        time=json_values.text(report.get("Date")),
        place=_place(address, fields, ("URL", "Url", "SourceUrl", "ReportedUrl"), ("Domain", "SourceDomain")),
        port=plain(fields.get("Port")) or plain(fields.get("SourcePort")),
        protocol=next(
            (told for one in protocols if (told := json_values.text(one))),
            json_values.text(json_values.member(report, "AdditionalInfo", "Protocol")),
        ),
        said={"reporter": record.get("ReporterInfo")} | said,
    )


def _version_0(text: str) -> Observed:
    """A report of version 0.1 or 0.2: a field on each line."""
    matches = (_FIELD.match(line) for line in text.splitlines())
    fields = {match[1]: match[2].removeprefix("!!python/unicode ").strip(" '\"") for match in matches if match}
    return _observed(
        kind=kind_of(fields.get("Category", ""), fields.get("Report-Type", "")),
        time=moment(fields.get("Date", "")),
        place=_place(fields.get("Source", ""), fields, ("Download-Link",), ("Domain",)),
        port=fields.get("Port", ""),
        protocol="",
        said={name: value for name, value in fields.items() if name not in {"Date", "Port"}},
    )


def _place(source: str, fields: dict[str, Any], urls: tuple[str, ...], names: tuple[str, ...]) -> Place:
    """The address that the source is, and the name it is known by; a URL only where that says nothing."""
    place = place_of_url(source) if "://" in source else place_of_host(source)
    others = [place_of_host(json_values.text(fields.get(name))) for name in names]
    others += [place_of_url(json_values.text(fields.get(url))) for url in urls]
    hostname = place.hostname or next((other.hostname for other in others if other.hostname), "")
    if place.ip or hostname:
        return Place(ip=place.ip, hostname=hostname, port=place.port)
    return next((other for other in others if other.ip), place)


def _observed(*, kind: Kind, time: str, place: Place, port: str, protocol: str, said: dict[str, Any]) -> Observed:
    return Observed(
        time=time,
        ip=place.ip,
        port=port or place.port,
        protocol=protocol,
        hostname=place.hostname,
        type_=kind.type_,
        identifier=kind.identifier,
        severity=kind.urgency,
        evidence=pairs(said),
    )
