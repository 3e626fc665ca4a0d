"""How right people's own words lead to a product: proposals in order, and matches with real CVE records."""

import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from _product_truth import entries, judge
from _typed_names import TYPED, Typed
from precision import FILES, named, records

from misthoorn.cli.organisations.products import read_dictionary
from misthoorn.matching.dictionary.proposals import find_products
from misthoorn.matching.dictionary.terms import Entries
from misthoorn.matching.keys.cpe import parse_cpe

FEW = 5  # proposals that a person looks at

type Figure = tuple[str, str, str, str]


def rank(entries: Entries, typed: Typed) -> int:
    """At which place the right product is proposed, from 1; 0 for not among the first ten."""
    for place, one in enumerate(find_products(entries, typed.text), 1):
        if one.cpe:
            cpe = parse_cpe(one.cpe).name
            if f"{cpe.vendor}:{cpe.product}" in (typed.proposed or typed.line.cpes):
                return place
        if any(name.replace(":", "|", 1).lower() in typed.line.names for name in one.names):
            return place
    return 0


def matched() -> set[tuple[int, str]]:
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-") as name:
        inventory, out = Path(name) / "assets.csv", Path(name) / "matches.csv"
        with inventory.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["organisation", "asset", "kind", "value"])
            writer.writerows(["o", number, "product", one.text] for number, one in enumerate(TYPED))
        command = [str(Path(sys.executable).parent / "misthoorn"), "match", "--assets", str(inventory)]
        options = ["--advisories", *map(str, FILES), "--format", "cve5", "--out", str(out)]
        subprocess.run([*command, *options], check=True, capture_output=True)
        with out.open(newline="") as file:
            return {(int(row["asset"]), row["item"]) for row in csv.DictReader(file)}


def run() -> list[Figure]:
    """Name, value, unit and note for each figure; none when the data is not there."""
    if not all(file.exists() for file in FILES):
        return []
    dictionary = read_dictionary([str(file) for file in FILES], "cve5")
    ranks = [rank(dictionary, one) for one in TYPED]
    pairs, right, missed, wrong, reached = matched(), 0, 0, 0, 0
    about, judged = named(records(), [one.line for one in TYPED]), set[tuple[int, str]]()
    for number, typed in enumerate(TYPED):
        before, lost = right, 0
        for record in about[typed.line]:
            pair = (number, record["cveMetadata"]["cveId"])
            if any(True for _ in entries(record, typed.line)):
                judged.add(pair)
                if judge(record, typed.line, typed.version) == "affected":
                    right += pair in pairs
                    lost += pair not in pairs
        missed += lost
        reached += right > before
        others = sorted(item for asset, item in pairs if asset == number and (asset, item) not in judged)
        wrong += len(others)
        if os.environ.get("MISTHOORN_BENCH_SHOW"):
            show = (typed.text, ranks[number], f"{right - before} right", f"{lost} missed", f"{len(others)} others")
            print(*show, *others[:4], sep="\t", file=sys.stderr)
    note = f"{len(TYPED)} products as people type them, against CVE records of 2021, 2023 and 2024"
    return [
        ("names, right product proposed first", f"{sum(one == 1 for one in ranks)}", f"of {len(TYPED)}", note),
        ("names, among the first five", f"{sum(0 < one <= FEW for one in ranks)}", f"of {len(TYPED)}", "the same"),
        ("names that match as they are", f"{reached}", f"of {len(TYPED)}", "at least one record of the product"),
        ("names, pairs that match rightly", f"{right:,}", "pairs", f"{right / (right + missed):.1%} of what should"),
        (
            "names, matched with another product",
            f"{wrong:,}",
            "pairs",
            f"{wrong / (right + wrong):.2%} of what matches",
        ),
    ]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
