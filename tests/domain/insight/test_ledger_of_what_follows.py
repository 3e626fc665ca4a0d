"""What follows on a warning is no other warning: the funnel stays true."""

import pytest
from aftermath import DAY, arrive, look, release, see_again
from cast import ANALYST, BAKERY, COLLEAGUE, NOW, organisation, person
from deliveries import deliver, events, seen, source

from misthoorn.insight.burden import by_month
from misthoorn.insight.history import Which, read
from misthoorn.insight.ledger import collect
from misthoorn.insight.models import Entry
from misthoorn.insight.queries import beside, reach
from misthoorn.notification.models import Check, Notice
from misthoorn.notification.services import record_reply
from misthoorn.triage.follow_up import corrections
from misthoorn.triage.models import Campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def reminded(db):  # noqa: ARG001  it writes to the database
    """The bakery was warned, and reminded a week later; its warning."""
    organisation(BAKERY)
    source()
    deliver(events(seen("192.0.2.1")))
    release(Campaign.objects.get().pk, person(ANALYST, second_factor=False))
    arrive()
    see_again(at=NOW + 7 * DAY)
    look(NOW + 8 * DAY)
    arrive(at=NOW + 8 * DAY)
    return Notice.objects.get(kind="warning")


def test_a_reminder_is_no_second_warning_and_its_finding_is_told_once(reminded):  # noqa: ARG001  it happened
    collect(now=NOW + 9 * DAY)

    found = reach(read(Which(), now=NOW))
    assert (found.made, found.handed_over, found.arrived, found.told) == (1, 1, 1, 1)
    assert beside(Which()) == {"reminder": 1}
    assert Entry.objects.get(kind="told").at == NOW
    assert [(one.messages, one.organisations) for one in by_month(now=NOW + 9 * DAY)] == [(1, 1), (1, 1)]


def test_who_answers_a_reminder_or_checks_its_number_answers_the_warning(reminded):
    reminder = Notice.objects.get(kind="reminder")
    record_reply(notice=reminder.pk, answer="fixed", now=NOW + 9 * DAY)
    Check.objects.create(at=NOW + 9 * DAY, outcome="genuine", notice=reminder)
    collect(now=NOW + 10 * DAY)

    found = reach(read(Which(), now=NOW))
    assert (found.answered, found.reached, found.said_fixed) == (1, 1, 1)
    assert {one.notice for one in Entry.objects.filter(kind__in=["answered", "reached"])} == {reminded.pk}


def test_a_warning_that_was_wrong_is_harm_once_that_is_told(reminded):
    wrong = corrections.Wrong(reason_nl="Fout.", reason_en="Wrong.", doing_nl="Beter.", doing_en="Better.")
    pk = corrections.propose_correction(
        campaign=reminded.campaign_id, wrong=wrong, person=person(ANALYST, second_factor=False), now=NOW + 9 * DAY
    )
    corrections.approve_correction(correction=pk, person=person(COLLEAGUE, second_factor=False), now=NOW + 9 * DAY)
    corrections.release_corrections(now=NOW + 9 * DAY)
    collect(now=NOW + 9 * DAY)
    assert reach(read(Which(), now=NOW)).corrected == 0

    arrive(at=NOW + 9 * DAY)
    collect(now=NOW + 10 * DAY)
    collect(now=NOW + 11 * DAY)

    [harm] = Entry.objects.filter(kind="harm")
    assert (harm.detail, harm.notice, harm.organisation) == ("correction", reminded.pk, reminded.organisation_id)
    found = reach(read(Which(), now=NOW))
    assert (found.corrected, found.harm, found.made, found.handed_over) == (1, 0, 1, 1)
