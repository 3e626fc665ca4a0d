"""What happened is written down once, and stays."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from cast import BAKERY, NOW
from deliveries import deliver, events, seen
from django.db import connection

from misthoorn.insight import ledger
from misthoorn.insight.ledger import collect
from misthoorn.insight.models import Entry, Mark
from misthoorn.insight.work import AT_LEAST, EVERY, rest, step
from misthoorn.notification.models import Check, IncomingMail, Message
from misthoorn.notification.services import record_reply
from misthoorn.triage.models import Finding
from misthoorn.triage.services.advisory_merge import SAME
from misthoorn.triage.services.asset_changes import NOT_THEIRS
from misthoorn.triage.services.products import NO_LONGER
from misthoorn.triage.services.reprocessing import NOT_SAID

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def kinds():
    found = {}
    for kind in Entry.objects.values_list("kind", flat=True):
        found[kind] = found.get(kind, 0) + 1
    return found


def test_what_was_found_told_answered_and_fixed_is_there(story):  # noqa: ARG001  what happened
    told = {"sent": 2, "handed_over": 2, "told": 3, "answered": 1}
    assert kinds() == {"accepted": 4, "matched": 3, "fixed": 1} | told
    fixed = Entry.objects.get(kind="fixed")
    assert fixed.at == NOW + 3 * DAY
    assert Finding.objects.get(pk=fixed.finding).observed == "192.0.2.1"


def test_asked_again_nothing_is_added_and_nothing_changes(story):  # noqa: ARG001  what happened
    before = list(Entry.objects.values())

    assert collect(now=NOW + 7 * DAY) == 0
    assert list(Entry.objects.values()) == before


def test_what_comes_back_is_written_beside_what_was(story):  # noqa: ARG001  what happened
    deliver(events(seen("192.0.2.1", at=NOW + 8 * DAY)), at=NOW + 8 * DAY, name="8.csv")

    assert collect(now=NOW + 9 * DAY) == 2  # with the delivery
    reopened = Entry.objects.get(kind="reopened")
    assert (reopened.at, reopened.finding) == (NOW + 8 * DAY, Entry.objects.get(kind="fixed").finding)


@pytest.mark.parametrize("because", [NOT_THEIRS, NO_LONGER, SAME, NOT_SAID])
def test_what_no_delivery_looked_for_is_not_fixed(story, because):  # noqa: ARG001  what happened
    Finding.objects.filter(observed="192.0.2.2").update(state="gone", closed_at=NOW + 6 * DAY, closed_because=because)

    collect(now=NOW + 7 * DAY)

    assert Entry.objects.get(kind="gone").detail == because[:60]


def test_answers_that_say_we_were_wrong_and_complaints_are_harm(story):  # noqa: ARG001  what happened
    message = Message.objects.get(address=BAKERY.address)
    record_reply(notice=message.notice_id, answer="wrong", now=NOW + 6 * DAY)
    IncomingMail.objects.create(
        digest="1", received_at=NOW, kind="complaint", message=message, raw=b"", state="to_read"
    )
    Check.objects.create(at=NOW, outcome="genuine", notice=message.notice)

    collect(now=NOW + 7 * DAY)

    assert (kinds()["harm"], kinds()["reached"]) == (2, 1)


def test_a_withheld_finding_says_why(story):  # noqa: ARG001  what happened
    from misthoorn.triage.models import Decision  # noqa: PLC0415  for this test alone

    decision = Decision.objects.first()
    Decision.objects.filter(pk=decision.pk).update(outcome="tlp", decided_at=NOW + 6 * DAY)

    collect(now=NOW + 7 * DAY)

    assert Entry.objects.get(kind="withheld").detail == "tlp"


@pytest.mark.parametrize("size", [1, 2])
def test_read_piece_by_piece_nothing_is_left_out(story, monkeypatch, size):  # noqa: ARG001  what happened
    whole = sorted(Entry.objects.values_list("kind", "key"))
    Entry.objects.all().delete()
    ledger.Mark.objects.all().delete()
    monkeypatch.setattr(ledger, "PIECE", size)

    turns = 0
    while collect(now=NOW + 7 * DAY, pieces=1):
        turns += 1

    assert turns >= 3 // size
    assert sorted(Entry.objects.values_list("kind", "key")) == whole


def test_the_worker_looks_now_and_then_and_nobody_waits_for_it(db):  # noqa: ARG001  it reads the database
    assert step.run() is False
    assert step.pending() is False
    assert AT_LEAST < EVERY


def test_while_messages_wait_the_ledger_takes_a_twentieth_of_a_worker():
    assert rest(took=3.0, added=1_000, busy=True) == 60.0
    assert rest(took=3.0, added=1_000, busy=False) == AT_LEAST
    assert rest(took=0.01, added=1, busy=True) == AT_LEAST
    assert rest(took=3.0, added=0, busy=True) == EVERY


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL lets who reads write")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["matched", "accepted"])
def test_what_others_write_while_it_reads_keeps_nothing_from_being_written_down(story, monkeypatch, kind):  # noqa: ARG001  what happened
    reader, there = ledger.READERS[kind], Entry.objects.filter(kind=kind).count()
    Entry.objects.all().delete()
    Mark.objects.all().delete()

    def beside_others(mark):
        for found in reader(mark):
            with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
                other.execute("UPDATE triage_finding SET times_seen = times_seen + 1")
            yield found

    monkeypatch.setattr(ledger, "PIECE", 1)
    monkeypatch.setitem(ledger.READERS, kind, beside_others)
    assert there > 1
    assert collect(now=NOW + 7 * DAY, pieces=there) >= there
