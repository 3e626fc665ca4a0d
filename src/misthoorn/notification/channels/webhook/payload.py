"""What a webhook's reader gets: the notice as JSON. docs/guide/webhooks.md describes it. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from misthoorn.notification.compose.facts import Evidence

MOST_FINDINGS = 500
PING = "webhook.ping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a payload says of its notice. `title` and `text` are the message as a person would read it."""

    kind: str
    at: datetime
    number: str
    code: str
    subject: str
    severity: str
    tlp: str
    language: str
    title: str
    text: str
    evidence: Sequence[Evidence] = ()


def payload(told: Told) -> str:
    """The body, the same in every attempt. Findings beyond MOST_FINDINGS are counted and left out."""
    findings = [_finding(one) for one in told.evidence[:MOST_FINDINGS]]
    data = {
        "number": told.number,
        "code": told.code,
        "kind": told.kind,
        "subject": told.subject,
        "severity": told.severity,
        "tlp": f"TLP:{told.tlp}",
        "language": told.language,
        "title": told.title,
        "text": told.text,
        "findings": findings,
        "findings_total": len(told.evidence),
    }
    return _document(f"{told.kind}.created", at=told.at, data=data)


def ping(*, at: datetime) -> str:
    """The body of a test: nothing has to be done about it."""
    return _document(PING, at=at, data={"text": "A test. Nothing has to be done."})


def _document(kind: str, *, at: datetime, data: dict[str, object]) -> str:
    document = {"type": kind, "timestamp": _moment(at), "data": data}
    return json.dumps(document, ensure_ascii=False, indent=1)


def _finding(one: Evidence) -> dict[str, object]:
    values = {
        "address": one.address,
        "port": one.port,
        "protocol": one.protocol,
        "hostname": one.hostname,
        "what": one.what,
        "product": one.product,
        "version": one.version,
        "destination": one.destination,
        "seen": _moment(one.seen) if one.seen else None,
    }
    return {name: value for name, value in values.items() if value not in {"", None}}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
