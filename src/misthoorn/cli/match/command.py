"""`misthoorn match`: files of assets and of items in, who is concerned by what out. No database."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

import click

from misthoorn.cli import Failure
from misthoorn.cli.match.assets import is_prepared, opened, prepare
from misthoorn.cli.match.execution import ORACLE, Count, Run, match
from misthoorn.cli.match.explanations import whys
from misthoorn.cli.match.output import ENDINGS, OutputError, check_ending, written_beside
from misthoorn.cli.match.progress import Watch
from misthoorn.cli.match.vex import lifting
from misthoorn.formats.registry import FORMATS, Format
from misthoorn.matching import engines
from misthoorn.matching.engines.errors import EngineError
from misthoorn.matching.engines.preparing import PreparedError
from misthoorn.matching.routes import RoutesError

ENGINES = (*engines.NAMES, ORACLE)

_FILE = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True)


@click.command(name="match")
@click.option(
    "--assets",
    "assets_files",
    metavar="FILE",
    multiple=True,
    type=_FILE,
    help="CSV (also gzip) or Parquet: organisation,asset,kind,value,version[,valid_from,valid_to]; or prepared keys; "
    "or, with --organisation, a CycloneDX or SPDX document.",
)
@click.option(
    "--organisation",
    metavar="NAME",
    default="",
    help="Whose software it is that the document given as --assets lists.",
)
@click.option("--events", "events_files", metavar="FILE", multiple=True, type=_FILE, help="A feed of events.")
@click.option(
    "--advisories",
    "advisory_files",
    metavar="FILE…",
    multiple=True,
    type=_FILE,
    help="One or more files of advisories.",
)
@click.option(
    "--format",
    "format_name",
    metavar="FORMAT",
    help="How the events or advisories are written; `misthoorn parse --list` lists them.",
)
@click.option(
    "--routes",
    "routes_files",
    metavar="FILE",
    multiple=True,
    type=_FILE,
    help="For events without an AS number: lines of network and number, riswhoisdump, bgpdump -m, or delegated.",
)
@click.option(
    "--engine",
    default="duckdb",
    show_default=True,
    help="duckdb; spark (pip install misthoorn[spark]); or oracle: plain Python, to check a small case.",
)
@click.option("--master", metavar="URL", default="", help="Where Spark runs: local[*] if it is not said, or a cluster.")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True),
    help="CSV, JSON Lines (.jsonl) or Parquet by its ending; without it CSV on stdout.",
)
@click.option(
    "--vex",
    "vex_files",
    metavar="FILE",
    multiple=True,
    type=_FILE,
    help="Statements that lift matches of advisories: what is not affected, or fixed. Newer ones take older ones back.",
)
@click.option(
    "--vex-format", metavar="FORMAT", help="How they are written: openvex, cyclonedx-vex, or csaf-vex (also as csaf)."
)
@click.option(
    "--lifted",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True),
    help="Where the matches go that --vex lifts, each with the statement that does so (.jsonl).",
)
@click.option(
    "--why",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True),
    help="Why each match is one, in a sentence to check (.jsonl); reads the files a second time, so none is stdin.",
)
@click.option(
    "--prepare",
    "prepared",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True),
    help="Only write the keys of the assets to this file (.parquet), which later runs take as --assets.",
)
@click.argument("more_files", metavar="", nargs=-1, type=_FILE)
def command(  # noqa: PLR0917  click passes them by name
    assets_files: tuple[str, ...],
    organisation: str,
    events_files: tuple[str, ...],
    advisory_files: tuple[str, ...],
    format_name: str | None,
    routes_files: tuple[str, ...],
    engine: str,
    master: str,
    out: str | None,
    vex_files: tuple[str, ...],
    vex_format: str | None,
    lifted: str | None,
    why: str | None,
    prepared: str | None,
    more_files: tuple[str, ...],
) -> None:
    """Say which assets a feed or a set of advisories concerns.

    Out: organisation,asset,item,kind,certainty,most_specific; one row for each asset and item, ordered by item and then
    by the assets' order in their file. `item` is the number of the feed's data row from 1, or the advisory's
    identifier. kind of an asset: network, domain, asn or product (a CPE name, a package URL, or a name as people
    write it).

    An asset matches an event that was seen, and an advisory that is matched now, from its valid_from until just before
    its valid_to; left empty, these set no limit.

    Assets and rows that can't be used are reported on stderr as JSON Lines with line and reason, and the rest goes on;
    the last line there counts. The exit code is 0 when done, 1 when nothing could be read (a file that --out names
    stays as it was), 2 for wrong use. One of the files may be -, which is stdin.

    \b
    Examples:
      misthoorn match --assets assets.csv --events feed.csv --format shadowserver --out matches.parquet
      misthoorn match --assets bom.json --organisation "Acme" --advisories osv.zip --format osv > matches.csv
      misthoorn match --assets assets.csv --advisories 2023.jsonl.gz 2024.jsonl.gz --format cve5 > matches.csv
      misthoorn match --assets assets.csv --advisories 2024.jsonl.gz --format cve5 --out matches.csv \\
        --vex vendor.json --vex-format openvex --lifted lifted.jsonl --why why.jsonl
    """  # noqa: D301  click reads the \\b
    assets_file = _assets_file(assets_files)
    _check_places(
        read=(assets_file, *events_files, *advisory_files, *more_files, *vex_files, *routes_files),
        written=(out, lifted, why, prepared),
    )
    if prepared is not None:
        if events_files or advisory_files or out:
            raise click.UsageError("--prepare takes --assets alone; match with the file that it writes.")
        with _told():
            _prepare(assets_file, organisation, _checked(prepared, endings=(".parquet",), option="--prepare"))
        return
    kind, files = _what(events_files, advisory_files, more_files)
    _check(kind, (assets_file, *files, *vex_files), engine=engine, routes=routes_files, why=why)
    aside = _Aside(vex_files, _vex(vex_files, vex_format, lifted, kind=kind), lifted=lifted, why=why)
    run = Run(
        assets_file,
        organisation.strip(),
        files,
        _format(format_name, kind),
        engine=engine,
        master=master,
        routes=routes_files,
        out=_checked(out) if out else None,
        watch=Watch(),
        count=Count(not_understood={} if kind == "advisories" else None),
    )
    _carry_out(run, aside.checked())
    _summarise(run.count)
    sys.exit(0 if run.count.assets and run.count.items else 1)


@dataclass(frozen=True, slots=True)
class _Aside:
    """What is read and written beside the match itself."""

    vex: tuple[str, ...]
    format: Format | None
    lifted: str | None
    why: str | None

    def checked(self) -> Self:
        for name, path in (("--lifted", self.lifted), ("--why", self.why)):
            if path:
                _checked(path, endings=(".jsonl",), option=name)
        return self


def _check(kind: str, files: tuple[str, ...], *, engine: str, routes: tuple[str, ...], why: str | None) -> None:
    """Refuse what does not go together; the first of the files holds the assets."""
    if files.count("-") > 1:
        raise click.UsageError("Only one file can come from stdin (-); give the others by name.")
    if why and not all(Path(name).is_file() for name in files):
        raise click.UsageError("--why reads the files a second time, which stdin (-) can't be, nor a pipe: give files.")
    if why and is_prepared(files[0]):
        raise click.UsageError("--why needs the assets themselves: give the file that the keys were prepared from.")
    if engine not in ENGINES:
        raise click.UsageError(f"There is no engine '{engine}'. There are: {', '.join(ENGINES)}.")
    if routes and kind == "advisories":
        raise click.UsageError("--routes says which AS number an event has; advisories have none.")


def _check_places(*, read: tuple[str, ...], written: tuple[str | None, ...]) -> None:
    """Refuse to write over a file that is read, or two things into one file."""
    taken = {Path(name).resolve() for name in read if name != "-"}
    for name in filter(None, written):
        if Path(name).resolve() in taken:
            raise click.UsageError(f"'{name}' would be written over a file of this same run: choose another name.")
        taken.add(Path(name).resolve())


def _carry_out(run: Run, aside: _Aside) -> None:
    with (
        _told(),
        run.watch.on(),
        lifting(aside.vex, aside.format, out=aside.lifted) as lifts,
        whys(aside.why, format_=run.format.name, feed=Path(run.files[0]).name) as explained,
    ):
        match(replace(run, lifting=lifts, whys=explained))
        run.count.why_left_out = explained.left_out if explained else None
        if aside.format is not None:
            run.count.lifts, run.count.lifts_refused = len(lifts.lifts), lifts.refused
            run.count.lifts_not_used, run.count.lifted = lifts.not_used, lifts.lifted


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong with files is told in a sentence, and being stopped cleans up as leaving does."""
    asked: list[int] = []

    def stop(number: int, _frame: object) -> None:
        asked.append(128 + number)
        sys.exit(asked[0])

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        with _as_asked(asked):
            yield
    except (PreparedError, EngineError, RoutesError) as error:
        raise Failure(str(error)) from error
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise Failure(
            f"{error.filename or 'The output'}: {error.strerror or error}. Look at the disk and try again."
        ) from error


@contextmanager
def _as_asked(asked: list[int]) -> Iterator[None]:
    """Libraries in whose calls a signal comes make an error of their own of the exit; it stays an exit."""
    try:
        yield
    except Exception:
        if asked:
            sys.exit(asked[0])
        raise


def _prepare(assets_file: str, organisation: str, out: str) -> None:
    with Watch().on() as watch, opened(assets_file) as stream, written_beside(Path(out)) as beside:
        done = prepare(assets_file, stream, organisation=organisation, out=beside.path, watch=watch, in_order=True)
        beside.keep = bool(done.accepted)
    click.echo(json.dumps({"assets": done.accepted, "assets_refused": done.refused}), err=True)
    sys.exit(0 if done.accepted else 1)


def _checked(out: str, *, endings: tuple[str, ...] = ENDINGS, option: str = "--out") -> str:
    try:
        check_ending(out, endings=endings, option=option)
    except OutputError as error:
        raise click.UsageError(str(error)) from error
    return out


def _assets_file(files: tuple[str, ...]) -> str:
    if not files:
        raise click.UsageError("Say which file holds the assets: --assets FILE.")
    if len(files) > 1:
        raise click.UsageError(f"'{files[1]}' is one file too many: --assets takes one, put the others into it.")
    return files[0]


def _what(events: tuple[str, ...], advisories: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    if events and advisories:
        raise click.UsageError("Events and advisories are matched one at a time: give --events or --advisories.")
    if advisories:
        return "advisories", advisories + more
    if not events:
        raise click.UsageError("Say what to match: --events FILE or --advisories FILE….")
    if len(events + more) > 1:
        raise click.UsageError(
            f"'{(events + more)[1]}' is one file too many: --events takes one, match the feeds one by one."
        )
    return "events", events


def _vex(files: tuple[str, ...], name: str | None, lifted: str | None, *, kind: str) -> Format | None:
    if not files:
        if name or lifted:
            raise click.UsageError("Say which file holds the statements: --vex FILE.")
        return None
    if kind == "events":
        raise click.UsageError("--vex lifts matches of advisories; what was seen is lifted by nothing.")
    return _format("csaf-vex" if name == "csaf" else name, "lifts", option="--vex-format")


def _format(name: str | None, kind: str, *, option: str = "--format") -> Format:
    fitting = [known for known, format_ in FORMATS.items() if format_.kind == kind]
    if name not in fitting:
        said = f"'{name}' is not a format of {kind}." if name else f"Say how the {kind} are written: {option} FORMAT."
        raise click.UsageError(f"{said} There are: {', '.join(fitting)}.")
    return FORMATS[name]


def _summarise(count: Count) -> None:
    click.echo(json.dumps({name: value for name, value in asdict(count).items() if value is not None}), err=True)
