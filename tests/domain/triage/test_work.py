from datetime import timedelta

import pytest
from cast import NOW
from deliveries import events, keep, read, seen, source

from misthoorn.common import clock
from misthoorn.notification.models import Notice
from misthoorn.triage import services, work
from misthoorn.triage.models import Campaign, Finding, MatchRun
from misthoorn.work.leases import TRIES, claim

pytestmark = pytest.mark.django_db


def waiting(*rows):
    """An accepted batch that waits to be matched."""
    source()
    now = clock.now()
    batch = keep(events(*(rows or (seen(at=now),))), at=now)
    assert read(batch, at=now)
    return batch


def run_of(batch):
    return MatchRun.objects.get(batch=batch)


def work_until_over():
    for _ in range(20):
        if not work.run() and not work.step.pending():
            clock.set_offset(clock.offset() + timedelta(seconds=work.RETRY + 1))


def test_a_worker_matches_a_batch_that_waits_and_then_has_nothing_to_do(make_bakery):
    make_bakery()
    services.match_assets(now=clock.now())
    batch = waiting()
    assert work.step.pending()

    assert [work.run(), work.run(), work.step.pending()] == [True, False, False]
    assert (run_of(batch).state, Finding.objects.count()) == ("done", 1)


def test_of_two_workers_one_gets_a_match():
    waiting()

    assert claim(work.QUEUE, lease=900)
    assert claim(work.QUEUE, lease=900) is None
    assert work.step.pending()


def test_a_match_that_fails_unexpectedly_is_tried_three_times_and_then_set_aside(monkeypatch):
    tries = []

    def broken(**options):
        tries.append(options)
        raise ZeroDivisionError("a mistake of ours")

    batch = waiting()
    monkeypatch.setattr(services, "match_batch", broken)
    work_until_over()

    assert len(tries) == TRIES
    assert run_of(batch).state == "set_aside"
    assert "failed 3 times for an unexpected reason: a mistake of ours" in run_of(batch).problem


def test_a_match_whose_workers_died_is_taken_up_when_the_lease_has_run_out_and_set_aside_the_third_time():
    batch = waiting()
    for turn in range(TRIES):
        assert claim(work.QUEUE, lease=work.LEASE).attempt == turn + 1
        assert work.run() is False
        clock.set_offset(clock.offset() + timedelta(seconds=work.LEASE + 1))
        if turn < TRIES - 1:
            work.take_back(work.QUEUE)
    work.run()

    assert run_of(batch).state == "set_aside"


@pytest.fixture
def two_approved(make_bakery):
    """Two campaigns that were approved and are not released yet, the older one first."""
    make_bakery()
    now = clock.now()
    services.match_assets(now=now)
    waiting(seen(at=now, what="open-rdp"), seen(at=now, what="open-vnc"))
    assert work.run()
    for minutes, subject in enumerate(("open-rdp", "open-vnc")):
        Campaign.objects.filter(subject=subject).update(
            state="approved", decided_at=NOW - timedelta(minutes=10 - minutes)
        )


def released():
    return list(Campaign.objects.exclude(released_at=None).order_by("released_at").values_list("subject", flat=True))


def test_a_worker_releases_what_was_approved_in_that_order(two_approved):  # noqa: ARG001  what is released
    assert work.step.pending()

    assert [work.run(), work.run(), work.run()] == [True, True, False]
    assert released() == ["open-rdp", "open-vnc"]
    assert Notice.objects.count() == 2
    assert not work.step.pending()


def test_a_release_that_fails_is_told_and_keeps_no_other_back(two_approved, monkeypatch):  # noqa: ARG001  what is released
    real = services.release_campaign
    bad = Campaign.objects.get(subject="open-rdp").pk

    def broken(*, campaign, now):
        if campaign == bad:
            raise ZeroDivisionError("a mistake of ours")
        return real(campaign=campaign, now=now)

    monkeypatch.setattr(services, "release_campaign", broken)

    assert work.run() is True
    assert released() == ["open-vnc"]
    with pytest.raises(ZeroDivisionError):
        work.run()


def test_a_campaign_that_was_rejected_or_held_is_not_released(two_approved):  # noqa: ARG001  what is released
    Campaign.objects.filter(subject="open-rdp").update(state="rejected")
    Campaign.objects.filter(subject="open-vnc").update(state="held")

    assert work.run() is False
    assert released() == []
