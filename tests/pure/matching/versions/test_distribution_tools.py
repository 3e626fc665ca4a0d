"""Orders of distributions and languages against their own tools, where the machine has them: made to be awkward."""

import ctypes
import ctypes.util
import random
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from misthoorn.matching import versions

type Pairs = list[tuple[str, str]]

SIGNS = {"<": -1, "=": 0, ">": 1}
NUMBERS = ["0", "1", "2", "9", "10", "11"] * 4 + ["00", "01", "010", "007", "2147483647", "2147483648", "9" * 20]


class Tool(NamedTuple):
    scheme: str
    ask: Callable[[Pairs], list[str]]  # a sign for each pair, anything else where one of the two is refused
    real: str
    pieces: str
    start: str = ""
    otherwise: str = r"(?!)"  # what is read otherwise here, as the file of the scheme says
    exact: bool = True  # whether we refuse what it refuses
    keys: bool = True  # whether its order is one that keys can hold
    pairs: int = 2_000


def needs(*programs):
    for program in programs:
        if not shutil.which(program):
            pytest.skip(f"{program} is not on this machine")


def answers(command, pairs, **options):
    asked = "".join(f"{a}\t{b}\n" for a, b in pairs)
    done = subprocess.run(command, input=asked, capture_output=True, encoding="utf-8", check=True, **options)
    return done.stdout.splitlines()


DPKG = """
tab=$(printf '\\t')
while IFS=$tab read -r a b; do
  if dpkg --compare-versions "$a" lt "$b"; then echo "<"
  elif [ $? = 2 ]; then echo refused
  elif dpkg --compare-versions "$a" eq "$b"; then echo "="
  else echo ">"
  fi
done
"""


def dpkg(pairs):
    needs("dpkg")
    return answers(["sh", "-c", DPKG], pairs)


RPM = """%{lua:
for line in io.lines() do
  local a, b = line:match("^(.*)\t(.*)$")
  io.write(({"<", "=", ">"})[rpm.vercmp(a, b) + 2], "\\n")
end}"""


def rpm(pairs):
    needs("rpm")
    return answers(["rpm", "--eval", RPM], pairs)[: len(pairs)]  # it ends in an empty line of its own


def vercmp(pairs):
    library = ctypes.util.find_library("alpm")
    if not library:
        pytest.skip("pacman's libalpm is not on this machine")
    compare = ctypes.CDLL(library).alpm_pkg_vercmp
    signs = (compare(a.encode(), b.encode()) for a, b in pairs)
    return ["<" if sign < 0 else ">" if sign else "=" for sign in signs]


APK = 'tab=$(printf \'\\t\')\nwhile IFS=$tab read -r a b; do apk version -t "$a" "$b" || echo refused; done'


def apk(pairs):
    needs("apk")
    return answers(["sh", "-c", APK], pairs)


PORTAGE = """
import sys
from portage.versions import vercmp, ververify
for line in sys.stdin:
    a, b = line.rstrip("\\n").split("\\t")
    sign = vercmp(a, b)
    print("refused" if not ververify(a) or sign is None else "<" if sign < 0 else ">" if sign else "=")
"""


def portage(pairs):
    needs("python3")
    if subprocess.run(["python3", "-c", "import portage.versions"], capture_output=True, check=False).returncode:
        pytest.skip("Portage is not on this machine")
    return answers(["python3", "-c", PORTAGE], pairs)


R = """
for (line in readLines(file("stdin"))) {
  pair <- strsplit(line, "\\t", fixed = TRUE)[[1]]
  refused <- anyNA(numeric_version(pair, strict = FALSE))
  cat(if (refused) "refused" else c("<", "=", ">")[2 + compareVersion(pair[1], pair[2])], "\\n", sep = "")
}
"""


def r(pairs):
    needs("Rscript")
    return answers(["Rscript", "-e", R], pairs)


CABAL = """
import Distribution.Parsec (simpleParsec)
import Distribution.Types.Version (Version)
main = interact (unlines . map (answer . break (== '\\t')) . lines)
answer (a, b) = maybe "refused" sign (compare <$> (simpleParsec a :: Maybe Version) <*> simpleParsec (drop 1 b))
sign LT = "<"
sign EQ = "="
sign GT = ">"
"""


def cabal(pairs):
    needs("runghc")
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "Ask.hs"
        program.write_text(CABAL)
        return answers(["runghc", program], pairs)


GO = """
package main

import ("bufio"; "fmt"; "os"; "strings"; "ask/semver"; "go/version")

func main() {
	valid, compare := semver.IsValid, semver.Compare
	if os.Args[1] == "go" { valid, compare = version.IsValid, version.Compare }
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		a, b, _ := strings.Cut(lines.Text(), "\\t")
		if !valid(a) || !valid(b) { fmt.Println("refused"); continue }
		fmt.Println([]string{"<", "=", ">"}[compare(a, b) + 1])
	}
}
"""


def go(pairs):
    """The order of modules for v1.2.3, that of the tool chain for go1.2.3."""
    needs("go")
    root = Path(subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip())
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        shutil.copytree(root / "src/cmd/vendor/golang.org/x/mod/semver", here / "semver")
        (here / "go.mod").write_text("module ask\n\ngo 1.22\n")
        (here / "main.go").write_text(GO)
        return answers(["go", "run", ".", pairs[0][0][:2]], pairs, cwd=here)


ELIXIR = """
for line <- IO.stream(:stdio, :line) do
  [a, b] = line |> String.trim_trailing("\\n") |> String.split("\\t")
  both = Version.parse(a) != :error and Version.parse(b) != :error
  IO.puts(if both, do: %{lt: "<", eq: "=", gt: ">"}[Version.compare(a, b)], else: "refused")
end
"""


def elixir(pairs):
    needs("elixir")
    return answers(["elixir", "-e", ELIXIR], pairs)


JAVA = """
class Ask {
  public static void main(String[] none) {
    new java.util.Scanner(System.in).useDelimiter("\\n").forEachRemaining(line -> System.out.println(answer(line)));
  }
  static String answer(String line) {
    String[] pair = line.split("\\t");
    try {
      int sign = Runtime.Version.parse(pair[0]).compareToIgnoreOptional(Runtime.Version.parse(pair[1]));
      return sign < 0 ? "<" : sign > 0 ? ">" : "=";
    } catch (RuntimeException refused) {
      return "refused";
    }
  }
}
"""


def java(pairs):
    needs("java", "javac")
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "Ask.java"
        program.write_text(JAVA)
        return answers(["java", "-XX:TieredStopAtLevel=1", program], pairs)


EMPTY = r"([0-9]*:)?(-[^-]*)?$"
SEMVER = ". .. - -- -0 -rc.1 -rc.10 -01 -a -A -a-b -a.b -. + +a.b +01 .0 .1 x _"
TOOLS = {
    "dpkg": Tool(
        "deb",
        dpkg,
        real="1.0-1 2.38-4+deb12u3 1:9.2p1-2 0.0~git20210726-1 5.10.0-0ubuntu1~22.04.1 2023c-7 1.2.13.dfsg-1",
        pieces="~ ~~ + . .. - -- : 0: 1: 2147483648: a b Z rc dfsg +b1 ~rc1 ubuntu1 _ / ^ %",
        pairs=800,
    ),
    "rpm": Tool(
        "rpm",
        rpm,
        real="4.18.0-305.el8 1:1.1.1k-9.el8_7 2.34-60.el9 0:1.0~rc1-1 7.76.1-26.module+el8.9.0+1420 3^20240101gitabc-2",
        pieces="~ ~~ ^ ^^ ~^ + . .. - -- : 0: 1: a: a b Z rc el7 _ / é ² ~rc1 ^git1",
        otherwise=EMPTY,
    ),
    "vercmp": Tool(
        "alpm",
        vercmp,
        real="1.0-1 1:2.38-4 6.1.12.arch1-1 20230117.r7.gd9f3a2b-1 2.0rc1-1.1",
        pieces="~ ^ + . .. ... - -- : 0: 1: a: a b Z rc beta .a ..a _ __ / -1",
        otherwise=EMPTY,
        keys=False,
    ),
    "apk": Tool(
        "apk",
        apk,
        real="1.2.3-r0 9.6_p1-r1 2.0_rc3 1.1.1w-r2 0.0_git20230101-r0 1.0~abc123-r1",
        pieces="~abc ~0f ~g . .. - -r -r1 -r01 a b z A _alpha _beta _pre _rc _p _cvs _git _svn _hg _foo _p1 _rc2",
        otherwise=r"00|.*[0-9]{19}",
        exact=False,
        pairs=300,
    ),
    "portage": Tool(
        "gentoo",
        portage,
        real="1.2.3-r1 9.6_p1 2.0_rc3 1.1.1w 20230101 0.010.1b_alpha2_p3-r2",
        pieces=". .. - -r -r1 -r01 -r0 a b z A _alpha _beta _pre _rc _p _p0 _p1 _rc2 _foo .10 .100 .01 .010",
    ),
    "R": Tool("cran", r, "1.8-2 0.9.12 1.0-0 3.4.5.9000", ". .. - -- -1 .0 a v", otherwise=r".*[0-9]{10}"),
    "Cabal": Tool("hackage", cabal, "1.2.0.3 0.11 2008.6.21", ". .. .0 .1 a v", otherwise=r".*-"),
    "Go modules": Tool(
        "golang",
        go,
        real="1.2.3 0.0.0-20201203163018-be400aefbc4c 2.0.0+incompatible 1.2.1-0.20200101000000-abcdefabcdef 1 1.2",
        pieces=SEMVER,
        start="v",
        exact=False,
    ),
    "Go": Tool(
        "golang",
        go,
        real="1.22.3 1.21.0 1.22rc1 1.9beta2 1.22.3-acme 1.20",
        pieces="rc1 rc2 rc10 beta1 beta2 -acme .0 .1 .3",
        start="go",
        otherwise=r"go(?!1\.(1?[0-9]|20)(-|$))[0-9]+(\.[0-9]+)?(-|$)",
        exact=False,
    ),
    "Elixir": Tool("hex", elixir, "1.2.3 0.10.0-rc.1 1.0.0+build 1.7.0-dev", SEMVER, exact=False),
    "Java": Tool(
        "jvm",
        java,
        real="17.0.1+12 11.0.4 21-ea+35 9-internal 17.0.8.1+1-LTS 22-ea-opt",
        pieces="-ea -internal -a1 -1 -0 - + +1 +35 +35-LTS +-opt -ea+3 -a-b.c -EA . .0 .1 _",
        otherwise=r"1\.|.*-[bB][0-9]*(?![0-9A-Za-z])",
        exact=False,
    ),
}


def version(dice, tool):
    if dice.random() < 0.4:
        return dice.choice(tool.real.split())
    numbers = [dice.choice(NUMBERS) for _ in range(dice.choice([1, 2, 3, 3, 4]))]
    return ".".join(numbers) + "".join(dice.choice(tool.pieces.split()) for _ in range(dice.choice([0, 1, 1, 2])))


def changed(dice, tool, text):
    """The text with something put in, taken out, replaced or cut off, once or more often."""
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        at, piece = dice.randint(0, len(text)), dice.choice([*tool.pieces.split(), *NUMBERS])
        left, right = text[:at], text[at:]
        text = dice.choice([left + piece + right, left + right[1:], left + piece + right[1:], left or piece])
    return text


def pair(dice, tool):
    a = version(dice, tool)
    b = changed(dice, tool, a) if dice.random() < 0.7 else version(dice, tool)
    one, other = (tool.start + text.lstrip("-") for text in dice.sample([a, b], 2))
    usable = one and other and not re.match(tool.otherwise, one) and not re.match(tool.otherwise, other)
    return (one, other) if usable else pair(dice, tool)


def by_key(scheme, a, b):
    one, other = versions.key(scheme, a), versions.key(scheme, b)
    return (one > other) - (one < other)


@pytest.mark.parametrize("name", TOOLS)
def test_the_own_tool_of_an_ecosystem_refuses_and_orders_the_same_versions(name):
    tool, dice = TOOLS[name], random.Random(20241128)
    pairs = [pair(dice, tool) for _ in range(tool.pairs)]
    told = tool.ask(pairs)
    assert sum(answer in SIGNS for answer in told) > tool.pairs / 8
    for (a, b), answer in zip(pairs, told, strict=True):
        readable = versions.valid(tool.scheme, a) and versions.valid(tool.scheme, b)
        assert readable or answer not in SIGNS, (a, b)
        assert answer in SIGNS or not (readable and tool.exact), (a, b)
        if answer in SIGNS:
            assert versions.compare(tool.scheme, a, b) == SIGNS[answer], (a, b)
            assert not tool.keys or by_key(tool.scheme, a, b) == SIGNS[answer], (a, b)
