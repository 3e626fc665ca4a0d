"""A sign of life: only to who asked, only when nothing else was told, and only what is true."""

from datetime import timedelta

import pytest
from cast import BAKERY, NOW, organisation
from deliveries import YESTERDAY, cve, deliver, events, records, seen, source
from warned import wish

from misthoorn.constituency.models import Asset, Contact
from misthoorn.intake.models import Alarm, Source
from misthoorn.notification.models import Message, Notice
from misthoorn.triage.models import MatchRun
from misthoorn.triage.services.sign_of_life import tell_alive

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = NOW + 31 * DAY
SEEN_ELSEWHERE = seen("203.0.113.9", at=YESTERDAY)


@pytest.fixture
def bakery(db):  # noqa: ARG001  it writes to the database
    """Watched by a feed and by a source of advisories, and nothing was found. It asked for a sign of life a month."""
    organisation(BAKERY)
    source()
    deliver(events(SEEN_ELSEWHERE))
    source("cve", form="cve5")
    deliver(records(cve("CVE-2020-0001", below="1.0.0")), source="cve", name="cve.jsonl", at=NOW + DAY)
    contact = Contact.objects.get()
    wish(contact, alive_every=30)
    return contact


def told():
    return Message.objects.filter(notice__kind="alive")


def test_who_heard_nothing_for_as_long_as_they_said_is_told_that_there_is_nothing(bakery):
    assert tell_alive(now=NOW + 29 * DAY) == 0
    assert tell_alive(now=LATER) == 1

    message = told().get()
    assert (message.state, message.address) == ("queued", bakery.address)
    assert message.notice.occasion == f"{bakery.pk}/2026-11-24"
    body = " ".join(message.body.split())
    assert BAKERY.name in body
    assert tell_alive(now=LATER) == 0


def test_what_it_says_of_the_last_look_is_the_oldest_of_all_kinds_that_are_watched(bakery):  # noqa: ARG001  it asked
    MatchRun.objects.filter(batch__source__slug="scan").update(finished_at=NOW + 3 * DAY)
    MatchRun.objects.filter(batch__source__slug="cve").update(finished_at=NOW + 9 * DAY)
    tell_alive(now=LATER)
    assert "27 november 2026" in " ".join(told().get().body.split())


def test_where_no_source_has_looked_yet_nothing_is_claimed(bakery):  # noqa: ARG001  it asked
    MatchRun.objects.filter(batch__source__slug="cve").update(state="queued", finished_at=None)
    assert tell_alive(now=LATER) == 0


def test_a_paused_source_looks_at_nothing(bakery):  # noqa: ARG001  it asked
    Source.objects.filter(slug="cve").update(paused=True)
    assert tell_alive(now=LATER) == 0


def test_who_has_nothing_to_be_watched_is_told_nothing(bakery):  # noqa: ARG001  it asked
    Asset.objects.all().delete()
    assert tell_alive(now=LATER) == 0


def test_a_source_that_is_silent_is_named(bakery):  # noqa: ARG001  it asked
    Alarm.objects.create(source=Source.objects.get(slug="scan"), kind="silent", since=NOW, detail="")
    tell_alive(now=LATER)
    assert "Scan" in told().get().body


def test_who_was_told_something_meanwhile_waits_again_from_then(bakery):
    first = told()
    tell_alive(now=LATER)
    first.update(state="handed_over", handed_over_at=LATER)

    assert tell_alive(now=LATER + 29 * DAY) == 0
    assert tell_alive(now=LATER + 30 * DAY) == 1
    assert Notice.objects.filter(kind="alive", organisation=bakery.organisation_id).count() == 2


def test_what_is_on_its_way_is_not_called_nothing(bakery):
    tell_alive(now=LATER)
    told().update(state="gathering", because="digest: calm-2026, digest, preference")
    Notice.objects.update(occasion="another")
    assert tell_alive(now=LATER + DAY) == 0
    assert told().get().contact == bakery


@pytest.mark.parametrize("change", [{"stopped_at": NOW}, {"bounced_at": NOW}, {"place": "192.0.2.0/29"}])
def test_who_can_not_be_told_or_answers_for_a_part_only_is_not(bakery, change):
    Contact.objects.filter(pk=bakery.pk).update(**change)
    assert tell_alive(now=LATER) == 0


def test_nobody_who_did_not_ask_is_told(bakery):
    wish(bakery, alive_every=0)
    assert tell_alive(now=LATER) == 0
