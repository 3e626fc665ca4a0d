"""Files of assets: CSV (also packed with gzip) or Parquet, as columns of text with what is wrong with each row.

Columns: organisation, asset, kind, value, version, valid_from, valid_to; the first four are needed, their order is
free. What the cells mean is for `engines.preparing`, and for the oracle.
"""

import csv
import functools
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from misthoorn.formats.observations.parquet import BATCH_ROWS, as_text, is_parquet, opened
from misthoorn.formats.readers.lines import whole_lines
from misthoorn.formats.readers.unpack import BOM, Source
from misthoorn.matching.inventory.assets import AssetError

COLUMNS = ("organisation", "asset", "kind", "value", "version", "valid_from", "valid_to")
NEEDED = COLUMNS[:4]

# problem: why the row is none, or "". line: in the file, from 1 (0 in Parquet). No cell is null, and a kind has no
# capitals and no blanks around it.
ROW_SCHEMA = pa.schema(
    [("line", pa.int64()), *((name, pa.string()) for name in COLUMNS), ("problem", pa.string())],
)

MAX_IDENTIFIER_LENGTH = 500
MAX_LINE_LENGTH = 1_000_000


class InventoryError(Exception):
    """The file as a whole can't be read as assets. str() is a sentence that says what to do."""


class Refused(NamedTuple):
    """A row that is not an asset. line: its line in the file, from 1 (0 in Parquet); row: its number, from 1."""

    line: int
    row: int
    reason: str


@functools.lru_cache(maxsize=10_000)
def period(first: str, last: str) -> tuple[datetime | None, datetime | None]:
    """From when until when an asset is valid, as its row says it; None is without end.

    Raises:
        AssetError: one is not a date or time, or the first is not before the last.
    """
    valid_from, valid_to = _time(first, "valid_from"), _time(last, "valid_to")
    if valid_from and valid_to and valid_from >= valid_to:
        raise AssetError(f"valid_from ({first[:40]}) is not before valid_to ({last[:40]}).")
    return valid_from, valid_to


def _time(text: str, column: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise AssetError(
            f"{column} “{text[:40]}” is not a date or time; write 2026-11-24 or 2026-11-24T10:00:00Z."
        ) from None


def wrong_name(what: str) -> str:
    """What to say of an organisation or an asset whose name can't be used: 1 to MAX_IDENTIFIER_LENGTH characters."""
    return f"The {what} is empty or longer than {MAX_IDENTIFIER_LENGTH} characters."


def read_rows(stream: BinaryIO) -> Iterator[pa.RecordBatch]:
    """The rows of a file in ROW_SCHEMA, in its order; its first bytes tell what it is.

    Raises:
        InventoryError: not such a file, or the rest of it can't be read.
    """
    batches = _read_parquet(stream) if is_parquet(stream) else _read_text(stream)
    place = ROW_SCHEMA.get_field_index("kind")
    for batch in batches:
        kinds = pc.ascii_lower(pc.utf8_trim_whitespace(batch["kind"]))
        yield batch.set_column(place, ROW_SCHEMA.field(place), kinds)


def _read_text(stream: BinaryIO) -> Iterator[pa.RecordBatch]:
    source = Source(stream)
    yield from _read_csv(source)
    if source.damage:
        raise InventoryError(source.damage.reason)


def _read_parquet(stream: BinaryIO) -> Iterator[pa.RecordBatch]:
    """Columns of any type are read as text."""
    try:
        with opened(stream) as file:
            _places([name.lower() for name in file.schema_arrow.names])
            names = {name.lower(): name for name in file.schema_arrow.names}
            for batch in file.iter_batches(BATCH_ROWS, columns=[names[name] for name in COLUMNS if name in names]):
                yield _rows({name.lower(): batch.column(name) for name in batch.schema.names}, batch.num_rows)
    except (pa.ArrowException, OSError) as error:
        raise InventoryError(f"The assets can't be read as Parquet ({str(error).splitlines()[0][:200]}).") from error


def _rows(columns: dict[str, pa.Array], count: int) -> pa.RecordBatch:
    empty = pa.repeat(pa.scalar("", pa.string()), count)
    texts = [as_text(columns[name]) if name in columns else empty for name in COLUMNS]
    return pa.record_batch([pa.repeat(pa.scalar(0, pa.int64()), count), *texts, empty], schema=ROW_SCHEMA)


def _read_csv(source: Source) -> Iterator[pa.RecordBatch]:
    """UTF-8, comma or semicolon.

    Every line is a row of its own: no cell here may hold a line break. So a quotation mark that is never closed costs
    its own line and no other. Blank lines are no rows.
    """
    pieces = whole_lines(source, longest=MAX_LINE_LENGTH)
    header, rest = _header(next(pieces, b""))
    separator = ";" if ";" in header and "," not in header else ","
    names = [name.strip().lower() for name in next(csv.reader([header], delimiter=separator), [])]
    table, line = _Lines(separator, len(names), _places(names)), 2
    for piece in chain([rest], pieces):
        lines = piece.splitlines(keepends=True)
        yield table.quick(piece, lines, line) or table.careful(lines, line)
        line += len(lines)


def _header(piece: bytes) -> tuple[str, bytes]:
    """The first line as text, and what follows it."""
    piece = piece.removeprefix(BOM)
    first = next(iter(piece.splitlines(keepends=True)), b"")
    return first[:MAX_LINE_LENGTH].decode("utf-8", "replace").rstrip("\r\n"), piece[len(first) :]


class _Lines(NamedTuple):
    """How lines become rows: what stands between cells, how many there are, and which of them are the known ones."""

    separator: str
    width: int
    places: list[int]

    def quick(self, piece: bytes, lines: list[bytes], first: int) -> pa.RecordBatch | None:
        """The rows of a piece in which each line is a row of the right width and nothing is quoted; None for others."""
        if b'"' in piece or max(map(len, lines), default=0) > MAX_LINE_LENGTH:
            return None
        names = [str(number) for number in range(self.width)]
        try:
            table = pyarrow.csv.read_csv(
                pa.BufferReader(piece),
                read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=len(piece) + 1),
                parse_options=pyarrow.csv.ParseOptions(delimiter=self.separator, quote_char=False),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows != len(lines):
            return None
        empty = pa.repeat(pa.scalar("", pa.string()), len(lines))
        texts = [table.column(place).combine_chunks() if place < self.width else empty for place in self.places]
        return pa.record_batch([pa.arange(first, first + len(lines)), *texts, empty], schema=ROW_SCHEMA)

    def careful(self, lines: list[bytes], first: int) -> pa.RecordBatch:
        rows = []
        for number, line in enumerate(lines, first):
            cells, problem = self._cells(line)
            if cells or problem:
                cells.append("")
                texts = [""] * len(COLUMNS) if problem else [cells[place] for place in self.places]
                rows.append((number, *texts, problem))
        columns = zip(*rows, strict=True) if rows else [[] for _ in ROW_SCHEMA]
        return pa.record_batch(
            [pa.array(column, field.type) for column, field in zip(columns, ROW_SCHEMA, strict=True)], schema=ROW_SCHEMA
        )

    def _cells(self, line: bytes) -> tuple[list[str], str]:
        """The cells of one line, none where it is blank, and what is wrong with it."""
        if len(line) > MAX_LINE_LENGTH:
            return [], f"The line is longer than {MAX_LINE_LENGTH} bytes."
        try:
            text = line.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            return [], "The row is not UTF-8 text."
        if not text.strip():
            return [], ""
        cells, problem = _quoted_cells(text, self.separator) if '"' in text else (text.split(self.separator), "")
        if not problem and len(cells) != self.width:
            problem = f"The row has {len(cells)} fields where the header has {self.width}."
        return cells, problem


def _quoted_cells(line: str, separator: str) -> tuple[list[str], str]:
    """The cells of one line, and what is wrong with it."""
    reader = csv.reader([line, ""], delimiter=separator)
    try:
        cells = next(reader)
    except csv.Error as error:
        return [], f"The row can't be read as CSV ({error})."
    # The reader asks for another line only where this one ends inside quotation marks.
    if reader.line_num > 1:
        return [], "A quotation mark is not closed on its line; close it, or write a quotation mark in a cell as two."
    return cells, ""


def _places(names: list[str]) -> list[int]:
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise InventoryError(
            f"The assets have no column {', '.join(missing)}; the first line names the columns: {','.join(COLUMNS)}."
        )
    if twice := [name for name in COLUMNS if names.count(name) > 1]:
        raise InventoryError(f"The assets have more than one column {', '.join(twice)}; leave one of each.")
    return [names.index(name) if name in names else len(names) for name in COLUMNS]
