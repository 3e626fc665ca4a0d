"""Spark against the oracle and DuckDB: the same rows. It starts a Java machine, so it is no pure test."""

import sys
from datetime import timedelta
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "pure" / "matching"))

from registries import DAY, advisory, event_table, exactly, key_table, make_routes, many_registries, product, said

from misthoorn.matching import engines
from misthoorn.matching.advisories import item_table
from misthoorn.matching.engines import spark
from misthoorn.matching.inventory.assets import NormalAsset
from misthoorn.matching.oracle import Match, Owned

REGISTRIES = 10_000
PRODUCTS = ["cpe:2.3:a:v:thing:*:*:*:*:*:*:*:*", "v:thing", "pkg:npm/thing", "pkg:deb/debian/thing", "V Thing"]
VERSIONS = ["", "1.0.0", "1.0.1", "1.5.0", "2.0.0", "2.0.0-rc1", "10.0.0"]

pytestmark = [
    pytest.mark.deep,
    pytest.mark.skipif(bool(spark.missing()), reason=spark.missing() or "there"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning"),  # PySpark's own
]


def in_spark(assets, **more):
    return engines.named("spark", master="local[2]")(assets=assets, **more)


def test_ten_thousand_registries_give_what_the_oracle_finds_in_each():
    random = Random(2026)
    routes = make_routes(random)
    assets, events, expected = many_registries(random, REGISTRIES, routes=routes)
    with in_spark(key_table(assets), routes=routes.table()) as engine:
        found = engine.match_events(event_table(events)).read_all()
    assert [Match(**row) for row in found.to_pylist()] == expected


def test_folded_matches_of_a_file_of_keys_are_those_of_duckdb(tmp_path):
    assets, events, _ = many_registries(Random(7), 200)
    assets = [one._replace(number=one.number // 100 * 100 + one.number % 3) for one in assets]
    pq.write_table(key_table(assets), tmp_path / "keys.parquet")
    with in_spark(tmp_path / "keys.parquet", folded=True) as engine:
        found = engine.match_events(event_table(events)).read_all()
    with engines.named("duckdb")(assets=tmp_path / "keys.parquet", folded=True) as engine:
        assert found == engine.match_events(event_table(events)).read_all()
    assert found.num_rows > len(assets) / 3


def test_advisories_concern_the_products_that_they_concern_in_duckdb():
    random = Random(11)
    ended = DAY - timedelta(days=1)
    assets = [
        Owned(number, NormalAsset("product", random.choice(PRODUCTS), random.choice(VERSIONS)), None, until, number % 7)
        for number in range(2_000)
        for until in [random.choice([None, None, ended])]
    ]
    affected = [
        product(
            random.choice(["V", "other"]),
            "Thing",
            cpes=random.choice([(), (PRODUCTS[0],)]),
            purl=random.choice(["", *PRODUCTS[2:4]]),
            statements=[
                random.choice([exactly, lambda low: said(low, "2.0.0"), lambda low: said("", low)])(
                    random.choice(VERSIONS[1:4])
                )
            ],
            default=random.choice(["affected", "unaffected"]),
        )
        for _ in range(300)
    ]
    items, _ = item_table([advisory(f"CVE-{number}", one) for number, one in enumerate(affected)])
    with in_spark(key_table(assets), valid_at=DAY) as engine:
        found = engine.match_advisories(items).read_all()
    with engines.named("duckdb")(assets=key_table(assets), valid_at=DAY) as engine:
        assert found == engine.match_advisories(items).read_all()
    assert found.num_rows > len(assets)
