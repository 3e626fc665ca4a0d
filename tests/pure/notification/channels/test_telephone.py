"""What is said in a call, and when the next one is."""

from datetime import UTC, datetime, timedelta

import mails
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.notification.channels.telephone.outcomes import (
    MOST_TRIES,
    is_enough,
    next_try,
    outcomes,
    part_of_day,
)
from misthoorn.notification.channels.telephone.script import CallFacts, Told, hidden, script_of
from misthoorn.notification.compose import compose
from misthoorn.notification.compose.templates import library

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # 10.30 in Amsterdam
WHEN = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  hypothesis adds it


def told(text="exposed/rdp", language="nl", **changes):
    mail = compose(mails.of_text(text, language))
    names = {"number": mails.NUMBER, "code": mails.CODE}
    return Told(**names | {"template": mail.template, "subject": mail.subject, "body": mail.body} | changes)


def script(*notices, language="nl"):
    facts = CallFacts(
        language=language,
        caller="Sam de Wit",
        organisation="Bakkerij De Korenaar",
        team=mails.TEAM,
        notices=notices or (told(language=language),),
    )
    return script_of(facts)


def said(parts, name):
    return "\n".join(line for part in parts if part.name == name for line in part.lines)


def test_what_is_said_is_filled_in_for_the_notice():
    parts = script()

    assert "u spreekt met Sam van Team Voorbeeld" in said(parts, "opening")
    assert "Een computer van uw bedrijf is van buitenaf te bedienen. Criminelen zoeken" in said(parts, "message")
    assert "Dit is de eerste stap. Bel wie uw IT doet." in said(parts, "message")
    assert "Het komt van Shadowserver." in said(parts, "message")
    assert "4821-7730-5264" in said(parts, "real")
    assert "KM7F-2Q9X" in said(parts, "message")


@pytest.mark.parametrize("language", mails.LANGUAGES)
@pytest.mark.parametrize("text", library.names())
def test_every_text_can_be_told_by_telephone(text, language):
    parts = script(told(text, language), language=language)
    every = "\n".join(line for part in parts for line in part.lines)

    assert "{" not in every
    assert any(part.name in {"message", "hacked"} for part in parts)
    assert "4821-7730-5264" in every


def test_of_a_system_with_a_stranger_in_it_nothing_is_mailed():
    assert "Mail er niet over" in said(script(told("compromised/system")), "hacked")


def test_a_line_about_a_mail_is_said_only_when_there_was_one():
    assert "mailden" not in said(script(), "message")
    assert "Klopt het adres i***@korenaar.example?" in said(script(told(mail="i***@korenaar.example")), "message")


def test_all_that_a_firm_has_to_be_told_is_in_one_script():
    parts = script(told(), told("compromised/system"))

    assert [part.name for part in parts].count("message") == 1
    assert [part.name for part in parts].count("hacked") == 1


def test_nobody_is_ever_asked_for_a_password_or_money():
    for language, words in (
        ("nl", "nooit om een wachtwoord, om geld"),
        ("en", "never ask you for a password, for money"),
    ):
        assert words in said(script(language=language), "real")


def test_a_voicemail_says_nothing_of_what_it_is_about():
    spoken = said(script(), "voicemail")

    assert "4821-7730-5264" in spoken
    assert "192.0.2" not in spoken
    assert "bedienen" not in spoken


def test_a_text_without_steps_is_told_by_its_subject():
    parts = script(told(subject="Goed nieuws: het is opgelost (waarschuwing 4821)", body="Beste lezer,\n\nDag.\n"))

    assert "Het gaat over: Goed nieuws: het is opgelost." in said(parts, "told")


@pytest.mark.parametrize(
    ("address", "shown"), [("info@korenaar.example", "i***@korenaar.example"), ("", ""), ("+31201234567", "")]
)
def test_a_mail_address_is_shown_to_who_knows_it(address, shown):
    assert hidden(address) == shown


def test_every_outcome_has_a_word_in_both_languages_and_follows_into_something():
    assert {one.does for one in outcomes().values()} == {"hand_over", "again", "try", "wrong", "next", "stop"}
    assert all(one.names["nl"] and one.names["en"] for one in outcomes().values())


@pytest.mark.parametrize(
    ("after", "at"),
    [
        (MONDAY, datetime(2026, 11, 23, 12, tzinfo=UTC)),  # in the afternoon
        (MONDAY + timedelta(hours=4), datetime(2026, 11, 24, 8, tzinfo=UTC)),  # the next morning
        (MONDAY + timedelta(days=4, hours=4), datetime(2026, 11, 30, 8, tzinfo=UTC)),  # after the weekend
    ],
)
def test_the_next_try_is_on_another_part_of_the_day(after, at):
    assert next_try(after, urgent=False) == at


def test_what_is_urgent_does_not_wait_for_monday():
    assert next_try(MONDAY + timedelta(days=4, hours=4), urgent=True) == datetime(2026, 11, 28, 8, tzinfo=UTC)


@given(WHEN, st.booleans())
def test_the_next_try_is_always_later_and_on_another_part(after, urgent):
    again = next_try(after, urgent=urgent)

    assert again > after
    assert part_of_day(again) != part_of_day(after)
    assert again - after < timedelta(days=4)


def test_three_tries_on_one_morning_are_one():
    assert not is_enough([MONDAY + timedelta(minutes=10 * number) for number in range(3)])
    assert is_enough([MONDAY, MONDAY + timedelta(hours=4), MONDAY + timedelta(days=1)])


@given(WHEN)
def test_following_the_times_that_are_given_it_is_enough_after_three(first):
    tries = [first]
    while not is_enough(tries):
        tries.append(next_try(tries[-1], urgent=True))

    assert len(tries) == MOST_TRIES
