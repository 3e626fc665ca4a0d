"""Files of assets: read row by row, bad rows kept aside with the reason, good ones turned into columns of keys at once.

Columns: organisation, asset, kind, value, version, valid_from, valid_to; the first four are needed, their order is
free.
"""

import csv
import functools
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from misthoorn.matching.assets import AssetError, asset_keys, normalise_asset, specificity
from misthoorn.matching.oracle import Owned
from misthoorn.matching.schema import ASSET_KEY_SCHEMA

COLUMNS = ("organisation", "asset", "kind", "value", "version", "valid_from", "valid_to")
NEEDED = COLUMNS[:4]

MAX_IDENTIFIER_LENGTH = 500
MAX_LINE_LENGTH = 1_000_000
_BATCH = 50_000
_TOO_LONG = "\x00\n"


class InventoryError(Exception):
    """The file as a whole can't be read as assets. str() is a sentence that says what to do."""


class Refused(NamedTuple):
    """A row that is not an asset. line: its line in the file, from 1 (0 in Parquet); row: its number, from 1."""

    line: int
    row: int
    reason: str


type Row = tuple[int, list[str], str]
"""The line, the cells in the order of COLUMNS ("" for a column that is not there), and what is wrong with the row."""


class Inventory:
    """The accepted assets of a file. The number of an asset is the number of its (organisation, asset) pair, from 0."""

    def __init__(
        self,
        *,
        on_refused: Callable[[Refused], object],
        keep_values: bool = False,
        valid_at: datetime | None = None,
    ) -> None:
        """`keep_values`: fill `values` instead of the table, for the oracle.

        `valid_at`: a value that is not valid then is accepted, and kept nowhere: it matches nothing. None keeps all.
        """
        self.numbers: dict[tuple[str, str], int] = {}
        self.accepted = 0
        self.refused = 0
        self.values: list[Owned] = []
        self._on_refused = on_refused
        self._keep_values = keep_values
        self._valid_at = valid_at
        self._organisations: dict[str, int] = {}
        self._keys: list[tuple[object, ...]] = []
        self._batches: list[pa.RecordBatch] = []

    def add(self, rows: Iterable[Row]) -> None:
        """Take in rows; what can't be taken in is counted, and told to `on_refused` at once."""
        for number, (line, cells, problem) in enumerate(rows, self.accepted + self.refused + 1):
            try:
                if problem:
                    raise AssetError(problem)  # noqa: TRY301  one place decides what becomes of a bad row
                self._add(*cells)
                self.accepted += 1
            except AssetError as error:
                self.refused += 1
                self._on_refused(Refused(line, number, str(error)))
            if number % _BATCH == 0:
                self._flush()

    def _add(self, organisation: str, asset: str, kind: str, value: str, *rest: str) -> None:
        version, first, last = rest
        valid_from, valid_to = _period(first, last) if first or last else (None, None)
        kind = kind.strip().lower()
        if self._valid_at and not _covers(valid_from, self._valid_at, valid_to):
            normalise_asset(kind=kind, value=value, version=version)
            self._number(organisation, asset)
            return
        # The number comes last everywhere: a row that is refused gives its asset none.
        if self._keep_values:
            normal = normalise_asset(kind=kind, value=value, version=version)
            number = self._number(organisation, asset)
            self.values.append(Owned(number, normal, valid_from, valid_to, self._organisation(organisation)))
        else:
            normal = normalise_asset(kind=kind, value=value, version=version)
            keys, near, number = asset_keys(normal), specificity(normal), self._number(organisation, asset)
            holder = self._organisation(organisation)
            for key in keys:
                self._keys.append((number, holder, normal.kind, *key, near, valid_from, valid_to, normal.version != ""))

    def _organisation(self, name: str) -> int:
        return self._organisations.setdefault(name, len(self._organisations))

    def _number(self, organisation: str, asset: str) -> int:
        pair = (organisation, asset)
        known = self.numbers.get(pair)
        if known is not None:
            return known
        for name, text in (("organisation", organisation), ("asset", asset)):
            if not text or len(text) > MAX_IDENTIFIER_LENGTH or not (text.isascii() or _is_text(text)):
                raise AssetError(
                    f"The {name} is empty, longer than {MAX_IDENTIFIER_LENGTH} characters, or not UTF-8 text."
                )
        self.numbers[pair] = number = len(self.numbers)
        return number

    def _flush(self) -> None:
        if self._keys:
            columns = zip(*self._keys, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(columns, ASSET_KEY_SCHEMA, strict=True)]
            self._batches.append(pa.record_batch(arrays, schema=ASSET_KEY_SCHEMA))
            self._keys.clear()

    @property
    def folded(self) -> bool:
        """Whether some asset has several values, and so several rows, under one number."""
        return len(self.numbers) < self.accepted

    def table(self) -> pa.Table:
        """The keys of all assets in ASSET_KEY_SCHEMA."""
        self._flush()
        return pa.Table.from_batches(self._batches, ASSET_KEY_SCHEMA)

    def identifiers(self) -> tuple[pa.Array, pa.Array]:
        """The organisation and the asset of each number."""
        return pa.array((pair[0] for pair in self.numbers), pa.string()), pa.array(
            (pair[1] for pair in self.numbers), pa.string()
        )


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@functools.lru_cache(maxsize=10_000)
def _period(first: str, last: str) -> tuple[datetime | None, datetime | None]:
    valid_from, valid_to = _time(first, "valid_from"), _time(last, "valid_to")
    if valid_from and valid_to and valid_from >= valid_to:
        raise AssetError(f"valid_from ({first[:40]}) is not before valid_to ({last[:40]}).")
    return valid_from, valid_to


def _covers(valid_from: datetime | None, time: datetime, valid_to: datetime | None) -> bool:
    return (valid_from is None or valid_from <= time) and (valid_to is None or time < valid_to)


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


def read_csv(stream: BinaryIO) -> Iterator[Row]:
    """The rows of a CSV file (UTF-8, comma or semicolon), as they stand.

    Every line is a row of its own: no cell here may hold a line break. So a quotation mark that is never closed costs
    its own line and no other. Blank lines are no rows.

    Raises:
        InventoryError: no header with the needed columns.
    """
    text = TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    lines = _bounded_lines(text)
    header = next(lines, "")
    separator = ";" if ";" in header and "," not in header else ","
    names = [name.strip().lower() for name in next(csv.reader([header], delimiter=separator), [])]
    places = _places(names)
    width = len(names)
    for number, line in enumerate(lines, 2):
        if '"' in line:
            cells, problem = _quoted_cells(line, separator)
        else:
            cells, problem = line.rstrip("\r\n").split(separator), ""
        if problem:
            yield number, [], problem
        elif len(cells) == width:
            cells.append("")
            yield number, [cells[place] for place in places], ""
        elif not line.isspace():
            yield number, [], _wrong_width(cells, width)


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
    return [names.index(name) if name in names else len(names) for name in COLUMNS]


def _wrong_width(cells: list[str], wanted: int) -> str:
    if cells == [_TOO_LONG.rstrip("\n")]:
        return f"The line is longer than {MAX_LINE_LENGTH} characters."
    return f"The row has {len(cells)} fields where the header has {wanted}."


def _bounded_lines(text: TextIOWrapper) -> Iterator[str]:
    while line := text.readline(MAX_LINE_LENGTH):
        if len(line) < MAX_LINE_LENGTH or line.endswith("\n"):
            yield line
            continue
        while len(line) == MAX_LINE_LENGTH and not line.endswith("\n"):
            line = text.readline(MAX_LINE_LENGTH)
        yield _TOO_LONG


def read_parquet(stream: BinaryIO) -> Iterator[Row]:
    """The rows of a Parquet file; columns of any type are read as text.

    Raises:
        InventoryError: not Parquet, or the needed columns are not there.
    """
    try:
        file = pq.ParquetFile(stream)
        _places([name.lower() for name in file.schema_arrow.names])
        found = [name for name in file.schema_arrow.names if name.lower() in COLUMNS]
        for batch in file.iter_batches(batch_size=_BATCH, columns=found):
            columns = {name.lower(): batch.column(name).to_pylist() for name in found}
            empty = [None] * batch.num_rows
            for cells in zip(*(columns.get(name, empty) for name in COLUMNS), strict=True):
                yield 0, ["" if cell is None else str(cell) for cell in cells], ""
    except (pa.ArrowException, OSError) as error:
        raise InventoryError(f"The assets can't be read as Parquet ({str(error).splitlines()[0][:200]}).") from error
