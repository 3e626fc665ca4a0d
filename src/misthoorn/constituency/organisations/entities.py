"""An extract of the register of entities (Cyberbeveiligingswet, art. 43-46), as three tables. Pure.

An entity gives its name, e-mail addresses, IP ranges, telephone numbers and sectors, and keeps them right within two
weeks (art. 44). So its ranges are proven: what was taken from the register says so (`provenance: register`).
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TextIO

from misthoorn.constituency.imports import COLUMNS, LONGEST_LINE, Failed, Good, ImportFileError, Table, read_table

PROVENANCE = "register"
# `essential` and `important` go by the rules of the law; a sector with a CSIRT of its own is named by its kind.
KINDS = {"essential": "vital", "important": "vital", "digital": "digital_service_provider"}
NEEDED = ("register_number", "name", "entity", "sector", "size")
LISTS = ("emails", "ip_ranges", "telephones")  # several in a cell, with spaces or semicolons; telephones: semicolons


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the extract with the number of its line."""

    number: int
    cells: Mapping[str, str]

    def each(self, column: str) -> list[str]:
        """What the cell of this column lists."""
        text = self.cells.get(column) or ""
        parts = text.split(";") if column == "telephones" else text.replace(";", " ").split()
        return [part.strip() for part in parts if part.strip()]


def read_entities(stream: TextIO) -> tuple[Table, ...]:
    """The tables of organisations, assets and contacts, in this order, of an extract (CSV, UTF-8, with a header).

    Every row that can't be taken in comes out as `Failed` with the number of its line in the extract. An entity of a
    kind of our own (`municipality`, `health_care`, …) may stand in `entity` as that kind.

    Raises:
        ImportFileError: a column is missing, or the file is no CSV.
    """
    lines = list(_lines(stream))
    return (
        _table("organisations", [(line.number, _organisation(line)) for line in lines]),
        _table("assets", [(line.number, row) for line in lines for row in _networks(line)]),
        _table("contacts", [(line.number, row) for line in lines for row in _contacts(line)]),
    )


def _lines(stream: TextIO) -> Iterator[_Line]:
    bounded = iter(lambda: stream.readline(LONGEST_LINE), "")
    first = next(bounded, "")
    delimiter = "," if first.count(",") >= first.count(";") else "\t" if "\t" in first else ";"
    header = [cell.strip().lower() for cell in first.removeprefix("\ufeff").split(delimiter)]
    if missing := [name for name in NEEDED if name not in header]:
        raise ImportFileError(
            f"This is no extract of the register of entities: these columns are missing: {', '.join(missing)}. "
            f"It takes: {', '.join((*NEEDED, 'province', *LISTS))}."
        )
    reader = csv.DictReader(bounded, fieldnames=header, delimiter=delimiter, restkey="")
    try:
        for cells in reader:
            texts = {name: (value or "").replace("\0", "\ufffd") for name, value in cells.items() if name}
            yield _Line(reader.line_num + 1, texts)
    except csv.Error as error:
        raise ImportFileError(f"Line {reader.line_num + 1} can't be read as CSV ({error}). Mend that line.") from error


def _organisation(line: _Line) -> dict[str, str]:
    of = {name: line.cells.get(name, "") for name in ("register_number", "name", "sector", "size", "province")}
    entity = line.cells["entity"].strip().lower()
    return of | {"kind": KINDS.get(entity, entity)}


def _networks(line: _Line) -> Iterator[dict[str, str]]:
    for value in line.each("ip_ranges"):
        yield {"kind": "network", "value": value, **_of(line)}


def _contacts(line: _Line) -> Iterator[dict[str, str]]:
    for channel, column in (("mail", "emails"), ("telephone", "telephones")):
        for address in line.each(column):
            yield {"role": "security", "channel": channel, "address": address, "confidence": "90", **_of(line)}


def _of(line: _Line) -> dict[str, str]:
    return {"register_number": line.cells["register_number"], "provenance": PROVENANCE}


def _table(kind: str, rows: Sequence[tuple[int, Mapping[str, str]]]) -> Table:
    """The rows as a table of ours, so that one place says what a cell may hold; lines are those of the extract."""
    columns = [name for name in COLUMNS[kind] if name not in {"oktt", "network_owner", "registered"}]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for _, row in rows:
        writer.writerow(" ".join(row.get(name, "").split()) for name in columns)
    out.seek(0)
    table = read_table(out)

    def placed() -> Iterator[Good | Failed]:
        for one in table.rows:
            yield replace(one, line=rows[one.line - 2][0])

    return replace(table, rows=placed())
