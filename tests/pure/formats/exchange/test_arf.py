import json

import pytest

from misthoorn.formats.values.schema import FormatError

REPORT = """From: feedback@isp.example
Message-Id: <1@isp.example>
Date: Sat, 21 Nov 2026 00:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

A report.
--b
Content-Type: message/feedback-report

{fields}

--b
Content-Type: message/rfc822

From: somebody@example.org
Subject: =?utf-8?q?Caf=C3=A9?=
Message-Id: <2@example.org>

Buy this.
--b--
"""
FIELDS = {
    "Feedback-Type": "abuse",
    "User-Agent": "X/1",
    "Version": "1",
    "Source-IP": "192.0.2.7",
    "Arrival-Date": "Fri, 20 Nov 2026 01:02:03 +0100",
    "Original-Rcpt-To": "neighbour@isp.example",
    "Reported-Domain": "isp.example",
}


def report(*more, without=(), **fields):
    said = {name: value for name, value in FIELDS.items() if name not in without}
    said |= {name.replace("_", "-"): value for name, value in fields.items()}
    return REPORT.format(fields="\n".join([*(f"{name}: {value}" for name, value in said.items()), *more]))


def test_a_report_is_about_the_address_that_the_mail_came_from(read):
    (event,) = read("arf", report()).accepted
    assert (event["ip"], event["hostname"], event["port"]) == ("192.0.2.7", None, None)
    assert event["time"].isoformat() == "2026-11-20T00:02:03+00:00"
    assert (event["type"], event["identifier"], event["severity"]) == ("spam", "spam-report", "normal")
    evidence = json.loads(event["evidence"])
    assert evidence["reported-domain"] == "isp.example"
    assert evidence["mail.subject"] == "Café"
    assert evidence["report.message-id"] == "<1@isp.example>"


def test_who_complained_is_not_told_on(read):
    found = read("arf", report("Redacted-Address: neighbour"))
    assert "neighbour" not in found.accepted[0]["evidence"]


@pytest.mark.parametrize(
    ("type_", "means"),
    [
        ("abuse", ("spam", "spam-report")),
        ("Fraud", ("phishing", "phishing-mail")),
        ("virus", ("malware-distribution", "malware-mail")),
        ("other", ("undetermined", "mail-report")),
        ("auth-failure", ("undetermined", "mail-not-authenticated")),
        ("something new", ("undetermined", "mail-report")),
    ],
)
def test_each_type_of_feedback_is_understood(read, type_, means):
    (event,) = read("arf", report(Feedback_Type=type_)).accepted
    assert (event["type"], event["identifier"]) == means


def test_without_an_address_each_place_that_is_named_is_an_event(read):
    more = (
        "Reported-URI: http://www.example.org/a",
        "Reported-URI: http://192.0.2.9:81/",
        "Reported-URI: mailto:a@b.c",
    )
    found = read("arf", report(*more, without=("Source-IP",)))
    assert [(event["ip"], event["hostname"], event["port"]) for event in found.accepted] == [
        (None, "www.example.org", None),
        ("192.0.2.9", None, 81),
        (None, "isp.example", None),
    ]


def test_the_date_of_receipt_or_of_the_report_stands_in_for_that_of_arrival(read):
    received = report(without=("Arrival-Date",), Received_Date="Fri, 20 Nov 2026 02:00:00 +0000")
    assert read("arf", received).accepted[0]["time"].isoformat() == "2026-11-20T02:00:00+00:00"
    (event,) = read("arf", report(without=("Arrival-Date",))).accepted
    assert event["time"].isoformat() == "2026-11-21T00:00:00+00:00"


@pytest.mark.parametrize(
    ("mail", "code"),
    [
        (report(Feedback_Type="not-spam"), "not-abuse"),
        (report(without=("Source-IP", "Reported-Domain")), "address-missing"),
        (report(Source_IP="10.0.0.1"), "address-private"),
        (report(Arrival_Date="soon"), "time-invalid"),
        ("Subject: hello\n\nNo report.\n", "wrong-kind"),
        (REPORT.format(fields=""), "address-missing"),
    ],
)
def test_what_can_not_be_used_is_refused_with_its_reason(read, mail, code):
    start = "From a@example.org Fri Nov 20 01:02:03 2026\n"
    found = read("arf", f"{start}{report()}\n{start}{mail}")
    assert (len(found.accepted), found.codes) == (1, [code])


def test_a_mail_that_is_no_report_is_refused_as_a_whole(read):
    with pytest.raises(FormatError, match="not a feedback report"):
        read("arf", "Subject: hello\n\nNo report.\n")


@pytest.mark.parametrize(
    ("written", "ip"),
    [("192.0.2.7 (mail.example.nl)", "192.0.2.7"), ("IPv6:2001:db8::5", "2001:db8::5"), ("[192.0.2.8]", "192.0.2.8")],
)
def test_the_source_may_be_written_as_mail_programs_write_it(read, written, ip):
    (event,) = read("arf", report(Source_IP=written)).accepted
    assert event["ip"] == ip
