"""Matches as CSV, JSON Lines or Parquet, on stdout or in a file that is there whole or not at all."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

_JSON_ENDINGS = (".jsonl", ".ndjson", ".json")
ENDINGS = (".csv", *_JSON_ENDINGS, ".parquet")


class OutputError(ValueError):
    """The output file's name says nothing that can be written; str() is a sentence."""


def check_ending(out: str, *, endings: tuple[str, ...], option: str) -> None:
    """Refuse a name whose ending is not known, or whose folder is not there.

    Raises:
        OutputError: with what to write instead.
    """
    if Path(out).suffix.lower() not in endings:
        raise OutputError(f"{option} ends in {', '.join(endings)}; '{out}' does not.")
    if not Path(out).parent.is_dir():
        raise OutputError(f"There is no folder '{Path(out).parent}' to write in; make it first.")


class _Writer(Protocol):
    def write_table(self, table: pa.Table) -> None: ...

    def close(self) -> None: ...


class _Csv:
    """Texts are quoted only where a batch holds one that needs it."""

    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        stream.write(f"{','.join(schema.names)}\n".encode())
        self._plain = self._make(stream, schema, "none")
        self._quoted = self._make(stream, schema, "needed")

    @staticmethod
    def _make(stream: BinaryIO, schema: pa.Schema, quoting: str) -> pyarrow.csv.CSVWriter:
        options = pyarrow.csv.WriteOptions(include_header=False, quoting_style=quoting)
        return pyarrow.csv.CSVWriter(stream, schema, write_options=options)

    def write_table(self, table: pa.Table) -> None:
        texts = [table[name] for name in ("organisation", "asset", "item") if pa.types.is_string(table[name].type)]
        plain = not any(pc.any(pc.match_substring_regex(text, r'[",\r\n]|^\s|\s$')).as_py() for text in texts)
        (self._plain if plain else self._quoted).write_table(table)

    def close(self) -> None:
        self._plain.close()
        self._quoted.close()


class _JsonLines:
    """Texts are quoted once for each asset, not once for each match."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write_table(self, table: pa.Table) -> None:
        pieces: list[object] = []
        for index, name in enumerate(table.column_names):
            column = table[name]
            quoted = name in {"kind", "certainty"}
            pieces += [pa.scalar(f'{"," if index else "{"}"{name}":{chr(34) * quoted}'), column.cast(pa.string())]
            if quoted:
                pieces.append(pa.scalar('"'))
        lines = pc.binary_join_element_wise(*pieces, pa.scalar("}\n"), "")
        for chunk in lines.chunks:
            self._stream.write("".join(chunk.to_pylist()).encode())

    def close(self) -> None:
        pass


class Output:
    """Where matches go. `name` is called once, before the first `write`."""

    def __init__(self, stream: BinaryIO, *, ending: str, item: pa.DataType) -> None:
        self._as_json = ending in _JSON_ENDINGS
        schema = pa.schema(
            [
                ("organisation", pa.string()),
                ("asset", pa.string()),
                ("item", item),
                ("kind", pa.string()),
                ("certainty", pa.string()),
                ("most_specific", pa.bool_()),
            ]
        )
        self._schema = schema
        self.discarded = False
        self._writer: _Writer
        if self._as_json:
            self._writer = _JsonLines(stream)
        elif ending == ".parquet":
            # The names of assets are nearly all different; what repeats is worth a dictionary.
            few = ["kind", "certainty", *(["item"] if pa.types.is_string(item) else [])]
            self._writer = pq.ParquetWriter(stream, schema, use_dictionary=few)
        else:
            self._writer = _Csv(stream, schema)

    def name(self, organisations: pa.Array, assets: pa.Array) -> None:
        """The organisation and the asset of each number."""
        self._organisations, self._assets = (self._text(organisations), self._text(assets))

    def _text(self, names: pa.Array) -> pa.Array:
        if not self._as_json:
            return names
        return pa.array((json.dumps(name, ensure_ascii=False) for name in names.to_pylist()), pa.string())

    def write(self, matches: pa.Table) -> None:
        """Write matches in EVENT_MATCH_SCHEMA or ADVISORY_MATCH_SCHEMA."""
        item = matches["item"]
        if self._as_json and pa.types.is_string(item.type):
            item = pa.chunked_array([self._text(chunk) for chunk in item.chunks], pa.string())
        columns = [
            pc.take(self._organisations, matches["asset"]),
            pc.take(self._assets, matches["asset"]),
            item,
            *(matches[name] for name in ("kind", "certainty", "most_specific")),
        ]
        self._writer.write_table(pa.table(columns, self._schema))

    def discard(self) -> None:
        """Leave the file as it was, and absent if it was not there; stdout has what it has."""
        self.discarded = True

    def close(self) -> None:
        self._writer.close()


@contextmanager
def opened_output(out: str | None, *, item: pa.DataType) -> Iterator[Output]:
    """An output for a `with` block. A file is written beside, and renamed only when the block ends well.

    What is discarded in the block is not renamed either.
    """
    if out is None:
        output = Output(sys.stdout.buffer, ending=".csv", item=item)
        yield output
        output.close()
        sys.stdout.flush()
        return
    with written_beside(Path(out)) as beside, beside.path.open("wb") as stream:
        output = Output(stream, ending=Path(out).suffix.lower(), item=item)
        try:
            yield output
        except BaseException:
            with suppress(Exception):
                output.close()  # or it would try when it is collected, with the stream gone, and tell of that
            raise
        output.close()
        beside.keep = not output.discarded


@dataclass(slots=True)
class Beside:
    """A file to be. Only what is kept gets its name."""

    path: Path
    keep: bool = True


@contextmanager
def written_beside(target: Path) -> Iterator[Beside]:
    """A file without a name, which has the name of the target when the block ends well, whole and on disk.

    Whatever ends the process, nothing is left of it; where the system knows no files without names, it lies beside the
    target, and only a process that is killed outright leaves it there.
    """
    mode = 0o666 & ~_umask()
    try:
        handle = os.open(target.parent, os.O_TMPFILE | os.O_WRONLY, mode)
        path, named = Path(f"/proc/self/fd/{handle}"), None
    except (OSError, AttributeError):
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        path = named = Path(name)
    beside = Beside(path)
    try:
        yield beside
        os.fsync(handle)
        if beside.keep:
            os.fchmod(handle, mode)
            if named is None:
                named = target.with_name(f".{target.name}.{uuid4().hex}.part")
                os.link(path, named, src_dir_fd=handle, follow_symlinks=True)  # only with a folder is the link followed
            named.replace(target)
    finally:
        os.close(handle)
        if named is not None:
            named.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
