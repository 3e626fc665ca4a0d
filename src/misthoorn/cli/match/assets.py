"""The assets of a match: a file of them, or of keys that an earlier run prepared."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

import click
import pyarrow as pa

from misthoorn.cli.match.progress import Watch
from misthoorn.common import clock
from misthoorn.common.scratch import scratch
from misthoorn.formats.observations.parquet import is_parquet
from misthoorn.matching.dictionary.wildcards import Wildcards, expanded
from misthoorn.matching.engines import preparing
from misthoorn.matching.inventory.software import kind_of_list, read_software
from misthoorn.matching.inventory.tables import InventoryError, Refused, read_rows
from misthoorn.matching.oracle import Owned, read_values

# A command by itself may take more than the service: beyond this it spills to disk.
MEMORY = f"{min(3 << 30, os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') // 3) >> 20}MiB"


@dataclass(frozen=True, slots=True)
class Assets:
    """`keys` for an engine or `values` for the oracle; the organisation and the name of each number."""

    organisations: pa.Array
    names: pa.Array
    accepted: int
    refused: int
    folded: bool = False
    keys: Path = Path()
    values: list[Owned] = field(default_factory=list)


@contextmanager
def read_assets(
    file: str, *, organisation: str, oracle: bool, watch: Watch, wildcards: Wildcards | None = None
) -> Iterator[Assets]:
    """The assets in this file, for a `with` block: their keys lie in a folder that is gone after it.

    With an `organisation` the file is a list of its software. CPE names with `wildcards` become what they hold.
    """
    with opened(file) as stream, scratch() as folder:
        if oracle:
            values = read_values(
                _rows(file, stream, organisation, watch, wildcards),
                on_refused=lambda refused: _refused(file, refused),
            )
            names = (pa.array(values.organisations, pa.string()), pa.array(values.names, pa.string()))
            yield Assets(*names, accepted=len(values.assets), refused=values.refused, values=values.assets)
            return
        is_prepared = file != "-" and not organisation and is_parquet(stream)
        found = preparing.prepared(Path(file)) if is_prepared else None
        found = found or prepare(
            file,
            stream,
            organisation=organisation,
            out=folder / "keys.parquet",
            watch=watch,
            wildcards=wildcards,
        )
        yield Assets(
            *preparing.names(found.path),
            accepted=found.accepted,
            refused=found.refused,
            folded=found.folded,
            keys=found.path,
        )


def is_prepared(file: str) -> bool:
    """Whether the file holds keys that an earlier run prepared."""
    if file == "-":
        return False
    with opened(file) as stream:
        return isinstance(stream, BufferedReader) and is_parquet(stream) and bool(preparing.prepared(Path(file)))


def read_again(file: str, *, organisation: str, watch: Watch, wildcards: Wildcards | None = None) -> list[Owned]:
    """The assets of a file that was read before, with the numbers that they had then; nothing is reported."""
    with opened(file) as stream:
        return read_values(_rows(file, stream, organisation, watch, wildcards), on_refused=lambda _: None).assets


def prepare(
    file: str,
    stream: BinaryIO,
    *,
    organisation: str,
    out: Path,
    watch: Watch,
    in_order: bool = False,
    wildcards: Wildcards | None = None,
) -> preparing.Prepared:
    """Write the keys of the assets in this stream; what is none is reported."""
    return preparing.prepare(
        _rows(file, stream, organisation, watch, wildcards),
        out=out,
        on_refused=lambda refused: _refused(file, refused),
        in_order=in_order,
        memory=MEMORY,
    )


def _rows(
    file: str, stream: BinaryIO, organisation: str, watch: Watch, wildcards: Wildcards | None
) -> Iterator[pa.RecordBatch]:
    count = 0
    try:
        batches = _read(file, stream, organisation)
        for batch in batches if wildcards is None else expanded(batches, wildcards):
            count += batch.num_rows
            watch.at("assets", count, stream=stream)
            yield batch
    except InventoryError as error:
        report(file, line=0, row=0, reason=str(error))


def _read(file: str, stream: BinaryIO, organisation: str) -> Iterator[pa.RecordBatch]:
    if organisation:
        return read_software(stream, organisation=organisation, name=file, now=clock.now())
    if isinstance(stream, BufferedReader) and kind_of_list(stream.peek()):
        raise InventoryError("This is a list of software. Say whose it is: --organisation NAME.")
    return read_rows(stream)


def _refused(file: str, refused: Refused) -> None:
    report(file, line=refused.line, row=refused.row, reason=refused.reason)


def opened(file: str) -> AbstractContextManager[BinaryIO]:
    """The file of this name; stdin for “-”."""
    return nullcontext(sys.stdin.buffer) if file == "-" else open(file, "rb")  # noqa: PTH123  "-" is no path


def report(file: str, **facts: int | str) -> None:
    """Tell of a row or a file that can't be used, as a line of JSON on stderr."""
    click.echo(json.dumps({"file": os.fsencode(file).decode("utf-8", "backslashreplace"), **facts}), err=True)
