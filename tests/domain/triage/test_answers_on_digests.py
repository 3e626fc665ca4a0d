"""An answer on a digest is an answer on what is told in it: its code is the only one that its reader has."""

from datetime import timedelta

import pytest
from aftermath import DAY, arrive
from cast import BAKERY, NOW, organisation
from deliveries import seen, source
from warned import warn, wish

from misthoorn.common import clock
from misthoorn.constituency.models import Contact
from misthoorn.notification.digests import queue
from misthoorn.notification.disclosure_log import notices
from misthoorn.notification.models import Message, Notice, Reply
from misthoorn.notification.services import record_reply
from misthoorn.triage.models import Finding, Suppression
from misthoorn.triage.services.digests import tell_gathered
from misthoorn.triage.services.judgement import Judgement, judge_answer

pytestmark = pytest.mark.django_db
EIGHT = NOW + timedelta(hours=22)


@pytest.fixture
def digest(monkeypatch, analyst):
    """A digest of two warnings that arrived; its notice."""
    monkeypatch.setattr(clock, "now", lambda: EIGHT)
    organisation(BAKERY)
    source()
    wish(Contact.objects.get(), preset="digest", hour=8)
    for port, what in ((53, "open-dns"), (123, "open-ntp")):
        warn(analyst, seen(severity="normal", port=port, what=what))
    tell_gathered(now=EIGHT)
    arrive(at=EIGHT)
    queue.settle()
    return Notice.objects.get(kind="digest")


def test_an_answer_on_a_digest_is_one_on_every_warning_in_it(digest):
    record_reply(notice=digest.pk, answer="fixed", now=EIGHT + DAY)

    warnings = list(Notice.objects.filter(kind="warning").order_by("pk").values_list("pk", flat=True))
    assert [one.answers for one in notices.told(warnings)] == [(("fixed", EIGHT + DAY),)] * 2


def test_a_false_positive_of_a_digest_silences_what_was_told_and_not_the_digest(digest, analyst):
    record_reply(notice=digest.pk, answer="wrong", now=EIGHT + DAY)
    network = Finding.objects.first().asset_id

    judged = Judgement(judgement="false_positive", note="Our own scanner", assets=[network])
    judge_answer(reply=Reply.objects.get().pk, judged=judged, person=analyst, now=EIGHT + DAY)

    silenced = Suppression.objects.order_by("subject").values_list("asset", "subject")
    assert list(silenced) == [(network, "open-dns"), (network, "open-ntp")]


def test_what_is_not_theirs_in_a_bundle_can_be_judged(digest, analyst):
    """A bundle names no findings of its own."""
    Notice.objects.filter(pk=digest.pk).update(kind="bundle", subject="other/bundle")
    digest.findings.all().delete()
    assert Message.objects.filter(told_in__notice=digest).count() > 1
    record_reply(notice=digest.pk, answer="not_ours", now=EIGHT + DAY)
    network = Finding.objects.first().asset

    judged = Judgement(judgement="not_theirs", note="Sold in October", assets=[network.pk])
    judge_answer(reply=Reply.objects.get().pk, judged=judged, person=analyst, now=EIGHT + DAY)

    network.refresh_from_db()
    assert network.valid_to is not None
