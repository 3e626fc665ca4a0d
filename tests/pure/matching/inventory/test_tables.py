import gzip
import io
from datetime import UTC, datetime
from ipaddress import ip_address
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registries import DAY, event_table

from misthoorn.matching import engines, oracle
from misthoorn.matching.engines import preparing
from misthoorn.matching.inventory.tables import InventoryError, read_rows

HEADER = "organisation,asset,kind,value,version,valid_from,valid_to\n"


def rows(content):
    return read_rows(io.BytesIO(content if isinstance(content, bytes) else content.encode()))


@pytest.fixture
def prepare(tmp_path):
    """Prepares a file, and gives what became of it, its keys, and the rows that were refused."""
    count = iter(range(100))

    def prepare_it(content, **options):
        refused = []
        out = tmp_path / f"{next(count)}.parquet"
        done = preparing.prepare(rows(content), out=out, on_refused=refused.append, **options)
        return done, pq.read_table(out).sort_by([("asset", "ascending"), ("key", "ascending")]), refused

    return prepare_it


def values(content):
    refused = []
    return oracle.read_values(rows(content), on_refused=refused.append), refused


def test_good_rows_become_columns_and_bad_rows_are_told_with_line_and_reason(prepare):
    text = (
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
    done, keys, refused = prepare(text)
    assert (done.accepted, done.refused) == (3, 5)
    assert [(one.line, one.row) for one in refused] == [(3, 2), (5, 4), (6, 5), (7, 6), (8, 7)]
    assert "valid_from" in refused[2].reason
    assert sorted(set(keys["kind"].to_pylist())) == ["domain", "network", "product"]
    assert keys["valid_from"][1].as_py() == datetime(2026, 1, 1, tzinfo=UTC)
    organisations, assets = preparing.names(done.path)
    assert [(organisations[number].as_py(), assets[number].as_py()) for number in (0, 2, 7)] == [
        ("o", "1"),
        ('o "x"', "3"),
        ("o", "7"),
    ]
    assert values(text)[1] == refused


def test_columns_may_stand_in_any_order_behind_a_byte_order_mark_and_with_semicolons(prepare):
    done, keys, refused = prepare("\ufeffKind;value;Asset;organisation\r\nasn;64496;a;b\r\n")
    assert (done.accepted, refused) == (1, [])
    assert (keys["named_organisation"].to_pylist(), keys["named_asset"].to_pylist()) == (["b"], ["a"])


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "<html></html>", b"\xff\xfe\x00", gzip.compress(b"a,b\n")])
def test_a_file_without_the_needed_columns_is_refused_as_a_whole(text):
    with pytest.raises(InventoryError, match="no column organisation"):
        list(rows(text))


def test_a_file_with_a_column_twice_is_refused_as_a_whole():
    names, cells = ["organisation", "asset", "kind", "value", "Value"], ["o", "a", "asn", "1", "2"]
    stream = io.BytesIO()
    pq.write_table(pa.table([pa.array([cell]) for cell in cells], names), stream)
    for content in (stream.getvalue(), f"{','.join(names)}\n{','.join(cells)}\n"):
        with pytest.raises(InventoryError, match="more than one column value"):
            list(rows(content))


@pytest.mark.parametrize(
    "row",
    [
        b"o,1,network,\xff,,,\n",
        b"\xff,1,asn,1,,,\n",
        b"o,1,asn,\x00,,,\n",
        b'o,1,asn,"1' + b"\n" * 200_000,
        b"x" * 3_000_000 + b"\n",
        b"x" * 30_000_000 + b"\n",
    ],
)
def test_hostile_rows_are_refused_and_the_rest_goes_on(prepare, row):
    done, _, refused = prepare(HEADER.encode() + row + b"\no,9,asn,64496,,,\n" * 3)
    assert len(refused) == 1
    assert done.accepted == 3


def test_a_packed_file_is_read_like_a_plain_one_and_one_that_is_cut_off_up_to_there(prepare):
    text = HEADER.encode() + b"".join(b"o,%d,asn,%d,,,\n" % (number, number) for number in range(1, 5000))
    packed = gzip.compress(text)
    assert prepare(packed)[1].equals(prepare(text)[1])
    with pytest.raises(InventoryError, match="stops in the middle"):
        list(rows(packed[:-200]))


def test_an_asset_that_stands_twice_has_one_number_and_the_matches_are_folded(prepare):
    once, _, _ = prepare(HEADER + "o,1,asn,1,,,\n")
    twice, keys, _ = prepare(HEADER + "o,1,asn,1,,,\no,1,network,198.51.100.0/24,,,\no,2,asn,1,,,\n")
    assert (once.folded, twice.folded) == (False, True)
    assert keys["asset"].to_pylist() == [0, 0, 2]
    assert preparing.names(twice.path)[1].to_pylist() == ["1", None, "2"]


def test_a_kind_in_capitals_and_a_value_with_blanks_are_read_and_an_asset_is_one_row_for_each_event(prepare):
    text = (
        "organisation,asset,kind,value\no,bad,Network, 8.8.9.0/24\no,bad,Network,8.8.9\no,worse,Network,x\n"
        "o,a,network,8.8.8.0/24\no,a,network,8.8.8.8/32\n"
    )
    seen = [oracle.Seen(1, DAY, "8.8.8.8", None, None)]
    done, _, refused = prepare(text)
    with engines.DuckDb(assets=done.path, folded=done.folded) as duckdb:
        found = duckdb.match_events(event_table(seen)).read_all().to_pylist()
    there, refused_there = values(text)
    assert found == [one._asdict() for one in oracle.match_events(assets=there.assets, events=seen)]
    assert [(there.names[one["asset"]], one["item"]) for one in found] == [("a", 1)]
    assert refused == refused_there
    assert [one.row for one in refused] == [2, 3]


def test_a_letter_that_only_looks_like_one_of_ascii_in_small_letters_is_not_taken_for_it(prepare):
    done, keys, refused = prepare("organisation,asset,kind,value\no,1,domain,İ.example.nl\no,2,DOMAİN,a.example.nl\n")
    assert keys["key"].to_pylist() == [b"xn--i-9bb.example.nl"]
    assert ([one.row for one in refused], done.accepted) == ([2], 1)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_quotation_mark_that_is_not_closed_costs_its_own_line_only(ending):
    lines = [
        "organisation,asset,kind,value",
        'o,1,asn,"64496',
        "o,2,asn,64497",
        '"o ""x"", y",3,asn,"64498"',
        'o,"4,asn,1',
    ]
    found, refused = values(ending.join([*lines, ""]))
    assert [(found.organisations[one.number], found.names[one.number]) for one in found.assets] == [
        ("o", "2"),
        ('o "x", y', "3"),
    ]
    assert [(one.line, one.row) for one in refused] == [(2, 1), (5, 4)]
    assert all("quotation mark is not closed" in one.reason for one in refused)


def test_only_what_is_valid_at_the_given_time_matches_an_advisory(prepare):
    thing = "product,cpe:2.3:a:v:thing:1"
    periods = {"past": ",2026-11-24", "first": "2026-11-24,", "next": "2026-11-25,", "open": ","}
    done, _, _ = prepare(HEADER + "".join(f"o,{name},{thing},,{period}\n" for name, period in periods.items()))
    names = preparing.names(done.path)[1].to_pylist()
    with engines.DuckDb(assets=done.path, valid_at=DAY) as duckdb:
        kept = duckdb._db.sql("SELECT DISTINCT asset FROM valid ORDER BY asset").fetchall()
    assert [names[number] for (number,) in kept] == ["first", "open"]


def test_parquet_is_read_like_csv(prepare):
    table = pa.table({"organisation": [7, 7], "asset": ["a", "b"], "kind": ["asn", "asn"], "value": ["1", None]})
    table = table.append_column("valid_from", pa.array([DAY, None], pa.timestamp("ns", "Europe/Amsterdam")))
    stream = io.BytesIO()
    pq.write_table(table, stream)
    _, keys, refused = prepare(stream.getvalue())
    assert (keys["named_organisation"].to_pylist(), keys["valid_from"].to_pylist()) == (["7"], [DAY])
    assert [(one.line, one.row) for one in refused] == [(0, 2)]


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + b"\x00" * 100])
def test_broken_parquet_is_refused_as_a_whole(content):
    with pytest.raises(InventoryError, match="Parquet"):
        list(rows(content))


def test_prepared_keys_are_known_and_those_of_another_version_are_refused(prepare, tmp_path, monkeypatch):
    done, _, _ = prepare(HEADER + "o,1,asn,1,,,\n", in_order=True)
    assert preparing.prepared(done.path) == done
    pq.write_table(pa.table({"organisation": ["o"]}), tmp_path / "other.parquet")
    assert preparing.prepared(tmp_path / "other.parquet") is None
    monkeypatch.setattr(preparing, "EDITION", 0)
    with pytest.raises(preparing.PreparedError, match="prepare them again"):
        preparing.prepared(done.path)


# --- the quick way to make keys against the careful one

OCTETS = st.sampled_from(["0", "1", "01", "255", "256", "", "x", "100"])
LENGTHS = st.sampled_from(["", "/", "/0", "/3", "/4", "/24", "/024", "/33", "/32", "/48", "/128", "/129", "/19"])
PLAIN_4 = st.builds("{}.{}.{}.{}{}".format, OCTETS, OCTETS, OCTETS, OCTETS, LENGTHS)
REAL = st.builds(
    lambda seed, length: str(ip_address(Random(seed).randbytes(length))), st.integers(), st.sampled_from([4, 16])
)
PLAIN_6 = st.lists(st.sampled_from(["2001", "db8", "0", "0000", "00001", "ffff", "", "", "G", "A"]), max_size=10).map(
    ":".join
)
NAMES = st.lists(
    st.sampled_from(
        [
            "a",
            "www",
            "b-",
            "-b",
            "a--b",
            "xn--mller-kva",
            "1",
            "co",
            "uk",
            "ck",
            "www",
            "nl",
            "kawasaki",
            "jp",
            "A",
            "ü",
            "İ",
            "ſ",
            "a_b",
            "",
        ]
    ),
    min_size=1,
    max_size=4,
).map(".".join)
VALUES = st.one_of(
    st.tuples(st.just("network"), st.one_of(PLAIN_4, st.builds("{}{}".format, st.one_of(PLAIN_6, REAL), LENGTHS))),
    st.tuples(st.sampled_from(["domain", "Domain ", "DOMAİN", "domain\t", "\xa0domain"]), NAMES),
    st.tuples(st.just("asn"), st.sampled_from(["1", "AS2", "0", "x"])),
    st.tuples(st.just("product"), st.sampled_from(["apache:log4j:1", "cpe:2.3:a:b:c:1", "x", "pkg:npm/a@1"])),
)


@settings(max_examples=10)
@given(st.lists(VALUES, min_size=1, max_size=100), st.integers(1, 100))
def test_values_that_are_written_plainly_have_the_keys_of_values_looked_at_by_themselves(
    tmp_path_factory, given, names
):
    folder = tmp_path_factory.mktemp("keys")
    table = pa.table(
        {
            "organisation": ["o"] * len(given),
            "asset": [str(number % names) for number in range(len(given))],
            "kind": [kind for kind, _ in given],
            "value": [value for _, value in given],
        }
    )
    stream = io.BytesIO()
    pq.write_table(table, stream)
    found = []
    for quick in (True, False):
        refused = []
        out = folder / f"{quick}.parquet"
        done = preparing.prepare(rows(stream.getvalue()), out=out, on_refused=refused.append, quick=quick)
        keys = sorted(pq.read_table(out).to_pylist(), key=lambda row: (row["asset"], row["key"], row["lo"], row["hi"]))
        found.append((done.accepted, done.folded, refused, [row["named_asset"] for row in keys].count(None), keys))
    assert found[0][:4] == found[1][:4]
    assert without_names(found[0][4]) == without_names(found[1][4])
    there, refused_there = values(stream.getvalue())
    assert (len(there.assets), refused_there) == (found[0][0], found[0][2])


def without_names(keys):
    return [{name: value for name, value in row.items() if not name.startswith("named")} for row in keys]
