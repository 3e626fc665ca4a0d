"""Keys of a whole file of assets, made once: a Parquet file (PREPARED_SCHEMA) that any engine reads in place."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from misthoorn.common.scratch import scratch
from misthoorn.matching.engines.duckdb import MEMORY, opened, room_told
from misthoorn.matching.inventory.assets import AssetError, asset_keys, normalise_asset, specificity, suffix_names
from misthoorn.matching.inventory.tables import Refused, period
from misthoorn.matching.sql import inventory as sql

if TYPE_CHECKING:
    import duckdb

_AT_ONCE = 20_000
_TIME = pa.timestamp("us", "UTC")
_PERIODS = pa.schema(
    [
        ("valid_from", pa.string()),
        ("valid_to", pa.string()),
        ("since", _TIME),
        ("until", _TIME),
        ("reason", pa.string()),
    ]
)
_CUTS = pa.schema(
    [
        ("all_digits", pa.int32()),
        ("prefix", pa.int32()),
        ("space", pa.string()),
        ("key_digits", pa.int32()),
        ("blocks", pa.int32()),
        ("near", pa.int32()),
    ]
)
_MEANINGS = pa.schema(
    [
        ("meaning", pa.int64()),
        ("kind", pa.string()),
        ("value", pa.string()),
        ("version", pa.string()),
        ("reason", pa.string()),
    ]
)
_MEANING_KEYS = pa.schema(
    [
        ("meaning", pa.int64()),
        ("first", pa.bool_()),
        ("kind", pa.string()),
        ("space", pa.string()),
        ("key", pa.binary()),
        ("lo", pa.binary()),
        ("hi", pa.binary()),
        ("edition", pa.string()),
        ("specificity", pa.int32()),
    ]
)


# A file of keys says so in its metadata. Higher whenever other keys are made of the same assets.
MARK = b"misthoorn_keys"
EDITION = 4


class PreparedError(Exception):
    """The file holds keys that can't be used here. str() is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file of keys. `folded`: some asset has several values under one number."""

    path: Path
    accepted: int
    refused: int
    folded: bool


def prepare(
    rows: Iterable[pa.RecordBatch],
    *,
    out: Path,
    on_refused: Callable[[Refused], object],
    in_order: bool = False,
    quick: bool = True,
    memory: str = MEMORY,
) -> Prepared:
    """Write the keys of these rows (ROW_SCHEMA) to a file; rows that are no assets are told to `on_refused`, in order.

    `in_order`: sorted by space and key, so that a few items find theirs without reading all. Without `quick` every
    value is looked at by itself, which gives the same keys; tests compare the two.
    """
    with room_told(), scratch() as folder, opened(folder, memory=memory) as db:
        db.execute(sql.GIVEN)
        _fill(db, "suffixes", pa.table({"name": pa.array(suffix_names(), pa.string())}))
        _fill(
            db,
            "cuts",
            pa.Table.from_pylist([dict(zip(_CUTS.names, row, strict=True)) for row in sql.cut_rows()], _CUTS),
        )
        _take(db, rows, quick=quick)
        _say_what_is_meant(db)
        db.execute(sql.VERDICTS)
        refused = 0
        for batch in db.sql(sql.REFUSED).to_arrow_reader(_AT_ONCE):
            for row in batch.to_pylist():
                on_refused(Refused(**row))
                refused += 1
        accepted, different = db.sql(sql.COUNTS).fetchall()[0]
        folded = accepted != different
        db.execute(sql.REPEATED.substitute(looked_for=folded))
        db.execute(sql.HOLDERS)
        order = "ORDER BY space, key, asset" if in_order else ""
        facts = json.dumps({"edition": EDITION, "accepted": accepted, "refused": refused, "folded": folded})
        marked = f"KV_METADATA {{{MARK.decode()}: {_quoted(facts)}}}"
        db.execute(f"COPY ({sql.KEYS} {order}) TO {_quoted(str(out))} (FORMAT parquet, USE_TMP_FILE false, {marked})")
        return Prepared(out, accepted, refused, folded)


def prepared(path: Path) -> Prepared | None:
    """What an earlier `prepare` wrote there; None for any other file.

    Raises:
        PreparedError: another version of the program wrote it.
    """
    try:
        metadata = pq.read_metadata(path).metadata or {}
    except (pa.ArrowException, OSError):
        return None
    if MARK not in metadata:
        return None
    facts = json.loads(metadata[MARK])
    if facts.pop("edition") != EDITION:
        raise PreparedError(f"The keys in '{path}' were made by another version of Misthoorn; prepare them again.")
    return Prepared(path, **facts)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _fill(db: "duckdb.DuckDBPyConnection", name: str, table: pa.Table) -> None:
    """A table of this name with these rows, or these rows more."""
    db.register("to_fill", table)
    db.execute(f"CREATE TABLE IF NOT EXISTS {name} AS FROM to_fill LIMIT 0")
    db.execute(f"INSERT INTO {name} FROM to_fill")
    db.unregister("to_fill")


def _take(db: "duckdb.DuckDBPyConnection", rows: Iterable[pa.RecordBatch], *, quick: bool) -> None:
    number = 1
    for batch in rows:
        numbers = pa.arange(number, number + batch.num_rows)
        db.register("part", pa.table([numbers, *batch.columns], names=["row", *batch.schema.names]))
        db.execute(sql.TAKE)
        db.unregister("part")
        number += batch.num_rows
    if not quick:
        db.execute("UPDATE given SET form = 'odd'")


def _say_what_is_meant(db: "duckdb.DuckDBPyConnection") -> None:
    """Fill the tables of periods and of odd values, each looked at once."""
    _fill(db, "periods", _PERIODS.empty_table())
    _fill(db, "meanings", _MEANINGS.empty_table())
    _fill(db, "meaning_keys", _MEANING_KEYS.empty_table())
    reading = db.cursor()
    for batch in reading.sql(sql.PERIODS).to_arrow_reader(_AT_ONCE):
        _fill(db, "periods", pa.Table.from_pylist([_period(**row) for row in batch.to_pylist()], _PERIODS))
    number = 0
    for batch in reading.sql(sql.ODD).to_arrow_reader(_AT_ONCE):
        meanings, keys = [], []
        for row in batch.to_pylist():
            number += 1
            reason, found = _keys(row)
            meanings.append({"meaning": number, "reason": reason, **row})
            keys += [{"meaning": number, "first": place == 0, **key} for place, key in enumerate(found)]
        _fill(db, "meanings", pa.Table.from_pylist(meanings, _MEANINGS))
        _fill(db, "meaning_keys", pa.Table.from_pylist(keys, _MEANING_KEYS))


def _period(valid_from: str, valid_to: str) -> dict[str, Any]:
    try:
        since, until = period(valid_from, valid_to)
    except AssetError as error:
        return {"valid_from": valid_from, "valid_to": valid_to, "reason": str(error)}
    return {"valid_from": valid_from, "valid_to": valid_to, "since": since, "until": until, "reason": ""}


def _keys(row: dict[str, str]) -> tuple[str, list[dict[str, Any]]]:
    """Why this value is no asset, or its keys."""
    try:
        asset = normalise_asset(**row)
    except AssetError as error:
        return str(error), []
    shared = {"kind": asset.kind, "specificity": specificity(asset)}
    return "", [shared | key._asdict() for key in asset_keys(asset)]


def names(path: Path) -> tuple[pa.Array, pa.Array]:
    """The organisation and the asset of each number; null where a number stands for nothing."""
    import duckdb  # noqa: PLC0415  slow to load, and most commands ask no engine

    with duckdb.connect() as db:
        db.read_parquet(str(path)).create_view("prepared")
        found = db.sql(sql.NAMES).to_arrow_table()
        organisations, assets = (found[name].combine_chunks() for name in ("organisation", "asset"))
        return organisations, assets
