"""`stix2`: STIX 2.0 and 2.1, a bundle, a TAXII envelope, or objects in JSON Lines: indicators and sightings.

Source: https://docs.oasis-open.org/cti/stix/v2.1/stix-v2.1.html. What is an event is what was seen at somebody's
address or name, in whose network or AS: each place that an indicator's pattern names, and each that the data of a
sighting holds. Of the other objects is taken what these refer to; they are no rows of their own, since they are about
nobody's system.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from misthoorn.formats.exchange.stix_marks import marks
from misthoorn.formats.exchange.stix_observables import Seen, reason_for_none, seen_in_data, seen_in_way
from misthoorn.formats.exchange.stix_pattern import PatternError, ways_to_match
from misthoorn.formats.exchange.threat_words import BENIGN, UNKNOWN, kind_of_words
from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import WRONG_KIND, Problem, RefusedError
from misthoorn.formats.readers.evidence import Pairs, flat
from misthoorn.formats.readers.json_records import Record, read_json
from misthoorn.formats.values.rsit import Kind
from misthoorn.formats.values.schema import EventChunk

MOST_KEPT = 500_000  # objects that sightings may refer to
MOST_TOLD = 1_000_000  # characters that are told of all places of an object together
_ROWS = frozenset(("indicator", "sighting"))
_REFERRED = frozenset(("indicator", "malware", "marking-definition", "observed-data", "network-traffic", "url")) | {
    *("domain-name", "ipv4-addr", "ipv6-addr", "autonomous-system"),
}
_PARTS = frozenset(("type", "name", "labels", "indicator_types", "kill_chain_phases", "definition", "extensions")) | {
    *("object_refs", "objects", "value", "src_ref", "dst_ref", "src_port", "dst_port", "protocols"),
    *("number", "belongs_to_refs"),
}
_ENVELOPE = frozenset(("more", "next"))
_INFECTED = kind_of_words(("infected-system",))
_NO_STIX = "This is no object of STIX (type, id). Choose the format that it is in."
_PATTERNS = frozenset(("", "stix"))
_USED = ("type", "spec_version", "object_marking_refs", "granular_markings", "extensions")
_SIGHTED = ("observed_data_refs", "sighting_of_ref")


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """The places that indicators and sightings name."""
    known: dict[str, dict[str, Any]] = {}
    records = _rows(read_json(stream, member="objects", alone=True), known)
    return read_observed(
        records, understand=partial(_understand, known=known, now=now), now=now, fold=fold, networks=True
    )


def _rows(records: Iterator[Record], known: dict[str, dict[str, Any]]) -> Iterator[Record]:
    """Indicators as they come, and sightings when all that they refer to is known."""
    waiting: list[Record] = []
    for record in records:
        value = record.value
        if value is not None and value.keys() <= _ENVELOPE:  # a page without objects
            continue
        if value is None or not _is_object(value):
            yield record
            continue
        if value["type"] == "sighting" and len(waiting) < MOST_KEPT:
            waiting.append(record)
        elif value["type"] in _ROWS:
            yield record
        if value["type"] in _REFERRED and len(known) < MOST_KEPT:
            known.setdefault(value["id"], {part: value[part] for part in _PARTS & value.keys()})
    yield from waiting


def _is_object(value: dict[str, Any]) -> bool:
    return bool(json_values.text(value.get("type"))) and bool(json_values.text(value.get("id")))


def _understand(
    record: dict[str, Any], *, known: dict[str, dict[str, Any]], now: datetime
) -> Iterator[Observed | Problem]:
    if not _is_object(record):
        raise RefusedError(WRONG_KIND, _NO_STIX)
    if record.get("revoked") is True:
        raise RefusedError("withdrawn", "Its source has revoked this object.")
    if record["type"] == "indicator":
        yield from _indicator(record, known, now)
    else:
        yield from _sighting(record, known)


def _indicator(record: dict[str, Any], known: dict[str, dict[str, Any]], now: datetime) -> Iterator[Observed | Problem]:
    until = json_values.moment(record.get("valid_until"))
    if until and until <= now:
        raise RefusedError("expired", f"This indicator was valid until {until:%Y-%m-%d %H:%M} UTC and no longer.")
    language = json_values.text(record.get("pattern_type")).lower()
    if language not in _PATTERNS:
        raise RefusedError("pattern-invalid", f"The pattern is of the kind {language[:40]!r}; STIX patterns are read.")
    try:
        ways = ways_to_match(json_values.text(record.get("pattern")))
    except PatternError as error:
        raise RefusedError("pattern-invalid", f"The pattern can't be read: {error}.") from error
    kind = _kind(record)
    if kind is BENIGN:
        raise RefusedError("benign", "The indicator stands for something benign, so there is nobody to warn.")
    moment = _first(record, "valid_from", "modified", "created")
    about = (*marks(record, known), *flat(record, without=(*_USED, "pattern_type")).items())
    seen = list(dict.fromkeys(place for way in ways for place in seen_in_way(way)))
    about = _within(about, among=len(seen))
    for place in seen:
        yield _observed(place, kind, moment, about)
    if not seen:
        yield Problem(*reason_for_none(ways), record)


def _sighting(record: dict[str, Any], known: dict[str, dict[str, Any]]) -> Iterator[Observed | Problem]:
    of = known.get(json_values.text(record.get("sighting_of_ref")), {})
    kind = _kind(of)
    moment = _first(record, "last_seen", "first_seen", "modified")
    about = (
        *marks(record, known),
        ("sighting_of", json_values.text(of.get("name")) or json_values.text(record.get("sighting_of_ref"))),
        *flat(record, without=(*_USED, *_SIGHTED)).items(),
    )
    seen: dict[Seen, None] = {}
    for reference in json_values.texts(record.get("observed_data_refs")):
        seen.update(dict.fromkeys(seen_in_data(known.get(reference, {}), known)))
    about = _within(about, among=len(seen))
    for place in seen:
        yield _observed(place, kind, moment, about)
    if not seen:
        reason = "It says that something was seen, and not at whose address or name."
        yield Problem("address-missing", reason, record)


def _first(record: dict[str, Any], *names: str) -> str:
    return next((told for name in names if (told := json_values.text(record.get(name)))), "")


def _within(about: Pairs, *, among: int) -> Pairs:
    """The first of what is told of all places, so that it is not much more when it is said of each."""
    left, kept = MOST_TOLD // max(among, 1), []
    for name, text in about:
        left -= len(name) + len(text)
        if left < 0:
            break
        kept.append((name, text))
    return tuple(kept)


def _observed(place: Seen, kind: Kind, moment: str, about: Pairs) -> Observed:
    return Observed(
        time=moment,
        identifier=kind.identifier,
        ip=place.ip,
        port=place.port,
        protocol=place.protocol,
        hostname=place.hostname,
        asn=place.asn,
        type_=kind.type_,
        severity=kind.urgency,
        evidence=(*place.told, *about),
    )


def _kind(record: dict[str, Any]) -> Kind:
    """What an indicator says of itself, the phase of an attack last; or that malware was sighted."""
    if record.get("type") == "malware":
        return _INFECTED  # seen in action at this place
    words = [*json_values.texts(record.get("labels")), *json_values.texts(record.get("indicator_types"))]
    phases = [json_values.text(one.get("phase_name")) for one in json_values.objects(record.get("kill_chain_phases"))]
    found = kind_of_words(words)
    return found if found is not UNKNOWN else kind_of_words(phases)
