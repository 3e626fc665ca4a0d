"""The events of several batches at once, as they lie in the store."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from misthoorn.formats.values.schema import EVENT_SCHEMA, OBSERVED
from misthoorn.intake.facts import BatchFacts
from misthoorn.intake.models import Batch
from misthoorn.intake.queries import HELD, PIECE, Held, batch_facts, events_path, held_of
from misthoorn.intake.store.folder import BATCH_BITS, select_of_many, select_plain


def event_batches(*, since: datetime, among: Iterable[int]) -> list[BatchFacts]:
    """Which of these are batches of events that were received since then and are still in the store, oldest first."""
    rows = Batch.objects.select_related("source").filter(received_at__gte=since).exclude(events_path="")
    found = [batch_facts(row) for piece in batched(among, PIECE) for row in rows.filter(pk__in=piece)]
    return sorted((one for one in found if events_path(one).exists()), key=lambda one: one.id)


def events_of(batches: Sequence[BatchFacts]) -> Iterator[pa.RecordBatch]:
    """What an event of these batches is found by: row (unique among them), time, ip, hostname, asn."""
    return select_of_many('SELECT "row", "time", ip, hostname, asn FROM events', events=_paths(batches))


_THINGS = f"""
SELECT DISTINCT identifier AS subject, {OBSERVED} AS observed, coalesce(port, 0)::BIGINT AS port FROM events
"""  # noqa: S608  SQL of ours
_OF_ROWS = f'{_THINGS} SEMI JOIN wanted USING ("row")'


def things_seen(batches: Sequence[BatchFacts], *, rows: pa.Array) -> pa.Table:
    """What the events in these rows (numbered as by `events_of`) are about: subject, observed and port, once each."""
    found = list(select_of_many(_OF_ROWS, events=_paths(batches), wanted=pa.table({"row": rows})))
    return pa.Table.from_batches(found, schema=THINGS)


def all_things(files: Sequence[Path]) -> pa.Table:
    """What all events in these files are about, once each."""
    if not files:
        return THINGS.empty_table()
    return pa.Table.from_batches(select_plain(_THINGS, events=files), schema=THINGS)


def rows_of(things: pa.Table) -> Iterator[tuple[str, str, int]]:
    """Subject, observed and port of each thing."""
    yield from zip(*(things[name].to_pylist() for name in THINGS.names), strict=True)


THINGS = pa.schema([("subject", pa.string()), ("observed", pa.string()), ("port", pa.int64())])
_ABOUT = f"""
SELECT * FROM events SEMI JOIN things
ON identifier = subject AND {OBSERVED} = observed AND coalesce(events.port, 0) = things.port
"""  # noqa: S608  the same


def copy_events(batches: Sequence[BatchFacts], *, about: pa.Table, to: Path) -> int:
    """Write the events of these batches about these THINGS to a Parquet file, numbered as by `events_of`; how many."""
    total = 0
    with pq.ParquetWriter(to, EVENT_SCHEMA) as writer:
        for found in select_of_many(_ABOUT, events=_paths(batches), things=about):
            writer.write_batch(found.select(EVENT_SCHEMA.names).cast(EVENT_SCHEMA))
            total += found.num_rows
    return total


def _paths(batches: Sequence[BatchFacts]) -> list[Path]:
    return [events_path(one) for one in batches]


_HELD_BY_EACH = HELD.replace("identifier,", f"(row >> {BATCH_BITS}) AS batch, identifier,", 1).replace(
    "BY identifier", "BY ALL"
)


def held_by_each(batches: Sequence[BatchFacts]) -> dict[int, Held]:
    """What each of these batches of events holds."""
    found: dict[int, list[dict[str, Any]]] = {one.id: [] for one in batches}
    for piece in select_of_many(_HELD_BY_EACH, events=_paths(batches)) if batches else ():
        for row in piece.to_pylist():
            found[row["batch"]].append(row)
    return {batch: held_of(rows) for batch, rows in found.items()}
