import hashlib
import io
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from misthoorn.formats.values.schema import EVENT_SCHEMA
from misthoorn.intake.store.folder import BLOCK, FolderStore, kept_since, select

DAY = date(2026, 11, 24)


def events(*identifiers):
    when = datetime(2026, 11, 23, tzinfo=UTC)
    rows = [
        {"row": row, "line": row + 1, "time": when, "class": "vulnerable", "type": "x", "identifier": one}
        | {"severity": "high", "evidence": "{}"}
        for row, one in enumerate(identifiers, 1)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=EVENT_SCHEMA)


def files(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def write(store, *identifiers, batch=7):
    with store.events_file(source="scan", day=DAY, batch=batch) as out:
        out.add(events(*identifiers))
        out.complete()
        out.publish()
    return out.path


@pytest.mark.parametrize("content", [b"", b"a,b\r\n\0\xff", b"x" * (2 * BLOCK + 1)])
def test_what_is_received_is_kept_byte_for_byte_under_its_digest(tmp_path, content):
    received = FolderStore(tmp_path).receive(io.BytesIO(content), source="scan", day=DAY)

    assert received.digest == hashlib.sha256(content).hexdigest()
    assert received.size == len(content)
    assert (tmp_path / received.path).read_bytes() == content
    assert files(tmp_path) == [f"received/scan/2026-11-24/{received.digest}"]


class Broken(io.BytesIO):
    def read(self, _=-1):
        if self.tell():
            raise OSError("the line went dead")
        return super().read(1)


def test_a_delivery_that_breaks_off_leaves_nothing(tmp_path):
    with pytest.raises(OSError, match="went dead"):
        FolderStore(tmp_path).receive(Broken(b"abc"), source="scan", day=DAY)

    assert files(tmp_path) == []


def test_events_are_one_file_a_batch_under_source_and_day(tmp_path):
    path = write(FolderStore(tmp_path), "open-rdp", "open-vnc")

    assert path == "events/scan/2026-11-24/7.parquet"
    assert files(tmp_path) == [path]
    assert pq.read_table(tmp_path / path)["identifier"].to_pylist() == ["open-rdp", "open-vnc"]


def test_events_without_a_row_are_a_whole_file_too(tmp_path):
    assert pq.read_table(tmp_path / write(FolderStore(tmp_path))).num_rows == 0


def test_events_that_were_not_published_are_not_there(tmp_path):
    with FolderStore(tmp_path).events_file(source="scan", day=DAY, batch=7) as out:
        out.add(events("open-rdp"))
        out.complete()

    assert files(tmp_path) == []


def test_a_failure_while_writing_leaves_the_earlier_file_as_it_was(tmp_path):
    store = FolderStore(tmp_path)
    path = write(store, "open-rdp")
    before = (tmp_path / path).read_bytes()

    def fail():
        with store.events_file(source="scan", day=DAY, batch=7) as out:
            out.add(events("open-vnc"))
            raise ValueError("parser")

    with pytest.raises(ValueError, match="parser"):
        fail()

    assert files(tmp_path) == [path]
    assert (tmp_path / path).read_bytes() == before


def test_two_writers_of_one_batch_never_mix(tmp_path):
    store = FolderStore(tmp_path)
    with store.events_file(source="scan", day=DAY, batch=7) as slow:
        slow.add(events("open-rdp"))
        path = write(store, "open-vnc", "open-vnc")
        slow.add(events("open-rdp"))
        slow.complete()

    assert pq.read_table(tmp_path / path)["identifier"].to_pylist() == ["open-vnc", "open-vnc"]


def test_a_question_is_answered_from_a_file_of_events_and_tables(tmp_path):
    path = write(FolderStore(tmp_path), "open-rdp", "open-vnc")
    words = pa.table({"identifier": ["open-vnc"], "dutch": ["open VNC"]})

    rows = select("SELECT row, dutch FROM events JOIN words USING (identifier)", events=tmp_path / path, words=words)

    assert list(rows) == [{"row": 2, "dutch": "open VNC"}]


def test_days_before_the_first_that_is_kept_go_and_the_others_stay(tmp_path):
    store = FolderStore(tmp_path)
    for day in (date(2026, 10, 24), date(2026, 10, 25), DAY):
        store.receive(io.BytesIO(day.isoformat().encode()), source="scan", day=day)

    first = kept_since(datetime(2026, 11, 24, 0, 30, tzinfo=UTC), days=30)
    gone = store.forget(kind="received", since=lambda _: first)

    assert gone == 1
    assert sorted(path.name for path in (tmp_path / "received" / "scan").iterdir()) == ["2026-10-25", "2026-11-24"]
    assert store.forget(kind="events", since=lambda _: DAY) == 0
