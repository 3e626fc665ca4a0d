"""Ranges and versions of npm against node-semver itself, where npm is on the machine: made to be awkward."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from misthoorn.matching import versions
from misthoorn.matching.versions.native import npm

# Until this version, ~1.2 with includePrerelease left out 1.2.0-a, against node-semver's own present table.
OLDEST = (7, 8, 5)
PAIRS = 4_000
PRE = (
    "",
    "",
    "",
    "-0",
    "-a",
    "-a.1",
    "-1",
    "-rc.10",
    "-rc.2",
    "-01",
    "alpha",
    "-",
    "--",
    "-A",
    "+b",
    "-a+b",
    "-a.",
    "-x",
)
ASK = """
const semver = require(process.argv[1]);
const cases = JSON.parse(require("fs").readFileSync(0));
const order = (a, b) => semver.valid(a) && semver.valid(b) ? semver.compare(a, b) : null;
console.log(JSON.stringify(cases.map(([range, a, b, loose, includePrerelease]) => [
  semver.validRange(range, { loose, includePrerelease }),
  semver.satisfies(a, range, { loose, includePrerelease }),
  order(a, b),
])));
"""


def tool():
    node = shutil.which("node")
    if not node:
        pytest.skip("node is not on this machine")
    for home in (Path(node).resolve().parents[1] / "lib/node_modules", Path("/usr/share/nodejs")):
        for folder in (home / "npm/node_modules/semver", home / "semver"):
            about = folder / "package.json"
            if about.exists() and tuple(map(int, json.loads(about.read_text())["version"].split("."))) >= OLDEST:
                return node, folder
    return pytest.skip(f"npm on this machine brings no semver of at least {'.'.join(map(str, OLDEST))}")


def number(dice):
    return dice.choice(["0", "1", "2", "3", "10"] * 5 + ["01", "9007199254740991", "9007199254740992"])


def version(dice):
    numbers = ".".join(number(dice) for _ in range(dice.choice([3] * 9 + [2, 4])))
    return dice.choice(["", "", "", "v", "=", "v "]) + numbers + dice.choice(PRE)


def part(dice):
    size = dice.choice([1, 2, 3, 3, 3])
    numbers = ".".join(dice.choice([*(number(dice) for _ in range(3)), "x", "*", "X"]) for _ in range(size))
    return dice.choice(["", "", "", "="]) + numbers + (dice.choice(PRE) if size == 3 or dice.random() < 0.1 else "")


def word(dice):
    return dice.choice(["", "", ">", "<", ">=", "<=", "=", "^", "~", "~>"]) + dice.choice(["", "", " "]) + part(dice)


def alternative(dice):
    kind = dice.random()
    if kind < 0.2:
        return dice.choice(["", "foo", "*", "x - 1", *(f"{part(dice)} - {part(dice)}" for _ in range(6))])
    return dice.choice([" ", "  "]).join(word(dice) for _ in range(dice.choice([1, 1, 2, 3])))


def a_range(dice):
    return dice.choice(["||", " || "]).join(alternative(dice) for _ in range(dice.choice([1, 1, 2, 3])))


def answered(text, a, *, loose, prereleases):
    try:
        return [
            npm.canonical(text, loose=loose, prereleases=prereleases),
            npm.holds(text, a, loose=loose, prereleases=prereleases),
        ]
    except versions.VersionError:
        return [None, False]


def test_npm_itself_gives_the_same_answers():
    node, folder = tool()
    dice = random.Random(20241124)
    cases = [
        [a_range(dice), version(dice), version(dice), dice.random() < 0.4, dice.random() < 0.4] for _ in range(PAIRS)
    ]
    asked = subprocess.run(
        [node, "-e", ASK, str(folder)], input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    told = json.loads(asked.stdout)
    assert sum(row[2] is not None for row in told) > PAIRS / 10
    assert sum(row[0] is not None for row in told) > PAIRS / 10
    for (text, a, b, loose, prereleases), (canonical, satisfied, order) in zip(cases, told, strict=True):
        assert answered(text, a, loose=loose, prereleases=prereleases) == [canonical, satisfied], (text, a, loose)
        if order is not None:
            assert versions.compare("npm", a, b) == order, (a, b)
