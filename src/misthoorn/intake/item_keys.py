"""What the join reads of advisories: of all that hold, of some, or of those that can meet some assets."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any, NamedTuple

import pyarrow as pa
from django.db import connection

from misthoorn.matching.conditions import WITH
from misthoorn.matching.keys import CPE
from misthoorn.matching.schema import ITEM_KEY_SCHEMA

PIECE = 5_000  # values in one statement; SQLite takes 32,766 parameters

_KEYS = """
SELECT a.revision, a.identifier, k.space, k.key, k.lo, k.hi, k.certainty, k.statement, k.edition, k.condition, k.part
FROM intake_advisorykey k JOIN intake_advisory a ON a.id = k.advisory_id
WHERE NOT a.withdrawn
"""


class ItemKeys(NamedTuple):
    """Keys in ITEM_KEY_SCHEMA, and how often each of their advisories had changed when the first of them were read."""

    table: pa.Table
    revisions: dict[str, int]


def item_key_table(identifiers: Iterable[str] | None = None) -> pa.Table:
    """The keys of all advisories that hold, or of those among `identifiers`, in ITEM_KEY_SCHEMA; for the join."""
    return read_item_keys(identifiers).table


def read_item_keys(identifiers: Iterable[str] | None = None) -> ItemKeys:
    """The same with the advisories' revisions."""
    if identifiers is None:
        return _read([("", ())])
    return _read((f"AND a.identifier IN ({_marks(piece)})", piece) for piece in batched(identifiers, PIECE))


def item_keys_meeting(assets: pa.Table) -> ItemKeys:
    """The keys of advisories that hold, by look-up: those with a key of these assets (ASSET_KEY_SCHEMA).

    What an advisory asks for beside a product (space "with") is among them, whichever of the two the assets have.
    """
    wanted = assets.group_by(["space", "key"]).aggregate([]).to_pydict()
    spaces: dict[str, list[bytes]] = defaultdict(list)
    for space, key in zip(wanted["space"], wanted["key"], strict=True):
        spaces[space].append(key)
    spaces[WITH] = spaces[CPE]
    return _read(
        (f"AND k.space = %s AND k.key IN ({_marks(piece)})", (space, *piece))
        for space, keys in spaces.items()
        for piece in batched(keys, PIECE)
    )


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _read(pieces: Iterable[tuple[str, Sequence[str | bytes]]]) -> ItemKeys:
    columns: list[list[Any]] = [[] for _ in ITEM_KEY_SCHEMA.names]
    revisions: dict[str, int] = {}
    for condition, parameters in pieces:
        with connection.cursor() as cursor:
            cursor.execute(_KEYS + condition, list(parameters))
            while rows := cursor.fetchmany(50_000):
                changes, *values = zip(*rows, strict=True)
                for identifier, revision in zip(values[0], changes, strict=True):
                    revisions.setdefault(identifier, revision)
                for column, more in zip(columns, values, strict=True):
                    column.extend(more)
    return ItemKeys(
        pa.table([_column(f, v) for f, v in zip(ITEM_KEY_SCHEMA, columns, strict=True)], schema=ITEM_KEY_SCHEMA),
        revisions,
    )


def _column(field: pa.Field, values: list[Any]) -> pa.Array:
    return pa.array([bytes(value) for value in values] if pa.types.is_binary(field.type) else values, type=field.type)
