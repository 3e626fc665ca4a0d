"""`n6`: events of CERT Polska's n6, as its REST API gives them: JSON, a list or one on each line.

Source: https://n6.readthedocs.io/, N6SDK's specification of the data. An event may have several addresses; each is a
row of its own. The host name is `fqdn`, else that of the `url`, else the reverse name of the address.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.observations.targets import place_of_url
from misthoorn.formats.readers.documents import WRONG_KIND, Problem, RefusedError
from misthoorn.formats.readers.evidence import as_identifier, pairs, plain
from misthoorn.formats.readers.json_records import read_json
from misthoorn.formats.readers.json_values import objects, text
from misthoorn.formats.values.rsit import Kind
from misthoorn.formats.values.schema import EventChunk

_USED = frozenset(("address", "time", "fqdn", "proto"))
_OVER = frozenset(("delisted", "expired"))
_NOBODY = "The event names neither an address nor a host, so nobody can be found for it."


@dataclass(frozen=True, slots=True)
class _Category(Kind):
    """`served`: the address is where something is offered or answers, so that its port is the one connected to."""

    served: bool = True


_CATEGORIES = {
    "amplifier": _Category("ddos-amplifier", "ddos-amplifier"),
    "backdoor": _Category("system-compromise", "backdoor"),
    "bots": _Category("infected-system", "malware-infection", served=False),
    "cnc": _Category("c2-server", "malware-control-server"),
    "deface": _Category("unauthorised-information-modification", "defaced-website", "high"),
    "dns-query": _Category("undetermined", "dns-query", served=False),
    "dos-attacker": _Category("ddos", "ddos-participant", served=False),
    "dos-victim": _Category("ddos", "ddos-target", "information"),
    "exposed": _Category("potentially-unwanted-accessible", "exposed-service"),
    "flow": _Category("undetermined", "flow", served=False),
    "flow-anomaly": _Category("undetermined", "flow-anomaly", served=False),
    "fraud": _Category("masquerade", "fraud"),
    "leak": _Category("data-leak", "data-leak"),
    "malurl": _Category("malware-distribution", "malware-url"),
    "malware-action": _Category("malware-configuration", "malware-action", "information"),
    "other": _Category("other", "other"),
    "phish": _Category("phishing", "phishing-url"),
    "proxy": _Category("other", "open-proxy", "normal"),
    "sandbox-url": _Category("infected-system", "contacted-by-malware", "information"),
    "scam": _Category("masquerade", "scam"),
    "scanning": _Category("scanner", "scans", served=False),
    "server-exploit": _Category("exploit", "attacks-servers", served=False),
    "spam": _Category("spam", "sends-spam", served=False),
    "spam-url": _Category("spam", "spam-url", "information"),
    "tor": _Category("other", "tor-node"),
    "vulnerable": _Category("vulnerable-system", "vulnerable-system"),
    "webinject": _Category("malware-configuration", "webinject", "information"),
}


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """One event for each address of a record."""
    return read_observed(read_json(stream), understand=understand, now=now, fold=fold)


def understand(record: dict[str, Any]) -> Iterator[Observed | Problem]:
    """The events that a record is.

    Raises:
        RefusedError: it is none of n6, or of a list that it is no longer on.
    """
    category = _CATEGORIES.get(text(record.get("category")))
    if category is None and not ("category" in record and "time" in record):
        raise RefusedError(WRONG_KIND, "This is not an event of n6 (category, time). Choose the format that it is in.")
    if (status := text(record.get("status"))) in _OVER:
        raise RefusedError("expired", f"Its source no longer lists this ({status}).")
    if category is None:
        category = _Category("undetermined", as_identifier(text(record.get("category"))) or "other")
    addresses = [address for address in objects(record.get("address")) if _ip(address)]
    name = text(record.get("fqdn"))
    url = place_of_url(text(record.get("url")))
    if addresses:
        for address in addresses:
            yield _observed(record, category, address, name or url.hostname)
    elif name or url.hostname or url.ip:
        yield _observed(record, category, {"ip": url.ip}, name or url.hostname)
    else:
        yield Problem("address-missing", _NOBODY, record)


def _ip(address: dict[str, Any]) -> str:
    return text(address.get("ip")) or text(address.get("ipv6"))


def _observed(record: dict[str, Any], category: _Category, address: dict[str, Any], hostname: str) -> Observed:
    port = "dport" if category.served else "sport"
    rest = {key: value for key, value in address.items() if key not in {"ip", "ipv6", "asn"}}
    reverse = text(address.get("rdns"))
    return Observed(
        time=text(record.get("time")),
        ip=_ip(address),
        port=plain(record.get(port)),
        protocol=text(record.get("proto")),
        hostname=hostname or reverse,
        asn=plain(address.get("asn")),
        type_=category.type_,
        identifier=category.identifier,
        severity=category.urgency,
        evidence=(*pairs(record, without=_USED | {port}), *pairs({"address": rest})),
    )
