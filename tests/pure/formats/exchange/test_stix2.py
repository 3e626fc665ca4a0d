import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.schema import FormatError

RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
OWN = "marking-definition--own"
GREEN_1 = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"


def indicator(pattern="[ipv4-addr:value = '192.0.2.1']", **more):
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": "indicator--1",
        "pattern": pattern,
        "pattern_type": "stix",
        "valid_from": "2026-11-20T01:02:03.004Z",
    } | more


def bundle(*objects):
    return json.dumps({"type": "bundle", "id": "bundle--1", "objects": list(objects)})


def places(found):
    return [(event["ip"], event["hostname"], event["port"]) for event in found.accepted]


def read_one(read, **more):
    (event,) = read("stix2", bundle(indicator(**more))).accepted
    return event, json.loads(event["evidence"])


def test_an_indicator_is_what_was_seen_at_the_place_in_its_pattern(read):
    event, evidence = read_one(read, name="A server", labels=["c2"], confidence=80)
    assert (event["ip"], event["time"].isoformat()) == ("192.0.2.1", "2026-11-20T01:02:03.004000+00:00")
    assert (event["type"], event["identifier"], event["severity"]) == ("c2-server", "c2-server", "urgent")
    assert (evidence["name"], evidence["confidence"]) == ("A server", "80")
    assert evidence["pattern"] == "[ipv4-addr:value = '192.0.2.1']"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[ipv6-addr:value = '2001:db8::1']", [("2001:db8::1", None, None)]),
        ("[domain-name:value = 'c2.example.nl']", [(None, "c2.example.nl", None)]),
        ("[url:value = 'http://shop.example.nl:8080/x']", [(None, "shop.example.nl", 8080)]),
        ("[url:value = 'https://192.0.2.9/x']", [("192.0.2.9", None, None)]),
        ("[ipv4-addr:value ISSUBSET '192.0.2.1/32']", [("192.0.2.1", None, None)]),
        ("[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]", [("192.0.2.1", None, None), ("192.0.2.2", None, None)]),
        (
            "[domain-name:value = 'a.example.nl' AND domain-name:resolves_to_refs[*].value = '192.0.2.1']",
            [("192.0.2.1", "a.example.nl", None)],
        ),
        (
            "[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = 443]",
            [("192.0.2.1", None, 443)],
        ),
        (
            "[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [domain-name:value = 'a.example.nl']",
            [("192.0.2.1", None, None), (None, "a.example.nl", None)],
        ),
        ("[ipv4-addr:value = '192.0.2.1'] AND [ipv4-addr:value = '192.0.2.1']", [("192.0.2.1", None, None)]),
        ("[ipv4-addr:value != '192.0.2.3' AND ipv4-addr:value = '192.0.2.1']", [("192.0.2.1", None, None)]),
    ],
)
def test_a_pattern_may_name_several_places(read, pattern, expected):
    assert places(read("stix2", bundle(indicator(pattern)))) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[ipv4-addr:value = '192.0.2.0/24']", [("192.0.2.0/24", None)]),
        ("[ipv4-addr:value ISSUBSET '192.0.2.0/24']", [("192.0.2.0/24", None)]),
        ("[ipv6-addr:value = '2001:db8::/32']", [("2001:db8::/32", None)]),
        ("[network-traffic:src_ref.value = '192.0.2.0/24']", [("192.0.2.0/24", None)]),
        ("[network-traffic:dst_ref.value = '2001:db8::/48']", [("2001:db8::/48", None)]),
        ("[autonomous-system:number = 64496]", [(None, 64496)]),
        ("[autonomous-system:number IN (64496, 64497)]", [(None, 64496), (None, 64497)]),
        (
            "[ipv4-addr:value = '192.0.2.0/24' AND ipv4-addr:belongs_to_refs[*].number = 64496]",
            [("192.0.2.0/24", 64496)],
        ),
        ("[autonomous-system:number = 64496 AND ipv4-addr:value = '192.0.2.1']", [("192.0.2.1", 64496)]),
    ],
)
def test_a_pattern_may_name_networks_and_as_numbers(read, pattern, expected):
    found = read("stix2", bundle(indicator(pattern))).accepted
    assert [(event["ip"], event["asn"]) for event in found] == expected


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        ({"revoked": True}, "withdrawn", "revoked"),
        ({"valid_until": "2026-11-24T00:00:00Z"}, "expired", "valid until 2026-11-24 00:00 UTC"),
        ({"pattern": "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']"}, "subject-file", "files"),
        ({"pattern": "[email-addr:value = 'a@example.nl']"}, "subject-mail", "e-mail"),
        ({"pattern": "[x509-certificate:issuer = 'x']"}, "address-missing", "no address"),
        ({"pattern": "[ipv4-addr:value = '10.0.0.1']"}, "address-private", "private"),
        ({"pattern": "[ipv4-addr:value ISSUBSET '10.0.0.0/24']"}, "address-private", "10.0.0.0/24"),
        ({"pattern": "[ipv4-addr:value = '64.0.0.0/3']"}, "network-large", "64.0.0.0/3"),
        ({"pattern": "ipv4"}, "pattern-invalid", "does not belong there"),
        ({"pattern": "rule x {}", "pattern_type": "yara"}, "pattern-invalid", "'yara'"),
        ({"indicator_types": ["benign"]}, "benign", "benign"),
        ({"valid_from": "2027-01-01T00:00:00Z"}, "time-future", "future"),
        ({"valid_from": None}, "time-missing", "no time"),
    ],
)
def test_an_indicator_that_gives_no_event_is_refused_with_the_reason(read, more, code, words):
    found = read("stix2", bundle(indicator(**more)))
    assert (found.accepted, found.codes) == ([], [code])
    assert words in found.refused[0].reason


@pytest.mark.parametrize(
    ("refs", "label"),
    [
        ([RED], "RED"),
        ([GREEN_1], "GREEN"),
        ([GREEN_1, RED], "RED"),
        (["marking-definition--own"], "AMBER+STRICT"),
        ([], None),
    ],
)
def test_the_label_for_sharing_is_evidence_and_the_strictest_counts(read, refs, label):
    own = {
        "type": "marking-definition",
        "id": OWN,
        "extensions": {"extension-definition--1": {"tlp_2_0": "amber+strict"}},
    }
    (event,) = read("stix2", bundle(own, indicator(object_marking_refs=refs))).accepted
    assert json.loads(event["evidence"]).get("tlp") == label


def test_a_part_that_is_marked_on_its_own_counts_for_the_whole(read):
    _, evidence = read_one(read, granular_markings=[{"marking_ref": RED, "selectors": ["name"]}])
    assert evidence["tlp"] == "RED"


def test_what_is_told_of_many_places_does_not_grow_with_them(read):
    pattern = "[ipv4-addr:value IN (" + ", ".join(f"'192.0.{n // 250 + 2}.{n % 250}'" for n in range(900)) + ")]"
    more = {f"x_{n}": "y" * 2_000 for n in range(150)}
    found = read("stix2", bundle(indicator(pattern, object_marking_refs=[RED], **more)))
    assert len(found.accepted) == 900
    assert sum(len(event["evidence"]) for event in found.accepted) < 1_200_000
    assert all(json.loads(event["evidence"])["tlp"] == "RED" for event in found.accepted)


def test_a_statement_stands_in_the_evidence(read):
    own = {"type": "marking-definition", "id": "marking-definition--s", "definition": {"statement": "Ours"}}
    (event,) = read("stix2", bundle(own, indicator(object_marking_refs=["marking-definition--s"]))).accepted
    assert json.loads(event["evidence"])["marking"] == "Ours"


SIGHTING = {
    "type": "sighting",
    "id": "sighting--1",
    "sighting_of_ref": "malware--1",
    "observed_data_refs": ["observed-data--1"],
    "last_seen": "2026-11-21T00:00:00Z",
    "count": 3,
}
MALWARE = {"type": "malware", "id": "malware--1", "name": "Andromeda"}
OBSERVED = {"type": "observed-data", "id": "observed-data--1", "object_refs": ["network-traffic--1", "domain-name--1"]}
OBJECTS = [
    {
        "type": "network-traffic",
        "id": "network-traffic--1",
        "src_ref": "ipv4-addr--1",
        "dst_ref": "ipv4-addr--2",
        "src_port": 51000,
        "dst_port": 443,
        "protocols": ["ipv4", "tcp"],
    },
    {"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "192.0.2.1"},
    {"type": "ipv4-addr", "id": "ipv4-addr--2", "value": "198.51.100.1"},
    {"type": "domain-name", "id": "domain-name--1", "value": "c2.example"},
]


def test_a_sighting_is_an_event_at_each_place_that_its_data_holds(read):
    found = read("stix2", bundle(SIGHTING, MALWARE, OBSERVED, *OBJECTS))
    assert places(found) == [("198.51.100.1", None, 443), ("192.0.2.1", None, 51000), (None, "c2.example", None)]
    first = found.accepted[0]
    assert (first["type"], first["protocol"]) == ("infected-system", "tcp")
    assert json.loads(first["evidence"]) == {
        "end": "dst",
        "id": "sighting--1",
        "last_seen": "2026-11-21T00:00:00Z",
        "count": "3",
        "sighting_of": "Andromeda",
    }


def test_a_sighting_in_the_older_form_holds_its_objects_itself(read):
    observed = OBSERVED | {"objects": {"0": {"type": "ipv4-addr", "value": "192.0.2.7"}}}
    assert places(read("stix2", bundle(observed, SIGHTING))) == [("192.0.2.7", None, None)]


def test_a_sighting_tells_networks_and_as_numbers_and_the_as_of_an_address_with_it(read):
    objects = {
        "0": {"type": "ipv4-addr", "value": "192.0.2.0/24", "belongs_to_refs": ["1"]},
        "1": {"type": "autonomous-system", "number": 64496},
        "2": {"type": "autonomous-system", "number": 64497},
    }
    found = read("stix2", bundle(OBSERVED | {"objects": objects}, SIGHTING)).accepted
    assert [(event["ip"], event["asn"]) for event in found] == [("192.0.2.0/24", 64496), (None, 64497)]

    apart = [{"id": f"x--{number}", **one} for number, one in objects.items()]
    apart[0]["belongs_to_refs"] = ["x--1"]
    observed = OBSERVED | {"object_refs": ["x--0", "x--1", "x--2"]}
    found = read("stix2", bundle(observed, SIGHTING, *apart)).accepted
    assert [(event["ip"], event["asn"]) for event in found] == [("192.0.2.0/24", 64496), (None, 64497)]


def test_a_sighting_without_a_place_is_refused(read):
    found = read("stix2", bundle(SIGHTING))
    assert found.codes == ["address-missing"]
    assert "not at whose address" in found.refused[0].reason


def test_objects_about_nobodys_system_are_no_rows(read):
    others = [{"type": "identity", "id": "identity--1", "name": "x"}, MALWARE, *OBJECTS]
    assert read("stix2", bundle(*others)).rows == 0
    assert read("stix2", bundle(*others, indicator())).rows == 1


def test_an_envelope_of_taxii_and_objects_on_lines_are_read(read):
    assert len(read("stix2", json.dumps({"more": False, "objects": [indicator()]})).accepted) == 1
    lines = "\n".join(json.dumps(indicator(id=f"indicator--{n}", name=str(n))) for n in range(3))
    assert len(read("stix2", lines).accepted) == 3
    assert len(read("stix2", json.dumps(indicator())).accepted) == 1
    assert read("stix2", '{"more": false}').rows == 0


def test_a_broken_object_does_not_stand_in_the_way_of_the_next(read):
    text = bundle(indicator(), indicator(id="indicator--2", name="x")).replace('"id": "indicator--1"', '"id": oops')
    found = read("stix2", text)
    assert (len(found.accepted), found.codes) == (1, ["json-invalid"])


def test_json_of_something_else_is_refused_as_a_whole(read):
    with pytest.raises(FormatError, match="no object of STIX"):
        read("stix2", '{"a": 1}')
    with pytest.raises(FormatError, match="not JSON"):
        read("stix2", "time,ip\n")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["indicator--1", "ipv4-addr--1"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "type", "id"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.data())
def test_whatever_is_in_a_part_of_an_object_raises_nothing_and_is_counted(read, data):
    changed = []
    for one in (indicator(labels=["c2"], object_marking_refs=[RED]), SIGHTING, MALWARE, OBSERVED, *OBJECTS):
        part = data.draw(st.sampled_from(sorted(one)))
        changed.append(one | {part: data.draw(JUNK)} if data.draw(st.booleans()) else one)
    try:
        found = read("stix2", bundle(*changed), fold=False)
    except FormatError:
        return
    rows = sorted([row.row for row in found.refused] + [event["row"] for event in found.accepted])
    assert rows == list(range(1, found.rows + 1))


def test_the_publishers_examples_are_read(read, test_data):
    accepted, codes, refused = 0, set(), []
    for path in sorted(test_data("stix").rglob("*.json")):
        try:
            found = read("stix2", path.read_bytes())
        except FormatError as error:
            refused.append(str(error))
            continue
        accepted += len(found.accepted)
        codes.update(found.codes)
    assert accepted >= 70
    assert all(words.endswith((".", "again.")) for words in refused)
    assert codes <= {
        *("address-private", "address-invalid", "address-missing", "subject-file", "subject-mail"),
        *("wrong-kind", "json-invalid", "trailing"),
    }
