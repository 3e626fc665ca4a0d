import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.schema import FormatError

BANNER = {
    "ip": 3221225985,
    "ip_str": "192.0.2.1",
    "port": 3389,
    "transport": "tcp",
    "timestamp": "2026-11-23T01:02:03.123456",
    "hostnames": ["host.example.nl", "other.example.nl"],
    "asn": "AS64496",
    "org": "Example",
    "product": "Remote Desktop",
    "data": "Remote Desktop Protocol",
    "_shodan": {"module": "rdp", "id": "x"},
    "cpe23": ["cpe:2.3:a:b:c:1:*:*:*:*:*:*:*"],
    "vulns": {"CVE-2026-1000": {"verified": False}, "CVE-2026-1001": {"cvss": 5}},
    "opts": {"screenshot": {"data": "AAAA"}},
}


def test_a_banner_is_an_event_about_its_service(read):
    (event,) = read("shodan", json.dumps(BANNER)).accepted
    assert (event["ip"], event["port"], event["protocol"]) == ("192.0.2.1", 3389, "tcp")
    assert (event["hostname"], event["asn"]) == ("host.example.nl", 64496)
    assert (event["identifier"], event["type"], event["severity"]) == ("open-rdp", "vulnerable-system", "high")
    assert event["time"].isoformat() == "2026-11-23T01:02:03.123456+00:00"
    evidence = json.loads(event["evidence"])
    assert evidence["vulnerabilities"] == "CVE-2026-1000, CVE-2026-1001"
    assert evidence["hostnames"] == "host.example.nl, other.example.nl"
    assert "AAAA" not in event["evidence"]


def test_what_shodan_looked_for_itself_and_found_is_an_event_too(read):
    vulns = {"CVE-2026-1000": {"verified": False}, "CVE-2026-1001": {"verified": True, "cvss": 9.8}}
    service, found = read("shodan", json.dumps(BANNER | {"vulns": vulns})).accepted
    assert json.loads(service["evidence"])["vulnerabilities"] == "CVE-2026-1001 (verified), CVE-2026-1000"
    assert (found["identifier"], found["type"], found["severity"]) == ("CVE-2026-1001", "vulnerable-system", "high")
    assert (found["ip"], found["port"]) == ("192.0.2.1", 3389)
    assert json.loads(found["evidence"]) == {"module": "rdp", "cvss": "9.8"}


@pytest.mark.parametrize(
    ("module", "identifier"),
    [
        ("rdp-simple", "open-rdp"),
        ("ldap-tcp", "open-ldap"),
        ("https", "open-port"),
        ("http-simple-new", "open-port"),
        ("", "open-port"),
    ],
)
def test_the_module_says_which_service_it_is(read, module, identifier):
    (event,) = read("shodan", json.dumps(BANNER | {"_shodan": {"module": module}})).accepted
    assert event["identifier"] == identifier


def test_an_address_may_be_a_number_or_of_the_other_kind(read):
    number = {name: value for name, value in BANNER.items() if name != "ip_str"}
    six = {name: value for name, value in number.items() if name != "ip"} | {"ipv6": "2001:db8::1"}
    found = read("shodan", "\n".join(map(json.dumps, (number, six))))
    assert [event["ip"] for event in found.accepted] == ["192.0.2.1", "2001:db8::1"]


def test_the_answers_of_the_api_are_read(read):
    assert len(read("shodan", json.dumps({"matches": [BANNER], "total": 1})).accepted) == 1
    bare = {name: value for name, value in BANNER.items() if name not in {"ip_str", "ip", "asn", "hostnames"}}
    host = {"ip_str": "192.0.2.7", "asn": "AS64497", "ports": [3389, 22], "data": [bare, bare | {"port": 22}]}
    found = read("shodan", json.dumps(host))
    assert [(event["ip"], event["port"], event["asn"]) for event in found.accepted] == [
        ("192.0.2.7", 3389, 64497),
        ("192.0.2.7", 22, 64497),
    ]


def test_something_else_is_refused_as_a_whole(read):
    with pytest.raises(FormatError, match="no banner of Shodan"):
        read("shodan", '{"a": 1}')


JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2)


@given(st.lists(st.dictionaries(st.sampled_from(sorted(BANNER)), JUNK, max_size=3), min_size=1, max_size=4))
def test_whatever_a_banner_holds_raises_nothing_and_is_counted(read, changes):
    found = read("shodan", json.dumps([BANNER | {"data": "x"} | change for change in changes]), fold=False)
    assert found.rows <= 2 * len(changes)
