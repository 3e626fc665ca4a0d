"""What is written is what the schemas of X-ARF 4.2 demand, and reading it gives the event back."""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.exchange.xarf_report import Party, write_report
from misthoorn.formats.values.rsit import CLASS_OF

PARTY = Party("Example CERT", "abuse@cert.example.org", "cert.example.org")
REPORT_ID = "9ac39cd1-85f3-4c31-ae87-a0a95f3ebc83"
EVENT = {
    "time": datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC),
    "ip": "192.0.2.7",
    "hostname": None,
    "port": 443,
    "protocol": "tcp",
    "asn": 64500,
    "class": "malicious-code",
    "type": "infected-system",
    "identifier": "malware-infection",
    "severity": "urgent",
    "evidence": '{"malware.name":"x"}',
}

# What the schemas demand beside the core, by category and type; and of the connections the port of an address.
DEMANDED = {
    ("connection", "ddos"): {"protocol", "first_seen", "source_port"},
    ("connection", "infected_host"): {"protocol", "bot_type", "first_seen"},
    ("connection", "login_attack"): {"protocol", "first_seen", "source_port"},
    ("connection", "port_scan"): {"protocol", "first_seen", "source_port"},
    ("connection", "vulnerability_scan"): {"scan_type", "protocol", "first_seen"},
    ("content", "fraud"): {"url", "fraud_type"},
    ("content", "malware"): {"url"},
    ("content", "phishing"): {"url"},
    ("content", "remote_compromise"): {"url", "compromise_type"},
    ("copyright", "copyright"): {"infringing_url"},
    ("infrastructure", "botnet"): {"compromise_evidence"},
    ("infrastructure", "compromised_server"): {"compromise_method"},
    ("reputation", "threat_intelligence"): {"threat_type"},
    ("vulnerability", "cve"): {"service", "service_port", "cve_id"},
    ("vulnerability", "open_service"): {"service"},
}
CORE = {"xarf_version", "report_id", "timestamp", "reporter", "sender", "source_identifier", "category", "type"}


def write(**changes):
    return write_report(EVENT | changes, reporter=PARTY, sender=PARTY, report_id=REPORT_ID)


def test_a_report_says_who_what_where_and_when():
    report = write()
    assert report["source_identifier"] == "192.0.2.7"
    assert (report["category"], report["type"], report["bot_type"]) == ("connection", "infected_host", "malicious")
    assert report["timestamp"] == report["first_seen"] == "2026-11-20T01:02:03Z"
    assert report["reporter"] == {
        "org": "Example CERT",
        "contact": "abuse@cert.example.org",
        "domain": "cert.example.org",
    }
    assert report["tags"] == ["rsit:infected-system", "identifier:malware-infection", "severity:urgent"]
    (item,) = report["evidence"]
    payload = base64.b64decode(item["payload"])
    assert json.loads(payload) == {"malware.name": "x"}
    assert (item["size"], item["hash"]) == (len(payload), f"sha256:{hashlib.sha256(payload).hexdigest()}")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"protocol": None}, ("infrastructure", "botnet")),
        ({"type": "brute-force"}, ("connection", "login_attack")),
        ({"type": "brute-force", "port": None}, ("reputation", "threat_intelligence")),
        ({"type": "phishing", "evidence": '{"url":"http://a.example/x"}'}, ("content", "phishing")),
        ({"type": "phishing", "evidence": '{"url":"a b"}'}, ("reputation", "threat_intelligence")),
        ({"type": "copyright", "evidence": '{"url":"http://a.example/x"}'}, ("copyright", "copyright")),
        ({"type": "vulnerable-system", "identifier": "cve-2026-1000"}, ("vulnerability", "cve")),
        ({"type": "vulnerable-system"}, ("vulnerability", "open_service")),
        ({"type": "ddos-amplifier", "identifier": "open-ntp"}, ("vulnerability", "open_service")),
        ({"type": "test"}, ("reputation", "threat_intelligence")),
    ],
)
def test_the_kind_of_report_is_the_narrowest_whose_demands_the_event_meets(changes, kind):
    report = write(**changes)
    assert (report["category"], report["type"]) == kind


def test_a_service_is_named_without_the_word_open():
    assert write(type="potentially-unwanted-accessible", identifier="open-rdp")["service"] == "rdp"


CHANGES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(sorted(CLASS_OF)),
        "port": st.none() | st.integers(0, 65_535),
        "protocol": st.sampled_from([None, "tcp", "udp", "icmp", "smtp"]),
        "identifier": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,20}", fullmatch=True),
        "evidence": st.dictionaries(
            st.sampled_from(["url", "cve", "malware"]), st.text(max_size=30) | st.just("http://a.example/x")
        ).map(json.dumps),
    }
)
PLACES = st.sampled_from([("192.0.2.7", None), (None, "www.example.org"), ("2001:db8::7", "www.example.org")])


@given(changes=CHANGES, place=PLACES)
def test_every_report_has_what_is_demanded_and_reading_it_gives_the_event_back(read, changes, place):
    ip, hostname = place
    class_ = CLASS_OF[changes["type"]]
    report = write(**changes | {"ip": ip, "hostname": hostname, "class": class_})
    demanded = CORE | DEMANDED[report["category"], report["type"]]
    assert all(report.get(name) not in {None, ""} for name in demanded - {"reporter", "sender"})
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-]*", tag) for tag in report["tags"])
    assert len(report["description"]) <= 1_000
    (event,) = read("xarf", json.dumps(report)).accepted
    assert (event["time"], event["class"], event["type"]) == (EVENT["time"], class_, changes["type"])
    assert (event["ip"], event["port"]) == (ip, changes["port"] or None)
    assert event["hostname"] in ({hostname} if ip is None or hostname else {None, "a.example"})
