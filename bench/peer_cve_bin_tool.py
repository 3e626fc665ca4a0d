"""Which CVEs an SBOM's components have: cve-bin-tool's scanner beside our join, on the same ranges.

Its own database can't be downloaded where nothing may be fetched, so its tables are filled with what the CVE records
say under CPE names. On both sides the components are read and the database is there; neither reports what it found.
"""

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import _peer
import pyarrow as pa
import pyarrow.compute as pc
import sbom
from match_advisories import FILES, read

from misthoorn.formats.values.advisory import Advisory
from misthoorn.matching.advisories import item_table, match_advisories
from misthoorn.matching.inventory.assets import asset_keys, normalise_asset
from misthoorn.matching.keys.cpe import CpeError, parse_cpe
from misthoorn.matching.schema import ASSET_KEY_SCHEMA

PEER = "cve-bin-tool==3.4"
SECONDS, RUNS = 30, 3


def ranges(advisories: list[Advisory]) -> Iterator[tuple[str, ...]]:
    """What is affected, as the peer's table has it: number, vendor, product, version or *, and four bounds."""
    for advisory in advisories:
        for affected in advisory.affected:
            for name in affected.cpes:
                try:
                    cpe = parse_cpe(name)
                except CpeError:
                    continue
                for one in affected.statements:
                    if one.status != "affected" or one.high.endswith("*") or one.text:
                        continue
                    head = (advisory.identifier, cpe.vendor, cpe.product)
                    if one.low == one.high and one.low:
                        yield (*head, one.low, "", "", "", "")
                    else:
                        low = (one.low, "") if one.low_inclusive else ("", one.low)
                        high = (one.high, "") if one.high_inclusive else ("", one.high)
                        yield (*head, "*", *low, *high)


def keys(components: list[tuple[str, str]]) -> pa.Table:
    """The keys of the components, as the join reads them."""
    same = {"organisation": 1, "kind": "product", "specificity": 0}
    rows = [
        same | {"asset": number} | key._asdict()
        for number, (value, version) in enumerate(components)
        for key in asset_keys(normalise_asset(kind="product", value=value, version=version))
    ]
    return pa.Table.from_pylist(rows, ASSET_KEY_SCHEMA)


def run(files: list[Path] = FILES) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure; none when the data is not there."""
    if not all(file.exists() for file in files):
        return []
    advisories = read()
    components = sbom.components(advisories)
    items, seconds = item_table(advisories)[0], []
    for _ in range(RUNS):
        started = time.perf_counter()
        assets = keys(components)
        meeting = items.filter(pc.is_in(items["key"], value_set=assets["key"].unique()))
        matches = match_advisories(assets=assets, items=meeting)
        seconds.append(time.perf_counter() - started)
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-") as name, _peer.installed(PEER) as peer:
        folder = Path(name)
        with (folder / "ranges.jsonl").open("w") as file:
            file.writelines(f"{json.dumps(row)}\n" for row in ranges(advisories))
        names = [(cpe.vendor, cpe.product, version) for value, version in components if (cpe := parse_cpe(value))]
        (folder / "components.json").write_text(json.dumps(names))
        theirs = peer.run("_peer_cve_bin_tool.py", str(folder), str(SECONDS))
    mine = len(components) / sorted(seconds)[RUNS // 2]
    figures = [
        ("components, our join", f"{mine:,.0f}", "components/s", f"their keys made too; {matches.num_rows:,} matches")
    ]
    for how, what in (("plain", "as it is"), ("indexed", "with its index by product, which it makes in some uses")):
        one = theirs[how]
        note = f"{one['done']:,} components, {one['found']:,} CVEs; without start, reading and reporting"
        figures.append((f"{PEER}, {what}", f"{one['rate']:,.1f}", "components/s", note))
    better = max(theirs["plain"]["rate"], theirs["indexed"]["rate"])
    return [*figures, ("ratio to the better of the two", f"{mine / better:,.0f}", "x", "same machine, same run")]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
