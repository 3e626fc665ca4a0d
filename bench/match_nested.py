"""A registry as awkward as they come: one /8, every length of prefix below it, ranges across, and single addresses.

All of it lies in one /8, so that every key of the shorter levels is shared by all events. Twice as many single
addresses and events should take about twice the time.
"""

import tempfile
from pathlib import Path

import _process
import duckdb

SINGLE = (125_000, 250_000, 500_000, 1_000_000)
MACROS = """
CREATE MACRO ip4(a) AS (a >> 24) || '.' || ((a >> 16) & 255) || '.' || ((a >> 8) & 255) || '.' || (a & 255);
CREATE MACRO inside(n, salt) AS (11::BIGINT << 24) + (hash(n, salt, 20261124) % 16777216)::BIGINT;
"""
# Of each length of prefix, every second network there is; free ranges that lie across them; and the single addresses.
ASSETS = """
WITH lengths AS (
  SELECT length, UNNEST(RANGE(1 << (length - 9))) AS place FROM RANGE(9, 25) AS lengths(length)
),
many AS (
  SELECT '11.0.0.0/8' AS value
  UNION ALL SELECT ip4((11::BIGINT << 24) + (place * 2 << (32 - length))) || '/' || length FROM lengths
  UNION ALL SELECT ip4(first) || '-' || ip4(LEAST(first + (hash(first) % 5000)::BIGINT, 201326591))
  FROM (SELECT inside(n, 1) AS first FROM RANGE(10000) AS numbers(n)) AS ranges
  UNION ALL SELECT ip4(inside(n, 2)) FROM RANGE({single}) AS numbers(n)
)
SELECT 'org-' || number % 1000 AS organisation, 'asset-' || number AS asset, 'network' AS kind, value
FROM (SELECT ROW_NUMBER() OVER () AS number, value FROM many) AS numbered
"""
EVENTS = """
SELECT TIMESTAMPTZ '2026-11-23 10:00:00+00' AS "time", ip4(inside(n, 3)) AS ip, 'open-rdp' AS identifier
FROM range({single}) AS numbers(n)
"""


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    figures, before = [], 0.0
    for single in SINGLE:
        with tempfile.TemporaryDirectory(prefix="misthoorn-bench-") as name:
            folder = Path(name)
            with duckdb.connect() as duck:
                duck.execute(MACROS)
                duck.execute("SET TimeZone = 'UTC'")
                for what, statement in (("assets", ASSETS), ("events", EVENTS)):
                    duck.execute(f"COPY ({statement.format(single=single)}) TO '{folder / what}.parquet'")
            files = ["--assets", "assets.parquet", "--events", "events.parquet", "--format", "events"]
            done = _process.run([_process.MISTHOORN, "match", *files, "--out", "m.parquet"], folder=folder)
            matches = duckdb.execute(f"SELECT COUNT(*) FROM '{folder}/m.parquet'").fetchall()[0][0]
        note = f"{single:,} events, {matches:,} matches"
        if before:
            note += f"; {done.seconds / before:.2f} × the time of half as many"
        before = done.seconds
        figures.append((f"one /8 and {single:,} single addresses", f"{done.seconds:.1f}", "s", note))
    return figures


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
