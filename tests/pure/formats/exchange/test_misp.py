import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.schema import FormatError

SEEN = 1_795_000_000  # 2026-11-18


def attribute(type_="ip-dst", value="192.0.2.1", **more):
    return {
        "type": type_,
        "value": value,
        "category": "Network activity",
        "to_ids": True,
        "timestamp": str(SEEN),
    } | more


def event(*attributes, **more):
    return {
        "Event": {"uuid": "u-1", "info": "A campaign", "Orgc": {"name": "CERT"}, "Attribute": list(attributes)} | more
    }


def read_events(read, *attributes, **more):
    return read("misp", json.dumps(event(*attributes, **more)))


def test_an_attribute_with_an_address_is_an_event(read):
    (found,) = read_events(read, attribute(Tag=[{"name": 'rsit:malicious-code="c2-server"'}])).accepted
    assert (found["ip"], found["type"], found["severity"]) == ("192.0.2.1", "c2-server", "urgent")
    evidence = json.loads(found["evidence"])
    assert evidence["event.info"] == "A campaign"
    assert evidence["event.org"] == "CERT"
    assert evidence["tags"] == 'rsit:malicious-code="c2-server"'


@pytest.mark.parametrize(
    ("type_", "value", "place"),
    [
        ("ip-src", "2001:db8::1", ("2001:db8::1", None, None)),
        ("ip-src|port", "192.0.2.1|8080", ("192.0.2.1", None, 8080)),
        ("ip-dst|port", "192.0.2.1|443", ("192.0.2.1", None, 443)),
        ("domain", "a.example.nl", (None, "a.example.nl", None)),
        ("hostname", "a.example.nl", (None, "a.example.nl", None)),
        ("hostname|port", "a.example.nl|25", (None, "a.example.nl", 25)),
        ("domain|ip", "a.example.nl|192.0.2.1", ("192.0.2.1", "a.example.nl", None)),
        ("url", "http://a.example.nl:8080/x", (None, "a.example.nl", 8080)),
        ("url", "http://192.0.2.1/x", ("192.0.2.1", None, None)),
        ("uri", "a.example.nl/x", (None, "a.example.nl", None)),
    ],
)
def test_each_type_that_names_a_system_names_its_place(read, type_, value, place):
    (found,) = read_events(read, attribute(type_, value)).accepted
    assert (found["ip"], found["hostname"], found["port"]) == place
    assert json.loads(found["evidence"]).get("value", value) == value


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        ("ip-src", "192.0.2.0/24", ("192.0.2.0/24", None)),
        ("ip-dst", "192.0.2.77/24", ("192.0.2.0/24", None)),
        ("ip-dst", "2001:db8::/32", ("2001:db8::/32", None)),
        ("ip-dst", "192.0.2.7/32", ("192.0.2.7", None)),
        ("ip-dst|port", "192.0.2.0/24|22", ("192.0.2.0/24", None)),
        ("AS", "64496", (None, 64496)),
        ("AS", "AS64496", (None, 64496)),
    ],
)
def test_a_whole_network_or_an_as_number_is_an_event_too(read, type_, value, expected):
    (found,) = read_events(read, attribute(type_, value)).accepted
    assert (found["ip"], found["asn"]) == expected


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"type": "sha256", "value": "00" * 32}, "subject-file"),
        ({"type": "filename|md5", "value": "a|b"}, "subject-file"),
        ({"type": "email-src", "value": "a@example.nl"}, "subject-mail"),
        ({"type": "AS", "value": "AS64496 Example"}, "asn-invalid"),
        ({"type": "AS", "value": "0"}, "address-missing"),
        ({"value": "10.0.0.0/24"}, "address-private"),
        ({"value": "64.0.0.0/3"}, "network-large"),
        ({"type": "link", "value": "https://example.org/report"}, "address-missing"),
        ({"type": "btc", "value": "x"}, "address-missing"),
        ({"type": None, "value": None}, "address-missing"),
        ({"value": "10.0.0.1"}, "address-private"),
        ({"deleted": True}, "withdrawn"),
        ({"Sighting": [{"type": "1", "date_sighting": str(SEEN)}]}, "benign"),
        ({"Sighting": [{"type": "2", "date_sighting": str(SEEN)}]}, "expired"),
        ({"Tag": [{"name": "false-positive"}]}, "benign"),
        ({"timestamp": None}, "time-missing"),
    ],
)
def test_an_attribute_that_names_nobody_or_no_longer_is_refused_with_the_reason(read, more, code):
    found = read_events(read, attribute() | more)
    assert (found.accepted, found.codes) == ([], [code])


def test_the_time_is_that_of_the_last_sighting_or_else_when_it_was_seen(read):
    sighted = {"Sighting": [{"type": "0", "date_sighting": str(SEEN + 60)}, {"type": "1", "date_sighting": str(SEEN)}]}
    last = {"first_seen": "2026-11-01T00:00:00Z", "last_seen": "2026-11-02T00:00:00+00:00"}
    found = read_events(read, attribute(**sighted), attribute(**last), attribute(first_seen="2026-11-01T00:00:00Z"))
    assert [f"{one['time']:%m-%d %H:%M}" for one in found.accepted] == ["11-18 11:07", "11-02 00:00", "11-01 00:00"]


def test_an_event_tells_the_time_of_attributes_without_one(read):
    (found,) = read_events(read, attribute(timestamp=""), timestamp=str(SEEN)).accepted
    assert f"{found['time']:%Y-%m-%d}" == "2026-11-18"


def test_what_is_not_for_detection_is_for_information(read):
    tags = [{"name": 'rsit:malicious-code="c2-server"'}]
    found = read_events(read, attribute(to_ids=False, Tag=tags), attribute(to_ids="1", value="192.0.2.2", Tag=tags))
    assert [one["severity"] for one in found.accepted] == ["information", "urgent"]


def test_the_strictest_label_of_event_and_attribute_is_evidence(read):
    found = read_events(
        read,
        attribute(Tag=[{"name": "tlp:green"}]),
        attribute(value="192.0.2.2", Tag=[{"name": "tlp:amber+strict"}]),
        attribute(value="192.0.2.3"),
        Tag=[{"name": "tlp:amber"}, {"name": "tlp:unclear"}],
    )
    assert [json.loads(one["evidence"])["tlp"] for one in found.accepted] == ["AMBER", "AMBER+STRICT", "AMBER"]


def test_the_parts_of_an_object_are_rows_and_its_port_belongs_to_its_addresses(read):
    parts = [
        attribute(object_relation="ip"),
        attribute("port", "8443", object_relation="dst-port"),
        attribute("hostname", "a.example.nl", object_relation="hostname"),
    ]
    found = read_events(read, Object=[{"name": "ip-port", "Attribute": parts}])
    assert [(one["ip"], one["hostname"], one["port"]) for one in found.accepted] == [
        ("192.0.2.1", None, 8443),
        (None, "a.example.nl", 8443),
    ]
    assert found.codes == ["address-missing"]
    assert json.loads(found.accepted[0]["evidence"])["object"] == "ip-port"


def test_what_belongs_to_a_deleted_object_is_deleted(read):
    assert read_events(read, Object=[{"name": "x", "deleted": True, "Attribute": [attribute()]}]).codes == ["withdrawn"]


def test_a_proposal_is_refused(read):
    assert read_events(read, ShadowAttribute=[attribute()]).codes == ["proposal"]


def test_searches_lists_and_lines_are_read(read):
    one, two = event(attribute()), event(attribute(value="192.0.2.2"))
    for text in (
        json.dumps({"response": [one, two]}),
        json.dumps([one, two]),
        json.dumps(one) + "\n" + json.dumps(two) + "\n",
        json.dumps({"response": {"Attribute": [attribute(), attribute(value="192.0.2.2")]}}),
    ):
        assert [found["ip"] for found in read("misp", text).accepted] == ["192.0.2.1", "192.0.2.2"]
    assert len(read("misp", json.dumps(one["Event"])).accepted) == 1


def test_a_zip_of_a_feed_is_read_without_its_lists(read):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("feed/u-1.json", json.dumps(event(attribute())))
        archive.writestr("feed/manifest.json", json.dumps({"u-1": {"Orgc": {"name": "CERT"}, "info": "x"}}))
        archive.writestr("feed/hashes.csv", "00,u-1\n")
        archive.writestr("feed/u-2.json", "<html>")
        archive.writestr("../u-3.json", "{}")
    found = read("misp", out.getvalue())
    assert (len(found.accepted), found.codes) == (1, ["file", "archive-name"])
    assert found.refused[0].reason.startswith("'feed/u-2.json': ")


def test_a_refused_attribute_keeps_itself_and_not_the_whole_event(read):
    found = read_events(read, attribute(value="10.0.0.1", comment="ours"), *(attribute() for _ in range(50)))
    assert (found.codes, found.duplicates) == (["address-private"], 49)
    assert json.loads(found.refused[0].raw) == attribute(value="10.0.0.1", comment="ours")


def test_what_is_no_event_is_refused_as_a_whole(read):
    with pytest.raises(FormatError, match="list of a feed's events"):
        read("misp", json.dumps({"u-1": {"Orgc": {"name": "CERT"}}}))
    with pytest.raises(FormatError, match="no event of MISP"):
        read("misp", '{"a": 1}')
    with pytest.raises(FormatError, match="not JSON"):
        read("misp", "a,b\n1,2\n")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "type"]), inner, max_size=2),
    max_leaves=6,
)
PARTS = sorted({*attribute(), "Tag", "Sighting", "deleted", "first_seen"})


@given(st.lists(st.dictionaries(st.sampled_from(PARTS), JUNK, max_size=3), max_size=4), st.sampled_from(PARTS), JUNK)
def test_whatever_an_attribute_holds_raises_nothing_and_is_counted(read, changes, part, junk):
    attributes = [attribute(value=f"192.0.2.{n}") | change for n, change in enumerate(changes)]
    found = read("misp", json.dumps(event(*attributes, **{part: junk}, Object=[{"Attribute": attributes}])), fold=False)
    assert found.rows == 2 * len(changes)
    rows = sorted([row.row for row in found.refused] + [one["row"] for one in found.accepted])
    assert rows == list(range(1, found.rows + 1))


def test_the_publishers_events_add_up_to_their_attributes(read, test_data):
    accepted = 0
    for path in sorted(test_data("misp", "events").glob("*.json")):
        try:
            found = read("misp", path.read_bytes(), fold=False)
        except FormatError:
            assert path.name in NO_EVENTS
            continue
        accepted += len(found.accepted)
        assert found.rows == count(json.loads(path.read_bytes())), path.name
        assert set(found.codes) <= {
            *("subject-file", "subject-mail", "address-missing", "proposal", "benign", "time-missing"),
        }, path.name
    assert accepted > 70


NO_EVENTS = {"mispevent-galaxy.json", "mispevent-sighting.json", "search_index_result.json", "sharing_groups.json"}


def count(document):
    """The attributes and proposals of an event, counted another way."""
    found = document.get("Event", document)
    if "response" in document:
        return sum(count(one) for one in document["response"])
    objects = sum(len(one.get("Attribute", [])) for one in found.get("Object", []))
    return len(found.get("Attribute", [])) + objects + len(found.get("ShadowAttribute", []))
