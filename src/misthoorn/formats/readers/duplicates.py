"""Which rows of a file were there before: each is remembered by a digest of 16 bytes.

The digest is Python's own hash of texts, twice. It is keyed by a secret of the process, so that nobody can write two
rows that have the same.

Digests are cut into parts by their first bits. In each part they lie in sorted runs, each at least twice as long as the
next, so that a chunk is looked up in a few of them, and a digest is moved a few times however long the file is. Long
runs lie in temporary files, of which only the pages that a look-up needs come into memory, and only until it is done:
so it stays within some 100 MB of memory, however long the file is.
"""

import mmap
from collections.abc import Iterator
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

type Numbers = npt.NDArray[np.uint64]
type Places = npt.NDArray[np.intp]
type Digests = tuple[Numbers, Numbers]

PARTS = 16  # by the first four bits of a digest
IN_MEMORY = 1 << 16  # digests of a run (1 MiB); a longer one lies in a file
STRETCH = 1 << 17  # digests of two long runs that are joined at once


class Folder:
    """Remembers every row of a file."""

    def __init__(self, *, in_memory: int = IN_MEMORY) -> None:
        self._parts = [_Part(in_memory) for _ in range(PARTS)]

    def fresh(self, events: pa.RecordBatch) -> tuple[pa.RecordBatch, int]:
        """The rows that differ from all earlier ones in more than row and line, and the number of the others."""
        if not events.num_rows:
            return events, 0
        high, low = _digests(events)
        order, first = _firsts(high, low)
        bounds = np.searchsorted(high[order] >> np.uint64(60), np.arange(PARTS + 1, dtype=np.uint64))
        for part, start, stop in zip(self._parts, bounds, bounds[1:], strict=False):
            chosen = order[start:stop][first[start:stop]]
            first[start:stop][first[start:stop]] = part.new(high[chosen], low[chosen])
        places = np.sort(order[first])
        if len(places) == events.num_rows:
            return events, 0
        return events.take(pa.array(places)), events.num_rows - len(places)


def _digests(events: pa.RecordBatch) -> Digests:
    texts = [pc.cast(events["time"].cast(pa.int64()), pa.string())]
    texts += [pc.cast(column, pa.string()) for column in events.columns[3:]]
    joined = pc.binary_join_element_wise(*texts, "\x1f", null_handling="replace", null_replacement="")
    rows = joined.cast(pa.binary()).to_pylist()
    halves = map(hash, rows), (hash(b"\x1f" + row) for row in rows)
    high, low = (np.fromiter(half, np.int64, len(rows)).view(np.uint64) for half in halves)
    return high, low


def _firsts(high: Numbers, low: Numbers) -> tuple[Places, npt.NDArray[np.bool_]]:
    """The places in the order of their digests, and which are the first of theirs."""
    order = np.lexsort((low, high))
    sorted_high, sorted_low = high[order], low[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (sorted_high[1:] != sorted_high[:-1]) | (sorted_low[1:] != sorted_low[:-1])
    return order, first


class _Run:
    """Digests in their order, in memory."""

    def __init__(self, high: Numbers, low: Numbers) -> None:
        self.high, self.low = high, low

    def __len__(self) -> int:
        return len(self.high)

    def release(self) -> None:
        """What was read of it needs no memory from here on."""


class _LongRun(_Run):
    """The same in a file without a name, which is gone with it."""

    def __init__(self, pieces: Iterator[Digests], length: int) -> None:
        with TemporaryFile(prefix="misthoorn-fold-") as file:
            file.truncate(16 * length)
            at = 0
            for high, low in pieces:
                file.seek(8 * at)
                file.write(high.data)
                file.seek(8 * (length + at))
                file.write(low.data)
                at += len(high)
            file.flush()
            self._map = mmap.mmap(file.fileno(), 16 * length, access=mmap.ACCESS_READ)
        numbers = np.frombuffer(self._map, dtype=np.uint64)
        super().__init__(numbers[:length], numbers[length:])

    def release(self) -> None:
        self._map.madvise(mmap.MADV_DONTNEED)


class _Part:
    """The digests that begin with the same bits."""

    def __init__(self, in_memory: int) -> None:
        self._in_memory = in_memory
        self._runs: list[_Run] = []

    def new(self, high: Numbers, low: Numbers) -> npt.NDArray[np.bool_]:
        """Which of these sorted digests, all different, were not there yet; from now on they are."""
        new = np.ones(len(high), dtype=np.bool_)
        for run in self._runs:
            new &= ~_within(high, low, run)
            run.release()
        if new.any():
            self._runs.append(_Run(high[new], low[new]))
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            self._runs[-2:] = [self._joined(*self._runs[-2:])]
        return new

    def _joined(self, one: _Run, other: _Run) -> _Run:
        length = len(one) + len(other)
        if length > self._in_memory:
            return _LongRun(_stretches(one, other), length)
        return _Run(*_in_order(one.high, other.high, one.low, other.low))


def _within(high: Numbers, low: Numbers, run: _Run) -> npt.NDArray[np.bool_]:
    """Which of these digests are in the run. Several in it may begin with the same eight bytes: all are looked at."""
    at = np.searchsorted(run.high, high)
    found = np.zeros(len(high), dtype=np.bool_)
    left = np.arange(len(high))
    while len(left := left[at[left] < len(run)]):
        left = left[run.high[at[left]] == high[left]]
        found[left] |= run.low[at[left]] == low[left]
        at[left] += 1
    return found


def _stretches(one: _Run, other: _Run) -> Iterator[Digests]:
    """The digests of both in the order of their first halves, a stretch at a time."""
    cuts = [*one.high[STRETCH::STRETCH], None]
    starts = [0, 0]
    for cut in cuts:
        stops = [len(run) if cut is None else int(np.searchsorted(run.high, cut)) for run in (one, other)]
        (a, b), (c, d) = zip(starts, stops, strict=True)
        yield _in_order(one.high[a:b], other.high[c:d], one.low[a:b], other.low[c:d])
        one.release()
        other.release()
        starts = stops


def _in_order(one: Numbers, other: Numbers, one_low: Numbers, other_low: Numbers) -> Digests:
    high, low = np.concatenate((one, other)), np.concatenate((one_low, other_low))
    order = np.argsort(high, kind="stable")
    return high[order], low[order]
