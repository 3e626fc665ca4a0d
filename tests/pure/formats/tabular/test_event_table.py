import json

import pytest

HEADER = "time,ip,port,protocol,hostname,asn,class,type,identifier,severity"
FULL = (
    "2026-11-23T01:02:03Z,192.0.2.1,3389,TCP,Www.Example.NL.,AS64496,vulnerable,"
    "potentially-unwanted-accessible,open-rdp,high"
)


def one(read, header, row):
    return read("events", f"{header}\n{row}\n")


def test_a_full_row_fills_every_column(read):
    (event,) = one(read, HEADER, FULL).accepted
    assert str(event.pop("time")) == "2026-11-23 01:02:03+00:00"
    assert event == {
        "row": 1,
        "line": 2,
        "ip": "192.0.2.1",
        "port": 3389,
        "protocol": "tcp",
        "hostname": "www.example.nl",
        "asn": 64496,
        "class": "vulnerable",
        "type": "potentially-unwanted-accessible",
        "identifier": "open-rdp",
        "severity": "high",
        "evidence": "{}",
    }


def test_three_columns_are_enough(read):
    (event,) = one(read, "time,hostname,identifier", "2026-11-23 01:02:03,www.example.nl,phishing-page").accepted
    assert (event["class"], event["type"], event["severity"]) == ("other", "undetermined", "normal")
    assert event["ip"] is event["port"] is event["asn"] is event["protocol"] is None


def test_empty_cells_mean_the_same_as_no_column(read):
    (event,) = one(read, HEADER, "2026-11-23 01:02:03,192.0.2.1,,,,0,,,open-rdp,").accepted
    assert (event["class"], event["type"], event["severity"]) == ("other", "undetermined", "normal")
    assert event["hostname"] is event["port"] is event["asn"] is None


def test_every_other_column_is_evidence(read):
    (event,) = one(read, "time,ip,identifier,banner,note", '2026-11-23 01:02:03,192.0.2.1,x,"say ""hi""\n",').accepted
    assert json.loads(event["evidence"]) == {"banner": 'say "hi"\n'}


def test_a_type_alone_tells_its_class(read):
    (event,) = one(read, "time,ip,identifier,type", "2026-11-23 01:02:03,192.0.2.1,x,DDoS").accepted
    assert (event["class"], event["type"]) == ("availability", "ddos")


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("critical", "urgent"),
        ("Medium", "normal"),
        ("low", "information"),
        ("info", "information"),
        ("urgent", "urgent"),
    ],
)
def test_severities_of_other_services_are_understood(read, word, ours):
    (event,) = one(read, "time,ip,identifier,severity", f"2026-11-23 01:02:03,192.0.2.1,x,{word}").accepted
    assert event["severity"] == ours


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("class,type", "vulnerable,ddos", "class-invalid"),
        ("class,type", "vulnerable,", "class-invalid"),
        ("type", "nonsense", "class-invalid"),
        ("severity", "terrible", "severity-invalid"),
        ("hostname", "not a name", "hostname-invalid"),
        ("port", "http", "port-invalid"),
        ("asn", "x", "asn-invalid"),
        ("protocol", "t c p", "protocol-invalid"),
    ],
)
def test_a_value_that_cannot_be_used_refuses_the_row_and_is_shown(read, column, value, code):
    (row,) = one(read, f"time,ip,identifier,{column}", f"2026-11-23 01:02:03,192.0.2.1,x,{value}").refused
    assert row.code == code
    assert value.partition(",")[0] in row.reason


def test_the_first_fault_of_a_row_is_its_reason(read):
    found = one(read, HEADER, "yesterday,10.0.0.1,http,,,,,,,")
    assert found.codes == ["time-invalid"]


def test_a_long_value_is_shortened_in_the_reason_and_kept_in_the_row(read):
    (row,) = one(read, "time,ip,identifier", f"2026-11-23 01:02:03,{'9' * 5000},x").refused
    assert len(row.reason) < 150
    assert len(row.raw) > 5000
