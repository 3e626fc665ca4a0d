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
ROWS, PEER_ROWS, RUNS = 1_000_000, 50_000, 3
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


def _ours(count: int) -> tuple[float, str]:
    """Rows a second, and of what."""
    _, value, _, note = next(one for one in take_in_shadowserver.run(count) if one[0] == "take in, rows")
    return float(value.replace(",", "")), note


def run(count: int = ROWS) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure; none when the mapping is not there."""
    if not MAPPING.exists():
        return []
    theirs = sorted(by_peer(), key=lambda one: one["seconds"])[RUNS // 2]
    ours = sorted((_ours(count) for _ in range(RUNS)), key=lambda one: one[0])[RUNS // 2]
    rate, cpu = PEER_ROWS / theirs["seconds"], 1000 * theirs["cpu"] / PEER_ROWS
    return [
        ("rows, ours", f"{ours[0]:,.0f}", "rows/s", f"{ours[1]}; median of {RUNS} runs"),
        (
            f"rows, {PEER}, its parser alone",
            f"{rate:,.0f}",
            "rows/s",
            f"{PEER_ROWS:,} of these rows, median of {RUNS} runs, without its start; {cpu:.2f} ms CPU a row",
        ),
        ("ratio", f"{ours[0] / rate:,.0f}", "x", "same machine, same run"),
    ]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
