from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from misthoorn.formats.values.schema import EVENT_SCHEMA
from misthoorn.intake.store import query
from misthoorn.intake.store.folder import COMPACT_SCHEMA
from misthoorn.intake.store.query import BatchFile, QueryError, answer

DAY = date(2026, 11, 24)


def events(*addresses, schema=EVENT_SCHEMA, **more):
    when = datetime(2026, 11, 23, 12, tzinfo=UTC)
    rows = [
        {
            "row": row,
            "line": row + 1,
            "time": when,
            "ip": ip,
            "class": "vulnerable",
            "type": "x",
            "identifier": "open-rdp",
        }
        | {"severity": "high", "evidence": "{}"}
        | {name: values[row - 1] for name, values in more.items()}
        for row, ip in enumerate(addresses, 1)
    ]
    return pa.Table.from_pylist(rows, schema=schema)


@pytest.fixture
def ask(tmp_path):
    """Asks something of two batches that have files of their own, and of two that share one."""
    pq.write_table(events("192.0.2.1", "192.0.2.2"), tmp_path / "7.parquet")
    pq.write_table(events("198.51.100.1"), tmp_path / "8.parquet")
    both = events("203.0.113.1", "203.0.113.2", "203.0.113.3", schema=COMPACT_SCHEMA, batch=[9, 10, 11])
    pq.write_table(both, tmp_path / "all-x.parquet")
    pq.write_table(events("10.0.0.1"), tmp_path / "secret.parquet")
    files = [
        BatchFile(tmp_path / "7.parquet", together=False, source="scan", day=DAY, batch=7, tlp="GREEN"),
        BatchFile(tmp_path / "8.parquet", together=False, source="list", day=DAY, batch=8, tlp="RED"),
        BatchFile(tmp_path / "all-x.parquet", together=True, source="scan", day=DAY, batch=9, tlp="GREEN"),
        BatchFile(tmp_path / "all-x.parquet", together=True, source="scan", day=DAY, batch=10, tlp="GREEN"),
    ]

    def asked(sql, **more):
        with answer(sql, files=more.pop("files", files), spill=tmp_path / "spill", **more) as given:
            return given.columns, list(given.rows)

    return asked


def test_events_are_told_with_their_source_day_batch_and_label(ask):
    columns, rows = ask("SELECT source, day, batch, tlp, ip, time FROM events ORDER BY ip")

    assert columns == ("source", "day", "batch", "tlp", "ip", "time")
    assert rows[0] == ("scan", DAY, 7, "GREEN", "192.0.2.1", datetime(2026, 11, 23, 12, tzinfo=UTC))
    assert [row[2] for row in rows] == [7, 7, 8, 9, 10]


def test_rows_that_no_batch_names_any_more_are_not_there(ask):
    assert ask("SELECT count(*) FROM events WHERE ip = '203.0.113.3'")[1] == [(0,)]


def test_without_a_file_there_are_no_events_and_the_columns_are(ask):
    columns, rows = ask("FROM events", files=[])

    assert rows == []
    assert columns == ("source", "day", "batch", "tlp", *EVENT_SCHEMA.names)


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "SELECT 1; SELECT 2",
        "COPY events TO '{folder}/out.csv'",
        "EXPLAIN ANALYZE COPY events TO '{folder}/7.parquet' (USE_TMP_FILE false)",
        "EXPLAIN SELECT 1",
        "CREATE TABLE a AS SELECT 1",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "PRAGMA database_list",
        "ATTACH '{folder}/x.db'",
        "EXPORT DATABASE '{folder}/all'",
        "CALL pragma_version()",
    ],
)
def test_what_does_more_than_read_is_refused(ask, tmp_path, sql):
    before = sorted(path.name for path in tmp_path.iterdir())

    with pytest.raises(QueryError, match="Ask one question that only reads"):
        ask(sql.format(folder=tmp_path))

    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "spill") == before


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_parquet('{folder}/secret.parquet')",
        "SELECT * FROM '{folder}/secret.parquet'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/proc/self/environ')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM parquet_metadata('{folder}/secret.parquet')",
        "SELECT * FROM 'https://example.org/x.parquet'",
        "SELECT * FROM query('COPY (SELECT 1) TO ''{folder}/7.parquet''')",
        "SELECT getenv('HOME')",
        "FROM files_of_python",
        "SELECT nonsense",
        "SELECT * FROM events WHERE",
    ],
)
def test_what_reaches_further_or_is_not_sql_can_not_be_answered(ask, tmp_path, sql):
    files_of_python = pa.table({"a": [1]})  # noqa: F841  a variable that DuckDB would find

    with pytest.raises(QueryError, match="The question can't be answered"):
        ask(sql.format(folder=tmp_path))


def test_a_question_that_takes_too_long_is_stopped(ask):
    with pytest.raises(QueryError, match=r"longer than 0\.2 seconds"):
        ask("SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b", seconds=0.2)


def test_a_question_that_needs_too_much_memory_is_stopped(ask, monkeypatch):
    monkeypatch.setattr(query, "MEMORY", "20MB")

    with pytest.raises(QueryError, match="more than 20MB of memory"):
        ask("SELECT list(range) FROM range(100000000)")


def test_an_answer_that_is_too_long_is_cut_and_says_so(ask, monkeypatch):
    monkeypatch.setattr(query, "MOST_ROWS", 3)

    assert len(ask("SELECT * FROM events LIMIT 3")[1]) == 3
    with pytest.raises(QueryError, match="more than 3 rows"):
        ask("SELECT * FROM events")


def test_an_error_in_the_middle_of_an_answer_is_told(ask):
    with pytest.raises(QueryError, match="can't be answered"):
        ask("SELECT CAST(ip AS INTEGER) FROM events")
