"""What a product must run on or with: the engine against the oracle, and each rule by itself."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registries import advisory, exactly, key_table, product, said, sentence

from misthoorn.formats.values.advisory import Companion
from misthoorn.matching import oracle
from misthoorn.matching.advisories import item_keys, item_table, match_advisories
from misthoorn.matching.inventory.assets import NormalAsset, normalise_asset
from misthoorn.matching.keys.conditions import WITH
from misthoorn.matching.oracle import Match, Owned

FIRMWARE = "cpe:2.3:o:acme:router_firmware:*:*:*:*:*:*:*:*"
ROUTER = "cpe:2.3:h:acme:router:-:*:*:*:*:*:*:*"
SYSTEM = "cpe:2.3:o:acme:system:*:*:*:*:*:*:*:*"
ALL = sentence("*")
BELOW_TWO = said("", "2.0")


def conditional(*conditions, versions=BELOW_TWO):
    return replace(product(cpes=(FIRMWARE,), statements=(versions,)), conditions=conditions)


def certainties(advisories, *owned):
    """The certainty for each asset (organisation, value, version) that matches, by its number from 0."""
    assets = [
        Owned(number, normalise_asset(kind="product", value=value, version=version), None, None, organisation)
        for number, (organisation, value, version) in enumerate(owned)
    ]
    found = match_advisories(assets=key_table(assets), items=item_table(advisories)[0])
    rows = [Match(**{name: row[name] for name in Match._fields}) for row in found.to_pylist()]
    assert rows == oracle.match_advisories(assets=assets, advisories=advisories)
    return {row.asset: row.certainty for row in rows}


def test_a_match_is_exact_where_the_same_organisation_has_what_it_runs_on():
    found = certainties(
        [advisory("CVE-1", conditional((Companion(ROUTER, ALL),)))],
        (1, FIRMWARE, "1.5"),
        (1, ROUTER, ""),
        (2, FIRMWARE, "1.5"),
        (3, FIRMWARE, "2.5"),
        (3, ROUTER, ""),
    )
    assert found == {0: "exact", 2: "likely"}


def test_what_is_only_a_condition_never_matches_by_itself():
    assert certainties([advisory("CVE-1", conditional((Companion(ROUTER, ALL),)))], (1, ROUTER, "1")) == {}


@pytest.mark.parametrize(
    ("version", "certainty"), [("10.0", "exact"), ("10.9", "exact"), ("11.0", "likely"), ("", "likely")]
)
def test_a_condition_with_versions_is_met_by_a_product_that_lies_in_them(version, certainty):
    on_ten = Companion(SYSTEM, said("10", "11"))
    found = certainties(
        [advisory("CVE-1", conditional((on_ten,)))], (1, FIRMWARE, "1.5"), (1, SYSTEM, version), (2, SYSTEM, "10.0")
    )
    assert found == {0: certainty}


def test_one_product_of_a_part_is_enough_and_every_part_is_asked_for():
    either, system = (Companion(ROUTER, ALL), Companion("cpe:2.3:h:acme:switch", ALL)), (Companion(SYSTEM, ALL),)
    advisories = [advisory("CVE-1", conditional(either, system))]
    switch = "cpe:2.3:h:acme:switch"
    assert certainties(advisories, (1, FIRMWARE, "1"), (1, switch, ""), (1, SYSTEM, "")) == {0: "exact"}
    assert certainties(advisories, (1, FIRMWARE, "1"), (1, switch, ""), (1, ROUTER, "")) == {0: "likely"}
    assert certainties(advisories, (1, FIRMWARE, "1"), (1, SYSTEM, "5")) == {0: "likely"}


def test_without_condition_in_one_place_it_is_exact_whatever_another_place_asks():
    bare = product(cpes=(FIRMWARE,), statements=(said("", "1.0"),))
    both = [advisory("CVE-1", conditional((Companion(ROUTER, ALL),)), bare)]
    assert certainties(both, (1, FIRMWARE, "0.5"), (1, FIRMWARE, "1.5")) == {0: "exact", 1: "likely"}


def test_a_condition_that_cannot_be_told_leaves_the_match_likely():
    assert certainties([advisory("CVE-1", conditional(()))], (1, FIRMWARE, "1")) == {0: "likely"}


@pytest.mark.parametrize(
    ("companion", "reason"),
    [
        (Companion("router", ALL), "cpe-unreadable"),
        (Companion("cpe:2.3:h:acme:*", ALL), "cpe-wildcard"),
        (Companion(ROUTER, said("2", "1")), "empty-range"),
        (Companion(ROUTER, said("1", "/")), "version"),
        (Companion(ROUTER, sentence("before them")), "sentence"),
    ],
)
def test_what_is_not_understood_of_a_condition_is_counted_and_leaves_the_match_likely(companion, reason):
    one = advisory("CVE-1", conditional((companion,)), conditional((companion,), versions=exactly("3")))
    assert item_keys(one).not_understood == {reason: 1}
    assert certainties([one], (1, FIRMWARE, "1"), (1, ROUTER, "1")) == {0: "likely"}


def test_equal_conditions_have_one_name_and_are_written_once():
    one, other = (Companion(ROUTER, ALL),), (Companion(ROUTER, ALL), Companion(SYSTEM, exactly("1")))
    rows = item_keys(
        advisory("CVE-1", conditional(one), conditional(one, versions=exactly("9")), conditional(other))
    ).rows
    turned = item_keys(advisory("CVE-2", conditional(other[::-1]))).rows
    assert sorted(row.part for row in rows if row.space == WITH) == [1, 1, 1]
    assert len({row.condition for row in rows if row.condition}) == len(
        {row.condition for row in (*rows, *turned)} - {b""}
    )


def test_what_has_no_place_in_an_advisory_is_counted():
    assert item_keys(replace(advisory("CVE-1"), not_expressed=("negated", "negated"))).not_understood == {"negated": 2}


PLACES = [FIRMWARE, ROUTER, SYSTEM, "acme:router_firmware", "pkg:npm/router"]
installed = st.sampled_from(["", "1", "1.5", "2", "2.0-beta", "3"])
bounds = st.sampled_from(["", "1", "1.5", "2", "1.*"])
spans = st.builds(said, bounds, bounds, low_inclusive=st.booleans(), high_inclusive=st.booleans()) | st.just(ALL)
companions = st.builds(Companion, st.sampled_from([*PLACES[:3], "cpe:2.3:o:acme:*", "?"]), spans)
parts = st.lists(companions, max_size=3).map(tuple)
affected = st.builds(
    lambda cpe, name, ranges, conditions: replace(
        product("acme" if name else "", name, cpes=(cpe,), statements=tuple(ranges)), conditions=tuple(conditions)
    ),
    st.sampled_from(PLACES[:3]),
    st.sampled_from(["", "router_firmware"]),
    st.lists(spans, min_size=1, max_size=2),
    st.lists(parts, max_size=3),
)
owned = st.builds(
    lambda value, version, organisation: Owned(0, NormalAsset("product", value, version), None, None, organisation),
    st.sampled_from(PLACES),
    installed,
    st.integers(1, 3),
)


@settings(max_examples=40)
@given(
    st.lists(owned, max_size=12),
    st.lists(st.lists(affected, min_size=1, max_size=3), min_size=1, max_size=6),
)
def test_conditions_give_what_the_oracle_finds(registry, records):
    assets = [one._replace(number=number) for number, one in enumerate(registry)]
    advisories = [advisory(f"CVE-{number}", *some) for number, some in enumerate(records)]
    found = match_advisories(assets=key_table(assets), items=item_table(advisories)[0])
    rows = [Match(**{name: row[name] for name in Match._fields}) for row in found.to_pylist()]
    assert rows == oracle.match_advisories(assets=assets, advisories=advisories)
