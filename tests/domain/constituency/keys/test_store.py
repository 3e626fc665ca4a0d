"""The keys that stand ready: whatever happened to files and database, a look gives what the database has."""

import io
import os
import shutil
from threading import Event, Thread

import pyarrow as pa
import pytest
from cast import BAKERY, BROKER, NOW, organisation
from chance import examples
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from misthoorn.constituency.imports import read_table
from misthoorn.constituency.keys import rows as key_rows
from misthoorn.constituency.keys import store as key_store
from misthoorn.constituency.keys.store import KeyStore
from misthoorn.constituency.models import Asset, AssetKey, Organisation
from misthoorn.constituency.services import import_table
from misthoorn.matching.batch_keys import WANTED
from misthoorn.matching.schema import ASSET_KEY_SCHEMA

pytestmark = pytest.mark.django_db

PRODUCT = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"


def own(*rows, at=NOW):
    """The bakery's assets: (kind, value, version, valid to)."""
    lines = [f"{BAKERY.register_number},{kind},{value},{version},{end}" for kind, value, version, end in rows]
    table = "\n".join(["register_number,kind,value,version,valid_to", *lines, ""])
    assert not import_table(read_table(io.StringIO(table)), at=at).failed


def in_database(kind):
    whole = pa.Table.from_batches(key_rows.stream(), schema=ASSET_KEY_SCHEMA)
    return key_store._of_kind(whole, kind)


def rows(table):
    return sorted(tuple(str(value) for value in row.values()) for row in table.to_pylist())


def agrees(store):
    return all(rows(store.table(kind)) == rows(in_database(kind)) for kind in key_store.KINDS)


@pytest.fixture
def store(home):
    return KeyStore(home / "keys")


@pytest.fixture
def small(monkeypatch):
    """Bounds so small that a few assets make a snapshot, and its files have several stretches and groups."""
    for name, value in {"MOST_CHANGES": 3, "STRETCH": 4, "GROUP": 2}.items():
        monkeypatch.setattr(key_store, name, value)


def networks(count, *, end=""):
    return [("network", f"198.18.{n}.0/24", "", end) for n in range(count)]


def files(home):
    return sorted(path.suffix for path in (home / "keys").iterdir() if not path.name.startswith("."))


def test_a_change_is_there_after_its_own_transaction_and_nothing_was_read_twice(store, django_assert_max_num_queries):
    organisation(BAKERY)
    assert agrees(store)
    own(("network", "198.18.0.0/24", "", ""))

    with django_assert_max_num_queries(4):
        table = store.table("events")
    assert "network" in table["kind"].to_pylist()
    assert agrees(store)
    with django_assert_max_num_queries(2):
        store.table("events")


@pytest.mark.usefixtures("small")
def test_few_changes_make_no_files_and_more_do(store, home):
    organisation(BROKER)
    store.table("events")
    assert not (home / "keys").exists()

    organisation(BAKERY)
    own(*networks(5))
    assert agrees(store)
    assert files(home) == [".json", ".parquet", ".parquet"]


@pytest.mark.usefixtures("small")
def test_a_new_process_takes_the_snapshot_and_what_changed_since(store, home):
    organisation(BAKERY)
    own(*networks(9))
    assert agrees(store)
    before = sorted(path.name for path in (home / "keys").iterdir())
    own(("network", "198.18.2.0/24", "", "2026-01-01"))

    other = KeyStore(home / "keys")
    assert agrees(other)
    assert other._changed.to_pylist() == [Asset.objects.get(value="198.18.2.0/24").pk]
    assert sorted(path.name for path in (home / "keys").iterdir()) == before


@pytest.mark.usefixtures("small")
def test_a_store_whose_files_another_worker_replaced_takes_the_new_ones(store, home):
    organisation(BAKERY)
    own(*networks(9))
    other = KeyStore(home / "keys")
    assert agrees(store)
    assert agrees(other)
    own(*networks(9, end="2026-01-01"))
    assert agrees(other)

    assert agrees(store)
    assert files(home) == [".json", ".parquet", ".parquet"]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("harm", ["gone", "cut", "other bytes", "no json", "empty json", "other form"])
def test_a_snapshot_that_is_absent_or_damaged_is_made_again(store, home, harm):
    organisation(BAKERY)
    own(*networks(40))
    assert agrees(store)
    folder = home / "keys"
    (events,) = folder.glob("events-*.parquet")
    current = folder / "current.json"
    match harm:
        case "gone":
            events.unlink()
        case "cut":
            os.truncate(events, events.stat().st_size // 2)
        case "other bytes":
            whole = bytearray(events.read_bytes())
            whole[100:200] = bytes(100)
            events.write_bytes(whole)
        case "no json":
            current.unlink()
        case "empty json":
            current.write_bytes(b"")
        case _:
            current.write_bytes(current.read_bytes().replace(key_store._FORM.encode(), b"0123"))

    assert agrees(KeyStore(folder))
    assert agrees(store)
    assert files(home) == [".json", ".parquet", ".parquet"]


@pytest.mark.usefixtures("small")
def test_where_no_file_can_be_kept_keys_stay_in_memory_until_one_can(store, home):
    (home / "keys").write_text("no folder")
    organisation(BAKERY)
    own(*networks(9))
    assert agrees(store)
    own(("network", "198.18.2.0/24", "", "2026-01-01"))
    assert agrees(store)

    (home / "keys").unlink()
    own(("network", "198.18.3.0/24", "", "2026-01-01"))
    assert agrees(store)
    assert files(home) == [".json", ".parquet", ".parquet"]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("changes", [1, 9])
def test_a_folder_that_is_deleted_under_a_running_worker_is_made_again(store, home, changes):
    organisation(BAKERY)
    own(*networks(40))
    assert agrees(store)
    shutil.rmtree(home / "keys")
    own(*networks(changes, end="2026-01-01"))

    assert agrees(store)
    assert files(home) == [".json", ".parquet", ".parquet"]


@pytest.mark.usefixtures("small")
def test_what_a_process_that_died_left_beside_is_cleaned_up_and_counts_for_nothing(store, home):
    (home / "keys").mkdir()
    (home / "keys" / ".events-9-abc.parquet.part").write_bytes(b"PAR1")
    (home / "keys" / "events-9-abc.parquet").write_bytes(b"PAR1")
    organisation(BAKERY)
    own(*networks(9))

    assert agrees(store)
    assert len(list((home / "keys").iterdir())) == 4  # two files of keys, what names them, and the lock


@pytest.mark.usefixtures("small")
def test_a_database_that_went_back_in_time_is_noticed(store, home):
    organisation(BAKERY)
    own(*networks(9))
    with transaction.atomic():
        own(("network", "198.18.3.0/24", "", "2026-01-01"))
        assert agrees(store)
        transaction.set_rollback(True)
    own(("network", "198.18.4.0/24", "", "2026-01-01"))

    assert agrees(store)
    assert agrees(KeyStore(home / "keys"))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("looked_up", [0, 100])
def test_only_what_has_one_of_the_keys_is_read(store, monkeypatch, looked_up):
    monkeypatch.setattr(key_store, "LOOKED_UP", looked_up)
    organisation(BAKERY)
    own(*networks(9))
    store.table("events")
    own(("network", "198.18.3.0/24", "", "2026-01-01"), ("network", "203.0.113.0/24", "", ""))

    keys = [bytes([198, 18, 3]), bytes([203, 0, 113]), bytes([198, 18, 5])]
    wanted = pa.table([["ip4/24"] * 3, pa.array(keys, pa.binary())], schema=WANTED)
    found = store.table("events", meeting=wanted)
    assert sorted(found["key"].to_pylist()) == sorted(keys)
    assert rows(found) == rows(key_rows.meeting(wanted))


def test_a_key_is_looked_up_by_an_index():
    organisation(BAKERY)
    asset = Asset.objects.first()
    own = {"asset": asset, "space": "dns", "lo": b"", "hi": b""}
    AssetKey.objects.bulk_create([AssetKey(key=f"n{n}.example".encode(), **own) for n in range(3_000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as captured:
        key_rows.meeting(pa.table([["dns"], pa.array([b"a.example"], pa.binary())], schema=WANTED))
    (query,) = captured.captured_queries
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN " + query["sql"])
        else:
            cursor.execute("EXPLAIN QUERY PLAN " + key_rows._KEYS + "WHERE k.space = 'dns' AND k.key IN (x'61')")
        plan = str(cursor.fetchall())
    assert "constituenc_space_" in plan


steps = st.lists(
    st.one_of(
        st.tuples(st.just("own"), st.integers(0, 12), st.sampled_from(["", "2026-01-01", "2027-01-01"])),
        st.tuples(st.just("product"), st.integers(0, 3), st.sampled_from(["1.0", "2.0", ""])),
        st.tuples(st.just("look"), st.integers(0, 1), st.just("")),
        st.tuples(st.just("undone"), st.integers(0, 12), st.just("2025-01-01")),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=examples(12))
@given(steps=steps)
def test_whatever_changed_in_whatever_order_a_look_gives_what_the_database_has(steps, tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        for name, value in {"MOST_CHANGES": 3, "STRETCH": 4, "GROUP": 2, "SHARE": 2}.items():
            patch.setattr(key_store, name, value)
        organisation(BAKERY)
        stores = [KeyStore(folder), KeyStore(folder)]
        for what, number, word in steps:
            match what:
                case "look":
                    assert agrees(stores[number])
                case "own":
                    own(("network", f"198.18.{number}.0/24", "", word))
                case "product":
                    own(("product", f"{PRODUCT.replace('log4j', f'log{number}')}", word, ""))
                case _:
                    with transaction.atomic():
                        own(("network", f"198.18.{number}.0/24", "", word))
                        agrees(stores[0])
                        transaction.set_rollback(True)
        assert all(agrees(one) for one in stores)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_a_change_with_a_lower_number_never_comes_to_light_after_one_with_a_higher(home):
    """On PostgreSQL two importers run at once: the second one waits before it gets a number."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time; there are no two numbers in the making")
    organisation(BAKERY)
    organisation(BROKER)
    store = KeyStore(home / "keys")
    assert agrees(store)
    told, go_on = Event(), Event()

    def slow():
        with transaction.atomic():
            own(("network", "198.18.0.0/24", "", ""))
            told.set()
            go_on.wait(10)
        connections.close_all()

    def quick():
        own(("network", "198.18.1.0/24", "", ""))
        connections.close_all()

    first, second = Thread(target=slow), Thread(target=quick)
    first.start()
    assert told.wait(10)
    second.start()
    second.join(0.3)
    assert second.is_alive(), "the second import did not wait for the first"
    assert agrees(store)  # neither is there yet
    go_on.set()
    first.join()
    second.join()

    by_value = dict(Asset.objects.filter(value__startswith="198.18.").values_list("value", "revision"))
    assert by_value["198.18.0.0/24"] < by_value["198.18.1.0/24"]
    assert agrees(store)
    Organisation.objects.all().delete()
