"""Letters and calls on the command line."""

import json

import cast
import people
import pytest
from pypdf import PdfReader

from misthoorn.notification.letters_and_calls.work import step
from misthoorn.notification.models import Message, Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def letters():
    cast.person(cast.ANALYST)
    people.release(people.only(cast.BAKERY, letter=people.PAPER), people.only(cast.BROKER, letter=people.OTHER_PAPER))


@pytest.fixture
def firm():
    cast.person(cast.ANALYST)
    people.release(people.only(cast.BAKERY, telephone=people.NUMBER))


@pytest.mark.usefixtures("letters")
def test_letters_are_printed_posted_and_returned(misthoorn, tmp_path):
    out = tmp_path / "letters.pdf"
    assert json.loads(misthoorn("letters", "list", "--json").out) == {"waiting": 2, "batches": []}

    printed = misthoorn("letters", "batch", "--out", out, "--by", "aisha")
    batch = json.loads(misthoorn("letters", "list", "--json").out)["batches"][0]
    posted = misthoorn("letters", "posted", batch["batch"], "--by", "aisha")
    number = Notice.objects.first().number
    returned = misthoorn("letters", "returned", number, "--reason", "moved", "--by", "aisha")

    assert printed.code == posted.code == returned.code == 0
    assert "2 letters, 4 pages" in printed.out
    assert len(PdfReader(out).pages) == 4
    assert len((tmp_path / "letters.csv").read_text().splitlines()) == 3
    assert "2 letters handed over" in posted.out
    assert "came back" in returned.out
    assert misthoorn("letters", "posted", batch["batch"], "--by", "aisha").code == 1
    assert misthoorn("letters", "returned", number, "--reason", "moved", "--by", "aisha").code == 1


def test_without_letters_nothing_is_printed(misthoorn, tmp_path):
    cast.person(cast.ANALYST)
    said = misthoorn("letters", "batch", "--out", tmp_path / "x.pdf", "--by", "aisha")

    assert (said.code, "No letter is left" in said.out) == (0, True)
    assert misthoorn("letters", "batch", "--again", "99", "--out", tmp_path / "x.pdf", "--by", "aisha").code == 1
    assert misthoorn("letters", "batch", "--limit", "0", "--out", tmp_path / "x.pdf", "--by", "aisha").code == 2


@pytest.mark.usefixtures("letters")
def test_workers_print_what_was_gathered(misthoorn):
    from misthoorn.common import clock  # noqa: PLC0415  only here
    from misthoorn.notification.letters_and_calls import letter_files, letters  # noqa: PLC0415  as above

    batch = letters.make_batch(limit=10, person=None, now=clock.now())

    assert [step.run(), step.run(), step.run()] == [True, True, False]
    assert letter_files.progress(batch).ready
    assert "printed" in misthoorn("letters", "list").out


@pytest.mark.usefixtures("firm")
def test_a_call_is_taken_with_what_to_say_and_ended(misthoorn):
    assert "Bakkerij De Korenaar" in misthoorn("calls", "list").out
    shown = misthoorn("calls", "show", "30000001", "--by", "aisha")
    assert json.loads(misthoorn("calls", "list", "--json").out)[0]["held_by"] == "Aisha Demir"
    ended = misthoorn("calls", "outcome", "30000001", "told", "--answer", "fixed", "--by", "aisha")

    assert "020 123 4567" in shown.out
    assert "u spreekt met Aisha" in shown.out
    assert ended.code == 0
    assert Message.objects.get().state == "handed_over"
    assert "Nobody has to be called" in misthoorn("calls", "list").out


@pytest.mark.usefixtures("firm")
def test_what_can_not_be_is_refused_with_a_sentence(misthoorn):
    cast.person(cast.COLLEAGUE)
    assert misthoorn("calls", "outcome", "30000001", "told", "--by", "aisha").code == 1
    misthoorn("calls", "show", "30000001", "--by", "aisha")

    assert "is calling this firm" in misthoorn("calls", "show", "30000001", "--by", "bram").error
    assert "not an outcome" in misthoorn("calls", "outcome", "30000001", "sang", "--by", "aisha").error
    assert "when to call back" in misthoorn("calls", "outcome", "30000001", "call_back", "--by", "aisha").error


def test_a_contact_by_telephone_or_on_paper_is_added_and_shown_on_its_rung(misthoorn):
    cast.person(cast.ANALYST)
    cast.organisation(cast.BAKERY)
    told = ("--found", "the register", "--by", "aisha")
    misthoorn("contacts", "add", "30000001", people.NUMBER, "--channel", "telephone", *told)
    misthoorn("contacts", "add", "30000001", people.PAPER, "--channel", "letter", *told)
    shown = misthoorn("contacts", "show", "30000001").out

    assert "+31201234567" in shown
    assert "Dorpsstraat 12, 1234 AB Voorbeeldstad" in shown
    assert misthoorn("contacts", "add", "30000001", "112", "--channel", "telephone", *told).code == 1
