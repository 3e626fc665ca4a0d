from datetime import timedelta

import pytest
from django.db import OperationalError

from misthoorn.common import clock
from misthoorn.constituency.models import Contact
from misthoorn.constituency.queries import usable_contact
from misthoorn.constituency.services import refuse_subject
from misthoorn.notification.channels import HandOverError, Reason
from misthoorn.notification.delivery.rate import MOST_REFUSALS, Pace
from misthoorn.notification.models import Attempt, Message, Notice, Reply
from misthoorn.notification.queries import broken_laws, messages_by_state
from misthoorn.triage.models import Finding


def later(**time):
    """Let so much time pass, on the database's clock too."""
    clock.set_offset(clock.offset() + timedelta(**time))


def outcomes(message=None):
    found = Attempt.objects.order_by("message", "number")
    return list((found.filter(message=message) if message else found).values_list("outcome", flat=True))


@pytest.fixture
def message(queue):
    queue(1)
    return Message.objects.get()


def test_what_is_due_is_handed_over_once_and_recorded(queue, deliver, channel):
    queue(3)

    assert deliver().run() is True
    assert deliver().run() is False

    assert len({parcel.message_id for parcel in channel.taken}) == 3
    assert messages_by_state()["handed_over"] == 3
    assert outcomes() == ["handed_over"] * 3
    assert broken_laws() == []


def test_a_parcel_holds_what_was_composed(message, deliver, channel):
    deliver().run()

    [parcel] = channel.taken
    assert (parcel.subject, parcel.body) == (message.subject_line, message.body)
    assert (parcel.address, parcel.message_id) == (message.address, message.message_id)
    assert parcel.written == message.created_at


def test_the_most_urgent_goes_first_and_then_the_oldest(queue, deliver, channel):
    queue(4)
    ids = list(Message.objects.order_by("pk").values_list("pk", flat=True))
    Message.objects.filter(pk=ids[3]).update(urgency=0)
    Message.objects.filter(pk=ids[0]).update(urgency=3)

    deliver().run()

    sent = [Message.objects.get(message_id=parcel.message_id).pk for parcel in channel.taken]
    assert sent == [ids[3], ids[1], ids[2], ids[0]]


def test_what_is_not_due_yet_waits(message, deliver, channel):
    Message.objects.update(not_before=clock.now() + timedelta(minutes=5))

    assert deliver().run() is False

    later(minutes=6)
    assert deliver().run() is True
    assert [parcel.message_id for parcel in channel.taken] == [message.message_id]


@pytest.mark.parametrize(
    ("reason", "state", "outcome"),
    [
        (Reason.LATER, "queued", "later"),
        (Reason.UNREACHABLE, "queued", "later"),
        (Reason.REFUSED, "bounced", "bounced"),
        (Reason.IN_DOUBT, "queued", "in_doubt"),
    ],
)
def test_what_was_not_handed_over_gets_the_state_that_its_reason_asks_for(  # noqa: PLR0917  names of fixtures
    message, deliver, channel, reason, state, outcome
):
    channel.answers.append(HandOverError(reason, "451 not now"))

    deliver().run()

    message.refresh_from_db()
    assert (message.state, message.because, outcomes()) == (state, "451 not now", [outcome])
    assert broken_laws() == []


def test_a_greylisted_mail_is_tried_again_after_some_minutes(message, deliver, channel):
    channel.answers.append(HandOverError(Reason.LATER, "451 4.7.1 greylisted"))

    deliver().run()
    later(minutes=3)
    assert deliver().run() is False
    later(minutes=3)
    assert deliver().run() is True

    message.refresh_from_db()
    assert (message.state, message.attempt, outcomes()) == ("handed_over", 2, ["later", "handed_over"])
    assert message.because == ""
    assert Contact.objects.get().bounced_at is None


@pytest.mark.parametrize(
    ("label", "kind", "state"),
    [
        ("RED", "warning", "withheld"),
        ("CLEAR", "warning", "handed_over"),
        ("RED", "correction", "handed_over"),  # it tells nothing of them, and goes to whoever got the mistake
    ],
)
def test_what_was_seen_again_under_a_stricter_label_before_it_went_does_not_go(message, deliver, label, kind, state):
    Finding.objects.update(tlp=label)
    Notice.objects.update(kind=kind)

    deliver().run()

    message.refresh_from_db()
    assert (message.state, message.because) == (state, "tlp" if state == "withheld" else "")


def test_an_address_that_does_not_exist_is_not_used_again(message, deliver, channel):
    channel.answers.append(HandOverError(Reason.REFUSED, "550 5.1.1 unknown", bad_address=True))

    deliver().run()

    assert Contact.objects.get().bounced_at is not None
    assert usable_contact(message.contact_id) is None


def test_a_refusal_that_is_not_about_the_address_leaves_the_contact_alone(message, deliver, channel):
    channel.answers.append(HandOverError(Reason.REFUSED, "554 5.7.1 policy"))

    deliver().run()

    assert Message.objects.get().state == "bounced"
    assert usable_contact(message.contact_id) is not None


def test_a_relay_that_refuses_everybody_does_not_bounce_everybody(queue, deliver, channel):
    queue(MOST_REFUSALS + 10)
    channel.answers.extend(HandOverError(Reason.REFUSED, "550 no", bad_address=True) for _ in range(MOST_REFUSALS + 10))

    deliver().run()

    states = messages_by_state()
    assert states["bounced"] == MOST_REFUSALS
    assert states["queued"] == 10


def test_a_worker_leaves_an_unreachable_relay_alone_for_a_while(queue, deliver, channel):
    queue(3)
    channel.answers.append(HandOverError(Reason.UNREACHABLE, "connection refused"))
    now = [1000.0]
    worker = deliver(monotonic=lambda: now[0])

    assert worker.run() is True
    assert worker.run() is False
    assert channel.taken == []

    now[0] += 1
    assert worker.run() is True
    assert len(channel.taken) == 2


def test_no_more_go_out_in_a_minute_than_the_rate_allows(queue, deliver, channel):
    queue(3)
    now = [1000.0]
    worker = deliver(monotonic=lambda: now[0], pace=Pace(rate=60))

    worker.run()
    assert len(channel.taken) == 1
    now[0] += 0.9
    assert worker.run() is False
    now[0] += 0.2
    worker.run()

    assert len(channel.taken) == 2


@pytest.mark.parametrize("failure", [HandOverError(Reason.IN_DOUBT, "silence"), RuntimeError("our mistake")])
def test_three_unexpected_failures_set_a_message_aside_visibly(message, deliver, channel, failure):
    channel.answers.extend([failure] * 5)

    for _ in range(5):
        deliver().run()
        later(days=1)

    message.refresh_from_db()
    assert (message.state, message.because, message.attempt) == ("in_doubt", "failed_too_often", 3)
    assert broken_laws() == []


def test_a_database_that_is_away_is_no_fault_of_the_message(message, deliver, channel):
    away = iter([True] * 5)

    def still_true(*, findings):  # noqa: ARG001  it can't be looked at
        if next(away, False):
            raise OperationalError("the server closed the connection")
        return True

    for _ in range(6):
        deliver(still_true=still_true).run()
        later(minutes=10)

    message.refresh_from_db()
    assert (message.state, message.attempt, message.failures) == ("handed_over", 6, 0)
    assert len(channel.taken) == 1
    assert broken_laws() == []


def test_an_error_with_one_message_does_not_keep_the_others(queue, deliver, channel):
    queue(3)
    channel.answers.append(RuntimeError("our mistake"))

    deliver().run()

    assert len(channel.taken) == 2
    assert sorted(outcomes()) == ["error", "handed_over", "handed_over"]


def test_patience_ends_after_days(message, deliver, channel):
    channel.answers.append(HandOverError(Reason.LATER, "451 not now"))
    deliver().run()

    later(days=6)
    deliver().run()

    message.refresh_from_db()
    assert (message.state, message.because, channel.taken) == ("expired", "too_late", [])


def test_what_is_no_longer_true_is_withheld(message, deliver, channel):
    Finding.objects.update(state=Finding.State.GONE)

    deliver().run()

    message.refresh_from_db()
    assert (message.state, message.because, channel.taken) == ("withheld", "no_longer_true", [])
    assert broken_laws() == []


@pytest.mark.parametrize("field", ["bounced_at", "stopped_at"])
def test_a_contact_that_can_no_longer_be_used_gets_nothing(message, deliver, channel, field):
    Contact.objects.update(**{field: clock.now()})

    deliver().run()

    message.refresh_from_db()
    assert (message.state, message.because, channel.taken) == ("withheld", "contact_unusable", [])


def test_nothing_goes_to_an_address_that_was_corrected_meanwhile(message, deliver, channel):
    Contact.objects.update(address="new@elsewhere.example")

    deliver().run()

    message.refresh_from_db()
    assert (message.state, message.because, channel.taken) == ("withheld", "address_changed", [])


@pytest.mark.parametrize(
    ("tlp", "role", "goes"),
    [
        ("CLEAR", "it_provider", True),
        ("GREEN", "it_provider", True),
        ("AMBER", "it_provider", True),
        ("AMBER+STRICT", "it_provider", False),
        ("AMBER+STRICT", "security", True),
        ("RED", "security", False),
    ],
)
def test_the_label_is_met_at_the_moment_of_handing_over(  # noqa: PLR0917  names of fixtures
    message, deliver, channel, tlp, role, goes
):
    Notice.objects.update(tlp=tlp)
    Contact.objects.update(role=role)

    deliver().run()

    message.refresh_from_db()
    assert (message.state, message.because) == (("handed_over", "") if goes else ("withheld", "tlp"))
    assert len(channel.taken) == goes


def test_a_channel_that_nobody_set_up_withholds(message, deliver):
    Message.objects.update(channel="pigeon")

    deliver().run()

    message.refresh_from_db()
    assert (message.state, message.because) == ("withheld", "no_channel")


@pytest.mark.parametrize(
    ("told", "refused", "becomes"),
    [
        (("warning", ""), "{subject}", "withheld"),
        (("gone", "gone"), "{subject}", "withheld"),
        (("warning", ""), "another", "handed_over"),
        (("correction", "C-00001"), "{subject}", "handed_over"),
        (("hand_over", ""), "{subject}", "handed_over"),
        (("broadcast", "target_group:B-00001"), "broadcast:target_group", "withheld"),
        (("broadcast", "target_group:B-00001"), "broadcast:partner", "handed_over"),
    ],
)
def test_who_wants_no_more_of_a_subject_is_not_sent_what_waited(message, deliver, told, refused, becomes):
    notice, (kind, occasion) = message.notice, told
    Notice.objects.update(kind=kind, occasion=occasion)
    refuse_subject(organisation=notice.organisation_id, subject=refused.format(subject=notice.subject), at=clock.now())

    deliver().run()

    message.refresh_from_db()
    assert message.state == becomes
    assert message.because == ("refused_subject" if becomes == "withheld" else "")


@pytest.fixture
def follows(message, deliver):
    """Makes a message of this kind about a warning that was handed over, which waits."""
    deliver().run()

    def make(kind):
        names = {"kind": kind, "number": "700000000001", "code": "7" * 8, "campaign": None, "occasion": "1"}
        notice = Notice.objects.get()
        notice.pk, notice.about_id = None, message.notice_id
        for name, value in names.items():
            setattr(notice, name, value)
        notice.save()
        later(minutes=1)
        row = Message.objects.get()
        row.pk, row.notice, row.message_id, row.state, row.attempt = None, notice, "<7@example>", "queued", 0
        row.handed_over_at, row.created_at = None, clock.now()
        row.save()
        return row

    return make


@pytest.mark.parametrize("state", ["open", "gone"])
def test_good_news_goes_out_as_long_as_nothing_of_it_is_seen_again(follows, deliver, state):
    news = follows("gone")
    Finding.objects.update(state=state, closed_at=None if state == "open" else clock.now())
    deliver().run()

    news.refresh_from_db()
    assert (news.state, news.because) == (("withheld", "overtaken") if state == "open" else ("handed_over", ""))


@pytest.mark.parametrize(("about", "after", "state"), [
    ("warning", 1, "withheld"), ("reminder", 1, "withheld"), ("digest", 1, "withheld"), ("warning", -1, "handed_over")
])  # fmt: skip
def test_a_reminder_that_was_answered_before_it_went_out_stays_here(follows, deliver, about, after, state):
    reminder = follows("reminder")
    answered = {"warning": reminder.notice.about_id, "reminder": reminder.notice_id}
    if about == "digest":
        first = Message.objects.exclude(pk=reminder.pk).get()
        digest = Message.objects.get(pk=first.pk)
        notice = Notice.objects.get(pk=first.notice_id)
        notice.pk, notice.kind, notice.number, notice.code, notice.campaign = None, "digest", "8" * 12, "8" * 8, None
        notice.save()
        digest.pk, digest.notice, digest.message_id = None, notice, "<8@example>"
        digest.save()
        Message.objects.filter(pk=first.pk).update(told_in=digest)
        answered["digest"] = notice.pk
    at = reminder.created_at + timedelta(seconds=after)
    Reply.objects.create(notice_id=answered[about], answer="fixed", at=at)
    deliver().run()

    reminder.refresh_from_db()
    assert reminder.state == state
