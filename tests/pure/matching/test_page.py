"""docs/matching.md explains the join by an example: here its files go through the statements, step by step."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
import sqlglot
from registries import event_table, key_table

from misthoorn.formats.advisories import cve5
from misthoorn.matching import oracle, versions
from misthoorn.matching.advisories import item_table
from misthoorn.matching.inventory.assets import normalise_asset
from misthoorn.matching.sql import advisories, events, keys

PAGE = (Path(__file__).parents[3] / "docs/matching.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PAGE, re.DOTALL)
ASSETS, EVENTS = (list(csv.DictReader(io.StringIO(text))) for kind, text in BLOCKS if kind == "csv")
OWNERS = list(dict.fromkeys(row["organisation"] for row in ASSETS))
SPACES = (b"ip4/24", b"ip4/16", b"ip4/8", b"dns", b"asn")
(LOG4SHELL,) = (cve5.understand(json.loads(text)) for kind, text in BLOCKS if kind == "json")
# The bounds of the example, as the page writes them: a key, and one byte for just below it, at it, or just above.
BOUNDS = {
    versions.key("generic", version) + bytes([place]): f"{('below ', '', 'above ')[place]}{version}"
    for version in ("2.0-beta9", "2.14.1", "2.15.0", "2.17.1")
    for place in (0, 1, 2)
}


def owned():
    return [
        oracle.Owned(
            number,
            normalise_asset(kind=row["kind"], value=row["value"], version=row["version"]),
            None,
            None,
            OWNERS.index(row["organisation"]),
        )
        for number, row in enumerate(ASSETS, 1)
    ]


def seen():
    return [
        oracle.Seen(
            number, datetime.fromisoformat(row["time"]).astimezone(UTC), row["ip"], row["hostname"] or None, None
        )
        for number, row in enumerate(EVENTS, 1)
    ]


@pytest.fixture
def db():
    """The keys of the assets in DuckDB, with a way to make a table of a statement."""
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        db.register("given", key_table(owned()))
        make(db, {"valid": keys.valid(None)})
        yield db


def make(db, tables):
    for name, statement in tables.items():
        db.execute(f"CREATE TABLE {name} AS {statement}")


def step(statement, name):
    """The statement that gives the rows of one of its steps."""
    steps = ", ".join(one.sql("duckdb") for one in sqlglot.parse_one(statement, read="duckdb").ctes)
    return f"WITH {steps} SELECT * FROM {name}"


def shown(value):
    """A value as the page writes it: addresses with dots, versions as texts."""
    if not isinstance(value, bytes):
        return str(value)
    if value in BOUNDS:
        return BOUNDS[value]
    space = next((space for space in SPACES if value.startswith(space)), b"")
    rest = value.removeprefix(space)
    if space.startswith(b"ip4") or (len(rest) == 4 and not rest.isascii()):
        rest = ".".join(map(str, rest)).encode()
    return f"{space.decode()} {rest.decode()}".strip()


def table(db, statement, *columns):
    """The rows as a block of the page."""
    found = db.execute(f"SELECT DISTINCT {', '.join(columns)} FROM ({statement})").fetchall()
    rows = [columns, *sorted([shown(value) for value in row] for row in found)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(columns))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def on_the_page(block):
    assert f"```\n{block}\n```" in PAGE, f"docs/matching.md should have:\n{block}"


def test_the_rows_of_each_step_of_the_join_of_events(db):
    make(db, {"asset_keys": keys.OF_EVENTS, "spaces": events.SPACES, "depths": events.DEPTHS})
    db.execute(events.SUBSTRING_INDEX)
    db.register("events", event_table(seen()))
    make(db, {"asns": events.ASNS})

    on_the_page(table(db, "FROM asset_keys", "asset", "key", "lo", "hi"))
    on_the_page(table(db, step(events.EVENTS, "item_keys"), "item", "key", "lo", "hi"))
    on_the_page(table(db, events.EVENTS, "item", "asset", "certainty", "most_specific"))


def test_the_rows_of_each_step_of_the_join_of_advisories(db):
    db.register("item_keys", item_table([LOG4SHELL])[0])
    make(db, {"asset_keys": keys.OF_ADVISORIES} | advisories.STEPS)

    on_the_page(table(db, "FROM asset_keys", "asset", "space", "key", "lo", "hi"))
    on_the_page(
        table(db, "FROM item_keys WHERE space IN ('cpe', 'name')", "item", "space", "key", "lo", "hi", "certainty")
    )
    on_the_page(table(db, "FROM twins", "asset", "twin"))
    on_the_page(table(db, step(advisories.MATCHES, "hits"), "space", "key", "lo", "item", "certainty"))
    on_the_page(table(db, step(advisories.MATCHES, "found"), "twin", "item", "certainty"))
    on_the_page(table(db, advisories.MATCHES, "asset", "item", "certainty"))


def test_the_join_is_written_on_the_page_as_it_stands_in_the_statement():
    (join,) = (" ".join(text.split()) for kind, text in BLOCKS if kind == "sql")
    assert join in " ".join(advisories.MATCHES.split())


def test_the_oracle_finds_the_same():
    found = oracle.match_advisories(assets=owned(), advisories=[LOG4SHELL])
    assert [(one.asset, one.certainty) for one in found] == [(4, "exact"), (5, "exact")]
    found = oracle.match_events(assets=owned(), events=seen())
    assert [(one.item, one.asset, one.most_specific) for one in found] == [
        (1, 1, False),
        (1, 2, True),
        (2, 1, True),
        (3, 3, True),
    ]
