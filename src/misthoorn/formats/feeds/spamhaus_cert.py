"""`spamhaus-cert`: infected and attacking addresses of a country, as Spamhaus shows them to its CSIRT (CERT Insight).

Source: the comments of its files. The domain, address and port that were connected to are evidence, and so is the port
that the connection came from, which is another one each time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.text_records import LINE, read_list
from misthoorn.formats.values.rsit import Kind
from misthoorn.formats.values.schema import EventChunk

_COLUMNS = (
    "ip",
    "asn",
    "country",
    "lastseen",
    "botname",
    "domain",
    "remote_ip",
    "remote_port",
    "local_port",
    "protocol",
)
_USED = frozenset(("ip", "asn", "lastseen", "protocol"))
_NOTHING = frozenset(("", "-", "?"))
_LONGEST_TIME = 11  # digits of a second since 1970

# What is not here is the name of malware.
_KINDS = {
    "authspoofbadehlo": Kind("brute-force", "brute-force-mail"),
    "extortion": Kind("spam", "sends-extortion-mail"),
    "imap": Kind("brute-force", "brute-force-mail"),
    "iotrdp": Kind("scanner", "scans-rdp"),
    "iotscan": Kind("scanner", "scans-telnet"),
    "l_spamlink": Kind("spam", "spam-url"),
    "misc": Kind("spam", "sends-spam"),
    "openrelay": Kind("vulnerable-system", "open-mail-relay"),
    "pop": Kind("brute-force", "brute-force-mail"),
    "proxyget": Kind("other", "seeks-proxies"),
    "smtpauth": Kind("brute-force", "brute-force-mail"),
    "sshauth": Kind("brute-force", "brute-force-ssh"),
    "telnetauth": Kind("brute-force", "brute-force-telnet"),
    "w_wplogin": Kind("scanner", "scans-wordpress"),
    "wpscanner": Kind("scanner", "scans-wordpress"),
}
_MALWARE = Kind("infected-system", "malware-infection")


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each line."""
    return read_observed(read_list(stream, comments=(";",)), understand=understand, now=now, fold=fold)


def understand(record: dict[str, Any]) -> Iterator[Observed]:
    """The event that a line is.

    Raises:
        RefusedError: it is no line of this kind of file.
    """
    cells = [cell.strip() for cell in record[LINE].split(",")]
    if len(cells) < len(_COLUMNS):
        raise RefusedError(
            WRONG_KIND,
            f"This is not a line of Spamhaus' files for CSIRTs ({len(_COLUMNS)} fields). "
            "Choose the format that the source names.",
        )
    said = {name: "" if cell in _NOTHING else cell for name, cell in zip(_COLUMNS, cells, strict=False)}
    kind = _KINDS.get(said["botname"].lower(), _MALWARE)
    more = (("more", ", ".join(cells[len(_COLUMNS) :])),)
    yield Observed(
        time=_moment(said["lastseen"]),
        ip=said["ip"],
        protocol=said["protocol"],
        asn=said["asn"],
        type_=kind.type_,
        identifier=kind.identifier,
        severity=kind.urgency,
        evidence=(*((name, text) for name, text in said.items() if name not in _USED), *more),
    )


def _moment(seconds: str) -> str:
    if not seconds.isdecimal() or not seconds.isascii() or len(seconds) > _LONGEST_TIME:
        return seconds
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()
