"""What was told in a digest counts as told when the digest was handed over."""

from datetime import timedelta

import pytest
from cast import ANALYST, BAKERY, NOW, organisation, person
from deliveries import seen, source
from warned import warn, wish

from misthoorn.common import clock
from misthoorn.constituency.models import Contact
from misthoorn.insight.history import Which, read
from misthoorn.insight.ledger import collect
from misthoorn.insight.models import Entry
from misthoorn.insight.queries import reach
from misthoorn.notification.models import Attempt, IncomingMail, Message, Reply
from misthoorn.notification.services import check_number, record_reply
from misthoorn.triage.services.digests import tell_gathered
from misthoorn.triage.services.judgement import Judgement, judge_answer

pytestmark = pytest.mark.django_db
EIGHT = NOW + timedelta(hours=22)


@pytest.fixture
def digest(db, monkeypatch):  # noqa: ARG001  it writes to the database
    monkeypatch.setattr(clock, "now", lambda: EIGHT)
    organisation(BAKERY)
    source()
    wish(Contact.objects.get(), preset="digest", hour=8)
    analyst = person(ANALYST, second_factor=False)
    warn(analyst, seen(severity="normal"), seen("192.0.2.2", severity="normal"))
    warn(analyst, seen(severity="normal", port=53, what="open-dns"))
    tell_gathered(now=EIGHT)
    return Message.objects.get(notice__kind="digest")


def ended(message, outcome, *, at=EIGHT):
    Message.objects.filter(pk=message.pk).update(state=outcome, attempt=1)
    Attempt.objects.create(message=message, number=1, claimed_at=at, finished_at=at, outcome=outcome, reply="x")


def keys(kind):
    return sorted(Entry.objects.filter(kind=kind).values_list("key", flat=True))


def test_each_warning_in_it_was_handed_over_and_each_finding_told_once(digest):
    ended(digest, "handed_over")
    collect(now=EIGHT + timedelta(hours=1))

    warnings = list(Message.objects.filter(told_in=digest).order_by("pk"))
    assert keys("handed_over") == sorted(str(one.pk) for one in (*warnings, digest))
    told = Entry.objects.filter(kind="told")
    assert {one.notice for one in told} == {one.notice_id for one in warnings}
    assert {one.at for one in told} == {EIGHT}
    assert len(told) == len({one.finding for one in told}) == 3

    assert collect(now=EIGHT + timedelta(hours=2)) == 0


def test_before_it_was_handed_over_nothing_was_told(digest):  # noqa: ARG001  it is there
    collect(now=EIGHT + timedelta(hours=1))
    assert keys("handed_over") == keys("told") == []


def test_each_warning_in_it_bounced_when_it_was_refused(digest):
    ended(digest, "bounced")
    collect(now=EIGHT + timedelta(hours=1))
    assert len(keys("bounced")) == 3


def test_each_warning_in_it_bounced_when_it_came_back_later(digest):
    ended(digest, "handed_over")
    IncomingMail.objects.create(
        digest="x", received_at=EIGHT, kind="failed", message=digest, raw=b"", state=IncomingMail.State.DONE
    )
    collect(now=EIGHT + timedelta(hours=1))
    assert len(keys("bounced")) == 3


@pytest.mark.parametrize("answer", ["fixed", "wrong"])
def test_an_answer_to_the_digest_is_one_to_each_warning_told_in_it_once(digest, answer):
    ended(digest, "handed_over")
    record_reply(notice=digest.notice_id, answer=answer, now=EIGHT)
    collect(now=EIGHT + timedelta(hours=1))

    warnings = set(Message.objects.filter(told_in=digest).values_list("notice", flat=True))
    for kind in ["answered", *(["harm"] if answer == "wrong" else [])]:
        said = Entry.objects.filter(kind=kind, detail=answer, at=EIGHT)
        assert sorted(said.values_list("notice", flat=True)) == sorted({*warnings, digest.notice_id})
    assert collect(now=EIGHT + timedelta(hours=2)) == 0


def test_who_asked_whether_the_digest_is_genuine_looked_at_each_warning_told_in_it(digest):
    ended(digest, "handed_over")
    assert check_number(number=digest.notice.number, domain="korenaar.example", now=EIGHT).outcome == "genuine"
    collect(now=EIGHT + timedelta(hours=1))

    seen_by_a_person = Entry.objects.filter(kind="reached").values_list("notice", flat=True)
    warnings = Message.objects.filter(told_in=digest).values_list("notice", flat=True)
    assert sorted(seen_by_a_person) == sorted({*warnings, digest.notice_id})
    assert reach(read(Which(), now=EIGHT + timedelta(hours=2))).reached == len(warnings)


def test_an_answer_to_one_warning_says_nothing_of_the_others_in_its_digest(digest):
    ended(digest, "handed_over")
    one = Message.objects.filter(told_in=digest).first().notice_id
    record_reply(notice=one, answer="fixed", now=EIGHT)
    collect(now=EIGHT + timedelta(hours=1))
    assert list(Entry.objects.filter(kind="answered").values_list("notice", flat=True)) == [one]


def test_a_judgement_of_an_answer_to_a_bundle_is_of_all_that_was_told_in_it(digest):
    """A bundle names no findings of its own."""
    digest.notice.findings.all().delete()
    ended(digest, "handed_over")
    record_reply(notice=digest.notice_id, answer="wrong", now=EIGHT)
    judged = Judgement(judgement="stands", note="We see it")
    judge_answer(reply=Reply.objects.get().pk, judged=judged, person=person(ANALYST, second_factor=False), now=EIGHT)
    collect(now=EIGHT + timedelta(hours=1))

    judged = Entry.objects.filter(kind="judged").values_list("finding", flat=True)
    assert sorted(judged) == sorted(Entry.objects.filter(kind="told").values_list("finding", flat=True))
    assert len(judged) == 3
