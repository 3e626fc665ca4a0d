"""Letters as text: every mail that there is, on paper."""

from dataclasses import replace

import mails
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.notification.compose import Mail, compose
from misthoorn.notification.compose.mails.letter import MOST_ROWS, as_letter, compose_letter
from misthoorn.notification.compose.text.blocks import Block, read_blocks, write_blocks
from misthoorn.notification.compose.text.layout import lay_out

EVERY = mails.every_mail()
SIGNS = {"nl": ("IS DEZE BRIEF ECHT?", "BERICHT ECHT"), "en": ("IS THIS LETTER REAL?", "MESSAGE REAL")}


@pytest.mark.parametrize("name", EVERY)
def test_no_word_of_a_mail_is_lost_when_it_is_taken_apart(name):
    body = compose(EVERY[name]).body

    assert " ".join(block.text for block in read_blocks(body)).split() == body.split()


@pytest.mark.parametrize("name", EVERY)
def test_a_letter_says_how_to_check_it_as_one_does_from_paper(name):
    facts = EVERY[name]
    letter = compose_letter(facts).body
    ours, the_mails = SIGNS[facts.language]

    assert letter.count(ours) == 1
    assert the_mails not in letter
    assert "\n      4821-7730-5264\n" in letter
    assert "\n      KM7F-2Q9X\n" in letter


@pytest.mark.parametrize("name", EVERY)
def test_a_letter_that_is_read_and_written_again_is_the_same(name):
    letter = compose_letter(EVERY[name]).body

    assert write_blocks(read_blocks(letter)) == letter


@pytest.mark.parametrize("language", mails.LANGUAGES)
def test_the_technical_part_goes_to_the_back_and_the_steps_stay_in_front(language):
    letter = compose_letter(mails.of_text("exposed/rdp", language)).body
    front, back = letter.split({"nl": "(achterkant)", "en": "(back)"}[language])

    assert "1. " in front
    assert "NLA" not in front
    assert "NLA" in back
    assert "TLP:AMBER" in back


def test_what_a_sheet_has_no_room_for_is_counted():
    facts = mails.of_text("exposed/rdp", "nl")
    row = facts.evidence[0]
    many = tuple(replace(row, address=f"192.0.2.{number}") for number in range(1, 21))
    letter = compose_letter(replace(facts, evidence=many)).body

    assert f"En nog {20 - MOST_ROWS} regels." in letter
    assert "192.0.2.20" not in letter


def test_any_mail_can_be_a_letter_also_one_that_says_nothing_of_checking():
    mail = Mail("Goed nieuws", "Beste lezer,\n\nHet is opgelost.\n", "other/gone", "1")
    letter = as_letter(mail, language="nl", number=mails.NUMBER, code=mails.CODE, team=mails.TEAM)

    assert "Het is opgelost." in letter.body
    assert "IS DEZE BRIEF ECHT?" in letter.body
    assert "Met vriendelijke groet," in letter.body
    assert "achterkant" not in letter.body


def test_a_letter_names_the_version_of_its_own_words_too():
    facts = mails.of_text("exposed/rdp", "nl")

    assert compose_letter(facts).version.startswith(f"{compose(facts).version}.")


WORDS = st.lists(st.from_regex(r"[a-z]{1,14}[.,]?", fullmatch=True), min_size=1, max_size=40).map(" ".join)


@given(
    st.lists(
        st.one_of(
            st.builds(Block, st.just("paragraph"), WORDS, inside=st.just(value=True)),
            st.builds(Block, st.just("step"), WORDS.map("1. {}".format), inside=st.just(value=True)),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_written_is_read_back_part_by_part(blocks):
    apart = [part for block in blocks for part in (Block("heading", "KOP"), block)]

    assert read_blocks(write_blocks(apart)) == apart


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]) | st.just(" ")), max_size=8))
def test_whatever_a_text_holds_no_word_is_lost(lines):
    body = lay_out("\n".join(lines))

    assert "".join("".join(block.text for block in read_blocks(body)).split()) == "".join(body.split())
