import os
from datetime import timedelta

import pytest
from cast import NOW
from deliveries import events, keep, lease, seen, source

from misthoorn.common import clock
from misthoorn.formats.registry import FORMATS, Format
from misthoorn.intake import queries, work
from misthoorn.intake.models import Batch
from misthoorn.intake.services import parse_batch
from misthoorn.intake.services.sources import pause_source
from misthoorn.work.leases import TRIES, claim

pytestmark = pytest.mark.django_db

FILE = events(seen(), seen("10.0.0.1"))


def waiting():
    """A batch that is due now."""
    source()
    return keep(FILE, at=clock.now())


def tell_until_over():
    """Let the worker run until nothing more happens, with the clock put forward past each rest."""
    for _ in range(20):
        if not work.run() and not work.step.pending():
            clock.set_offset(clock.offset() + timedelta(seconds=work.RETRY + 1))


def test_a_worker_reads_a_batch_that_waits_and_then_has_nothing_to_do():
    batch = waiting()
    assert work.step.pending()

    assert work.run() is True
    assert work.run() is False
    assert not work.step.pending()
    assert queries.batch(batch).rows_accepted == 1


@pytest.fixture
def broken(monkeypatch):
    """A parser with a mistake in it; how often it was tried."""
    tries = []

    def reading(stream, **options):
        tries.append(stream)
        yield from FORMATS_BEFORE(stream, **options)
        raise ZeroDivisionError("a mistake of ours")

    FORMATS_BEFORE = FORMATS["events"].read  # noqa: N806  what it was
    monkeypatch.setitem(FORMATS, "events", Format("events", "events", "", reading))
    return tries


def test_a_parser_that_fails_unexpectedly_is_tried_three_times_and_then_the_batch_is_set_aside(broken):
    batch = waiting()
    tell_until_over()

    facts = queries.batch(batch)
    assert len(broken) == TRIES == 3
    assert facts.state == "set_aside"
    assert "failed 3 times for an unexpected reason: a mistake of ours" in facts.problem
    assert (facts.rows_in, facts.events_path) == (0, "")
    assert list(work.services.store().root.glob("events/**/*.*")) == []


def test_a_batch_that_fails_keeps_no_other_back(broken, monkeypatch):  # noqa: ARG001  it breaks the parser
    waiting()
    source("kev", form="kev")
    good = keep(b'{"vulnerabilities": []}', source="kev", at=clock.now())
    tell_until_over()

    assert queries.batch(good).state in {"accepted", "refused"}


def test_a_batch_whose_workers_died_three_times_is_set_aside_with_that_reason():
    batch = waiting()
    for _ in range(TRIES):
        assert claim(work.QUEUE, lease=work.LEASE)
        clock.set_offset(clock.offset() + timedelta(seconds=work.LEASE + 1))
        work.take_back(work.QUEUE) if _ < TRIES - 1 else work.run()

    facts = queries.batch(batch)
    assert facts.state == "set_aside"
    assert "died several times" in facts.problem
    assert not work.step.pending()


def test_of_two_workers_one_gets_a_batch():
    waiting()

    first, second = claim(work.QUEUE, lease=900), claim(work.QUEUE, lease=900)

    assert first is not None
    assert second is None


def test_a_worker_that_comes_back_after_its_lease_can_not_finish():
    batch = waiting()
    old = lease(Batch, pk=batch)
    Batch.objects.filter(pk=batch).update(state="received")
    work.run()
    before = Batch.objects.filter(pk=batch).values().get()

    assert parse_batch(batch=batch, attempt=old, now=clock.now()) is False
    assert Batch.objects.filter(pk=batch).values().get() == before


def test_a_worker_that_fails_after_its_lease_sets_nothing_aside():
    batch = waiting()
    old = claim(work.QUEUE, lease=900)
    Batch.objects.filter(pk=batch).update(state="received")
    assert work.run()

    work._set_aside(old, "too late")

    assert queries.batch(batch).state == "accepted"


# --- the drop folder ---


def drop(home, name, content=FILE, *, slug="scan"):
    folder = home / "drop"
    work.make_drop_folders(folder)
    (folder / slug).mkdir(exist_ok=True)
    path = folder / slug / name
    path.write_bytes(content)
    return path


def test_a_file_in_the_drop_folder_is_taken_in_and_deleted(home):
    source()
    path = drop(home, "today.csv")

    assert work.run() is True
    assert not path.exists()
    (batch,) = queries.batches()
    assert (batch.name, batch.state, batch.rows_in) == ("today.csv", "accepted", 2)


@pytest.mark.parametrize("name", [".today.csv", "today.csv.part"])
def test_a_file_that_is_still_being_written_is_left_alone(home, name):
    source()
    path = drop(home, name)

    assert work.run() is False
    assert path.exists()


def test_links_and_folders_in_the_drop_folder_are_left_alone(home, tmp_path):
    source()
    secret = tmp_path / "secret"
    secret.write_bytes(FILE)
    link = drop(home, "a.csv").with_name("link.csv")
    link.with_name("a.csv").unlink()
    link.symlink_to(secret)
    (link.parent / "folder").mkdir()

    assert work.run() is False
    assert secret.exists()


def test_a_file_of_a_paused_or_unknown_source_stays_where_it_is(home):
    source()
    pause_source(source="scan", paused=True, at=NOW)
    paths = [drop(home, "a.csv"), drop(home, "a.csv", slug="nobody")]

    assert work.run() is False
    assert all(path.exists() for path in paths)

    pause_source(source="scan", paused=False, at=NOW)
    assert work.run() is True
    assert [path.exists() for path in paths] == [False, True]


def test_a_file_that_can_not_be_read_keeps_the_others_and_the_batches_not_back(home, monkeypatch, caplog):
    source()
    bad, good = drop(home, "a.csv"), drop(home, "b.csv", events(seen("192.0.2.9")))
    real = work.services.receive

    def receive(stream, *, name, **options):
        if name == "a.csv":
            raise PermissionError(13, "Permission denied")
        return real(stream, name=name, **options)

    monkeypatch.setattr(work.services, "receive", receive)
    assert work.run() is True
    work.run()

    assert (bad.exists(), good.exists()) == (True, False)
    assert [batch.state for batch in queries.batches()] == ["accepted"]
    assert caplog.text.count("can't be taken in") <= 1


def test_a_file_that_another_worker_has_in_hand_is_left_to_it(home):
    source()
    path = drop(home, "a.csv")
    with work._alone(path) as stream:
        assert stream is not None
        assert work.take_from_drop_folder(home / "drop") == 0
    assert work.take_from_drop_folder(home / "drop") == 1
    assert queries.batches()[0].delivered_again == 0


def test_a_file_that_is_gone_before_it_is_opened_is_nobodys_mistake(home):
    source()

    with work._alone(home / "drop" / "scan" / "gone.csv") as stream:
        assert stream is None


def test_a_name_that_is_no_text_is_taken_in_too(home):
    source()
    drop(home, "a")
    os.rename(os.fsencode(home / "drop/scan/a"), os.fsencode(home / "drop/scan") + b"/\xff\xfe.csv")  # noqa: PTH104  bytes

    assert work.run() is True
    assert queries.batches()[0].name.endswith(".csv")
