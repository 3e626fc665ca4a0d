"""Who is reminded of what is still there, and who is left alone."""

import io
import re
from datetime import timedelta

import pytest
from aftermath import DAY, arrive, later, look, see_again
from cast import BAKERY, NOW

from misthoorn.common.numbers import show_number
from misthoorn.constituency.imports import read_table
from misthoorn.constituency.models import Contact, Preference
from misthoorn.constituency.services import import_table
from misthoorn.notification.models import Message, Notice
from misthoorn.notification.services import record_reply
from misthoorn.triage import services
from misthoorn.triage.models import Campaign, Finding

pytestmark = pytest.mark.django_db

WEEK = 7 * DAY
SOON = timedelta(hours=1)


def another_contact(address="info@korenaar.example", *, channel="mail"):
    table = "register_number,role,address,language\n30000001,general,info@korenaar.example,nl\n"
    import_table(read_table(io.StringIO(table)), at=NOW)
    Contact.objects.filter(address="info@korenaar.example").update(address=address, channel=channel)


def test_what_is_seen_again_after_a_week_is_told_once_more_to_the_same_contact(warned):
    see_again(at=NOW + WEEK)

    look(NOW + WEEK - SOON)
    assert later("reminder") == []
    look(NOW + WEEK + SOON)

    [reminder] = later("reminder")
    [message] = reminder.messages.all()
    assert (reminder.about, message.address, message.state) == (warned, BAKERY.address, "queued")
    assert reminder.number != warned.number
    assert list(reminder.findings.values_list("finding__observed", flat=True)) == ["192.0.2.1"]


def test_the_reminder_reads_as_a_baker_reads_it(warned):
    see_again(at=NOW + WEEK)
    look(NOW + WEEK + SOON)

    body = Message.objects.get(notice__kind="reminder").body.replace("\n", " ")

    assert f"Op 24 november 2026 stuurden wij u waarschuwing {show_number(warned.number)}." in body
    assert "Op 1 december 2026 zag de bron het nog steeds." in body
    assert re.search(r"Adres: +192\.0\.2\.1 +Poort: +3389/tcp", body)


def test_what_was_not_seen_since_is_no_reason_to_remind(warned):  # noqa: ARG001  warned
    look(NOW + 2 * WEEK)

    assert later("reminder") == []


def test_what_was_seen_an_hour_after_the_warning_only_is_no_reason_to_remind(warned):  # noqa: ARG001  warned
    see_again(at=NOW + 3 * SOON)

    look(NOW + 2 * WEEK)

    assert later("reminder") == []


def test_one_reminder_by_the_same_way_and_then_another_contact_and_then_nothing(warned):  # noqa: ARG001  warned
    another_contact()
    for week in range(1, 6):
        see_again(at=NOW + week * WEEK)
        look(NOW + week * WEEK + SOON)
        arrive(at=NOW + week * WEEK + SOON)

    addresses = [notice.messages.get().address for notice in later("reminder")]
    assert addresses == [BAKERY.address, "info@korenaar.example"]
    second = Message.objects.get(address="info@korenaar.example").body.replace("\n", " ")
    assert "aan een ander contact van dit bedrijf" in second


@pytest.mark.parametrize("channel", ["telephone", "letter"])
def test_the_other_way_may_be_a_call_or_a_letter_that_waits_for_a_person(warned, channel):  # noqa: ARG001  warned
    another_contact("+31 20 555 0100", channel=channel)
    for week in (1, 2):
        see_again(at=NOW + week * WEEK)
        look(NOW + week * WEEK + SOON)
        arrive(at=NOW + week * WEEK + SOON)

    message = later("reminder")[1].messages.get()
    assert (message.channel, message.state) == (channel, "waiting")


def test_without_another_contact_everybody_sees_that_nobody_else_was_told(warned):  # noqa: ARG001  warned
    for week in range(1, 5):
        see_again(at=NOW + week * WEEK)
        look(NOW + week * WEEK + SOON)
        arrive(at=NOW + week * WEEK + SOON)

    states = [(notice.state, notice.withheld_because) for notice in later("reminder")]
    assert states == [("queued", ""), ("withheld", "no_contact")]


@pytest.mark.parametrize("answer", ["fixed", "passed_on", "accepted", "not_ours", "wrong"])
def test_who_answered_is_left_alone_for_a_while(warned, answer):
    record_reply(notice=warned.pk, answer=answer, now=NOW + DAY)
    see_again(at=NOW + WEEK)

    look(NOW + WEEK + SOON)

    assert later("reminder") == []


def test_what_was_said_to_be_fixed_and_is_still_seen_after_two_weeks_is_told(warned):
    record_reply(notice=warned.pk, answer="fixed", now=NOW + DAY)
    see_again(at=NOW + 16 * DAY)

    look(NOW + 16 * DAY)

    assert len(later("reminder")) == 1


@pytest.mark.parametrize(("severity", "reminders"), [("high", 0), ("urgent", 1)])
def test_who_wants_no_reminders_gets_only_those_that_are_urgent(warned, severity, reminders):
    contact = Contact.objects.get(address=BAKERY.address)
    Preference.objects.create(contact=contact, reminders=False, changed_at=NOW)
    Notice.objects.filter(pk=warned.pk).update(severity=severity)
    Finding.objects.update(severity=severity)
    see_again(at=NOW + WEEK)

    look(NOW + WEEK + SOON)

    assert len(later("reminder")) == reminders


def test_a_reminder_that_the_first_contact_can_no_longer_get_says_that_another_one_did(warned):
    another_contact()
    Contact.objects.filter(address=BAKERY.address).update(bounced_at=NOW)
    see_again(at=NOW + WEEK)

    look(NOW + WEEK + SOON)

    message = later("reminder")[0].messages.get()
    assert message.address == "info@korenaar.example"
    assert "aan een ander contact van dit bedrijf" in message.body.replace("\n", " ")
    assert warned.number[:4] in message.body


def test_of_a_product_that_is_still_on_the_list_its_owner_is_reminded(told_of_a_hole):
    look(NOW + 22 * DAY)

    [reminder] = later("reminder")
    assert reminder.about == told_of_a_hole
    assert "Log4j" in reminder.messages.get().body


def test_nobody_is_reminded_while_the_campaign_is_stopped(warned, analyst):
    services.stop_campaign(campaign=warned.campaign_id, person=analyst, note="wait", now=NOW)
    see_again(at=NOW + WEEK)

    look(NOW + WEEK + SOON)
    assert later("reminder") == []

    services.resume_campaign(campaign=warned.campaign_id, person=analyst, note="", now=NOW + WEEK)
    look(NOW + 8 * DAY)
    assert len(later("reminder")) == 1


def test_what_is_suppressed_since_is_not_told_again(warned, analyst):
    scope = services.Scope(subject="open-rdp")
    services.suppress(scope=scope, reason="a honeypot", person=analyst, until=None, now=NOW)
    see_again(at=NOW + WEEK)

    look(NOW + WEEK + SOON)

    assert not Notice.objects.filter(about=warned).exists()


def test_what_a_newer_warning_tells_of_is_not_reminded_of_twice(warned, analyst):
    Finding.objects.update(state="gone", closed_at=NOW + DAY, closed_because="the asset changed")
    see_again(at=NOW + 2 * DAY)
    again = Campaign.objects.get(state="proposed").pk
    services.approve_campaign(campaign=again, person=analyst, seen_reach=9, now=NOW + 2 * DAY)
    services.release_campaign(campaign=again, now=NOW + 2 * DAY)
    arrive(at=NOW + 2 * DAY)
    for week in (1, 2):
        see_again(at=NOW + week * WEEK + 2 * DAY)
        look(NOW + week * WEEK + 2 * DAY + SOON)

    reminders = later("reminder")
    assert [one.about.campaign_id for one in reminders[:1]] == [again]
    assert warned not in {one.about for one in reminders}


def test_a_warning_that_did_not_arrive_is_not_reminded_of(make_bakery, analyst, warned):  # noqa: ARG001  warned
    Message.objects.update(state="queued", handed_over_at=None)
    see_again(at=NOW + WEEK)

    look(NOW + WEEK + SOON)

    assert later("reminder") == []
