"""Figures of the effect, against what can be reckoned by hand from what happened."""

from datetime import timedelta

import pytest
from cast import ANALYST, BAKERY, BROKER, NOW, person
from deliveries import deliver, events, seen

from misthoorn.constituency import queries as constituency
from misthoorn.constituency.models import Asset, Contact
from misthoorn.constituency.routing.contact_order import why_not
from misthoorn.insight import burden, contacts, precision, queries, speed
from misthoorn.insight.history import Which, read
from misthoorn.insight.ledger import collect
from misthoorn.insight.models import Entry
from misthoorn.insight.survival import open_days
from misthoorn.notification.models import Message, Reply
from misthoorn.notification.services import record_reply
from misthoorn.triage.models import Finding
from misthoorn.triage.services.judgement import Judgement, judge_answer

pytestmark = pytest.mark.django_db

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATER = NOW + 6 * DAY


def look(which):
    return read(which, now=LATER)


def test_the_reach_counts_notices_and_then_findings(story):
    found = queries.reach(look(Which(campaign=story)))

    assert (found.made, found.handed_over, found.arrived) == (2, 2, 2)
    assert (found.reached, found.answered, found.said_fixed, found.harm) == (1, 1, 1, 0)
    assert (found.told, found.fixed, found.other, found.reopened) == (3, 1, 0, 0)


def test_a_message_that_came_back_did_not_arrive(story):
    message = Message.objects.get(address=BAKERY.address)
    Entry.objects.create(kind="bounced", key=str(message.pk), at=LATER, recorded_at=LATER)

    found = queries.reach(look(Which(campaign=story)))

    assert (found.handed_over, found.arrived) == (2, 1)


def test_the_curve_is_that_of_one_fixed_after_three_days_and_two_seen_until_the_fifth(story):
    found = queries.remediation(look(Which(campaign=story)))

    assert [(point.day, round(point.open, 4), point.at_risk) for point in found.points] == [
        (0, 1, 3),
        (3, round(2 / 3, 4), 3),
        (5, round(2 / 3, 4), 0),
    ]
    assert (found.count, found.ended, found.watched) == (3, 1, 3)
    assert open_days(found, upto=5) == pytest.approx(3 + 2 * 2 / 3)


def test_what_one_delivery_saw_and_what_it_did_not_see_any_more_were_watched_equally_long(story):
    for day in (7, 8):
        at = NOW + day * DAY
        deliver(events(seen("198.51.100.1", at=at - 20 * HOUR)), at=at, name=f"{day}.csv")
    collect(now=NOW + 9 * DAY)

    last = queries.remediation(look(Which(campaign=story))).points[-1]
    assert (last.day, round(last.open, 4)) == (8, round(1 / 3, 4))


def test_what_an_owner_says_is_not_what_was_seen(story):
    assert queries.reach(look(Which(campaign=story))).said_fixed == 1
    assert queries.remediation(look(Which(campaign=story, severity="high"))).ended == 1


def test_groups_are_told_apart_and_the_largest_comes_first(story):
    by_sector = queries.compared(look(Which(campaign=story)), by="sector")

    assert {sector: found.count for sector, found in by_sector.items()} == {BAKERY.sector: 2, BROKER.sector: 1}
    assert [*by_sector] == [BAKERY.sector, BROKER.sector]
    for by in ("severity", "channel", "campaign", "size"):
        assert sum(found.count for found in queries.compared(look(Which()), by=by).values()) == 3


def test_figures_can_be_about_a_part(story):
    for which, told in (
        (Which(sector=BROKER.sector), 1),
        (Which(severity="urgent"), 0),
        (Which(channel="mail"), 3),
        (Which(campaign=story + 1), 0),
        (Which(size=BAKERY.size, sector=BAKERY.sector, subject="open-rdp"), 2),
    ):
        assert queries.reach(look(which)).told == told, which


def test_precision_is_what_was_judged_wrong_of_what_was_told(story):  # noqa: ARG001  what happened
    [before] = precision.of_told()
    assert (before.told, before.judged, before.wrong_of_told, before.rule) == (3, 0, 0, Finding.objects.first().rule)
    record_reply(notice=Message.objects.get(address=BAKERY.address).notice_id, answer="not_ours", now=LATER)
    Reply.objects.filter(answer="not_ours").update(
        judgement="not_theirs", judged_at=LATER, judged_by=person(ANALYST, second_factor=False)
    )
    collect(now=LATER + DAY)

    [found] = precision.of_told()
    assert (found.told, found.judged, found.false, found.not_theirs) == (3, 2, 0, 2)
    assert found.wrong_of_told == pytest.approx(2 / 3)
    assert found.interval == pytest.approx((0.2077, 0.9385), abs=1e-4)  # Wilson, of 2 in 3
    assert precision.precision() == [found]


@pytest.mark.parametrize(
    ("said", "counts"), [("false_positive", (1, 1, 0)), ("not_theirs", (1, 0, 1)), ("stands", (2, 0, 0))]
)
def test_what_a_judgement_does_not_hold_for_is_not_judged(story, said, counts):  # noqa: ARG001  what happened
    """Both systems of the bakery were told in one warning; it says that it is wrong, and a person agrees on one."""
    told = Finding.objects.filter(observed__startswith="192.0.2.").order_by("pk")
    other = Asset.objects.get(kind="domain", organisation=told[0].organisation)
    told.filter(observed="192.0.2.2").update(asset=other)
    notice = Message.objects.get(address=BAKERY.address).notice_id
    record_reply(notice=notice, answer="wrong", now=LATER)
    judged = Judgement(judgement=said, note="So it is", assets=[] if said == "stands" else [other.pk])
    judge_answer(
        reply=Reply.objects.get(answer="wrong").pk,
        judged=judged,
        person=person(ANALYST, second_factor=False),
        now=LATER,
    )
    collect(now=LATER + DAY)

    [found] = precision.of_told()
    assert (found.judged, found.false, found.not_theirs) == counts


def test_a_contact_is_good_when_it_works_and_was_confirmed_not_long_ago(story):  # noqa: ARG001  what happened
    before = contacts.contact_quality(now=NOW)
    Contact.objects.filter(address=BAKERY.address).update(bounced_at=NOW)
    Contact.objects.filter(address=BROKER.address).update(confirmed_at=NOW - 181 * DAY)

    after = contacts.contact_quality(now=NOW)

    assert before.working - after.working == 1
    assert after.confirmed == 0
    assert after.organisations == before.organisations == 2


@pytest.mark.parametrize(
    ("changes", "works"),
    [
        ({}, True),
        ({"valid_to": NOW + DAY}, True),
        ({"valid_to": NOW}, False),
        ({"bounced_at": NOW}, False),
        ({"stopped_at": NOW}, False),
        ({"provenance": "claimed"}, False),
    ],
)
def test_a_contact_that_works_is_one_of_which_the_ladder_says_nothing(story, changes, works):  # noqa: ARG001  what happened
    contact = Contact.objects.get(address=BAKERY.address)
    Contact.objects.filter(pk=contact.pk).update(**changes)

    assert (not why_not(constituency.contacts([contact.pk])[contact.pk], now=NOW)) is works
    assert contacts.contact_quality(now=NOW).working == 1 + works
    assert sum(one.contacts for one in contacts.by_provenance(read(Which(), now=NOW))) == 1 + works


def test_burden_is_by_month_and_speed_from_the_observation_on(story):  # noqa: ARG001  what happened
    [month] = burden.by_month(now=LATER)
    assert (month.month, month.messages, month.organisations, month.most) == ("2026-11", 2, 2, 1)
    whole, high = speed.hours_to_warning(look(Which()))
    assert (whole.severity, whole.findings, whole.half) == ("", 3, pytest.approx(21.5))  # seen at noon, told at 9:30
    assert whole.half <= whole.nine_tenths <= whole.most
    assert (high.severity, high.half) == ("high", whole.half)
    assert speed.hours_to_warning(look(Which(severity="urgent"))) == []
