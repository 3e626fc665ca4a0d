from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.readers import duplicates
from misthoorn.formats.readers.duplicates import Folder
from misthoorn.formats.values.schema import EVENT_SCHEMA


def events(*identifiers, first=1):
    when = datetime(2026, 11, 23, tzinfo=UTC)
    rows = [
        {"row": row, "line": row + 1, "time": when, "class": "vulnerable", "type": "x", "identifier": one}
        | {"severity": "high", "evidence": "{}"}
        for row, one in enumerate(identifiers, first)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=EVENT_SCHEMA)


def kept(chunks, **bounds):
    """Which rows are left of these chunks, and how many were there before."""
    folder, rows, doubles, number = Folder(**bounds), [], 0, 1
    for chunk in chunks:
        fresh, again = folder.fresh(events(*chunk, first=number))
        rows += fresh["row"].to_pylist()
        doubles += again
        number += len(chunk)
    return rows, doubles


def plainly(chunks):
    """The same, in plain Python."""
    seen, rows = set(), []
    every = [name for chunk in chunks for name in chunk]
    for number, name in enumerate(every, 1):
        if name not in seen:
            rows.append(number)
        seen.add(name)
    return rows, len(every) - len(rows)


NAMES = st.sampled_from([f"n{number}" for number in range(40)])
CHUNKS = st.lists(st.lists(NAMES, max_size=12), max_size=12)


@given(CHUNKS)
def test_the_first_of_equal_rows_is_kept_and_the_others_are_counted(chunks):
    assert kept(chunks) == plainly(chunks)


@given(CHUNKS, st.integers(0, 3))
def test_what_lies_in_files_is_found_as_what_lies_in_memory(chunks, in_memory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duplicates, "STRETCH", 2)
        assert kept(chunks, in_memory=in_memory) == plainly(chunks)


@given(CHUNKS, st.sampled_from([2, duplicates.IN_MEMORY]))
def test_rows_whose_digests_begin_alike_are_told_apart(chunks, in_memory):
    def digests(batch):
        low = np.array([int(name[1:]) for name in batch["identifier"].to_pylist()], dtype=np.uint64)
        return low // np.uint64(20), low

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duplicates, "_digests", digests)
        patch.setattr(duplicates, "STRETCH", 3)
        assert kept(chunks, in_memory=in_memory) == plainly(chunks)


def test_many_chunks_lie_in_few_runs():
    folder = Folder()
    for number in range(100):
        folder.fresh(events(*(f"n{number}-{one}" for one in range(50))))

    assert max(len(part._runs) for part in folder._parts) <= 9
    assert sum(len(run) for part in folder._parts for run in part._runs) == 5_000
