"""Whose address is it, by rules: IntelMQ's sieve, one rule for each network, beside ours, on the same networks."""

import tempfile
from pathlib import Path

import _country
import _peer
import _process
from peer_intelmq import networks_and_events

ASSETS, EVENTS = 7_140, 1_000_000  # 70 % of the assets are networks
PEER = "intelmq==3.5.0"
SECONDS = 15


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-") as name:
        folder = Path(name)
        _country.make(folder, assets=ASSETS, events=EVENTS)
        there = networks_and_events(folder)
        files = ["--assets", "assets.parquet", "--events", "events.parquet", "--format", "events"]
        ours = _process.run([_process.MISTHOORN, "match", *files, "--out", "matches.parquet"], folder=folder)
        with _peer.installed(PEER, "textx", "setuptools<81") as peer:
            theirs = peer.run("_peer_sieve.py", str(folder), str(SECONDS))
    mine, what = EVENTS / ours.seconds, f"{there:,} networks"
    return [
        ("events, whole command", f"{mine:,.0f}", "events/s", f"{EVENTS:,} events × {what} and domains, keys made too"),
        (
            f"{PEER}, sieve",
            f"{theirs['rate']:,.1f}",
            "events/s",
            f"{what}; rules read in {theirs['built']:.1f} s before",
        ),
        ("ratio", f"{mine / theirs['rate']:,.0f}", "x", "same machine, same run"),
    ]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
