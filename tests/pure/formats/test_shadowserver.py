import json

import pytest

from misthoorn.formats.rsit import CLASS_OF
from misthoorn.formats.schema import SEVERITIES, FormatError
from misthoorn.formats.shadowserver_reports import REPORTS, find_report

HEADER = '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo"'
ROW = '"2026-11-23 01:02:03","{severity}","192.0.2.1","tcp",3389,"{hostname}","rdp",{asn},"NL"'


def report(read, name="2026-11-23-scan_rdp-netherlands-geo.csv", **cells):
    cells = {"severity": "high", "hostname": "host.example.nl", "asn": 64496} | cells
    return read("shadowserver", f"{HEADER}\n{ROW.format(**cells)}\n", name=name)


def test_the_report_type_gives_class_type_and_identifier(read):
    (event,) = report(read).accepted
    assert (event["class"], event["type"]) == ("vulnerable", "potentially-unwanted-accessible")
    assert (event["identifier"], event["severity"]) == ("open-rdp", "high")
    assert json.loads(event["evidence"]) == {"tag": "rdp", "geo": "NL"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("2026-11-23-scan_rdp-netherlands-geo.csv", "scan_rdp"),
        ("scan_rdp.csv", "scan_rdp"),
        ("/in/box/2026-11-23-scan6_rdp-123-nl.csv.gz", "scan_rdp"),
        ("C:\\in\\scan_rdp.csv", "scan_rdp"),
        ("2024-03-25-event4_honeypot_brute_force-xx.csv", "event_honeypot_brute_force"),
        ("event6_sinkhole_http.csv", "event_sinkhole_http"),
        ("population6_bgp.csv", "population_bgp"),
        ("compromised_website6.csv", "compromised_website"),
        ("device_id6-x.csv", "device_id"),
        ("sinkhole6_http.csv", "event_sinkhole_http"),
        ("2020-01-01-dns_openresolver-nl.csv", "scan_dns"),
        ("SCAN_RDP.CSV", "scan_rdp"),
    ],
)
def test_the_file_name_tells_the_report_type(name, kind):
    assert find_report(name).kind == kind
    assert kind in REPORTS


@pytest.mark.parametrize(
    ("name", "identifier"),
    [("2026-11-23-scan_newthing-nl.csv", "scan-newthing"), ("-", "unknown-report"), ("", "unknown-report")],
)
def test_an_unknown_type_is_accepted_as_undetermined(read, name, identifier):
    (event,) = report(read, name=name).accepted
    assert (event["class"], event["type"], event["identifier"]) == ("other", "undetermined", identifier)


def test_the_table_holds_only_words_that_exist():
    for found in REPORTS.values():
        assert CLASS_OF[found.type_] == found.class_
        assert found.severity in SEVERITIES


def test_the_severity_in_the_file_goes_before_the_table(read):
    (event,) = report(read, severity="critical").accepted
    assert event["severity"] == "urgent"


@pytest.mark.parametrize("severity", ["", "5"])
def test_without_a_usable_severity_the_table_decides(read, severity):
    (event,) = report(read, severity=severity).accepted
    assert event["severity"] == "high"
    assert json.loads(event["evidence"]).get("severity", "") == severity


def test_a_host_name_that_is_none_becomes_evidence_and_the_row_stays(read):
    (event,) = report(read, hostname="not a name").accepted
    assert event["hostname"] is None
    assert json.loads(event["evidence"])["hostname"] == "not a name"


def test_as_number_zero_means_not_known(read):
    (event,) = report(read, asn=0).accepted
    assert event["asn"] is None


def test_the_columns_of_honeypot_reports_name_the_source_of_the_traffic(read):
    data = (
        "timestamp,protocol,src_ip,src_port,src_asn,src_geo,src_hostname,dst_ip,dst_port\n"
        "2026-11-23 01:02:03,tcp,192.0.2.1,51000,64496,NL,host.example.nl,198.51.100.1,22\n"
    )
    (event,) = read("shadowserver", data, name="2026-11-23-event4_honeypot_brute_force-nl.csv").accepted
    assert (event["ip"], event["port"], event["asn"], event["hostname"]) == (
        "192.0.2.1",
        51000,
        64496,
        "host.example.nl",
    )
    assert (event["class"], event["type"]) == ("intrusion-attempts", "brute-force")
    assert json.loads(event["evidence"]) == {"src_geo": "NL", "dst_ip": "198.51.100.1", "dst_port": "22"}


def test_in_a_report_of_targets_the_destination_is_whom_it_concerns(read):
    data = "timestamp,dst_ip,dst_port,src_ip\n2026-11-23 01:02:03,192.0.2.1,80,198.51.100.1\n"
    (event,) = read("shadowserver", data, name="event4_honeypot_ddos_target.csv").accepted
    assert (event["ip"], event["port"]) == ("192.0.2.1", 80)


def test_a_report_with_host_names_only_is_read(read):
    (event,) = read("shadowserver", "timestamp,hostname\n2026-11-23 01:02:03,host.example.nl\n", name="x.csv").accepted
    assert event["hostname"] == "host.example.nl"


def test_a_report_without_any_address_is_refused_as_a_whole(read):
    with pytest.raises(FormatError, match="lacks a column with an address or a host name"):
        read("shadowserver", "timestamp,email\n2026-11-23 01:02:03,a@example.nl\n", name="compromised_account.csv")
