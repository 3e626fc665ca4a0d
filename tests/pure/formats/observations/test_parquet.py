"""Events as Parquet mean what the same cells mean in CSV."""

import csv
import io
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misthoorn.formats.tabular import event_table
from misthoorn.formats.values.schema import FormatError

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
COLUMNS = ["time", "ip", "port", "hostname", "asn", "identifier", "severity", "note"]
CELLS = {
    "time": ["2026-11-23T10:00:00Z", "2026-11-23 10:00:00.5", "2027-01-01T00:00:00Z", "yesterday", ""],
    "ip": ["198.51.100.7", "198.051.100.7", "2001:DB8::1", "10.0.0.1", "x", ""],
    "port": ["443", "99999", ""],
    "hostname": ["WWW.Example.nl", "münchen.example", "-", ""],
    "asn": ["64496", "AS64496", "0", "x", ""],
    "identifier": ["open-rdp", "CVE-2021-44228", ""],
    "severity": ["high", "loud", ""],
    "note": ["", 'says "hello"', "é\t"],
}
ROWS = st.lists(
    st.tuples(*[st.one_of(st.just(cells[0]), st.sampled_from(cells)) for cells in CELLS.values()]), max_size=12
)


def parquet(table):
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()


def read(content, *, fold=False):
    chunks = list(event_table.read(io.BytesIO(content), name="x", now=NOW, fold=fold))
    rows = [row for chunk in chunks for row in chunk.events.to_pylist()]
    refused = [(row.row, row.code, row.reason) for chunk in chunks for row in chunk.refused]
    return rows, refused, sum(chunk.duplicates for chunk in chunks)


def without_line(rows):
    return [{name: value for name, value in row.items() if name != "line"} for row in rows]


@settings(max_examples=30)
@given(ROWS, st.booleans())
def test_cells_mean_the_same_in_parquet_and_in_csv(rows, fold):
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *rows])
    there = parquet(pa.table([[row[place] for row in rows] for place in range(len(COLUMNS))], names=COLUMNS))
    as_csv, refused, duplicates = read(text.getvalue().encode(), fold=fold)
    found, refused_there, duplicates_there = read(there, fold=fold)
    assert (without_line(found), refused_there, duplicates_there) == (without_line(as_csv), refused, duplicates)


def test_columns_keep_their_meaning_whatever_their_type():
    moments = [datetime(2026, 11, 23, 10, tzinfo=UTC), datetime(2026, 11, 23, 10, 0, 0, 500, tzinfo=UTC)]
    table = pa.table(
        {
            "row": [7, 8],
            "time": pa.array(moments, pa.timestamp("ns", "Europe/Amsterdam")),
            "ip": pa.array(["198.51.100.7", None]).dictionary_encode(),
            "hostname": ["www.example.nl", "example.nl"],
            "asn": pa.array([64496, None], pa.uint32()),
            "port": pa.array([443, 0], pa.int16()),
            "identifier": ["open-rdp", "open-rdp"],
        }
    )
    rows, refused, _ = read(parquet(table))
    assert refused == []
    assert [(row["row"], row["line"], row["time"], row["ip"], row["asn"], row["port"]) for row in rows] == [
        (1, 0, moments[0], "198.51.100.7", 64496, 443),
        (2, 0, moments[1], None, None, 0),
    ]


def test_a_row_with_nul_in_it_is_refused_and_the_rest_is_kept():
    table = pa.table(
        {"time": ["2026-11-23T10:00:00Z"] * 3, "ip": ["198.51.100.7"] * 3, "identifier": ["a", "b\0", "c"]}
    )
    rows, refused, _ = read(parquet(table))
    assert [(row["row"], row["identifier"]) for row in rows] == [(1, "a"), (3, "c")]
    assert [one[:2] for one in refused] == [(2, "nul")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PAR1", "can't be read as Parquet"),
        (b"PAR1" + b"\0" * 1000 + b"PAR1", "can't be read as Parquet"),
        (parquet(pa.table({"a": [1]})), "lacks a column time"),
        (parquet(pa.table({"time": [[1]], "ip": ["x"], "identifier": ["y"]})), "can't be read as Parquet"),
    ],
)
def test_what_is_no_such_file_is_refused_as_a_whole(content, words):
    with pytest.raises(FormatError, match=words):
        read(content)


def test_a_file_that_is_damaged_further_on_is_read_up_to_there():
    size = 300_000
    table = pa.table(
        {
            "time": ["2026-11-23T10:00:00Z"] * size,
            "ip": [f"198.51.{n // 256 % 256}.{n % 256}" for n in range(size)],
            "identifier": ["a"] * size,
        }
    )
    stream = io.BytesIO()
    pq.write_table(table, stream, row_group_size=100_000, compression="none", use_dictionary=False)
    content = bytearray(stream.getvalue())
    content[len(content) // 2 : len(content) // 2 + 2_000_000] = b"\xff" * 2_000_000
    rows, refused, _ = read(bytes(content))
    assert (len(rows), [one[:2] for one in refused]) == (100_000, [(100_001, "damaged")])
