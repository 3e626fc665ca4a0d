"""Many small files of a day become one. What a batch's row names is what counts, before, during and after it."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from shutil import rmtree
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction

from misthoorn.common.failpoints import failpoint
from misthoorn.formats.values.schema import EVENT_SCHEMA
from misthoorn.intake import models
from misthoorn.intake.services.deliveries import store
from misthoorn.intake.store.folder import COMPACT_SCHEMA, COMPACTED, COPIES, FolderStore, is_compacted

SMALL, WHOLE = 32 << 20, 256 << 20  # bytes of a file that goes into another, and of that one
MOST = 1_000  # batches in one file
ROWS = 100_000  # in memory at once
PIECE = 500  # batches in one statement
_SETTLED = timedelta(days=1)  # after which nobody writes, or reads, what no batch names


def compact_events(*, now: datetime, days: int) -> dict[str, int]:
    """Put the small files of each source and day that are older than so many days into one; how many became how many.

    What an attempt before this one left, that no batch names, is deleted too.
    """
    folder = store()
    before = (now - timedelta(days=days)).date().isoformat()
    sizes = {one.path: one.size for one in folder.stored("events") if one.day < before}
    named = _named(sizes)
    small: dict[str, list[str]] = defaultdict(list)
    for path in sorted(named, key=_order):
        if sizes[path] < SMALL and not is_compacted(path):
            small[os.path.dirname(path)].append(path)  # noqa: PTH120  a name in the store, not a path of this machine
    counts = {"compacted": 0, "into": 0, "left behind": _sweep(folder, set(sizes) - named.keys(), now=now)}
    for day, paths in small.items():
        for group in _groups(paths, sizes):
            counts["compacted"] += _put_together(folder, {named[path]: path for path in group}, day=day)
            counts["into"] += 1
    rmtree(folder.root / COPIES, ignore_errors=True)
    return counts


def _named(paths: Mapping[str, int]) -> dict[str, int]:
    """Which of these files a batch names, with the number of one that does."""
    rows = models.Batch.objects.exclude(events_path="").order_by().values_list("events_path", "pk").iterator()
    return {path: pk for path, pk in rows if path in paths}


def _order(path: str) -> tuple[str, int, str]:
    day, _, name = path.rpartition("/")
    return day, len(name), name


def _groups(paths: Sequence[str], sizes: Mapping[str, int]) -> Iterator[list[str]]:
    group: list[str] = []
    total = 0
    for path in paths:
        if group and (total + sizes[path] > WHOLE or len(group) >= MOST):
            yield group
            group, total = [], 0
        group.append(path)
        total += sizes[path]
    if len(group) > 1:
        yield group


def _put_together(folder: FolderStore, paths: Mapping[int, str], *, day: str) -> int:
    """Write one file of the events of these batches, and let their rows name it; how many do."""
    relative = f"{day}/{COMPACTED}{uuid4().hex}.parquet"
    with folder.new_file(relative, schema=COMPACT_SCHEMA) as file:
        for batch, path in paths.items():
            for rows in pq.ParquetFile(folder.path(path)).iter_batches(ROWS):
                columns = [*rows.select(EVENT_SCHEMA.names).cast(EVENT_SCHEMA).columns, _repeated(batch, rows.num_rows)]
                file.add(pa.RecordBatch.from_arrays(columns, schema=COMPACT_SCHEMA))
        file.complete()
        file.publish()
    failpoint("compaction.written")
    moved = []
    with transaction.atomic():
        for batch, path in paths.items():
            # One that was read again meanwhile names another file; its rows in this one count for nothing.
            if models.Batch.objects.filter(pk=batch, events_path=path).update(events_path=relative):
                moved.append(path)
    failpoint("compaction.moved")
    for path in moved:
        folder.drop(path)
    return len(moved)


def _repeated(batch: int, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(batch, pa.int64()), count)


def _sweep(folder: FolderStore, paths: set[str], *, now: datetime) -> int:
    """Delete files that no batch names: what a crash left behind."""
    today = (now - _SETTLED).date().isoformat()
    left = [path for path in sorted(paths) if path.endswith(".parquet") and path.split("/")[2] < today]
    for path in left:
        folder.drop(path)
    return len(left)
