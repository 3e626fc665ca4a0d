"""The match of events: which assets each observation concerns.

An event concerns a network when its address lies in it, a domain when its host name is the domain or lies under it,
and an AS number when its own is equal, or, where its feed has none, one of those that announce the longest prefix that
holds its address (`routes`); each only while the asset was valid (valid_from ≤ time < valid_to). An event that is a
whole network (an entry of a blocklist, `event_networks`) concerns every network that overlaps it: that holds it, or
lies in it; its AS number is that of its first address.

`most_specific`, for each event: a network is most specific when no other matched network has a longer prefix; a
domain when no other matched domain has more labels; an AS number only when no network matched. Equals are all most
specific. Of an event that is a network this holds among the networks that hold all of it; one that holds a part of it
is always most specific, for that part.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from misthoorn.common.memory import give_back
from misthoorn.matching import engines
from misthoorn.matching.engines import duckdb
from misthoorn.matching.schema import EVENT_MATCH_SCHEMA

COLUMNS = ("row", "time", "ip", "hostname", "asn")

# So many events go through the join at once: it bounds memory, whatever the size of the feed. With each, the keys of
# the assets are looked through again: of so many that they take most of the memory anyway, with more events at once.
BATCH_ROWS, MEMORY = 100_000, "192MB"
MANY_KEYS, MORE_ROWS = 500_000, 500_000


def match_events(
    *,
    assets: pa.Table,
    events: pa.Table | pa.RecordBatchReader | str | Path,
    routes: pa.Table | None = None,
    engine: str = "duckdb",
) -> pa.Table:
    """Every asset that an event concerns, in EVENT_MATCH_SCHEMA, ordered by item (the event's `row`) and asset.

    `assets` in ASSET_KEY_SCHEMA (keys of products may be among them); `events` with at least the COLUMNS of
    EVENT_SCHEMA, `row` being unique, or the path of a Parquet file of them; `routes` in ROUTE_KEY_SCHEMA. One row per
    asset and event, if each asset has one value.
    """
    found = list(_match(assets=assets, events=_read(events), routes=routes, engine=engine))
    return pa.concat_tables(found) if found else EVENT_MATCH_SCHEMA.empty_table()


def write_matches(path: Path, *, assets: pa.Table, events: Path, routes: pa.Table | None = None) -> int:
    """The same into a Parquet file, so that any number of matches takes little memory; how many there are."""
    with pq.ParquetWriter(path, EVENT_MATCH_SCHEMA) as file:
        count = 0
        for found in _match(assets=assets, events=_read(events), routes=routes, engine="duckdb"):
            file.write_table(found)
            count += found.num_rows
    return count


def _match(
    *, assets: pa.Table, events: Iterator[pa.RecordBatch], routes: pa.Table | None, engine: str
) -> Iterator[pa.Table]:
    many = assets.num_rows > MANY_KEYS
    make = engines.named(engine, memory=duckdb.MEMORY if many else MEMORY)
    with make(assets=assets, routes=routes) as chosen:
        for batch in in_batches(events, rows=MORE_ROWS if many else BATCH_ROWS):
            yield chosen.match_events(batch).read_all()
    give_back()  # beside what DuckDB takes next


def _read(events: pa.Table | pa.RecordBatchReader | str | Path) -> Iterator[pa.RecordBatch]:
    if isinstance(events, pa.Table):
        yield from events.select(COLUMNS).to_batches()
    elif isinstance(events, pa.RecordBatchReader):
        yield from events
    else:
        with pq.ParquetFile(events) as file:
            yield from file.iter_batches(columns=list(COLUMNS))


def in_batches(parts: Iterable[pa.RecordBatch], *, rows: int = BATCH_ROWS) -> Iterator[pa.Table]:
    """Small parts gathered into tables of at least `rows` rows (the last one may have fewer), with COLUMNS only."""
    waiting: list[pa.RecordBatch] = []
    held = 0
    for part in parts:
        if part.num_rows:
            waiting.append(part.select(COLUMNS))
            held += part.num_rows
        if held >= rows:
            yield pa.Table.from_batches(waiting)
            waiting, held = [], 0
    if waiting:
        yield pa.Table.from_batches(waiting)
