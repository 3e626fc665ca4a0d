import gzip
import io
import json
import zipfile

import pytest

from misthoorn.formats.feeds.shadowserver_reports import REPORTS, find_report
from misthoorn.formats.values.rsit import CLASS_OF
from misthoorn.formats.values.schema import SEVERITIES, FormatError

HEADER = '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo"'
ROW = '"2026-11-23 01:02:03","{severity}","192.0.2.1","tcp",3389,"{hostname}","rdp",{asn},"NL"'


def report(read, name="2026-11-23-scan_rdp-netherlands-geo.csv", **cells):
    cells = {"severity": "high", "hostname": "host.example.nl", "asn": 64496} | cells
    return read("shadowserver", f"{HEADER}\n{ROW.format(**cells)}\n", name=name)


def test_the_report_type_gives_class_type_and_identifier(read):
    (event,) = report(read).accepted
    assert (event["class"], event["type"]) == ("vulnerable", "vulnerable-system")
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
        read("shadowserver", "timestamp,note\n2026-11-23 01:02:03,x\n", name="compromised_account.csv")


@pytest.mark.parametrize(
    ("name", "column", "cell", "hostname"),
    [
        ("compromised_account.csv", "email", "j.jansen@example.nl", "example.nl"),
        ("ransomware_victim.csv", "website", "https://www.example.nl/about", "www.example.nl"),
        ("ransomware_victim.csv", "website", "example.nl", "example.nl"),
        ("sandbox_dns.csv", "request", "host.example.nl", "host.example.nl"),
        ("phish_url.csv", "url", "https://shop.example.nl/login?a=b", "shop.example.nl"),
    ],
)
def test_a_report_without_an_address_is_about_the_name_that_it_tells(read, name, column, cell, hostname):
    (event,) = read("shadowserver", f"timestamp,{column}\n2026-11-23 01:02:03,{cell}\n", name=name).accepted
    assert (event["ip"], event["hostname"]) == (None, hostname)
    assert json.loads(event["evidence"]) == {column: cell}


def test_an_address_without_a_domain_names_nobody(read):
    data = "timestamp,email\n2026-11-23 01:02:03,a.b\n2026-11-23 01:02:03,\n2026-11-23 01:02:03,a@b.example\n"
    found = read("shadowserver", data, name="compromised_account.csv")
    assert (found.codes, len(found.accepted)) == (["address-missing", "address-missing"], 1)


def test_the_host_name_of_a_url_fills_an_empty_column_and_never_an_address(read):
    data = (
        "timestamp,ip,hostname,url\n"
        "2026-11-23 01:02:03,192.0.2.1,,http://a.example.nl/x\n"
        "2026-11-23 01:02:03,192.0.2.1,b.example.nl,http://a.example.nl/x\n"
        "2026-11-23 01:02:03,192.0.2.1,,http://192.0.2.1:8080/x\n"
        "2026-11-23 01:02:03,192.0.2.1,,http://[::/\n"
    )
    found = read("shadowserver", data, name="malware_url.csv")
    assert [event["hostname"] for event in found.accepted] == ["a.example.nl", "b.example.nl", None, None]


def test_an_exchange_server_with_a_web_shell_is_broken_into(read):
    data = "timestamp,ip,tag\n2026-11-23 01:02:03,192.0.2.1,exchange\n2026-11-23 01:02:03,192.0.2.1,exchange;webshell\n"
    events = read("shadowserver", data, name="scan_exchange.csv").accepted
    assert [(one["class"], one["type"], one["identifier"]) for one in events] == [
        ("vulnerable", "vulnerable-system", "vulnerable-exchange"),
        ("intrusions", "system-compromise", "webshell"),
    ]


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


RDP = f"{HEADER}\n{ROW.format(severity='high', hostname='', asn=64496)}\n"


def test_each_file_of_a_zip_has_its_own_type_and_rows_are_counted_over_all(read):
    data = zipped(**{"2026-11-23-scan_rdp-nl.csv": RDP, "in/2026-11-23-scan_vnc-nl.csv": RDP + "short\n"})
    found = read("shadowserver", data, name="reports.zip")
    assert [(event["row"], event["identifier"]) for event in found.accepted] == [(1, "open-rdp"), (2, "open-vnc")]
    assert [(row.row, row.line, row.code) for row in found.refused] == [(3, 3, "fields")]
    assert found.refused[0].reason.startswith("'in/2026-11-23-scan_vnc-nl.csv': The row has 1 field")


def test_the_name_of_the_zip_tells_the_type_when_the_file_inside_does_not(read):
    (event,) = read("shadowserver", zipped(**{"report.csv": RDP}), name="2026-11-23-scan_rdp-nl.zip").accepted
    assert event["identifier"] == "open-rdp"


def test_the_same_row_in_two_files_of_a_zip_is_a_duplicate(read):
    found = read("shadowserver", zipped(**{"scan_rdp.csv": RDP, "scan_rdp-again.csv": RDP}), name="x.zip")
    assert (len(found.accepted), found.duplicates) == (1, 1)


def test_a_file_of_a_zip_that_can_not_be_read_is_one_refused_row_and_the_next_is_read(read):
    page = "<!DOCTYPE html><html></html>"
    packed = gzip.compress(RDP.encode())
    data = zipped(**{"../a.csv": RDP, "b.csv": page, "scan_rdp.csv": RDP, "scan_vnc.csv.gz": packed, "c.zip": zipped()})
    found = read("shadowserver", data, name="x.zip")
    assert [event["identifier"] for event in found.accepted] == ["open-rdp", "open-vnc"]
    assert [(row.row, row.code) for row in found.refused] == [(1, "archive-name"), (2, "file"), (5, "file")]
    assert "'b.csv': This is a web page" in found.refused[1].reason


def test_a_zip_that_is_damaged_inside_keeps_what_was_read_of_it(read):
    rows = "".join(f"2026-11-23 01:02:03,192.0.2.{n % 250 + 1},{n * 7919 % 65536}\n" for n in range(40_000))
    data = bytearray(zipped(**{"scan_rdp.csv": "timestamp,ip,port\n" + rows, "scan_vnc.csv": RDP}))
    data[len(data) // 2] ^= 0xFF
    found = read("shadowserver", bytes(data), name="x.zip", fold=False)
    assert found.codes.count("damaged") == 1
    assert found.accepted[-1]["identifier"] == "open-vnc"
    assert [row.row for row in found.refused] < [found.rows]


def test_what_the_api_gives_as_json_is_read_too(read):
    rows = [{"timestamp": "2026-11-23 01:02:03", "ip": "192.0.2.1", "port": 3389, "tag": "rdp", "hostname": None}]
    (event,) = read("shadowserver", json.dumps(rows), name="2026-11-23-scan_rdp-nl.json").accepted
    assert (event["ip"], event["port"], event["identifier"]) == ("192.0.2.1", 3389, "open-rdp")
    assert json.loads(event["evidence"]) == {"tag": "rdp"}


def test_json_of_something_else_is_refused_as_a_whole(read):
    with pytest.raises(FormatError, match="lacks a column timestamp"):
        read("shadowserver", '[{"a": 1}]', name="2026-11-23-scan_rdp-nl.json")
