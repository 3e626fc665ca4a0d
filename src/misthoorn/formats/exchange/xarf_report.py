"""A report in X-ARF, version 4.2, of an event, for those who take in reports by machine.

Source: https://github.com/xarf/xarf-spec, schemas of version 4.2. Each type demands fields of its own; an event that
lacks them becomes a report of a wider type. The tag rsit:TYPE keeps the type of the incident taxonomy.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import Any

from misthoorn.formats.readers.evidence import plain

VERSION = "4.2.0"
_HIGHEST_PORT = 65_535
_LONGEST_URL = 2_000
_TAG = re.compile(r"[a-z0-9][a-z0-9_+-]*")
_URL = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[!-~]+", re.IGNORECASE)
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,10}", re.IGNORECASE)
_URL_NAMES = ("url", "source.url", "infringing_url", "http_url")
_FAMILY_NAMES = ("malware.name", "family", "malware", "malware_family", "infection", "name")

type Event = Mapping[str, Any]
type _Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Party:
    """Who reports: the name of the organisation, its address for mail, and its domain."""

    org: str
    contact: str
    domain: str


def write_report(event: Event, *, reporter: Party, sender: Party, report_id: str) -> dict[str, Any]:
    """A report of an event in EVENT_SCHEMA, as a JSON object; `report_id` is a UUID that was never used before.

    Everything that the event's source said goes along as evidence.
    """
    evidence: dict[str, str] = json.loads(event["evidence"])
    moment = event["time"].astimezone(UTC).isoformat().replace("+00:00", "Z")
    attempts = (*_WAYS.get(event["type"], ()), _threat)
    fields = next(found for way in attempts if (found := way(event, evidence)))
    if fields["category"] == "connection":
        fields["first_seen"] = moment
    place = {"source_port": event["port"]} if _has_port(event) else {}
    if event["ip"] and event["hostname"] and _is_domain(event["hostname"]):
        place["domain"] = event["hostname"]
    core = {
        "xarf_version": VERSION,
        "report_id": report_id,
        "timestamp": moment,
        "reporter": asdict(reporter),
        "sender": asdict(sender),
        "source_identifier": event["ip"] or event["hostname"],
        "description": f"{event['class']}/{event['type']}: {event['identifier']}",
        "tags": [f"{space}:{word}" for space, word in _tags(event) if _TAG.fullmatch(word)],
        "evidence": [_item(evidence)],
    }
    return core | place | fields


def _tags(event: Event) -> tuple[tuple[str, str], ...]:
    return ("rsit", event["type"]), ("identifier", event["identifier"].lower()), ("severity", event["severity"])


def _item(evidence: dict[str, str]) -> dict[str, Any]:
    payload = json.dumps(evidence, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    return {
        "content_type": "application/json",
        "description": "What the source of this observation said",
        "payload": base64.b64encode(payload).decode("ascii"),
        "hash": f"sha256:{hashlib.sha256(payload).hexdigest()}",
        "size": len(payload),
    }


def _has_port(event: Event) -> bool:
    return event["port"] is not None and 1 <= event["port"] <= _HIGHEST_PORT


def _is_domain(name: str) -> bool:
    """Whether the schema takes this host name: it knows neither underscores nor two hyphens on end."""
    *labels, top = name.split(".")
    return all(part.isalnum() for label in labels for part in label.split("-")) and top.isalpha() and len(top) > 1


def _first(evidence: dict[str, str], names: tuple[str, ...]) -> str:
    return next((evidence[name] for name in names if evidence.get(name)), "")


def _connection(type_: str, **more: str) -> Callable[[Event, dict[str, str]], _Fields | None]:
    """A report on traffic: it needs the transport and the port that it came from."""

    def way(event: Event, evidence: dict[str, str]) -> _Fields | None:  # noqa: ARG001  one signature for all ways
        if event["protocol"] not in {"tcp", "udp"} or not _has_port(event):
            return None
        return {"category": "connection", "type": type_, "protocol": event["protocol"], **more}

    return way


def _content(type_: str, **more: str) -> Callable[[Event, dict[str, str]], _Fields | None]:
    """A report on what is served: it needs the URL."""

    def way(event: Event, evidence: dict[str, str]) -> _Fields | None:  # noqa: ARG001  one signature for all ways
        url = _first(evidence, _URL_NAMES)
        if not _URL.fullmatch(url) or len(url) > _LONGEST_URL:
            return None
        name = "infringing_url" if type_ == "copyright" else "url"
        return {"category": "copyright" if type_ == "copyright" else "content", "type": type_, name: url, **more}

    return way


def _botnet(event: Event, evidence: dict[str, str]) -> _Fields:
    fields = {"category": "infrastructure", "type": "botnet", "compromise_evidence": event["identifier"]}
    family = plain(_first(evidence, _FAMILY_NAMES))[:200]
    return fields | ({"malware_family": family} if family else {})


def _compromised(event: Event, evidence: dict[str, str]) -> _Fields:  # noqa: ARG001  one signature for all ways
    return {"category": "infrastructure", "type": "compromised_server", "compromise_method": event["identifier"]}


def _cve(event: Event, evidence: dict[str, str]) -> _Fields | None:
    texts = (event["identifier"], evidence.get("cve_id", ""), evidence.get("cve", ""), evidence.get("tag", ""))
    cve = next((match[0].upper() for text in texts if (match := _CVE.search(text))), "")
    if not cve or not _has_port(event):
        return None
    service = event["protocol"] or "unknown"
    return {
        "category": "vulnerability",
        "type": "cve",
        "service": service,
        "service_port": event["port"],
        "cve_id": cve,
    }


def _open_service(event: Event, evidence: dict[str, str]) -> _Fields:  # noqa: ARG001  one signature for all ways
    return {
        "category": "vulnerability",
        "type": "open_service",
        "service": event["identifier"].removeprefix("open-"),
    }


def _threat(event: Event, evidence: dict[str, str]) -> _Fields:  # noqa: ARG001  one signature for all ways
    return {"category": "reputation", "type": "threat_intelligence", "threat_type": event["type"]}


_WAYS: dict[str, tuple[Callable[[Event, dict[str, str]], _Fields | None], ...]] = {
    "infected-system": (_connection("infected_host", bot_type="malicious"), _botnet),
    "c2-server": (_botnet,),
    "malware-distribution": (_content("malware"), _compromised),
    "brute-force": (_connection("login_attack"),),
    "scanner": (_connection("port_scan"),),
    "exploit": (_connection("vulnerability_scan", scan_type="mixed"),),
    "ids-alert": (_connection("vulnerability_scan", scan_type="mixed"),),
    "dos": (_connection("ddos"),),
    "ddos": (_connection("ddos"),),
    "phishing": (_content("phishing"),),
    "masquerade": (_content("fraud", fraud_type="other"),),
    "copyright": (_content("copyright"),),
    "application-compromise": (_content("remote_compromise", compromise_type="other"), _compromised),
    "unauthorised-information-modification": (
        _content("remote_compromise", compromise_type="defacement"),
        _compromised,
    ),
    "privileged-account-compromise": (_compromised,),
    "unprivileged-account-compromise": (_compromised,),
    "system-compromise": (_compromised,),
    "vulnerable-system": (_cve, _open_service),
    "weak-crypto": (_cve, _open_service),
    "ddos-amplifier": (_open_service,),
    "potentially-unwanted-accessible": (_cve, _open_service),
    "information-disclosure": (_cve, _open_service),
}
