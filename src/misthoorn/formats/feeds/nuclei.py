"""`nuclei`: what Nuclei found (-jsonl or -json-export), as researchers such as DIVD hand it over.

Source: ResultEvent in https://github.com/projectdiscovery/nuclei/blob/dev/pkg/output/output.go. Requests, answers and
commands are left out of the evidence: they can hold what should not be passed on. The batch keeps them.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats.identifiers.cve_names import CVE_NUMBER
from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.observations.targets import Place, place_of_host, place_of_url
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.evidence import as_identifier, flat, plain
from misthoorn.formats.readers.json_records import read_json
from misthoorn.formats.values.schema import EventChunk

_ROLES = frozenset(("template-id", "templateID", "ip", "timestamp", "info.severity", "port"))
_KEPT_BACK = frozenset(("request", "response", "curl-command", "interaction", "template-encoded", "template", "raw"))
_UNRATED = frozenset(("unknown", "undefined"))

# What tags of a template say, the first that is there; anything else is a vulnerable system.
_TYPES = {
    "malware": "system-compromise",
    "backdoor": "system-compromise",
    "webshell": "system-compromise",
    "c2": "c2-server",
    "phishing": "phishing",
    "exposure": "information-disclosure",
    "disclosure": "information-disclosure",
    "exposures": "information-disclosure",
    "panel": "potentially-unwanted-accessible",
    "login": "potentially-unwanted-accessible",
    "ssl": "weak-crypto",
    "tls": "weak-crypto",
    "tech": "undetermined",
    "detect": "undetermined",
}


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each match."""
    return read_observed(read_json(stream), understand=understand, now=now, fold=fold)


def understand(record: dict[str, Any]) -> Iterator[Observed]:
    """The match that a record is.

    Raises:
        RefusedError: it is no result of Nuclei, or a template that did not match.
    """
    template = json_values.text(record.get("template-id")) or json_values.text(record.get("templateID"))
    info = record.get("info")
    if not template or not isinstance(info, dict):
        raise RefusedError(
            WRONG_KIND, "This is no result of Nuclei (template-id, info). Choose the format that it is in."
        )
    if record.get("matcher-status") is False:
        raise RefusedError("nothing-seen", f"The template {template[:80]} did not match, so nothing was seen.")
    place = _place(record)
    numbers = _numbers(info)
    severity = json_values.text(info.get("severity")).lower()
    yield Observed(
        time=json_values.text(record.get("timestamp")),
        identifier=numbers[0] if len(numbers) == 1 else as_identifier(template),
        ip=json_values.text(record.get("ip")) or place.ip,
        port=place.port,
        hostname=place.hostname,
        type_=_type(info, numbers),
        severity="" if severity in _UNRATED else severity,
        evidence=(("template", template), *flat(record, without=_ROLES | _KEPT_BACK).items()),
    )


def _place(record: dict[str, Any]) -> Place:
    """Where it matched; the host that was asked, where that says more."""
    matched = place_of_url(json_values.text(record.get("matched-at")) or json_values.text(record.get("matched")))
    asked = place_of_url(json_values.text(record.get("url")) or json_values.text(record.get("host")))
    if not matched.ip and not matched.hostname:
        matched = asked
    if not matched.ip and not matched.hostname:
        matched = place_of_host(json_values.text(record.get("host")))
    port = matched.port or plain(record.get("port"))
    return Place(ip=matched.ip, hostname=matched.hostname or asked.hostname, port=port)


def _numbers(info: dict[str, Any]) -> list[str]:
    """The CVE numbers, as texts or in lists."""
    told = json_values.member(info, "classification", "cve-id")
    numbers = json_values.texts(told) if isinstance(told, list) else tuple(json_values.text(told).split(","))
    return [number for one in numbers if CVE_NUMBER.fullmatch(number := one.strip().upper())]


def _type(info: dict[str, Any], numbers: list[str]) -> str:
    if numbers:
        return "vulnerable-system"
    tags = info.get("tags")
    words = json_values.texts(tags) if isinstance(tags, list) else tuple(json_values.text(tags).split(","))
    found = {word.strip().lower() for word in words}
    return next((type_ for tag, type_ in _TYPES.items() if tag in found), "vulnerable-system")
