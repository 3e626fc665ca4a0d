"""What recipients wish, and what rules put together, at the moment at which a campaign is released."""

from datetime import time, timedelta

import pytest
from cast import BAKERY, BROKER, NOW, organisation
from deliveries import deliver, events, seen, source
from django.db import connection
from django.test.utils import CaptureQueriesContext
from warned import warn, wish

from misthoorn.constituency.models import Contact, Organisation
from misthoorn.notification import queries as notification
from misthoorn.notification.models import Message, Notice
from misthoorn.triage import queries
from misthoorn.triage.campaigns.assessment import assess
from misthoorn.triage.campaigns.plans import notice_plans
from misthoorn.triage.forecast import Soon, look_at
from misthoorn.triage.models import Campaign
from misthoorn.triage.services import approve_campaign, release_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def bakery(db):  # noqa: ARG001  it writes to the database
    organisation(BAKERY)
    organisation(BROKER)
    source()
    return Contact.objects.get(organisation__register_number=BAKERY.register_number)


def test_what_may_wait_waits_for_the_digest_that_the_contact_chose(bakery, analyst):
    wish(bakery, preset="digest", hour=8)
    warn(analyst, seen(severity="normal"), seen("198.51.100.1", severity="normal"))

    mine = Message.objects.get(contact=bakery)
    assert (mine.state, mine.because) == ("gathering", "digest: calm-2026, digest, preference")
    assert f"{mine.not_before:%d %H:%M}" == "25 07:00"
    assert mine.not_after == mine.not_before + timedelta(days=5)
    assert Message.objects.exclude(contact=bakery).get().state == "queued"
    assert notification.broken_laws() == []


@pytest.mark.parametrize(
    "row",
    [
        {"severity": "urgent"},
        {"severity": "high"},
        {"severity": "normal", "what": "compromised-website"},
    ],
)
def test_what_may_not_wait_goes_out_at_once_whatever_was_wished(bakery, analyst, row):
    wish(bakery, preset="digest")
    warn(analyst, seen(**row))

    assert Message.objects.get().state == "queued"


def test_who_wants_only_what_is_severe_gets_no_mail_and_the_reason_is_kept(bakery, analyst):
    wish(bakery, preset="severe")
    warn(analyst, seen(severity="normal"))

    notice = Notice.objects.get()
    assert (notice.state, notice.withheld_because) == ("withheld", "preference")
    assert notice.findings.count() == 1
    assert not Message.objects.exists()
    assert notification.withheld_by_reason() == {"preference": 1}


def test_a_preview_shows_the_mail_also_when_its_reader_wished_for_none(bakery, analyst):
    wish(bakery, preset="severe")
    campaign = warn(analyst, seen(severity="normal"))

    assert "192.0.2.1" in queries.preview(campaign, language="nl", now=NOW).body


def test_where_one_contact_wants_it_and_another_does_not_both_are_kept(bakery, analyst):
    nearer = Contact.objects.create(
        organisation=bakery.organisation,
        role="security",
        address="noc@korenaar.example",
        provenance="registered",
        confirmed_at=NOW,
        created_at=NOW,
        place="192.0.2.8/29",
    )
    wish(nearer, floor="high")
    warn(analyst, seen("192.0.2.1", severity="normal"), seen("192.0.2.9", severity="normal"))

    told = {one.address: (one.state, one.because) for one in Message.objects.all()}
    assert told == {"beheer@korenaar.example": ("queued", ""), "noc@korenaar.example": ("withheld", "preference")}
    assert notification.broken_laws() == []
    assert notification.came_back() is None


def test_in_quiet_hours_it_waits_until_they_are_over(bakery, analyst):
    wish(bakery, quiet_from=time(9), quiet_to=time(12))
    warn(analyst, seen())

    message = Message.objects.get()
    assert (message.state, f"{message.not_before:%d %H:%M}") == ("queued", "24 11:00")


@pytest.mark.usefixtures("bakery")
def test_a_second_mail_on_the_same_day_waits_until_the_day_is_over(analyst):
    warn(analyst, seen(severity="normal"))
    warn(analyst, seen(severity="normal", port=53, what="open-dns"))

    first, second = Message.objects.order_by("pk")
    assert (first.state, second.state) == ("queued", "gathering")
    assert second.not_before == NOW + timedelta(days=1)
    assert second.because == "digest: calm-2026, anyone, day"


@pytest.mark.usefixtures("bakery")
def test_a_mail_of_two_days_ago_holds_nothing_up(analyst):
    warn(analyst, seen(severity="normal"))
    Message.objects.update(state="handed_over", handed_over_at=NOW - timedelta(days=2))
    warn(analyst, seen(severity="normal", port=53, what="open-dns"))

    assert Message.objects.order_by("pk").last().state == "queued"


def test_an_owner_of_networks_waits_for_its_bundle(bakery, analyst):
    Organisation.objects.filter(pk=bakery.organisation_id).update(network_owner=True)
    wish(bakery, preset="severe")
    warn(analyst, seen(severity="normal"))

    message = Message.objects.get()
    assert (message.state, message.because) == ("gathering", "bundle: calm-2026, network_owner, day")


@pytest.mark.usefixtures("bakery")
def test_deciding_asks_no_more_of_the_database_for_more_organisations(analyst):
    campaign = Campaign.objects.get(pk=warn(analyst, seen(), seen("198.51.100.1")))
    rulings = list(assess(campaign, now=NOW))
    counts = []
    for some in (rulings[:1], rulings):
        with CaptureQueriesContext(connection) as asked:
            assert len(list(notice_plans(campaign, some, now=NOW))) == len(some)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_before_and_after_a_release_it_is_told_how_soon_everybody_hears(bakery, analyst):
    wish(bakery, preset="digest")
    wish(Contact.objects.exclude(pk=bakery.pk).get(), preset="severe")
    deliver(events(seen(severity="normal"), seen("198.51.100.1", severity="normal"), seen("203.0.113.1")))
    campaign = Campaign.objects.get().pk
    before, told = look_at(campaign, now=NOW)
    assert (before.reached, told) == (2, Soon(at_once=0, gathered=1, not_told=1))

    approve_campaign(campaign=campaign, person=analyst, seen_reach=2, now=NOW)
    release_campaign(campaign=campaign, now=NOW)
    assert look_at(campaign, now=NOW) == (queries.funnel(campaign, now=NOW), told)
