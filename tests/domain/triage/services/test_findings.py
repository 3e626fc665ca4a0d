from datetime import timedelta

import pytest
from cast import BROKER, NOW, Company, organisation
from deliveries import YESTERDAY, deliver, events, keep, lease, match, read, seen, source
from django.db import IntegrityError, connection, transaction

from misthoorn.intake.models import Source
from misthoorn.triage import queries
from misthoorn.triage.models import Campaign, Decision, Finding, MatchRun
from misthoorn.triage.services import forget_findings, match_batch, observation, queue_match

pytestmark = pytest.mark.django_db

PROVIDER = Company("30000010", "Provider", "general", (("network", "192.0.2.0/24", ""),), "abuse@provider.example")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def bakery(make_bakery):
    source()
    return make_bakery()


def on(day):
    """The time of events, and of their delivery, so many days from now."""
    return YESTERDAY + day * DAY, NOW + day * DAY


def take(*rows, day=0, **options):
    """Deliver these rows, made on that day: each is a function of the time, or a row."""
    made, received = on(day)
    return deliver(events(*(row(made) if callable(row) else row for row in rows)), at=received, **options)


def rdp(made):
    return seen(at=made)


def other(made):
    """Somebody else's host, so that a delivery has a row of the subject without the bakery's."""
    return seen("203.0.113.9", at=made)


def run(batch):
    return MatchRun.objects.get(batch=batch)


def test_a_finding_is_opened_once_and_seen_again_after_that():
    batch = take(rdp)
    (first,) = Finding.objects.all()

    assert (first.state, first.times_seen, first.first_seen, first.last_batch) == ("open", 1, YESTERDAY, batch)
    assert (run(batch).opened, run(batch).matches) == (1, 1)

    batch = take(rdp, day=1)
    (again,) = Finding.objects.all()

    assert (again.pk, again.times_seen) == (first.pk, 2)
    assert (again.first_seen, again.last_seen) == (YESTERDAY, YESTERDAY + DAY)
    assert (run(batch).opened, run(batch).seen_again) == (0, 1)


def test_a_finding_carries_what_it_came_from():
    take(seen("192.0.2.1", name="www.korenaar.example", banner="RDP 10", port=3390))
    one = Finding.objects.get()

    assert (one.observed, one.port, one.protocol, one.hostname) == ("192.0.2.1", 3390, "tcp", "www.korenaar.example")
    assert (one.rsit, one.severity, one.tlp) == ("vulnerable/potentially-unwanted-accessible", "high", "GREEN")
    assert (one.certainty, one.rule, one.source.slug) == ("exact", "match-1", "scan")
    assert one.evidence["banner"] == "RDP 10"
    assert one.asset.value == "192.0.2.0/28"


def test_an_address_and_a_domain_of_the_same_host_give_one_finding_today_and_tomorrow():
    take(rdp, lambda made: seen("192.0.2.1", name="korenaar.example", at=made + timedelta(minutes=1)))
    take(lambda made: seen("192.0.2.1", name="korenaar.example", at=made), day=1)

    assert Finding.objects.get().times_seen == 3


def test_another_port_subject_or_host_is_another_finding():
    take(seen(), seen(port=443), seen(what="open-vnc"), seen("192.0.2.2"))

    assert Finding.objects.count() == 4


def test_five_hundred_hosts_in_one_network_are_five_hundred_findings():
    organisation(Company("9", "Groot", "general", (("network", "198.18.0.0/16", ""),), "it@groot.example"))
    batch = take(*(seen(f"198.18.{n // 250}.{n % 250}") for n in range(500)))

    assert Finding.objects.count() == run(batch).opened == 500
    assert run(take(*(seen(f"198.18.{n // 250}.{n % 250}", at=on(1)[0]) for n in range(500)), day=1)).seen_again == 500


def test_nobody_is_concerned_by_a_stranger_and_by_what_was_refused():
    batch = take(seen("203.0.113.9"), seen("10.0.0.1"))

    assert not Finding.objects.exists()
    assert (run(batch).state, run(batch).matches) == ("done", 0)


def test_a_provider_and_its_customer_are_both_concerned_and_the_customer_is_the_nearest():
    organisation(PROVIDER)
    take(rdp)

    assert dict(Finding.objects.values_list("organisation__name", "most_specific")) == {
        "Bakkerij De Korenaar": True,
        "Provider": False,
    }


def test_matching_the_same_batch_again_counts_nothing_twice():
    batch = take(rdp, rdp, lambda made: seen(what="open-vnc", at=made))
    before = list(Finding.objects.order_by("pk").values())
    figures = (run(batch).opened, run(batch).seen_again)

    MatchRun.objects.filter(batch=batch).update(state="queued")
    match(batch, at=NOW + DAY)

    assert list(Finding.objects.order_by("pk").values()) == before
    assert (run(batch).opened, run(batch).seen_again) == figures == (2, 0)


def test_a_match_that_died_halfway_goes_on_and_ends_as_one_that_did_not(monkeypatch):
    monkeypatch.setattr(observation, "PIECE", 2)
    rows = [lambda made, n=n: seen(f"192.0.2.{n}", at=made) for n in range(1, 8)]
    batch = keep(events(*(row(YESTERDAY) for row in rows)))
    read(batch)
    real, pieces = observation._see_piece, []

    def dies(piece, **options):
        pieces.append(piece)
        if len(pieces) == 3:
            raise RuntimeError("the power went")
        return real(piece, **options)

    monkeypatch.setattr(observation, "_see_piece", dies)
    with pytest.raises(RuntimeError):
        match(batch)
    assert Finding.objects.count() == run(batch).opened == 4
    match(batch)

    assert Finding.objects.count() == run(batch).opened == 7
    assert set(Finding.objects.values_list("times_seen", flat=True)) == {1}
    assert Decision.objects.count() == 7


def test_a_worker_that_lost_its_lease_writes_no_finding_any_more():
    batch = keep(events(seen()))
    read(batch)
    old = lease(MatchRun, batch=batch)
    MatchRun.objects.filter(batch=batch).update(state="queued")
    lease(MatchRun, batch=batch)

    assert match_batch(batch=batch, attempt=old, now=NOW) is False
    assert not Finding.objects.exists()
    assert run(batch).state == "leased"


def test_a_batch_is_queued_for_matching_once():
    batch = take(rdp)
    queue_match(batch=batch, at=NOW)

    assert MatchRun.objects.get(batch=batch).state == "done"
    assert queries.is_matched(batch)
    assert not queries.is_matched(batch + 1)


def test_a_batch_that_does_not_exist_is_no_work():
    assert match_batch(batch=12345, attempt=1, now=NOW) is False


# --- gone, and back again ---


def test_a_finding_is_gone_after_two_later_deliveries_that_looked_and_did_not_see_it():
    take(rdp)
    take(other, day=1)
    assert Finding.objects.get().state == "open"
    batch = take(other, day=2)

    one = Finding.objects.get()
    assert (one.state, one.closed_at) == ("gone", NOW + 2 * DAY)
    assert one.closed_because == "scan looked again and no longer saw it (2 of 2)"
    assert run(batch).gone == 1
    assert queries.gone_by_reason() == {one.closed_because: 1}


def test_to_be_seen_in_between_starts_the_count_again():
    take(rdp)
    take(other, day=1)
    take(rdp, day=2)
    take(other, day=3)

    assert (Finding.objects.get().state, Finding.objects.get().absences) == ("open", 1)


def test_what_was_seen_earlier_in_a_delivery_than_its_newest_row_is_not_absent_from_it():
    for day in (0, 1, 2):
        take(rdp, lambda made: seen("203.0.113.9", at=made + timedelta(hours=1)), day=day)

    assert (Finding.objects.get().state, Finding.objects.get().absences) == ("open", 0)


def test_a_delivery_that_is_matched_twice_is_one_absence():
    take(rdp)
    batch = take(other, day=1)
    MatchRun.objects.filter(batch=batch).update(state="queued")
    match(batch, at=NOW + DAY)

    assert Finding.objects.get().absences == 1


@pytest.mark.parametrize(
    "coverage",
    [
        {},
        {"subjects": ["open-vnc"], "networks": ["0.0.0.0/0"]},
        {"subjects": "seen", "networks": ["198.51.100.0/24"]},
        {"subjects": "seen", "networks": []},
    ],
)
def test_without_coverage_silence_proves_nothing(coverage):
    Source.objects.update(coverage=coverage)
    take(rdp)
    for day in (1, 2):
        take(other, day=day)

    assert (Finding.objects.get().state, Finding.objects.get().absences) == ("open", 0)


def test_a_delivery_without_that_subject_an_empty_one_and_another_source_prove_nothing():
    source("second")
    take(rdp)
    for day in (1, 2):
        take(lambda made: seen("203.0.113.9", what="open-vnc", at=made), day=day)
        deliver(events(), at=NOW + day * DAY)
        take(other, day=day, source="second")

    assert (Finding.objects.get().state, Finding.objects.get().absences) == ("open", 0)


def test_deliveries_that_come_in_the_wrong_order_close_nothing_that_was_seen_later():
    take(rdp, day=5)
    for day in (1, 2):
        take(other, day=day)

    assert (Finding.objects.get().state, Finding.objects.get().absences) == ("open", 0)


def test_an_old_delivery_that_comes_late_does_not_change_when_it_was_last_seen():
    take(lambda made: seen(at=made, banner="new"), day=5)
    take(lambda made: seen(at=made, banner="old", severity="normal"), day=1)

    one = Finding.objects.get()
    assert (one.last_seen, one.times_seen) == (YESTERDAY + 5 * DAY, 2)
    assert (one.evidence["banner"], one.severity) == ("new", "high")


def gone():
    take(rdp)
    take(other, day=1)
    take(other, day=2)
    return Finding.objects.get()


def test_what_comes_back_within_ninety_days_is_the_same_finding_and_wants_a_campaign_again():
    before = gone()
    Campaign.objects.update(state="approved")
    batch = take(rdp, day=92)

    one = Finding.objects.get()
    assert (one.pk, one.state, one.times_reopened, one.closed_at, one.closed_because) == (
        before.pk,
        "open",
        1,
        None,
        "",
    )
    assert run(batch).reopened == 1
    assert one.campaigns.filter(state="proposed").count() == 1


def test_what_comes_back_later_than_ninety_days_is_a_new_finding():
    before = gone()
    batch = take(rdp, day=93)

    assert [(one.pk == before.pk, one.state) for one in Finding.objects.order_by("pk")] == [
        (True, "gone"),
        (False, "open"),
    ]
    assert run(batch).opened == 1
    assert run(take(rdp, day=94)).seen_again == 1


def test_the_database_itself_holds_one_open_finding_of_a_kind():
    take(rdp)
    one = Finding.objects.get()
    one.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        one.save(force_insert=True)


def test_an_asset_that_ended_concerns_nobody_afterwards():
    from misthoorn.constituency.models import Asset  # noqa: PLC0415  a table that services only change by import

    Asset.objects.update(valid_to=YESTERDAY)
    batch = take(rdp)

    assert run(batch).matches == 0


# --- what is kept ---


def test_findings_lose_address_name_and_evidence_when_their_time_is_up_and_stay():
    gone()
    take(lambda made: seen("192.0.2.2", at=made), day=2)
    closed = Finding.objects.get(state="gone").closed_at

    assert forget_findings(now=closed + 730 * DAY, days=730) == 0
    assert forget_findings(now=closed + 731 * DAY, days=730) == 1
    assert forget_findings(now=closed + 731 * DAY, days=730) == 0
    one = Finding.objects.get(state="gone")
    assert (one.observed, one.hostname, one.evidence, one.subject) == ("", "", {}, "open-rdp")
    assert Finding.objects.get(state="open").observed == "192.0.2.2"


# --- how much work it is ---


def test_the_number_of_statements_does_not_grow_with_the_findings(django_assert_max_num_queries):
    organisation(BROKER)
    rows = [seen(f"198.51.100.{n}") for n in range(250)]
    with django_assert_max_num_queries(61):
        deliver(events(*rows))
    assert Finding.objects.count() == 250


def test_a_finding_is_looked_up_by_an_index(bakery):
    take(rdp)
    found = Finding.objects.filter(organisation__in=[bakery], subject__in=["open-rdp"], observed__in=["192.0.2.1"])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")

    plan = found.order_by("first_seen", "pk").explain()  # in the order in which they are read
    assert "finding_identity" in plan or "triage_finding_observed" in plan


def test_findings_by_state_name_every_state():
    assert queries.findings_by_state() == {"open": 0, "gone": 0}
    gone()
    assert queries.findings_by_state() == {"open": 0, "gone": 1}


def test_the_findings_of_an_organisation_show_the_open_ones_first(bakery):
    gone()
    take(lambda made: seen("192.0.2.2", at=made), day=2)
    take(lambda made: seen("192.0.2.3", at=made), day=3)

    shown = queries.findings_of(bakery)
    assert [(one.observed, one.state) for one in shown] == [
        ("192.0.2.3", "open"),
        ("192.0.2.2", "open"),
        ("192.0.2.1", "gone"),
    ]
    assert queries.findings([one.id for one in shown]) == sorted(shown, key=lambda one: one.id)
