"""How fast CSAF documents are parsed: one process, its own CPU time. The real documents of CISA, as JSON Lines."""

import json
import os
import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from misthoorn.formats.advisories.csaf import document

FOLDER = Path(os.environ.get("MISTHOORN_TEST_DATA") or Path(__file__).parents[2] / "shared") / "data/csaf/cisa"
RUNS = 3


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure; none when the data is not there."""
    documents = [json.loads(path.read_bytes()) for path in sorted(FOLDER.rglob("white/*/*.json"))]
    if not documents:
        return []
    data = "\n".join(map(json.dumps, documents)).encode()
    seconds = []
    for _ in range(RUNS):
        started = time.process_time()
        chunks = list(document.read(BytesIO(data), name="all", now=datetime.now(UTC)))
        seconds.append(time.process_time() - started)
    count = sum(len(chunk.advisories) for chunk in chunks)
    note = f"{len(documents):,} documents, {count:,} advisories, {len(data) / 1024**2:.0f} MiB, fastest of {RUNS}"
    return [("parse csaf", f"{len(documents) / min(seconds):,.0f}", "documents/s", note)]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
