import io
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from registries import DAY, event_table

from misthoorn.matching import engines, oracle
from misthoorn.matching.inventory import Inventory, InventoryError, read_csv, read_parquet

HEADER = "organisation,asset,kind,value,version,valid_from,valid_to\n"


def read(text, *, keep_values=False):
    refused = []
    inventory = Inventory(on_refused=refused.append, keep_values=keep_values)
    inventory.add(read_csv(io.BytesIO(text if isinstance(text, bytes) else text.encode())))
    return inventory, refused


def test_good_rows_become_columns_and_bad_rows_are_told_with_line_and_reason():
    inventory, refused = read(
        HEADER
        + "o,1,network,198.51.100.0/24,,,\n"
        + "o,2,network,nonsense,,,\n"
        + '"o ""x""",3,domain,example.org,,2026-01-01,\n'
        + "too,few\n"
        + "o,4,network,2001:db8::/32,,2026-02-01,2026-01-01\n"
        + "o,,asn,64496,,,\n"
        + "o,6,asn,64496,,soon,\n"
        + "\n"
        + 'o,7,product,"Apache Log4j 2.14.1",,,\n'
    )
    keys = inventory.table()
    assert inventory.accepted == 3
    assert [(one.line, one.row) for one in refused] == [(3, 2), (5, 4), (6, 5), (7, 6), (8, 7)]
    assert "valid_from" in refused[2].reason
    assert sorted(set(keys["kind"].to_pylist())) == ["domain", "network", "product"]
    assert keys["valid_from"][1].as_py() == datetime(2026, 1, 1, tzinfo=UTC)
    assert inventory.identifiers()[0].to_pylist() == ["o", 'o "x"', "o"]


def test_columns_may_stand_in_any_order_behind_a_byte_order_mark_and_with_semicolons():
    inventory, refused = read("\ufeffKind;value;Asset;organisation\r\nasn;64496;a;b\r\n")
    assert (inventory.accepted, refused) == (1, [])
    assert list(inventory.numbers) == [("b", "a")]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "<html></html>", b"\xff\xfe\x00"])
def test_a_file_without_the_needed_columns_is_refused_as_a_whole(text):
    with pytest.raises(InventoryError, match="no column organisation"):
        read(text)


@pytest.mark.parametrize(
    "row",
    [
        b"o,1,network,\xff,,,\n",
        b"\xff,1,asn,1,,,\n",
        b"o,1,asn,\x00,,,\n",
        b'o,1,asn,"1' + b"\n" * 200_000,
        b"x" * 3_000_000 + b"\n",
    ],
)
def test_hostile_rows_are_refused_and_the_rest_goes_on(row):
    inventory, refused = read(HEADER.encode() + row + b"\no,9,asn,64496,,,\n" * 3)
    assert len(refused) == 1
    assert inventory.accepted >= 1


def test_an_asset_that_stands_twice_has_one_number_and_the_matches_are_folded():
    once, _ = read(HEADER + "o,1,asn,1,,,\n")
    twice, _ = read(HEADER + "o,1,asn,1,,,\no,1,network,198.51.100.0/24,,,\n")
    assert (once.folded, twice.folded) == (False, True)


def test_a_kind_in_capitals_and_a_value_with_blanks_are_read_and_an_asset_is_one_row_for_each_event():
    text = (
        "organisation,asset,kind,value\no,bad,Network, 8.8.9.0/24\no,bad,Network,8.8.9\no,worse,Network,x\n"
        "o,a,network,8.8.8.0/24\no,a,network,8.8.8.8/32\n"
    )
    seen = [oracle.Seen(1, DAY, "8.8.8.8", None, None)]
    inventory, refused = read(text)
    with engines.DuckDb(assets=inventory.table(), folded=inventory.folded) as duckdb:
        found = duckdb.match_events(event_table(seen)).read_all().to_pylist()
    values, refused_there = read(text, keep_values=True)
    assert found == [one._asdict() for one in oracle.match_events(assets=values.values, events=seen)]
    assert [(inventory.identifiers()[1][one["asset"]].as_py(), one["item"]) for one in found] == [("a", 1)]
    assert [one.row for one in refused] == [one.row for one in refused_there] == [2, 3]
    assert list(inventory.numbers) == list(values.numbers) == [("o", "bad"), ("o", "a")]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_quotation_mark_that_is_not_closed_costs_its_own_line_only(ending):
    lines = [
        "organisation,asset,kind,value",
        'o,1,asn,"64496',
        "o,2,asn,64497",
        '"o ""x"", y",3,asn,"64498"',
        'o,"4,asn,1',
    ]
    inventory, refused = read(ending.join([*lines, ""]))
    assert list(inventory.numbers) == [("o", "2"), ('o "x", y', "3")]
    assert [(one.line, one.row) for one in refused] == [(2, 1), (5, 4)]
    assert all("quotation mark is not closed" in one.reason for one in refused)


@pytest.mark.parametrize("keep_values", [False, True])
def test_only_values_that_are_valid_at_the_given_time_are_kept_and_bad_ones_are_refused_all_the_same(keep_values):
    refused = []
    inventory = Inventory(on_refused=refused.append, keep_values=keep_values, valid_at=DAY)
    rows = ["past,asn,1,,,2026-11-24", "first,asn,2,,2026-11-24,", "bad,asn,x,,,2026-11-24", "next,asn,3,,2026-11-25,"]
    inventory.add(read_csv(io.BytesIO((HEADER + "".join(f"o,{row}\n" for row in rows)).encode())))
    kept = [one.number for one in inventory.values] + inventory.table()["asset"].to_pylist()
    assert (inventory.accepted, [one.row for one in refused]) == (3, [3])
    assert [list(inventory.numbers)[number][1] for number in kept] == ["first"]


def test_parquet_is_read_like_csv():
    table = pa.table({"organisation": [7, 7], "asset": ["a", "b"], "kind": ["asn", "asn"], "value": ["1", None]})
    stream = io.BytesIO()
    pq.write_table(table, stream)
    refused = []
    inventory = Inventory(on_refused=refused.append)
    inventory.add(read_parquet(io.BytesIO(stream.getvalue())))
    assert list(inventory.numbers) == [("7", "a")]
    assert [(one.line, one.row) for one in refused] == [(0, 2)]


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + b"\x00" * 100])
def test_broken_parquet_is_refused_as_a_whole(content):
    with pytest.raises(InventoryError, match="Parquet"):
        list(read_parquet(io.BytesIO(content)))
