"""Statements that lift a match (VEX), for `misthoorn match`: read first, applied before a match is written."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from misthoorn.cli.match.assets import Assets, opened, report
from misthoorn.cli.match.output import written_beside
from misthoorn.common import clock
from misthoorn.formats.registry import Format
from misthoorn.formats.values.advisory import Advisory
from misthoorn.formats.values.schema import FormatError, LiftChunk
from misthoorn.formats.values.vex import Lift
from misthoorn.matching.inventory.assets import asset_keys
from misthoorn.matching.schema import ITEM_KEY_SCHEMA
from misthoorn.matching.vex import LIFT_SCHEMA, apply_lifts, lift_table, under_other_names

_KEYS = pa.schema(
    [
        ("asset", pa.int64()),
        ("space", pa.string()),
        ("key", pa.binary()),
        ("lo", pa.binary()),
        ("hi", pa.binary()),
    ]
)


@dataclass(slots=True)
class Lifting:
    """What the statements are, how many matches they lift, and how many of them can't be used, by reason."""

    lifts: list[Lift] = field(default_factory=list)
    refused: int = 0
    not_used: dict[str, int] = field(default_factory=dict)
    lifted: int = 0
    out: BinaryIO | None = None
    _said: pa.Table = field(default_factory=LIFT_SCHEMA.empty_table)
    _table: pa.Table = field(default_factory=LIFT_SCHEMA.empty_table)
    _items: list[pa.Table] = field(default_factory=list)

    def read(self, files: Sequence[str], format_: Format) -> None:
        """Read the statements of these files; what can't be read is reported."""
        for file in files:
            try:
                with opened(file) as stream:
                    for chunk in format_.read(stream, name=file, now=clock.now(), fold=True):
                        for row in chunk.refused:
                            report(file, line=row.line, row=row.row, reason=row.reason, code=row.code)
                        self.refused += len(chunk.refused)
                        self.lifts += chunk.lifts if isinstance(chunk, LiftChunk) else ()
            except FormatError as error:
                report(file, line=0, row=0, reason=str(error), code="file")
                self.refused += 1
        self._said, self.not_used = lift_table(self.lifts)
        self._table = self._said

    def know(self, advisories: Sequence[Advisory]) -> None:
        """Learn by which other numbers the statements are about these advisories."""
        if self.lifts:
            more = under_other_names(self._said, advisories)
            self._table = pa.concat_tables([self._table, more]) if more.num_rows else self._table

    def note(self, items: pa.Table) -> None:
        """Keep the keys of the advisories that a statement is about: ITEM_KEY_SCHEMA."""
        if self.lifts:
            self._items.append(items.filter(pc.is_in(items["item"], self._table["item"].unique())))

    def kept(self, matches: pa.Table, assets: Assets) -> pa.Table:
        """The matches that stay; the others are written, each with what lifts it."""
        spoken = pc.is_in(matches["item"], self._table["item"].unique())
        if not self.lifts or not pc.any(spoken).as_py():
            return matches
        numbers = matches.filter(spoken)["asset"].unique()
        items = pa.concat_tables([ITEM_KEY_SCHEMA.empty_table(), *self._items])
        kept, lifted = apply_lifts(
            matches=matches,
            assets=_keys(assets, numbers),
            lifts=self._table,
            items=items if assets.folded or assets.values else None,
        )
        self.lifted += lifted.num_rows
        if self.out is not None:
            self.out.writelines(self._lines(lifted, assets))
        return kept

    def _lines(self, lifted: pa.Table, assets: Assets) -> Iterator[bytes]:
        for row in lifted.to_pylist():
            lift = self.lifts[row["lift"]]
            told = {
                "organisation": assets.organisations[row["asset"]].as_py(),
                "asset": assets.names[row["asset"]].as_py(),
                **{name: row[name] for name in ("item", "kind", "certainty")},
                **{name: getattr(lift, name) for name in ("status", "justification", "statement", "source", "product")},
                "at": lift.at.isoformat() if lift.at else None,
            }
            yield json.dumps(told, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _keys(assets: Assets, numbers: pa.Array) -> pa.Table:
    """The keys of products with these numbers."""
    if assets.values:
        wanted = set(numbers.to_pylist())
        rows = [
            (owned.number, key.space, key.key, key.lo, key.hi)
            for owned in assets.values
            if owned.number in wanted and owned.asset.kind == "product"
            for key in asset_keys(owned.asset)
        ]
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(_KEYS)
        return pa.table([pa.array(column, one.type) for column, one in zip(columns, _KEYS, strict=True)], _KEYS)
    found = ds.dataset(assets.keys, format="parquet").to_table(
        columns=_KEYS.names, filter=(ds.field("kind") == "product") & ds.field("asset").isin(numbers)
    )
    return found.cast(_KEYS)


@contextmanager
def lifting(files: Sequence[str], format_: Format | None, *, out: str | None) -> Iterator[Lifting]:
    """The statements of these files; what they lift goes to `out`, which is there whole at the end, or not at all."""
    found = Lifting()
    if format_ is not None:
        found.read(files, format_)
    if out is None:
        yield found
        return
    with written_beside(Path(out)) as beside, beside.path.open("wb") as stream:
        found.out = stream
        yield found
        stream.flush()
