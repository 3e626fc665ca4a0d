"""Statements that lift a match: what they name, what they do not, and which of two counts."""

import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from registries import advisory, key_table, product

from misthoorn.formats.values.vex import Lift
from misthoorn.matching import versions
from misthoorn.matching.advisories import item_table, match_advisories
from misthoorn.matching.inventory.assets import asset_keys, normalise_asset
from misthoorn.matching.oracle import Owned
from misthoorn.matching.ranges import EVERYTHING
from misthoorn.matching.schema import ADVISORY_MATCH_SCHEMA
from misthoorn.matching.vex import ProductError, apply_lifts, lift_table, product_keys, under_other_names

DATA = Path(os.environ.get("MISTHOORN_TEST_DATA") or Path(__file__).parents[4] / "shared") / "oracles"
DAY = datetime(2026, 11, 1, tzinfo=UTC)
LATER = datetime(2026, 11, 2, tzinfo=UTC)
LOG4J = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"
CORE = "pkg:maven/org.apache.logging.log4j/log4j-core"


def lift(product=LOG4J, *, low="", high="", status="not_affected", about="CVE-1", aliases=(), at=DAY, inclusive=True):
    return Lift(
        vulnerability=about,
        aliases=aliases,
        product=product,
        low=low,
        low_inclusive=True,
        high=high,
        high_inclusive=inclusive,
        status=status,
        justification="",
        statement="",
        source="Apache",
        at=at,
    )


def own(*assets):
    """(value, version) of each, numbered from 0."""
    return [
        Owned(n, normalise_asset(kind="product", value=v, version=w), None, None) for n, (v, w) in enumerate(assets)
    ]


def outcome(assets, *lifts, items=("CVE-1",)):
    """Of assets that all match: those of which a match stays, and those of which one is lifted, with the statement."""
    keys = key_table(own(*assets))
    found = [(asset, item, "product", "exact", True, 0) for item in items for asset in range(len(assets))]
    rows = [dict(zip(ADVISORY_MATCH_SCHEMA.names, row, strict=True)) for row in found]
    matches = pa.Table.from_pylist(rows, ADVISORY_MATCH_SCHEMA)
    kept, lifted = apply_lifts(matches=matches, assets=keys, lifts=lift_table(lifts)[0])
    assert kept.num_rows + lifted.num_rows == matches.num_rows
    assert kept.schema == matches.schema
    return kept["asset"].to_pylist(), list(zip(lifted["asset"].to_pylist(), lifted["lift"].to_pylist(), strict=True))


OLD, NEW, UNKNOWN = (LOG4J, "2.14.1"), (LOG4J, "2.17.0"), (LOG4J, "")


def test_what_is_not_affected_in_any_version_is_lifted_whatever_the_version():
    assert outcome([OLD, UNKNOWN], lift()) == ([], [(0, 0), (1, 0)])


def test_a_statement_about_versions_lifts_those_and_never_a_version_that_is_not_known():
    assert outcome([OLD, NEW, UNKNOWN], lift(low="2.17.0", status="fixed")) == ([0, 2], [(1, 0)])
    assert outcome([OLD, NEW], lift(low="2.14.1", high="2.14.1")) == ([1], [(0, 0)])
    assert outcome([OLD, NEW], lift("cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*")) == ([1], [(0, 0)])
    assert outcome([OLD], lift(high="2.14.1", inclusive=False)) == ([0], [])


def test_a_statement_about_another_vulnerability_or_product_lifts_nothing():
    assert outcome([OLD], lift(about="CVE-2")) == ([0], [])
    assert outcome([OLD], lift("cpe:2.3:a:apache:tomcat")) == ([0], [])
    assert outcome([(f"{CORE}@2.14.1", "")], lift("pkg:maven/org.apache.logging.log4j/log4j-api")) == ([0], [])
    assert outcome([OLD], lift(), items=("CVE-1", "CVE-2")) == ([0], [(0, 0)])


def test_another_name_of_the_vulnerability_counts():
    assert outcome([OLD], lift(about="GHSA-jfh8-c2jp-5v3q", aliases=("CVE-1",))) == ([], [(0, 0)])


CVE, GHSA = "CVE-2026-1000", "GHSA-jfh8-c2jp-5v3q"


@pytest.mark.parametrize(
    ("said", "identifier", "aliases", "found"),
    [
        (CVE, GHSA, (CVE,), [GHSA]),
        (GHSA, CVE, (GHSA,), [CVE]),
        (CVE, "USN-1-1", (CVE, "CVE-2026-1001"), []),
        ("ACME-2026-01", CVE, ("ACME-2026-01",), []),
        (CVE, CVE, (GHSA,), []),
    ],
)
def test_an_advisory_that_calls_it_otherwise_is_meant_where_that_is_sure(said, identifier, aliases, found):
    named = replace(advisory(identifier), aliases=aliases)
    table = under_other_names(lift_table([lift(about=said)])[0], [named])
    assert table["item"].to_pylist() == found


@pytest.mark.parametrize("status", ["affected", "under_investigation"])
def test_what_is_affected_or_still_looked_into_lifts_nothing(status):
    assert outcome([OLD], lift(status=status)) == ([0], [])


def test_the_newest_statement_counts_in_whatever_order_they_come():
    older, newer = lift(), lift(status="affected", at=DAY + timedelta(days=1))

    assert outcome([OLD], older, newer) == outcome([OLD], newer, older) == ([0], [])
    assert outcome([OLD], lift(status="affected"), lift(at=DAY + timedelta(days=1))) == ([], [(0, 1)])


def test_of_two_of_one_moment_the_warning_wins_and_a_statement_without_a_time_is_the_oldest():
    assert outcome([OLD], lift(), lift(status="under_investigation")) == ([0], [])
    assert outcome([OLD], lift(at=None), lift(status="affected")) == ([0], [])
    assert outcome([OLD], lift(), lift(status="affected", at=None)) == ([], [(0, 0)])


def test_affected_versions_take_back_only_what_they_may_concern():
    affected = lift(high="2.15.0", status="affected", at=DAY + timedelta(days=1))

    assert outcome([OLD, NEW, UNKNOWN], lift(), affected) == ([0, 2], [(1, 0)])


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lift(""), "no-product"),
        (lift("log4j"), "no-product"),
        (lift("cpe:2.3:a:*:log4j"), "cpe-wildcard"),
        (lift("cpe:nonsense"), "cpe-unreadable"),
        (lift("pkg:"), "purl-unreadable"),
        (lift(low="2", high="1"), "empty-range"),
        (lift(high="9" * 600), "version"),
        (lift(status="fixed"), "fixed-without-version"),
        (lift("pkg:deb/debian/openssl?distro=bookworm"), "qualifier"),
        (lift("cpe:2.3:a:apache:log4j:*:*:*:*:*:android:*:*"), "qualifier"),
    ],
)
def test_what_a_statement_can_not_say_is_counted_and_lifts_nothing(made, reason):
    table, lost = lift_table([made])

    assert (table.num_rows, lost) == (0, {reason: 1})


@pytest.mark.parametrize("status", ["affected", "under_investigation"])
def test_what_is_said_of_an_edition_without_a_version_takes_an_older_lift_back(status):
    of_an_edition = "cpe:2.3:a:apache:log4j:*:*:*:*:*:android:*:*"

    assert outcome([(LOG4J, "2.14.1")], lift(at=DAY)) == ([], [(0, 0)])
    assert outcome([(LOG4J, "2.14.1")], lift(at=DAY), lift(of_an_edition, status=status, at=LATER)) == ([0], [])


def test_a_name_lifts_the_product_of_that_name():
    assert outcome([("Apache Log4j 2.14.1", "")], lift("apache:log4j")) == ([], [(0, 0)])
    assert outcome([("Apache Log4j 2.14.1", "")], lift("apache:log4j2")) == ([0], [])


def test_without_statements_everything_stays():
    assert outcome([OLD]) == ([0], [])
    empty = pa.Table.from_pylist([], key_table(own(OLD)).schema)
    matches = match_advisories(assets=empty, items=item_table([])[0])
    kept, lifted = apply_lifts(matches=matches, assets=empty, lifts=lift_table([lift()])[0])
    assert (kept.num_rows, lifted.num_rows) == (0, 0)


def test_an_asset_of_several_products_stays_while_one_that_is_concerned_is_not_lifted():
    values = [(LOG4J, "2.14.1"), (f"{CORE}@2.13.0", ""), ("cpe:2.3:a:apache:tomcat", "9")]
    owned = [one._replace(number=7) for one in own(*values)]
    items, _ = item_table([advisory("CVE-1", product(cpes=(LOG4J,), purl=CORE, default="affected"))])
    keys = key_table(owned)
    matches = match_advisories(assets=keys, items=items)

    def kept(*lifts):
        table = lift_table(lifts)[0]
        return apply_lifts(matches=matches, assets=keys, lifts=table, items=items)[0]["asset"].to_pylist()

    assert kept(lift()) == kept(lift(CORE)) == kept(lift("cpe:2.3:a:apache:tomcat")) == [7]
    assert kept(lift(), lift(CORE)) == []


VERSIONS = ["1", "2", "2.1", "3"]
LIFTS = st.builds(
    lift,
    st.sampled_from([LOG4J, CORE, f"{CORE}@2.1", "apache:log4j", "cpe:2.3:a:apache:tomcat"]),
    low=st.sampled_from(["", *VERSIONS]),
    high=st.sampled_from(["", *VERSIONS]),
    status=st.sampled_from(["not_affected", "fixed", "affected", "under_investigation"]),
    about=st.sampled_from(["CVE-1", "CVE-2"]),
    at=st.sampled_from([None, DAY, DAY + timedelta(days=1)]),
    inclusive=st.booleans(),
)
ASSETS = st.tuples(st.sampled_from([LOG4J, CORE, "apache:log4j"]), st.sampled_from(["", *VERSIONS]))


def naive(asset, version, lifts):
    """The verdict as a person would reach it, one statement after the other."""
    heard = []
    for number, one in enumerate(lifts):
        try:
            (key,) = product_keys(one.product)
        except ProductError:
            continue
        own_version = "2.1" if "@" in one.product else ""
        low, high = one.low or own_version * (not one.high), one.high or own_version * (not one.low)
        closed = one.high_inclusive or not one.high
        if low and high and versions.compare("generic", low, high) >= (0 if not closed else 1):
            continue
        if one.status == "fixed" and not low and not high:
            continue
        held = {(k.space, k.key) for k in asset_keys(normalise_asset(kind="product", value=asset, version=version))}
        if one.vulnerability != "CVE-1" or (key.space, key.key) not in held:
            continue
        lifts_it = one.status in {"not_affected", "fixed"}
        if version:
            above = not low or versions.compare("generic", version, low) >= 0
            below = not high or versions.compare("generic", version, high) < (1 if closed else 0)
            meets = above and below
        else:
            meets = not lifts_it or not (low or high)
        if meets:
            heard.append((one.at or DAY - timedelta(days=999), not lifts_it, number))
    newest = [one for one in heard if one[0] == max(heard)[0]] if heard else []
    return bool(newest) and not any(warns for _, warns, _ in newest)


@given(st.lists(ASSETS, min_size=1, max_size=3), st.lists(LIFTS, max_size=4))
def test_the_join_says_what_reading_the_statements_one_by_one_says(assets, lifts):
    _, lifted = outcome(assets, *lifts)

    assert [asset for asset, _ in lifted] == [n for n, asset in enumerate(assets) if naive(*asset, lifts)]


def _rules():
    path = DATA / "false-positive-suppression.depcheck.dependencycheck.json"
    if not path.is_file():
        pytest.skip(f"needs {path}, which is not there (MISTHOORN_TEST_DATA)")
    for patterns, _, _, cpes, cves, _, _ in json.loads(path.read_text(encoding="utf-8"))["rows"]:
        for pattern, _ in patterns:
            plain = re.fullmatch(r"\^(pkg:[\w/%\\.\-]+)@\.\*\$", pattern)
            if plain and not plain[1].startswith("pkg:cocoapods/"):  # which knows no namespaces, and these have one
                yield plain[1].replace("\\", ""), cpes, cves


def test_what_others_found_to_be_false_alarms_is_no_sure_match_here():
    rules = [(purl, cpes) for purl, cpes, _ in _rules() if cpes]
    assert len(rules) > 300
    owned = own(*((f"{purl}@1.0", "") for purl, _ in rules))
    table, _ = item_table([advisory(f"CVE-{n}", product(cpes=tuple(cpes))) for n, (_, cpes) in enumerate(rules)])

    found = match_advisories(assets=key_table(owned), items=table)

    assert found.filter(pa.compute.equal(found["certainty"], "exact")).to_pylist() == []


def test_each_rule_about_a_package_can_be_said_here_and_names_that_package_alone():
    packages = sorted({purl for purl, _, _ in _rules()})
    named = {purl: product_keys(purl) for purl in packages}

    assert all((key.lo, key.hi) == EVERYTHING for keys in named.values() for key in keys)
    for purl, keys in named.items():
        asset = normalise_asset(kind="product", value=f"{purl}@1.0")
        assert {(key.space, key.key) for key in keys} <= {(key.space, key.key) for key in asset_keys(asset)}
    assert len(set(named.values())) == len({purl.lower() for purl in packages})
