"""Several campaigns just under the limit, one after another, reach no more on one yes than one large one does."""

from datetime import timedelta

import pytest
from cast import COLLEAGUE, NOW
from deliveries import YESTERDAY, deliver, events, seen, source
from to_many import approve as approve_broadcast
from to_many import draft

from misthoorn.triage.campaigns.reach_limit import Alone, reached_alone
from misthoorn.triage.models import Campaign
from misthoorn.triage.services import approve_campaign, hold_campaign, reject_campaign

pytestmark = pytest.mark.django_db

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture(autouse=True)
def limit(settings):
    settings.REACH_LIMIT = 2


def propose(subject="open-rdp", *hosts, at=NOW):
    """A campaign about these hosts of the bakery and the brokers; its id."""
    rows = [seen(host, what=subject, at=YESTERDAY + (at - NOW)) for host in hosts or ("192.0.2.1", "198.51.100.1")]
    deliver(events(*rows), at=at)
    return Campaign.objects.latest("pk").pk


def approve(pk, by, *, at=NOW):
    return approve_campaign(campaign=pk, person=by, seen_reach=99, now=at).state


@pytest.fixture(autouse=True)
def feed(country):  # noqa: ARG001  they are in the database
    source()


def test_a_second_campaign_of_the_same_day_by_the_same_person_needs_a_colleague(analyst, colleague):
    first, second = propose("open-rdp"), propose("open-vnc", "192.0.2.1")

    assert approve(first, analyst) == "approved"
    assert approve(second, analyst) == "waiting"
    assert approve(second, colleague) == "approved"


def test_a_colleague_has_a_day_and_a_limit_of_their_own(analyst, colleague):
    first, second = propose("open-rdp"), propose("open-vnc")

    assert approve(first, analyst) == approve(second, colleague) == "approved"


def test_two_people_who_take_turns_on_one_subject_are_held_too(analyst, colleague):
    approve(propose("open-rdp"), analyst)
    again = propose("open-rdp", "192.0.2.2")

    assert approve(again, colleague) == "waiting"
    assert approve(again, analyst) == "approved"


@pytest.mark.parametrize(("after", "state"), [(DAY - SECOND, "waiting"), (DAY, "approved")])
def test_after_24_hours_the_day_is_new(analyst, after, state):
    approve(propose("open-rdp"), analyst)

    assert approve(propose("open-vnc"), analyst, at=NOW + after) == state


def test_what_two_people_approved_counts_for_neither(analyst, colleague):
    Campaign.objects.filter(pk=(first := propose("open-rdp"))).update(reach_limit=1)
    approve(first, analyst)
    approve(first, colleague)

    for person in (analyst, colleague):
        assert reached_alone(person=person, subject="open-rdp", now=NOW) == Alone(0, 0)
    assert approve(propose("open-vnc"), analyst) == "approved"


@pytest.mark.parametrize("step", [hold_campaign, reject_campaign])
def test_a_campaign_that_waits_or_was_refused_reached_nobody(analyst, step):
    step(campaign=propose("open-rdp"), person=analyst, note="", now=NOW)

    assert approve(propose("open-vnc"), analyst) == "approved"


def test_a_message_to_many_and_a_campaign_count_together(analyst):
    broadcast, campaign = draft(), propose("open-vnc")

    assert approve_broadcast(broadcast).state == "approved"
    assert approve(campaign, analyst) == "waiting"


def test_a_message_to_many_after_a_campaign_needs_a_colleague(analyst):
    approve(propose("open-vnc"), analyst)

    assert approve_broadcast(broadcast := draft()).state == "waiting"
    assert approve_broadcast(broadcast, COLLEAGUE).state == "approved"
