"""A report of Shadowserver as the service takes it in: kept, read, refused rows apart, events in the store, matched.

The file is made here. What is measured is one worker, from the file on disk to the findings in the database.
"""

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from _process import MISTHOORN
from _service import environment, printed_by

ROWS, BROKEN, NETWORKS = 1_000_000, 0.001, 20_000
COLUMNS = (
    *("timestamp", "severity", "ip", "protocol", "port", "hostname", "tag", "asn", "geo", "region", "city", "naics"),
    *("hostname_source", "sector", "rdp_protocol", "cert_length", "subject_common_name", "issuer_common_name"),
    *("cert_issue_date", "cert_expiration_date", "sha1_fingerprint", "cert_serial_number", "ssl_version"),
    *("signature_algorithm", "key_algorithm", "sha256_fingerprint", "bluekeep_vulnerable"),
)


def rows(count: int) -> Iterator[list[object]]:
    """Rows of `scan_rdp`, most of addresses that nobody registered; one in a thousand can't be used."""
    random = Random(20261124)
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    for number in range(count):
        address = number * 2_654_435_761 % (1 << 24)
        ip = f"11.{address >> 16}.{address >> 8 & 255}.{address & 255}"
        if random.random() < BROKEN:
            ip = "10.0.0.300"
        moment = f"{day + timedelta(seconds=number % 86_400):%Y-%m-%d %H:%M:%S}"
        name = f"host-{number}.provider{number % 500}.example" if number % 3 else ""
        cert = f"{random.getrandbits(160):040X}"
        yield [
            *(moment, "high", ip, "tcp", 3389, name, "rdp", 64_496 + number % 1_000, "NL", "NOORD-HOLLAND"),
            *("AMSTERDAM", 518_210, "ptr", "Communications, Service Provider, and Hosting Service", "RDP", 2048, name),
            *(name, "2026-06-01 10:11:12", "2026-12-01 10:11:12", cert, cert[:16], 2, "sha256WithRSAEncryption"),
            *("rsaEncryption", cert + cert[:24], "N"),
        ]  # fmt: skip


def write(path: Path, count: int) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows(count))


def organisations(folder: Path) -> tuple[Path, Path]:
    """Tables of organisations and of their networks of 16 addresses: one row in fifty above is of somebody."""
    owners, networks = folder / "organisations.csv", folder / "networks.csv"
    with owners.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("register_number", "name", "kind", "sector", "size"))
        writer.writerows((f"{one:08d}", f"Bedrijf {one}", "general", "trade", "10-49") for one in range(NETWORKS // 10))
    with networks.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("register_number", "kind", "value"))
        for number in range(NETWORKS):
            first = number * 838 & ~15
            network = f"11.{first >> 16 & 255}.{first >> 8 & 255}.{first & 255}/28"
            writer.writerow((f"{number // 10:08d}", "network", network))
    return owners, networks


def run(count: int = ROWS) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        report = folder / "2026-11-23-scan_rdp-netherlands.csv"
        write(report, count)
        own = environment(folder / "home", TEAM_NAME="Bench")

        def ours(*arguments: object) -> None:
            command = [MISTHOORN, *map(str, arguments)]
            subprocess.run(command, env=own, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        ours("migrate")
        for table in organisations(folder):
            ours("organisations", "import", table)
        ours("sources", "add", "shadowserver", "--format", "shadowserver", "--tlp", "GREEN")
        told = json.loads(printed_by("_take_in.py", "shadowserver", report, environment=own).splitlines()[-1])
    taken = told["receive"][0] + told["read"][0]
    cpu = sum(part[1] for part in (told["receive"], told["read"], told["match"]))
    size = f"{count:,} rows, {told['bytes'] / 2**20:,.0f} MiB, {told['refused']:,} of them refused"
    return [
        ("take in, rows", f"{count / taken:,.0f}", "rows/s", f"{size}; kept, read and written as Parquet, one worker"),
        (
            "take in, CPU",
            f"{1000 * cpu / count:.4f}",
            "ms/row",
            f"user and system, from file to {told['found']:,} findings",
        ),
        (
            "take in, match",
            f"{told['match'][0]:.1f}",
            "s",
            f"with {NETWORKS:,} networks, findings and campaign written",
        ),
        ("take in, memory while reading", f"{told['memory']:,}", "MiB", "peak of the process, all of Django in it"),
        ("take in, memory with the match", f"{told['memory_matched']:,}", "MiB", "peak of the process"),
        ("take in, store", f"{told['stored'] / count:.0f}", "bytes/row", f"{told['bytes'] / count:.0f} as received"),
    ]


if __name__ == "__main__":
    for figure in run(*map(int, sys.argv[1:])):
        print(*figure, sep="\t")
