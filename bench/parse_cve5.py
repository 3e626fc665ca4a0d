"""How fast a file of CVE 5 records is parsed, as a whole process with its output."""

import gzip
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

FILE = Path(os.environ.get("MISTHOORN_TEST_DATA") or Path(__file__).parents[2] / "shared") / "data/cve/2024.jsonl.gz"


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure; none when the data is not there."""
    if not FILE.exists():
        return []
    with gzip.open(FILE) as stream:
        records = sum(1 for _ in stream)
    command = [str(Path(sys.executable).parent / "misthoorn"), "parse", "cve5", str(FILE)]
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
        seconds.append(time.perf_counter() - started)
    middle = sorted(seconds)[1]
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return [
        (
            "parse cve5",
            f"{records / middle:,.0f}",
            "records/s",
            f"{records:,} records, median of 3, {done.stderr.strip()}",
        ),
        ("parse cve5, memory", f"{memory:,}", "MiB", "peak of the process"),
    ]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
