"""`phishtank`: URLs of phishing that PhishTank's users verified, as CSV or JSON.

Source: https://phishtank.org/developer_info.php. The time is that of submission. In JSON a URL may have several
addresses; each is a row of its own.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.observations.targets import place_of_url
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.evidence import pairs
from misthoorn.formats.readers.json_records import read_json
from misthoorn.formats.readers.json_values import objects, text
from misthoorn.formats.readers.text_records import Table, read_table
from misthoorn.formats.readers.unpack import Source
from misthoorn.formats.values.rsit import Kind
from misthoorn.formats.values.schema import EventChunk

_KIND = Kind("phishing", "phishing-url")
_TABLE = Table(needed=frozenset(("phish_id", "url", "submission_time")))
_USED = frozenset(("submission_time", "details"))


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each URL, and each of its addresses."""
    source = Source(stream)
    records = read_json(source) if source.is_json() else read_table(source, table=_TABLE)
    return read_observed(records, understand=understand, now=now, fold=fold)


def understand(record: dict[str, Any]) -> Iterator[Observed]:
    """The events that a URL is.

    Raises:
        RefusedError: it is no record of PhishTank, or the page is gone or was never confirmed.
    """
    if not _TABLE.needed <= record.keys():
        raise RefusedError(
            WRONG_KIND, "This is not a URL of PhishTank (phish_id). Choose the format that the source names."
        )
    if text(record.get("online")).lower() == "no":
        raise RefusedError("expired", "PhishTank says that this URL is no longer online.")
    if text(record.get("verified")).lower() == "no":
        raise RefusedError("nothing-seen", "Nobody has confirmed to PhishTank that this URL is phishing.")
    place = place_of_url(text(record["url"]))
    for details in list(objects(record.get("details"))) or [{}]:
        rest = {name: value for name, value in details.items() if name not in {"ip_address", "announcing_network"}}
        yield Observed(
            time=text(record["submission_time"]),
            ip=text(details.get("ip_address")) or place.ip,
            port=place.port,
            hostname=place.hostname,
            asn=text(details.get("announcing_network")),
            type_=_KIND.type_,
            identifier=_KIND.identifier,
            severity=_KIND.urgency,
            evidence=(*pairs(record, without=_USED), *pairs({"details": rest})),
        )
