"""Whatever stands in the fields of a record of events: rows add up, evidence is text, only refusals are raised."""

import json

from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.rsit import CLASS_OF
from misthoorn.formats.values.schema import FormatError

FIELDS = {
    "intelmq": "source.ip source.url source.network source time.source classification.type severity extra raw",
    "n6": "category time address fqdn url proto dport sport",
    "xarf": "xarf_version timestamp source_identifier source_port category type tags evidence Report url",
    "urlhaus": "dateadded url tags",
    "threatfox": "ioc ioc_type first_seen threat_type",
    "feodo": "ip_address port first_seen as_number hostname",
    "openphish": "url isotime ip asn line",
    "phishtank": "phish_id url submission_time details",
    "spamhaus-drop": "cidr asn type line",
}
TEXTS = ["192.0.2.1", "10.0.0.1", "2026-11-20T01:02:03Z", "http://www.example.org:81/", "bots", "spam", "sha256_hash"]
PARTS = [{"ip": "192.0.2.1"}, [{"ip": "192.0.2.1", "asn": 1}, {"ip_address": "192.0.2.2"}], {"Source": {"IP": "x"}}]
ORDINARY = st.sampled_from([*TEXTS, 80, *PARTS])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | ORDINARY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)


@given(format_=st.sampled_from(sorted(FIELDS)), data=st.data())
def test_any_values_in_the_fields_of_a_record_are_events_or_refusals(read, format_, data):
    record = st.dictionaries(st.sampled_from(FIELDS[format_].split()) | st.text(max_size=4), VALUES, max_size=8)
    records = data.draw(st.lists(record, min_size=1, max_size=3))
    try:
        found = read(format_, json.dumps(records), fold=False)
    except FormatError:
        return
    rows = [event["row"] for event in found.accepted] + [row.row for row in found.refused]
    assert sorted(rows) == list(range(1, found.rows + 1))
    for event in found.accepted:
        assert CLASS_OF[event["type"]] == event["class"]
        assert all(isinstance(text, str) and text for text in json.loads(event["evidence"]).values())
    assert all(row.reason.endswith((".", "+", "-")) for row in found.refused)
