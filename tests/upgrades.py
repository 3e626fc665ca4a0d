"""What a migration may not do. `./run check` calls this; `upgrades.py release` freezes those of this version.

A released migration is never edited: databases that have it would stay as they are. A new one may not break the program
of before, which still runs while tables change, and may not hold a large table: what is needed is added first, and
what is left over is taken away a release later (expand, then contract). docs/upgrades.md says how.
"""

# Commands speak on stdout.
# ruff: noqa: T201

import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RELEASED = ROOT / "tests" / "released.txt"
LOCKS = ("CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE", "DROP_INDEX", "REINDEX", "ADD_CHECK")
# By app.name: a migration that may do what the linter refuses, with the reason.
ALLOWED: Mapping[str, str] = {}


def migrations(root: Path = ROOT) -> dict[str, str]:
    """The digest of each migration of this tree, by its path from the root."""
    files = sorted(root.glob("src/misthoorn/*/migrations/[0-9]*.py"))
    return {file.relative_to(root).as_posix(): sha256(file.read_bytes()).hexdigest() for file in files}


def released(text: str) -> dict[str, str]:
    """The digests that may not change, by path. A line of the text is version, digest, path."""
    return {path: digest for _, digest, path in (line.split() for line in text.splitlines())}


def edited(frozen: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each released migration that is no longer what it was."""
    for path, digest in frozen.items():
        if path not in now:
            yield f"{path} is gone, and databases have it. Put it back."
        elif now[path] != digest:
            yield f"{path} was released and is edited. Put it back, and write a new migration for what has to change."


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL, since only its statements say what they lock: the one of the run, or one of our own."""
    url = os.environ.get("MISTHOORN_DATABASE", "")
    if url.startswith("postgres"):
        yield url
        return
    from run import postgresql  # noqa: PLC0415  it imports the checks, of which this is one

    with tempfile.TemporaryDirectory() as folder, postgresql(Path(folder)) as own:
        yield own


def breaking(names: Sequence[tuple[str, str]]) -> bool:
    """Whether one of these migrations (app, name) breaks the program of before or holds a table; says which and why."""
    logging.disable()  # the linter tells of each step
    with server() as url:
        os.environ["MISTHOORN_DATABASE"] = url
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "misthoorn.config.settings")
        import django  # noqa: PLC0415  only now that the database is known; so are those below

        django.setup()
        from django.db import connection  # noqa: PLC0415
        from django_migration_linter import MigrationLinter  # noqa: PLC0415
        from django_migration_linter.sql_analyser import PostgresqlAnalyser  # noqa: PLC0415
        from django_migration_linter.sql_analyser.base import Check, CheckMode, CheckType  # noqa: PLC0415

        PostgresqlAnalyser.migration_checks.append(
            Check(
                code="ADD_CHECK",
                fn=lambda sql, **_: "ADD CONSTRAINT" in sql and " CHECK " in sql and "NOT VALID" not in sql,
                message="a condition on all rows is checked while the table is locked",
                mode=CheckMode.ONE_LINER,
                type=CheckType.WARNING,
            )
        )
        linter = MigrationLinter(no_cache=True, warnings_as_errors_tests=LOCKS, quiet=("ok",))
        for app, name in names:
            if f"{app}.{name}" not in ALLOWED:
                linter.lint_migration(linter.migration_loader.get_migration(app, name))
        connection.close()
    return linter.has_errors


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 when nothing is refused."""
    now, frozen = migrations(), released(RELEASED.read_text())
    if "release" in arguments:
        new = [f"v{version('misthoorn')} {now[path]} {path}\n" for path in now if path not in frozen]
        with RELEASED.open("a") as file:
            file.writelines(new)
        return 0
    wrong = list(edited(frozen, now))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    unreleased = [Path(path) for path in now if path not in frozen]
    broken = bool(unreleased) and breaking([(path.parts[2], path.stem) for path in unreleased])
    return 1 if wrong or broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
