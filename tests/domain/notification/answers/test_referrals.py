"""Passing a warning on: once, to few, with no word of anybody but us, and only where the label allows it."""

import io
from datetime import timedelta

import pytest
from aftermath import WRONG
from cast import ANALYST, COLLEAGUE, person

from misthoorn.common import clock
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.contacts.register import add_contact, confirm_contact
from misthoorn.constituency.imports import read_table
from misthoorn.constituency.models import Contact
from misthoorn.constituency.retention import forget_addresses
from misthoorn.constituency.services import import_table
from misthoorn.notification.answers.referrals import MOST, MOST_A_DAY, MOST_OF_ONE, Passed, pass_on
from misthoorn.notification.channels import HandOverError, Reason
from misthoorn.notification.models import Message, Notice
from misthoorn.triage.follow_up.corrections import approve_correction, propose_correction, release_corrections
from misthoorn.triage.models import Campaign, Finding
from misthoorn.triage.services import stop_campaign
from misthoorn.web.labels.answers import PASSED

NOW = clock.now()
PROVIDER = "it@noord.example"


@pytest.fixture
def sent(queue, deliver):
    queue(5)
    deliver().run()
    return Message.objects.select_related("notice").order_by("pk").first()


def on(message, address=PROVIDER, *, now=NOW):
    return pass_on(notice=message.notice_id, address=address, now=now)


def passed():
    return Message.objects.get(template="passed-on@2")


def test_the_warning_goes_to_the_named_address_once_and_says_who_passed_it_on(sent, deliver, channel):
    channel.taken.clear()
    assert on(sent) is Passed.SENT
    deliver().run()

    (parcel,) = channel.taken
    head, _, rest = parcel.body.partition(f"\n{'-' * 30}\n")
    assert parcel.address == PROVIDER
    assert parcel.subject.startswith("Doorgegeven aan u: ")
    assert head.startswith("Bedrijf 00000000 heeft deze waarschuwing aan u doorgegeven.")
    assert "Verder sturen wij u niets." in head
    assert rest.strip() == sent.body.strip()
    assert passed().state == Message.State.HANDED_OVER


@pytest.mark.parametrize("address", [PROVIDER, "IT@noord.example", "it@NOORD.example"])
def test_the_same_address_gets_it_once_however_it_is_written(sent, address):
    assert [on(sent), on(sent, address)] == [Passed.SENT, Passed.ALREADY]
    assert Message.objects.filter(template="passed-on@2").count() == 1


def test_who_has_the_warning_already_does_not_get_it_again(sent):
    assert on(sent, sent.address) is Passed.ALREADY


def test_nobody_is_told_anything_later_because_a_warning_was_passed_on_to_them(sent):
    on(sent)
    contact = passed().contact

    ladder = constituency.ladders([contact.organisation_id], now=NOW)[contact.organisation_id]
    shown = {rung.reason for rung in constituency.ladder_of(contact.organisation_id, now=NOW) if rung.contact}
    assert contact.pk not in {one.id for one in ladder}
    assert "passed-on" in shown


def _found(contact):
    by = person(ANALYST, second_factor=False)
    where = {"organisation": contact.organisation_id, "role": "it_provider", "address": PROVIDER}
    add_contact(**where, evidence="a call", person=by, at=NOW)


def _imported(contact):
    number = contact.organisation.register_number
    table = f"register_number,role,address,provenance\n{number},it_provider,{PROVIDER},register\n"
    assert not import_table(read_table(io.StringIO(table)), at=NOW).failed


def _confirmed(contact):
    confirm_contact(contact=contact.pk, person=person(ANALYST, second_factor=False), at=NOW)


@pytest.mark.parametrize("name", [_found, _imported, _confirmed])
def test_an_address_that_somebody_finds_or_confirms_later_is_a_contact_as_any_other(sent, name):
    on(sent)
    contact = passed().contact
    name(contact)

    later = NOW + timedelta(days=365)
    ladder = constituency.ladders([contact.organisation_id], now=later)[contact.organisation_id]
    assert contact.pk in {one.id for one in ladder}


@pytest.mark.parametrize("label", ["AMBER+STRICT", "RED"])
def test_what_must_stay_in_the_organisation_is_not_passed_on(sent, label):
    Notice.objects.filter(pk=sent.notice_id).update(tlp=label)

    assert on(sent) is Passed.TLP
    assert not Contact.objects.filter(address=PROVIDER).exists()


def test_what_was_seen_again_under_a_stricter_label_is_not_passed_on(sent):
    Finding.objects.update(tlp="AMBER+STRICT")

    assert on(sent) is Passed.TLP


def test_what_became_strict_after_that_is_withheld_when_it_would_be_handed_over(sent, deliver):
    on(sent)
    Notice.objects.filter(pk=sent.notice_id).update(tlp="AMBER+STRICT")
    deliver().run()

    assert (passed().state, passed().because) == (Message.State.WITHHELD, "tlp")


def test_what_is_no_longer_true_is_not_handed_over_to_the_next_one_either(sent, deliver):
    on(sent)
    Finding.objects.update(state=Finding.State.GONE)
    deliver().run()

    assert (passed().state, passed().because) == (Message.State.WITHHELD, "no_longer_true")


@pytest.mark.parametrize(
    "address",
    [
        "niemand",
        "a@b@c.example",
        "a@noord.example, b@noord.example",
        "a@noord.example\nBcc: b@noord.example",
        "a@noord.example\r\n\r\nKoop nu",
        "<a@noord.example>",
        "a%noord@example.nl",
        '"koop nu"@noord.example',
        "waarschuwing@misthoorn.example",
        "a" * 300 + "@noord.example",
    ],
)
def test_what_is_no_single_plain_address_gets_nothing(sent, address):
    assert on(sent, address) is Passed.BAD_ADDRESS
    assert Message.objects.filter(template="passed-on@2").count() == 0


@pytest.mark.parametrize("field", ["bounced_at", "stopped_at"])
def test_an_address_that_came_back_or_asked_us_to_stop_gets_nothing(sent, field):
    Contact.objects.create(
        organisation_id=sent.notice.organisation_id,
        role="general",
        address=PROVIDER,
        provenance="website",
        created_at=NOW,
        **{field: NOW},
    )

    assert on(sent) is Passed.UNWANTED


def test_a_warning_goes_to_three_others_at_most(sent):
    got = [on(sent, f"it@leverancier{number}.example") for number in range(MOST + 2)]

    assert got == [Passed.SENT] * MOST + [Passed.TOO_MANY] * 2


def test_one_address_gets_few_a_day_whoever_passes_them_on(sent):  # noqa: ARG001  they have to be there
    several = list(Message.objects.order_by("pk")[: MOST_A_DAY + 1])

    got = [on(message) for message in several]

    assert got == [Passed.SENT] * MOST_A_DAY + [Passed.TOO_MANY]
    assert on(several[-1], now=NOW + timedelta(days=1, seconds=1)) is Passed.SENT


def test_one_organisation_passes_on_few_a_day(sent):
    for number, pk in enumerate(Notice.objects.order_by("pk").values_list("pk", flat=True)):
        Notice.objects.filter(pk=pk).update(occasion=str(number), organisation=sent.notice.organisation_id)

    messages = list(Message.objects.order_by("pk"))
    got = [on(messages[number // MOST], f"it@leverancier{number}.example") for number in range(MOST_OF_ONE + 1)]

    assert got == [Passed.SENT] * MOST_OF_ONE + [Passed.TOO_MANY]


def test_a_mail_that_comes_back_is_tried_at_nobody_else(sent, deliver, channel):
    on(sent)
    channel.answers.append(HandOverError(Reason.REFUSED, "550 no such user", bad_address=True))
    deliver().run()

    assert passed().state == Message.State.BOUNCED
    assert passed().rerouted
    assert on(sent) is Passed.ALREADY


@pytest.mark.parametrize("kind", set(Notice.Kind.values) - {"warning", "reminder", "update"})
def test_only_what_is_about_their_own_systems_is_passed_on(sent, kind):
    Notice.objects.filter(pk=sent.notice_id).update(kind=kind)

    assert on(sent) is Passed.NO_TEXT


@pytest.mark.parametrize(("stopped", "hears"), [(False, [PROVIDER]), (True, [])])
def test_whom_it_was_passed_on_to_hears_long_after_that_that_it_was_wrong(sent, deliver, channel, stopped, hears):
    on(sent)
    deliver().run()
    channel.taken.clear()
    later = NOW + timedelta(days=300)
    clock.set_offset(later + clock.offset() - clock.now())
    forget_addresses(now=later, passed_on=timedelta(days=365))
    Contact.objects.filter(pk=passed().contact_id).update(stopped_at=NOW if stopped else None)
    wrong = propose_correction(
        campaign=sent.notice.campaign_id, wrong=WRONG, person=person(ANALYST, second_factor=False), now=later
    )
    approve_correction(correction=wrong, person=person(COLLEAGUE, second_factor=False), now=later)
    while release_corrections(now=later):
        pass
    deliver().run()

    assert [one.address for one in channel.taken if one.address == PROVIDER] == hears
    assert sent.address in {one.address for one in channel.taken}


def test_the_address_is_forgotten_when_the_message_to_it_is(sent):
    on(sent)

    kept = timedelta(days=365)
    assert forget_addresses(now=NOW + kept, passed_on=kept) == 0
    assert forget_addresses(now=NOW + kept + timedelta(seconds=1), passed_on=kept) == 1
    assert not Contact.objects.filter(address=PROVIDER).exists()


def test_what_is_no_longer_kept_can_not_be_passed_on(sent):
    Message.objects.filter(pk=sent.pk).update(body="", address="")

    assert on(sent) is Passed.NO_TEXT


def test_a_notice_that_is_not_there_is_passed_on_to_nobody(db):  # noqa: ARG001  it reads the database
    assert pass_on(notice=10**9, address=PROVIDER, now=NOW) is Passed.NO_TEXT


def test_the_one_it_was_passed_on_to_can_check_the_number_at_their_own_domain(sent, deliver):
    from misthoorn.notification.services import check_number  # noqa: PLC0415  only here

    on(sent)
    deliver().run()

    assert check_number(number=sent.notice.number, domain="noord.example", now=NOW).outcome == "genuine"


def test_limits_are_what_the_guide_says():
    assert (MOST, MOST_A_DAY, MOST_OF_ONE) == (3, 3, 10)


def test_a_warning_that_was_taken_back_is_passed_on_to_nobody(sent):
    correction = {"kind": "correction", "occasion": "C-00001", "number": "999999999999", "code": "ZZZZZZZZ"}
    taken_back = Notice.objects.get(pk=sent.notice_id)
    taken_back.pk, taken_back.about_id = None, sent.notice_id
    for name, value in correction.items():
        setattr(taken_back, name, value)
    taken_back.save()

    assert on(sent) is Passed.TAKEN_BACK
    assert not Message.objects.filter(template="passed-on@2").exists()


def test_a_warning_of_a_campaign_that_is_stopped_is_passed_on_to_nobody_until_it_goes_on(sent):
    Campaign.objects.filter(pk=sent.notice.campaign_id).update(state=Campaign.State.STOPPED)
    assert on(sent) is Passed.STOPPED
    assert not Message.objects.filter(template="passed-on@2").exists()

    Campaign.objects.filter(pk=sent.notice.campaign_id).update(state=Campaign.State.APPROVED)
    assert on(sent) is Passed.SENT


def test_what_was_passed_on_and_waits_is_stopped_with_its_campaign(sent):
    Campaign.objects.update(state=Campaign.State.APPROVED, decided_at=NOW)
    on(sent)
    stop_campaign(campaign=sent.notice.campaign_id, person=person(ANALYST, second_factor=False), note="wrong", now=NOW)
    assert (passed().state, passed().because) == ("withheld", "stopped")


@pytest.mark.parametrize("kind", ["warning", "reminder"])
def test_what_is_over_is_passed_on_to_nobody(sent, kind):
    Notice.objects.filter(pk=sent.notice_id).update(kind=kind)
    Finding.objects.update(state=Finding.State.GONE)
    assert on(sent) is Passed.OVER


def test_pages_say_in_words_what_became_of_it():
    assert set(PASSED) == set(Passed)
