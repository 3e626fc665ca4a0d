"""`misp`: events of MISP as JSON: one event, the answer of a search, or the events of a feed, also as a zip.

Source: https://www.misp-project.org/misp-rfc/ (misp-core-format). Each attribute is a row, on its own or in an object.
One that names an address, a network, a host or an AS number is an event; another is refused for that reason.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO

from misthoorn.common.tlp import Tlp, parse_tlp, strictest
from misthoorn.formats.exchange.misp_types import AS_NUMBER, PLACES, reason_for_none
from misthoorn.formats.exchange.threat_words import BENIGN, kind_of_words
from misthoorn.formats.observations.cells import check_asn
from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.observations.targets import Place
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.archive import Member, open_members
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.evidence import Pairs, flat, plain
from misthoorn.formats.readers.json_records import Record, read_json
from misthoorn.formats.readers.record_parts import Part, each_part
from misthoorn.formats.readers.rows import Limits
from misthoorn.formats.readers.unpack import Source
from misthoorn.formats.values.refusals import sentence
from misthoorn.formats.values.rsit import Kind
from misthoorn.formats.values.schema import EventChunk, FormatError

LIMITS = Limits(block=65 * 1024 * 1024, row=32 * 1024 * 1024)  # an event with some 50,000 attributes
_NO_MISP = "This is no event of MISP (Event, Attribute). Choose the format that it is in."
_MANIFEST = "This is the list of a feed's events (manifest). Send the events themselves, or a zip of the feed."
_PROPOSAL = "This attribute is proposed by somebody, and the event's owner has not accepted it."
_LEFT_OUT = (
    *("value", "type", "Tag", "Galaxy", "Sighting", "Event", "ShadowAttribute", "SharingGroup", "data", "id"),
    *("deleted", "event_id", "object_id", "sharing_group_id", "first_seen", "last_seen", "disable_correlation"),
)
_LISTS = frozenset(("manifest.json", "hashes.csv"))
_SIGHTED, _FALSE, _EXPIRED = "0", "1", "2"  # types of sightings
_PORTS = ("dst-port", "port", "src-port")


@dataclass(frozen=True, slots=True)
class _Context:
    """What an event or an object says of all its attributes."""

    tags: tuple[str, ...]
    told: Pairs
    moment: str
    port: str = ""


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each attribute that names an address or a host."""
    members = open_members(stream)
    records = _documents(stream) if members is None else _in_archive(members)
    understand = partial(_understand, now=now)
    return read_observed(
        each_part(records, parts=_attributes), understand=understand, now=now, fold=fold, networks=True
    )


def _documents(stream: BinaryIO | Source) -> Iterator[Record]:
    return read_json(stream, member="response", alone=True, limits=LIMITS)


def _in_archive(members: Iterator[Member]) -> Iterator[Record]:
    """The events in a zip of a feed, without its lists of what there is."""
    for member in members:
        code, reason = member.code, member.reason
        if member.name.rpartition("/")[2] in _LISTS:
            continue
        if member.source:
            try:
                yield from _documents(member.source)
            except FormatError as error:
                code, reason = "file", str(error)
        if code:
            yield Record(0, 0, b"", None, code, f"{member.shown}: {reason}")


def _attributes(record: dict[str, Any]) -> Iterator[Part]:
    """The attributes of an event, each with what the event or its object says of it."""
    found = record.get("Event", record)
    if isinstance(record.get("response"), dict):  # a search for attributes
        found = record["response"]
    if not isinstance(found, dict) or not {"Attribute", "Object"} & found.keys():
        raise RefusedError(WRONG_KIND, _MANIFEST if _is_manifest(record) else _NO_MISP)
    event = _Context(_tags(found), _about(found), _moment(found.get("timestamp")))
    for attribute in json_values.objects(found.get("Attribute")):
        yield attribute, {"attribute": attribute, "context": event}
    for one in json_values.objects(found.get("Object")):
        within = _of_object(one, event)
        for attribute in json_values.objects(one.get("Attribute")):
            gone = _says_yes(one.get("deleted")) or _says_yes(attribute.get("deleted"))
            yield attribute, {"attribute": attribute | {"deleted": gone}, "context": within}
    for proposal in json_values.objects(found.get("ShadowAttribute")):
        yield proposal, {}


def _is_manifest(record: Mapping[str, Any]) -> bool:
    return bool(record) and all(isinstance(one, dict) and "Orgc" in one for one in record.values())


def _about(event: Mapping[str, Any]) -> Pairs:
    galaxies = [
        json_values.text(cluster.get("value"))
        for galaxy in json_values.objects(event.get("Galaxy"))
        for cluster in json_values.objects(galaxy.get("GalaxyCluster"))
    ]
    names = ("uuid", "info", "published", "threat_level_id", "analysis")
    told = {f"event.{name}": event[name] for name in names if name in event}
    return tuple(
        flat(told | {"event.org": json_values.member(event, "Orgc", "name"), "event.galaxies": galaxies}).items()
    )


def _of_object(one: Mapping[str, Any], event: _Context) -> _Context:
    """The port that belongs to the addresses of an object, and its name."""
    parts = {
        json_values.text(part.get("object_relation")): plain(part.get("value"))
        for part in json_values.objects(one.get("Attribute"))
    }
    port = next((parts[name] for name in _PORTS if name in parts), "")
    return replace(event, told=(*event.told, ("object", json_values.text(one.get("name")))), port=port)


def _understand(part: dict[str, Any], *, now: datetime) -> Iterator[Observed]:
    if not part:
        raise RefusedError("proposal", _PROPOSAL)
    attribute: dict[str, Any] = part["attribute"]
    context: _Context = part["context"]
    type_, value = json_values.text(attribute.get("type")), json_values.text(attribute.get("value"))
    if problem := _unusable(attribute, now):
        raise RefusedError(*problem)
    if type_ not in PLACES and type_ != AS_NUMBER:
        raise RefusedError(*reason_for_none(type_))
    if type_ == AS_NUMBER and (code := check_asn(value)[1]):
        raise RefusedError(code, sentence(code, value))
    tags = (*_tags(attribute), *context.tags)
    kind = kind_of_words(tags)
    if kind is BENIGN:
        raise RefusedError("benign", "The tags say that this is benign or a false positive.")
    yield _observed(attribute, kind, replace(context, tags=tags))


def _unusable(attribute: Mapping[str, Any], now: datetime) -> tuple[str, str] | None:
    if _says_yes(attribute.get("deleted")):
        return "withdrawn", "This attribute was deleted by its source."
    sightings = _sightings(attribute)
    if _FALSE in sightings and sightings[_FALSE] >= sightings.get(_SIGHTED, ""):
        return "benign", "Whoever saw this last says that it is a false positive."
    if _EXPIRED in sightings and sightings[_EXPIRED] <= f"{now:%Y-%m-%dT%H:%M:%SZ}":
        return "expired", "A sighting says that this attribute has expired."
    return None


def _observed(attribute: dict[str, Any], kind: Kind, context: _Context) -> Observed:
    type_, value = json_values.text(attribute.get("type")), json_values.text(attribute.get("value"))
    place, labels = PLACES.get(type_, _nowhere)(value), _labels(context.tags)
    asn = value if type_ == AS_NUMBER else ""
    sightings = _sightings(attribute)
    watched = _says_yes(attribute.get("to_ids"))
    noted = _moment(attribute.get("timestamp"))
    seen = (sightings.get(_SIGHTED), attribute.get("last_seen"), attribute.get("first_seen"), noted)
    evidence = (
        ("value", "" if value in {place.ip, place.hostname, asn} else plain(value)),
        ("tlp", strictest(labels).value if labels else ""),
        ("tags", plain(", ".join(context.tags))),
        *flat(attribute, without=_LEFT_OUT).items(),
        *context.told,
    )
    return Observed(
        time=next((told for one in seen if (told := json_values.text(one))), context.moment),
        identifier=kind.identifier,
        ip=place.ip,
        port=place.port or context.port,
        hostname=place.hostname,
        asn=asn,
        type_=kind.type_,
        severity=kind.urgency if watched else "information",  # its source does not want it to raise alarms
        evidence=evidence,
    )


def _nowhere(_value: str) -> Place:
    return Place()


def _says_yes(value: object) -> bool:
    return plain(value) in {"true", "1"}


def _sightings(attribute: Mapping[str, Any]) -> dict[str, str]:
    """By the type of the sighting the moment of the last one."""
    last: dict[str, str] = {}
    for sighting in json_values.objects(attribute.get("Sighting")):
        type_ = plain(sighting.get("type")) or _SIGHTED
        last[type_] = max(last.get(type_, ""), _moment(sighting.get("date_sighting")))
    return last


def _tags(record: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for tag in json_values.objects(record.get("Tag")) if (name := json_values.text(tag.get("name"))))


def _labels(tags: tuple[str, ...]) -> list[Tlp]:
    labels = []
    for tag in tags:
        if tag.lower().startswith("tlp:"):
            try:
                labels.append(parse_tlp(tag))
            except ValueError:
                continue
    return labels


def _moment(seconds: object) -> str:
    """A moment in seconds since 1970, as number or text; anything else as it is."""
    text = plain(seconds)
    try:
        return f"{datetime.fromtimestamp(int(text), UTC):%Y-%m-%dT%H:%M:%SZ}" if text else ""
    except (ValueError, OverflowError, OSError):
        return text
