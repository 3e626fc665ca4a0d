"""Fetching: nothing is lost whatever is killed, nothing fires twice, and what does not go is tried again and told."""

import io
from datetime import datetime, timedelta

import pytest
from deliveries import events, seen
from django.db import connection

from misthoorn.common import clock
from misthoorn.intake.models import Alarm, Batch, Fetch, Source
from misthoorn.intake.services import forget
from misthoorn.intake.services.sources import Definition, define_source, pause_source, run_now
from misthoorn.intake.services.sources_fetch import LEASE, QUEUE, back_off, do_fetch, is_due, make_due
from misthoorn.intake.sources.base import Item, Reached
from misthoorn.intake.sources.registry import TRANSPORTS
from misthoorn.work.leases import claim, renew, take_back
from misthoorn.work.outside.errors import FetchError, StoppedError

pytestmark = pytest.mark.django_db

START = datetime.fromisoformat("2026-11-24T09:30:00+00:00")


class Feed:
    """A way to fetch that gives what a test put in it: contents in order, or something raised or called."""

    changes, schemes = True, ("https",)

    def __init__(self):
        self.gives, self.seen = [], []

    def fetch(self):
        def run(source, *, cursor, means):  # noqa: ARG001  as the shell calls it
            self.seen.append(cursor)
            at = cursor.get("at", 0)
            for number, one in enumerate(self.gives[at:], start=at + 1):
                if callable(one):
                    one()
                elif isinstance(one, Exception):
                    raise one
                else:
                    yield Item(name=f"{number}.csv", stream=io.BytesIO(one), cursor={"at": number}, origin="by hand")
            yield Reached({"at": len(self.gives)}, ("something to know",))

        return run


@pytest.fixture
def feed(monkeypatch):
    made = Feed()
    monkeypatch.setitem(TRANSPORTS, "feed", made)
    return made


@pytest.fixture
def source(feed):  # noqa: ARG001  its way to fetch
    define_source(
        Definition(
            slug="scan",
            name="Scan",
            format="events",
            transport="feed",
            address="https://feed.example/x",
            schedule="every 1h",
        ),
        at=clock.now(),
    )
    return Source.objects.get()


def begin(source, *, at=None):
    """A fetch that is due now, in our hands."""
    if not source.fetches.filter(state="due").exists():
        run_now(source=source.slug, at=at or clock.now())
    return claim(QUEUE, lease=LEASE)


def file(number):
    return events(seen(f"192.0.2.{number}"))


def put_forward(seconds):
    clock.set_offset(clock.offset() + timedelta(seconds=seconds))


def test_what_comes_is_kept_and_the_place_to_go_on_from_with_it(feed, source):
    feed.gives += [file(1), file(2)]
    batches = do_fetch(begin(source))

    fetch, source = Fetch.objects.get(), Source.objects.get()
    assert [Batch.objects.get(pk=one).name for one in batches] == ["1.csv", "2.csv"]
    assert Batch.objects.first().origin == "by hand"
    assert (fetch.state, fetch.deliveries, fetch.new_deliveries) == ("done", 2, 2)
    assert fetch.problem == "something to know"
    assert source.cursor == {"at": 2}
    do_fetch(begin(source))
    assert feed.seen[-1] == {"at": 2}


def test_the_same_bytes_again_are_one_batch_that_came_again(feed, source):
    feed.gives += [file(1), file(1)]
    batches = do_fetch(begin(source))

    assert len(set(batches)) == 1
    assert Batch.objects.get().delivered_again == 1
    fetch = Fetch.objects.get()
    assert (fetch.deliveries, fetch.new_deliveries) == (2, 1)


def test_a_fetch_that_breaks_off_goes_on_after_the_last_delivery_that_was_kept(feed, source):
    feed.gives += [file(1), FetchError("The answer broke off.", again=True), file(2)]
    do_fetch(begin(source), chance=lambda: 0.0)
    fetch = Fetch.objects.get()

    assert (fetch.state, fetch.problem) == ("due", "The answer broke off.")
    assert claim(QUEUE, lease=LEASE) is None  # not before the pause
    feed.gives[1] = file(3)
    put_forward(61)
    do_fetch(claim(QUEUE, lease=LEASE))
    assert feed.seen == [{}, {"at": 1}]
    assert Batch.objects.count() == 3


def test_what_does_not_help_to_try_again_fails_at_once_and_raises_an_alarm_until_it_goes(feed, source):
    feed.gives += [FetchError("The key is wrong.")]
    do_fetch(begin(source))
    alarm = Alarm.objects.get()
    assert Fetch.objects.get().state == "failed"
    assert (alarm.kind, alarm.detail, alarm.until) == ("failing", "The key is wrong.", None)

    feed.gives.clear()
    put_forward(10)
    do_fetch(begin(source))
    assert Alarm.objects.get().until is not None


def test_a_server_that_can_not_answer_is_tried_so_often_and_then_the_fetch_failed(feed, source, settings):
    settings.FETCH_TRIES = 3
    feed.gives += [FetchError("Not now.", again=True)]
    held = begin(source)
    for _ in range(3):
        do_fetch(held)
        put_forward(10_000)
        held = claim(QUEUE, lease=LEASE)

    assert held is None
    assert Fetch.objects.get().state == "failed"
    assert Alarm.objects.count() == 1


def test_a_pause_doubles_with_some_chance_in_it_and_what_the_server_asks_for_goes_first(settings):
    settings.FETCH_PAUSE = 60.0
    assert [back_off(attempt, asked_for=None, chance=0.0) for attempt in (1, 2, 3)] == [60, 120, 240]
    assert back_off(1, asked_for=None, chance=1.0) == 90
    assert back_off(40, asked_for=None, chance=0.0) == 6 * 3600
    assert back_off(1, asked_for=7.0, chance=1.0) == 7


def test_a_stopped_worker_gives_the_fetch_back_and_it_goes_on_at_once(feed, source):
    feed.gives += [file(1), StoppedError(), file(2)]
    do_fetch(begin(source))
    feed.gives.pop(1)

    do_fetch(claim(QUEUE, lease=LEASE))
    assert feed.seen == [{}, {"at": 1}]
    assert Fetch.objects.get().state == "done"


def test_a_worker_that_lost_its_lease_keeps_nothing_more_and_moves_no_place(feed, source):
    def somebody_else_takes_over():
        put_forward(LEASE + 1)
        take_back(QUEUE)
        assert claim(QUEUE, lease=LEASE)

    feed.gives += [file(1), somebody_else_takes_over, file(2)]
    do_fetch(begin(source))

    assert [one.name for one in Batch.objects.all()] == ["1.csv"]
    assert Source.objects.get().cursor == {"at": 1}
    assert Fetch.objects.get().state == "leased"


def test_a_long_fetch_keeps_its_lease(feed, source):
    def long():
        put_forward(LEASE - 5)

    feed.gives += [file(1), long, file(2), long, file(3)]
    held = begin(source)
    do_fetch(held)

    assert Fetch.objects.get().state == "done"
    assert not renew(QUEUE, held, lease=LEASE)


def test_a_mistake_in_a_transport_ends_visibly_after_three_times_and_loses_nothing(feed, source):
    feed.gives += [file(1), ZeroDivisionError("ours")]
    held = begin(source)
    for _ in range(3):
        do_fetch(held)
        put_forward(1_000)
        held = claim(QUEUE, lease=LEASE)

    fetch = Fetch.objects.get()
    assert (fetch.state, Batch.objects.count()) == ("set_aside", 1)
    assert "unexpected reason: ours" in fetch.problem
    assert Alarm.objects.get().kind == "failing"


def test_the_bytes_are_on_disk_before_any_row_says_so(feed, source, monkeypatch):
    from misthoorn.intake.services import sources_fetch  # noqa: PLC0415  where it is called

    def killed(*_, **__):
        raise KeyboardInterrupt

    feed.gives += [file(1)]
    monkeypatch.setattr(sources_fetch, "register", killed)
    with pytest.raises(KeyboardInterrupt):
        do_fetch(begin(source))

    assert not Batch.objects.exists()
    assert Source.objects.get().cursor == {}
    monkeypatch.undo()
    monkeypatch.setitem(TRANSPORTS, "feed", feed)
    put_forward(LEASE + 1)
    take_back(QUEUE)
    do_fetch(claim(QUEUE, lease=LEASE))
    assert Batch.objects.count() == 1


def test_how_a_source_was_asked_is_forgotten_with_the_refused_rows_and_what_waits_stays(feed, source):
    do_fetch(begin(source))
    put_forward(60)
    run_now(source="scan", at=clock.now())
    keep = {"received": 1, "events": 1, "refused": 90}
    forget(now=clock.now() + timedelta(days=89), keep=keep)
    assert Fetch.objects.count() == 2

    forget(now=clock.now() + timedelta(days=91), keep=keep)
    assert [one.state for one in Fetch.objects.all()] == ["due"]
    assert feed.seen == [{}]


# --- the schedule ---


@pytest.mark.usefixtures("source")
def test_a_tick_fires_once_however_many_workers_look():
    assert is_due(now=clock.now())
    assert [make_due(now=clock.now()) for _ in range(3)] == [1, 0, 0]

    assert Fetch.objects.count() == 1
    assert not is_due(now=clock.now())


def test_the_next_tick_is_counted_from_the_last_one_and_missed_ones_are_not_made_up_for(source):
    first = source.next_run
    make_due(now=clock.now())
    assert Source.objects.get().next_run == first + timedelta(hours=1)

    Fetch.objects.update(state="done")
    make_due(now=first + timedelta(hours=5, minutes=30))
    assert Source.objects.get().next_run == first + timedelta(hours=6)
    assert list(Fetch.objects.order_by("pk").values_list("tick", flat=True)) == [first, first + timedelta(hours=1)]


@pytest.mark.usefixtures("source")
def test_a_source_that_is_still_being_fetched_lets_its_tick_pass():
    make_due(now=clock.now())
    make_due(now=clock.now() + timedelta(hours=1, minutes=1))

    assert Fetch.objects.count() == 1


@pytest.mark.usefixtures("source")
def test_a_paused_source_does_not_fire_and_fires_once_when_it_goes_on():
    pause_source(source="scan", paused=True, at=clock.now())
    assert make_due(now=clock.now() + timedelta(days=1)) == 0

    pause_source(source="scan", paused=False, at=clock.now())
    assert make_due(now=clock.now() + timedelta(days=1)) == 1


def test_two_fetches_of_one_tick_are_refused_by_the_database(source):
    make_due(now=clock.now())
    tick = Fetch.objects.get().tick

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM intake_fetch")
        assert cursor.fetchone()[0] == 1
    with pytest.raises(Exception, match=r"(?i)unique"):
        Fetch.objects.create(source=source, tick=tick, not_before=tick)
