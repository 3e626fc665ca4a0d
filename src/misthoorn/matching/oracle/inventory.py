"""A file of assets, row by row."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import pyarrow as pa

from misthoorn.matching.inventory.assets import AssetError, normalise_asset
from misthoorn.matching.inventory.tables import MAX_IDENTIFIER_LENGTH, Refused, period, wrong_name
from misthoorn.matching.oracle.facts import Owned


class Values(NamedTuple):
    """The accepted assets. The number of one is that of the first row, from 0, with its organisation and name."""

    assets: list[Owned]
    refused: int
    organisations: list[str]
    names: list[str]


def read_values(rows: Iterable[pa.RecordBatch], *, on_refused: Callable[[Refused], object]) -> Values:
    """The assets of rows in ROW_SCHEMA; those that are none are told to `on_refused`, in order."""
    values = Values([], 0, [], [])
    numbers: dict[tuple[str, str], int] = {}
    holders: dict[str, int] = {}
    for row, cells in enumerate((cells for batch in rows for cells in batch.to_pylist()), 1):
        values.organisations.append(cells["organisation"])
        values.names.append(cells["asset"])
        try:
            owned = _owned(cells)
        except AssetError as error:
            on_refused(Refused(cells["line"], row, str(error)))
            continue
        number = numbers.setdefault((cells["organisation"], cells["asset"]), row - 1)
        holder = holders.setdefault(cells["organisation"], row - 1)
        values.assets.append(owned._replace(number=number, organisation=holder))
    return values._replace(refused=len(values.names) - len(values.assets))


def _owned(cells: dict[str, Any]) -> Owned:
    if cells["problem"]:
        raise AssetError(cells["problem"])
    since, until = period(cells["valid_from"], cells["valid_to"])
    normal = normalise_asset(kind=cells["kind"], value=cells["value"], version=cells["version"])
    for what in ("organisation", "asset"):
        if not 0 < len(cells[what]) <= MAX_IDENTIFIER_LENGTH:
            raise AssetError(wrong_name(what))
    return Owned(0, normal, since, until)
