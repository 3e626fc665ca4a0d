import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.schema import FormatError

MATCH = {
    "template-id": "CVE-2026-1000",
    "info": {
        "name": "A product - remote code execution",
        "severity": "critical",
        "tags": ["cve", "rce"],
        "classification": {"cve-id": ["cve-2026-1000"], "cvss-score": 9.8},
    },
    "type": "http",
    "host": "vpn.example.nl",
    "port": "8443",
    "matched-at": "https://vpn.example.nl:8443/remote/login",
    "ip": "192.0.2.1",
    "timestamp": "2026-11-23T01:02:03.123456789+01:00",
    "matcher-status": True,
    "request": "GET / HTTP/1.1\nCookie: secret",
    "response": "HTTP/1.1 200 OK",
    "curl-command": "curl secret",
}


def match(**more):
    return {**MATCH, **more}


def info(**more):
    return {**MATCH["info"], **more}


def read_one(read, **more):
    (event,) = read("nuclei", json.dumps(match(**more))).accepted
    return event


def test_a_match_is_an_event_about_the_vulnerability(read):
    event = read_one(read)
    assert (event["ip"], event["hostname"], event["port"]) == ("192.0.2.1", "vpn.example.nl", 8443)
    assert (event["identifier"], event["type"], event["severity"]) == ("CVE-2026-1000", "vulnerable-system", "urgent")
    assert event["time"].isoformat() == "2026-11-23T00:02:03.123456+00:00"
    evidence = json.loads(event["evidence"])
    assert evidence["info.name"] == "A product - remote code execution"
    assert evidence["matched-at"] == "https://vpn.example.nl:8443/remote/login"
    assert "secret" not in event["evidence"]


@pytest.mark.parametrize(
    ("tags", "type_"),
    [
        (["exposure", "config"], "information-disclosure"),
        ("panel,login", "potentially-unwanted-accessible"),
        (["ssl"], "weak-crypto"),
        (["tech", "detect"], "undetermined"),
        (["malware", "panel"], "system-compromise"),
        (None, "vulnerable-system"),
    ],
)
def test_without_a_number_the_tags_say_what_kind_it_is(read, tags, type_):
    event = read_one(read, **{"template-id": "exposed thing", "info": info(tags=tags, classification=None)})
    assert (event["identifier"], event["type"]) == ("exposed-thing", type_)


@pytest.mark.parametrize(
    ("numbers", "identifier"),
    [
        ("CVE-2026-1", "cve-2026-1000"),
        (["CVE-2026-1000", "CVE-2026-1001"], "cve-2026-1000"),
        ("CVE-2026-2000", "CVE-2026-2000"),
    ],
)
def test_one_number_is_the_subject_and_anything_else_is_the_template(read, numbers, identifier):
    assert read_one(read, info=info(classification={"cve-id": numbers}))["identifier"] == identifier


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"matched-at": "192.0.2.7:22", "host": "192.0.2.7", "ip": ""}, ("192.0.2.7", None, 22)),
        ({"matched-at": "host.example.nl", "ip": ""}, (None, "host.example.nl", 8443)),
        ({"matched-at": None, "host": "https://a.example.nl", "port": None}, ("192.0.2.1", "a.example.nl", None)),
        (
            {"matched-at": "http://192.0.2.1/", "url": "http://a.example.nl", "port": None},
            ("192.0.2.1", "a.example.nl", None),
        ),
    ],
)
def test_the_place_is_where_it_matched(read, more, place):
    event = read_one(read, **more)
    assert (event["ip"], event["hostname"], event["port"]) == place


@pytest.mark.parametrize(
    ("severity", "word"), [("medium", "normal"), ("info", "information"), ("unknown", "normal"), ("x", "normal")]
)
def test_the_severity_is_the_templates(read, severity, word):
    assert read_one(read, info=info(severity=severity))["severity"] == word


def test_a_template_that_did_not_match_is_refused(read):
    assert read("nuclei", json.dumps(match(**{"matcher-status": False}))).codes == ["nothing-seen"]


def test_a_list_and_lines_are_read(read):
    two = [match(), match(ip="192.0.2.2")]
    assert len(read("nuclei", json.dumps(two)).accepted) == 2
    found = read("nuclei", "\n".join(map(json.dumps, two)) + '\n{"broken')
    assert (len(found.accepted), found.codes) == (2, ["json-invalid"])


def test_something_else_is_refused_as_a_whole(read):
    with pytest.raises(FormatError, match="no result of Nuclei"):
        read("nuclei", '{"a": 1}')


JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2)


@given(st.lists(st.dictionaries(st.sampled_from(sorted(MATCH)), JUNK, max_size=3), min_size=1, max_size=4))
def test_whatever_a_match_holds_raises_nothing_and_is_counted(read, changes):
    try:
        found = read("nuclei", json.dumps([match(**change) for change in changes]), fold=False)
    except FormatError:
        return
    assert found.rows == len(changes)
