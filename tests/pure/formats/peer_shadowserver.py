"""What IntelMQ makes of Shadowserver's reports, row by row, and where this service says something else, and why.

Its samples were made anonymous with private addresses; they are moved to public ones here, on both sides.
"""

import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

TEST_DATA = Path(os.environ.get("MISTHOORN_TEST_DATA") or Path(__file__).parents[4] / "shared")
PEERS = TEST_DATA / "oracles" / "peers"
SAMPLES = TEST_DATA / "data" / "feeds" / "certtools-intelmq" / "shadowserver"
NEW, OLD = "intelmq-3.5.0-shadowserver-schema-2026-03-24.json", "intelmq-3.2.1-shadowserver.json"
FIELDS = {
    "ip": "source.ip",
    "port": "source.port",
    "time": "time.source",
    "class": "classification.taxonomy",
    "type": "classification.type",
}
_PRIVATE = re.compile(r"(?<![\d.])(10|127|192\.168|169\.254|100\.64|172\.(?:1[6-9]|2\d|3[01]))(?=(?:\.\d{1,3}){2,3}\b)")

BLACKLIST = "the taxonomy has no type 'blacklist'"
DARKNET = "what scans a darknet is a scanner"
REFERER = "the port of the site that leads to the sinkhole is its port"
TARGET = "a report of targets concerns the target; IntelMQ takes the address that sends the attack"
SHORT = "the row has fewer cells than the header: nobody knows which are missing"
EARLIER = "the publisher said so before 2024, and has changed it"
NETWORK = "a network is no address"
BROKEN = "the address in the sample is none"
OLD_REFERER = "before 2024 the site was the destination"

# sample → what differs → (in how many rows, why).
DIFFERENT = {
    NEW: {
        ("blocklist", "type"): (2, BLACKLIST),
        ("blocklist", "address-invalid"): (1, NETWORK),
        ("event_honeypot_darknet", "class"): (8, DARKNET),
        ("event_honeypot_darknet", "type"): (8, DARKNET),
        ("event_honeypot_ddos", "fields"): (3, SHORT),
        ("event_honeypot_ddos_amp", "address-invalid"): (1, BROKEN),
        ("event_microsoft_sinkhole", "fields"): (1, SHORT),
        ("event_honeypot_ddos_target", "port"): (3, TARGET),
        ("event_sinkhole_http_referer", "port"): (5, REFERER),
        ("scan_rdp", "fields"): (2, SHORT),
        ("scan_synfulknock", "fields"): (1, SHORT),
    },
    OLD: {
        ("blocklist", "type"): (2, BLACKLIST),
        ("blocklist", "address-invalid"): (1, NETWORK),
        ("event_honeypot_darknet", "class"): (3, DARKNET),
        ("event_honeypot_darknet", "type"): (3, DARKNET),
        ("event_honeypot_ddos", "fields"): (3, SHORT),
        ("event_honeypot_ddos_target", "port"): (3, TARGET),
        ("event_sinkhole_http_referer", "port"): (5, REFERER),
        ("event_sinkhole_http_referer", "ip"): (5, OLD_REFERER),
        ("event_sinkhole_http_referer", "class"): (5, EARLIER),
        ("event_sinkhole_http_referer", "type"): (5, EARLIER),
        ("scan_couchdb", "class"): (3, EARLIER),
        ("scan_couchdb", "type"): (3, EARLIER),
        ("scan_mysql", "class"): (3, EARLIER),
        ("scan_mysql", "type"): (3, EARLIER),
        ("scan_postgres", "class"): (3, EARLIER),
        ("scan_postgres", "type"): (3, EARLIER),
        ("scan_exchange", "type"): (3, EARLIER),
        ("scan_rdp", "fields"): (2, SHORT),
        ("scan_ssl_freak", "type"): (2, EARLIER),
        ("scan_ssl_poodle", "type"): (1, EARLIER),
        ("scan_synfulknock", "fields"): (1, SHORT),
    },
}


def public(text):
    """The text with its private addresses moved to public ones."""
    return _PRIVATE.sub(lambda found: {"10": "11", "127": "128"}.get(found[1], "193.168"), text)


def cases(oracle):
    """File name, bytes, and the expected messages, one for each row."""
    path = PEERS / oracle
    if not path.exists():
        pytest.skip(f"needs {path}, which is not there (MISTHOORN_TEST_DATA)")
    found = json.loads(path.read_bytes())
    if oracle == NEW:
        for sample in found["samples"]:
            data = (SAMPLES / sample["sample"]).read_text("utf-8")
            yield sample["file_name"], public(data).encode(), sample["events"]
    else:
        for pair in found["pairs"]:
            (report,) = pair["input"]
            yield (
                report["extra.file_name"],
                public(report["raw_text"]).encode(),
                [one["message"] for one in pair["expected"]],
            )


def compare(found, expected):
    """Which fields of how many rows differ; of a row that was refused, the code of the refusal."""
    accepted = {event["row"]: event for event in found.accepted}
    refused = {row.row: row.code for row in found.refused}
    different = Counter()
    for row, message in enumerate(expected, start=1):
        if row in refused:
            different[refused[row]] += 1
            continue
        event = accepted[row] | {"time": accepted[row]["time"].isoformat()}
        for field, name in FIELDS.items():
            theirs = message.get(name)
            theirs = public(theirs) if field == "ip" and theirs else theirs
            different[field] += event[field] != theirs
    return +different
