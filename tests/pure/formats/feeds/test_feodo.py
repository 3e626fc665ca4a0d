import json

import pytest

from misthoorn.formats.values.schema import FormatError

TABLE = """# Feodo Tracker
#
"first_seen_utc","dst_ip","dst_port","c2_status","last_online","malware"
"2026-11-20 01:02:03","192.0.2.7","443","online","2026-11-22","Emotet"
"2026-11-20 01:02:03","10.0.0.1","443","online","2026-11-22","Emotet"
# END 2 entries
"""
SERVER = {
    "ip_address": "192.0.2.8",
    "port": 4643,
    "status": "online",
    "hostname": "c2.example.org",
    "as_number": 64500,
    "first_seen": "2026-11-20 01:02:03",
    "last_online": "2026-11-22",
    "malware": "Dridex",
}


def test_a_row_is_a_control_server(read):
    found = read("feodo", TABLE)
    (event,) = found.accepted
    assert found.codes == ["address-private"]
    assert (event["ip"], event["port"], event["type"], event["severity"]) == ("192.0.2.7", 443, "c2-server", "urgent")
    assert event["time"].isoformat() == "2026-11-20T01:02:03+00:00"
    assert json.loads(event["evidence"]) == {"c2_status": "online", "last_online": "2026-11-22", "malware": "Emotet"}


def test_a_table_without_a_header_is_known_by_its_columns(read):
    assert len(read("feodo", "2026-11-20 01:02:03,192.0.2.7,443,online,2026-11-22,Emotet\n").accepted) == 1


def test_json_says_name_and_as_number_too(read):
    (event,) = read("feodo", json.dumps([SERVER])).accepted
    assert (event["ip"], event["port"], event["hostname"], event["asn"]) == ("192.0.2.8", 4643, "c2.example.org", 64500)


def test_a_server_without_a_first_time_was_seen_on_its_last_day_or_else_at_the_delivery(read, now):
    (event,) = read("feodo", json.dumps([SERVER | {"first_seen": None}])).accepted
    assert event["time"].isoformat() == "2026-11-22T00:00:00+00:00"
    (event,) = read("feodo", json.dumps([SERVER | {"first_seen": None, "last_online": None}])).accepted
    assert event["time"] == now


@pytest.mark.parametrize("data", ['[{"a": 1}]', ""])
def test_a_file_of_something_else_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("feodo", data)
