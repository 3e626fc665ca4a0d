"""How right matching is: an inventory with known truth against real CVE records, and tables of CPE names.

The truth comes from `_product_lines` (names read from the records by hand) and `_product_truth` (rules of its own).
"""

import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from _product_lines import LINES, Line
from _product_truth import Version, entries, judge, telling_versions

from misthoorn.matching.keys.cpe import concerns, read_name

SEED = 20261124
VERSIONS = 4  # of a line, beside the one that is not known
DATA = Path(os.environ.get("MISTHOORN_TEST_DATA") or Path(__file__).parents[2] / "shared")
FILES = [DATA / f"data/cve/{year}.jsonl.gz" for year in (2021, 2023, 2024)]
PEER = "cpematcher-ng==1.1.0"

type Figure = tuple[str, str, str, str]


class Asset(NamedTuple):
    line: Line
    form: str  # CPE name, name, package URL
    value: str
    version: Version | None

    @property
    def written(self) -> str:
        return ".".join(map(str, self.version)) if self.version else ""


def records() -> list[dict[str, Any]]:
    found = []
    for file in FILES:
        with gzip.open(file) as stream:
            found += [json.loads(row) for row in stream]
    return found


def named(every: list[dict[str, Any]], lines: Sequence[Line] = LINES) -> dict[Line, list[dict[str, Any]]]:
    """The records that name each line at all; a plain search first, since all that is said must hold its words."""
    found: dict[Line, list[dict[str, Any]]] = {line: [] for line in lines}
    for record in every:
        text = json.dumps(record["containers"]).lower()
        for line, about in found.items():
            words = [name.partition("|")[2] for name in line.names] + [cpe.partition(":")[2] for cpe in line.cpes]
            if any(json.dumps(word)[1:-1] in text for word in words):
                about.append(record)
    return found


def make_inventory(about: dict[Line, list[dict[str, Any]]]) -> list[Asset]:
    """Every line as CPE name, name and, where it has one, package URL; without a version, and at the ends of ranges."""
    random, found = Random(SEED), []
    for line in LINES:
        there = telling_versions(about[line], line)
        versions = [None, *random.sample(there, min(VERSIONS, len(there)))]
        forms = {"CPE name": f"cpe:2.3:{line.part}:{line.cpes[0]}:*:*:*:*:*:*:*:*", "name": line.typed}
        if line.purl:
            forms["package URL"] = line.purl
        found += [Asset(line, form, value, version) for form, value in forms.items() for version in versions]
    return found


def match(assets: list[Asset]) -> dict[tuple[int, str], str]:
    """The certainty of each match, by number of the asset and CVE."""
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-") as name:
        inventory, out = Path(name) / "assets.csv", Path(name) / "matches.csv"
        with inventory.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["organisation", "asset", "kind", "value", "version"])
            writer.writerows(["o", number, "product", one.value, one.written] for number, one in enumerate(assets))
        command = [str(Path(sys.executable).parent / "misthoorn"), "match", "--assets", str(inventory)]
        options = ["--advisories", *map(str, FILES), "--format", "cve5", "--out", str(out)]
        subprocess.run([*command, *options], check=True, capture_output=True)
        with out.open(newline="") as file:
            return {(int(row["asset"]), row["item"]): row["certainty"] for row in csv.DictReader(file)}


class Outcome(NamedTuple):
    what: str  # right, missed, another version, another product, undecided
    certainty: str  # "" for no match
    asset: Asset
    advisory: str


def compare(assets: list[Asset], about: dict[Line, list[dict[str, Any]]]) -> list[Outcome]:
    """How each pair of asset and CVE came out; what is rightly no match is left out."""
    matches, found, judged = match(assets), list[Outcome](), set[tuple[int, str]]()
    for number, asset in enumerate(assets):
        for record in about[asset.line]:
            advisory = record["cveMetadata"]["cveId"]
            certainty = matches.get((number, advisory), "")
            if any(True for _ in entries(record, asset.line)):
                judged.add((number, advisory))
                what = _what(judge(record, asset.line, asset.version), certainty)
                found += [Outcome(what, certainty, asset, advisory)] if what else []
    others = [pair for pair in matches if pair not in judged]
    return found + [Outcome("another product", matches[pair], assets[pair[0]], pair[1]) for pair in others]


def _what(verdict: str, certainty: str) -> str:
    if verdict == "undecided":
        return verdict
    if verdict == "affected":
        return "right" if certainty else "missed"
    return "another version" if certainty else ""


LAST_OF_A_LINE = "the last affected version of a line stands alone, as its first one too: read as the line up to it"

# Why a class of pairs comes out wrong, found by looking at its records.
WHY = {
    (
        "another product",
        "Mozilla Firefox",
    ): "Firefox for iOS: the same CPE name for other target software, and none is registered",
    ("another version", "Elastic Kibana"): "a part that was added to the record says version 0: read as not stated",
    ("another version", "Node.js: Node.js"): LAST_OF_A_LINE,
    ("another version", "Veeam Backup & Replication"): LAST_OF_A_LINE,
    ("missed", "TYPO3: TYPO3"): "in words only, and no record ties that name to the package URL",
    ("missed", "LibreOffice: LibreOffice"): "in words only, and three CPE names share what records tie it to",
    ("missed", "Fortinet FortiOS"): "one entry for two products: Fortinet FortiOS, FortiProxy",
    ("missed", "Fortinet FortiProxy"): "one entry for two products: Fortinet FortiOS, FortiProxy",
    (
        "missed",
        "Splunk Enterprise",
    ): "only a part that was added says so, under the CPE name of Splunk, and of all versions",
    ("missed", "Progress MOVEit Transfer"): "another name of the vendor, Progress Software, that too few records tie",
}


def figures(found: list[Outcome], assets: int) -> list[Figure]:
    counts = Counter(one.what for one in found)
    exact = Counter(one.what for one in found if one.certainty == "exact")
    wrong = counts["another version"] + counts["another product"]
    right, missed = counts["right"], counts["missed"]
    note = f"{assets} products of {len(LINES)} lines, versions at the ends of ranges and unknown, as CPE, name and purl"
    table = [
        ("products, pairs that match rightly", f"{right:,}", "pairs", note),
        ("products, matched wrongly", f"{wrong:,}", "pairs", f"{wrong / (right + wrong):.2%} of what matches"),
        ("products, missed", f"{missed:,}", "pairs", f"{missed / (right + missed):.2%} of what should match"),
        (
            "products, exact and wrong",
            f"{sum(exact.values()) - exact['right'] - exact['undecided']:,}",
            "pairs",
            f"of {exact['right']:,} exact and right",
        ),
        (
            "products, left out",
            f"{counts['undecided']:,}",
            "pairs",
            "versions that the rules of the comparison can't read",
        ),
    ]
    classes = Counter(
        (one.what, WHY.get((one.what, one.asset.line.typed), f"not explained: {one.asset.line.typed}"))
        for one in found
        if one.what not in {"right", "undecided"}
    )
    table += [(f"products, {what}", f"{number:,}", "pairs", why) for (what, why), number in sorted(classes.items())]
    return table


def cpe_rows() -> list[list[Any]]:
    """The rows about CPE names without a range: record, range, installed, whether they match."""
    file = DATA / "oracles/cpe-match.nvd.dependency-track.json"
    return [row for row in json.loads(file.read_text())["rows"] if row[1] is None]


def run() -> list[Figure]:
    """Name, value, unit and note for each figure; none when the data is not there."""
    if not all(file.exists() for file in FILES):
        return []
    about = named(records())
    assets = make_inventory(about)
    found = compare(assets, about)
    if os.environ.get("MISTHOORN_BENCH_SHOW"):
        for one in found:
            if one.what not in {"right", "undecided"}:
                print(
                    one.what,
                    one.certainty,
                    one.asset.value,
                    one.asset.written or "?",
                    one.advisory,
                    sep="\t",
                    file=sys.stderr,
                )
    rows = cpe_rows()
    right = sum(concerns(read_name(row[0]), read_name(row[2])) is row[3] for row in rows)
    note = "rows of Dependency-Track's tests without a range; the rest stands in tests/pure/matching/cpe_gaps.py"
    return [*figures(found, len(assets)), ("CPE names, rows right", str(right), f"of {len(rows)}", note)]


_ASK_PEER = """
import json, sys
from cpematcher.core import CPE
def answer(row):
    try:
        return CPE(row[0]).matches(CPE(row[2])) is row[3]
    except Exception:
        return False
print(sum(answer(row) for row in json.load(sys.stdin)))
"""


def peers() -> list[Figure]:
    """The same rows by the best library for them, in an environment of its own."""
    rows = cpe_rows()
    with tempfile.TemporaryDirectory(prefix="misthoorn-peer-") as name:
        python = str(Path(name) / "bin/python")
        subprocess.run(["uv", "venv", "--quiet", "--clear", name], check=True)
        subprocess.run(["uv", "pip", "install", "--quiet", "--python", python, PEER], check=True)
        done = subprocess.run(
            [python, "-c", _ASK_PEER], input=json.dumps(rows), capture_output=True, text=True, check=True
        )
    return [("CPE names, rows right, cpematcher-ng", done.stdout.strip(), f"of {len(rows)}", PEER)]


if __name__ == "__main__":
    for figure in (*run(), *(peers() if "--peers" in sys.argv else ())):
        print(*figure, sep="\t")
