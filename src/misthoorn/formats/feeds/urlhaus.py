"""`urlhaus`: URLs that spread malware, as abuse.ch's URLhaus publishes them: CSV or JSON, or a zip of these.

Source: https://urlhaus.abuse.ch/api/. The time is when the URL was last online, or else when it was added; whether
it was online is evidence. JSON is a list, or an object of lists (by number of the URL, or the answer of its API).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.observations.last_seen import last_seen
from misthoorn.formats.observations.targets import place_of_url
from misthoorn.formats.readers.archive import read_each
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.evidence import pairs
from misthoorn.formats.readers.json_records import ANY, Record, read_json
from misthoorn.formats.readers.json_values import text
from misthoorn.formats.readers.text_records import Table, read_table
from misthoorn.formats.readers.unpack import Source
from misthoorn.formats.values.rsit import Kind
from misthoorn.formats.values.schema import EventChunk

_KIND = Kind("malware-distribution", "malware-url")
_TABLE = Table(needed=frozenset(("url",)))
_TIMES, _LAST = ("dateadded", "date_added", "firstseen"), ("last_online", "lastseen")


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each URL."""
    return read_observed(read_each(stream, _records), understand=understand, now=now, fold=fold)


def _records(source: Source) -> Iterator[Record]:
    return read_json(source, member=ANY) if source.is_json() else read_table(source, table=_TABLE)


def understand(record: dict[str, Any]) -> Iterator[Observed]:
    """The event that a URL is.

    Raises:
        RefusedError: it is no record of URLhaus.
    """
    if "url" not in record or not any(when in record for when in _TIMES):
        raise RefusedError(
            WRONG_KIND, "This is not a URL of URLhaus (dateadded, url). Choose the format that the source names."
        )
    place = place_of_url(text(record["url"]))
    time, column = last_seen(record, first=_TIMES, last=_LAST)
    yield Observed(
        time=time,
        ip=place.ip,
        port=place.port,
        hostname=place.hostname,
        type_=_KIND.type_,
        identifier=_KIND.identifier,
        severity=_KIND.urgency,
        evidence=pairs(record, without={column}),
    )
