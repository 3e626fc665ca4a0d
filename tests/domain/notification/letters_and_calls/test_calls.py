"""Calls, from a warning to how the call ended."""

from datetime import timedelta

import cast
import people
import pytest

from misthoorn.accounts.queries import audit_trail
from misthoorn.common import clock
from misthoorn.constituency.models import Contact
from misthoorn.insight.ledger import collect
from misthoorn.insight.models import Entry
from misthoorn.intake.models import Source
from misthoorn.notification.letters_and_calls import calls, letters
from misthoorn.notification.letters_and_calls.calls import CallError, Ended
from misthoorn.notification.models import Attempt, Call, CallOutcome, Message, Notice, Reply
from misthoorn.notification.queries import broken_laws
from misthoorn.notification.services import MOST_REPLIES
from misthoorn.triage.models import Finding
from misthoorn.triage.services.reach import reach_otherwise

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst():
    return cast.person(cast.ANALYST, second_factor=False)


@pytest.fixture
def colleague():
    return cast.person(cast.COLLEAGUE, second_factor=False)


@pytest.fixture
def firm():
    """A firm that can be called, and after that written to, with one warning that waits."""
    bakery = people.only(cast.BAKERY, telephone=people.NUMBER, letter=people.PAPER)
    people.release(bakery)
    return bakery


def take(firm, person):
    return calls.take(organisation=firm, person=person, now=clock.now())


def end(firm, person, outcome, **more):
    ended = Ended(outcome=outcome, **more)
    return calls.note_outcome(organisation=firm, person=person, ended=ended, now=clock.now())


def message(firm, channel="telephone"):
    return Message.objects.get(notice__organisation=firm, channel=channel)


def go_on(hours):
    clock.set_offset(clock.offset() + timedelta(hours=hours))


def test_an_organisation_with_only_a_number_gets_a_call(firm):
    (line,) = calls.firms(now=clock.now())

    assert message(firm).state == "waiting"
    assert (line.organisation, line.messages, line.held_by) == (firm, 1, "")
    assert calls.count_due(now=clock.now()) == 1


def test_who_takes_a_call_sees_the_number_and_what_to_say(firm, analyst):
    sheet = take(firm, analyst)

    assert sheet.lines[0].telephone == "020 123 4567"
    assert any("u spreekt met Aisha van" in line for part in sheet.script for line in part.lines)
    assert sheet.held_until - clock.now() > timedelta(minutes=14)
    assert calls.firms(now=clock.now())[0].held_by == "Aisha Demir"


def test_a_firm_that_somebody_calls_is_nobody_elses_until_the_quarter_is_over(firm, analyst, colleague):
    take(firm, analyst)

    with pytest.raises(CallError, match="Aisha Demir is calling this firm"):
        take(firm, colleague)
    take(firm, analyst)  # again, by the same person
    go_on(0.26)
    assert take(firm, colleague).name == "Bakkerij De Korenaar"
    with pytest.raises(CallError, match="Bram de Wit is calling"):
        end(firm, analyst, "no_answer")
    assert not CallOutcome.objects.exists()


def test_a_call_that_is_given_back_can_be_taken_by_others(firm, analyst, colleague):
    take(firm, analyst)
    calls.give_back(organisation=firm, person=analyst)

    assert take(firm, colleague)


def test_two_warnings_of_one_firm_are_one_call(firm, analyst, colleague):
    people.release(firm, subject="open-telnet", source=Source.objects.get())

    assert [one.messages for one in calls.firms(now=clock.now())] == [2]
    assert len(take(firm, analyst).lines) == 2
    with pytest.raises(CallError):
        take(firm, colleague)


def test_what_was_told_is_handed_over_with_an_attempt(firm, analyst):
    sheet = take(firm, analyst)
    end(firm, analyst, "told", messages=(sheet.lines[0].message,), answer="passed_on", note="via de receptie")

    told = message(firm)
    assert (told.state, told.attempt, told.handed_over_at is not None) == ("handed_over", 1, True)
    assert list(Attempt.objects.values_list("outcome", "reply")) == [("handed_over", "told")]
    assert Reply.objects.get().answer == "passed_on"
    assert Call.objects.get().done_at is not None
    assert calls.firms(now=clock.now()) == []
    assert broken_laws() == []
    assert "call told" in [entry.action for entry in audit_trail(about=f"organisation {firm}")]


def test_how_a_call_ended_is_kept_also_where_the_warning_was_answered_too_often(firm, analyst):
    sheet, notice = take(firm, analyst), message(firm).notice
    Reply.objects.bulk_create(Reply(notice=notice, answer="wrong", at=clock.now()) for _ in range(MOST_REPLIES))

    end(firm, analyst, "told", messages=(sheet.lines[0].message,), answer="fixed")

    assert message(firm).state == "handed_over"


def test_the_ledger_knows_that_it_was_told_by_telephone(firm, analyst):
    sheet = take(firm, analyst)
    end(firm, analyst, "told", messages=(sheet.lines[0].message,))
    while collect(now=clock.now()):
        pass

    assert set(Entry.objects.filter(kind__in=["handed_over", "told"]).values_list("kind", "channel")) == {
        ("handed_over", "telephone"),
        ("told", "telephone"),
    }


def test_of_two_warnings_only_what_was_told_is_handed_over(firm, analyst):
    people.release(firm, subject="open-telnet", source=Source.objects.get())
    sheet = take(firm, analyst)
    end(firm, analyst, "told", messages=(sheet.lines[1].message,))

    assert sorted(Message.objects.values_list("state", flat=True)) == ["handed_over", "waiting"]
    assert calls.firms(now=clock.now())[0].held_by == ""


def test_after_three_tries_on_different_parts_of_days_a_letter_is_written(firm, analyst):
    for outcome in ("no_answer", "voicemail", "left_message"):
        take(firm, analyst)
        end(firm, analyst, outcome)
        go_on(24)

    tried = message(firm)
    assert (tried.state, tried.because, tried.attempt) == ("bounced", "no_answer", 3)
    assert Contact.objects.get(channel="telephone").bounced_at is None
    assert Contact.objects.get(channel="telephone").failures == 1
    reach_otherwise(now=clock.now())
    letter = message(firm, channel="letter")
    assert letter.state == "waiting"
    assert "IS DEZE BRIEF ECHT?" in letter.body
    assert broken_laws() == []


def test_after_a_try_the_next_one_waits_for_another_part_of_the_day(firm, analyst):
    take(firm, analyst)
    end(firm, analyst, "no_answer")

    (line,) = calls.firms(now=clock.now())
    assert line.due_at > clock.now()
    assert line.tries == 1
    assert calls.count_due(now=clock.now()) == 0
    assert Attempt.objects.get().outcome == "later"


def test_three_tries_on_one_morning_are_not_enough_for_a_letter(firm, analyst):
    for _ in range(3):
        take(firm, analyst)
        end(firm, analyst, "no_answer")

    assert message(firm).state == "waiting"


def test_a_wrong_number_is_used_no_more_and_the_next_way_is_taken(firm, analyst):
    take(firm, analyst)
    end(firm, analyst, "wrong_number")

    assert (message(firm).state, message(firm).because) == ("bounced", "wrong_number")
    assert Contact.objects.get(channel="telephone").bounced_at is not None
    reach_otherwise(now=clock.now())
    assert message(firm, channel="letter").state == "waiting"


def test_who_wants_no_calls_is_neither_called_nor_gone_around(firm, analyst):
    take(firm, analyst)
    end(firm, analyst, "do_not_call")

    assert (message(firm).state, message(firm).because) == ("withheld", "contact_unusable")
    assert Contact.objects.get(channel="telephone").stopped_at is not None
    reach_otherwise(now=clock.now())
    assert set(Message.objects.values_list("state", flat=True)) == {"withheld"}
    assert reach_otherwise(now=clock.now()) is False
    assert broken_laws() == []


def test_who_does_not_want_to_talk_gets_a_letter(firm, analyst):
    take(firm, analyst)
    end(firm, analyst, "refuses")
    reach_otherwise(now=clock.now())

    assert message(firm, channel="letter").state == "waiting"
    assert Contact.objects.get(channel="telephone").bounced_at is None


def test_who_wants_to_be_called_back_is_due_at_that_time(firm, analyst):
    at = clock.now() + timedelta(hours=3)
    take(firm, analyst)
    end(firm, analyst, "call_back", again_at=at)

    assert calls.firms(now=clock.now())[0].due_at == at
    assert calls.firms(now=clock.now())[0].tries == 0


@pytest.mark.parametrize("again", [None, timedelta(hours=-1), timedelta(days=15)])
def test_a_time_to_call_back_is_asked_for_and_has_bounds(firm, analyst, again):
    take(firm, analyst)
    with pytest.raises(CallError, match="when to call back"):
        end(firm, analyst, "call_back", again_at=again and clock.now() + again)
    assert message(firm).attempt == 0


def test_what_no_longer_holds_is_not_told(firm, analyst):
    Finding.objects.update(state="gone")

    with pytest.raises(CallError, match="Nothing is left"):
        take(firm, analyst)
    assert (message(firm).state, message(firm).because) == ("withheld", "no_longer_true")


@pytest.mark.parametrize(
    ("outcome", "says"), [("sang", "not an outcome"), ("told", "tick at least one"), ("voicemail", "did not take it")]
)
def test_an_outcome_that_can_not_be_is_refused_with_a_sentence(firm, analyst, outcome, says):
    with pytest.raises(CallError, match=says):
        end(firm, analyst, outcome)
    assert message(firm).state == "waiting"


def test_after_the_last_mail_came_back_the_firm_is_called():
    bakery = cast.organisation(cast.BAKERY)
    people.add(bakery, channel="telephone", address=people.NUMBER)
    people.release(bakery)
    mail = message(bakery, channel="mail")
    Message.objects.filter(pk=mail.pk).update(state="bounced")
    Contact.objects.filter(pk=mail.contact_id).update(bounced_at=clock.now())

    reach_otherwise(now=clock.now())

    assert message(bakery).state == "waiting"
    assert [one.organisation for one in calls.firms(now=clock.now())] == [bakery]


def test_when_nothing_but_the_number_was_known_and_it_is_wrong_a_person_hears_that_nobody_was_reached(analyst):
    club = people.only(cast.BROKER, telephone=people.OTHER_NUMBER)
    people.release(club)
    take(club, analyst)
    end(club, analyst, "wrong_number")
    reach_otherwise(now=clock.now())

    assert Notice.objects.get().state == "unreached"
    assert letters.count_waiting(now=clock.now()) == 0
