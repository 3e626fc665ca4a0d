"""`openphish`: URLs of phishing from OpenPhish: one on each line, or the JSON Lines of its paid feeds.

Source: https://openphish.com/phishing_feeds.html. The plain list says no times: the time is that of the delivery.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.observations.targets import place_of_url
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.evidence import pairs
from misthoorn.formats.readers.json_records import read_json
from misthoorn.formats.readers.json_values import text
from misthoorn.formats.readers.text_records import LINE, read_list
from misthoorn.formats.readers.unpack import Source
from misthoorn.formats.values.rsit import Kind
from misthoorn.formats.values.schema import EventChunk

_KIND = Kind("phishing", "phishing-url")


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each URL."""
    source = Source(stream)
    records = read_json(source) if source.is_json() else read_list(source, comments=("#",))
    return read_observed(records, understand=partial(understand, now=now), now=now, fold=fold)


def understand(record: dict[str, Any], *, now: datetime) -> Iterator[Observed]:
    """The event that a URL is.

    Raises:
        RefusedError: it is no record of OpenPhish.
    """
    if "://" in record.get(LINE, ""):
        record = {"url": record[LINE], "isotime": now.isoformat()}
    if "url" not in record or "isotime" not in record:
        raise RefusedError(
            WRONG_KIND, "This is not a URL, nor a record with url and isotime. Choose the format that the source names."
        )
    place = place_of_url(text(record["url"]))
    yield Observed(
        time=text(record["isotime"]),
        ip=text(record.get("ip")) or place.ip,
        port=place.port,
        hostname=place.hostname,
        asn=text(record.get("asn")),
        type_=_KIND.type_,
        identifier=_KIND.identifier,
        severity=_KIND.urgency,
        evidence=pairs(record, without={"isotime", "ip", "asn"}),
    )
