"""What is lost and what is doubled while workers, the relay and the database are killed: the long tests of delivery.

They are run as `./run test --deep` runs them, on SQLite and PostgreSQL, and what each printed is the figure. At full
size (10,000 messages each) this takes most of an hour; `TEST_SHARE=0.1` makes it a tenth, and the notes say so.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = "tests/system/test_delivery_deep.py"
# What `check` of those tests prints.
LINE = re.compile(
    r"(?P<what>[^\n:]+): (?P<count>\d+) messages, lost (?P<lost>\d+), doubled (?P<doubled>\d+) (?P<note>.+)"
)


def figures_in(said: str, *, name: str) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each line that a test printed."""
    return [
        (
            f"{name}, {found['what'].removeprefix(f'{TESTS} ')}",
            f"{found['lost']} lost, {found['doubled']} doubled",
            "",
            f"{int(found['count']):,} messages {found['note']}",
        )
        for found in LINE.finditer(said)
    ]


def run(*only: str) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure. `only`: words of which a test's name has one."""
    chosen = ("-k", " or ".join(only)) if only else ()
    figures = []
    for name, database in (("SQLite", ()), ("PostgreSQL", ("--postgresql",))):
        command = ["./run", "test", "--deep", *database, TESTS, *chosen, "-s", "-n", "0", "-p", "no:randomly"]
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True
        )
        figures += figures_in(done.stdout, name=name)
    return figures


if __name__ == "__main__":
    for figure in run(*sys.argv[1:]):
        print(*figure, sep="\t")
