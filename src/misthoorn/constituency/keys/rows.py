"""The keys of assets as the database has them, for `key_store`: in the columns of the join, and by revision.

A change of an asset and its number (KeyRevision) are one transaction, and these transactions commit in the order of
their numbers: each takes the lock of `lock_keys` before it gets its number, and holds it until it ends. So whoever has
read all changes up to number n, where n is a number that has committed, has missed none that comes to light later with
a lower one. A sequence alone would not do: it gives numbers in the order of asking, and a transaction with a lower
number may commit after one with a higher.

The token of a number says that it is still the same one: a database that was restored from a backup gives numbers
again.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import batched
from typing import Any, NamedTuple

import pyarrow as pa
from django.db import connection

from misthoorn.constituency.models import Asset, KeyRevision
from misthoorn.matching.keys.spaces import ASN
from misthoorn.matching.schema import ASSET_KEY_SCHEMA

ROWS = 50_000  # in memory at once
PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters
_LOCK = 7_166_421  # names the lock of PostgreSQL; nothing else uses the number


class Mark(NamedTuple):
    """Up to which change of assets something holds. Number 0 is before the first."""

    number: int
    token: str


NOTHING = Mark(0, "")

_KEYS = """
SELECT k.asset_id, a.organisation_id, a.kind, k.space, k.key, k.lo, k.hi, k.edition, k.specificity,
       a.valid_from, a.valid_to
FROM constituency_assetkey k JOIN constituency_asset a ON a.id = k.asset_id
"""


def lock_keys() -> None:
    """Keep other transactions from changing keys, until this one ends. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def new_revision() -> int:
    """The number of this transaction's change, for the assets that it writes. Call `lock_keys` before anything else."""
    return KeyRevision.objects.create().pk


def latest() -> Mark:
    """The last change that was committed."""
    row = KeyRevision.objects.order_by("-pk").values_list("pk", "token").first()
    return Mark(row[0], str(row[1])) if row else NOTHING


def are_known(*marks: Mark) -> bool:
    """Whether the database still has all of these changes."""
    wanted = {mark for mark in marks if mark != NOTHING}
    rows = KeyRevision.objects.filter(pk__in=[mark.number for mark in wanted]).values_list("pk", "token")
    return wanted == {Mark(number, str(token)) for number, token in rows}


def changed(*, since: int) -> list[int]:
    """The assets whose last change has a higher number."""
    return list(Asset.objects.filter(revision__gt=since).order_by().values_list("pk", flat=True))


def stream(*, since: int | None = None) -> Iterator[pa.RecordBatch]:
    """The keys of all assets, or of those that changed since a number, in ASSET_KEY_SCHEMA; in memory piece by piece.

    Read with the database's own driver in one statement: measured 800,000 rows a second.
    """
    condition = "" if since is None else "WHERE a.revision > %s"
    with connection.chunked_cursor() as cursor:
        cursor.execute(_KEYS + condition, [] if since is None else [since])
        while rows := cursor.fetchmany(ROWS):
            yield _batch(rows)


def meeting(wanted: pa.Table) -> pa.Table:
    """The keys of at least all assets with one of these spaces and keys (WANTED), looked up in the database's index.

    Where it is asked for most AS numbers that there are (a table of routes does), those of all assets are given.
    """
    keys: dict[str, set[bytes]] = defaultdict(set)
    for space, key in zip(wanted["space"].to_pylist(), wanted["key"].to_pylist(), strict=True):
        keys[space].add(key)
    whole = [ASN] if len(keys[ASN]) > PIECE else []
    pieces = [(space, piece) for space in keys.keys() - whole for piece in batched(keys[space], PIECE)]
    batches = [_read(f"k.space = %s AND k.key IN ({_marks(piece)})", [space, *piece]) for space, piece in pieces]
    return pa.Table.from_batches([*batches, *(_read("k.space = %s", [space]) for space in whole)], ASSET_KEY_SCHEMA)


def of_assets(assets: list[int]) -> pa.Table:
    """The keys of these assets in ASSET_KEY_SCHEMA."""
    batches = [_read(f"a.id IN ({_marks(piece)})", list(piece)) for piece in batched(assets, PIECE)]
    return pa.Table.from_batches(batches, schema=ASSET_KEY_SCHEMA)


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _read(condition: str, parameters: Sequence[int | str | bytes]) -> pa.RecordBatch:
    with connection.cursor() as cursor:
        cursor.execute(f"{_KEYS} WHERE {condition}", list(parameters))
        return _batch(cursor.fetchall())


def _batch(rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) or [()] * len(ASSET_KEY_SCHEMA)
    return pa.record_batch(
        [_column(field, values) for field, values in zip(ASSET_KEY_SCHEMA, columns, strict=True)],
        schema=ASSET_KEY_SCHEMA,
    )


def _column(field: pa.Field, values: tuple[Any, ...]) -> pa.Array:
    found: list[Any] | tuple[Any, ...] = values
    if pa.types.is_binary(field.type):
        found = [bytes(value) for value in values]
    elif pa.types.is_boolean(field.type):
        found = [bool(value) for value in values]
    elif pa.types.is_timestamp(field.type):
        found = [datetime.fromisoformat(f"{value}+00:00") if isinstance(value, str) else value for value in values]
    return pa.array(found, type=field.type)
