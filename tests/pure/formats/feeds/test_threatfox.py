import json

import pytest

from misthoorn.formats.values.schema import FormatError

HEADER = (
    '# "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","fk_malware","malware_alias",'
    '"malware_printable","last_seen_utc","confidence_level","reference","tags","anonymous","reporter"\n'
)


def row(value, sort, threat="botnet_cc"):
    return (
        f'"2026-11-20 01:02:03", "7", "{value}", "{sort}", "{threat}", "win.x", "None", "X", "", "100", "None", '
        '"a,b", "0", "someone"\n'
    )


def test_addresses_names_and_urls_lead_to_systems(read):
    rows = row("192.0.2.7:443", "ip:port") + row("c2.example.org", "domain")
    found = read("threatfox", HEADER + rows + row("https://www.example.org:81/x", "url", "payload_delivery"))
    assert [(event["ip"], event["hostname"], event["port"], event["type"]) for event in found.accepted] == [
        ("192.0.2.7", None, 443, "c2-server"),
        (None, "c2.example.org", None, "c2-server"),
        (None, "www.example.org", 81, "malware-distribution"),
    ]
    assert {event["severity"] for event in found.accepted} == {"urgent"}
    assert json.loads(found.accepted[0]["evidence"])["malware_printable"] == "X"


@pytest.mark.parametrize(
    ("value", "sort", "code"),
    [
        ("0" * 64, "sha256_hash", "subject-file"),
        ("0" * 32, "md5_hash", "subject-file"),
        ("someone@example.org", "envelope_from", "subject-mail"),
        ("10.0.0.1:80", "ip:port", "address-private"),
        ("nonsense", "domain", "address-missing"),
    ],
)
def test_what_names_nobody_is_refused(read, value, sort, code):
    found = read("threatfox", HEADER + row(value, sort, "payload") + row("192.0.2.7:443", "ip:port"))
    assert (len(found.accepted), found.codes) == (1, [code])
    assert value[:20] in found.refused[0].raw.decode()


@pytest.mark.parametrize(
    "data",
    [
        {"1": [{"ioc_value": "192.0.2.7:443", "ioc_type": "ip:port", "first_seen_utc": "2026-11-20 01:02:03"}]},
        {"data": [{"ioc": "192.0.2.7:443", "ioc_type": "ip:port", "first_seen": "2026-11-20 01:02:03 UTC"}]},
    ],
)
def test_json_is_read_as_dump_and_as_answer(read, data):
    (event,) = read("threatfox", json.dumps(data)).accepted
    assert (event["ip"], event["port"], event["type"], event["identifier"]) == (
        "192.0.2.7",
        443,
        "undetermined",
        "threat-indicator",
    )


@pytest.mark.parametrize(
    ("last", "time"), [("2026-11-22 04:05:06", "2026-11-22T04:05:06"), ("", "2026-11-20T01:02:03")]
)
def test_the_time_is_when_it_was_last_seen_or_else_first(read, last, time):
    (event,) = read("threatfox", HEADER + row("192.0.2.7:443", "ip:port").replace('"X", ""', f'"X", "{last}"')).accepted
    assert event["time"].isoformat() == f"{time}+00:00"


@pytest.mark.parametrize("data", ["a,b\n1,2\n", '{"data": [{"x": 1}]}', ""])
def test_a_file_of_something_else_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("threatfox", data)
