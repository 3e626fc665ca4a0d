"""What the join reads of advisories: of some, or of those that can meet some assets."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import batched, chain
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from misthoorn.intake.models import AdvisoryStatement
from misthoorn.matching.keys.conditions import WITH
from misthoorn.matching.keys.packages import DEALT, SPOKEN, VULNERABILITY
from misthoorn.matching.keys.purls import OF_DISTRIBUTIONS
from misthoorn.matching.keys.spaces import CPE, NAME, PURL
from misthoorn.matching.schema import ITEM_KEY_SCHEMA

type _Statement = tuple[str, Sequence[str | bytes]]  # with its parameters

PIECE = 5_000  # values in one statement; SQLite takes 32,766 parameters

_COLUMNS = """
SELECT a.revision, a.identifier, k.space, k.key, k.lo, k.hi, k.certainty, k.statement, k.edition, k.condition, k.part
"""
_KEYS = f"""{_COLUMNS}
FROM intake_advisorykey k JOIN intake_advisory a ON a.id = k.advisory_id
WHERE NOT a.withdrawn
"""
# By look-up of each wanted key, in both databases: SQLite takes the tables of a CROSS JOIN in their order.
_IN_RANGE = f"""
WITH wanted (key, lo, hi) AS (VALUES {{wanted}})
{_COLUMNS}
FROM wanted w CROSS JOIN intake_advisorykey k JOIN intake_advisory a ON a.id = k.advisory_id
WHERE NOT a.withdrawn AND k.space = %s AND k.key = w.key AND k.lo <= w.hi AND w.lo <= k.hi
"""
_RANGED = (CPE, NAME)  # of a package, what a distribution says of its other versions counts too (`with_words`)


# Package URLs whose type begins so are those of distributions; a key from `deb/` up to, not including, `deb0`.
_OF_DISTRIBUTIONS = tuple(f"{kind}/".encode() for kind in sorted(OF_DISTRIBUTIONS))
_ENDS = [end for start in _OF_DISTRIBUTIONS for end in (start, start[:-1] + b"0")]
_BOUNDS = " OR ".join(["other.key >= %s AND other.key < %s"] * len(_OF_DISTRIBUTIONS))
_OVERRULED = """
SELECT DISTINCT a.identifier
FROM intake_advisorykey k JOIN intake_advisory a ON a.id = k.advisory_id
WHERE NOT a.withdrawn AND k.space = %s AND k.key IN ({names}) AND EXISTS (
  SELECT 1 FROM intake_advisorykey other WHERE other.advisory_id = a.id AND other.space = %s AND ({bounds})
)
"""


class ItemKeys(NamedTuple):
    """Keys in ITEM_KEY_SCHEMA, and how often each of their advisories had changed when the first of them were read."""

    table: pa.Table
    revisions: dict[str, int]


def read_item_keys(identifiers: Iterable[str]) -> ItemKeys:
    """The keys of those advisories among `identifiers` that hold."""
    return _read((f"{_KEYS} AND a.identifier IN ({_marks(piece)})", piece) for piece in batched(identifiers, PIECE))


def item_keys_meeting(assets: pa.Table) -> ItemKeys:
    """The keys of advisories that hold, by look-up: those with a key of these assets (ASSET_KEY_SCHEMA).

    Of names and CPE names the versions must meet too; most of what is said of a product is about other ones. What an
    advisory asks for beside a product (space "with") is among them, whichever of the two the assets have.
    """
    wanted = assets.group_by(["space", "key"]).aggregate([("lo", "min"), ("hi", "max")]).to_pydict()
    spaces: dict[str, list[tuple[bytes, bytes, bytes]]] = defaultdict(list)
    for space, key, lo, hi in zip(*(wanted[name] for name in ("space", "key", "lo_min", "hi_max")), strict=True):
        spaces[space].append((key, lo, hi))
    spaces[WITH] = spaces[CPE]
    return _read(
        _in_range(space, piece) if space in _RANGED else _with_keys(space, [key for key, _, _ in piece])
        for space, keys in spaces.items()
        for piece in batched(keys, PIECE)
    )


def _in_range(space: str, wanted: Sequence[tuple[bytes, bytes, bytes]]) -> _Statement:
    marks = ", ".join(["(%s, %s, %s)"] * len(wanted))
    return _IN_RANGE.format(wanted=marks), (*chain.from_iterable(wanted), space)


def _with_keys(space: str, keys: Sequence[bytes]) -> _Statement:
    return f"{_KEYS} AND k.space = %s AND k.key IN ({_marks(keys)})", (space, *keys)


def with_words(items: ItemKeys) -> ItemKeys:
    """The same, and whose word counts where a distribution may have spoken of its package (`matching.packages`).

    Needed where keys that are not all of their advisories', or not all advisories', go into the join.
    """
    table = items.table.filter(pc.starts_with(items.table["space"], PURL))
    ours = [table.filter(pc.starts_with(table["key"], start))["item"] for start in _OF_DISTRIBUTIONS]
    named = _of(VULNERABILITY, sorted({item for column in ours for item in column.unique().to_pylist()}))
    dealt = _read(_with_keys(DEALT, piece) for piece in batched(named.table["key"].unique().to_pylist(), PIECE))
    spoken = _of(SPOKEN, dealt.table["item"].unique().to_pylist())
    return together(items, named, dealt, spoken)


def whose_word(item: str, *, packages: Collection[bytes]) -> str:
    """The advisory whose word counts of a package that has these keys: `item` itself, or one of its distribution."""
    words = with_words(read_item_keys([item])).table
    spoken = words.filter(pc.and_(pc.equal(words["space"], SPOKEN), pc.is_in(words["key"], pa.array(packages))))
    others = sorted(set(spoken["item"].to_pylist()))
    return item if item in others or not others else others[0]


def together(*some: ItemKeys) -> ItemKeys:
    """The keys of all; of an advisory that was read more than once, the first reading says how often it had changed."""
    revisions = {item: revision for one in reversed(some) for item, revision in one.revisions.items()}
    return ItemKeys(pa.concat_tables([one.table for one in some]), revisions)


def overruled_by(subjects: Sequence[str], *, items: pa.Table) -> list[str]:
    """Advisories that lead to packages of distributions by an alias, and that these subjects deal, or dealt, with.

    `items`: the keys that the subjects have now.
    """
    names = set(items.filter(pc.equal(items["space"], DEALT))["key"].unique().to_pylist())
    names |= _once_dealt(sorted(set(subjects).difference(items["item"].unique().to_pylist())))
    found: set[str] = set()
    for piece in batched(sorted(names), PIECE):
        with connection.cursor() as cursor:
            cursor.execute(
                _OVERRULED.format(names=_marks(piece), bounds=_BOUNDS), [VULNERABILITY, *piece, PURL, *_ENDS]
            )
            found |= {identifier for (identifier,) in cursor.fetchall()}
    return sorted(found)


def _once_dealt(identifiers: Iterable[str]) -> set[bytes]:
    """The vulnerabilities that advisories without keys name: those of one that was withdrawn count again."""
    names: set[str] = set()
    for piece in batched(identifiers, PIECE):
        said = AdvisoryStatement.objects.filter(advisory__identifier__in=piece).order_by()
        for content in said.values_list("content", flat=True).iterator():
            names.update((content["identifier"], *content["aliases"], *content["upstream"]))
    return {name.encode("utf-8", "surrogatepass") for name in names}


def _of(space: str, identifiers: Iterable[str]) -> ItemKeys:
    return _read(
        (f"{_KEYS} AND k.space = %s AND a.identifier IN ({_marks(piece)})", (space, *piece))
        for piece in batched(identifiers, PIECE)
    )


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _read(statements: Iterable[_Statement]) -> ItemKeys:
    columns: list[list[Any]] = [[] for _ in ITEM_KEY_SCHEMA.names]
    revisions: dict[str, int] = {}
    for statement, parameters in statements:
        with connection.cursor() as cursor:
            cursor.execute(statement, list(parameters))
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
