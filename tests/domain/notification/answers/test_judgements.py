"""What recipients ask and say: is this real, and here is what we did."""

from datetime import timedelta

import pytest
from cast import ANALYST, person
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from misthoorn.common import clock
from misthoorn.common.numbers import show_code
from misthoorn.constituency.queries import refusals
from misthoorn.notification import queries, retention, services
from misthoorn.notification.channels import HandOverError, Reason
from misthoorn.notification.delivery import leases
from misthoorn.notification.facts import MessageFilter
from misthoorn.notification.models import Call, CallOutcome, Check, Message, Notice, Reply
from misthoorn.notification.services import LONGEST_REPLY, MOST_REPLIES, ReplyError, check_number, record_reply

NOW = clock.now()


@pytest.fixture
def sent(queue, deliver):
    queue(2)
    deliver().run()
    return Message.objects.select_related("notice").order_by("pk").first()


def asked(message, domain, number=""):
    return check_number(number=number or message.notice.number, domain=domain, now=NOW)


@pytest.mark.parametrize(
    "domain",
    ["bedrijf00000000.example", "BEDRIJF00000000.Example", " bedrijf00000000.example. ", "jan@bedrijf00000000.example"],
)
def test_a_number_is_genuine_at_the_domain_that_it_went_to(sent, domain):
    found = asked(sent, domain)

    assert (found.outcome, found.channel, found.subject) == ("genuine", "mail", "open-rdp")
    assert found.sent_on == sent.handed_over_at
    assert found.about


def test_what_it_is_about_is_told_in_the_readers_language(sent):
    with translation.override("en"):
        english = asked(sent, "bedrijf00000000.example").about
    with translation.override("nl"):
        dutch = asked(sent, "bedrijf00000000.example").about

    assert english != dutch
    assert "198.18" not in english + dutch


def test_a_genuine_number_in_somebody_elses_mail_does_not_pass_and_tells_nothing(sent):
    found = asked(sent, "bedrijf00000001.example")

    assert found.outcome == "other_domain"
    assert (found.sent_on, found.subject, found.about) == (None, "", "")


@pytest.mark.parametrize(
    "domain", ["example", "sub.bedrijf00000000.example", "xbedrijf00000000.example", "", "a b", "é" * 300, "\0"]
)
def test_a_domain_that_only_looks_alike_does_not_pass(sent, domain):
    assert asked(sent, domain).outcome in {"other_domain", "unknown"}


@pytest.mark.parametrize("number", ["000000000000", "12", "", "1234567890123", "abc", "٠" * 12, "\0" * 12])
def test_a_number_that_we_never_gave_is_unknown(sent, number):
    assert asked(sent, "bedrijf00000000.example", number or "-").outcome == "unknown"


def test_a_number_may_be_typed_with_dashes(sent):
    number = sent.notice.number

    assert asked(sent, "bedrijf00000000.example", f"{number[:4]}-{number[4:8]} {number[8:]}").outcome == "genuine"


def test_a_number_that_never_went_out_is_unknown(queue):
    queue(1)

    assert asked(Message.objects.get(), "bedrijf00000000.example").outcome == "unknown"


def test_a_number_that_may_have_arrived_is_genuine(queue, deliver, channel):
    queue(1)
    channel.answers.append(HandOverError(Reason.IN_DOUBT, "silence"))
    deliver().run()

    assert asked(Message.objects.get(), "bedrijf00000000.example").outcome == "genuine"


def test_a_number_that_is_being_handed_over_is_genuine(queue):
    queue(1)
    leases.claim(lease=60)

    assert asked(Message.objects.get(), "bedrijf00000000.example").outcome == "genuine"


def test_a_number_that_bounced_never_arrived(queue, deliver, channel):
    queue(1)
    channel.answers.append(HandOverError(Reason.REFUSED, "550 unknown"))
    deliver().run()

    assert asked(Message.objects.get(), "bedrijf00000000.example").outcome == "unknown"


def test_an_international_domain_is_the_same_in_both_spellings(sent):
    Message.objects.filter(pk=sent.pk).update(address="it@xn--caf-dma.example")

    assert asked(sent, "café.example").outcome == asked(sent, "XN--CAF-DMA.example").outcome == "genuine"


def test_a_check_is_counted_without_who_asked(sent):
    asked(sent, "bedrijf00000000.example")
    asked(sent, "elsewhere.example")
    asked(sent, "elsewhere.example", "000000000000")

    assert list(Check.objects.order_by("pk").values_list("outcome", "notice")) == [
        ("genuine", sent.notice_id),
        ("other_domain", sent.notice_id),
        ("unknown", None),
    ]


def test_a_code_finds_its_notice_however_it_is_typed(sent):
    code = sent.notice.code

    found = queries.find_by_code(f" {code[:4].lower()}-{code[4:]} ")

    assert (found.notice_id, found.number, found.subject, found.answer) == (
        sent.notice_id,
        sent.notice.number,
        "open-rdp",
        "",
    )


@pytest.mark.parametrize("code", ["", "nonsense", "\0", "A" * 10_000])
def test_a_code_that_we_never_gave_finds_nothing(sent, code):  # noqa: ARG001  there is something to find
    assert queries.find_by_code(code) is None


def test_a_code_that_never_went_out_finds_nothing(queue):
    queue(1)

    assert queries.find_by_code(Notice.objects.get().code) is None


def test_the_latest_answer_counts_and_the_earlier_ones_stay(sent):
    record_reply(notice=sent.notice_id, answer="passed_on", passed_on_to="it@helper.example", now=NOW)
    record_reply(notice=sent.notice_id, answer="fixed", text="Closed the port.", now=NOW + timedelta(days=1))

    assert queries.find_by_code(sent.notice.code).answer == "fixed"
    [line] = [one for one in queries.notices_of_campaign(sent.notice.campaign_id) if one.id == sent.notice_id]
    assert [(one.answer, one.text, one.passed_on_to) for one in line.replies] == [
        ("fixed", "Closed the port.", ""),
        ("passed_on", "", "it@helper.example"),
    ]
    assert queries.replies_by_answer() == {"fixed": 1, "passed_on": 1, "not_ours": 0, "wrong": 0, "accepted": 0}


def test_a_button_that_is_pressed_twice_is_one_answer(sent):
    for seconds in (0, 2):
        record_reply(notice=sent.notice_id, answer="fixed", now=NOW + timedelta(seconds=seconds))

    assert Reply.objects.count() == 1


def test_who_asks_us_to_stop_is_left_alone_about_this_subject(sent):
    record_reply(notice=sent.notice_id, answer="wrong", stop=True, now=NOW)

    assert refusals("open-rdp") == {sent.notice.organisation_id}


@pytest.mark.parametrize("answer", ["", "maybe", "FIXED"])
def test_an_answer_that_is_none_of_the_five_is_refused(sent, answer):
    with pytest.raises(ReplyError, match="none of the five answers"):
        record_reply(notice=sent.notice_id, answer=answer, now=NOW)


def test_what_people_write_is_kept_within_bounds(sent):
    record_reply(notice=sent.notice_id, answer="wrong", text="\0" + "a\nb\x07" * LONGEST_REPLY, now=NOW)

    text = Reply.objects.get().text
    assert len(text) == LONGEST_REPLY
    assert text.startswith("a\nba\nb")


def test_answering_without_end_is_refused(sent):
    for number in range(MOST_REPLIES):
        record_reply(notice=sent.notice_id, answer="wrong", text=str(number), now=NOW)

    with pytest.raises(ReplyError, match="too often"):
        record_reply(notice=sent.notice_id, answer="wrong", text="again", now=NOW)


def test_a_notice_that_is_gone_can_not_be_answered(sent):
    with pytest.raises(ReplyError, match="no longer kept"):
        record_reply(notice=sent.notice_id + 1_000_000, answer="fixed", now=NOW)


KEEP = {"messages": 365, "replies": 730}


def test_after_the_period_addresses_and_texts_are_gone_and_figures_stay(sent):
    record_reply(notice=sent.notice_id, answer="passed_on", text="words", passed_on_to="it@helper.example", now=NOW)
    before = queries.messages_by_state()

    counts = services.purge(now=NOW + timedelta(days=800), keep=KEEP)

    assert counts == {"messages": 2, "incoming": 0, "replies": 1, "passed_on": 1, "checks": 0}
    for message in Message.objects.all():
        assert (message.address, message.subject_line, message.body) == ("", "", "")
        assert set(message.attempts.values_list("reply", flat=True)) == {""}
    assert set(Reply.objects.values_list("answer", "text", "passed_on_to")) == {("passed_on", "", "")}
    assert queries.messages_by_state() == before
    assert queries.broken_laws() == []


def test_a_number_can_be_checked_after_its_address_is_gone(sent):
    services.purge(now=NOW + timedelta(days=400), keep=KEEP)

    assert asked(sent, "bedrijf00000000.example").outcome == "genuine"
    assert asked(sent, "bedrijf00000001.example").outcome == "other_domain"
    assert not Message.objects.filter(domain_digest__contains="bedrijf").exists()


def test_before_the_period_nothing_is_blanked_and_purging_again_changes_nothing(sent):
    assert services.purge(now=NOW + timedelta(days=300), keep=KEEP) == {
        "messages": 0,
        "incoming": 0,
        "replies": 0,
        "passed_on": 0,
        "checks": 0,
    }
    assert services.purge(now=NOW + timedelta(days=400), keep=KEEP)["messages"] == 2
    assert services.purge(now=NOW + timedelta(days=400), keep=KEEP)["messages"] == 0
    sent.refresh_from_db()
    assert sent.body == ""


def test_notes_of_calls_and_checks_go_few_at_a_time(sent, monkeypatch):
    monkeypatch.setattr(retention, "PIECE", 2)
    call = Call.objects.create(message=sent, not_before=NOW)
    by = person(ANALYST, second_factor=False)
    CallOutcome.objects.bulk_create(
        CallOutcome(call=call, at=NOW, person_id=by, outcome="no answer", note=f"note {number}") for number in range(5)
    )
    Check.objects.bulk_create(Check(at=NOW, outcome="unknown") for _ in range(5))

    with CaptureQueriesContext(connection) as asked_for:
        assert services.purge(now=NOW + timedelta(days=800), keep=KEEP)["checks"] == 5

    said = [query["sql"] for query in asked_for]
    assert sum(sql.startswith('UPDATE "notification_calloutcome"') for sql in said) == 3
    assert sum(sql.startswith('DELETE FROM "notification_check"') for sql in said) == 3
    assert set(CallOutcome.objects.values_list("note", flat=True)) == {""}
    assert not Check.objects.exists()


def test_what_a_relay_said_of_an_address_goes_too(queue, deliver, channel):
    queue(1)
    channel.answers.append(HandOverError(Reason.REFUSED, "RCPT: 550 it@bedrijf00000000.example unknown"))
    deliver().run()

    services.purge(now=NOW + timedelta(days=400), keep=KEEP)

    assert Message.objects.get().because == ""


def test_the_log_shows_messages_with_their_attempts(sent):
    page = queries.message_log(filters=MessageFilter(state="handed_over"))

    assert (page.total, page.newer, page.older) == (2, None, None)
    assert {line.organisation_name for line in page.lines} == {"Bedrijf 00000000", "Bedrijf 00000001"}
    found = queries.message(sent.pk)
    code = show_code(sent.notice.code)
    assert code in sent.body
    assert found.body == sent.body.replace(code, "····-····"), "only the recipient can answer"
    assert [(one.number, one.outcome) for one in found.attempts] == [(1, "handed_over")]
    assert queries.message(sent.pk + 1_000_000) is None


def test_the_log_is_narrowed_by_organisation_campaign_number_and_state(sent):
    def total(**asked):
        return queries.message_log(filters=MessageFilter(**asked)).total

    assert total(organisation=sent.notice.organisation_id) == 1
    assert total(campaign=sent.notice.campaign_id) == 2
    assert total(number=sent.notice.number) == 1
    assert total(state="queued") == total(number="1") == total(campaign=10**9) == 0
    assert total(state="\0") == total(number="\0") == 0


def test_counts_and_states_add_up(sent):
    assert queries.messages_by_state() == {
        "queued": 0,
        "leased": 0,
        "handed_over": 2,
        "in_doubt": 0,
        "bounced": 0,
        "withheld": 0,
        "expired": 0,
        "waiting": 0,
        "gathering": 0,
        "gathered": 0,
    }
    assert queries.counts() == {"notices": 2, "withheld": 0, "messages": 2, "attempts": 2, "replies": 0}
    [line] = queries.notices_of_organisation(sent.notice.organisation_id)
    assert line.messages == {"handed_over": 1}


def test_a_broken_law_is_told_in_words(sent):
    sent.attempts.all().delete()

    assert queries.broken_laws() == [
        "1 messages that no attempt handed over",
        "1 messages whose attempts are not all there",
    ]
