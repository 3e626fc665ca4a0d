import pytest
from cast import NOW
from deliveries import deliver, events, seen, source

from misthoorn.intake import queries, source_queries
from misthoorn.intake.services.sources import pause_source

pytestmark = pytest.mark.django_db


def test_a_fresh_installation_has_nothing_and_every_state_is_named():
    assert queries.sources() == []
    assert queries.batches() == []
    assert queries.batch(1) is None
    assert queries.batches_by_state() == dict.fromkeys(
        ("received", "leased", "accepted", "refused", "held", "set_aside"), 0
    )
    assert set(source_queries.by_health().values()) == {0}
    assert queries.totals() == dict.fromkeys(
        ("rows_in", "rows_accepted", "rows_refused", "rows_duplicate", "batches", "advisories"), 0
    )


def test_sources_show_what_they_delivered():
    for slug in ("busy", "paused", "waiting"):
        source(slug)
    deliver(events(seen(), seen("10.0.0.1")), source="busy")
    deliver(b"", source="busy", at=NOW.replace(hour=10))
    pause_source(source="paused", paused=True, at=NOW)

    busy, paused, waiting = queries.sources()

    assert (busy.batches, busy.rows_accepted, busy.rows_refused) == (2, 1, 2)
    assert busy.last_received == NOW.replace(hour=10)
    assert (paused.paused, waiting.batches, waiting.last_received) == (True, 0, None)
    assert source_queries.by_health() == {
        "delivering": 1,
        "new": 1,
        "unusual": 0,
        "failing": 0,
        "silent": 0,
        "paused": 1,
    }
    assert queries.batches_by_state()["refused"] == 1


def test_the_newest_batches_come_first_and_can_be_asked_for_one_source():
    for slug in ("one", "two"):
        source(slug)
        deliver(events(seen()), source=slug, at=NOW.replace(minute=len(slug)))
    deliver(events(seen("192.0.2.2")), source="one", at=NOW.replace(hour=11))

    assert [batch.source.slug for batch in queries.batches()] == ["one", "two", "one"]
    assert len(queries.batches(source="one")) == 2
    assert len(queries.batches(limit=1)) == 1


def test_refused_rows_can_be_asked_for_one_reason_and_are_summed_over_all_batches():
    source()
    batch = deliver(events(seen("10.0.0.1"), seen("127.0.0.1"), seen("10.0.0.2")))

    assert [row.line for row in queries.refused_rows(batch=batch, code="address-private")] == [2, 4]
    assert len(queries.refused_rows(batch=batch, limit=1)) == 1
    assert queries.refused_total()["address-private"] == 2
    assert sum(queries.refused_total().values()) == 3


def test_the_subjects_of_a_batch_come_with_the_time_of_their_newest_event():
    source()
    noon = NOW.replace(day=23, hour=12)
    batch = queries.batch(
        deliver(
            events(seen(at=noon.replace(minute=0)), seen(at=noon.replace(minute=5)), seen(what="open-vnc", at=noon))
        )
    )

    assert queries.held(batch).newest == {
        "open-rdp": noon.replace(minute=5, second=0),
        "open-vnc": noon.replace(second=0),
    }


def test_a_list_of_sources_is_read_in_one_statement(django_assert_num_queries):
    for n in range(5):
        source(f"source-{n}")

    with django_assert_num_queries(1):
        queries.sources()
