"""What can be judged without running the service. `./run check` calls this, and `./run test` does so first.

Each check is a command; one that finds something shows what it found and says what to do.
"""

# Commands speak on stdout.
# ruff: noqa: T201

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Check:
    """A command that is silent and ends with 0 when all is well; `remedy` is what to do when it does not."""

    name: str
    command: tuple[str, ...]
    remedy: str


CHECKS = (  # the slowest first, since two run at a time
    Check("types", (f"{BIN}/mypy",), "Mend the types; an ignore needs its code and a reason."),
    Check("lint", (f"{BIN}/ruff", "check", "--quiet"), "Run `.venv/bin/ruff check --fix` and mend what is left."),
    Check("layout of code", (f"{BIN}/ruff", "format", "--quiet", "--check"), "Run `.venv/bin/ruff format`."),
    Check("imports", (f"{BIN}/lint-imports",), "Move the code to the layer that it belongs to; see ARCHITECTURE.md."),
    Check(
        "migrations",
        (sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"),
        "Run `.venv/bin/python -m django makemigrations`.",
    ),
    Check(
        "upgrades",
        (sys.executable, "tests/upgrades.py"),
        "Let the migration add first and take away a release later; docs/upgrades.md says how.",
    ),
    Check(
        "translations",
        (sys.executable, "-m", "misthoorn.web.translations", "check"),
        "Run `.venv/bin/python -m misthoorn.web.translations update` and translate what is empty.",
    ),
    Check("generated documents", (sys.executable, "docs/write.py", "--check"), "Run `./run docs`."),
    Check(
        "regular expressions",
        (sys.executable, "tests/expressions.py"),
        "Write them as tests/expressions.py says.",
    ),
    Check("links in documents", (sys.executable, "tests/check.py", "links"), "Let each link point at what exists."),
    Check("shell scripts", ("sh", "-n", "run"), "Mend the shell script."),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    check: Check
    passed: bool
    output: str


def environment() -> dict[str, str]:
    """Ours, with a place for compiled modules: hundreds of processes start here, and compiling is half of a start."""
    kept = {"PYTHONPYCACHEPREFIX": str(ROOT / "var" / "bytecode")} | os.environ
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


def run_checks(checks: Sequence[Check] = CHECKS) -> list[Outcome]:
    """Run all of them, two at a time, and tell about each as it becomes known; in the order of the list."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = []
        for outcome in pool.map(_run, checks):
            _tell(outcome)
            outcomes.append(outcome)
        return outcomes


def _run(check: Check) -> Outcome:
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env=environment() | {"DJANGO_SETTINGS_MODULE": "misthoorn.config.settings"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(check, done.returncode == 0, done.stdout.strip())


def _tell(outcome: Outcome) -> None:
    print(f"{'ok  ' if outcome.passed else 'BAD '} {outcome.check.name}", flush=True)
    if not outcome.passed:
        print(f"{outcome.output}\n→ {outcome.check.remedy}\n", flush=True)


def broken_links(root: Path, pages: Sequence[str]) -> Iterator[str]:
    """A line for each link in these Markdown pages that points at no file or no heading; other sites are not asked."""
    anchors = {page: _anchors((root / page).read_text(encoding="utf-8")) for page in pages}
    for page in pages:
        for target in _links((root / page).read_text(encoding="utf-8")):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            path = os.path.normpath(Path(page).parent / unquote(parts.path)) if parts.path else page
            if not (root / path).exists():
                yield f"{page}: {target} does not exist"
            elif parts.fragment and path in anchors and parts.fragment not in anchors[path]:
                yield f"{page}: {target} names no heading of {path}"


def _links(text: str) -> Iterator[str]:
    for block in MarkdownIt().enable("table").parse(text):
        for token in block.children or ():
            target = token.attrGet("href") or token.attrGet("src")
            if target:
                yield str(target)


def _anchors(text: str) -> set[str]:
    """The anchors that code hosts give to headings: small letters, words with dashes, no other signs."""
    tokens = MarkdownIt().parse(text)
    headings = [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _pages() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [page for page in listed.stdout.splitlines() if (ROOT / page).exists()]


def main(arguments: Sequence[str]) -> int:
    """Runs all checks, or with `links` only that one in this process; the exit code."""
    if arguments and arguments[0] == "links":
        found = list(broken_links(ROOT, _pages()))
        print("\n".join(found))
        return 1 if found else 0
    if arguments:
        print("check takes no arguments.", file=sys.stderr)
        return 2
    outcomes = run_checks()
    bad = [outcome.check.name for outcome in outcomes if not outcome.passed]
    print(f"To mend: {', '.join(bad)}." if bad else f"All {len(outcomes)} checks pass.")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
