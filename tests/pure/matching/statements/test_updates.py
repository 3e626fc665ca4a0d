"""A version that stands alone may mean its updates too: the engine against the oracle, and each rule by itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registries import advisory, exactly, key_table, product, said

from misthoorn.matching import oracle, versions
from misthoorn.matching.advisories import item_table, match_advisories
from misthoorn.matching.explanations.match import explain_product
from misthoorn.matching.explanations.match_text import product_sentence
from misthoorn.matching.inventory.assets import normalise_asset
from misthoorn.matching.oracle import Owned
from misthoorn.matching.statements.updates import updates_of

ESXI = "cpe:2.3:o:vmware:esxi:*:*:*:*:*:*:*:*"


def about(*statements, **more):
    return advisory("CVE-1", product("VMware", "VMware ESXi", cpes=(ESXI,), statements=statements, **more))


def certainty(version, *statements, typed=ESXI, **more):
    """How sure it is that this version is affected; "" when it is not. The oracle has to agree."""
    owned = [Owned(0, normalise_asset(kind="product", value=typed, version=version), None, None)]
    record = about(*statements, **more)
    found = match_advisories(assets=key_table(owned), items=item_table([record])[0]).to_pylist()
    plainly = oracle.match_advisories(assets=owned, advisories=[record])
    assert [one["certainty"] for one in found] == [one.certainty for one in plainly]
    return found[0]["certainty"] if found else ""


@pytest.mark.parametrize("version", ["7.0U3", "7.0 Update 3c", "7.0 SP1", "7.0b"])
def test_an_update_of_a_version_that_stands_alone_is_likely_affected(version):
    assert certainty(version, exactly("7.0")) == "likely"
    assert certainty(version, exactly("7.0"), typed="VMware ESXi") == "likely"


@pytest.mark.parametrize("version", ["7.0.1", "7.0-beta2", "7.1U3", "8.0", "6.7U3"])
def test_another_version_is_not_an_update(version):
    assert certainty(version, exactly("7.0")) == ""


def test_the_version_itself_stays_exact():
    assert certainty("7.0", exactly("7.0")) == "exact"


def test_who_names_an_update_means_only_those_that_are_named():
    assert certainty("7.0U3", exactly("7.0"), exactly("7.0U1")) == ""
    assert certainty("7.0U1", exactly("7.0"), exactly("7.0U1")) == "exact"
    assert certainty("7.0U3", exactly("7.0"), said("6.0", "7.0U2")) == ""
    assert certainty("7.0U3", exactly("7.0"), listed=("7.0U1",)) == ""


def test_who_names_many_versions_names_each_of_them():
    assert certainty("7.0U3", exactly("7.0"), exactly("6.7"), exactly("6.5")) == "likely"
    assert certainty("7.0U3", exactly("7.0"), exactly("6.7"), exactly("6.5"), exactly("6.0")) == ""


def test_a_version_that_ends_in_a_word_has_no_updates():
    assert certainty("7.0U3c", exactly("7.0U3")) == "likely"
    assert certainty("7.0cc", exactly("7.0c")) == ""
    assert updates_of("0") is None
    assert updates_of("U") is None


def test_the_sentence_says_that_it_is_an_update():
    asset = normalise_asset(kind="product", value="VMware ESXi 7.0 U3")
    why = explain_product(asset, about(exactly("7.0")))

    assert "update" in why.because
    assert product_sentence(why, document="cve5", language="en").startswith(
        "VMware ESXi 7.0U3 is an update of 7.0, which CVE-1 names, says the CVE record"
    )


TEXTS = st.from_regex(r"[0-9]{1,2}(\.[0-9]{1,2}){0,2}( ?(u|sp|update |rc|b|final)[0-9]{0,2}){0,2}", fullmatch=True)


@settings(max_examples=30)
@given(installed=TEXTS, stated=st.lists(TEXTS, min_size=1, max_size=4))
def test_the_engine_and_the_oracle_agree_on_what_an_update_is(installed, stated):
    certainty(installed, *map(exactly, stated))


@given(TEXTS)
def test_the_range_of_updates_lies_above_a_version_and_below_what_has_one_number_more(version):
    if span := updates_of(version):
        assert versions.key("generic", version) < span.lo
        assert span.hi < versions.key("generic", f"{version}.1")
