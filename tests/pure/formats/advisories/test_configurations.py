"""Trees of CPE matches: what they say is affected, under which conditions, and what has no place."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.advisories.configurations import MAX_COMPANIONS, read_configurations
from misthoorn.formats.values.advisory import Companion, VersionStatement

CPE = "cpe:2.3:a:acme:an\\:vil:{}:*:*:*:*:*:*:*"
FIRMWARE = "cpe:2.3:o:acme:firmware:*:*:*:*:*:*:*:*"
ROUTER = "cpe:2.3:h:acme:router:-:*:*:*:*:*:*:*"
ANY_ROUTER = "cpe:2.3:h:acme:router:*:*:*:*:*:*:*:*"
SYSTEM = "cpe:2.3:o:acme:system:*:*:*:*:*:*:*:*"


def vulnerable(criteria, **bounds):
    return {"vulnerable": True, "criteria": criteria} | bounds


def beside(criteria, **bounds):
    return {"vulnerable": False, "criteria": criteria} | bounds


def node(operator, *matches, **more):
    return {"operator": operator, "cpeMatch": list(matches)} | more


def both(*nodes):
    return {"operator": "AND", "nodes": list(nodes)}


def read(*configurations):
    return read_configurations(list(configurations))


def affected(*configurations):
    found = read(*configurations)
    assert found.not_expressed == []
    return found.affected


def part(low, high, *, inclusive=False, low_inclusive=True, status="affected"):
    return VersionStatement(low, low_inclusive, high, inclusive, "cpe", status, "")


ANY = part("", "", inclusive=True)
UNSTATED = VersionStatement(
    low="", low_inclusive=True, high="", high_inclusive=True, scheme="text", status="affected", text="-"
)


def one(criteria, **bounds):
    (found,) = affected({"nodes": [node("OR", vulnerable(criteria, **bounds))]})
    return found


def test_a_match_becomes_a_product_with_a_range():
    found = one(CPE.format("*"), versionStartIncluding="1.0", versionEndExcluding="2.0")
    assert (found.vendor, found.product, found.cpes) == ("acme", "an:vil", (CPE.format("*"),))
    assert (found.statements, found.conditions) == ((part("1.0", "2.0"),), ())
    found = one(CPE.format("*"), versionStartExcluding=" 1.0 ", versionEndIncluding="2.0")
    assert found.statements == (part("1.0", "2.0", inclusive=True, low_inclusive=False),)


def test_a_name_with_a_version_is_exact_one_without_is_all_and_one_that_does_not_apply_says_nothing():
    assert one(CPE.format("1.5")).statements == (part("1.5", "1.5", inclusive=True),)
    assert one(CPE.format("*")).statements == (ANY,)
    assert one(CPE.format("-")).statements == (UNSTATED,)


@pytest.mark.parametrize(
    ("version", "update", "whole"),
    [
        ("2.0", "beta9", "2.0-beta9"),
        ("2.0", "-", "2.0"),
        ("2.0", "sp?", "2.0"),
        ("2.*", "sp1", "2.*"),
        ("2\\+1", "rc\\:1", "2+1-rc:1"),
    ],
)
def test_the_update_of_a_name_is_part_of_its_version(version, update, whole):
    found = one(f"cpe:2.3:a:acme:widget:{version}:{update}:*:*:*:*:*:*")
    assert found.statements == (part(whole, whole, inclusive=True),)


def test_the_matches_of_a_product_are_one_product_and_those_of_another_edition_another():
    found = affected(
        {
            "nodes": [
                node("OR", vulnerable(CPE.format("1")), vulnerable(CPE.format("2")), vulnerable(CPE.format("1"))),
                node("OR", vulnerable("cpe:2.3:a:acme:an\\:vil:1:*:*:*:*:windows:*:*")),
            ]
        }
    )
    assert [one.cpes[0] for one in found] == [CPE.format("*"), "cpe:2.3:a:acme:an\\:vil:*:*:*:*:*:windows:*:*"]
    assert [len(one.statements) for one in found] == [2, 1]


def test_what_stands_beside_a_product_in_an_and_is_its_condition_and_not_affected():
    (found,) = affected(both(node("OR", vulnerable(FIRMWARE)), node("OR", beside(ROUTER), beside(SYSTEM))))
    assert found.cpes == (FIRMWARE,)
    assert found.conditions == ((Companion(ANY_ROUTER, UNSTATED), Companion(SYSTEM, ANY)),)


def test_a_condition_has_versions_too():
    (found,) = affected(both(node("OR", vulnerable(FIRMWARE)), node("OR", beside(SYSTEM, versionEndExcluding="11"))))
    assert found.conditions == ((Companion(SYSTEM, part("", "11")),),)


def test_two_vulnerable_products_in_an_and_are_each_others_condition():
    found = affected({"nodes": [node("AND", vulnerable(FIRMWARE), vulnerable(SYSTEM))]})
    assert [(one.cpes[0], one.conditions[0][0].cpe) for one in found] == [(FIRMWARE, SYSTEM), (SYSTEM, FIRMWARE)]


def test_three_nodes_in_an_and_are_two_conditions():
    (found,) = affected(both(node("OR", vulnerable(FIRMWARE)), node("OR", beside(ROUTER)), node("OR", beside(SYSTEM))))
    assert [[other.cpe for other in condition] for condition in found.conditions] == [[ANY_ROUTER], [SYSTEM]]


def test_an_and_of_one_asks_for_nothing_else():
    (found,) = affected(both(node("OR", vulnerable(FIRMWARE), vulnerable(FIRMWARE))))
    assert found.conditions == ()


def test_nested_nodes_are_read_and_a_choice_of_ands_is_every_combination():
    inner = {"operator": "OR", "children": [node("AND", beside(ROUTER), beside(SYSTEM)), node("OR", beside(FIRMWARE))]}
    (found,) = affected(both(node("OR", vulnerable(CPE.format("*"))), inner))
    assert [[other.cpe for other in condition] for condition in found.conditions] == [
        [FIRMWARE, ANY_ROUTER],
        [FIRMWARE, SYSTEM],
    ]


def test_a_product_that_is_negated_beside_itself_loses_those_versions():
    (found,) = affected(
        both(
            node("OR", vulnerable(FIRMWARE, versionEndExcluding="5")),
            node("OR", beside(FIRMWARE, versionStartIncluding="3", versionEndExcluding="4"), negate=True),
        )
    )
    assert found.statements == (part("", "5"), part("3", "4", status="unaffected"))
    assert found.conditions == ()


@pytest.mark.parametrize(
    "negated",
    [
        node("OR", beside(ROUTER), negate=True),
        node("AND", beside(FIRMWARE), beside(ROUTER), negate=True),
        node("OR", beside("router"), negate=True),
        {"operator": "OR", "negate": True, "nodes": [node("OR", beside(FIRMWARE))]},
    ],
)
def test_whatever_else_is_negated_is_counted_and_can_not_be_told(negated):
    found = read(both(node("OR", vulnerable(FIRMWARE)), negated))
    assert found.not_expressed == ["negated"]
    assert [one.conditions for one in found.affected] == [((),)]


def test_a_product_that_is_only_negated_is_counted_and_not_affected():
    assert read({"nodes": [node("OR", vulnerable(FIRMWARE), negate=True)]}) == ([], ["negated"])
    assert read({"negate": True, "nodes": [node("OR", vulnerable(FIRMWARE))]}) == ([], ["negated"])


def test_what_has_no_place_is_counted_by_reason():
    assert read({"nodes": [node("OR", beside(ROUTER))]}) == ([], ["not-vulnerable"])
    assert read({"nodes": [node("OR", vulnerable("anvil"), {"criteria": CPE, "vulnerable": "yes"})]}) == (
        [],
        ["cpe-unreadable", "not-vulnerable"],
    )
    found = read(both(node("OR", vulnerable(FIRMWARE)), node("OR", beside("router"))))
    assert found.not_expressed == ["cpe-unreadable"]
    assert found.affected[0].conditions == ((),)


def test_a_name_of_cpe_2_2_is_kept_whole():
    assert one("cpe:/a:acme:anvil:1.0").cpes == ("cpe:/a:acme:anvil:1.0",)
    assert one("cpe:/a:acme:anvil:1.0").statements == ()


def test_deep_and_wide_trees_take_bounded_time_and_are_counted():
    deep = node("OR", vulnerable(FIRMWARE))
    for _ in range(500):
        deep = {"operator": "AND", "nodes": [deep, node("OR", beside(ROUTER))]}
    assert set(read(deep).not_expressed) == {"configuration-too-deep", "too-many-conditions"}
    products = [vulnerable(f"cpe:2.3:a:acme:p{number}:*:*:*:*:*:*:*:*") for number in range(3_000)]
    systems = [beside(f"cpe:2.3:o:acme:s{number}:*:*:*:*:*:*:*:*") for number in range(3_000)]
    start = time.process_time()
    found = read(both(node("OR", *products), node("OR", *systems)))
    many = read(both(*(node("OR", one) for one in systems), node("OR", *products)))
    assert time.process_time() - start < 2
    assert len(found.affected) == len(many.affected) == 3_000
    assert sum(len(condition) for one in found.affected for condition in one.conditions) <= MAX_COMPANIONS
    assert set(found.not_expressed) == set(many.not_expressed) == {"too-many-conditions"}


values = st.none() | st.booleans() | st.text(max_size=5) | st.sampled_from(["AND", "OR", FIRMWARE, ROUTER, CPE])
names = st.sampled_from(["nodes", "children", "cpeMatch", "operator", "negate", "criteria", "vulnerable"])
trees = st.recursive(
    values, lambda inner: st.dictionaries(names, inner | st.lists(inner, max_size=3), max_size=5), max_leaves=15
)


@given(st.lists(trees, max_size=3))
def test_any_tree_is_read(configurations):
    found = read_configurations(configurations)
    assert all(one.cpes for one in found.affected)
