"""Answers that wait for a person, and what follows when one judges them."""

from datetime import timedelta

import cast
import desk
import pytest

from misthoorn.constituency.models import Asset, Contact
from misthoorn.insight.ledger import collect
from misthoorn.insight.precision import precision
from misthoorn.notification.models import Message, Notice, Reply
from misthoorn.notification.services import record_reply
from misthoorn.triage import queries
from misthoorn.triage import services as triage
from misthoorn.triage.models import Campaign, Finding, Suppression
from misthoorn.triage.services.judgement import Judgement, JudgementError, judge_answer

pytestmark = pytest.mark.django_db

YEAR = timedelta(days=365)


def answered(sent, answer="wrong", **words):
    record_reply(notice=sent.notice_id, answer=answer, now=cast.NOW, **words)
    return Reply.objects.latest("pk")


def text(response):
    return response.content.decode()


@pytest.fixture
def network(sent):
    return Finding.objects.get(organisation=sent.notice.organisation_id).asset


def judge(analyst, reply, **form):
    return analyst.post(f"/desk/answers/{reply.pk}/", {"note": "Zelf gebeld"} | form, follow=True)


def test_not_ours_and_wrong_wait_for_a_person_and_the_others_do_not(analyst, sent):
    for answer in Reply.Answer.values:
        answered(sent, answer, whose="Bakkerij Zuid" if answer == "not_ours" else "")

    page = text(analyst.get("/desk/answers/"))

    assert "2 antwoorden" in page
    assert "Van wie het is: Bakkerij Zuid" in page
    assert "Te beoordelen" in text(analyst.get("/desk/"))


def test_a_false_positive_is_not_warned_about_for_a_year_and_comes_back_by_itself(analyst, sent, network):
    reply = answered(sent)
    page = judge(analyst, reply, judgement="false_positive", assets=[network.pk], until="2027-11-24")

    assert "De ontvanger krijgt hierover niets van ons." in text(page)
    made = Suppression.objects.get()
    assert (made.asset, made.subject) == (network, "open-rdp")
    assert made.until.date().isoformat() == "2027-11-24"
    assert made.reason.endswith("Zelf gebeld")
    assert not queries.still_true(findings=[sent.notice.findings.get().finding_id])
    triage.revive_suppressed(now=cast.NOW + YEAR + timedelta(days=2))
    assert Campaign.objects.filter(state="proposed").count() == 1


def test_without_a_day_it_is_a_year(sent, network):
    reply = answered(sent)
    judged = Judgement(judgement="false_positive", note="Proxy of the scanner", assets=[network.pk])
    judge_answer(reply=reply.pk, judged=judged, person=cast.person(cast.ANALYST), now=cast.NOW)

    assert Suppression.objects.get().until == cast.NOW + YEAR


def test_what_is_not_theirs_is_ended_from_when_it_was_first_seen_and_no_longer_true(analyst, sent, network):
    reply = answered(sent, "not_ours")
    judge(analyst, reply, judgement="not_theirs", assets=[network.pk])

    network.refresh_from_db()
    assert network.valid_to == desk.SEEN
    assert network.revision == Asset.objects.order_by("-revision").first().revision
    assert not queries.still_true(findings=[sent.notice.findings.get().finding_id])
    assert not Suppression.objects.exists()


def test_what_is_not_theirs_is_kept_at_whose_it_is_when_that_is_known(analyst, sent, network):
    reply = answered(sent, "not_ours")
    judge(analyst, reply, judgement="not_theirs", assets=[network.pk], holder=cast.BROKER.register_number)

    there = Asset.objects.get(value=network.value, organisation__register_number=cast.BROKER.register_number)
    assert (there.valid_to, there.provenance, there.keys.count()) == (None, "answer", network.keys.count())


def test_a_holder_that_nobody_knows_changes_nothing(analyst, sent, network):
    reply = answered(sent, "not_ours")
    page = judge(analyst, reply, judgement="not_theirs", assets=[network.pk], holder="99999999")

    network.refresh_from_db()
    reply.refresh_from_db()
    assert page.status_code == 400
    assert (network.valid_to, reply.judgement) == (None, "")


def test_when_the_warning_stands_nothing_changes_and_nobody_gets_anything(analyst, sent):
    reply = answered(sent)
    before = (Message.objects.count(), Notice.objects.count(), Contact.objects.count())

    judge(analyst, reply, judgement="stands")

    reply.refresh_from_db()
    assert (reply.judgement, str(reply.judged_by), reply.judged_note) == ("stands", cast.ANALYST.name, "Zelf gebeld")
    assert (Message.objects.count(), Notice.objects.count(), Contact.objects.count()) == before
    assert "De waarschuwing blijft staan" in text(analyst.get(f"/desk/answers/{reply.pk}/"))
    assert "De waarschuwing blijft staan" in text(analyst.get("/desk/answers/?state=judged"))


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Kies een van de drie."),
        ({"judgement": "maybe"}, "Fout"),
        ({"judgement": "stands", "note": ""}, "Schrijf op waarom"),
        ({"judgement": "false_positive"}, "Kies minstens één gegeven"),
        ({"judgement": "not_theirs"}, "Kies minstens één gegeven"),
        ({"judgement": "not_theirs", "assets": ["999999"]}, "Kies uit wat hier staat."),
        ({"judgement": "not_theirs", "assets": ["x"]}, "Kies uit wat hier staat."),
        ({"judgement": "stands", "until": "morgen"}, "Dit is geen dag."),
    ],
)
def test_a_judgement_that_does_not_fit_is_asked_again(analyst, sent, form, words):
    reply = answered(sent)
    page = judge(analyst, reply, **form)

    assert page.status_code == 400
    assert words in text(page)
    reply.refresh_from_db()
    assert reply.judgement == ""


@pytest.mark.parametrize("day", ["2026-11-01", "2036-01-01"])
def test_a_false_positive_for_a_day_that_can_not_be_is_kept_not_at_all(analyst, sent, network, day):
    reply = answered(sent)
    page = judge(analyst, reply, judgement="false_positive", assets=[network.pk], until=day)

    reply.refresh_from_db()
    assert (page.status_code, reply.judgement, Suppression.objects.count()) == (400, "", 0)


def test_an_answer_is_judged_once(analyst, sent):
    reply = answered(sent)
    judge(analyst, reply, judgement="stands")

    with pytest.raises(JudgementError, match="judged this answer already"):
        judge_answer(
            reply=reply.pk,
            judged=Judgement(judgement="stands", note="Again"),
            person=cast.person(cast.COLLEAGUE),
            now=cast.NOW,
        )


def test_each_judgement_counts_for_the_source_and_the_rule_that_matched(analyst, sent, network):
    judge(analyst, answered(sent), judgement="false_positive", assets=[network.pk], until="2027-11-24")
    collect(now=cast.NOW, pieces=100)

    (line,) = precision()
    assert (line.rule, line.judged, line.false, line.not_theirs, line.right) == ("events-1", 1, 1, 0, 0.0)
    page = text(analyst.get("/desk/answers/"))
    assert "Hoe vaak wij het mis hadden" in page
    assert "Shadowserver" in page
    assert collect(now=cast.NOW, pieces=100) == 0


def test_a_finding_that_was_judged_twice_counts_once_as_it_was_judged_last(analyst, sent, network):
    judge(analyst, answered(sent), judgement="false_positive", assets=[network.pk], until="2027-11-24")
    second = answered(sent, "not_ours")
    judge(analyst, second, judgement="stands")
    Reply.objects.filter(pk=second.pk).update(judged_at=cast.NOW + timedelta(seconds=1))
    collect(now=cast.NOW, pieces=100)

    assert [(line.judged, line.right) for line in precision()] == [(1, 1.0)]


def test_there_is_no_page_for_what_needs_no_judgement(analyst, sent):
    assert analyst.get(f"/desk/answers/{answered(sent, 'fixed').pk}/").status_code == 404
