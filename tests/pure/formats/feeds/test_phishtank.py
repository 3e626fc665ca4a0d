import json

import pytest

from misthoorn.formats.values.schema import FormatError

HEADER = "phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,target\n"
ROW = '7,http://www.example.org/a,http://p.example/7,2026-11-20T01:02:03Z,yes,2026-11-20T02:00:00Z,yes,"A, B"\n'
ENTRY = {
    "phish_id": "7",
    "url": "https://www.example.org/",
    "submission_time": "2026-11-20T01:02:03+00:00",
    "details": [
        {"ip_address": "192.0.2.7", "announcing_network": "64500", "cidr_block": "192.0.2.0/24"},
        {"ip_address": "192.0.2.8", "announcing_network": "64500"},
    ],
}


def test_a_row_is_a_url_of_phishing(read):
    (event,) = read("phishtank", HEADER + ROW).accepted
    assert (event["hostname"], event["type"], event["identifier"]) == ("www.example.org", "phishing", "phishing-url")
    assert event["time"].isoformat() == "2026-11-20T01:02:03+00:00"
    assert json.loads(event["evidence"])["target"] == "A, B"


def test_each_address_of_a_url_is_an_event(read):
    found = read("phishtank", json.dumps([ENTRY]))
    assert [(event["ip"], event["hostname"], event["asn"]) for event in found.accepted] == [
        ("192.0.2.7", "www.example.org", 64500),
        ("192.0.2.8", "www.example.org", 64500),
    ]
    assert json.loads(found.accepted[0]["evidence"])["details.cidr_block"] == "192.0.2.0/24"


def test_what_is_gone_or_was_never_confirmed_is_refused(read):
    rows = ROW.replace(',yes,"A', ',no,"A') + ROW.replace("03Z,yes,2026-11-20T02:00:00Z", "03Z,no,")
    found = read("phishtank", HEADER + ROW + rows)
    assert (len(found.accepted), found.codes) == (1, ["expired", "nothing-seen"])


def test_a_url_without_details_is_an_event_too(read):
    (event,) = read("phishtank", json.dumps([ENTRY | {"details": []}])).accepted
    assert (event["ip"], event["hostname"]) == (None, "www.example.org")


@pytest.mark.parametrize("data", ["a,b\n1,2\n", '[{"a": 1}]', ""])
def test_a_file_of_something_else_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("phishtank", data)
