"""From the columns of a list to columns as the service's own CSV has them, under one mapping."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from misthoorn.formats.observations.event_columns import Text
from misthoorn.formats.observations.layout import ROLES, Layout
from misthoorn.formats.tabular import table_cells
from misthoorn.formats.tabular.table_mapping import REASON_COLUMN, TableMapping, check_header
from misthoorn.formats.values.refusals import sentence
from misthoorn.formats.values.rsit import CLASS_OF, UNDETERMINED
from misthoorn.formats.values.schema import FormatError, RefusedRow

type _Read = Callable[[str], table_cells.Clean]

_WHO = ("ip", "hostname")


class Reading:
    """How the rows of one list become rows in the order of `names`, of which `layout` says what each is.

    Raises:
        FormatError: the mapping does not fit the header, or lacks what every row needs.
    """

    def __init__(self, mapping: TableMapping, *, names: Sequence[str]) -> None:
        check_header(mapping, names)
        _check_complete(mapping)
        self._reads = _reads(mapping)
        self._places = {role: names.index(column) for role, column in _columns(mapping).items()}
        self._who = names.index(who) if (who := _who(mapping)) else None
        self._clock = names.index(mapping.columns["clock"]) if "clock" in mapping.columns else None
        self._affected = names.index(mapping.columns["affected"]) if "affected" in mapping.columns else None
        # A column that plays two roles stands there twice, so that each has cells of its own.
        used = {*self._places.values(), *({self._clock} - {None}), *_own(names)}
        self._rest = [place for place in range(len(names)) if place not in used]
        self.names = (*self._places, *(_beside(names[place], ROLES) for place in self._rest))
        self.layout = Layout(
            columns={role: role for role in self._places},
            lenient=frozenset({"hostname"}) if {"ip", "hostname"} <= mapping.columns.keys() else frozenset(),
            defaults={"class": UNDETERMINED[0], "type": UNDETERMINED[1], "severity": "normal", **_constants(mapping)},
        )

    def of(self, text: Text) -> Text:
        """The rows in the order of `names`; those that can't be read so are refused, and empty ones left out."""
        text = _without_empty(text)
        failures: dict[int, tuple[str, str]] = {}
        if self._affected is not None:
            _cells_read(text.columns[self._affected], table_cells.read_affected, failures)
        columns = [self._read(role, text, failures) for role in self._places]
        columns += [text.columns[place] for place in self._rest]
        refused = [
            RefusedRow(text.lines[place].as_py(), text.rows[place].as_py(), code, sentence(code, cell), text.raw(place))
            for place, (code, cell) in failures.items()
        ]
        read = replace(text, columns=columns, refused=(*text.refused, *refused))
        return _only(read, [place for place in range(text.count) if place not in failures]) if failures else read

    def _read(self, role: str, text: Text, failures: dict[int, tuple[str, str]]) -> pa.Array:
        column = text.columns[self._places[role]]
        if role == "port" and self._who is not None:
            return self._port(text, failures)
        if role == "time" and self._clock is not None:
            joined = pc.binary_join_element_wise(column, text.columns[self._clock], " ")
            column = pc.if_else(pc.equal(column, ""), "", pc.utf8_trim_whitespace(joined))
        read = self._reads.get(role)
        if read is None:
            return column
        return _cells_read(column, read, failures)

    def _port(self, text: Text, failures: dict[int, tuple[str, str]]) -> pa.Array:
        """From its own column; where that is empty, or there is none, as it stands with the address."""
        assert self._who is not None  # noqa: S101  the caller looked
        beside = _cells_read(text.columns[self._who], table_cells.port_of, {})
        if self._places["port"] == self._who:
            return beside
        own = _cells_read(text.columns[self._places["port"]], self._reads["port"], failures)
        return pc.if_else(pc.equal(own, ""), beside, own)


def _cells_read(column: pa.Array, read: _Read, failures: dict[int, tuple[str, str]]) -> pa.Array:
    """A column with what its cells mean; each different cell is read once."""
    cells = column.dictionary_encode()
    answers = [read("" if table_cells.says_nothing(cell) else cell) for cell in cells.dictionary.to_pylist()]
    bad = {index for index, (_, code) in enumerate(answers) if code}
    if bad:
        for place, index in enumerate(cells.indices.to_pylist()):
            if index in bad:
                failures.setdefault(place, (answers[index][1], cells.dictionary[index].as_py()))
    return pa.array([answer for answer, _ in answers], pa.string()).take(cells.indices)


def _check_complete(mapping: TableMapping) -> None:
    has = {*_columns(mapping), *mapping.constants}
    missing = [
        word for role, word in (("time", "when it was seen"), ("identifier", "what was seen")) if role not in has
    ]
    if not has & set(_WHO):
        missing.append("whose system it is (an address or a host name)")
    if missing:
        raise FormatError(
            f"Nothing says {' and '.join(missing)}. Choose a column for it; time and kind may also hold for all rows."
        )


def _columns(mapping: TableMapping) -> dict[str, str]:
    """Role → column, for roles of events alone."""
    columns = {role: column for role, column in mapping.columns.items() if role in ROLES}
    if host := mapping.columns.get("host"):
        columns |= {"ip": host, "hostname": host}
    if who := _who(mapping):
        columns = {"port": who} | columns
    return {role: columns[role] for role in ROLES if role in columns}


def _who(mapping: TableMapping) -> str:
    """The column of addresses; a port may stand there too."""
    return mapping.columns.get("host", "") or mapping.columns.get("ip", "")


def _constants(mapping: TableMapping) -> dict[str, str]:
    reads = _reads(mapping)
    said = {role: reads[role](text)[0] if role in reads else text for role, text in mapping.constants.items()}
    return {"class": CLASS_OF[said["type"]], **said} if "type" in said else said


def _reads(mapping: TableMapping) -> dict[str, _Read]:
    whole = table_cells.reader_of_whole(decimal=mapping.decimal or ",")
    reads: dict[str, _Read] = {
        "time": table_cells.reader_of_times(order=mapping.dates or "dmy", zone=mapping.zone),
        "ip": table_cells.read_address,
        "port": lambda text: whole(table_cells.read_port(text)[0]),
        "hostname": table_cells.read_name,
        "asn": whole,
        "identifier": table_cells.read_identifier,
        "severity": table_cells.read_severity,
    }
    if "host" in mapping.columns:
        reads |= {"ip": table_cells.address_of, "hostname": table_cells.name_of}
    return reads


def _own(names: Sequence[str]) -> set[int]:
    """What the service added to a list of failed rows."""
    return {place for place, name in enumerate(names) if name == REASON_COLUMN}


def _beside(name: str, roles: Sequence[str]) -> str:
    """The name of a column that stays evidence, which may be called as a role is."""
    return f"{name} (list)" if name in roles else name


def _without_empty(text: Text) -> Text:
    """A spreadsheet saves rows without anything in them; those are blank lines."""
    filled = [pc.not_equal(pc.utf8_trim_whitespace(column), "") for column in text.columns]
    some = filled[0]
    for column in filled[1:]:
        some = pc.or_(some, column)
    return text if some.false_count == 0 else _only(text, pc.indices_nonzero(some).to_pylist())


def _only(text: Text, places: list[int]) -> Text:
    take = pa.array(places, pa.int64())
    raw = text.raw
    return Text(
        columns=[column.take(take) for column in text.columns],
        rows=text.rows.take(take),
        lines=text.lines.take(take),
        raw=lambda index: raw(places[index]),
        refused=text.refused,
    )
