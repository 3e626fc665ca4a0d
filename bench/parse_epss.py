"""How fast EPSS scores are parsed: one process, its own CPU time. A made file of a whole day: 300,000 numbers, gzip."""

import gzip
import time
from datetime import UTC, datetime
from io import BytesIO

from misthoorn.formats.advisories import epss

ROWS, RUNS = 300_000, 3


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    head = "#model_version:v2025.03.14,score_date:2026-11-20T12:55:00Z\ncve,epss,percentile\n"
    rows = (
        f"CVE-{1999 + row % 27}-{1000 + row},{row * 7919 % 100_000 / 100_000:.5f},{row * 104_729 % 100_000 / 1e5:.5f}\n"
        for row in range(ROWS)
    )
    data = gzip.compress((head + "".join(rows)).encode())
    seconds = []
    for _ in range(RUNS):
        started = time.process_time()
        count = sum(
            len(chunk.advisories) for chunk in epss.read(BytesIO(data), name="epss.csv.gz", now=datetime.now(UTC))
        )
        seconds.append(time.process_time() - started)
    note = f"{count:,} rows, {len(data) // 1024:,} KiB packed, fastest of {RUNS}"
    return [("parse epss", f"{count / min(seconds):,.0f}", "rows/s", note)]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
