"""`misthoorn match`: files of assets and of items in, who is concerned by what out. No database."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

import click
import pyarrow as pa

from misthoorn.cli import Failure
from misthoorn.cli.match_output import OutputError, check_ending, opened_output
from misthoorn.common import clock
from misthoorn.formats.advisory import Advisory
from misthoorn.formats.registry import FORMATS, Format
from misthoorn.formats.schema import AdvisoryChunk, EventChunk, FormatError
from misthoorn.matching import engines, oracle
from misthoorn.matching.advisories import item_table
from misthoorn.matching.ahead import read_ahead
from misthoorn.matching.events import in_batches
from misthoorn.matching.inventory import Inventory, InventoryError, Refused, read_csv, read_parquet
from misthoorn.matching.schema import ADVISORY_MATCH_SCHEMA, EVENT_MATCH_SCHEMA, ITEM_KEY_SCHEMA

ENGINES = (*engines.NAMES, "oracle")

# So many events are read while the batch before them is matched; a batch more waits for its turn.
BATCHES_AHEAD = 1


@dataclass(slots=True)
class Count:
    items: int = 0
    items_refused: int = 0
    matches: int = 0
    not_understood: dict[str, int] = field(default_factory=dict)


_FILE = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True)


@click.command(name="match")
@click.option(
    "--assets",
    "assets_files",
    metavar="FILE",
    multiple=True,
    type=_FILE,
    help="CSV or Parquet: organisation,asset,kind,value,version[,valid_from,valid_to].",
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
    "--engine", default="duckdb", show_default=True, help="duckdb, or oracle: plain Python, to check a small case."
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True),
    help="CSV, JSON Lines (.jsonl) or Parquet by its ending; without it CSV on stdout.",
)
@click.argument("more_files", metavar="", nargs=-1, type=_FILE)
def command(  # noqa: PLR0917  click passes them by name
    assets_files: tuple[str, ...],
    events_files: tuple[str, ...],
    advisory_files: tuple[str, ...],
    format_name: str | None,
    engine: str,
    out: str | None,
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
      misthoorn match --assets assets.csv --advisories 2023.jsonl.gz 2024.jsonl.gz --format cve5 > matches.csv
    """  # noqa: D301  click reads the \\b
    kind, files = _what(events_files, advisory_files, more_files)
    assets_file = _assets_file(assets_files)
    if (assets_file, *files).count("-") > 1:
        raise click.UsageError("Only one file can come from stdin (-); give the others by name.")
    format_ = _format(format_name, kind)
    if engine not in ENGINES:
        raise click.UsageError(f"There is no engine '{engine}'. There are: {', '.join(ENGINES)}.")
    try:
        check_ending(out)
    except OutputError as error:
        raise click.UsageError(str(error)) from error
    count = Count()
    try:
        inventory = _match(assets_file, files, format_, engine=engine, out=out, count=count)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise Failure(
            f"{error.filename or 'The output'}: {error.strerror or error}. Look at the disk and try again."
        ) from error
    _summarise(inventory, count, advisories=kind == "advisories")
    sys.exit(0 if inventory.accepted and count.items else 1)


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


def _format(name: str | None, kind: str) -> Format:
    fitting = [known for known, format_ in FORMATS.items() if format_.kind == kind]
    if name not in fitting:
        said = f"'{name}' is not a format of {kind}." if name else f"Say how the {kind} are written: --format FORMAT."
        raise click.UsageError(f"{said} There are: {', '.join(fitting)}.")
    return FORMATS[name]


def _match(
    assets_file: str, files: tuple[str, ...], format_: Format, *, engine: str, out: str | None, count: Count
) -> Inventory:
    schema = EVENT_MATCH_SCHEMA if format_.kind == "events" else ADVISORY_MATCH_SCHEMA
    with opened_output(out, item=schema.field("item").type) as output:
        # The feed is read in a thread of its own from now on, while the assets are prepared and batches are matched.
        events = _events(files[0], format_, count=count) if format_.kind == "events" else iter(())
        with read_ahead(in_batches(events), ahead=BATCHES_AHEAD) as batches:
            # An event has a time of its own to be held against; an advisory holds now.
            valid_at = None if format_.kind == "events" else clock.now()
            inventory = _read_assets(assets_file, keep_values=engine == "oracle", valid_at=valid_at)
            output.name(*inventory.identifiers())
            if engine == "oracle":
                found = _by_oracle(inventory, batches, _advisories(files, format_, count=count))
            elif format_.kind == "events":
                found = _by_engine(inventory, batches, engine=engine)
            else:
                found = _advisories_by_engine(
                    inventory, _advisories(files, format_, count=count), engine=engine, count=count
                )
            for matches in found:
                output.write(matches)
                count.matches += matches.num_rows
        if not (inventory.accepted and count.items):
            output.discard()
    return inventory


def _by_engine(inventory: Inventory, batches: Iterator[pa.Table], *, engine: str) -> Iterator[pa.Table]:
    with engines.named(engine)(assets=inventory.table(), folded=inventory.folded) as chosen:
        for batch in batches:
            for matches in chosen.match_events(batch):
                yield pa.Table.from_batches([matches])


def _advisories_by_engine(
    inventory: Inventory, advisories: Iterator[list[Advisory]], *, engine: str, count: Count
) -> Iterator[pa.Table]:
    def items() -> Iterator[pa.RecordBatch]:
        for some in advisories:
            table, lost = item_table(some)
            for reason, number in lost.items():
                count.not_understood[reason] = count.not_understood.get(reason, 0) + number
            yield from table.to_batches()

    with engines.named(engine)(assets=inventory.table()) as chosen:
        for batch in chosen.match_advisories(pa.RecordBatchReader.from_batches(ITEM_KEY_SCHEMA, items())):
            yield pa.Table.from_batches([batch])


def _by_oracle(
    inventory: Inventory, batches: Iterator[pa.Table], advisories: Iterator[list[Advisory]]
) -> Iterator[pa.Table]:
    for batch in batches:
        seen = [oracle.Seen(**row) for row in batch.to_pylist()]
        matches = oracle.match_events(assets=inventory.values, events=seen)
        yield pa.Table.from_pylist([match._asdict() for match in matches], EVENT_MATCH_SCHEMA)
    matches = oracle.match_advisories(assets=inventory.values, advisories=[one for some in advisories for one in some])
    yield pa.Table.from_pylist([match._asdict() | {"statement": -1} for match in matches], ADVISORY_MATCH_SCHEMA)


def _read_assets(file: str, *, keep_values: bool, valid_at: datetime | None) -> Inventory:
    def report(refused: Refused) -> None:
        _report(file, line=refused.line, row=refused.row, reason=refused.reason)

    inventory = Inventory(on_refused=report, keep_values=keep_values, valid_at=valid_at)
    with _opened(file) as stream:
        try:
            is_parquet = stream.peek(4)[:4] == b"PAR1" if hasattr(stream, "peek") else False
            inventory.add(read_parquet(stream) if is_parquet else read_csv(stream))
        except InventoryError as error:
            _report(file, line=0, row=0, reason=str(error))
    return inventory


def _events(file: str, format_: Format, *, count: Count) -> Iterator[pa.RecordBatch]:
    for chunk in _chunks((file,), format_, count=count):
        if isinstance(chunk, EventChunk):
            count.items += chunk.events.num_rows
            yield chunk.events


def _advisories(files: Iterable[str], format_: Format, *, count: Count) -> Iterator[list[Advisory]]:
    if format_.kind != "advisories":
        return
    for chunk in _chunks(files, format_, count=count):
        if isinstance(chunk, AdvisoryChunk):
            count.items += len(chunk.advisories)
            yield list(chunk.advisories)


def _chunks(files: Iterable[str], format_: Format, *, count: Count) -> Iterator[EventChunk | AdvisoryChunk]:
    for file in files:
        try:
            with _opened(file) as stream:
                for chunk in format_.read(stream, name=file, now=clock.now(), fold=False):
                    for row in chunk.refused:
                        _report(file, line=row.line, row=row.row, reason=row.reason, code=row.code)
                    count.items_refused += len(chunk.refused)
                    yield chunk
        except FormatError as error:
            _report(file, line=0, row=0, reason=str(error), code="file")
            count.items_refused += 1


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if file == "-" else open(file, "rb")  # noqa: PTH123  "-" is no path


def _report(file: str, **facts: int | str) -> None:
    click.echo(json.dumps({"file": os.fsencode(file).decode("utf-8", "backslashreplace"), **facts}), err=True)


def _summarise(inventory: Inventory, count: Count, *, advisories: bool) -> None:
    summary: dict[str, object] = {
        "assets": inventory.accepted,
        "assets_refused": inventory.refused,
        "items": count.items,
        "items_refused": count.items_refused,
        "matches": count.matches,
    }
    if advisories:
        summary["not_understood"] = count.not_understood
    click.echo(json.dumps(summary), err=True)
