"""`dataplane`: lists of DataPlane.org of addresses that were seen looking for services or logging in, split by bars.

Source: the comments of each list on https://dataplane.org/. The last cell names the list. Names of networks may hold
bars too, so that lines are read from their end. Some lists say first and last time, of which the last counts.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.text_records import LINE, read_list
from misthoorn.formats.values.rsit import Kind
from misthoorn.formats.values.schema import EventChunk

_FEWEST = 5
_UNKNOWN = "NA"
_KINDS = {
    "dnsrd": Kind("scanner", "scans-dns"),
    "dnsrdany": Kind("scanner", "scans-dns"),
    "dnsversion": Kind("scanner", "scans-dns"),
    "proto41": Kind("other", "open-ip-tunnel", "normal"),
    "sipinvitation": Kind("brute-force", "brute-force-sip"),
    "sipquery": Kind("brute-force", "brute-force-sip"),
    "sipregistration": Kind("brute-force", "brute-force-sip"),
    "smtpdata": Kind("scanner", "scans-smtp"),
    "smtpgreet": Kind("scanner", "scans-smtp"),
    "sshclient": Kind("scanner", "scans-ssh"),
    "sshpwauth": Kind("brute-force", "brute-force-ssh"),
    "telnetlogin": Kind("brute-force", "brute-force-telnet"),
    "vncrfb": Kind("scanner", "scans-vnc"),
}
_OTHER = Kind("scanner", "scans")


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each line."""
    return read_observed(read_list(stream, comments=("#",)), understand=understand, now=now, fold=fold)


def understand(record: dict[str, Any]) -> Iterator[Observed]:
    """The event that a line is.

    Raises:
        RefusedError: it is no line of a list of DataPlane.
    """
    asn, *cells = [cell.strip() for cell in record[LINE].split("|")]
    if len(cells) < _FEWEST - 1 or not (asn.isdecimal() or asn == _UNKNOWN):
        raise RefusedError(
            WRONG_KIND,
            f"This is not a line of a list of DataPlane ({_FEWEST} fields between bars, the first an AS number). "
            "Choose the format that the source names.",
        )
    *cells, time, category = cells
    first = cells.pop() if len(cells) > 1 and _is_time(cells[-1]) else ""
    *names, ip = cells
    kind = _KINDS.get(category.lower(), _OTHER)
    yield Observed(
        time=time,
        ip=ip,
        asn="" if asn == _UNKNOWN else asn,
        type_=kind.type_,
        identifier=kind.identifier,
        severity=kind.urgency,
        evidence=(("category", category), ("as_name", " | ".join(names)), ("first_seen", first)),
    )


def _is_time(cell: str) -> bool:
    try:
        return bool(datetime.fromisoformat(cell))
    except ValueError:
        return False
