import json

import pytest

from misthoorn.formats.feeds.cymru import _KINDS
from misthoorn.formats.values.rsit import CLASS_OF
from misthoorn.formats.values.schema import FormatError


def row(category, comment=""):
    return f"{category}|192.0.2.7|64500|2026-11-20 01:02:03|{comment}|Example, NL\n"


def seen(event):
    return event["type"], event["port"], event["protocol"], event["hostname"]


@pytest.mark.parametrize(
    ("category", "comment", "means"),
    [
        ("bot", "family: x;port: 15390;protocol: 6;", ("infected-system", 15390, "tcp", None)),
        ("bots", "srcport 1337 mwtype Conficker destaddr 198.51.100.1", ("infected-system", None, None, None)),
        ("conficker", "srcport: 1997; destaddr: 198.51.100.1;", ("infected-system", 1997, None, None)),
        ("controller", "family: x;hostname: c2.example.org;", ("c2-server", None, None, "c2.example.org")),
        ("darknet", "destination_port_numbers: 23,24;port: 5;protocol: 17;", ("scanner", 5, "udp", None)),
        ("openresolver", "", ("vulnerable-system", None, None, None)),
        ("phishing", "http://www.example.org/;", ("phishing", None, None, None)),
        ("proxy", "proxy_type: http-34320;", ("other", 34320, None, None)),
        ("proxy", "socks4-61039;", ("other", 61039, None, None)),
        ("something new", "a: b", ("undetermined", None, None, None)),
    ],
)
def test_each_category_and_its_comment_are_understood(read, category, comment, means):
    (event,) = read("cymru", "# Format: report|ip|asn|timestamp|comments|asn_name\n" + row(category, comment)).accepted
    assert seen(event) == means
    assert (event["ip"], event["asn"], event["time"].isoformat()) == ("192.0.2.7", 64500, "2026-11-20T01:02:03+00:00")
    assert json.loads(event["evidence"])["category"] == category


def test_what_has_no_place_of_its_own_stays_in_the_evidence(read):
    (event,) = read("cymru", row("bot", "family: x;dest_addr:198.51.100.1;protocol: 59;port: 80;")).accepted
    assert json.loads(event["evidence"]) == {
        "category": "bot",
        "family": "x",
        "dest_addr": "198.51.100.1",
        "protocol": "59",
        "asn_name": "Example, NL",
    }
    (event,) = read("cymru", row("bots", "srcport 1 mwtype Some Bot")).accepted
    assert json.loads(event["evidence"])["family"] == "Some Bot"
    (event,) = read("cymru", row("phishing", "http://www.example.org/;")).accepted
    assert json.loads(event["evidence"])["url"] == "http://www.example.org/"


def test_bogon_networks_are_events_of_when_the_list_was_changed(read):
    data = "# last updated 1795132800 (Fri Nov 20 00:00:00 2026 GMT)\n0.0.0.0/8\n198.51.100.0/24\n2001:db8::/32\n"
    found = read("cymru", data)
    assert [event["ip"] for event in found.accepted] == ["198.51.100.0/24", "2001:db8::/32"]
    assert {event["time"].isoformat() for event in found.accepted} == {"2026-11-20T00:00:00+00:00"}
    assert found.codes == ["address-unspecified"]


def test_every_category_is_a_type_of_the_taxonomy():
    assert {kind.type_ for kind in _KINDS.values()} <= CLASS_OF.keys()


def test_a_line_of_something_else_is_a_refused_row(read):
    assert read("cymru", row("bot") + "a|b\n").codes == ["wrong-kind"]


@pytest.mark.parametrize("data", ["a|b\n", "192.0.2.1\n", "", "[]"])
def test_a_file_of_something_else_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("cymru", data)
