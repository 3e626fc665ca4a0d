"""The software of one organisation against all CVE records of three years, in a store that has read them before.

The store is a service's: SQLite, the records taken in once. The command matches the organisation's 1,000 components
anew with all of them and prints what was found. Beside it the same without a store: all records read from files.
"""

import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

import _process
from _service import environment
from match_advisories import FILES, SEED, products, read

HERE = Path(__file__).parent
COMPONENTS, RUNS = 1_000, 3
NUMBER = "90000001"


def components(advisories: list) -> list[tuple[str, str]]:
    """CPE names, each once, with a version that records name."""
    return Random(SEED).sample(sorted(dict(products(advisories, Random(SEED))).items()), COMPONENTS)


def write_tables(folder: Path, chosen: list[tuple[str, str]]) -> None:
    """The organisation and its assets for the service, the same assets for `match`, and as an SBOM."""
    head = "register_number,name,kind,sector,size\n"
    (folder / "organisations.csv").write_text(f"{head}{NUMBER},Acme,general,trade,10-49\n")
    with (folder / "assets.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["register_number", "kind", "value", "version"])
        writer.writerows([NUMBER, "product", value, version] for value, version in chosen)
    parts = [
        {"type": "application", "bom-ref": f"part-{number}", "name": value.split(":")[4], "version": version}
        | {"cpe": ":".join([*value.split(":")[:5], version, *value.split(":")[6:]])}
        for number, (value, version) in enumerate(chosen)
    ]
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": parts}
    (folder / "bom.json").write_text(json.dumps(bom))


def run(files: list[Path] = FILES) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure; none when the data is not there."""
    if not all(file.exists() for file in files):
        return []
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        write_tables(folder, components(read()))
        match = [_process.MISTHOORN, "match", "--assets", "bom.json", "--organisation", "Acme", "--format", "cve5"]
        cold = _process.run([*match, "--advisories", *map(str, files), "--out", "m.csv"], folder=folder)
        matches = (folder / "m.csv").read_bytes().count(b"\n") - 1
        warm, found = _in_service(folder, files)
    what = f"{COMPONENTS:,} components"
    return [
        (
            "an SBOM, as a command, warm store",
            f"{statistics.median(warm):.2f}",
            "s",
            f"{what}, median of {RUNS}; {found:,} findings printed; slowest {max(warm):.2f} s",
        ),
        ("an SBOM, as a command, from files", f"{cold.seconds:.1f}", "s", f"{what}; {matches:,} matches; no store"),
    ]


def _in_service(folder: Path, files: list[Path]) -> tuple[list[float], int]:
    """Seconds of each run of the command, and how many findings it prints."""
    home = folder / "home"
    home.mkdir()
    own = environment(home)
    os.environ.clear()
    os.environ.update(own)
    for arguments in (
        ["migrate"],
        ["organisations", "import", "organisations.csv"],
        ["organisations", "import", "assets.csv"],
    ):
        _process.run([_process.MISTHOORN, *arguments], folder=folder)
    subprocess.run([sys.executable, HERE / "_sbom.py", *map(str, files)], check=True, stdout=sys.stderr)
    _process.run([_process.MISTHOORN, "worker", "--until-idle"], folder=folder)
    again = [_process.MISTHOORN, "watch", "--organisation", NUMBER, "--again", "--json"]
    warm = [_process.run(again, folder=folder).seconds for _ in range(RUNS)]
    shown = json.loads(subprocess.check_output(again, cwd=folder))
    return warm, sum(len(one["findings"]) for one in shown)


if __name__ == "__main__":
    for figure in run(list(map(Path, sys.argv[1:])) or FILES):
        print(*figure, sep="\t")
