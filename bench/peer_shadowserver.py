"""A report of Shadowserver: IntelMQ's parser, and ours with all that a worker does with the file.

Rows of one making on both sides; the peer reads them by the official mapping, which it asks for, in its library mode:
no queue, no Redis, no experts and no output. Ours is the worker's whole way: the file kept, read, refused rows apart
and events written as Parquet. Where a machine hasn't the mapping (see MISTHOORN_TEST_DATA) there are no figures.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import _peer
import take_in_shadowserver

PEER = "intelmq==3.5.0"
NEEDS = "setuptools<81"  # the peer asks for pkg_resources and does not say so
ROWS, PEER_ROWS, RUNS = 1_000_000, 20_000, 3
MAPPING = (
    Path(os.environ.get("MISTHOORN_TEST_DATA", "../shared")) / "data/feeds/shadowserver-report_schema/intelmq.json"
)


def by_peer() -> list[Any]:
    """What each of some runs of the peer took."""
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-") as name, _peer.installed(PEER, NEEDS) as peer:
        folder = Path(name)
        report = folder / "2026-11-23-scan_rdp-netherlands.csv"
        take_in_shadowserver.write(report, PEER_ROWS)
        told = []
        for run in range(RUNS):
            own = folder / str(run)
            own.mkdir()
            shutil.copy(MAPPING, own)
            told.append(peer.run("_peer_shadowserver.py", str(own), str(report)))
        return told


def run(count: int = ROWS) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure; none when the mapping is not there."""
    if not MAPPING.exists():
        return []
    runs = sorted(by_peer(), key=lambda one: one["seconds"])
    ours = {name: (float(value.replace(",", "")), note) for name, value, _, note in take_in_shadowserver.run(count)}
    (mine, size), best = ours["take in, rows"], runs[0]
    theirs, cpu = PEER_ROWS / best["seconds"], 1000 * best["cpu"] / PEER_ROWS
    return [
        ("rows, ours", f"{mine:,.0f}", "rows/s", size),
        (
            f"rows, {PEER}, its parser alone",
            f"{theirs:,.0f}",
            "rows/s",
            f"{PEER_ROWS:,} of these rows, the best of {RUNS} runs, without its start; {cpu:.2f} ms CPU a row",
        ),
        ("ratio", f"{mine / theirs:,.0f}", "x", "same machine, same run"),
    ]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
