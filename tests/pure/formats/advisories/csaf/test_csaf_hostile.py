"""Whatever stands in the place of a part of a document: no traceback, and what is wrong is told or left out."""

import copy
import json
import time
from datetime import UTC, datetime

import pytest
from csaf_documents import branch, document, made, product, relationship, version, version_range, vulnerability
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.advisories.csaf import document as csaf
from misthoorn.formats.readers.documents import RefusedError
from misthoorn.matching.advisories import item_keys

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FULL = document(
    vulnerability(
        known_affected=["A", "B", "AH", "G"],
        fixed=["C"],
        first_affected=["D"],
        known_not_affected=["E"],
        title="A flaw",
        cwe={"id": "CWE-79"},
        cwes=[{"id": "CWE-80"}],
        ids=[{"system_name": "Acme", "text": "ACME-1"}],
        notes=[{"category": "summary", "text": "It leaks."}],
        scores=[{"products": ["A"], "cvss_v3": {"version": "3.1", "baseScore": 9.8, "vectorString": "CVSS:3.1/AV:N"}}],
        metrics=[{"content": {"cvss_v4": {"baseScore": 9.8}}}],
        remediations=[
            {"category": "vendor_fix", "details": "Update.", "url": "https://a.example", "product_ids": ["A"]}
        ],
        threats=[{"category": "impact", "details": "None", "product_ids": ["E"]}],
        flags=[{"label": "component_not_present", "product_ids": ["E"], "group_ids": ["X"]}],
        references=[{"url": "https://a.example/1", "summary": "One"}],
        first_known_exploitation_dates=[{"exploitation_date": "2026-01-01T00:00:00Z"}],
    ),
    branches=[
        made(
            version("A", "1.0", cpe="cpe:2.3:a:acme:widget:1.0:*:*:*:*:*:*:*", model_numbers=["M-1"]),
            version_range("B", "vers:all/>=2|<3"),
            version("C", "3.0", purl="pkg:npm/acme/widget@3.0"),
            version("D", "0.1"),
            version("E", "4", skus=["S"], serial_numbers=["7"]),
        ),
        branch("vendor", "Acme", branch("product_name", "Box", product=product("H", cpe="cpe:/h:acme:box:2"))),
    ],
    tree={
        "full_product_names": [product("G", "Acme Gadget 1.0")],
        "relationships": [relationship("AH", "A", "H", "installed_on")],
        "product_paths": [],
        "product_groups": [{"group_id": "X", "product_ids": ["E"]}],
    },
    distribution={"tlp": {"label": "GREEN"}},
    notes=[{"category": "general", "title": "Kans", "text": "high"}],
    references=[{"url": "https://a.example/2"}],
    aggregate_severity={"text": "high"},
)
ODD = (None, 7, -1.5, True, "", "x" * 100_000, [], {}, [[[]]], [None, 7, "A"], {"a": {"b": []}}, "\ud800", "A\0B")


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for name, part in value.items():
            yield from places(part, (*path, name))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from places(part, (*path, index))


def put(value, path, part):
    changed = copy.deepcopy(value)
    here = changed
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = part
    return changed


PLACES = [path for path in places(FULL) if path]


def understood(text):
    parts, told = None, "."
    try:
        parts = csaf.understand(text, now=NOW)
    except RefusedError as refusal:
        told = refusal.reason
    assert told.endswith(".")
    if parts is None:
        return
    assert parts.values
    assert all(problem.code and problem.reason.endswith(".") for problem in parts.problems)
    for advisory in parts.values:
        hash(advisory)
        item_keys(advisory)


@pytest.mark.parametrize("odd", ODD, ids=[repr(odd)[:12] for odd in ODD])
def test_anything_in_any_place_is_refused_or_left_out(odd):
    for path in PLACES:
        understood(put(FULL, path, odd))


@given(path=st.sampled_from(PLACES), other=st.sampled_from(PLACES), data=st.data())
def test_parts_in_each_others_places_are_no_more_than_wrong(path, other, data):
    part = FULL
    for step in other:
        part = part[step]
    text = put(FULL, path, part)
    second = data.draw(st.sampled_from([one for one in places(text) if one]))
    understood(put(text, second, data.draw(st.sampled_from(ODD))))


def test_nothing_is_wrong_with_the_whole():
    parts = csaf.understand(FULL, now=NOW)
    assert parts.problems == []
    assert item_keys(parts.values[0]).not_understood == {"serial-number": 1}


def test_a_deep_tree_is_told_and_the_rest_read(read):
    deep = version("Z", "9")
    for _ in range(200):
        deep = {"category": "product_family", "name": "x", "branches": [deep]}
    text = document(vulnerability(known_affected=["A"]), branches=[deep, made(version("A", "1.0"))])
    found = read("csaf", json.dumps(text))
    assert found.codes == ["tree-deep"]
    assert [one.product for one in found.accepted[0].affected] == ["Widget"]


def test_a_chain_of_relationships_stays_short(read):
    chain = [relationship(f"R{n}", f"R{n - 1}" if n else "A", "A") for n in range(50)]
    text = document(
        vulnerability(known_affected=["R5"]), branches=[made(version("A", "1"))], tree={"relationships": chain}
    )
    started = time.process_time()
    found = read("csaf", json.dumps(text))
    assert "R5" not in str(found.refused)
    assert time.process_time() - started < 2


def test_many_products_in_many_vulnerabilities_take_the_time_of_their_number():
    numbers = [f"P{n}" for n in range(3000)]
    tree = [made(*(version(number, f"1.{n}") for n, number in enumerate(numbers)))]
    text = document(*(vulnerability(f"CVE-2026-{n}", known_affected=numbers) for n in range(1000, 1010)), branches=tree)
    started = time.process_time()
    parts = csaf.understand(text, now=NOW)
    assert sum(len(one.affected[0].statements) for one in parts.values) == 30_000
    assert time.process_time() - started < 3


def test_a_document_of_a_hundred_megabytes_is_refused_in_bounded_time(read):
    data = b'{"document": {"title": "' + b"x" * 100_000_000 + b'"}}'
    started = time.process_time()
    found = read("csaf", data)
    assert found.codes == ["too-long"]
    assert sum(len(row.raw) for row in found.refused) < 1_000_000
    assert time.process_time() - started < 5
