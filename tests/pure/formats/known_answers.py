"""What IntelMQ and n6 make of a feed, brought to the same five cells as what the service makes of it."""

import ipaddress
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from misthoorn.formats.exchange.intelmq import rsit_type
from misthoorn.formats.values.rsit import CLASS_OF

ORACLES = Path(os.environ.get("MISTHOORN_TEST_DATA") or Path(__file__).parents[4] / "shared") / "oracles" / "peers"
CELLS = ("address", "port", "time", "class", "type")

# The samples were made anonymous with addresses that are nobody's; these documentation addresses stand in for them.
STAND_INS = {
    "10.0.0.": "198.51.100.",
    "10.56.59.": "192.0.2.",
    "172.16.0.": "192.0.2.",
    "172.20.148.": "192.0.2.",
    "192.168.46.": "192.0.2.",
    "245.16.92.": "192.0.2.",
    "0.0.0.1": "203.0.113.1",
}


def peers(name):
    path = ORACLES / name
    if not path.exists():
        pytest.skip(f"needs {path}, which is not there (MISTHOORN_TEST_DATA)")
    text = path.read_text(encoding="utf-8")
    for address, other in STAND_INS.items():
        text = text.replace(address, other)
    return json.loads(text)


def nobody(address):
    """Whether an address, or the first of a network, can't be anybody's, as Python sees it; documentation is."""
    try:
        found = ipaddress.ip_network(address, strict=False).network_address
    except ValueError:
        return False
    if getattr(found, "ipv4_mapped", None):
        found = found.ipv4_mapped
    documentation = any(found in network for network in DOCUMENTATION if network.version == found.version)
    return (not found.is_global and not documentation) or found.is_multicast


DOCUMENTATION = [
    ipaddress.ip_network(text)
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "198.18.0.0/15")
]


def host(url):
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def whole(network):
    found = ipaddress.ip_network(network, strict=False)
    return str(found if found.num_addresses > 1 else found.network_address)


@dataclass(frozen=True)
class Told:
    """Five cells; a cell that the peer does not say is None and not compared."""

    address: str | None
    port: int | None
    time: str | None
    class_: str
    type_: str

    def differences(self, other):
        """The names of the cells in which another differs."""
        pairs = zip(CELLS, self.cells(), other.cells(), strict=True)
        return [name for name, theirs, ours in pairs if theirs is not None and theirs != ours]

    def cells(self):
        return self.address, self.port, self.time, self.class_, self.type_


def of_intelmq(message, *, side="source"):
    """What an event of IntelMQ says; the port counts also where it says none."""
    type_ = rsit_type(message.get("classification.type", ""))
    time = message.get("time.source")
    return Told(
        address=place_of_intelmq(message, side),
        port=message.get(f"{side}.port", -1),
        time=iso(time) if time else None,
        class_=CLASS_OF[type_],
        type_=type_,
    )


def place_of_intelmq(message, side):
    said = {name: message.get(f"{side}.{name}", "") for name in ("ip", "fqdn", "reverse_dns", "url", "network")}
    network = whole(said["network"]) if said["network"] else ""
    number = f"AS{message[f'{side}.asn']}" if f"{side}.asn" in message else ""
    return said["ip"] or said["fqdn"] or host(said["url"]) or said["reverse_dns"] or network or number


def of_n6(record, address, *, format_=""):
    """What a record of n6 says of one of its addresses, or networks in feeds of those; types are n6's own."""
    network = whole(record["ip_network"]) if "ip_network" in record and format_ else ""
    place = network or address.get("ip") or address.get("ipv6") or record.get("fqdn") or host(record.get("url", ""))
    time = None if "_bl-time" in record and record["time"] == record["_bl-time"] else iso(record["time"])
    return Told(address=place, port=None, time=time, class_=None, type_=None)


def of_event(event):
    """What an event of the service says."""
    port = -1 if event["port"] is None else event["port"]
    place = event["ip"] or event["hostname"] or f"AS{event['asn']}"
    return Told(place, port, event["time"].isoformat(), event["class"], event["type"])


def iso(text):
    found = datetime.fromisoformat(text)
    return (found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()
