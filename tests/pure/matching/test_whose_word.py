"""Where a distribution speaks of its package, upstream's ranges do not decide."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registries import advisory, key_table, product, said

from misthoorn.matching import oracle
from misthoorn.matching.advisories import item_table, match_advisories
from misthoorn.matching.dictionary.terms import Alias, name_of
from misthoorn.matching.inventory.assets import normalise_asset
from misthoorn.matching.oracle import Owned

CPE = "cpe:2.3:a:vendor:thing:*:*:*:*:*:*:*:*"
DEBIAN = "pkg:deb/debian/thing"
INSTALLED = f"{DEBIAN}@1.0-1+deb12u3?distro=debian-12"


def matches(values, *advisories, known=None):
    """Asset, advisory and certainty of each match, as engine and oracle say. Values of one asset share its number."""
    owned = [
        Owned(number, normalise_asset(kind="product", value=value), None, None)
        for number, several in enumerate(values)
        for value in several
    ]
    items, _ = item_table(advisories, known=known or {})
    found = match_advisories(assets=key_table(owned), items=items).to_pylist()
    expected = oracle.match_advisories(assets=owned, advisories=advisories, known=known or {})
    assert [(m["asset"], m["item"], m["certainty"]) for m in found] == [
        (m.asset, m.item, m.certainty) for m in expected
    ]
    return [(m.asset, m.item, m.certainty) for m in expected]


def upstream(identifier="CVE-2026-1001", *, below="2.0", **parts):
    return advisory(identifier, product("Vendor", "Thing", cpes=(CPE,), statements=(said("", below),), **parts))


def spoken(
    identifier="DEBIAN-CVE-2026-1001",
    *,
    release="12",
    below="1.0-1+deb12u3",
    about="CVE-2026-1001",
    default="unaffected",
):
    purl = f"{DEBIAN}?distro=debian-{release}" if release else DEBIAN
    statements = (said("", below),) if below else ()
    return replace(advisory(identifier, product(purl=purl, statements=statements, default=default)), upstream=(about,))


def test_the_distribution_that_repaired_it_is_believed():
    values = [(INSTALLED, f"{CPE.replace('thing:*', 'thing:1.0')}")]
    assert matches(values, upstream()) == [(0, "CVE-2026-1001", "exact")]
    assert matches(values, upstream(), spoken()) == []
    assert matches(values, upstream(), spoken(below="1.0-1+deb12u9")) == [(0, "DEBIAN-CVE-2026-1001", "exact")]


def test_a_distribution_that_says_not_affected_is_believed():
    values = [(INSTALLED, "vendor:thing")]
    assert matches(values, upstream(), spoken(below="")) == []


@pytest.mark.parametrize(
    "other",
    [
        spoken(release="11"),
        spoken(about="CVE-2026-1002"),
        replace(spoken(), state="withdrawn"),
        advisory("CVE-2026-1001x", product(purl="pkg:npm/thing", statements=(said("", "1"),))),
    ],
)
def test_what_is_said_about_something_else_changes_nothing(other):
    assert ((0, "CVE-2026-1001", "exact")) in matches(
        [(INSTALLED, f"{CPE.replace('thing:*', 'thing:1.0')}")], upstream(), other
    )


def test_other_assets_are_matched_as_before():
    values = [(INSTALLED,), ("vendor:thing",), (f"{CPE.replace('thing:*', 'thing:1.0')}",)]
    assert matches(values, upstream(), spoken()) == [(1, "CVE-2026-1001", "likely"), (2, "CVE-2026-1001", "exact")]


def test_one_record_that_holds_both_words_keeps_that_of_the_distribution():
    both = replace(upstream(), affected=(*upstream().affected, *spoken(below="1.0-1+deb12u9").affected))
    values = [(INSTALLED, "vendor:thing"), (f"{DEBIAN}@1.0-1+deb12u9?distro=debian-12", "vendor:thing")]
    assert matches(values, both) == [(0, "CVE-2026-1001", "exact")]


def test_an_alias_that_leads_to_the_package_is_overruled_too():
    named = advisory("CVE-2026-1001", product("Vendor", "Thing", statements=(said("", "2.0"),)))
    known = {name_of("Vendor", "Thing"): Alias("", DEBIAN)}
    assert matches([(INSTALLED,)], named, known=known) == [(0, "CVE-2026-1001", "likely")]
    assert matches([(INSTALLED,)], named, spoken(), known=known) == []


def test_a_package_of_an_unknown_release_follows_what_any_release_says():
    values = [(f"{DEBIAN}@1.0-1", "vendor:thing")]
    assert matches(values, upstream(), spoken(below="1.0-1")) == []
    assert matches(values, upstream(), spoken(below="1.0-2")) == [(0, "DEBIAN-CVE-2026-1001", "likely")]


NUMBERS = st.sampled_from(["CVE-2026-1001", "CVE-2026-1002"])
VALUES = [
    *(
        INSTALLED,
        f"{DEBIAN}@1.0-1?distro=debian-11",
        f"{DEBIAN}@2.0-1",
        f"{DEBIAN}x@1.0-1?upstream=thing",
        "vendor:thing",
    ),
    *("pkg:npm/thing@1.0.0", f"{CPE.replace('thing:*', 'thing:1.0')}", f"{CPE.replace('thing:*', 'thing:3.0')}"),
]
BELOW = st.sampled_from(["1.0-1", "1.0-1+deb12u3", "2.0", "3.0-1"])


@settings(max_examples=12)
@given(
    st.lists(st.lists(st.sampled_from(VALUES), min_size=1, max_size=3, unique=True), min_size=3, max_size=8),
    st.lists(
        st.one_of(
            st.builds(upstream, NUMBERS, below=BELOW),
            st.builds(upstream, NUMBERS, below=BELOW, purl=st.sampled_from(["pkg:npm/thing", DEBIAN, f"{DEBIAN}x"])),
            st.builds(
                spoken,
                st.sampled_from(["DSA-1", "DSA-2", "CVE-2026-1001"]),
                release=st.sampled_from(["", "11", "12"]),
                below=BELOW,
                about=NUMBERS,
            ),
            st.builds(
                spoken,
                st.sampled_from(["DSA-3", "CVE-2026-1002"]),
                below=st.just(""),
                default=st.sampled_from(["affected", "unaffected"]),
            ),
        ),
        min_size=2,
        max_size=8,
        unique_by=lambda one: one.identifier,
    ),
    st.booleans(),
)
def test_engine_and_oracle_believe_the_same(values, advisories, alias):
    matches(values, *advisories, known={name_of("Vendor", "Thing"): Alias("", DEBIAN)} if alias else {})
