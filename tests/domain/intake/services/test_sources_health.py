"""Alarms, and deliveries that are held for their size: nothing follows from them until a person decides."""

from datetime import timedelta

import cast
import deliveries
import pytest
from cast import NOW
from deliveries import deliver, events, seen, source

from misthoorn.accounts.models import AuditEntry
from misthoorn.intake.models import Advisory, Alarm, Batch, Source
from misthoorn.intake.services import IntakeError
from misthoorn.intake.services.sources_health import decide_unusual, look_for_silence, raise_alarm
from misthoorn.triage.models import Finding, MatchRun

pytestmark = pytest.mark.django_db


def feed(count, *, salt=0):
    """A file of so many rows, unlike one with another salt."""
    return events(
        *(seen(f"192.0.2.{1 + row % 250}", port=1_000 + row // 250, banner=f"x{salt}") for row in range(count))
    )


def usual(*counts, slug="scan", name="feed.csv"):
    """Deliveries of so many rows, an hour apart."""
    for number, count in enumerate(counts):
        deliver(feed(count, salt=f"{name}{number}"), source=slug, name=name, at=NOW + timedelta(hours=number))


def state(batch):
    return Batch.objects.get(pk=batch).state


@pytest.mark.parametrize(
    ("rows", "expected"), [(40, "accepted"), (5, "accepted"), (4, "held"), (0, "held"), (440, "held")]
)
def test_a_delivery_that_is_far_from_the_ones_before_is_held(rows, expected):
    source()
    usual(40, 41, 39, 40)
    batch = deliver(feed(rows, salt="new"), at=NOW + timedelta(days=1))

    assert state(batch) == expected
    assert MatchRun.objects.filter(batch=batch).exists() is (expected == "accepted")


def test_a_held_delivery_says_why_raises_an_alarm_and_closes_no_finding(make_bakery):
    make_bakery()
    source(absences=1)
    usual(40, 40, 40)
    was = set(Finding.objects.values_list("pk", "state"))
    batch = deliver(events(seen("198.51.100.9", port=9)), at=NOW + timedelta(days=1))

    held, alarm = Batch.objects.get(pk=batch), Alarm.objects.get()
    assert was
    assert set(Finding.objects.values_list("pk", "state")) == was
    assert held.held_because == "far fewer rows than usual: 1, and the median of the last deliveries is 40"
    assert (held.rows_in, held.rows_accepted, held.events_path) == (1, 1, "")
    assert (alarm.kind, alarm.batch, alarm.until) == ("fewer", held, None)


def test_a_held_delivery_that_is_released_is_read_matched_and_not_held_again(make_bakery):
    make_bakery()
    source(absences=1)
    usual(40, 40, 40)
    batch = deliver(events(seen("192.0.2.5", port=77, what="open-ntp")), at=NOW + timedelta(days=1))
    person = cast.person(cast.ANALYST)
    decide_unusual(batch=batch, release=True, at=NOW + timedelta(days=2), person=person)
    assert deliveries.read(batch, at=NOW + timedelta(days=2))
    deliveries.match(batch, at=NOW + timedelta(days=2))

    assert state(batch) == "accepted"
    assert Finding.objects.filter(subject="open-ntp").count() == 1
    assert Alarm.objects.get().until == NOW + timedelta(days=2)
    entry = AuditEntry.objects.get(action="delivery released")
    assert (entry.person_id, entry.object) == (person, f"batch {batch}")


def test_a_held_delivery_that_is_refused_changes_nothing_and_does_not_count_as_usual():
    source()
    usual(40, 40, 40)
    for number in range(4):
        batch = deliver(feed(1, salt=f"odd{number}"), at=NOW + timedelta(days=1, hours=number))
        assert state(batch) == "held"
        decide_unusual(batch=batch, release=False, at=NOW + timedelta(days=2), person=None)
        assert state(batch) == "refused"
        assert "A person refused it: far fewer" in Batch.objects.get(pk=batch).problem


def test_while_one_held_delivery_waits_the_alarm_stays():
    source()
    usual(40, 40, 40)
    first, second = (deliver(feed(1, salt=name), at=NOW + timedelta(days=1)) for name in ("a", "b"))
    decide_unusual(batch=first, release=False, at=NOW + timedelta(days=2), person=None)

    assert Alarm.objects.get(until=None).batch_id == second
    decide_unusual(batch=second, release=True, at=NOW + timedelta(days=2), person=None)
    assert not Alarm.objects.filter(until=None).exists()
    deliveries.read(second)
    assert state(second) == "accepted"


def test_what_is_not_held_for_its_size_can_not_be_decided_so():
    source()
    batch = deliver(feed(3))

    for wrong in (batch, batch + 1):
        with pytest.raises(IntakeError, match="nothing to decide"):
            decide_unusual(batch=wrong, release=True, at=NOW, person=None)


def test_each_kind_of_report_of_one_source_has_its_own_measure():
    source("shadow")
    Source.objects.filter(slug="shadow").update(format="shadowserver")
    header, line = '"timestamp","ip","port","protocol"', '"2026-11-23 10:00:00","192.0.2.{}","{}","tcp"'

    def report(kind, count, day):
        rows = [line.format(1 + row % 250, 1_000 + row) for row in range(count)]
        content = "\n".join([header, *rows, f'"2026-11-{day} 10:00:00","192.0.2.1","9","tcp"', ""]).encode()
        return deliver(content, source="shadow", name=f"2026-11-{day}-{kind}-nl.csv", at=NOW + timedelta(days=day))

    for day in (10, 11, 12):
        report("scan_rdp", 60, day)
    assert state(report("scan_ntp", 2, 13)) == "accepted"
    assert state(report("scan_rdp", 2, 14)) == "held"


def test_a_source_whose_deliveries_vary_by_nature_is_not_judged():
    source()
    Source.objects.update(options={"varies": True})
    usual(40, 40, 40)

    assert state(deliver(feed(1, salt="new"))) == "accepted"


def test_changes_and_advisories_that_are_brought_are_not_judged_but_a_whole_list_at_one_address_is():
    source("kev", form="kev")
    for number in range(3):
        deliver(deliveries.exploited(*(f"CVE-2021-{number}{row:03}" for row in range(30))), source="kev")
    assert state(deliver(deliveries.exploited("CVE-2021-44228"), source="kev")) == "accepted"
    Source.objects.update(transport="http", address="https://www.cisa.example/kev.json")
    batch = deliver(deliveries.exploited("CVE-2021-45046"), source="kev")

    assert state(batch) == "held"
    assert not Advisory.objects.filter(identifier="CVE-2021-45046").exists()
    decide_unusual(batch=batch, release=True, at=NOW, person=None)
    deliveries.read(batch)
    assert Advisory.objects.filter(identifier="CVE-2021-45046").exists()


# --- silence ---


def test_silence_begins_an_alarm_once_and_a_delivery_ends_it():
    source()
    Source.objects.update(silent_after=24)
    deliver(feed(1))
    look_for_silence(now=NOW + timedelta(hours=23))
    assert not Alarm.objects.exists()

    look_for_silence(now=NOW + timedelta(hours=25))
    look_for_silence(now=NOW + timedelta(hours=26))
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.since, alarm.until) == ("silent", NOW + timedelta(hours=25), None)

    deliver(feed(2), at=NOW + timedelta(hours=27))
    look_for_silence(now=NOW + timedelta(hours=27))
    assert Alarm.objects.get().until == NOW + timedelta(hours=27)


def test_a_source_that_never_delivered_is_silent_from_the_start_unless_it_is_paused_or_may_be():
    for slug, hours, paused in (("never", 1, False), ("paused", 1, True), ("rare", None, False)):
        source(slug)
        Source.objects.filter(slug=slug).update(silent_after=hours, paused=paused)
    look_for_silence(now=NOW + timedelta(days=9))

    assert list(Alarm.objects.values_list("source__slug", "kind")) == [("never", "silent")]


def test_there_is_one_open_alarm_of_a_kind_and_it_says_the_latest():
    source()
    pk = Source.objects.get().pk
    for detail in ("first", "second"):
        raise_alarm(source=pk, kind="failing", at=NOW, detail=detail)

    assert Alarm.objects.get().detail == "second"
