import json

import pytest

from misthoorn.formats.exchange.intelmq import rsit_type
from misthoorn.formats.values.schema import FormatError

EVENT = {
    "__type": "Event",
    "classification.taxonomy": "malicious-code",
    "classification.type": "infected-system",
    "classification.identifier": "sality",
    "source.ip": "192.0.2.7",
    "source.port": 22308,
    "source.asn": 64500,
    "source.fqdn": "host.example.org",
    "source.reverse_dns": "7.example.net",
    "protocol.transport": "tcp",
    "time.source": "2026-11-20T01:02:03+00:00",
    "time.observation": "2026-11-21T00:00:00+00:00",
    "feed.name": "A feed",
    "destination.ip": "198.51.100.9",
    "malware.name": "sality",
    "extra.os": "x",
    "raw": "aGVsbG8=",
}


def lines(*events):
    return "\n".join(json.dumps(event) for event in events)


def without(*names, **more):
    return {name: value for name, value in EVENT.items() if name not in names} | more


def test_an_event_has_its_source_as_subject_and_the_rest_as_evidence(read):
    (event,) = read("intelmq", lines(EVENT)).accepted
    assert (event["ip"], event["port"], event["asn"], event["hostname"], event["protocol"]) == (
        "192.0.2.7",
        22308,
        64500,
        "host.example.org",
        "tcp",
    )
    assert event["time"].isoformat() == "2026-11-20T01:02:03+00:00"
    assert (event["class"], event["type"], event["identifier"], event["severity"]) == (
        "malicious-code",
        "infected-system",
        "sality",
        "urgent",
    )
    assert json.loads(event["evidence"]) == {
        "source.reverse_dns": "7.example.net",
        "time.observation": "2026-11-21T00:00:00+00:00",
        "feed.name": "A feed",
        "destination.ip": "198.51.100.9",
        "malware.name": "sality",
        "extra.os": "x",
    }


def test_nested_events_and_lists_mean_the_same(read):
    nested = {
        "classification": {"type": "infected-system", "identifier": "sality"},
        "source": {"ip": "192.0.2.7", "port": 22308},
        "time": {"source": "2026-11-20T01:02:03+00:00"},
        "extra": {"os": {"name": "x"}},
    }
    (event,) = read("intelmq", json.dumps([nested], indent=1)).accepted
    assert (event["ip"], event["port"], event["identifier"]) == ("192.0.2.7", 22308, "sality")
    assert json.loads(event["evidence"]) == {"extra.os.name": "x"}


@pytest.mark.parametrize(
    ("given", "type_"),
    [
        ("infected-system", "infected-system"),
        ("botnet drone", "infected-system"),
        ("c&c", "c2-server"),
        ("vulnerable service", "vulnerable-system"),
        ("unauthorized-information-access", "unauthorised-information-access"),
        ("Unauthorized-login", "system-compromise"),
        ("proxy", "other"),
        ("blacklist", "other"),
        ("something new", "undetermined"),
        ("", "undetermined"),
    ],
)
def test_types_of_every_version_are_understood(given, type_):
    assert rsit_type(given) == type_


def test_a_type_that_is_not_of_the_taxonomy_stays_in_the_evidence(read):
    (event,) = read("intelmq", lines(without("classification.identifier", **{"classification.type": "c&c"}))).accepted
    assert (event["type"], event["identifier"]) == ("c2-server", "c-c")
    assert json.loads(event["evidence"])["classification.type"] == "c&c"


def test_an_identifier_that_is_no_word_is_made_one_and_kept(read):
    (event,) = read("intelmq", lines(EVENT | {"classification.identifier": "c&c server"})).accepted
    assert event["identifier"] == "c-c-server"
    assert json.loads(event["evidence"])["classification.identifier"] == "c&c server"


@pytest.mark.parametrize(
    ("severity", "word"), [("critical", "urgent"), ("low", "information"), ("undefined", "urgent"), (None, "urgent")]
)
def test_severity_is_the_event_s_own_or_that_of_its_type(read, severity, word):
    (event,) = read("intelmq", lines(EVENT | {"severity": severity})).accepted
    assert event["severity"] == word


def test_an_event_without_a_source_is_about_its_destination_and_says_so(read):
    event = without("source.ip", "source.fqdn", "source.reverse_dns", "source.port", **{"destination.port": 53})
    (event,) = read("intelmq", lines(event)).accepted
    assert (event["ip"], event["port"]) == ("198.51.100.9", 53)
    assert json.loads(event["evidence"])["subject"] == "destination"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ({"source.url": "http://www.example.org:81/x"}, (None, "www.example.org", None)),
        ({"source.url": "http://192.0.2.8:81/x"}, ("192.0.2.8", None, 81)),
        ({"source.network": "192.0.2.0/24"}, ("192.0.2.0/24", None, None)),
        ({"source.reverse_dns": "7.example.net"}, (None, "7.example.net", None)),
        ({"source.ip": "192.0.2.8", "source.url": "http://a.example/"}, ("192.0.2.8", "a.example", None)),
    ],
)
def test_the_place_may_be_said_by_a_url_a_network_or_a_reverse_name(read, source, place):
    bare = {name: value for name, value in EVENT.items() if not name.startswith(("source.", "destination."))}
    (event,) = read("intelmq", lines(bare | source)).accepted
    assert (event["ip"], event["hostname"], event["port"]) == place


def test_the_time_of_observation_stands_in_for_that_of_the_source(read):
    (event,) = read("intelmq", lines(without("time.source"))).accepted
    assert event["time"].isoformat() == "2026-11-21T00:00:00+00:00"


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (EVENT | {"source.ip": "10.0.0.1"}, "address-private"),
        (without("time.source", "time.observation"), "time-missing"),
        ({"source.account": "x", "time.source": "2026-11-20T01:02:03Z"}, "address-missing"),
        ({"ip": "192.0.2.1"}, "wrong-kind"),
        ({"__type": "Report", "raw": "aGVsbG8="}, "wrong-kind"),
    ],
)
def test_what_can_not_be_used_is_refused_with_its_reason(read, event, code):
    found = read("intelmq", lines(EVENT, event))
    assert (len(found.accepted), found.codes) == (1, [code])


@pytest.mark.parametrize("data", ['{"ip": "192.0.2.1"}', '{"__type": "Report"}', "", "a,b\n1,2\n"])
def test_a_file_of_something_else_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("intelmq", data)


@pytest.mark.parametrize(("told", "word"), [("critical", "urgent"), ("info", "information"), ("7", "normal")])
def test_a_severity_that_an_older_bot_left_in_extra_is_read(read, told, word):
    event = {
        "classification.type": "vulnerable-system",
        "time.source": "2026-11-20T01:02:03Z",
        "source.ip": "192.0.2.7",
    }
    (found,) = read("intelmq", json.dumps(event | {"extra.severity": told})).accepted
    assert found["severity"] == word
