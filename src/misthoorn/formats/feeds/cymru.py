"""`cymru`: Team Cymru's reports for CSIRTs (CAP), fields separated by bars, and its lists of bogon networks.

Source: https://www.team-cymru.com/csirt-assistance-program and https://www.team-cymru.com/bogon-networks. A comment of
a report is `name: value;` many times, or in older ones words such as `srcport 1337 mwtype Conficker`. An address that
scanned several ports is one event, with the ports in the evidence. An entry of a list is a whole network.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.observations.targets import first_address
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.text_records import LINE, read_list
from misthoorn.formats.values.rsit import Kind
from misthoorn.formats.values.schema import EventChunk

_WIDTH = 6
_CHANGED = re.compile(r"# ?last updated ([0-9]{1,11}) ")
_PROXY = re.compile(r"([a-z0-9]+)-([0-9]{1,5})")
_OLD_MALWARE = re.compile(r"mwtype (\S.*?)(?: (?:src|dest|dst)|$)")
_MOST_PARTS = 30
_NAMES = {"srcport": "port"}
_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "41": "ipv6", "47": "gre"}
_BOGON = Kind("other", "bogon-network")
_KINDS = {
    "bot": Kind("infected-system", "malware-infection"),
    "bots": Kind("infected-system", "malware-infection"),
    "bruteforce": Kind("brute-force", "brute-force"),
    "conficker": Kind("infected-system", "malware-infection"),
    "controller": Kind("c2-server", "malware-control-server"),
    "darknet": Kind("scanner", "scans-darknet"),
    "honeypot": Kind("scanner", "scans-honeypot"),
    "openresolver": Kind("vulnerable-system", "dns-open-resolver"),
    "openresolvers": Kind("vulnerable-system", "dns-open-resolver"),
    "phishing": Kind("phishing", "phishing-url"),
    "proxy": Kind("other", "open-proxy", "normal"),
    "scanner": Kind("scanner", "scans"),
    "spam": Kind("spam", "sends-spam"),
    "tor": Kind("other", "tor-node"),
}
_OTHER = Kind("undetermined", "other")


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each row of a report, or for each network of a list."""
    reading = _List(now.isoformat())
    records = read_list(stream, comments=("#",), remark=reading.remark)
    return read_observed(records, understand=reading.understand, now=now, fold=fold, networks=True)


@dataclass(slots=True)
class _List:
    time: str

    def remark(self, comment: str) -> None:
        """Take the list's time from a comment that says it."""
        if match := _CHANGED.match(comment):
            self.time = datetime.fromtimestamp(int(match[1]), UTC).isoformat()

    def understand(self, record: dict[str, Any]) -> Iterator[Observed]:
        line = record[LINE]
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == _WIDTH:
            yield _reported(*cells)
        elif first_address(line) and "/" in line:
            yield Observed(
                time=self.time,
                ip=line,
                type_=_BOGON.type_,
                identifier=_BOGON.identifier,
                severity=_BOGON.urgency,
            )
        else:
            raise RefusedError(
                WRONG_KIND,
                f"This is neither a row of a report of Team Cymru ({_WIDTH} fields between bars) nor a network. "
                "Choose the format that the source names.",
            )


def _reported(category: str, ip: str, asn: str, time: str, comment: str, asn_name: str) -> Observed:  # noqa: PLR0917
    kind = _KINDS.get(category.lower(), _OTHER)
    said = _said(comment)
    protocol = _PROTOCOLS.get(said.get("protocol", ""), "")
    used = {"port", "hostname", "protocol" if protocol else ""}
    rest = ((name, value) for name, value in said.items() if name not in used)
    return Observed(
        time=time,
        ip=ip,
        port=said.get("port", ""),
        protocol=protocol,
        hostname=said.get("hostname", ""),
        asn=asn,
        type_=kind.type_,
        identifier=kind.identifier,
        severity=kind.urgency,
        evidence=(("category", category), *rest, ("asn_name", asn_name)),
    )


def _said(comment: str) -> dict[str, str]:
    """What a comment says by name."""
    said: dict[str, str] = {}
    for part in comment.split(";")[:_MOST_PARTS]:
        name, colon, value = part.strip().partition(":")
        if part.strip().startswith(("http://", "https://")):
            said["url"] = part.strip()
        elif colon:
            said[_NAMES.get(name, name)] = value.strip()
        elif name:
            said["service"] = name
            if match := _OLD_MALWARE.search(name):
                said["family"] = match[1]
    if match := _PROXY.fullmatch(said.get("proxy_type") or said.get("service", "")):
        said["service"], said["port"] = match[1], match[2]
    return said
