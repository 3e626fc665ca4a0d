"""What changes about an organisation's assets: matched with what is known already, as if it had always been so."""

from datetime import timedelta

import pytest
from cast import BAKERY, NOW, Company, organisation
from deliveries import YESTERDAY, deliver, events, keep, match, read, seen, source
from django.db import IntegrityError
from worlds import assets

from misthoorn.common import clock
from misthoorn.constituency.models import Asset
from misthoorn.triage import work
from misthoorn.triage.models import Campaign, Finding, MatchRun
from misthoorn.triage.services import hosts, match_assets, match_batch, observation, queue_assets

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
PROVIDER = Company("30000010", "Provider", "general", (("network", "198.18.0.0/16", ""),), "abuse@provider.example")
NET = "198.18.1.0/24"
HOST = "198.18.1.7"


@pytest.fixture(autouse=True)
def bakery(make_bakery):
    source()
    pk = make_bakery()
    match_assets(now=NOW)
    return pk


def own(value=NET, *, kind="network", start="", end="", at=NOW, version=""):
    assets(BAKERY, (kind, value, version, start, end), at=at)


def take(*addresses, day=0, **more):
    """A delivery of open-rdp on these addresses, made on that day."""
    rows = [seen(one, at=YESTERDAY + day * DAY, **more) for one in addresses]
    return deliver(events(*rows), at=NOW + day * DAY)


def found():
    rows = Finding.objects.filter(subject_kind="event").order_by("observed", "pk")
    return [(one.observed, one.state, one.times_seen) for one in rows]


def test_a_network_finds_what_was_seen_in_it_before_it_was_registered():
    for day in range(3):
        take(HOST, "203.0.113.9", day=day)
    assert found() == []

    own()
    match_assets(now=NOW + 3 * DAY)

    one = Finding.objects.get()
    assert (one.observed, one.times_seen, one.asset.value) == (HOST, 3, NET)
    assert (one.first_seen, one.last_seen) == (YESTERDAY, YESTERDAY + 2 * DAY)
    assert Campaign.objects.get().subject == "open-rdp"
    assert MatchRun.objects.get(kind="assets", opened=1).matches == 3


def test_a_name_and_a_number_find_it_too():
    take(HOST, name="www.korenaar.example")
    take("198.18.2.1", asn="64500")
    assert found() == [(HOST, "open", 1)]

    own("AS64500", kind="asn")
    match_assets(now=NOW)

    assert found() == [(HOST, "open", 1), ("198.18.2.1", "open", 1)]


def test_going_through_them_again_changes_nothing_and_counts_nothing_twice():
    take(HOST)
    take(HOST, day=1)
    own()
    match_assets(now=NOW + DAY)
    before = list(Finding.objects.values())

    own(start="2020-01-01")
    match_assets(now=NOW + DAY)

    assert list(Finding.objects.values()) == before


def test_what_a_batch_saw_by_name_is_counted_once_when_its_network_is_registered():
    rows = [seen(HOST, name="www.korenaar.example"), seen(HOST), seen(HOST, at=YESTERDAY - DAY)]
    deliver(events(*rows))
    assert found() == [(HOST, "open", 1)]

    own()
    match_assets(now=NOW)

    assert found() == [(HOST, "open", 3)]
    assert Finding.objects.get().first_seen == YESTERDAY - DAY


def test_what_is_gone_by_now_is_not_opened():
    take(HOST)
    take("203.0.113.9", day=1)
    take("203.0.113.9", day=2)
    own()
    match_assets(now=NOW + 2 * DAY)

    assert found() == []


def test_absences_are_those_that_there_would_have_been():
    take(HOST)
    take("203.0.113.9", day=1)
    own()
    match_assets(now=NOW + DAY)
    assert Finding.objects.get().absences == 1

    take("203.0.113.9", day=2)
    assert found() == [(HOST, "gone", 1)]


def test_what_was_seen_before_the_asset_was_theirs_is_not_theirs():
    take(HOST)
    own(start=str((YESTERDAY + timedelta(hours=1)).isoformat()))
    match_assets(now=NOW)

    assert found() == []


def test_what_turns_out_not_to_have_been_theirs_is_closed_and_back_when_it_was():
    own()
    match_assets(now=NOW)
    take(HOST)
    assert found() == [(HOST, "open", 1)]

    own(end="2026-01-01")
    match_assets(now=NOW)
    one = Finding.objects.get()
    assert (one.state, one.closed_because) == (
        "gone",
        "the asset changed: it was not the organisation's when this was seen",
    )

    own()
    match_assets(now=NOW)
    assert (Finding.objects.get().pk, Finding.objects.get().state) == (one.pk, "open")


def test_what_another_asset_supports_stays():
    own()
    own("198.18.0.0/16")
    match_assets(now=NOW)
    take(HOST)
    assert Finding.objects.get().asset.value == NET

    own(end="2026-01-01")
    match_assets(now=NOW)

    assert Finding.objects.get().asset.value == "198.18.0.0/16"
    assert found() == [(HOST, "open", 1)]


def test_a_nearer_holder_changes_who_is_nearest():
    organisation(PROVIDER)
    match_assets(now=NOW)
    take(HOST)
    assert Finding.objects.get().most_specific

    own()
    match_assets(now=NOW)

    nearest = dict(Finding.objects.values_list("organisation__name", "most_specific"))
    assert nearest == {"Provider": False, "Bakkerij De Korenaar": True}


def test_only_the_last_days_are_gone_through(settings):
    take(HOST)
    take("198.18.1.8", day=5)
    settings.RECENT_DAYS = 3
    own()
    match_assets(now=NOW + 7 * DAY)

    assert found() == [("198.18.1.8", "open", 1)]


def test_what_was_counted_before_these_days_stays_counted(settings):
    own()
    match_assets(now=NOW)
    for day in range(4):
        take(HOST, day=day)
    settings.RECENT_DAYS = 1
    own(start="2020-01-01")
    match_assets(now=NOW + 4 * DAY)

    one = Finding.objects.get()
    assert (one.times_seen, one.first_seen, one.last_seen) == (4, YESTERDAY, YESTERDAY + 3 * DAY)


def test_an_asset_that_changes_while_a_batch_is_matched_is_matched_with_it_afterwards(monkeypatch):
    real = hosts.write_matches

    def and_meanwhile(path, **sides):
        own()
        match_assets(now=NOW)  # the other worker does not find the batch among those that are matched
        return real(path, **sides)

    monkeypatch.setattr(hosts, "write_matches", and_meanwhile)
    batch = take(HOST)
    assert found() == []
    assert not MatchRun.objects.get(batch=batch).followed

    match_assets(now=NOW)
    assert found() == [(HOST, "open", 1)]
    assert MatchRun.objects.get(batch=batch).followed


def test_a_finding_that_another_worker_opens_at_the_same_moment_is_one_finding(monkeypatch):
    own()
    match_assets(now=NOW)
    real, calls = observation.known_findings, []

    def too_early(identities, *, kind):
        calls.append(identities)
        if len(calls) == 1:
            row = observation.new_finding(piece[0], kind=kind, batch=99)
            row.asset = Asset.objects.get(value="korenaar.example")
            row.save()
            return {}
        return real(identities, kind=kind)

    piece = []
    see_piece = observation._see_piece

    def watched(sightings, **options):
        piece[:] = sightings
        return see_piece(sightings, **options)

    monkeypatch.setattr(observation, "_see_piece", watched)
    monkeypatch.setattr(observation, "known_findings", too_early)
    monkeypatch.setattr(observation, "TRIES", 1)
    with pytest.raises(IntegrityError):  # the other worker's row is in the same transaction here, and goes with it
        take(HOST)
    assert len(calls) == 1

    calls.clear()
    monkeypatch.setattr(observation, "TRIES", 2)
    (run,) = MatchRun.objects.filter(state="leased")
    assert match_batch(batch=run.batch_id, attempt=run.attempt, now=NOW)
    assert found() == [(HOST, "open", 1)]


def test_without_changes_nothing_is_queued_and_one_run_at_most_waits():
    runs = MatchRun.objects.filter(kind="assets")
    before = runs.count()
    queue_assets(at=NOW)
    assert runs.count() == before

    own()
    own("198.18.2.0/24")
    queue_assets(at=NOW)
    queue_assets(at=NOW)
    assert runs.count() == before + 1
    with pytest.raises(IntegrityError):
        MatchRun.objects.create(kind="assets", not_before=NOW)


def test_a_worker_matches_what_changed_and_then_has_nothing_to_do():
    now = clock.now()
    batch = keep(events(seen(HOST, at=now)), at=now)
    read(batch, at=now)
    match(batch, at=now)
    own(at=now)

    assert [work.run(), work.run(), work.step.pending()] == [True, False, False]
    assert found() == [(HOST, "open", 1)]


def test_a_command_leaves_the_changes_to_a_worker_that_has_them_in_hand():
    own()
    queue_assets(at=NOW)
    MatchRun.objects.filter(kind="assets", state="queued").update(state="leased", attempt=1)

    assert match_assets(now=NOW) is False
