"""`feodo`: control servers of botnets, as abuse.ch's Feodo Tracker publishes them: CSV or JSON.

Source: https://feodotracker.abuse.ch/blocklist/. The time is when the server was first seen; where that is not said,
the day on which it was last online, or that of the delivery.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.evidence import pairs, plain
from misthoorn.formats.readers.json_records import read_json
from misthoorn.formats.readers.json_values import text
from misthoorn.formats.readers.text_records import Table, read_table
from misthoorn.formats.readers.unpack import Source
from misthoorn.formats.values.rsit import Kind
from misthoorn.formats.values.schema import EventChunk

_KIND = Kind("c2-server", "malware-control-server")
_TABLE = Table(
    needed=frozenset(("first_seen_utc", "dst_ip")),
    without_header=("first_seen_utc", "dst_ip", "dst_port", "c2_status", "last_online", "malware"),
)
_NAMES = {
    "time": ("first_seen_utc", "first_seen"),
    "ip": ("dst_ip", "ip_address"),
    "port": ("dst_port", "port"),
    "hostname": ("hostname",),
    "asn": ("as_number",),
}


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each server."""
    source = Source(stream)
    records = read_json(source) if source.is_json() else read_table(source, table=_TABLE)
    return read_observed(records, understand=partial(understand, now=now), now=now, fold=fold)


def understand(record: dict[str, Any], *, now: datetime) -> Iterator[Observed]:
    """The event that a server is.

    Raises:
        RefusedError: it is no record of Feodo Tracker.
    """
    names = {role: next((name for name in choices if name in record), "") for role, choices in _NAMES.items()}
    if not names["ip"]:
        raise RefusedError(
            WRONG_KIND, "This is not a server of Feodo Tracker (dst_ip). Choose the format that the source names."
        )
    roles = {role: plain(record.get(name)) for role, name in names.items()}
    yield Observed(
        time=roles["time"] or _midnight(text(record.get("last_online"))) or now.isoformat(),
        ip=roles["ip"],
        port=roles["port"],
        hostname=roles["hostname"],
        asn=roles["asn"],
        type_=_KIND.type_,
        identifier=_KIND.identifier,
        severity=_KIND.urgency,
        evidence=pairs(record, without=set(names.values())),
    )


def _midnight(day: str) -> str:
    """The start of a day that is said without a time."""
    return f"{day}T00:00:00Z" if day and ":" not in day else day
