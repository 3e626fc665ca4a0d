"""What waited, told together: what is in it, what is left out, and that nothing is lost or told twice."""

from datetime import timedelta

import pytest
from cast import BAKERY, BROKER, NOW, organisation
from deliveries import seen, source
from django.db import connection
from django.test.utils import CaptureQueriesContext
from warned import warn, wish

from misthoorn.common import clock, failpoints
from misthoorn.constituency.models import Contact, Refusal
from misthoorn.notification import queries as notification
from misthoorn.notification import services as notices
from misthoorn.notification.digests import queue
from misthoorn.notification.models import Attempt, Message, Notice
from misthoorn.triage import digest_work, services
from misthoorn.triage.models import Finding
from misthoorn.triage.services import digests
from misthoorn.triage.services.digests import tell_gathered

pytestmark = pytest.mark.django_db
EIGHT = NOW + timedelta(hours=22)  # the next morning, after the hour of the digest


@pytest.fixture
def bakery(db, monkeypatch):  # noqa: ARG001  it writes to the database
    monkeypatch.setattr(clock, "now", lambda: EIGHT)
    for company in (BAKERY, BROKER):
        organisation(company)
    source()
    return Contact.objects.get(organisation__register_number=BAKERY.register_number)


@pytest.fixture
def two_wait(bakery, analyst):
    """Two warnings of the bakery wait for its digest; their messages."""
    wish(bakery, preset="digest", hour=8)
    warn(analyst, seen(severity="normal"), seen("192.0.2.2", severity="normal"))
    warn(analyst, seen(severity="information", port=53, what="open-dns"))
    return list(Message.objects.order_by("pk"))


def states():
    return [(one.notice.kind, one.state) for one in Message.objects.select_related("notice").order_by("pk")]


def digest():
    return Message.objects.select_related("notice").get(notice__kind="digest")


def hand_over(message, *, state="handed_over", at=EIGHT):
    """What a worker writes when the relay took it, or refused it for good."""
    over = at if state == "handed_over" else None
    Message.objects.filter(pk=message.pk).update(state=state, handed_over_at=over, attempt=1)
    Attempt.objects.create(message=message, number=1, claimed_at=at, finished_at=at, outcome=state, reply="x")


def test_before_its_hour_nothing_is_told(two_wait):  # noqa: ARG001  they are there
    assert tell_gathered(now=NOW + timedelta(hours=1)) == 0
    assert states() == [("warning", "gathering")] * 2


def test_two_warnings_are_told_in_one_digest_with_their_own_numbers(two_wait, bakery):
    assert tell_gathered(now=EIGHT) == 1

    assert states() == [("warning", "gathered"), ("warning", "gathered"), ("digest", "queued")]
    made = digest()
    assert made.notice.occasion == f"2026-11-25/{bakery.pk}"
    assert (made.notice.severity, made.address, made.language) == ("normal", bakery.address, "nl")
    assert {one.told_in_id for one in Message.objects.filter(state="gathered")} == {made.pk}
    for one in two_wait:
        number = one.notice.number
        assert f"{number[:4]}-{number[4:8]}-{number[8:]}" in made.body.replace("\n", " ")
    assert "192.0.2.1" in made.body
    assert "198.51.100" not in made.body
    assert notification.broken_laws() == []


def test_what_was_told_is_not_told_again(two_wait):  # noqa: ARG001  they are there
    tell_gathered(now=EIGHT)
    assert tell_gathered(now=EIGHT + timedelta(days=1)) == 0
    assert Notice.objects.filter(kind="digest").count() == 1


def test_one_alone_goes_out_as_it_is(bakery, analyst):
    wish(bakery, preset="digest")
    warn(analyst, seen(severity="normal"))
    tell_gathered(now=EIGHT)

    message = Message.objects.get()
    assert (message.state, message.because, message.not_before) == ("queued", "", EIGHT)
    assert message.not_after == EIGHT + timedelta(days=5)


def test_what_no_longer_holds_is_left_out_and_says_so(two_wait):
    Finding.objects.filter(subject="open-dns").update(state="gone", closed_at=EIGHT)
    tell_gathered(now=EIGHT)

    first, second = (Message.objects.get(pk=one.pk) for one in two_wait)
    assert (first.state, second.state, second.because) == ("queued", "withheld", "no_longer_true")
    assert not Notice.objects.filter(kind="digest").exists()


def test_what_became_stricter_waits_in_no_digest_but_is_held_against_its_label_by_itself(two_wait):
    Finding.objects.filter(subject="open-dns").update(tlp="RED")
    tell_gathered(now=EIGHT)

    assert {one.state for one in Message.objects.filter(pk__in=[one.pk for one in two_wait])} == {"queued"}
    assert not Notice.objects.filter(kind="digest").exists()


def test_when_nothing_holds_any_more_nothing_is_told(two_wait):  # noqa: ARG001  they are there
    Finding.objects.update(state="gone", closed_at=EIGHT)
    tell_gathered(now=EIGHT)
    assert states() == [("warning", "withheld")] * 2


def test_a_second_digest_on_one_day_is_told_too(two_wait, bakery, analyst):  # noqa: ARG001  they are there
    tell_gathered(now=EIGHT)
    warn(analyst, seen(severity="normal", port=161, what="open-snmp"))
    warn(analyst, seen(severity="normal", port=123, what="open-ntp"))
    tell_gathered(now=EIGHT + timedelta(hours=2))

    occasions = Notice.objects.filter(kind="digest").order_by("pk").values_list("occasion", flat=True)
    assert list(occasions) == [f"2026-11-25/{bakery.pk}", f"2026-11-25/{bakery.pk}/2"]


def test_a_digest_tells_how_the_earlier_warnings_stand(two_wait, analyst):
    tell_gathered(now=EIGHT)
    hand_over(digest())
    queue.settle()
    Finding.objects.filter(subject="open-dns").update(state="gone", closed_at=EIGHT)
    now = EIGHT + timedelta(hours=1)
    warn(analyst, seen(severity="normal", port=161, what="open-snmp"), now=now)
    warn(analyst, seen(severity="normal", port=123, what="open-ntp"), now=now)
    tell_gathered(now=EIGHT + timedelta(days=1))

    body = " ".join(Message.objects.filter(notice__kind="digest").latest("pk").body.split())
    assert "Nieuw: 2 Niet meer gezien: 1 Nog open: 2" in body
    for one in two_wait:
        assert one.notice.number[:4] in body


def test_a_contact_of_one_network_reads_of_nothing_else(bakery, analyst):
    nearer = Contact.objects.create(
        organisation=bakery.organisation,
        role="security",
        address="noc@korenaar.example",
        provenance="registered",
        confirmed_at=NOW,
        created_at=NOW,
        place="192.0.2.8/29",
    )
    wish(nearer, preset="digest")
    warn(analyst, seen("192.0.2.1", severity="normal"), seen("192.0.2.9", severity="normal"))
    warn(
        analyst,
        seen("192.0.2.1", severity="normal", port=53, what="open-dns"),
        seen("192.0.2.9", severity="normal", port=53, what="open-dns"),
    )
    tell_gathered(now=EIGHT)

    body = Message.objects.get(notice__kind="digest", contact=nearer).body
    assert "192.0.2.9" in body
    assert "192.0.2.1:" not in body


def test_a_stopped_campaign_is_left_out_of_the_digest(two_wait, analyst):
    campaign = two_wait[0].notice.campaign_id
    services.stop_campaign(campaign=campaign, person=analyst, note="", now=NOW)
    tell_gathered(now=EIGHT)
    assert states() == [("warning", "withheld"), ("warning", "queued")]


def test_a_contact_that_can_not_be_used_any_more_is_gone_around(two_wait, bakery):  # noqa: ARG001  they are there
    Contact.objects.filter(pk=bakery.pk).update(bounced_at=EIGHT)
    tell_gathered(now=EIGHT)
    assert states() == [("warning", "queued")] * 2  # handing over says why not, and the next way is taken


def test_a_digest_whose_text_can_not_be_made_keeps_nobody_from_being_warned(two_wait, settings):  # noqa: ARG001
    settings.TEAM = settings.TEAM | {"name": ""}
    tell_gathered(now=EIGHT)
    assert states() == [("warning", "queued")] * 2


def test_a_mistake_of_ours_in_the_overview_keeps_nobody_from_being_warned(two_wait, monkeypatch):  # noqa: ARG001
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(digests, "make_digest", broken)
    assert tell_gathered(now=EIGHT) == 1
    assert states() == [("warning", "queued")] * 2


# --- how it ends ---


def test_the_number_of_each_is_genuine_where_its_digest_went(two_wait):
    number = two_wait[0].notice.number
    tell_gathered(now=EIGHT)
    assert notification.check_number(number=number, domain="korenaar.example", now=EIGHT).outcome == "unknown"

    hand_over(digest())
    queue.settle()
    found = notification.check_number(number=number, domain="korenaar.example", now=EIGHT)
    assert (found.outcome, found.sent_on) == ("genuine", EIGHT)
    assert notification.check_number(number=number, domain="harbour.example", now=EIGHT).outcome == "other_domain"
    assert notification.find_by_code(two_wait[0].notice.code).number == number


def test_what_was_told_was_handed_over_when_its_digest_was(two_wait):
    tell_gathered(now=EIGHT)
    assert queue.settle() == 0
    hand_over(digest())
    assert queue.settle() == 2
    assert queue.settle() == 0
    assert Message.objects.get(pk=two_wait[0].pk).handed_over_at == EIGHT


@pytest.mark.parametrize(
    ("state", "because"), [("withheld", "no_longer_true"), ("expired", "too_late"), ("bounced", "550 no such user")]
)
def test_what_was_told_in_a_digest_that_did_not_arrive_ends_as_it_did(two_wait, state, because):
    tell_gathered(now=EIGHT)
    Message.objects.filter(pk=digest().pk).update(state=state, because=because)
    assert queue.settle() == 2

    message = Message.objects.get(pk=two_wait[0].pk)
    assert (message.state, message.because) == (state, because)


@pytest.mark.parametrize("late", [False, True], ids=["refused at once", "came back later"])
def test_when_a_digest_comes_back_each_warning_takes_its_next_way(two_wait, bakery, late):
    second = Contact.objects.create(
        organisation=bakery.organisation,
        role="general",
        address="info@korenaar.example",
        provenance="registered",
        created_at=NOW,
    )
    tell_gathered(now=EIGHT)
    hand_over(digest())
    if late:
        queue.settle()
    Message.objects.filter(pk=digest().pk).update(state="bounced", because="550 no such user")
    Contact.objects.filter(pk=bakery.pk).update(bounced_at=EIGHT)

    while services.reach_otherwise(now=EIGHT):
        pass

    again = Message.objects.filter(contact=second).order_by("pk")
    assert [one.notice_id for one in again] == [one.notice_id for one in two_wait]
    assert {Message.objects.get(pk=one.pk).state for one in two_wait} == {"bounced"}
    assert Notice.objects.filter(state="unreached").count() == 0
    assert notification.broken_laws() == []


def test_who_wants_no_more_of_what_stands_in_a_digest_gets_no_more_of_each(two_wait):  # noqa: ARG001  they are there
    tell_gathered(now=EIGHT)
    notices.record_reply(notice=digest().notice_id, answer="accepted", stop=True, now=EIGHT)
    assert sorted(Refusal.objects.values_list("subject", flat=True)) == ["open-dns", "open-rdp"]


# --- at any moment ---


def test_a_clock_that_goes_forward_makes_a_digest_sooner_and_once(two_wait):  # noqa: ARG001  they are there
    tell_gathered(now=EIGHT + timedelta(days=400))
    tell_gathered(now=EIGHT)
    assert Notice.objects.filter(kind="digest").count() == 1


def test_a_clock_that_goes_back_makes_a_digest_later_and_once(two_wait):  # noqa: ARG001  they are there
    assert tell_gathered(now=EIGHT - timedelta(days=400)) == 0
    assert states() == [("warning", "gathering")] * 2
    tell_gathered(now=EIGHT)
    assert tell_gathered(now=EIGHT - timedelta(days=1)) == 0
    assert Notice.objects.filter(kind="digest").count() == 1


class Death(BaseException):
    """The process is killed."""


@pytest.mark.parametrize("place", ["gathering.written", "gathering.told"])
def test_killed_at_any_place_nothing_is_lost_and_nothing_told_twice(two_wait, monkeypatch, place):
    def die(name):
        assert name in failpoints.FAILPOINTS
        if name == place:
            raise Death

    monkeypatch.setattr(digests, "failpoint", die)
    with pytest.raises(Death):
        tell_gathered(now=EIGHT)
    monkeypatch.setattr(digests, "failpoint", lambda _: None)
    tell_gathered(now=EIGHT)

    assert states() == [("warning", "gathered"), ("warning", "gathered"), ("digest", "queued")]
    assert {one.told_in_id for one in Message.objects.filter(pk__in=[one.pk for one in two_wait])} == {digest().pk}


def test_two_workers_at_once_tell_it_once(two_wait, monkeypatch):  # noqa: ARG001  they are there
    make = digests.make_digest
    did = []

    def another_first(*args, **more):
        if not did:
            did.append(True)
            tell_gathered(now=EIGHT)
        return make(*args, **more)

    monkeypatch.setattr(digests, "make_digest", another_first)
    tell_gathered(now=EIGHT)
    assert states() == [("warning", "gathered"), ("warning", "gathered"), ("digest", "queued")]


def test_after_a_backup_was_put_back_what_waits_for_a_digest_is_held_too(two_wait):
    assert notices.hold_waiting() == 2
    assert tell_gathered(now=EIGHT) == 0
    assert {one.state for one in Message.objects.filter(pk__in=[one.pk for one in two_wait])} == {"in_doubt"}


def test_the_worker_makes_digests_and_is_idle_afterwards(two_wait, monkeypatch):  # noqa: ARG001  they are there
    turn = digest_work._Turn()
    assert digest_work.step.pending()
    assert turn.run()
    assert not turn.run()
    assert not digest_work.step.pending()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert not digest_work.step.pending()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a small table is read whole by PostgreSQL")
def test_what_is_due_is_found_by_an_index_of_its_own(two_wait):  # noqa: ARG001  they are there
    with CaptureQueriesContext(connection) as asked:
        assert queue.is_due(kind="digest", now=EIGHT)
        list(queue.due_groups(kind="digest", now=EIGHT))
        queue.settle()
    with connection.cursor() as cursor:
        plans = []
        for query in (asked[0], asked[1], asked[-1]):
            cursor.execute("EXPLAIN QUERY PLAN " + query["sql"])
            plans.append(str(cursor.fetchall()))
    names = ["message_is_gathering", "message_is_gathering", "message_is_to_be_told"]
    assert all(name in plan for name, plan in zip(names, plans, strict=True)), plans
