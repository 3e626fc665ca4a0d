import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.advisories import openvex
from misthoorn.formats.readers.documents import RefusedError
from misthoorn.formats.values.advisory_json import to_json_line
from misthoorn.formats.values.schema import FormatError
from misthoorn.formats.values.vex import Lift
from misthoorn.matching.vex import lift_keys

PURL = "pkg:npm/acme/widget@1.2.3"


def statement(**parts):
    said = {
        "vulnerability": {"name": "CVE-2026-1000", "aliases": ["GHSA-2222-3333-4444"]},
        "products": [{"@id": PURL}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
    } | parts
    return {name: part for name, part in said.items() if part is not ...}


def document(*statements, **parts):
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://acme.example/vex-1",
        "author": "Acme",
        "timestamp": "2026-01-02T03:04:05.123456789+01:00",
        "version": 1,
        "statements": list(statements),
    } | parts


def lifts(read, *statements, **parts):
    found = read("openvex", json.dumps(document(*statements, **parts)))
    assert found.refused == []
    return found.accepted


def test_a_statement_is_read(read):
    (lift,) = lifts(read, statement(impact_statement="Not compiled in."))
    assert lift == Lift(
        vulnerability="CVE-2026-1000",
        aliases=("GHSA-2222-3333-4444",),
        product=PURL,
        low="",
        low_inclusive=True,
        high="",
        high_inclusive=True,
        status="not_affected",
        justification="vulnerable_code_not_in_execute_path",
        statement="Not compiled in.",
        source="Acme",
        at=datetime(2026, 1, 2, 2, 4, 5, 123456, tzinfo=UTC),
    )
    assert json.loads(to_json_line(lift))["at"] == "2026-01-02T02:04:05.123456Z"
    assert lift_keys(lift)


def test_the_first_version_of_the_format_names_things_by_texts(read):
    (lift,) = lifts(
        read,
        statement(vulnerability="CVE-2026-1000", products=[PURL], subcomponents=["pkg:npm/part@1"]),
        **{"@context": "https://openvex.dev/ns"},
    )
    assert (lift.vulnerability, lift.product, lift.statement) == ("CVE-2026-1000", PURL, "By way of pkg:npm/part@1.")


def test_every_identifier_of_a_product_is_a_value_of_its_own(read):
    cpe = "cpe:2.3:a:acme:widget:1.2.3:*:*:*:*:*:*:*"
    product = {
        "@id": "https://acme.example/widget",
        "identifiers": {"purl": PURL, "cpe23": cpe, "cpe22": "cpe:/a:b:c:1"},
    }
    assert [lift.product for lift in lifts(read, statement(products=[product]))] == [PURL, cpe, "cpe:/a:b:c:1"]


def test_what_is_said_of_a_part_is_said_of_the_product_it_is_in(read):
    product = {"@id": PURL, "subcomponents": [{"@id": "pkg:npm/part@1"}, {"identifiers": {"purl": "pkg:npm/other@2"}}]}
    (lift,) = lifts(read, statement(products=[product]))
    assert (lift.product, lift.statement) == (PURL, "By way of pkg:npm/part@1, pkg:npm/other@2.")


@pytest.mark.parametrize(
    ("own", "day"),
    [
        ({"timestamp": "2026-02-01T00:00:00Z"}, 1),
        ({"timestamp": "2026-02-01T00:00:00Z", "last_updated": "2026-02-03T00:00:00Z"}, 3),
        ({"timestamp": "soon"}, 2),
        ({}, 2),
    ],
)
def test_a_statement_holds_since_its_own_moment_or_else_the_documents(read, own, day):
    (lift,) = lifts(read, statement(**own), timestamp="2026-01-02T00:00:00Z")
    assert lift.at.day == day


def test_the_number_is_taken_from_the_address_where_it_is_not_named(read):
    vulnerability = {"@id": "https://nvd.nist.gov/vuln/detail/CVE-2026-2000"}
    (lift,) = lifts(read, statement(vulnerability=vulnerability))
    assert lift.vulnerability == "CVE-2026-2000"


@pytest.mark.parametrize("status", ["fixed", "affected", "under_investigation"])
def test_only_not_affected_needs_a_reason(read, status):
    (lift,) = lifts(read, statement(status=status, justification=..., action_statement="Update."))
    assert (lift.status, lift.justification, lift.statement) == (status, "", "Update.")


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (statement(justification=...), "justification-missing"),
        (statement(status="safe"), "status-invalid"),
        (statement(status=...), "status-invalid"),
        (statement(vulnerability={}), "identifier-invalid"),
        (statement(vulnerability="x" * 129), "identifier-invalid"),
        (statement(products=...), "product-missing"),
        (statement(products=[]), "product-missing"),
        (7, "statement-invalid"),
    ],
)
def test_a_statement_that_says_too_little_is_refused_and_the_others_are_read(read, part, code):
    found = read("openvex", json.dumps(document(part, statement())))
    assert (len(found.accepted), found.codes) == (1, [code])
    assert json.loads(found.refused[0].raw) == part


def test_a_product_with_hashes_only_is_refused_alone(read):
    hashed = {"@id": "urn:x", "hashes": {"sha-256": "00"}}
    found = read("openvex", json.dumps(document(statement(products=[hashed, {"@id": PURL}]))))
    assert ([lift.product for lift in found.accepted], found.codes) == ([PURL], ["product-unnamed"])


def test_an_attestation_is_unpacked(read):
    wrapped = {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "https://openvex.dev/ns/v0.2.0",
        "predicate": document(statement()),
    }
    assert len(read("openvex", json.dumps(wrapped)).accepted) == 1


def test_what_says_nothing_or_is_something_else_is_refused(read):
    assert read("openvex", json.dumps(document())).codes == ["statements-missing"]
    with pytest.raises(FormatError, match="not an OpenVEX document"):
        read("openvex", '{"bomFormat": "CycloneDX"}')


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just("x" * 5000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["@id", "name", "purl"]), inner),
)
NAMES = [*statement(), "impact_statement", "action_statement", "timestamp", "subcomponents"]


@given(
    document=st.fixed_dictionaries({}, optional=dict.fromkeys(document(), ODD)),
    said=st.dictionaries(st.sampled_from(NAMES), ODD),
)
def test_anything_in_any_place_is_refused_or_left_out(document, said):
    text = globals()["document"](statement(**said), **document)
    told = ""
    try:
        parts = openvex.understand(text)
    except RefusedError as refusal:
        told = refusal.reason
    else:
        assert parts.values or parts.problems
        told = "".join(problem.reason for problem in parts.problems)
    assert not told or told.endswith(".")
