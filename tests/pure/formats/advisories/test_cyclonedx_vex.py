import copy
import json
from datetime import UTC, datetime

import pytest

from misthoorn.formats.advisories import cyclonedx_vex
from misthoorn.formats.readers.documents import RefusedError
from misthoorn.formats.values.schema import FormatError
from misthoorn.matching.vex import lift_keys

WIDGET = {"bom-ref": "widget", "type": "library", "group": "acme", "name": "widget", "version": "1.2"}
PURL = "pkg:npm/acme/widget@1.2"
CPE = "cpe:2.3:a:acme:widget:1.2:*:*:*:*:*:*:*"


def vulnerability(*affects, **parts):
    analysis = {"state": "not_affected", "justification": "code_not_reachable", "detail": "Never called."}
    return {
        "id": "CVE-2026-1000",
        "references": [{"id": "GHSA-2222-3333-4444"}],
        "analysis": analysis | parts.pop("analysis", {}),
        "affects": [*(affects or [{"ref": "widget"}])],
    } | parts


def document(*vulnerabilities, components=(), **parts):
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"timestamp": "2026-01-02T03:04:05Z", "supplier": {"name": "Acme"}},
        "components": list(components),
        "vulnerabilities": list(vulnerabilities),
    } | parts


def lifts(read, *vulnerabilities, **parts):
    found = read("cyclonedx-vex", json.dumps(document(*vulnerabilities, **parts)))
    assert found.refused == []
    return found.accepted


def ranges(found):
    return [(lift.product, lift.low, lift.high, lift.high_inclusive, lift.status) for lift in found]


def test_an_analysis_is_read(read):
    (lift,) = lifts(read, vulnerability(recommendation="Update."), components=[WIDGET | {"purl": PURL}])
    assert (lift.vulnerability, lift.aliases, lift.product) == ("CVE-2026-1000", ("GHSA-2222-3333-4444",), PURL)
    assert (lift.status, lift.justification, lift.statement) == (
        "not_affected",
        "code_not_reachable",
        "Never called. Update.",
    )
    assert (lift.source, lift.at) == ("Acme", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert lift_keys(lift)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("resolved", "fixed"),
        ("resolved_with_pedigree", "fixed"),
        ("exploitable", "affected"),
        ("in_triage", "under_investigation"),
        ("false_positive", "not_affected"),
        ("not_affected", "not_affected"),
    ],
)
def test_each_state_is_a_status(read, state, status):
    (lift,) = lifts(read, vulnerability(analysis={"state": state}), components=[WIDGET | {"purl": PURL}])
    assert lift.status == status


def test_a_false_positive_is_a_reason_in_itself(read):
    analysis = {"state": "false_positive", "justification": "", "detail": ""}
    (lift,) = lifts(read, vulnerability(analysis=analysis), components=[WIDGET | {"purl": PURL}])
    assert lift.justification == "false_positive"


def test_a_component_is_known_by_all_its_identifiers_or_else_by_maker_and_name(read):
    assert ranges(lifts(read, vulnerability(), components=[WIDGET | {"purl": PURL, "cpe": CPE}])) == [
        (PURL, "", "", True, "not_affected"),
        (CPE, "", "", True, "not_affected"),
    ]
    assert ranges(lifts(read, vulnerability(), components=[WIDGET])) == [
        ("acme:widget", "1.2", "1.2", True, "not_affected")
    ]


def test_listed_versions_have_their_own_status(read):
    versions = [
        {"version": "1.0", "status": "affected"},
        {"range": "vers:npm/>=1.1|<2.0", "status": "unaffected"},
        {"version": "3.0", "status": "unknown"},
        {"version": "4.0"},
    ]
    text = vulnerability({"ref": "widget", "versions": versions}, analysis={"state": "resolved"})
    bare = "pkg:npm/acme/widget"
    assert ranges(lifts(read, text, components=[WIDGET | {"purl": PURL}])) == [
        (bare, "1.0", "1.0", True, "affected"),
        (bare, "1.1", "2.0", False, "fixed"),
        (bare, "3.0", "3.0", True, "under_investigation"),
        (bare, "4.0", "4.0", True, "fixed"),
    ]


@pytest.mark.parametrize(
    "reference",
    [
        PURL,
        f"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#{PURL}",
        "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg%3Anpm%2Facme%2Fwidget%401.2",
    ],
)
def test_a_component_elsewhere_is_known_where_the_reference_is_its_name(read, reference):
    assert [lift.product for lift in lifts(read, vulnerability({"ref": reference}))] == [PURL]


def test_components_inside_components_and_the_one_that_it_is_about_are_known(read):
    outer = {"bom-ref": "outer", "name": "x", "components": [{"name": "y", "components": [WIDGET | {"purl": PURL}]}]}
    about = {"timestamp": "2026-01-02T03:04:05Z", "component": {"bom-ref": "top", "name": "t", "purl": "pkg:npm/t@1"}}
    found = lifts(read, vulnerability({"ref": "widget"}, {"ref": "top"}), components=[outer], metadata=about)
    assert [lift.product for lift in found] == [PURL, "pkg:npm/t@1"]


@pytest.mark.parametrize(
    ("part", "code", "words"),
    [
        (vulnerability({"ref": "gadget"}), "product-unnamed", "not in the document"),
        (vulnerability({"ref": "urn:cdx:x/1#gadget"}), "product-unnamed", "in another document"),
        (vulnerability({"ref": "nameless"}), "product-unnamed", "no package URL, CPE name or maker"),
        (vulnerability(affects=[]), "product-missing", "names no component"),
        (vulnerability(analysis={"state": ""}), "status-invalid", "state of CycloneDX"),
        (vulnerability() | {"analysis": None}, "status-invalid", "state of CycloneDX"),
        (vulnerability(analysis={"justification": "", "detail": ""}), "justification-missing", "not why"),
        (vulnerability(id=""), "identifier-invalid", "no id"),
        (vulnerability({"ref": "widget", "versions": [{"range": "some"}]}), "versions-invalid", "can't be read"),
        (
            vulnerability({"ref": "widget", "versions": [{"range": "vers:npm/!=1"}]}),
            "versions-invalid",
            "can't be read",
        ),
        ("x", "vulnerability-invalid", "not an object"),
    ],
)
def test_what_cant_be_used_is_refused_and_the_rest_is_read(read, part, code, words):
    known = [WIDGET | {"purl": PURL}, {"bom-ref": "nameless", "name": "nameless"}]
    found = read("cyclonedx-vex", json.dumps(document(part, vulnerability(), components=known)))
    assert (len(found.accepted), found.codes) == (1, [code])
    assert words in found.refused[0].reason


def test_what_says_nothing_or_is_something_else_is_refused(read):
    assert read("cyclonedx-vex", json.dumps(document())).codes == ["vulnerabilities-missing"]
    with pytest.raises(FormatError, match="not a CycloneDX document"):
        read("cyclonedx-vex", '{"document": {}}')


def test_the_examples_are_read_or_refused_with_a_reason(read, test_data):
    states = 0
    for path in sorted(test_data("sbom", "vex", "cyclonedx").rglob("vex*.json")):
        found = read("cyclonedx-vex", path.read_bytes())
        assert set(found.codes) <= {"product-unnamed", "product-missing"}, path
        states += found.rows
    assert states > 50


ODD = (None, 7, True, "", "x" * 10_000, [], {}, [[[]]], [None, 7], {"a": 1}, {"ref": {"ref": 1}})


def places(value, path=()):
    yield path
    for step, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(part, (*path, step))


@pytest.mark.parametrize("odd", ODD, ids=[repr(odd)[:12] for odd in ODD])
def test_anything_in_any_place_is_refused_or_left_out(odd):
    versions = [{"version": "1"}, {"range": "vers:npm/<2", "status": "unaffected"}]
    full = document(
        vulnerability({"ref": "widget", "versions": versions}),
        components=[WIDGET | {"purl": PURL, "cpe": CPE, "supplier": {"name": "a"}, "components": [WIDGET]}],
    )
    for path in list(places(full))[1:]:
        text = copy.deepcopy(full)
        here = text
        for step in path[:-1]:
            here = here[step]
        here[path[-1]] = odd
        told = "."
        try:
            parts = cyclonedx_vex.understand(text)
            assert parts.values or parts.problems
        except RefusedError as refusal:
            told = refusal.reason
        assert told.endswith(".")


def test_deep_nesting_is_only_long(read):
    deep = WIDGET | {"purl": PURL}
    for _ in range(300):
        deep = {"name": "x", "components": [deep]}
    assert len(lifts(read, vulnerability(), components=[deep])) == 1
