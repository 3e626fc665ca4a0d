"""What the own tools of languages say of versions and ranges, where the machine has them; else a test is skipped."""

import importlib
import shutil
import tempfile
from pathlib import Path

import pytest
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version
from test_distribution_tools import answers, needs

COMPOSER_SEMVER = Path("/usr/share/php/Composer/Semver/autoload.php")


def packaging_order(pairs):
    def sign(a, b):
        try:
            one, other = Version(a), Version(b)
        except InvalidVersion:
            return "refused"
        return "<" if one < other else ">" if one > other else "="

    return [sign(a, b) for a, b in pairs]


def packaging_holds(pairs):
    def holds(text, at):
        try:
            return str(SpecifierSet(text).contains(Version(at), prereleases=True)).lower()
        except (InvalidSpecifier, InvalidVersion):
            return "refused"

    return [holds(text, at) for text, at in pairs]


def conan(module):
    try:
        return importlib.import_module(f"conan.internal.model.{module}")
    except ImportError:
        return pytest.skip("Conan is not in this environment")


def conan_order(pairs):
    known = conan("version").Version
    return [
        "<" if one < other else ">" if other < one else "=" for one, other in ((known(a), known(b)) for a, b in pairs)
    ]


def conan_holds(pairs):
    span, known = conan("version_range").VersionRange, conan("version").Version

    def holds(text, at):
        try:
            return str(span(text).contains(known(at), resolve_prerelease=True)).lower()
        except Exception:  # noqa: BLE001  it raises whatever comes
            return "refused"

    return [holds(text, at) for text, at in pairs]


RUBY = """
STDIN.each_line(chomp: true) do |line|
  one, at = line.split("\\t")
  begin
    version = Gem::Version.new(at)
    if ARGV[0] == "order"
      puts ["=", ">", "<"][Gem::Version.new(one) <=> version]
    else
      puts Gem::Requirement.new(one.split(",")).satisfied_by?(version)
    end
  rescue ArgumentError
    puts "refused"
  end
end
"""


def ruby(what):
    def ask(pairs):
        needs("ruby")
        return answers(["ruby", "-e", RUBY, what], pairs)

    return ask


PHP = """
require $argv[1];
$parser = new Composer\\Semver\\VersionParser;
foreach (file("php://stdin", FILE_IGNORE_NEW_LINES) as $line) {
  [$one, $at] = explode("\\t", $line);
  try {
    $version = $parser->normalize($at);
    if ($argv[2] == "order") {
      $one = $parser->normalize($one);
      $less = Composer\\Semver\\Comparator::lessThan($one, $version);
      echo $less ? "<" : (Composer\\Semver\\Comparator::greaterThan($one, $version) ? ">" : "="), "\\n";
    } else {
      $wanted = $parser->parseConstraints($one);
      echo $wanted->matches(new Composer\\Semver\\Constraint\\Constraint("==", $version)) ? "true" : "false", "\\n";
    }
  } catch (UnexpectedValueException $refused) {
    echo "refused\\n";
  }
}
"""


def composer(what):
    def ask(pairs):
        needs("php")
        if not COMPOSER_SEMVER.exists():
            pytest.skip("composer/semver is not on this machine")
        return answers(["php", "-r", PHP, "--", COMPOSER_SEMVER, what], pairs)

    return ask


MAVEN = """
import org.apache.maven.artifact.versioning.*;
class Ask {
  public static void main(String[] what) {
    var lines = new java.util.Scanner(System.in, java.nio.charset.StandardCharsets.UTF_8).useDelimiter("\\n");
    var told = new StringBuilder();
    lines.forEachRemaining(line -> told.append(answer(line.split("\\t"), what[0])).append("\\n"));
    System.out.print(told);
  }
  static String answer(String[] pair, String what) {
    if (what.equals("order")) {
      int sign = new ComparableVersion(pair[0]).compareTo(new ComparableVersion(pair[1]));
      return sign < 0 ? "<" : sign > 0 ? ">" : "=";
    }
    try {
      var range = VersionRange.createFromVersionSpec(pair[0]);
      return "" + range.containsVersion(new DefaultArtifactVersion(pair[1]));
    } catch (InvalidVersionSpecificationException refused) {
      return "refused";
    }
  }
}
"""


def maven(what):
    def ask(pairs):
        needs("java", "javac", "mvn")
        homes = [Path(shutil.which("mvn")).resolve().parents[1] / "lib", Path("/usr/share/java")]
        jars = [
            next(home.rglob(name), None) for name in ("maven-artifact-3*.jar", "commons-lang3*.jar") for home in homes
        ]
        found = ":".join(str(jar) for jar in jars if jar)
        if "maven-artifact" not in found:
            pytest.skip("maven-artifact is not on this machine")
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "Ask.java"
            program.write_text(MAVEN)
            return answers(["java", "-XX:TieredStopAtLevel=1", "-cp", found, program, what], pairs)

    return ask


ELIXIR = """
for line <- IO.stream(:stdio, :line) do
  [one, at] = line |> String.trim_trailing("\\n") |> String.split("\\t")
  both = Version.parse(at) != :error and Version.parse_requirement(one) != :error
  IO.puts(if both, do: Version.match?(at, one), else: "refused")
end
"""


def elixir(pairs):
    needs("elixir")
    return answers(["elixir", "-e", ELIXIR], pairs)
