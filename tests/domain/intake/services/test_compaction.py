"""Small files of a day become one, and every row is still found by its batch."""

from datetime import timedelta

import pytest
from cast import NOW
from deliveries import YESTERDAY, deliver, events, seen, source

from misthoorn.common import failpoints
from misthoorn.intake import queries
from misthoorn.intake.models import Batch, Source
from misthoorn.intake.records import seen_rows
from misthoorn.intake.services import compact_events, forget, store

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=20)


@pytest.fixture
def batches():
    source()
    return [deliver(events(seen(f"192.0.2.{n}"), seen(f"198.51.100.{n}")), name=f"{n}.csv") for n in range(1, 4)]


def files():
    return [one.path for one in store().stored("events")]


def addresses(batch):
    facts = queries.batch(batch)
    found = queries.select("SELECT ip FROM events ORDER BY row", events=queries.events_path(facts))
    return [row["ip"] for row in found]


def whole(batches):
    for number, batch in enumerate(batches, 1):
        assert addresses(batch) == [f"192.0.2.{number}", f"198.51.100.{number}"]
        assert queries.held(queries.batch(batch)).newest == {"open-rdp": YESTERDAY}


def test_many_small_files_become_one_and_each_batch_finds_its_rows_in_it(batches):
    assert compact_events(now=LATER, days=14) == {"compacted": 3, "into": 1, "left behind": 0}

    assert len(files()) == 1
    assert set(Batch.objects.values_list("events_path", flat=True)) == set(files())
    whole(batches)
    (row,) = seen_rows(queries.batch(batches[1]), subject="open-rdp", observed="192.0.2.2", port=3389)
    assert (row.row, row.line) == (1, 2)


def test_what_is_recent_or_alone_stays_as_it_is(batches):
    assert compact_events(now=NOW, days=14)["compacted"] == 0
    deliver(events(seen("203.0.113.1")), at=NOW - timedelta(days=1))
    compact_events(now=LATER, days=14)

    assert len(files()) == 2
    assert compact_events(now=LATER, days=14)["compacted"] == 0
    whole(batches)


@pytest.mark.parametrize("point", ["compaction.written", "compaction.moved"])
def test_a_crash_in_between_loses_nothing_and_the_next_time_tidies_up(batches, point, monkeypatch):
    class Crash(BaseException):
        pass

    def crash(name):
        if name == point:
            raise Crash

    monkeypatch.setattr("misthoorn.intake.services.compaction.failpoint", crash)
    with pytest.raises(Crash):
        compact_events(now=LATER, days=14)
    whole(batches)
    monkeypatch.setattr("misthoorn.intake.services.compaction.failpoint", failpoints.failpoint)

    compact_events(now=LATER, days=14)

    assert len(files()) == 1
    whole(batches)


def test_a_batch_that_was_read_again_meanwhile_is_told_from_the_new_file(batches, monkeypatch):
    def read_again(name):
        if name == "compaction.written":
            Batch.objects.filter(pk=batches[0]).update(events_path="events/scan/elsewhere.parquet")

    monkeypatch.setattr("misthoorn.intake.services.compaction.failpoint", read_again)

    assert compact_events(now=LATER, days=14)["compacted"] == 2
    assert Batch.objects.get(pk=batches[0]).events_path == "events/scan/elsewhere.parquet"


def test_a_source_keeps_its_events_as_long_as_it_says_and_nothing_of_them_longer(batches):  # noqa: ARG001  what is kept
    source("other")
    deliver(events(seen("203.0.113.1"), seen("10.0.0.1")), source="other")
    keep = {"received": 30, "events": 90, "refused": 90}
    Source.objects.filter(slug="other").update(retention_days=5)
    Source.objects.filter(slug="scan").update(retention_days=100)

    assert forget(now=NOW + timedelta(days=6), keep=keep) == {"received": 1, "events": 1, "refused rows": 1}
    assert forget(now=NOW + timedelta(days=95), keep=keep) == {"received": 3, "events": 0, "refused rows": 0}
    assert forget(now=NOW + timedelta(days=101), keep=keep) == {"received": 0, "events": 3, "refused rows": 0}
