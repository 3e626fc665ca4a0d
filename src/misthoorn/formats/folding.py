"""Which rows of a file were there before: each is remembered by a digest of 16 bytes.

Digests lie in sorted runs, each at least twice as long as the next, so that a chunk is looked up in a few of them, and
a row is moved a few times however long the file is. They are cut into parts by their first bits, so that joining two
runs takes little memory.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from misthoorn.common import duck

type Numbers = npt.NDArray[np.uint64]
type Places = npt.NDArray[np.intp]

PARTS = 16  # by the first four bits of a digest
_DIGESTS = """
SELECT (digest >> 64)::UBIGINT AS high, (digest & 18446744073709551615)::UBIGINT AS low
FROM (SELECT md5_number(text)::UHUGEINT AS digest FROM chunk)
"""


class Folder:
    """Remembers every row of a file."""

    def __init__(self) -> None:
        self._database = duck.cursor()
        self._parts = [_Part() for _ in range(PARTS)]

    def fresh(self, events: pa.RecordBatch) -> tuple[pa.RecordBatch, int]:
        """The rows that differ from all earlier ones in more than row and line, and the number of the others."""
        if not events.num_rows:
            return events, 0
        high, low = self._digests(events)
        order, first = _firsts(high, low)
        bounds = np.searchsorted(high[order] >> np.uint64(60), np.arange(PARTS + 1, dtype=np.uint64))
        for part, start, stop in zip(self._parts, bounds, bounds[1:], strict=False):
            chosen = order[start:stop][first[start:stop]]
            first[start:stop][first[start:stop]] = part.new(high[chosen], low[chosen])
        places = np.sort(order[first])
        if len(places) == events.num_rows:
            return events, 0
        return events.take(pa.array(places)), events.num_rows - len(places)

    def _digests(self, events: pa.RecordBatch) -> tuple[Numbers, Numbers]:
        texts = [pc.cast(events["time"].cast(pa.int64()), pa.string())]
        texts += [pc.cast(column, pa.string()) for column in events.columns[3:]]
        joined = pc.binary_join_element_wise(*texts, "\x1f", null_handling="replace", null_replacement="")
        self._database.register("chunk", pa.table({"text": joined}))
        found = self._database.sql(_DIGESTS).to_arrow_table()
        return found["high"].to_numpy(), found["low"].to_numpy()


def _firsts(high: Numbers, low: Numbers) -> tuple[Places, npt.NDArray[np.bool_]]:
    """The places in the order of their digests, and which are the first of theirs."""
    order = np.lexsort((low, high))
    sorted_high, sorted_low = high[order], low[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (sorted_high[1:] != sorted_high[:-1]) | (sorted_low[1:] != sorted_low[:-1])
    return order, first


class _Part:
    """The digests that begin with the same bits."""

    def __init__(self) -> None:
        self._runs: list[tuple[Numbers, Numbers]] = []

    def new(self, high: Numbers, low: Numbers) -> npt.NDArray[np.bool_]:
        """Which of these sorted digests, all different, were not there yet; from now on they are."""
        new = np.ones(len(high), dtype=np.bool_)
        for run_high, run_low in self._runs:
            new &= ~_within(high, low, run_high, run_low)
        if new.any():
            self._runs.append((high[new], low[new]))
        while len(self._runs) > 1 and len(self._runs[-2][0]) < 2 * len(self._runs[-1][0]):
            self._runs[-2:] = [_joined(*self._runs[-2:])]
        return new


def _within(high: Numbers, low: Numbers, run_high: Numbers, run_low: Numbers) -> npt.NDArray[np.bool_]:
    """Which of these digests are in the run. Several in it may begin with the same eight bytes: all are looked at."""
    at = np.searchsorted(run_high, high)
    found = np.zeros(len(high), dtype=np.bool_)
    left = np.arange(len(high))
    while len(left := left[at[left] < len(run_high)]):
        left = left[run_high[at[left]] == high[left]]
        found[left] |= run_low[at[left]] == low[left]
        at[left] += 1
    return found


def _joined(one: tuple[Numbers, Numbers], other: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    high, low = np.concatenate((one[0], other[0])), np.concatenate((one[1], other[1]))
    order = np.argsort(high, kind="stable")
    return high[order], low[order]
