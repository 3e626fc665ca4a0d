import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import click

from misthoorn.cli import Failure
from misthoorn.common import clock

Figure = tuple[str, str, str, str]  # name, value, unit, note


class Measured(NamedTuple):
    figures: list[Figure]
    picture: str  # SVG, or nothing


_VERSIONS = ("django", "duckdb", "pyarrow")
_HEAD = """# Figures

Measured by `./run bench --write`, which writes this page; nothing here is typed by hand. Whole processes, medians where
a note says how many runs. A comparison has both sides in the same run.
"""


@click.command("bench")
@click.argument("names", nargs=-1)
@click.option("--peers", is_flag=True, help="Also the benchmarks peer_*, which install other programs by themselves.")
@click.option("--write", is_flag=True, help="Write the figures to docs/figures.md, and their pictures to docs/images.")
def command(names: tuple[str, ...], *, peers: bool, write: bool) -> None:
    """Measure speed and size: all benchmarks of the folder `bench`, or those named.

    Example: misthoorn bench match_events
    """
    folder = Path.cwd() / "bench"
    every = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    there = [name for name in every if peers or name in names or not name.startswith("peer_")]
    unknown = set(names) - set(there)
    if unknown or not there:
        raise Failure(
            f"No benchmark {', '.join(sorted(unknown))} in {folder}. There are: {', '.join(there) or 'none'}."
        )
    measured = {}
    for name in names or there:
        click.echo(f"{name}…", err=True)
        measured[name] = found = _run(folder / f"{name}.py")
        for figure in found.figures:
            click.echo("  ".join((f"{figure[0]:<58}", f"{figure[1]:>12} {figure[2]:<12}", figure[3])))
        if write:  # at once: what comes after it may not succeed
            _write(Path.cwd() / "docs", {name: found})
    if write:
        click.echo("Written to docs/figures.md.", err=True)


def _write(docs: Path, measured: dict[str, Measured]) -> None:
    page = docs / "figures.md"
    page.write_text(_page(measured, page.read_text(encoding="utf-8") if page.exists() else ""), encoding="utf-8")
    for name, found in measured.items():
        if found.picture:
            (docs / "images" / f"{name}.svg").write_text(found.picture, encoding="utf-8")


# A benchmark has `run`, which gives its figures, and may have `picture`, which draws them as SVG.
_ONE = """
import json, pathlib, runpy, sys
sys.path.insert(0, str(pathlib.Path(sys.argv[1]).parent))
bench = runpy.run_path(sys.argv[1])
figures = bench["run"]()
picture = bench["picture"](figures) if "picture" in bench and figures else ""
print(json.dumps([figures, picture]))
"""


def _run(path: Path) -> Measured:
    """Each benchmark is a process of its own, so that its children's peak memory is theirs alone."""
    done = subprocess.run([sys.executable, "-c", _ONE, str(path)], stdout=subprocess.PIPE, check=False)  # noqa: S603  our own script
    if done.returncode:
        raise Failure(f"The benchmark {path.stem} did not succeed; what it said stands above.")
    figures, picture = json.loads(done.stdout.splitlines()[-1])
    return Measured([(str(name), str(value), str(unit), str(note)) for name, value, unit, note in figures], picture)


def _page(measured: dict[str, Measured], before: str) -> str:
    """The page with these benchmarks' sections new, and the others' as they were."""
    sections = dict(_sections(before))
    stamp = _stamp()
    for name, found in measured.items():
        rows = "\n".join(f"| {' | '.join(figure)} |" for figure in found.figures)
        shown = f"![The figures below as a picture.](images/{name}.svg)\n\n" if found.picture else ""
        sections[name] = f"{stamp}\n\n{shown}| figure | value | unit | how |\n| --- | ---: | --- | --- |\n{rows}\n"
    return _HEAD + "".join(f"\n## {name}\n\n{sections[name]}" for name in sorted(sections))


def _sections(page: str) -> Iterable[tuple[str, str]]:
    for part in page.split("\n## ")[1:]:
        name, _, body = part.partition("\n\n")
        yield name, body.rstrip("\n") + "\n"


def _stamp() -> str:
    found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S607
    versions = ", ".join(f"{name} {version(name)}" for name in _VERSIONS)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{clock.now():%Y-%m-%d}, commit {found.stdout.strip() or 'unknown'}, {os.cpu_count()} cores "
        f"({platform.machine()}), {memory:.0f} GiB, Python {sys.version.split()[0]}, {versions}."
    )
