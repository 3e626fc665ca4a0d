"""`spamhaus-drop`: networks of Spamhaus' DROP lists, as the text lists or as JSON Lines.

Source: https://www.spamhaus.org/blocklists/do-not-route-or-peer/. An event is a whole network, or
an AS number alone (asndrop). The time is when the list was last changed, where it says so before its entries, and else
that of the delivery.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO

from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.observations.targets import first_address
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.evidence import pairs, plain
from misthoorn.formats.readers.json_records import Record, read_json
from misthoorn.formats.readers.json_values import text
from misthoorn.formats.readers.text_records import LINE, read_list
from misthoorn.formats.readers.unpack import Source
from misthoorn.formats.values.rsit import Kind
from misthoorn.formats.values.schema import EventChunk

_KIND = Kind("spam", "network-of-criminals", "high")
_CHANGED = "last-modified:"
_ASN = "AS"
_USED = frozenset(("cidr", "asn"))
_OF_ASNDROP = frozenset(("asn", "rir", "domain", "cc", "asname", "note"))


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each network or AS number."""
    source, reading = Source(stream), _List(now.isoformat())
    records: Iterator[Record]
    if source.is_json():
        records = (record for record in read_json(source) if not _is_about_the_list(record))
    else:
        records = read_list(source, comments=(";", "#"), remark=reading.remark)
    return read_observed(records, understand=reading.understand, now=now, fold=fold, networks=True)


def _is_about_the_list(record: Record) -> bool:
    return record.value is not None and record.value.get("type") == "metadata"


@dataclass(slots=True)
class _List:
    time: str

    def remark(self, comment: str) -> None:
        """Take the list's time from a comment that says it."""
        name, _, date = comment.lstrip("; ").partition(" ")
        if name.lower() != _CHANGED:
            return
        try:
            self.time = parsedate_to_datetime(date.strip()).astimezone(UTC).isoformat()
        except (ValueError, OverflowError):
            return

    def understand(self, record: dict[str, Any]) -> Iterator[Observed]:
        if LINE in record:
            record = _entry(record[LINE])
        network, number = text(record.get("cidr")), plain(record.get("asn", "")) if record.keys() <= _OF_ASNDROP else ""
        if not network and not number:
            raise RefusedError(
                WRONG_KIND, "This is not an entry of a DROP list (cidr). Choose the format that the source names."
            )
        yield Observed(
            time=self.time,
            ip=network,
            asn=number,
            type_=_KIND.type_,
            identifier=_KIND.identifier,
            severity=_KIND.urgency,
            evidence=pairs({name: value for name, value in record.items() if name not in _USED}),
        )


def _entry(line: str) -> dict[str, str]:
    """A line of the text lists in the names of the JSON ones: the network, or AS number, and what the rest says."""
    cells = [cell.strip() for cell in line.split(";")]
    networks = (cell for cell in cells if "/" in cell and first_address(cell))
    network = next(networks, "") if len(cells) > 1 else ""
    rest = [cell for cell in cells if cell != network]
    if not network and cells[0].removeprefix(_ASN).isdecimal():
        return {"asn": cells[0], "note": "; ".join(rest[1:])}
    return {"cidr": network, "sblid": rest[-1] if rest else "", "note": "; ".join(rest[:-1])}
