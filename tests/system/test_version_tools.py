"""Version orders beside the ecosystems' own programs, where a machine has them: real versions, and spoilt ones."""

import contextlib
import ctypes
import ctypes.util
import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from misthoorn.matching import versions

DATA = Path(os.environ.get("MISTHOORN_TEST_DATA", Path(__file__).parents[3] / "shared")) / "oracles"
PAIRS = 20_000
PIECES = {
    "rpm": ["~", "^", ".", "-", "1:", "0", "a", "rc1", "10", "_", "+", "-1.el9", "~~", "^1"],
    "alpm": [".", "-1", "-2", "1:", "0", "a", "rc1", "10", "_", "+", "..", ".r3", "b2"],
    "gem": [".", "-", "0", ".0", "a", ".a", "rc", "10", ".rc1", ".0.b", "B", "-1"],
    "maven": [
        ".",
        "-",
        "0",
        "1",
        "a",
        "b2",
        "rc1",
        "-SNAPSHOT",
        ".Final",
        "-ga",
        "sp",
        "foo",
        "-1",
        ".0",
        "10",
        ".RELEASE",
    ],
    "composer": [
        ".",
        "-",
        "0",
        "1",
        "a",
        "-beta",
        "b2",
        "RC1",
        "-dev",
        ".x-dev",
        "pl1",
        "+b",
        "-stable",
        "10",
        ".5",
        "-p",
    ],
}
TABLES = {"rpm": "rpm", "alpm": "arch", "gem": "gem", "maven": "maven", "composer": "composer"}
PLAIN = ["0", "1", "1.0", "1.0.0", "1.1", "1.10", "1.2.3", "10.0", "2.0-1", "1.0-alpha", "1.0rc1", "20240101"]


def pairs(scheme, chance):
    """Pairs of real versions, of neighbours among them, and of versions that differ in a piece or two."""
    pool = set(PLAIN)
    for path in DATA.glob(f"compare.{TABLES[scheme]}.*.json"):
        pool.update(text for row in json.loads(path.read_text())["rows"] for text in row[:2])
    pool = sorted(text for text in pool if versions.valid(scheme, text) and text.isascii() and text == text.strip())
    found = []
    while len(found) < PAIRS:
        a = chance.choice(pool if chance.random() < 0.7 else PLAIN)
        b = chance.choice(pool) if chance.random() < 0.2 else spoilt(a, PIECES[scheme], chance)
        a = spoilt(a, PIECES[scheme], chance) if chance.random() < 0.7 else a
        if versions.valid(scheme, a) and versions.valid(scheme, b):
            found.append((a, b))
    return found


def spoilt(text, pieces, chance):
    for _ in range(chance.randint(1, 3)):
        at = chance.randint(0, len(text))
        text = text[:at] + chance.choice(pieces) + text[at + chance.choice([0, 0, 1, 2]) :]
    return text


def answers(command, two, **options):
    stdin = "".join(f"{a}\t{b}\n" for a, b in two)
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=True, **options)
    return done.stdout.split("\n")[:-1]


def differences(scheme, tool):
    two = pairs(scheme, random.Random(20231124))
    theirs = tool(two)
    assert len(theirs) == len(two)
    read = [(*pair, answer) for pair, answer in zip(two, theirs, strict=True) if answer != "refused"]
    assert len(read) > PAIRS // 5
    return [(a, b, answer) for a, b, answer in read if versions.compare(scheme, a, b) != int(answer)]


def rpm(two, tmp_path):
    (tmp_path / "pairs").write_text("".join(f"{a}\t{b}\n" for a, b in two))
    program = 'for l in io.lines("%s") do local a, b = l:match("(.-)\\t(.*)"); print(rpm.vercmp(a, b) .. "\\n") end'
    return answers(["rpm", "--eval", "%{lua:" + program % (tmp_path / "pairs") + "}"], [])[:-1]


@pytest.mark.deep
@pytest.mark.skipif(not shutil.which("rpm"), reason="rpm is not on this machine")
def test_rpm_versions_compare_as_rpm_compares_them(tmp_path):
    assert differences("rpm", lambda two: rpm(two, tmp_path)) == []


def pacman():
    for name in (ctypes.util.find_library("alpm"), "libalpm.so.15", "libalpm.so.16"):
        with contextlib.suppress(OSError):
            if name:
                return ctypes.CDLL(name)
    return None


@pytest.mark.deep
@pytest.mark.skipif(not pacman(), reason="pacman's library is not on this machine")
def test_arch_linux_versions_compare_as_pacman_compares_them():
    vercmp = pacman().alpm_pkg_vercmp

    def library(two):
        return [str(vercmp(a.encode(), b.encode())) for a, b in two]

    found = differences("alpm", library)
    assert [row for row in found if not ends_in_separator(row[0]) and not ends_in_separator(row[1])] == []


def ends_in_separator(version):
    return any(part and not part[-1].isalnum() for part in version.rpartition("-")[::2])


RUBY = """
STDIN.each_line(chomp: true) do |line|
  a, b = line.split("\\t", -1)
  puts [a, b].all? { |v| Gem::Version.correct?(v) } ? (Gem::Version.new(a) <=> Gem::Version.new(b)) : "refused"
end
"""


@pytest.mark.deep
@pytest.mark.skipif(not shutil.which("ruby"), reason="Ruby is not on this machine")
def test_gem_versions_compare_as_rubygems_compares_them():
    assert differences("gem", lambda two: answers(["ruby", "-e", RUBY], two)) == []


JAVA = """
import java.io.*;
import org.apache.maven.artifact.versioning.ComparableVersion;

public class Compare {
    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] two = line.split("\\t", -1);
            ComparableVersion one = new ComparableVersion(two[0]);
            System.out.println(Integer.signum(one.compareTo(new ComparableVersion(two[1]))));
        }
    }
}
"""
JAR = Path("/usr/share/maven/lib/maven-artifact-3.x.jar")


@pytest.mark.deep
@pytest.mark.skipif(not (shutil.which("java") and JAR.exists()), reason="Maven is not on this machine")
def test_maven_versions_compare_as_maven_compares_them_but_where_it_goes_round(tmp_path):
    (tmp_path / "Compare.java").write_text(JAVA)

    def maven(two):
        return answers(["java", "-cp", str(JAR), str(tmp_path / "Compare.java")], two)

    found = differences("maven", maven)
    assert len(found) < PAIRS // 100
    triples = [(a, b, int(said), c) for a, b, said in found for c in between(a, b)]
    one = [int(answer) for answer in maven([(b, c) for _, b, _, c in triples])]
    other = [int(answer) for answer in maven([(c, a) for a, _, _, c in triples])]
    round_trips = {
        (a, b, str(said))
        for (a, b, said, _), x, y in zip(triples, one, other, strict=True)
        if {said, x, y} in ({1}, {-1}, {0, 1}, {0, -1})
    }
    assert [row for row in found if row not in round_trips] == []


def between(a, b):
    """What may lie between both in Maven's order: how they begin, and something of less weight behind that."""
    starts = {text[:size] or "0" for text in (a, b) for size in range(len(text))}
    return sorted(start + ending for start in starts for ending in ("", "-1", "-sp"))


PHP = """
require 'Composer/Semver/autoload.php';
$parser = new Composer\\Semver\\VersionParser;
while (($line = fgets(STDIN)) !== false) {
  [$a, $b] = explode("\\t", rtrim($line, "\\n"));
  try {
    $a = $parser->normalize($a);
    $b = $parser->normalize($b);
    $bothBranches = strpos($a, 'dev-') === 0 && strpos($b, 'dev-') === 0;
    echo $bothBranches && $a !== $b ? 'refused' : version_compare($a, $b), "\\n";
  } catch (UnexpectedValueException $e) {
    echo "refused\\n";
  }
}
"""


def has_composer():
    if not shutil.which("php"):
        return False
    done = subprocess.run(["php", "-r", "require 'Composer/Semver/autoload.php';"], capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.deep
@pytest.mark.skipif(not has_composer(), reason="PHP with Composer's semver is not on this machine")
def test_composer_versions_compare_as_composer_compares_them():
    assert differences("composer", lambda two: answers(["php", "-r", PHP], two)) == []
