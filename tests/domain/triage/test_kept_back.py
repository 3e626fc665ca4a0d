"""What waits for a digest is kept back and goes on as what it was; a digest on its way lets go of what is stopped."""

from datetime import timedelta

import pytest
from cast import BAKERY, NOW, organisation
from deliveries import seen, source
from warned import warn, wish

from misthoorn.common import clock
from misthoorn.constituency.models import Contact, Refusal
from misthoorn.notification import services as notices
from misthoorn.notification.delivery.decision import Because
from misthoorn.notification.digests import queue
from misthoorn.notification.models import Message, NoticeFinding
from misthoorn.notification.queries import broken_laws
from misthoorn.triage import services
from misthoorn.triage.follow_up import corrections
from misthoorn.triage.follow_up.corrections import Wrong
from misthoorn.triage.services.digests import tell_gathered

pytestmark = pytest.mark.django_db
EIGHT = NOW + timedelta(hours=22)  # the next morning, after the hour of the digest


@pytest.fixture
def bakery(db, monkeypatch):  # noqa: ARG001  it writes to the database
    monkeypatch.setattr(clock, "now", lambda: EIGHT)
    organisation(BAKERY)
    source()
    contact = Contact.objects.get()
    wish(contact, preset="digest", hour=8)
    return contact


@pytest.fixture
def three_wait(bakery, analyst):  # noqa: ARG001  they are there
    """Three warnings that wait for the bakery's digest; their campaigns."""
    ports = ((53, "open-dns"), (123, "open-ntp"), (161, "open-snmp"))
    return [warn(analyst, seen(severity="normal", port=port, what=what)) for port, what in ports]


def states():
    rows = Message.objects.select_related("notice").order_by("pk")
    return [(one.notice.campaign_id or one.notice.kind, one.state) for one in rows]


def stop(campaign, analyst):
    return services.stop_campaign(campaign=campaign, person=analyst, note="wrong", now=EIGHT)


def test_stopped_and_gone_on_it_waits_for_the_same_digest(three_wait, analyst):
    before = list(Message.objects.order_by("pk").values_list("state", "because", "not_before"))
    assert before[0][1].startswith("digest: ")

    assert stop(three_wait[0], analyst) == 1
    assert states()[0] == (three_wait[0], "withheld")
    assert services.resume_campaign(campaign=three_wait[0], person=analyst, note="", now=EIGHT) == 1

    assert list(Message.objects.order_by("pk").values_list("state", "because", "not_before")) == before


def test_after_a_restore_it_waits_for_the_same_digest(three_wait):
    before = list(Message.objects.order_by("pk").values_list("state", "because"))

    assert notices.hold_waiting() == len(three_wait)
    assert set(Message.objects.values_list("state", flat=True)) == {"in_doubt"}
    assert notices.release_held() == len(three_wait)

    assert list(Message.objects.order_by("pk").values_list("state", "because")) == before


def resume(campaign, analyst):
    return services.resume_campaign(campaign=campaign, person=analyst, note="", now=EIGHT)


@pytest.mark.parametrize("waits", ["digest: calm-2026, digest, preference", ""])
@pytest.mark.parametrize("released_first", [True, False])
def test_what_is_stopped_and_held_waits_until_both_are_over_whichever_ends_first(
    three_wait, analyst, waits, released_first
):
    was = {"state": "gathering" if waits else "queued", "because": waits}
    Message.objects.update(**was)
    mine = Message.objects.filter(notice__campaign=three_wait[0])
    notices.hold_waiting()
    assert stop(three_wait[0], analyst) == 1

    if released_first:
        assert notices.release_held() == len(three_wait) - 1
        assert mine.get().state == "withheld"
        assert resume(three_wait[0], analyst) == 1
    else:
        assert resume(three_wait[0], analyst) == 0
        assert mine.get().state == "in_doubt"
        assert notices.release_held() == len(three_wait)

    assert list(mine.values("state", "because")) == [was]


@pytest.mark.parametrize("released_first", [True, False])
def test_what_was_stopped_when_the_backup_was_made_goes_on_only_once_it_is_released_too(
    three_wait, analyst, released_first
):
    mine = Message.objects.filter(notice__campaign=three_wait[0])
    was = list(mine.values("state", "because"))
    stop(three_wait[0], analyst)
    assert notices.hold_waiting() == len(three_wait) - 1
    if released_first:
        notices.release_held()
        assert mine.get().because == f"stopped {was[0]['because']}"
    resume(three_wait[0], analyst)
    if not released_first:
        assert mine.get().state == "in_doubt"
        notices.release_held()

    assert list(mine.values("state", "because")) == was


def test_a_digest_that_a_restore_held_is_not_sent_when_one_of_its_campaigns_is_stopped(three_wait, analyst):
    first, second, third = three_wait
    tell_gathered(now=EIGHT)
    notices.hold_waiting()

    stop(first, analyst)
    assert states() == [(first, "withheld"), (second, "in_doubt"), (third, "in_doubt"), ("digest", "withheld")]
    notices.release_held()
    assert states() == [(first, "withheld"), (second, "gathering"), (third, "gathering"), ("digest", "withheld")]
    assert broken_laws() == []


def test_what_was_to_go_in_the_morning_does_not_go_at_night_since_its_campaign_went_on(three_wait, analyst):
    later = EIGHT + timedelta(days=400)
    Message.objects.update(state="queued", because="", not_before=later)
    stop(three_wait[0], analyst)
    services.resume_campaign(campaign=three_wait[0], person=analyst, note="", now=EIGHT)
    assert set(Message.objects.values_list("not_before", flat=True)) == {later}


def test_a_digest_that_waits_is_not_sent_when_one_of_its_campaigns_is_stopped_and_the_rest_is_told(three_wait, analyst):
    first, second, third = three_wait
    tell_gathered(now=EIGHT)
    assert states()[-1] == ("digest", "queued")

    assert stop(first, analyst) == 1
    assert states() == [(first, "withheld"), (second, "gathering"), (third, "gathering"), ("digest", "withheld")]

    tell_gathered(now=EIGHT)
    queue.settle()
    assert states()[1:] == [(second, "gathered"), (third, "gathered"), ("digest", "withheld"), ("digest", "queued")]
    assert broken_laws() == []


def test_a_digest_in_a_workers_hands_goes_out(three_wait, analyst):
    tell_gathered(now=EIGHT)
    Message.objects.filter(notice__kind="digest").update(state="leased", attempt=1)
    assert stop(three_wait[0], analyst) == 0
    assert [state for _, state in states()] == ["gathered", "gathered", "gathered", "leased"]


def test_what_may_not_be_told_takes_nothing_else_in_its_digest_with_it(three_wait):
    tell_gathered(now=EIGHT)
    taken = NoticeFinding.objects.filter(notice__campaign=three_wait[0]).values_list("finding", flat=True)

    assert notices.withhold_findings(findings=list(taken), because=Because.ORIGIN) == 1
    tell_gathered(now=EIGHT)
    queue.settle()

    assert [state for _, state in states()] == ["withheld", "gathered", "gathered", "withheld", "queued"]


def test_what_is_taken_back_is_in_no_digest_that_still_goes_out(three_wait, analyst, colleague):
    tell_gathered(now=EIGHT)
    wrong = Wrong(reason_nl="Fout.", reason_en="Wrong.", doing_nl="Beter.", doing_en="Better.")
    pk = corrections.propose_correction(campaign=three_wait[0], wrong=wrong, person=analyst, now=EIGHT)
    corrections.approve_correction(correction=pk, person=colleague, now=EIGHT)
    tell_gathered(now=EIGHT)

    sent = Message.objects.get(state="queued")
    number = Message.objects.get(notice__campaign=three_wait[0]).notice.number
    assert number[:4] not in sent.body


def test_who_wants_no_more_of_a_subject_hears_no_more_of_it_in_a_digest(three_wait, bakery):
    Refusal.objects.create(organisation=bakery.organisation, subject="open-ntp", since=EIGHT)
    tell_gathered(now=EIGHT)
    assert states() == list(zip([*three_wait, "digest"], ["gathered", "withheld", "gathered", "queued"], strict=True))
    assert Message.objects.get(state="withheld").because == "refused_subject"
