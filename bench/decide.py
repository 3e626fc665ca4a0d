"""A campaign of a country decided: all gates, the ladder and what is told together, until notices and messages stand.

From findings that no campaign holds yet: proposed, approved (which asks all gates), released (which asks them again,
writes each decision, composes and writes). One process, the database on the same machine.
"""

import json
import sys
from functools import partial
from pathlib import Path

from _service import begun, on_both, printed_by

FINDINGS = 1_000_000


def run(findings: int = FINDINGS) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    return on_both(partial(_figures, findings=findings))


def _figures(name: str, home: Path, database: str, *, findings: int) -> list[tuple[str, str, str, str]]:
    side = partial(printed_by, "_decide.py", environment=begun(home, DATABASE=database))
    side("fill", findings)
    told = json.loads(side("measure").splitlines()[-1])
    assert told["undecided"] == 0, "not every finding was decided"
    approve, release = told["approve"], told["release"]
    size = f"{findings:,} findings of {told['organisations']:,} organisations"
    made = f"{told['notices']:,} notices and {told['messages']:,} messages written"
    return [
        (
            f"decide, {name}",
            f"{approve[0] + release[0]:.0f}",
            "s",
            f"{size}: approved {approve[0]:.0f} s, released {release[0]:.0f} s; {made}",
        ),
        (f"decide, CPU, {name}", f"{approve[1] + release[1]:.0f}", "s", "of the one process, its database not counted"),
        (f"propose, {name}", f"{told['propose'][0]:.0f}", "s", "the same findings into one campaign"),
        (
            f"decide, memory, {name}",
            f"{release[2]:,}",
            "MiB",
            f"the most that the process held; {told['before']:,} MiB before it began",
        ),
    ]


if __name__ == "__main__":
    for figure in run(*map(int, sys.argv[1:])):
        print(*figure, sep="\t")
