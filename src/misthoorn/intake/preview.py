"""How the first rows of a delivery would be read, and which would be refused; nothing of it is kept. Pure."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, BinaryIO, Self, cast

from misthoorn.formats.registry import FORMATS
from misthoorn.formats.values.advisory_json import to_json_line
from misthoorn.formats.values.event_json import to_json_lines
from misthoorn.formats.values.schema import AdvisoryChunk, EventChunk, FormatError, LiftChunk, RefusedRow
from misthoorn.intake.advisories.authenticity import refuse_all

MOST_READ = 5_000  # rows that are looked at
SHOWN, LONGEST_LINE, LONGEST_CELL = 5, 2_000, 300  # values, characters of one as JSON, and of a part of it
MOST_CODES = 20
SHOWN_FOR = timedelta(days=1)  # after that, trying it again says more

type _Chunk = EventChunk | AdvisoryChunk | LiftChunk


@dataclass(slots=True)
class FirstRows:
    """`values`: the first as JSON lines, `cells` the same as columns. `refused`: line, code, reason and bytes as text.

    `whole`: nothing came after what was looked at. `problem`: why the file as a whole can't be read.
    """

    accepted: int = 0
    duplicate: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    values: list[str] = field(default_factory=list)
    cells: list[dict[str, str]] = field(default_factory=list)
    refused: list[tuple[int, str, str, str]] = field(default_factory=list)
    whole: bool = False
    problem: str = ""

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Self:
        """What `asdict` made of it, after it was JSON."""
        return cls(**plain)

    def to_plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)

    @property
    def refused_total(self) -> int:
        """How many of the rows that were looked at would be refused."""
        return sum(self.codes.values())

    @property
    def looked_at(self) -> int:
        """How many rows were looked at."""
        return self.accepted + self.duplicate + self.refused_total

    @property
    def columns(self) -> list[str]:
        """The names of the cells that some row has."""
        return list(dict.fromkeys(name for row in self.cells for name in row))

    @property
    def table(self) -> list[list[tuple[str, str]]]:
        """Each row with all of these columns."""
        return [[(name, row.get(name, "")) for name in self.columns] for row in self.cells]

    def after(self, before: Self) -> Self:
        """With what an earlier delivery would have been refused for."""
        self.codes = dict(Counter(before.codes) + Counter(self.codes))
        self.refused = (before.refused + self.refused)[:SHOWN]
        return self

    def refuse(self, rows: Iterable[RefusedRow]) -> None:
        """Count refused rows, and keep the first."""
        for row in rows:
            code = row.code if row.code in self.codes or len(self.codes) < MOST_CODES else "other"
            self.codes[code] = self.codes.get(code, 0) + 1
            if len(self.refused) < SHOWN:
                raw = row.raw[:LONGEST_CELL].decode("utf-8", "backslashreplace")
                self.refused.append((row.line, row.code, _shown(row.reason), _shown(raw)))

    def take(self, chunk: _Chunk) -> None:
        """Count what a chunk holds, and keep the first."""
        lines = list(islice(_lines(chunk), SHOWN - len(self.values)))
        self.values += [line[:LONGEST_LINE] for line in lines]
        self.cells += [_cells(chunk, json.loads(line)) for line in lines]
        self.accepted += _count(chunk)
        self.duplicate += chunk.duplicates
        self.refuse(chunk.refused)


def first_rows(
    stream: BinaryIO, *, format_name: str, name: str, unproven: str, now: datetime, enough: Callable[[], bool]
) -> FirstRows:
    """Read until there is enough to show, or `enough` says that it took long enough."""
    found = FirstRows()
    if unproven:
        found.refuse(refuse_all(stream, code=unproven))
        found.whole = True
        return found
    try:
        for chunk in cast("Iterator[_Chunk]", FORMATS[format_name].read(stream, name=name, now=now)):
            found.take(chunk)
            if found.looked_at >= MOST_READ or enough():
                return found
        found.whole = True
    except FormatError as error:
        found.problem = _shown(str(error))
    return found


def _count(chunk: _Chunk) -> int:
    if isinstance(chunk, EventChunk):
        return int(chunk.events.num_rows)
    return len(chunk.lifts if isinstance(chunk, LiftChunk) else chunk.advisories)


def _lines(chunk: _Chunk) -> Iterator[str]:
    if isinstance(chunk, EventChunk):
        return iter(to_json_lines(chunk.events.slice(0, SHOWN)).decode().splitlines())
    values = chunk.lifts if isinstance(chunk, LiftChunk) else chunk.advisories
    return map(to_json_line, values)


def _cells(chunk: _Chunk, value: dict[str, Any]) -> dict[str, str]:
    """What a person looks for first, each short."""
    if isinstance(chunk, EventChunk):
        cells = _of_event(value)
    elif isinstance(chunk, LiftChunk):
        cells = {name: value[name] for name in ("vulnerability", "product", "status", "source")}
    else:
        cells = _of_advisory(value)
    return {name: _shown(str(cell)) for name, cell in cells.items() if cell not in {None, ""}}


def _of_event(value: dict[str, Any]) -> dict[str, str | None]:
    """IPv6 stands in brackets before a port."""
    address = value["ip"] or (f"AS{value['asn']}" if value["asn"] and not value["hostname"] else "")
    bare = f"[{address}]" if ":" in address else address
    return {
        "time": value["time"].replace("T", " ").removesuffix("Z")[:16],
        "place": f"{bare}:{value['port']}" if address and value["port"] else address,
        "hostname": value["hostname"],
        "identifier": value["identifier"],
        "type": value["type"],
        "severity": value["severity"],
    }


def _shown(text: str) -> str:
    """As a database can hold it, and short."""
    return "".join(one if one.isprintable() else " " if one.isspace() else "\ufffd" for one in text[:LONGEST_CELL])


def _of_advisory(value: dict[str, Any]) -> dict[str, str | None]:
    products = dict.fromkeys(f"{one['vendor']} {one['product']}".strip() for one in value["affected"])
    shown = ", ".join(list(products)[:3]) + (", …" if len(products) > 3 else "")  # noqa: PLR2004  as many as are read
    return {
        "identifier": value["identifier"],
        "title": value["title"],
        "products": shown,
        "modified": value["modified"] or value["published"],
        "tlp": value["tlp"],
    }
