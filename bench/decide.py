"""A campaign of a country decided: all gates, the ladder and what is told together, until notices and messages stand.

From findings that no campaign holds yet: proposed, approved (which asks all gates), released (which asks them again,
writes each decision, composes and writes). One process, the database on the same machine.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from send_messages import MISTHOORN, postgresql

HERE = Path(__file__).parent
FINDINGS = 1_000_000


def run(findings: int = FINDINGS) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-", ignore_cleanup_errors=True) as folder:
        figures = _figures("SQLite", Path(folder) / "sqlite", database="", findings=findings)
        with postgresql(Path(folder)) as url:
            return figures + _figures("PostgreSQL", Path(folder) / "postgresql-home", database=url, findings=findings)


def _figures(name: str, home: Path, *, database: str, findings: int) -> list[tuple[str, str, str, str]]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MISTHOORN_")} | {
        "MISTHOORN_HOME": str(home),
        "MISTHOORN_DATABASE": database,
    }

    def side(*arguments: object) -> str:
        command = [sys.executable, HERE / "_decide.py", *map(str, arguments)]
        return subprocess.check_output(command, env=environment, text=True)

    home.mkdir()
    subprocess.run([MISTHOORN, "migrate"], env=environment, check=True, stderr=subprocess.DEVNULL)
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
