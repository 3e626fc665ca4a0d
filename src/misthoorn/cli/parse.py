"""`misthoorn parse`: a file of a known format in, normalised values out. No database."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from misthoorn.cli import Failure
from misthoorn.cli.sources.lists import read_mapping
from misthoorn.common import clock
from misthoorn.formats.registry import FORMATS, Format
from misthoorn.formats.tabular import table
from misthoorn.formats.values.advisory import Advisory
from misthoorn.formats.values.advisory_json import to_json_line
from misthoorn.formats.values.event_json import to_json_lines
from misthoorn.formats.values.schema import AdvisoryChunk, EventChunk, FormatError, LiftChunk, RefusedRow, SoftwareChunk
from misthoorn.formats.values.software import Software
from misthoorn.formats.values.vex import Lift

WORTH_A_BAR = 4 * 1024 * 1024  # bytes; smaller files are done before a bar is drawn


@dataclass(slots=True)
class Count:
    accepted: int = 0
    refused: int = 0
    duplicate: int = 0


@click.command(name="parse")
@click.argument("format_name", metavar="FORMAT", required=False)
@click.argument(
    "files", metavar="FILE…", nargs=-1, type=click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True)
)
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Of the format table: a JSON file that says which column means what.",
)
@click.option(
    "--schema",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Of the format shadowserver: the publisher's file on its types of report (intelmq.json).",
)
@click.option("--list", "list_formats", is_flag=True, help="List every format with a line about it.")
def command(
    format_name: str | None, files: tuple[str, ...], *, mapping: Path | None, schema: Path | None, list_formats: bool
) -> None:
    """Read files of one format and print what they say, normalised.

    Values go to stdout as JSON Lines. Refused rows go to stderr as JSON Lines with file, line and reason; the last line
    there counts: {"accepted": n, "refused": n, "duplicate": n}. FILE may be packed with gzip; - is stdin.

    The exit code is 0 if anything was accepted, 1 if nothing was, 2 for wrong use.

    \b
    Examples:
      misthoorn parse shadowserver 2026-11-23-scan_rdp-netherlands.csv
      misthoorn parse cve5 records.jsonl.gz > advisories.jsonl
      misthoorn parse openvex statements.json
      misthoorn parse table office.csv --mapping mapping.json
      misthoorn parse --list
    """  # noqa: D301  click reads the \\b
    if list_formats:
        width = max(len(name) for name in FORMATS)
        for format_ in FORMATS.values():
            click.echo(f"{format_.name:<{width}}  {format_.summary}")
        return
    if format_name is None or not files:
        raise click.UsageError("Say which format and which files.")
    if format_name not in FORMATS:
        raise click.UsageError(f"There is no format '{format_name}'. There are: {', '.join(FORMATS)}.")
    format_ = FORMATS[format_name]
    if mapping is not None:
        if format_.name != "table":
            raise click.UsageError("--mapping is for the format table.")
        format_ = replace(format_, read=partial(table.read, mapping=read_mapping(mapping)))
    if schema is not None:
        format_ = _with_schema(format_, schema)
    count = Count()
    for file in files:
        _parse(format_, file, count=count)
    _print_count(count)
    sys.exit(0 if count.accepted else 1)


def _with_schema(format_: Format, path: Path) -> Format:
    if format_.with_schema is None:
        raise click.UsageError(f"There is no --schema for the format {format_.name}.")
    try:
        return replace(format_, read=format_.with_schema(path.read_bytes()))
    except FormatError as error:
        raise click.UsageError(str(error)) from error


def _parse(format_: Format, file: str, *, count: Count) -> None:
    try:
        with _opened(file) as stream:
            for chunk in format_.read(stream, name=file, now=clock.now()):
                _print_chunk(chunk, file=file, count=count)
    except FormatError as error:
        _print_refused(RefusedRow(0, 0, "file", str(error), b""), file=file)
        count.refused += 1
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        reason = f"The file can't be read: {error.strerror or error}. Look at the disk and try again."
        _print_refused(RefusedRow(0, 0, "file", reason, b""), file=file)
        count.refused += 1


def _print_chunk(chunk: EventChunk | AdvisoryChunk | LiftChunk | SoftwareChunk, *, file: str, count: Count) -> None:
    if isinstance(chunk, EventChunk):
        accepted, lines = chunk.events.num_rows, to_json_lines(chunk.events)
    else:
        values = _values(chunk)
        accepted = len(values)
        lines = b"".join(to_json_line(value).encode() + b"\n" for value in values)
    left = memoryview(lines)
    with _output():
        while left:  # an unbuffered stdout may take a part, and a full disk takes the last part it can
            left = left[sys.stdout.buffer.write(left) :]
    count.accepted += accepted
    for row in chunk.refused:
        _print_refused(row, file=file)
    count.refused += len(chunk.refused)
    count.duplicate += chunk.duplicates


def _values(chunk: AdvisoryChunk | LiftChunk | SoftwareChunk) -> tuple[Advisory | Lift | Software, ...]:
    if isinstance(chunk, AdvisoryChunk):
        return chunk.advisories
    return chunk.lifts if isinstance(chunk, LiftChunk) else chunk.software


def _print_refused(row: RefusedRow, *, file: str) -> None:
    raw = row.raw.decode("utf-8", "backslashreplace")
    shown = os.fsencode(file).decode("utf-8", "backslashreplace")
    refused = {"file": shown, "line": row.line, "row": row.row, "code": row.code, "reason": row.reason, "raw": raw}
    click.echo(json.dumps(refused), err=True)


def _print_count(count: Count) -> None:
    with _output():
        sys.stdout.flush()
    words = {"accepted": count.accepted, "refused": count.refused, "duplicate": count.duplicate}
    click.echo(json.dumps(words), err=True)


@contextmanager
def _output() -> Iterator[None]:
    """Tells a full disk under stdout from a file that can't be read; what was not written is given up."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Failure(
            f"The output can't be written: {error.strerror or error}. Make room or write it elsewhere, and try again."
        ) from error


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    """The file's bytes, with a progress bar when a person waits for them and sees nothing else."""
    with nullcontext(sys.stdin.buffer) if file == "-" else open(file, "rb") as stream:  # noqa: PTH123  "-" is no path
        size = 0 if file == "-" else os.fstat(stream.fileno()).st_size
        if size < WORTH_A_BAR or not sys.stderr.isatty() or sys.stdout.isatty():
            yield stream
            return
        from rich.console import Console  # slow to load, and needed only here
        from rich.progress import wrap_file

        name = Path(file).name
        with wrap_file(stream, size, description=name, console=Console(stderr=True)) as counted:
            yield counted
