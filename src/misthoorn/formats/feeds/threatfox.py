"""`threatfox`: indicators of abuse.ch's ThreatFox, as CSV or JSON, or a zip of these.

Source: https://threatfox.abuse.ch/export/. Taken are `ip:port`, `domain` and `url`; hashes of files and addresses of
mail name nobody's system. The time is when it was last seen, or else first.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.observations.last_seen import last_seen
from misthoorn.formats.observations.targets import place_of_host, place_of_url
from misthoorn.formats.readers.archive import read_each
from misthoorn.formats.readers.documents import WRONG_KIND, Problem, RefusedError
from misthoorn.formats.readers.evidence import pairs
from misthoorn.formats.readers.json_records import ANY, Record, read_json
from misthoorn.formats.readers.json_values import text
from misthoorn.formats.readers.text_records import Table, read_table
from misthoorn.formats.readers.unpack import Source
from misthoorn.formats.values.refusals import sentence
from misthoorn.formats.values.rsit import Kind
from misthoorn.formats.values.schema import EventChunk

_TABLE = Table(needed=frozenset(("first_seen_utc", "ioc_value", "ioc_type")))
_KINDS = {
    "botnet_cc": Kind("c2-server", "malware-control-server"),
    "payload_delivery": Kind("malware-distribution", "malware-url"),
    "cc_skimming": Kind("application-compromise", "payment-skimmer"),
}
_OTHER = Kind("undetermined", "threat-indicator")
_VALUES = ("ioc_value", "ioc")
_TIMES, _LAST = ("first_seen_utc", "first_seen"), ("last_seen_utc", "last_seen")


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each indicator that leads to a system."""
    return read_observed(read_each(stream, _records), understand=understand, now=now, fold=fold)


def _records(source: Source) -> Iterator[Record]:
    return read_json(source, member=ANY) if source.is_json() else read_table(source, table=_TABLE)


def understand(record: dict[str, Any]) -> Iterator[Observed | Problem]:
    """The event that an indicator is.

    Raises:
        RefusedError: it is none of ThreatFox.
    """
    value = next((value for value in _VALUES if value in record), None)
    if value is None or "ioc_type" not in record:
        raise RefusedError(
            WRONG_KIND, "This is not an indicator of ThreatFox (ioc_type). Choose the format that the source names."
        )
    what, sort = text(record[value]), text(record["ioc_type"])
    if "hash" in sort:
        yield Problem("subject-file", sentence("subject-file", what), record)
    elif sort.endswith("_from"):
        yield Problem("subject-mail", sentence("subject-mail", what), record)
    else:
        time, column = last_seen(record, first=_TIMES, last=_LAST)
        kind = _KINDS.get(text(record.get("threat_type")), _OTHER)
        place = place_of_url(what) if sort == "url" else place_of_host(what)
        yield Observed(
            time=time,
            ip=place.ip,
            port=place.port,
            hostname=place.hostname,
            type_=kind.type_,
            identifier=kind.identifier,
            severity=kind.urgency,
            evidence=pairs(record, without={column}),
        )
