"""Figures of the effect, against what can be reckoned by hand from what happened."""

from datetime import timedelta

import pytest
from cast import BAKERY, BROKER, NOW

from misthoorn.constituency.models import Contact
from misthoorn.insight import queries
from misthoorn.insight.ledger import collect
from misthoorn.insight.queries import Which
from misthoorn.insight.survival import open_days
from misthoorn.notification.models import Message
from misthoorn.notification.services import record_reply

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATER = NOW + 6 * DAY


def test_the_reach_counts_notices_and_then_findings(story):
    found = queries.reach(Which(campaign=story))

    assert (found.made, found.handed_over, found.arrived) == (2, 2, 2)
    assert (found.reached, found.answered, found.said_fixed, found.harm) == (1, 1, 1, 0)
    assert (found.told, found.fixed, found.other, found.reopened) == (3, 1, 0, 0)


def test_a_message_that_came_back_did_not_arrive(story):
    message = Message.objects.get(address=BAKERY.address)
    queries.Entry.objects.create(kind="bounced", key=str(message.pk), at=LATER, recorded_at=LATER)

    found = queries.reach(Which(campaign=story))

    assert (found.handed_over, found.arrived) == (2, 1)


def test_the_curve_is_that_of_one_fixed_after_three_days_and_two_seen_until_the_fifth(story):
    found = queries.remediation(Which(campaign=story), now=LATER)

    assert [(point.day, round(point.open, 4), point.at_risk) for point in found.points] == [
        (0, 1, 3),
        (3, round(2 / 3, 4), 3),
        (5, round(2 / 3, 4), 0),
    ]
    assert (found.count, found.ended, found.watched) == (3, 1, 3)
    assert open_days(found, upto=5) == pytest.approx(3 + 2 * 2 / 3)


def test_what_an_owner_says_is_not_what_was_seen(story):
    assert queries.reach(Which(campaign=story)).said_fixed == 1
    assert queries.remediation(Which(campaign=story, severity="high"), now=LATER).ended == 1


def test_groups_are_told_apart_and_the_largest_comes_first(story):
    by_sector = queries.compared(Which(campaign=story), by="sector", now=LATER)

    assert {sector: found.count for sector, found in by_sector.items()} == {BAKERY.sector: 2, BROKER.sector: 1}
    assert [*by_sector] == [BAKERY.sector, BROKER.sector]
    for by in ("severity", "channel", "campaign", "size"):
        assert sum(found.count for found in queries.compared(Which(), by=by, now=LATER).values()) == 3


def test_figures_can_be_about_a_part(story):
    for which, told in (
        (Which(sector=BROKER.sector), 1),
        (Which(severity="urgent"), 0),
        (Which(channel="mail"), 3),
        (Which(campaign=story + 1), 0),
        (Which(size=BAKERY.size, sector=BAKERY.sector, subject="open-rdp"), 2),
    ):
        assert queries.reach(which).told == told, which


def test_precision_counts_those_who_answered_alone(story):  # noqa: ARG001  what happened
    record_reply(notice=Message.objects.get(address=BAKERY.address).notice_id, answer="not_ours", now=LATER)
    collect(now=LATER + DAY)

    [found] = queries.precision()

    assert (found.subject, found.answered, found.wrong, found.not_ours) == ("open-rdp", 2, 0, 1)


def test_a_contact_is_good_when_it_works_and_was_confirmed_not_long_ago(story):  # noqa: ARG001  what happened
    before = queries.contact_quality(now=NOW)
    Contact.objects.filter(address=BAKERY.address).update(bounced_at=NOW)
    Contact.objects.filter(address=BROKER.address).update(confirmed_at=NOW - 181 * DAY)

    after = queries.contact_quality(now=NOW)

    assert before.working - after.working == 1
    assert after.confirmed == 0
    assert after.organisations == before.organisations == 2


def test_burden_is_by_month_and_speed_from_the_observation_on(story):  # noqa: ARG001  what happened
    [month] = queries.burden()
    assert (month.month, month.messages, month.organisations, month.most) == ("2026-11", 2, 2, 1)
    half, nine_tenths, most = queries.hours_to_warning(Which())
    assert half == pytest.approx(21.5)  # seen at noon, told at half past nine in the morning
    assert half <= nine_tenths <= most
    assert queries.hours_to_warning(Which(severity="urgent")) is None
