import io
import json

import pytest

from misthoorn.formats.feeds.shadowserver import with_schema
from misthoorn.formats.feeds.shadowserver_schema import read_schema
from misthoorn.formats.values.schema import FormatError

NEW = {
    "constant_fields": {
        "classification.identifier": "open-newthing",
        "classification.taxonomy": "vulnerable",
        "classification.type": "information-disclosure",
    },
    "required_fields": [["time.source", "seen_at", "add_UTC_to_timestamp"], ["source.ip", "device_ip", "validate_ip"]],
    "optional_fields": [["source.port", "device_port", "convert_int"], ["extra.", "tag"], "odd", [1]],
}
ROWS = "seen_at,device_ip,device_port,tag\n2026-11-23 01:02:03,192.0.2.1,99,x\n"


def schema(**reports):
    return json.dumps({"_meta": {"change_log": []}} | reports).encode()


def read_with(gather, now, data, rows, *, name):
    return gather(with_schema(data)(io.BytesIO(rows.encode()), name=name, now=now))


def test_a_type_that_is_new_is_read_as_the_schema_says(gather, now):
    (event,) = read_with(gather, now, schema(scan6_newthing=NEW), ROWS, name="2026-11-23-scan_newthing-nl.csv").accepted
    assert (event["ip"], event["port"], event["type"]) == ("192.0.2.1", 99, "information-disclosure")
    assert (event["identifier"], event["severity"]) == ("open-newthing", "normal")
    assert json.loads(event["evidence"]) == {"tag": "x"}


def test_a_type_that_our_own_table_knows_keeps_its_words(gather, now):
    rows = "timestamp,ip\n2026-11-23 01:02:03,192.0.2.1\n"
    (event,) = read_with(gather, now, schema(scan_rdp=NEW), rows, name="2026-11-23-scan_rdp-nl.csv").accepted
    assert (event["identifier"], event["type"]) == ("open-rdp", "vulnerable-system")


def test_columns_that_the_schema_names_and_the_file_lacks_are_found_by_habit(gather, now):
    rows = "timestamp,src_ip\n2026-11-23 01:02:03,192.0.2.1\n"
    (event,) = read_with(gather, now, schema(event_new=NEW), rows, name="event4_new.csv").accepted
    assert (event["ip"], event["identifier"]) == ("192.0.2.1", "open-newthing")


def test_the_other_file_of_the_publisher_is_read_too():
    report = {"classification.taxonomy": "intrusions", "classification.type": "system-compromise", "fields": ["ip"]}
    found = read_schema(schema(scan_newthing=report))["scan_newthing"]
    assert (found.class_, found.type_, found.identifier) == ("intrusions", "system-compromise", "scan-newthing")


def test_a_type_without_usable_words_is_undetermined():
    report = {"constant_fields": {"classification.type": "blacklist", "classification.identifier": "no good"}}
    found = read_schema(schema(new_list=report | {"required_fields": []}))["new_list"]
    assert (found.class_, found.type_, found.identifier) == ("other", "undetermined", "new-list")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'"x"', b"{}", b'{"a": 1}', b"[" * 100_000, b"\xff"])
def test_what_is_no_schema_is_told_in_a_sentence(data):
    with pytest.raises(FormatError, match="Download intelmq"):
        read_schema(data)
