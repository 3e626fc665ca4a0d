"""From columns of text to columns of the event schema, with the rows that mean nothing usable refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from misthoorn.formats.observations import cells, shortcuts
from misthoorn.formats.observations.addresses import check_address, check_place
from misthoorn.formats.observations.layout import Layout
from misthoorn.formats.readers.json_columns import objects
from misthoorn.formats.values.refusals import sentence
from misthoorn.formats.values.rsit import check_class, check_severity
from misthoorn.formats.values.schema import EVENT_SCHEMA, Check, RefusedRow

_BETWEEN = "\x1f"


@dataclass(slots=True)
class Text:
    """Rows as columns of text; `raw(i)` gives the bytes of the i-th, and `refused` those that never became one."""

    columns: list[pa.Array]
    rows: pa.Array
    lines: pa.Array
    raw: Callable[[int], bytes]
    refused: tuple[RefusedRow, ...]

    @property
    def count(self) -> int:
        return len(self.rows)

    @classmethod
    def empty(cls, width: int, *, refused: tuple[RefusedRow, ...]) -> "Text":
        none = pa.array([], pa.int64())
        return cls([pa.array([], pa.string())] * width, none, none, lambda _: b"", refused)

    @classmethod
    def of_lines(cls, columns: list[pa.Array], *, data: bytes, row: int, line: int, count: int) -> "Text":
        """Each line of `data` is one row."""
        return cls(columns, pa.arange(row, row + count), pa.arange(line, line + count), _Lines(data).__getitem__, ())


class _Lines:
    """The lines of some bytes, cut only when one is asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _lines(self) -> list[bytes]:
        return self._data.splitlines()

    def __getitem__(self, index: int) -> bytes:
        return self._lines[index]


type _Failures = dict[int, tuple[str, str]]  # place of the row → code and the cell's text


@dataclass(frozen=True, slots=True)
class _Role:
    name: str
    check: Check[Any]
    shortcut: shortcuts.Shortcut
    type: pa.DataType


class Meaning:
    """What the columns of one file mean, under one layout."""

    def __init__(self, layout: Layout, *, names: tuple[str, ...], now: datetime, shortcuts: bool = True) -> None:
        self._layout = layout
        self._shortcuts = shortcuts
        self._roles = _roles(now, place=check_place if layout.networks else check_address)
        self._places = {role: names.index(name) for role, name in layout.columns.items()}
        self._made = {role: (names.index(made.column), made.make) for role, made in layout.made.items()}
        used = set(self._places.values())
        self._extra = [(place, name) for place, name in enumerate(names) if place not in used]

    def of(self, text: Text) -> tuple[pa.RecordBatch, tuple[RefusedRow, ...]]:
        """The accepted rows in EVENT_SCHEMA, and all refused ones in the order of the file."""
        failures: _Failures = {}
        left: dict[str, pa.Array] = {}
        columns = {role.name: self._settle(role, text, failures=failures, left=left) for role in self._roles}
        columns["class"], columns["type"] = self._settle_class(text, failures=failures)
        nowhere = pc.and_(pc.is_null(columns["ip"]), pc.is_null(columns["hostname"]))
        if self._layout.networks:
            nowhere = pc.and_(nowhere, pc.is_null(columns["asn"]))
        for place in pc.indices_nonzero(nowhere).to_pylist() if nowhere.true_count else ():
            failures.setdefault(place, ("address-missing", ""))
        columns["evidence"] = self._evidence(text, left=left)
        columns |= {"row": text.rows, "line": text.lines}
        if failures:
            keep = pa.array([place not in failures for place in range(text.count)], pa.bool_())
            columns = {name: column.filter(keep) for name, column in columns.items()}
        batch = pa.RecordBatch.from_arrays([columns[name] for name in EVENT_SCHEMA.names], schema=EVENT_SCHEMA)
        return batch, self._refused(text, failures)

    def _settle(self, role: _Role, text: Text, *, failures: _Failures, left: dict[str, pa.Array]) -> pa.Array:
        column = self._cells(role.name, text)
        shortcut = role.shortcut if self._shortcuts else shortcuts.none_ordinary
        ordinary, values = shortcut(column)
        if ordinary.true_count == text.count:
            return values
        odd = pc.invert(ordinary)
        values = values if values.type == role.type else pc.cast(values, role.type)
        settled, failed = _checked(column, odd=odd, check=role.check, type_=role.type)
        if failed and role.name in self._layout.lenient:
            fill = role.check(self._layout.defaults.get(role.name, ""))[0]
            settled = pc.fill_null(settled, pa.scalar(fill, role.type)) if fill is not None else settled
            if role.name in self._places:
                left[role.name] = _only(column, failed)
        else:
            for place, failure in failed.items():
                failures.setdefault(place, failure)
        return pc.replace_with_mask(values, odd, settled)

    def _settle_class(self, text: Text, *, failures: _Failures) -> tuple[pa.Array, pa.Array]:
        if not {"class", "type"} & (self._places.keys() | self._made.keys()):
            return self._constant("class", text.count), self._constant("type", text.count)
        default = (self._layout.defaults["class"], self._layout.defaults["type"])

        def check(pair: str) -> tuple[str | None, str]:
            value, code = check_class(*pair.split(_BETWEEN, 1))
            return (None, code) if code else (_BETWEEN.join(value or default), "")

        pairs = pc.binary_join_element_wise(self._text("class", text), self._text("type", text), _BETWEEN)
        everything = pa.repeat(pa.scalar(value=True), text.count)
        settled, failed = _checked(pairs, odd=everything, check=check, type_=pa.string())
        for place, (code, pair) in failed.items():
            failures.setdefault(place, (code, pair.replace(_BETWEEN, " / ", 1)))
        halves = pc.split_pattern(pc.fill_null(settled, _BETWEEN), _BETWEEN)
        return pc.list_element(halves, 0), pc.list_element(halves, 1)

    def _constant(self, role: str, count: int) -> pa.Array:
        return pa.repeat(pa.scalar(self._layout.defaults[role], pa.string()), count)

    def _text(self, role: str, text: Text) -> pa.Array:
        """The column of a role as it is written, and what is made where it is empty."""
        column = text.columns[self._places[role]] if role in self._places else None
        if role in self._made:
            place, make = self._made[role]
            made = _mapped(text.columns[place], make)
            return made if column is None else pc.if_else(pc.equal(column, ""), made, column)
        return pa.repeat(pa.scalar("", pa.string()), text.count) if column is None else column

    def _cells(self, role: str, text: Text) -> pa.Array:
        """The column of a role, with the default in its empty cells."""
        default = self._layout.defaults.get(role, "")
        if role not in self._places and role not in self._made:
            return pa.repeat(pa.scalar(default, pa.string()), text.count)
        column = self._text(role, text)
        return pc.if_else(pc.equal(column, ""), default, column) if default else column

    def _evidence(self, text: Text, *, left: Mapping[str, pa.Array]) -> pa.Array:
        extra = [(name, text.columns[place]) for place, name in self._extra]
        extra += [(self._layout.columns[role], column) for role, column in left.items()]
        return objects(extra, count=text.count)

    def _refused(self, text: Text, failures: _Failures) -> tuple[RefusedRow, ...]:
        meant = [
            RefusedRow(text.lines[place].as_py(), text.rows[place].as_py(), code, sentence(code, cell), text.raw(place))
            for place, (code, cell) in failures.items()
        ]
        return tuple(sorted([*text.refused, *meant], key=lambda refused: refused.row))


def _roles(now: datetime, *, place: Check[str]) -> tuple[_Role, ...]:
    """In the order in which a row's faults are looked for."""
    few = shortcuts.none_ordinary
    return (
        _Role("time", cells.time_check(now), shortcuts.time_shortcut(now), pa.timestamp("us", "UTC")),
        _Role("ip", place, shortcuts.address_shortcut, pa.string()),
        _Role("port", cells.check_port, shortcuts.port_shortcut, pa.int32()),
        _Role("protocol", cells.check_protocol, few, pa.string()),
        _Role("hostname", cells.check_hostname, shortcuts.hostname_shortcut, pa.string()),
        _Role("asn", cells.check_asn, shortcuts.asn_shortcut, pa.int64()),
        _Role("identifier", cells.check_identifier, shortcuts.identifier_shortcut, pa.string()),
        _Role("severity", check_severity, few, pa.string()),
    )


def _mapped(column: pa.Array, make: Callable[[str], str]) -> pa.Array:
    texts = column.dictionary_encode()
    return pa.array([make(text) for text in texts.dictionary.to_pylist()], pa.string()).take(texts.indices)


def _checked(
    column: pa.Array, *, odd: pa.BooleanArray, check: Check[Any], type_: pa.DataType
) -> tuple[pa.Array, _Failures]:
    """What the careful check says of the odd cells, in their order; each different text is looked at once."""
    places = pc.indices_nonzero(odd)
    texts = column.filter(odd).dictionary_encode()
    answers = [check(cell) for cell in texts.dictionary.to_pylist()]
    values = pa.array([value for value, _ in answers], type_).take(texts.indices)
    bad = {index for index, (_, code) in enumerate(answers) if code}
    if not bad:
        return values, {}
    pairs = zip(places.to_pylist(), texts.indices.to_pylist(), strict=True)
    return values, {
        place: (answers[index][1], texts.dictionary[index].as_py()) for place, index in pairs if index in bad
    }


def _only(column: pa.Array, places: Mapping[int, object]) -> pa.Array:
    """The column with empty cells everywhere else."""
    mask = pa.array([place in places for place in range(len(column))], pa.bool_())
    return pc.if_else(mask, column, "")
