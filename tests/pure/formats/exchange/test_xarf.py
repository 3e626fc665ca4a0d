import base64
import json
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.exchange.xarf_kinds import _KINDS, kind_of
from misthoorn.formats.values.rsit import CLASS_OF
from misthoorn.formats.values.schema import FormatError

PARTY = {"org": "Example", "contact": "abuse@example.org", "domain": "example.org"}
REPORT = {
    "xarf_version": "4.2.0",
    "report_id": "9ac39cd1-85f3-4c31-ae87-a0a95f3ebc83",
    "timestamp": "2026-11-20T01:02:03Z",
    "reporter": PARTY,
    "sender": PARTY,
    "source_identifier": "192.0.2.7",
    "source_port": 45621,
    "category": "connection",
    "type": "login_attack",
    "protocol": "tcp",
    "first_seen": "2026-11-20T01:02:03Z",
    "evidence": [{"content_type": "text/plain", "payload": "c2VjcmV0", "hash": "sha256:00"}],
}
OLD = """---
Reported-From: abuse@example.org
Category: fraud
Report-Type: phishing
Date: Fri, 20 Nov 2026 01:02:03 +0000
Source-Type: uri
Source: http://www.example.org/x
Port: 81
Report-ID: 7@example.org
"""


def mail(*attachments):
    message = EmailMessage()
    message["Subject"] = "Abuse"
    message.set_content("See the attachment.")
    for name, content in attachments:
        message.add_attachment(content.encode(), maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def test_a_report_is_about_its_source(read):
    (event,) = read("xarf", json.dumps(REPORT)).accepted
    assert (event["ip"], event["port"], event["protocol"]) == ("192.0.2.7", 45621, "tcp")
    assert event["time"].isoformat() == "2026-11-20T01:02:03+00:00"
    assert (event["class"], event["type"], event["identifier"], event["severity"]) == (
        "intrusion-attempts",
        "brute-force",
        "brute-force",
        "high",
    )
    evidence = json.loads(event["evidence"])
    assert evidence["reporter.org"] == "Example"
    assert (evidence["category"], evidence["type"]) == ("connection", "login_attack")
    assert evidence["evidence.1.hash"] == "sha256:00"
    assert "c2VjcmV0" not in event["evidence"]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"source_identifier": "c2.example.org"}, (None, "c2.example.org", 45621)),
        ({"source_identifier": "http://www.example.org:81/x", "source_port": None}, (None, "www.example.org", 81)),
        ({"url": "http://www.example.org/x"}, ("192.0.2.7", "www.example.org", 45621)),
        ({"source_identifier": "a@b.example", "url": "http://www.example.org/"}, (None, "www.example.org", 45621)),
        ({"source_identifier": "", "url": "http://192.0.2.9/"}, ("192.0.2.9", None, 45621)),
        ({"domain": "www.example.org"}, ("192.0.2.7", "www.example.org", 45621)),
    ],
)
def test_the_source_may_be_an_address_a_name_or_a_url(read, said, place):
    (event,) = read("xarf", json.dumps(REPORT | said)).accepted
    assert (event["ip"], event["hostname"], event["port"]) == place


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ({"type": "open_service", "service": "RDP", "service_port": 3389}, ("open-rdp", "normal", 3389)),
        ({"type": "cve", "cve_id": "CVE-2026-1000", "severity": "critical"}, ("CVE-2026-1000", "urgent", 45621)),
        ({"type": "cve", "cve_id": "cve-2026-1000", "severity": "x"}, ("CVE-2026-1000", "high", 45621)),
        ({"type": "cve"}, ("known-vulnerability", "high", 45621)),
        ({"type": "something_new"}, ("vulnerable-system", "normal", 45621)),
    ],
)
def test_a_vulnerability_is_told_by_its_service_or_number(read, said, means):
    (event,) = read("xarf", json.dumps(REPORT | {"category": "vulnerability"} | said)).accepted
    assert (event["identifier"], event["severity"], event["port"]) == means


def test_a_tag_of_the_taxonomy_says_the_type_more_exactly(read):
    (event,) = read("xarf", json.dumps(REPORT | {"tags": ["a:b", "rsit:nonsense", "rsit:exploit"]})).accepted
    assert event["type"] == "exploit"


def test_version_3_is_read_too(read):
    report = {
        "ReportClass": "Network",
        "ReportType": "DDoS",
        "Date": "2026-11-20T01:02:03Z",
        "Attachment": [{"Data": "c2VjcmV0"}],
        "SmtpRcptToAddress": "neighbour@isp.example",
    }
    new = report | {"Source": {"IP": "192.0.2.7", "Port": 53}, "AdditionalInfo": {"Protocol": "udp"}}
    old = report | {"SourceIp": "192.0.2.8", "SourcePort": 54, "Protocol": "udp"}
    url = report | {"Source": {"URL": "http://www.example.org/"}}
    data = [{"Version": "3", "ReporterInfo": {"ReporterOrg": "X"}, "Report": part} for part in (new, old, url)]
    found = read("xarf", json.dumps(data))
    assert [(event["ip"], event["hostname"], event["port"], event["protocol"]) for event in found.accepted] == [
        ("192.0.2.7", None, 53, "udp"),
        ("192.0.2.8", None, 54, "udp"),
        (None, "www.example.org", None, None),
    ]
    assert {event["type"] for event in found.accepted} == {"ddos"}
    assert json.loads(found.accepted[0]["evidence"])["reporter.ReporterOrg"] == "X"
    assert not any("neighbour" in event["evidence"] or "c2Vj" in event["evidence"] for event in found.accepted)


def test_a_mail_carries_reports_of_any_version(read):
    found = read("xarf", mail(("xarf.json", json.dumps(REPORT)), ("report.txt", OLD), ("log.txt", "nothing")))
    assert [(event["ip"], event["hostname"], event["port"], event["type"]) for event in found.accepted] == [
        ("192.0.2.7", None, 45621, "brute-force"),
        (None, "www.example.org", 81, "phishing"),
    ]
    assert found.rows == 2


def test_fields_of_the_oldest_reports_may_be_quoted(read):
    text = OLD.replace("Fri, 20 Nov 2026 01:02:03 +0000", "'2026-11-20 01:02:03-07:00'").replace("81", "'81'")
    (event,) = read("xarf", mail(("arf_report1.txt", text))).accepted
    assert (event["time"].isoformat(), event["port"]) == ("2026-11-20T08:02:03+00:00", 81)


def test_a_report_in_a_mail_that_is_broken_is_a_refused_row(read):
    found = read("xarf", mail(("a.json", json.dumps(REPORT)), ("b.json", json.dumps(REPORT)[:-5])))
    assert (len(found.accepted), found.codes) == (1, ["json-invalid"])


def test_every_type_is_one_of_the_taxonomy_and_its_category_stands_in():
    assert {kind.type_ for kind in _KINDS.values()} <= CLASS_OF.keys()
    assert kind_of("messaging", "something_new").type_ == "spam"
    assert kind_of("something", "new").type_ == "undetermined"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"source_identifier": "10.0.0.1"}, "address-private"),
        ({"source_identifier": "a@b.example"}, "address-missing"),
        ({"timestamp": None}, "time-missing"),
    ],
)
def test_what_can_not_be_used_is_refused_with_its_reason(read, said, code):
    found = read("xarf", json.dumps([REPORT, REPORT | said]))
    assert (len(found.accepted), found.codes) == (1, [code])


@pytest.mark.parametrize("data", ['{"a": 1}', mail(("a.txt", "nothing")), "", json.dumps({"mail": "x"})])
def test_a_file_of_something_else_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("xarf", data)


def test_a_payload_within_a_mail_may_be_packed_as_mails_pack_it(read):
    body = base64.encodebytes(json.dumps(REPORT).encode())
    head = b"Subject: x\nContent-Type: application/json; name=xarf.json\nContent-Transfer-Encoding: base64\n\n"
    assert len(read("xarf", head + body).accepted) == 1


MAIL = mail(("xarf.json", json.dumps(REPORT)), ("report.txt", OLD))
ODD = [b"--", b"\n\n", b": ", b"Content-Type: message/rfc822\n\n", b"=?x?q?=FF?="]
PIECES = st.binary(max_size=20) | st.sampled_from(ODD)


@given(at=st.integers(0, len(MAIL)), cut=st.integers(0, 40), put=PIECES)
def test_a_mail_that_was_changed_anywhere_is_read_or_refused(read, at, cut, put):
    try:
        found = read("xarf", MAIL[:at] + put + MAIL[at + cut :], fold=False)
    except FormatError:
        return
    assert sorted([event["row"] for event in found.accepted] + [row.row for row in found.refused]) == list(
        range(1, found.rows + 1)
    )


@pytest.mark.parametrize(
    ("type_", "more", "means"),
    [
        ("LoginAttack", {}, ("brute-force", "brute-force")),
        ("Malware", {"ReportClass": "Activity"}, ("infected-system", "malware-infection")),
        ("Malware", {"ReportClass": "Content"}, ("malware-distribution", "malware-url")),
        ("DOS", {}, ("dos", "ddos-participant")),
        ("ChildSexualAbuseMaterial", {}, ("violence", "child-abuse-material")),
        ("Exploit", {}, ("exploit", "attacks-servers")),
        ("OpenService", {"ServiceName": "Redis"}, ("potentially-unwanted-accessible", "open-redis")),
        ("WebCrawler", {}, ("unauthorised-use-of-resources", "scrapes-websites")),
    ],
)
def test_the_types_of_version_3_are_written_together(read, type_, more, means):
    report = {"ReportType": type_, "Date": "2026-11-20T01:02:03Z", "SourceIp": "192.0.2.7", "TransportProtocol": "tcp"}
    (event,) = read("xarf", json.dumps({"Version": "3", "ReporterInfo": {}, "Report": report | more})).accepted
    assert (event["type"], event["identifier"]) == means
    assert event["protocol"] == "tcp"
