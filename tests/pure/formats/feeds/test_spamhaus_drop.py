import json

import pytest

from misthoorn.formats.values.schema import FormatError

LIST = """; Spamhaus DROP List 2026/11/20
; Last-Modified: Fri, 20 Nov 2026 04:39:22 GMT
; Expires: Fri, 20 Nov 2026 10:13:00 GMT
192.0.2.0/24 ; SBL1
2001:db8::/32 ; SBL2
AS64500 ; NL | EXAMPLE - Example
A name ; 198.51.100.0/24 ; SBL3
nonsense ; SBL4
"""


def test_an_event_is_a_network_or_an_as_number_when_the_list_was_changed(read):
    found = read("spamhaus-drop", LIST)
    assert [event["ip"] for event in found.accepted] == ["192.0.2.0/24", "2001:db8::/32", None, "198.51.100.0/24"]
    assert [event["asn"] for event in found.accepted] == [None, None, 64500, None]
    assert {event["time"].isoformat() for event in found.accepted} == {"2026-11-20T04:39:22+00:00"}
    assert [json.loads(event["evidence"]) for event in found.accepted] == [
        {"sblid": "SBL1"},
        {"sblid": "SBL2"},
        {"note": "NL | EXAMPLE - Example"},
        {"sblid": "SBL3", "note": "A name"},
    ]
    assert found.codes == ["wrong-kind"]


def test_json_lines_have_the_time_of_the_delivery_and_their_last_line_is_no_row(read, now):
    entries = [{"cidr": "192.0.2.0/24", "sblid": "SBL1", "rir": "ripencc"}, {"asn": 64500, "cc": "NL"}]
    about = {"type": "metadata", "timestamp": 1795200000, "records": 2}
    found = read("spamhaus-drop", "\n".join(map(json.dumps, [*entries, about])))
    seen = [(event["ip"], event["asn"], event["time"]) for event in found.accepted]
    assert seen == [("192.0.2.0/24", None, now), (None, 64500, now)]
    assert (found.codes, found.rows) == ([], 2)


def test_a_list_that_does_not_say_when_it_was_changed_has_the_time_of_the_delivery(read, now):
    (event,) = read("spamhaus-drop", "; Last-Modified: soon\n192.0.2.0/24 ; SBL1\n").accepted
    assert event["time"] == now


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"cidr": "192.0.2.0/99"}, "address-invalid"),
        ({"cidr": "::ffff:192.0.2.0/120"}, "address-invalid"),
        ({"cidr": "fe80::%1/64"}, "address-invalid"),
        ({"cidr": "10.0.0.0/8"}, "address-private"),
        ({"cidr": "224.0.0.0/3"}, "address-multicast"),
        ({"cidr": "96.0.0.0/3"}, "address-loopback"),
        ({"cidr": "64.0.0.0/4"}, "network-large"),
        ({"cidr": "2400::/15"}, "network-large"),
        ({"asn": "many"}, "address-missing"),
    ],
)
def test_a_network_that_is_nobodys_or_none_is_refused(read, entry, code):
    found = read("spamhaus-drop", json.dumps(entry))
    assert found.codes == [code]


def test_a_network_of_one_address_is_that_address(read):
    found = read("spamhaus-drop", '{"cidr": "192.0.2.7/32"}\n{"cidr": "2001:DB8::1/128"}\n{"cidr": "192.0.2.9/24"}')
    assert [event["ip"] for event in found.accepted] == ["192.0.2.7", "2001:db8::1", "192.0.2.0/24"]


@pytest.mark.parametrize("data", ['{"a": 1}', "192.0.2.7\n192.0.2.8\n", "192.0.2.0/24\n", ""])
def test_a_file_of_something_else_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("spamhaus-drop", data)
