import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.schema import FormatError

SERVICE = {
    "port": 3389,
    "service_name": "RDP",
    "extended_service_name": "RDP",
    "transport_protocol": "TCP",
    "observed_at": "2026-11-23T01:02:03.123456789Z",
    "software": [{"uniform_resource_identifier": "cpe:2.3:a:b:c:1:*:*:*:*:*:*:*"}, {"vendor": "V", "product": "P"}],
    "banner": "hello",
    "banner_hex": "68656c6c6f",
    "http": {"response": {"body": "<html>", "status_code": 200}},
}
HOST = {
    "ip": "192.0.2.1",
    "services": [SERVICE, SERVICE | {"port": 443, "service_name": "HTTP", "extended_service_name": "HTTPS"}],
    "autonomous_system": {"asn": 64496},
    "dns": {"names": ["www.example.nl"], "reverse_dns": {"names": ["ptr.example.nl"]}},
    "last_updated_at": "2026-11-23T05:00:00Z",
}


def test_each_service_of_a_host_is_an_event(read):
    one, two = read("censys", json.dumps(HOST)).accepted
    assert (one["ip"], one["port"], one["protocol"], one["asn"]) == ("192.0.2.1", 3389, "tcp", 64496)
    assert (one["hostname"], one["identifier"], one["severity"]) == ("ptr.example.nl", "open-rdp", "high")
    assert one["time"].isoformat() == "2026-11-23T01:02:03.123456+00:00"
    assert (two["port"], two["identifier"]) == (443, "open-port")
    evidence = json.loads(one["evidence"])
    assert evidence["software"] == "cpe:2.3:a:b:c:1:*:*:*:*:*:*:*, V P"
    assert evidence["http.response.status_code"] == "200"
    assert not {"banner_hex", "http.response.body"} & evidence.keys()


@pytest.mark.parametrize(
    "document",
    [
        {"code": 200, "result": HOST},
        {"code": 200, "result": {"hits": [HOST], "total": 1}},
        {"result": {"resource": HOST}},
        {"host": HOST},
        [HOST],
    ],
)
def test_the_envelopes_of_the_apis_are_opened(read, document):
    assert len(read("censys", json.dumps(document)).accepted) == 2


def test_the_words_of_the_newer_api_are_understood(read):
    service = {"port": 53, "protocol": "MYSQL", "transport_protocol": "quic", "scan_time": "2026-11-23T01:02:03Z"}
    (event,) = read("censys", json.dumps(HOST | {"services": [service]})).accepted
    assert (event["identifier"], event["protocol"]) == ("open-mysql", "udp")


def test_a_host_without_services_is_accounted_for(read):
    found = read("censys", json.dumps(HOST | {"services": []}))
    assert (found.accepted, found.codes) == ([], ["nothing-seen"])


def test_a_service_without_a_moment_has_that_of_its_host(read):
    service = {name: value for name, value in SERVICE.items() if name != "observed_at"}
    (event,) = read("censys", json.dumps(HOST | {"services": [service]})).accepted
    assert f"{event['time']:%H:%M}" == "05:00"


def test_something_else_is_refused_as_a_whole(read):
    with pytest.raises(FormatError, match="no host of Censys"):
        read("censys", '{"a": 1}')


JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2)
CHANGES = st.dictionaries(st.sampled_from(sorted(SERVICE)), JUNK, max_size=3)


@given(st.lists(CHANGES, min_size=1, max_size=4), st.sampled_from(sorted(HOST)), JUNK)
def test_whatever_a_host_holds_raises_nothing_and_is_counted(read, changes, part, junk):
    hosts = [HOST | {"services": [SERVICE | change for change in changes]}, HOST | {part: junk}]
    try:
        found = read("censys", json.dumps(hosts), fold=False)
    except FormatError:
        return
    rows = sorted([row.row for row in found.refused] + [one["row"] for one in found.accepted])
    assert rows == list(range(1, found.rows + 1))


def test_a_host_of_version_1_has_its_services_as_words(read):
    host = {"ip": "192.0.2.1", "protocols": ["3389/rdp", "443/https"], "updated_at": "2026-11-23T05:00:00Z"}
    found = read("censys", json.dumps(host)).accepted
    assert [(one["port"], one["identifier"]) for one in found] == [(3389, "open-rdp"), (443, "open-port")]
    assert found[0]["time"].isoformat() == "2026-11-23T05:00:00+00:00"
