"""Both stores keep the same promises: in a folder, and in a bucket of a real S3 server."""

import hashlib
import io
from datetime import UTC, date, datetime
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from misthoorn.formats.values.schema import EVENT_SCHEMA
from misthoorn.intake.store.bucket import S3Store, parse_bucket
from misthoorn.intake.store.folder import FolderStore

DAY, OLD = date(2026, 11, 24), date(2026, 10, 1)


@pytest.fixture(scope="module")
def server():
    from moto.server import ThreadedMotoServer  # noqa: PLC0415  slow to load, and only one worker needs it

    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture(params=["folder", "s3"])
def make(request, tmp_path, monkeypatch):
    """Makes the same store again and again, as several processes on several machines have it."""
    if request.param == "folder":
        return lambda: FolderStore(tmp_path)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    endpoint = request.getfixturevalue("server")
    bucket = parse_bucket(f"s3://b-{uuid4().hex}/some/where?endpoint={endpoint}")
    first = S3Store(bucket, root=tmp_path / "first")
    first._client.create_bucket(Bucket=bucket.name)
    return lambda: S3Store(bucket, root=tmp_path / uuid4().hex)


def events(*identifiers):
    when = datetime(2026, 11, 23, tzinfo=UTC)
    rows = [
        {"row": row, "line": row + 1, "time": when, "class": "vulnerable", "type": "x", "identifier": one}
        | {"severity": "high", "evidence": "{}"}
        for row, one in enumerate(identifiers, 1)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=EVENT_SCHEMA)


def write(store, *identifiers, batch=7, day=DAY):
    with store.events_file(source="scan", day=day, batch=batch) as out:
        out.add(events(*identifiers))
        out.complete()
        out.publish()
    return out.path


def said(store, path):
    return pq.read_table(store.path(path))["identifier"].to_pylist()


@pytest.mark.parametrize("content", [b"", b"a,b\r\n\0\xff", b"x" * 3_000_000])
def test_what_is_received_is_there_for_everybody_byte_for_byte(make, content):
    received = make().receive(io.BytesIO(content), source="scan", day=DAY)

    assert received.digest == hashlib.sha256(content).hexdigest()
    assert received.path == f"received/scan/2026-11-24/{received.digest}"
    assert make().path(received.path).read_bytes() == content


def test_trying_it_out_leaves_nothing_behind(make):
    store = make()

    store.try_out()

    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_what_is_received_twice_is_kept_once(make):
    for _ in range(2):
        make().receive(io.BytesIO(b"abc"), source="scan", day=DAY)

    assert [one.size for one in make().stored("received")] == [3]


def test_events_are_there_for_everybody_under_source_and_day(make):
    path = write(make(), "open-rdp", "open-vnc")

    assert path == "events/scan/2026-11-24/7.parquet"
    assert said(make(), path) == ["open-rdp", "open-vnc"]
    (one,) = make().stored("events")
    assert (one.path, one.source, one.day) == (path, "scan", "2026-11-24")


def test_events_that_were_not_published_are_not_there(make):
    with make().events_file(source="scan", day=DAY, batch=7) as out:
        out.add(events("open-rdp"))
        out.complete()

    assert list(make().stored("events")) == []
    assert not make().path(out.path).exists()


def test_a_failure_while_writing_leaves_the_earlier_file_as_it_was(make):
    path = write(make(), "open-rdp")

    def fail():
        with make().events_file(source="scan", day=DAY, batch=7) as out:
            out.add(events("open-vnc"))
            raise ValueError("parser")

    with pytest.raises(ValueError, match="parser"):
        fail()

    assert said(make(), path) == ["open-rdp"]


def test_a_file_that_is_published_again_takes_the_place_of_the_earlier_one_everywhere(make):
    reader = make()
    path = write(make(), "open-rdp")
    assert said(reader, path) == ["open-rdp"]

    write(make(), "open-vnc")

    assert said(reader, path) == ["open-vnc"]


def test_what_is_dropped_is_gone_for_everybody_and_dropping_it_again_is_no_mistake(make):
    reader = make()
    path = write(make(), "open-rdp")
    assert reader.path(path).exists()

    for _ in range(2):
        make().drop(path)

    assert not reader.path(path).exists()
    assert list(reader.stored("events")) == []


def test_days_that_a_source_does_not_keep_go_and_the_others_stay(make):
    write(make(), "open-rdp", batch=1, day=OLD)
    kept = write(make(), "open-rdp", batch=2)

    gone = make().forget(kind="events", since=lambda source: DAY if source == "scan" else OLD)

    assert gone == 1
    assert [one.path for one in make().stored("events")] == [kept]
    assert make().forget(kind="events", since=lambda _: OLD) == 0
    assert make().forget(kind="received", since=lambda _: OLD) == 0


def test_a_bucket_that_can_not_be_reached_is_told_as_a_disk_that_fails(server, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    store = S3Store(parse_bucket(f"s3://no-such-bucket?endpoint={server}"), root=tmp_path)

    with pytest.raises(OSError, match="The bucket 'no-such-bucket' can't be used now"):
        store.receive(io.BytesIO(b"abc"), source="scan", day=DAY)
    with pytest.raises(OSError, match="The bucket 'no-such-bucket' can't be used now"):
        store.try_out()


@pytest.mark.parametrize("url", ["", "http://bucket", "s3:///prefix", "s3://bucket?password=x"])
def test_a_setting_that_names_no_bucket_is_refused_with_what_it_takes(url):
    with pytest.raises(ValueError, match="MISTHOORN_STORE takes s3://bucket/prefix"):
        parse_bucket(url)
