"""`arf`: feedback reports on mail (ARF): one message, an mbox, or a zip archive of messages.

Source: RFC 5965 and RFC 6591. The system is the Source-IP; names in the report are those of everybody who was involved,
so that they are evidence, and count only where a report has no address. Who complained is nobody's business.
"""

from collections.abc import Iterator
from datetime import datetime
from email.message import Message
from itertools import islice
from typing import Any, BinaryIO

from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.observations.targets import Place, place_of_host, place_of_url
from misthoorn.formats.readers.documents import WRONG_KIND, Problem, RefusedError
from misthoorn.formats.readers.evidence import pairs
from misthoorn.formats.readers.mails import MAIL, header, moment, read_mails, tidy
from misthoorn.formats.values.rsit import Kind
from misthoorn.formats.values.schema import EventChunk

type _Mail = Message[Any, Any]

_MOST_FIELDS = 100
_KINDS = {
    "abuse": Kind("spam", "spam-report"),
    "auth-failure": Kind("undetermined", "mail-not-authenticated"),
    "fraud": Kind("phishing", "phishing-mail"),
    "opt-out": Kind("spam", "unwanted-newsletter", "information"),
    "opt-out-list": Kind("spam", "unwanted-newsletter", "information"),
    "virus": Kind("malware-distribution", "malware-mail"),
}
_OTHER = Kind("undetermined", "mail-report")
_NOT_ABUSE = "not-spam"
_DATES = ("arrival", "received")
_LEFT_OUT = frozenset(("source-ip", "original-rcpt-to", "redacted-address"))


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each report; several where it names places of the web instead of an address."""
    return read_observed(read_mails(stream), understand=understand, now=now, fold=fold)


def understand(record: dict[str, Any]) -> Iterator[Observed | Problem]:
    """The events that a mail reports.

    Raises:
        RefusedError: the mail is no feedback report.
    """
    mail: _Mail = record[MAIL]
    report = next((part for part in mail.walk() if part.get_content_type() == "message/feedback-report"), None)
    if report is None:
        raise RefusedError(
            WRONG_KIND,
            "This mail is not a feedback report (message/feedback-report). Choose the format that the source names.",
        )
    fields = _fields(report)
    type_ = " ".join(fields.get("feedback-type", [])).lower()
    if type_ == _NOT_ABUSE:
        yield Problem("not-abuse", "The report says that a mail was no spam, so there is nothing to warn of.", fields)
        return
    kind = _KINDS.get(type_, _OTHER)
    when = next((fields[f"{date}-date"][0] for date in _DATES if f"{date}-date" in fields), header(mail, "Date"))
    said = {name: ", ".join(values) for name, values in fields.items() if name not in _LEFT_OUT}
    for place in _places(fields):
        yield Observed(
            time=moment(when),
            ip=place.ip,
            port=place.port,
            hostname=place.hostname,
            type_=kind.type_,
            identifier=kind.identifier,
            severity=kind.urgency,
            evidence=pairs(said | _about(mail)),
        )


def _fields(report: _Mail) -> dict[str, list[str]]:
    """The fields by their names in small letters; some may be there several times."""
    payload = report.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    fields: dict[str, list[str]] = {}
    for name, value in islice(inner.items(), _MOST_FIELDS) if isinstance(inner, Message) else ():
        fields.setdefault(tidy(name).lower(), []).append(tidy(value))
    return fields


def _places(fields: dict[str, list[str]]) -> list[Place]:
    if addresses := fields.get("source-ip"):
        return [Place(ip=_literal(addresses[0]), port=fields.get("source-port", [""])[0])]
    places = [place_of_url(uri) for uri in fields.get("reported-uri", [])]
    places += [place_of_host(domain) for domain in fields.get("reported-domain", [])]
    return list(dict.fromkeys(place for place in places if place.ip or place.hostname)) or [Place()]


def _literal(text: str) -> str:
    """The address without a remark, and without the signs of an address literal in a mail (RFC 5321): [IPv6:…]."""
    bare = text.partition("(")[0].strip().removeprefix("[").removesuffix("]")
    return bare[5:] if bare[:5].lower() == "ipv6:" else bare


def _about(mail: _Mail) -> dict[str, str]:
    """Of the report and the mail that it is about, what helps to find them again."""
    reported = next((part for part in mail.walk() if part.get_content_type() == "message/rfc822"), None)
    original = reported.get_payload(0) if reported is not None and reported.is_multipart() else None
    said = {"report.from": header(mail, "From"), "report.message-id": header(mail, "Message-Id")}
    if isinstance(original, Message):
        said |= {f"mail.{name.lower()}": header(original, name) for name in ("Subject", "Message-Id", "Date")}
    return said
