"""`intelmq`: events of IntelMQ as JSON Lines, a list or nested objects, in its harmonised fields up to 3.5.

Source: https://docs.intelmq.org/latest/user/event/. The system that an event is about is its `source`; where that has
neither an address nor a name, it is the `destination`, and the evidence says so. `raw`, the line that IntelMQ read, is
left out of the evidence: the batch keeps the record.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.observations.targets import place_of_url
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.evidence import as_identifier, flat
from misthoorn.formats.readers.json_records import read_json
from misthoorn.formats.values.rsit import CLASS_OF, USUAL_SEVERITY, check_severity
from misthoorn.formats.values.schema import EventChunk

_REPEATED = frozenset(("raw", "__type", "output"))
_USED = ("classification.type", "severity")
_KNOWN = ("classification.", "source.", "destination.", "time.", "feed.", "protocol.", "extra.")
_ROLES = {"time": ("time.source", "time.observation"), "protocol": ("protocol.transport", "protocol.application")}
_PLACE = {"ip": ("ip",), "port": ("port",), "hostname": ("fqdn", "reverse_dns"), "asn": ("asn",)}
_NO_SEVERITY = frozenset(("", "undefined"))

# Types that are IntelMQ's own or were called otherwise in IntelMQ 1 and 2, and what they are in the incident taxonomy.
_TYPES = {
    "backdoor": "system-compromise",
    "blacklist": "other",
    "botnet-drone": "infected-system",
    "c&c": "c2-server",
    "c2server": "c2-server",
    "compromised": "system-compromise",
    "defacement": "unauthorised-information-modification",
    "dga-domain": "other",
    "dropzone": "other",
    "leak": "data-leak",
    "malware": "malware-distribution",
    "proxy": "other",
    "ransomware": "infected-system",
    "tor": "other",
    "unauthorised-command": "system-compromise",
    "unauthorised-login": "system-compromise",
    "unknown": "undetermined",
    "vulnerable-client": "vulnerable-system",
    "vulnerable-service": "vulnerable-system",
}


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each record."""
    return read_observed(read_json(stream), understand=understand, now=now, fold=fold, networks=True)


def understand(record: dict[str, Any]) -> Iterator[Observed]:
    """The event that a record is.

    Raises:
        RefusedError: it is no event of IntelMQ.
    """
    if record.get("__type", "Event") != "Event":
        raise RefusedError(
            WRONG_KIND, "This is a report of IntelMQ that has not been parsed yet. Send the events that come of it."
        )
    fields = flat(record, without=_REPEATED)
    if not any(field.startswith(_KNOWN) for field in fields):
        raise RefusedError(
            WRONG_KIND, "This is not an event of IntelMQ (classification, source). Choose the format that it is in."
        )
    yield _observed(fields)


def _observed(fields: dict[str, str]) -> Observed:
    side = next((side for side in ("source", "destination") if _names_somebody(fields, side)), "source")
    given = fields.get("classification.type", "")
    type_ = rsit_type(given)
    severity = fields.get("severity", "")
    if severity in _NO_SEVERITY and check_severity(fields.get("extra.severity", ""))[0]:  # before IntelMQ 3.5
        severity = fields["extra.severity"]
    used = set(_USED)
    roles = _place(fields, side, used) | _first(fields, _ROLES, used)
    identifier = as_identifier(fields.get("classification.identifier", ""))
    if identifier == fields.get("classification.identifier"):
        used.add("classification.identifier")
    return Observed(
        type_=type_,
        identifier=identifier or as_identifier(given) or type_,
        severity=USUAL_SEVERITY.get(type_, "") if severity in _NO_SEVERITY else severity,
        evidence=tuple(_evidence(fields, used=used, side=side, type_=type_).items()),
        **roles,
    )


def _evidence(fields: dict[str, str], *, used: set[str], side: str, type_: str) -> dict[str, str]:
    """What did not become a role as it is, and what became one that says less."""
    evidence = {field: text for field, text in fields.items() if field not in used}
    if side == "destination":
        evidence["subject"] = side
    if fields.get("classification.type") != type_:
        evidence["classification.type"] = fields.get("classification.type", "")
    if evidence.get("classification.taxonomy") == CLASS_OF[type_]:
        del evidence["classification.taxonomy"]
    return evidence


def rsit_type(given: str) -> str:
    """The type of the incident taxonomy for one of IntelMQ, of any version; `undetermined` for one that is unknown."""
    word = given.strip().lower().replace(" ", "-").replace("_", "-").replace("unauthorized", "unauthorised")
    type_ = _TYPES.get(word, word)
    return type_ if type_ in CLASS_OF else "undetermined"


def _names_somebody(fields: dict[str, str], side: str) -> bool:
    return any(f"{side}.{field}" in fields for field in ("ip", "fqdn", "reverse_dns", "network", "url"))


def _place(fields: dict[str, str], side: str, used: set[str]) -> dict[str, str]:
    """The roles that say whose system it is."""
    names = {role: tuple(f"{side}.{name}" for name in names) for role, names in _PLACE.items()}
    roles = _first(fields, names, used)
    url = place_of_url(fields.get(f"{side}.url", ""))
    roles["hostname"] = roles["hostname"] or url.hostname
    if not roles["ip"] and not roles["hostname"]:
        roles["ip"] = url.ip or fields.get(f"{side}.network", "")
        roles["port"] = roles["port"] or url.port
    return roles


def _first(fields: dict[str, str], names: Mapping[str, tuple[str, ...]], used: set[str]) -> dict[str, str]:
    """For each role the first of its fields that is there; `used` gets those."""
    found = {role: next((name for name in choices if name in fields), "") for role, choices in names.items()}
    used.update(found.values())
    return {role: fields.get(name, "") for role, name in found.items()}
