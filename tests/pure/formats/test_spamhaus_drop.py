import json

import pytest

from misthoorn.formats.schema import FormatError

LIST = """; Spamhaus DROP List 2026/11/20
; Last-Modified: Fri, 20 Nov 2026 04:39:22 GMT
; Expires: Fri, 20 Nov 2026 10:13:00 GMT
192.0.2.0/24 ; SBL1
2001:db8::/32 ; SBL2
AS64500 ; NL | EXAMPLE - Example
A name ; 198.51.100.0/24 ; SBL3
nonsense ; SBL4
"""


def test_a_network_is_seen_at_its_first_address_when_the_list_was_changed(read):
    found = read("spamhaus-drop", LIST)
    assert [event["ip"] for event in found.accepted] == ["192.0.2.0", "2001:db8::", "198.51.100.0"]
    assert {event["time"].isoformat() for event in found.accepted} == {"2026-11-20T04:39:22+00:00"}
    assert [json.loads(event["evidence"]) for event in found.accepted] == [
        {"cidr": "192.0.2.0/24", "sblid": "SBL1"},
        {"cidr": "2001:db8::/32", "sblid": "SBL2"},
        {"cidr": "198.51.100.0/24", "sblid": "SBL3", "note": "A name"},
    ]
    assert found.codes == ["subject-asn", "wrong-kind"]
    assert "'AS64500'" in found.refused[0].reason


def test_json_lines_have_the_time_of_the_delivery_and_their_last_line_is_no_row(read, now):
    entries = [{"cidr": "192.0.2.0/24", "sblid": "SBL1", "rir": "ripencc"}, {"asn": 64500, "cc": "NL"}]
    about = {"type": "metadata", "timestamp": 1795200000, "records": 2}
    found = read("spamhaus-drop", "\n".join(map(json.dumps, [*entries, about])))
    assert [(event["ip"], event["time"]) for event in found.accepted] == [("192.0.2.0", now)]
    assert (found.codes, found.rows) == (["subject-asn"], 2)


def test_a_list_that_does_not_say_when_it_was_changed_has_the_time_of_the_delivery(read, now):
    (event,) = read("spamhaus-drop", "; Last-Modified: soon\n192.0.2.0/24 ; SBL1\n").accepted
    assert event["time"] == now


def test_a_network_that_is_none_is_refused(read):
    found = read("spamhaus-drop", '{"cidr": "192.0.2.0/99"}')
    assert found.codes == ["address-invalid"]


@pytest.mark.parametrize("data", ['{"a": 1}', "192.0.2.7\n192.0.2.8\n", "192.0.2.0/24\n", ""])
def test_a_file_of_something_else_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("spamhaus-drop", data)
