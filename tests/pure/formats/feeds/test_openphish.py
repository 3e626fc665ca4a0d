import json

import pytest

from misthoorn.formats.values.schema import FormatError

PAID = {
    "url": "http://www.example.org/login",
    "ip": "192.0.2.7",
    "asn": "AS64500",
    "isotime": "2026-11-20T01:02:03Z",
    "brand": "A bank",
    "emails": [],
}


def test_each_line_is_a_url_at_the_time_of_the_delivery(read, now):
    found = read("openphish", "https://www.example.org/a\nhttp://192.0.2.7:81/\nhttp://www..example.org/\n")
    assert [(event["ip"], event["hostname"], event["port"], event["time"]) for event in found.accepted] == [
        (None, "www.example.org", None, now),
        ("192.0.2.7", None, 81, now),
    ]
    assert found.codes == ["address-missing"]
    assert json.loads(found.accepted[0]["evidence"]) == {"url": "https://www.example.org/a"}
    assert {event["type"] for event in found.accepted} == {"phishing"}


def test_the_paid_feed_says_address_and_time(read):
    (event,) = read("openphish", json.dumps(PAID) + "\n").accepted
    assert (event["ip"], event["hostname"], event["asn"]) == ("192.0.2.7", "www.example.org", 64500)
    assert event["time"].isoformat() == "2026-11-20T01:02:03+00:00"
    assert json.loads(event["evidence"]) == {"url": PAID["url"], "brand": "A bank"}


@pytest.mark.parametrize("data", ['{"a": 1}', "www.example.org\n", ""])
def test_a_file_of_something_else_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("openphish", data)
