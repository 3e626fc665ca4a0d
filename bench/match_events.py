"""How fast a feed is matched against a country's networks and domains, as a whole process, CSV in and CSV out."""

import csv
import os
import subprocess
import sys
import tempfile
import time
from ipaddress import ip_address
from pathlib import Path
from random import Random

SEED = 20261124
ASSETS, EVENTS = 500_000, 2_000_000
SAMPLE = 1_500  # assets and events that the oracle, which tries every pair, is asked about

PREFIXES = {4: [32] * 30 + [31, 30, 30, 29, 29, 28, 28, 27, 26, 25] + [24] * 12 + [23, 22, 22, 21, 20, 19, 18, 17, 16]}
PREFIXES[6] = [32, 40, 48, 48, 48, 56, 64, 64, 128]
BITS = {4: 32, 6: 128}


SHARE_IPV4, SHARE_NETWORKS = 0.55, 0.7  # of the assets; what is neither IPv4 nor IPv6 is a domain
SHARE_OWN_NAMES, SHARE_NAMED = 0.25, 0.5  # of the events


def an_address(random: Random, family: int) -> int:
    if BITS[family] == BITS[4]:
        return random.randrange(11 << 24, 100 << 24)
    return 0x2A02 << 112 | random.getrandbits(28) << 84 | random.getrandbits(84)


def make(folder: Path, *, assets: int, events: int) -> None:
    """assets.csv (55 % IPv4 networks, 15 % IPv6, 30 % domains) and events.csv (half of them in one of the networks)."""
    random = Random(SEED)
    networks, domains = [], []
    with (folder / "assets.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["organisation", "asset", "kind", "value", "version", "valid_from", "valid_to"])
        for number in range(assets):
            chance = random.random()
            if chance < SHARE_NETWORKS:
                family = 4 if chance < SHARE_IPV4 else 6
                prefix = random.choice(PREFIXES[family])
                first = an_address(random, family) >> (BITS[family] - prefix) << (BITS[family] - prefix)
                networks.append((family, first, prefix))
                kind, value = "network", f"{ip_address(first.to_bytes(BITS[family] // 8))}/{prefix}"
            else:
                kind, value = "domain", f"{random.getrandbits(30):x}-{number}.{random.choice(('nl', 'com', 'example'))}"
                domains.append(value)
            since = "2020-01-01" if number % 10 == 0 else ""
            writer.writerow([f"org-{number // 8}", f"asset-{number}", kind, value, "", since, ""])
    with (folder / "events.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["time", "ip", "port", "protocol", "hostname", "asn", "class", "type", "identifier", "severity"]
        )
        for number in range(events):
            family, first, prefix = random.choice(networks)
            if number % 2:
                first, prefix = an_address(random, family), BITS[family]
            address = ip_address(
                (first | random.getrandbits(BITS[family] - prefix or 1) * (prefix < BITS[family])).to_bytes(
                    BITS[family] // 8
                )
            )
            chance = random.random()
            host = (
                random.choice(("www.", "mail.", "", "a.b.")) + random.choice(domains)
                if chance < SHARE_OWN_NAMES
                else ""
            )
            if SHARE_OWN_NAMES <= chance < SHARE_NAMED:
                host = f"host-{random.randrange(10**7)}.dyn.isp{random.randrange(50)}.net"
            words = ("vulnerable", "potentially-unwanted-accessible", "open-rdp", "high")
            writer.writerow(["2026-11-23T10:00:00Z", address, 3389, "tcp", host, 64496 + number % 1000, *words])


def match(folder: Path, *more: str) -> tuple[float, int, bytes]:
    """Seconds, peak memory in MiB, and what was printed."""
    command = [
        str(Path(sys.executable).parent / "misthoorn"),
        "match",
        "--assets",
        "assets.csv",
        "--events",
        "events.csv",
    ]
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as errors:
        started = time.perf_counter()
        child = subprocess.Popen([*command, "--format", "events", *more], cwd=folder, stdout=out, stderr=errors)
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, (folder / "err").read_text()[-500:]
    return seconds, used.ru_maxrss // 1024, (folder / "out").read_bytes()


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-") as name:
        folder = Path(name)
        make(folder, assets=SAMPLE, events=SAMPLE)
        same = match(folder)[2] == match(folder, "--engine", "oracle")[2]
        assert same, "DuckDB and the oracle differ"
        make(folder, assets=ASSETS, events=EVENTS)
        runs = [match(folder) for _ in range(3)]
    seconds = sorted(run[0] for run in runs)[1]
    matches = runs[0][2].count(b"\n") - 1
    note = f"{EVENTS:,} events × {ASSETS:,} networks and domains, {matches:,} matches, median of 3, seed {SEED}"
    return [
        ("match events", f"{EVENTS / seconds:,.0f}", "rows/s", note),
        ("match events, memory", f"{max(run[1] for run in runs):,}", "MiB", "peak of the process"),
        ("match events, as the oracle", "identical", "", f"{SAMPLE:,} events × {SAMPLE:,} assets"),
    ]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
