"""The keys of assets as columns, kept ready for the join: a snapshot in files, and in memory what changed since.

A match never reads the keys of a country out of the database: it reads the changes since its last look, and of the
snapshot what its keys can meet. The snapshot is written again, from itself and the changes, when these pass a bound;
and from the database when it is absent, damaged, of another form, or made by a database that is not this one
(`key_rows` says how a number is known to be the same). So it is never wrong when it is old: what it lacks is among the
changes.

In the folder: for each kind one Parquet file, sorted in stretches by space and key, so that whoever looks for few keys
reads few of its groups of rows; and `current.json`, which names them. Everything is written beside, synced and renamed,
`current.json` last; a file that no longer counts is deleted after that. Any number of workers share the folder, one of
them writes at a time, and the others go on with what they have.
"""

import fcntl
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Literal, Self
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from misthoorn.constituency.keys import rows as key_rows
from misthoorn.constituency.keys.rows import NOTHING, Mark
from misthoorn.matching.keys.spaces import ASN
from misthoorn.matching.schema import ASSET_KEY_SCHEMA
from misthoorn.work.files import put, sync

if TYPE_CHECKING:
    import pyarrow.dataset as ds

type Kind = Literal["events", "products"]
KINDS: tuple[Kind, ...] = ("events", "products")

# So many rows of changes stay in memory (some 100 bytes each), or a tenth of the snapshot where that is more.
MOST_CHANGES, SHARE = 200_000, 10
LOOKED_UP = 20_000  # keys, at most, that are looked up one by one
STRETCH, GROUP = 500_000, 16_384  # rows that are sorted at once, and rows that are read at once

_FORM = blake2b(ASSET_KEY_SCHEMA.to_string().encode(), digest_size=8).hexdigest()
_CURRENT = "current.json"
_SORTED = [("space", "ascending"), ("key", "ascending")]
_NONE = pa.array([], pa.int64())
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    mark: Mark
    rows: int
    files: dict[Kind, Path]


class KeyStore:
    """The store in one folder, for one process. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = RLock()
        self._forget()

    def _forget(self) -> None:
        self._snapshot: _Snapshot | None = None
        self._seen: Mark | None = None
        self._changed = _NONE
        self._changes = {kind: ASSET_KEY_SCHEMA.empty_table() for kind in KINDS}

    def table(self, kind: Kind, *, meeting: pa.Table | None = None) -> pa.Table:
        """The keys of all assets of a kind as they are now (ASSET_KEY_SCHEMA); or those with one of these keys only.

        Few keys of hosts are looked up in the database where there is a snapshot: a look-up takes some 20 µs, and
        reading five million rows of columns more than half a second. A product may be in a million assets.
        """
        with self._lock:
            try:
                return self._look(kind, meeting)
            except (OSError, pa.ArrowException) as error:
                # Another worker wrote a new snapshot and deleted this one; or it is damaged.
                _log.warning("the snapshot of keys can't be read and is looked up or made again: %s", error)
                self._drop()
                return self._look(kind, meeting)

    def _look(self, kind: Kind, meeting: pa.Table | None) -> pa.Table:
        self._refresh()
        if self._snapshot and meeting is not None and kind == "events" and _are_few(meeting):
            return key_rows.meeting(meeting)
        return self._read(kind, None if meeting is None else pc.unique(meeting["key"]))

    def _read(self, kind: Kind, keys: pa.Array | None) -> pa.Table:
        parts = [self._changes[kind] if keys is None else _among(self._changes[kind], "key", keys)]
        if self._snapshot:
            wanted = ~pc.field("asset").isin(self._changed)
            if keys is not None:
                wanted &= pc.field("key").isin(keys)
            source = _checked(self._snapshot.files[kind])
            parts.append(source.to_table(filter=wanted))
        return pa.concat_tables(parts)

    def _refresh(self) -> None:
        """Follow the database up to its last change."""
        if self._seen is None or not key_rows.are_known(self._seen, self._snapshot.mark if self._snapshot else NOTHING):
            self._forget()
            self._snapshot = self._current()
            self._seen = self._snapshot.mark if self._snapshot else None
        latest = key_rows.latest()
        if self._seen is None or latest.number > self._seen.number:
            self._follow(latest)

    def _follow(self, latest: Mark) -> None:
        """Read what changed. Where that is too much to keep, the snapshot is made again from the database."""
        since = self._seen.number if self._seen else None
        changed = pa.array(key_rows.changed(since=since) if since is not None else [], pa.int64())
        batches, rows, most = [], 0, self._most()
        stream = key_rows.stream(since=since)
        for batch in stream:
            batches.append(batch)
            rows += batch.num_rows
            if rows > most:
                self._write(lambda: key_rows.stream() if since is not None else chain(batches, stream), mark=latest)
                return
        fresh = pa.Table.from_batches(batches, schema=ASSET_KEY_SCHEMA)
        # Who changed between the two statements is in the second one only.
        changed = pc.unique(pa.chunked_array([changed, *fresh["asset"].chunks], pa.int64()))
        for kind in KINDS:
            kept = _without(self._changes[kind], changed)
            self._changes[kind] = pa.concat_tables([kept, _of_kind(fresh, kind)]).combine_chunks()
        self._changed = pc.unique(pa.chunked_array([self._changed, changed]))
        self._seen = latest
        if sum(table.num_rows for table in self._changes.values()) > self._most():
            self._write(self._merged, mark=latest)

    def _most(self) -> int:
        return max(MOST_CHANGES, self._snapshot.rows // SHARE if self._snapshot else 0)

    def _merged(self) -> Iterator[pa.RecordBatch]:
        for kind in KINDS:
            if self._snapshot:
                source = _checked(self._snapshot.files[kind])
                yield from source.to_batches(filter=~pc.field("asset").isin(self._changed))
            yield from self._changes[kind].to_batches()

    def _write(self, batches: Callable[[], Iterable[pa.RecordBatch]], *, mark: Mark) -> None:
        """Make a snapshot, unless another worker just did; then go on from there."""
        try:
            with _alone(self._folder / ".lock"):
                there = self._current()
                if there is None or there.mark.number <= (self._snapshot.mark.number if self._snapshot else -1):
                    there = _write_snapshot(self._folder, batches(), mark=mark)
        except (OSError, pa.ArrowException) as error:
            _log.warning(
                "%s: no keys can be kept there, so all stay in memory. Look at the disk: %s", self._folder, error
            )
            self._keep(mark)
            return
        self._forget()
        self._snapshot, self._seen = there, there.mark
        if there.mark != mark:
            self._refresh()

    def _keep(self, mark: Mark) -> None:
        """Have all keys in memory, until a snapshot can be written again."""
        self._forget()
        whole = pa.Table.from_batches(key_rows.stream(), schema=ASSET_KEY_SCHEMA)
        self._changes, self._seen = {kind: _of_kind(whole, kind) for kind in KINDS}, mark

    def _current(self) -> _Snapshot | None:
        """What `current.json` names, if it is whole and of this database."""
        try:
            told = json.loads((self._folder / _CURRENT).read_bytes())
            snapshot = _Snapshot(
                mark=Mark(int(told["number"]), str(told["token"])),
                rows=int(told["rows"]),
                files={kind: self._folder / str(told["files"][kind]) for kind in KINDS},
            )
            sizes = {kind: path.stat().st_size for kind, path in snapshot.files.items()}
        except (OSError, ValueError, KeyError, TypeError):
            return None
        whole = told["form"] == _FORM and told["sizes"] == sizes
        return snapshot if whole and key_rows.are_known(snapshot.mark) else None

    def _drop(self) -> None:
        """Forget the snapshot; it goes from the folder too, if `current.json` still names what could not be read."""
        snapshot = self._snapshot
        with _alone(self._folder / ".lock"):
            if snapshot is not None and self._current() == snapshot:
                (self._folder / _CURRENT).unlink(missing_ok=True)
        self._forget()


def _checked(file: Path) -> "ds.Dataset":
    """A file of the snapshot. A page of it that was damaged is an error, and never other keys."""
    import pyarrow.dataset as ds  # noqa: PLC0415  slow to load, and most commands need no snapshot

    options = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
    return ds.dataset(file, schema=ASSET_KEY_SCHEMA, format=ds.ParquetFileFormat(default_fragment_scan_options=options))


def _are_few(wanted: pa.Table) -> bool:
    return bool(pc.sum(pc.not_equal(wanted["space"], ASN), min_count=0).as_py() <= LOOKED_UP)


def _of_kind(table: pa.Table | pa.RecordBatch, kind: Kind) -> pa.Table | pa.RecordBatch:
    same = pc.equal(table["kind"], "product")
    return table.filter(same if kind == "products" else pc.invert(same))


def _among(table: pa.Table, column: str, values: pa.Array) -> pa.Table:
    return table.filter(pc.is_in(table[column], value_set=values))


def _without(table: pa.Table, assets: pa.Array) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table["asset"], value_set=assets)))


def _write_snapshot(folder: Path, batches: Iterable[pa.RecordBatch], *, mark: Mark) -> _Snapshot:
    names: dict[Kind, str] = {kind: f"{kind}-{mark.number}-{uuid4().hex[:8]}.parquet" for kind in KINDS}
    files = {kind: folder / name for kind, name in names.items()}
    with ExitStack() as stack:
        writers = {kind: stack.enter_context(_Writer(path)) for kind, path in files.items()}
        for batch in batches:
            for kind, writer in writers.items():
                writer.add(_of_kind(batch, kind))
    sizes = {kind: path.stat().st_size for kind, path in files.items()}
    rows = sum(writer.rows for writer in writers.values())
    told = {"number": mark.number, "token": mark.token, "rows": rows, "form": _FORM, "files": names, "sizes": sizes}
    beside = folder / f".{uuid4().hex}.part"
    with beside.open("wb") as out:
        out.write(json.dumps(told).encode())
        sync(out)
    put(beside, folder / _CURRENT)
    for old in [*folder.glob("*.parquet"), *folder.glob(".*.part")]:
        if old.name not in names.values():
            old.unlink(missing_ok=True)
    return _Snapshot(mark=mark, rows=rows, files=files)


class _Writer:
    """One file of keys, sorted in stretches. It gets its name when the `with` block ends well."""

    def __init__(self, path: Path) -> None:
        self.rows = 0
        self._path = path
        self._beside = path.parent / f".{path.name}.part"
        self._out = self._beside.open("wb")
        self._parquet = pq.ParquetWriter(
            self._out,
            ASSET_KEY_SCHEMA,
            compression="lz4",
            use_dictionary=["kind", "space", "edition"],
            write_page_checksum=True,
        )
        self._waiting: list[pa.RecordBatch] = []
        self._held = 0

    def __enter__(self) -> Self:
        return self

    def add(self, batch: pa.RecordBatch) -> None:
        if batch.num_rows:
            self._waiting.append(batch)
            self._held += batch.num_rows
        if self._held >= STRETCH:
            self._put()

    def _put(self) -> None:
        table = pa.Table.from_batches(self._waiting, schema=ASSET_KEY_SCHEMA)
        self._parquet.write_table(table.sort_by(_SORTED), row_group_size=GROUP)
        self.rows += table.num_rows
        self._waiting, self._held = [], 0

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._put()
            self._parquet.close()
            sync(self._out)
            self._out.close()
            if kind is None:
                put(self._beside, self._path)
        finally:
            self._out.close()
            self._beside.unlink(missing_ok=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait for other processes, and keep them out until the block ends or this process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


_stores: dict[Path, KeyStore] = {}


def store_in(home: Path) -> KeyStore:
    """This process's store in a home folder: what it read stays ready for the next match."""
    return _stores.setdefault(home, KeyStore(home / "keys"))
