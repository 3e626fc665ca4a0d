"""Runs with cve-bin-tool: a database of its own tables with our ranges, and how many components a second it scans."""

import json
import logging
import sqlite3
import sys
import time
from pathlib import Path

from cve_bin_tool.cve_scanner import CVEScanner
from cve_bin_tool.cvedb import CVEDB
from cve_bin_tool.util import ProductInfo

# It makes this one itself when it has to find out a vendor, so after some uses it is there.
_BY_PRODUCT = "CREATE INDEX product_vendor_index ON cve_range (product, vendor)"


def fill(database: sqlite3.Connection, ranges: Path) -> None:
    for statement in (*CVEDB.TABLE_SCHEMAS.values(), CVEDB.INDEXES["range"]):
        database.execute(statement)
    with ranges.open() as lines:
        rows = [json.loads(line) for line in lines]
    database.executemany(CVEDB.INSERT_QUERIES["insert_cve_range"], ([*row, "NVD"] for row in rows))
    severe = [(number, "HIGH", "A flaw.", 7, 3, "", "NVD", "") for number in {row[0] for row in rows}]
    database.executemany(CVEDB.INSERT_QUERIES["insert_severity"], severe)


def rate(components: list[list[str]], seconds: float) -> dict[str, float]:
    """Components a second, and how many of their CVEs it found."""
    with CVEScanner(logger=logging.getLogger("quiet")) as scanner:
        done, started = 0, time.perf_counter()
        for vendor, product, version in components:
            triage = {"default": {}, "paths": {""}}
            scanner.get_cves(ProductInfo(vendor, product, version, "", None), triage)
            done += 1
            if time.perf_counter() - started > seconds:
                break
        spent = time.perf_counter() - started
        found = sum(len(one["cves"]) for one in scanner.all_cve_data.values())
    return {"rate": done / spent, "done": done, "found": found}


def main() -> None:
    folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
    components = json.loads((folder / "components.json").read_text())
    path = folder / "cve.db"
    CVEScanner.dbname = str(path)
    with sqlite3.connect(path) as database:
        fill(database, folder / "ranges.jsonl")
    plain = rate(components, seconds)
    with sqlite3.connect(path) as database:
        database.execute(_BY_PRODUCT)
    print(json.dumps({"plain": plain, "indexed": rate(components, seconds)}))


if __name__ == "__main__":
    main()
