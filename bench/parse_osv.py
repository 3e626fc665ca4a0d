"""How fast records of OSV are parsed, and become keys: one process, its own CPU time. Real records, ten times over."""

import gzip
import json
import os
import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from misthoorn.formats.advisories import osv
from misthoorn.matching.advisories import item_keys

FOLDER = Path(os.environ.get("MISTHOORN_TEST_DATA") or Path(__file__).parents[2] / "shared") / "data/osv"
TIMES, RUNS = 10, 3


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure; none when the data is not there."""
    packed = [path.read_bytes() for path in sorted(FOLDER.glob("*.gz"))]
    records = [json.loads(line) for one in packed for line in gzip.decompress(one).splitlines()]
    if not records:
        return []
    copies = (record | {"id": f"{record['id']}-{number}"} for number in range(TIMES) for record in records)
    data = "\n".join(map(json.dumps, copies)).encode()
    seconds = []
    for _ in range(RUNS):
        started = time.process_time()
        chunks = list(osv.read(BytesIO(data), name="all", now=datetime.now(UTC)))
        seconds.append(time.process_time() - started)
    count = sum(len(chunk.advisories) for chunk in chunks)
    note = f"{count:,} records, {len(data) // 1024**2} MiB, fastest of {RUNS}"
    started = time.process_time()
    rows = sum(
        len(item_keys(advisory).rows) for chunk in chunks[: len(chunks) // TIMES] for advisory in chunk.advisories
    )
    keyed = time.process_time() - started
    return [
        ("parse osv", f"{count / min(seconds):,.0f}", "records/s", note),
        ("keys of osv", f"{rows / keyed:,.0f}", "keys/s", f"{rows:,} keys of {count // TIMES:,} records"),
    ]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
