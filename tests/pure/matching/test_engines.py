"""DuckDB against the oracle: the same rows, whatever the registry."""

from random import Random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_strategies import VERSIONS
from registries import (
    DAY,
    advisory,
    event_table,
    exactly,
    key_table,
    make_registry,
    make_routes,
    many_registries,
    product,
    said,
    sentence,
)

from misthoorn.matching import engines, oracle, versions
from misthoorn.matching.advisories import item_table, match_advisories
from misthoorn.matching.dictionary.terms import aliases, count_mentions
from misthoorn.matching.engines import preparing
from misthoorn.matching.events import match_events
from misthoorn.matching.inventory.assets import NormalAsset, normalise_asset
from misthoorn.matching.inventory.tables import ROW_SCHEMA
from misthoorn.matching.keys.networks import parse_network
from misthoorn.matching.oracle import Match, Owned
from misthoorn.matching.routes import Routes

REGISTRIES_A_QUERY = 250


def rows(table, *, without=()):
    return [Match(**{name: value for name, value in row.items() if name not in without}) for row in table.to_pylist()]


def differ(seed):
    random = Random(seed)
    routes = make_routes(random) if seed % 2 else None
    assets, events, expected = many_registries(random, REGISTRIES_A_QUERY, routes=routes)
    known = routes.table() if routes else None
    return rows(match_events(assets=key_table(assets), events=event_table(events), routes=known)) != expected


@settings(max_examples=4)
@given(st.integers(0, 10**9))
def test_a_thousand_registries_some_hundred_to_a_query_give_what_the_oracle_finds_in_each(seed):
    assert not differ(seed)


@pytest.mark.deep
@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_ten_thousand_registries_give_what_the_oracle_finds_in_each(seed):
    assert not differ(seed)


@settings(max_examples=15)
@given(st.integers(0, 10**9))
def test_a_registry_without_end_dates_gives_what_the_oracle_finds(seed):
    assets, events = make_registry(Random(seed))
    expected = oracle.match_events(assets=assets, events=events)
    assert rows(match_events(assets=key_table(assets), events=event_table(events))) == expected


def test_ranges_of_equal_size_that_one_number_announces_give_an_event_that_number_once():
    routes = Routes()
    for first, last in [("8000::", "ff00::ff"), ("8000::", "ff00::fe")]:
        routes.origins[parse_network(f"{first}-{last}")] = {64496}
    assets = key_table([Owned(1, NormalAsset("asn", "AS64496", ""), None, None)])
    events = event_table([oracle.Seen(1, DAY, "9000::1", None, None)])
    assert len(match_events(assets=assets, events=events, routes=routes.table())) == 1


def test_an_asset_with_several_values_is_one_row_for_each_event():
    random = Random(7)
    assets, events = make_registry(random)
    assets = [one._replace(number=one.number % 2) for one in [*assets, *make_registry(random)[0]]]
    with engines.DuckDb(assets=key_table(assets), folded=True) as duckdb:
        found = rows(duckdb.match_events(event_table(events)).read_all())
    assert found == oracle.match_events(assets=assets, events=events)
    assert len({(match.asset, match.item) for match in found}) == len(found) > 0


def test_an_asset_with_values_of_several_kinds_is_the_best_of_its_matches_whole():
    network, name = NormalAsset("network", "198.51.100.0/24", ""), NormalAsset("domain", "a.example", "")
    number, nearer = NormalAsset("asn", "AS64496", ""), NormalAsset("network", "198.51.100.7/32", "")
    values = [(1, number), (1, network), (2, number), (2, name), (3, network), (3, name), (4, number), (5, nearer)]
    assets = [Owned(asset, value, None, None) for asset, value in values]
    events = [oracle.Seen(1, DAY, "198.51.100.7", "www.a.example", 64496)]
    with engines.DuckDb(assets=key_table(assets), folded=True) as duckdb:
        found = rows(duckdb.match_events(event_table(events)).read_all())
    assert found == oracle.match_events(assets=assets, events=events)
    assert found == [
        Match(1, 1, "network", "exact", most_specific=False),
        Match(2, 1, "domain", "exact", most_specific=True),
        Match(3, 1, "network", "exact", most_specific=False),
        Match(4, 1, "asn", "network", most_specific=False),
        Match(5, 1, "network", "exact", most_specific=True),
    ]


def test_that_memory_and_disk_are_too_small_is_told_in_a_sentence(tmp_path):
    assets, events = make_registry(Random(7))
    with (
        pytest.raises(engines.EngineError, match=r"There is no room to work .*TMPDIR"),
        engines.DuckDb(assets=key_table(assets), memory="500KB") as duckdb,
    ):
        duckdb.match_events(event_table(events))
    row = pa.RecordBatch.from_pylist([dict.fromkeys(ROW_SCHEMA.names, "") | {"line": 2}], ROW_SCHEMA)
    with pytest.raises(engines.EngineError, match="There is no room to work"):
        preparing.prepare([row], out=tmp_path / "keys.parquet", on_refused=print, memory="500KB")


# --- products

CPE = "cpe:2.3:a:vendor:thing:{}:*:*:*:*:*:*:*"
EDITIONS = "cpe:2.3:a:vendor:thing:{}:{}:*:*:{}:{}:{}:*"
PURLS = {
    "semver": "pkg:npm/thing",
    "pypi": "pkg:pypi/thing",
    "deb": "pkg:deb/debian/thing",
    "generic": "pkg:github/vendor/thing",
}


def statements(scheme):
    bound = st.one_of(
        st.just(""),
        VERSIONS[scheme].filter(lambda text: versions.valid(scheme, text)),
        st.sampled_from(["1.*", "2.x", "*", "n/a"]),
    )
    ranges = st.builds(
        said,
        bound,
        bound,
        status=st.sampled_from(["affected", "unaffected", "unknown"]),
        low_inclusive=st.booleans(),
        high_inclusive=st.booleans(),
    )
    texts = st.sampled_from(
        [
            "before 2",
            "<= 1.10",
            "1.x",
            "n/a",
            "all versions",
            "no idea, really",
            "2.0, < foo*, unaffected from 10, affected from 100",
        ]
    )
    return st.lists(st.one_of(ranges, ranges, st.builds(exactly, bound), st.builds(sentence, texts)), max_size=4)


editions = st.builds(
    EDITIONS.format,
    st.sampled_from(["*", "*", "-", "1.*", "1.1", "1?", "*1.*", "..*", "x"]),
    st.sampled_from(["*", "*", "-", "sp1", "sp*"]),
    *[st.sampled_from(["*", "*", "-", "one", "other", "o*"])] * 3,
)


@st.composite
def worlds(draw, scheme):
    version = st.one_of(st.just(""), VERSIONS[scheme].filter(lambda text: versions.valid(scheme, text)).map(str.strip))
    value = (
        PURLS[scheme]
        if scheme != "generic"
        else draw(
            st.one_of(
                st.sampled_from([PURLS["generic"], CPE.format("*"), "vendor:thing", "vendor thing"]),
                editions.map(lambda name: normalise_asset(kind="product", value=name).value),
            )
        )
    )
    assets = [
        Owned(number, NormalAsset("product", value, text), None, None)
        for number, text in enumerate(draw(st.lists(version, min_size=4, max_size=12)))
    ]
    affected = st.builds(
        product,
        st.sampled_from(["Vendor, Inc.", "vendor", "", "other"]),
        st.sampled_from(["Thing", "Vendor Thing", "", "n/a"]),
        cpes=st.lists(
            st.one_of(
                st.sampled_from(
                    [CPE.format("*"), CPE.format("1.0"), CPE.format("-"), "cpe:2.3:a:*:thing", "cpe:/a:vendor:other:1"]
                ),
                editions,
            ),
            max_size=2,
        ).map(tuple),
        purl=st.sampled_from([PURLS[scheme], PURLS[scheme], "", "pkg:npm/other"]),
        statements=statements(scheme).map(tuple),
        default=st.sampled_from(["affected", "unaffected", "unknown"]),
    )
    some = draw(st.lists(st.lists(affected, min_size=1, max_size=2), min_size=3, max_size=8))
    return assets, [advisory(f"CVE-{number}", *parts) for number, parts in enumerate(some)]


@pytest.mark.parametrize("scheme", sorted(PURLS))
def test_products_and_ranges_give_what_the_oracle_finds(scheme):
    @settings(max_examples=8)
    @given(worlds(scheme))
    def check(world):
        assets, advisories = world
        known = aliases(count_mentions(advisories))
        items, _ = item_table(advisories, known=known)
        found = match_advisories(assets=key_table(assets), items=items)
        expected = oracle.match_advisories(assets=assets, advisories=advisories, known=known)
        assert rows(found, without=("statement",)) == expected

    check()


@pytest.mark.parametrize(
    ("installed", "affected", "below", "found"),
    [
        ("pkg:pypi/Zope.Interface__x@1", "pkg:pypi/zope-interface_x", "2", True),
        ("pkg:pypi/zopeinterface@1", "pkg:pypi/zope-interface", "2", False),
        ("pkg:golang/github.com/azure/foo@v1.0.0", "pkg:golang/github.com/Azure/Foo", "2", True),
        ("pkg:nuget/newtonsoft.json@1", "pkg:nuget/Newtonsoft.Json", "2", True),
        ("pkg:maven/org.x/thing@1", "pkg:maven/org.x/Thing", "2", False),
        ("pkg:rpm/redhat/f@2.0-1?epoch=1", "pkg:rpm/redhat/f", "1:2.0-0", False),
        ("pkg:rpm/redhat/f@2.0-1?arch=x86_64&epoch=1", "pkg:rpm/redhat/f", "1:2.0-2", True),
        ("pkg:rpm/redhat/f@2.0-1?epoch=1", "pkg:rpm/redhat/f", "0:3.0", False),
        ("pkg:deb/debian/f@2.0-1?epoch=1", "pkg:deb/debian/f", "0:3.0", False),
        ("pkg:deb/debian/f@1:2.0-1?epoch=1", "pkg:deb/debian/f", "1:2.0-2", True),
    ],
)
def test_the_same_package_is_found_however_its_url_is_written(installed, affected, below, found):
    assets = [Owned(1, normalise_asset(kind="product", value=installed), None, None)]
    advisories = [advisory("CVE-1", product(purl=affected, statements=(said("", below),)))]
    matches = rows(match_advisories(assets=key_table(assets), items=item_table(advisories)[0]), without=("statement",))
    assert matches == oracle.match_advisories(assets=assets, advisories=advisories)
    assert [match.certainty for match in matches] == ["exact"] * found


def test_an_engine_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        engines.named("abacus")


def test_no_assets_and_no_events_give_no_matches():
    empty = key_table([])
    assert match_events(assets=empty, events=event_table([])).num_rows == 0
    assert match_advisories(assets=empty, items=item_table([])[0]).num_rows == 0
    assert isinstance(match_events(assets=empty, events=event_table(make_registry(Random(1))[1])), pa.Table)


def test_every_asset_with_the_same_products_is_found_also_one_that_has_several():
    one, other = NormalAsset("product", CPE.format("*"), "1"), NormalAsset("product", "pkg:npm/thing", "1")
    values = [(1, one), (2, one), (3, one), (3, other), (4, other), (5, other), (5, one), (6, one)]
    assets = [Owned(number, value, None, None) for number, value in values]
    affected = [
        product(cpes=(CPE.format("*"),), statements=(said("", "2"),)),
        product(purl="pkg:npm/thing", statements=(said("", "2"),)),
    ]
    advisories = [advisory("CVE-2", affected[0]), advisory("CVE-10", affected[1]), advisory("CVE-1", *affected)]
    found = rows(match_advisories(assets=key_table(assets), items=item_table(advisories)[0]), without=("statement",))
    assert found == oracle.match_advisories(assets=assets, advisories=advisories)
    assert [(match.item, match.asset) for match in found] == [
        *(("CVE-1", asset) for asset in (1, 2, 3, 4, 5, 6)),
        *(("CVE-10", asset) for asset in (3, 4, 5)),
        *(("CVE-2", asset) for asset in (1, 2, 3, 5, 6)),
    ]
