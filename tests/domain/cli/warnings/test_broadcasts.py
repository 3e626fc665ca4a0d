import json

import pytest
from cast import ANALYST, BAKERY, BROKER, COLLEAGUE, WATERWORKS, organisation, person

from misthoorn.triage.models import Broadcast

pytestmark = pytest.mark.django_db


@pytest.fixture
def texts(tmp_path):
    """Organisations, two people, and the files of a message; gives the options of a draft."""
    for one in (BAKERY, BROKER, WATERWORKS):
        organisation(one)
    for part in (ANALYST, COLLEAGUE):
        person(part, second_factor=False)
    (tmp_path / "nl.txt").write_text("Werk bij naar 2.15.0.", encoding="utf-8")
    (tmp_path / "en.txt").write_text("Update to 2.15.0.", encoding="utf-8")
    titles = ("--title-nl", "Lek in Log4j", "--title-en", "Flaw in Log4j")
    files = ("--text-nl", tmp_path / "nl.txt", "--text-en", tmp_path / "en.txt")
    return ("--kind", "target_group", "--severity", "urgent", *titles, *files, "--by", "aisha")


def test_a_draft_says_whom_it_reaches_and_whom_not(misthoorn, texts):
    said = misthoorn("broadcasts", "draft", *texts, "--sector", "trade", "--sector", "other")

    assert said.code == 0
    for words in (
        "Draft ",
        "Lek in Log4j (target_group, urgent, TLP:GREEN)",
        "Reaches 1 organisation of 2.",
        "not: 1 other-team",
    ):
        assert words in said.out
    assert "sectors: trade, other" in said.out


def test_the_mail_is_shown_in_either_language(misthoorn, texts):
    misthoorn("broadcasts", "draft", *texts)
    pk = Broadcast.objects.get().pk

    assert "Werk bij naar 2.15.0." in misthoorn("broadcasts", "show", pk, "--mail", "nl").out
    assert "Update to 2.15.0." in misthoorn("broadcasts", "show", pk, "--mail", "en").out


def test_it_is_approved_by_two_above_the_limit_and_listed(misthoorn, texts, settings):
    settings.REACH_LIMIT = 1
    misthoorn("broadcasts", "draft", *texts)
    pk = Broadcast.objects.get().pk

    assert "above the limit of 1" in misthoorn("broadcasts", "show", pk).out
    assert "a second person has to approve it too" in misthoorn("broadcasts", "approve", pk, "--by", "aisha").out
    again = misthoorn("broadcasts", "approve", pk, "--by", "aisha")
    assert (again.code, "ask a colleague" in again.error) == (1, True)
    assert "a worker writes it for 2 organisations" in misthoorn("broadcasts", "approve", pk, "--by", "bram").out
    (row,) = json.loads(misthoorn("broadcasts", "list", "--json").out)
    assert (row["state"], row["reached"], row["written"]) == ("approved", 2, False)
    assert "Stopped. 0 messages" in misthoorn("broadcasts", "stop", pk, "--by", "bram", "--note", "fout").out
    assert misthoorn("broadcasts", "resume", pk, "--by", "bram").out.startswith("It goes on: 0 messages")
    update = misthoorn("broadcasts", "draft", *texts, "--update-of", pk)
    assert f"B-{pk:05d}, update 1: " in update.out


def test_what_can_not_be_done_is_one_sentence_and_a_code(misthoorn, texts, tmp_path):
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe")
    for wrong, said in (
        (("show", 99), "There is no message to many 99."),
        (("approve", 99, "--by", "aisha"), "There is no message to many 99."),
        (("stop", 99, "--by", "aisha", "--note", "x"), "There is no message to many 99."),
        (("draft", *texts, "--tlp", "AMBER"), "may not go to many"),
        (("draft", *texts, "--province", "Mars"), "none of the provinces"),
        (("draft", *texts, "--text-nl", tmp_path / "bad.txt"), "not text in UTF-8"),
        (("draft", *texts[:-1], "dirk"), "'dirk' can't decide"),
    ):
        answer = misthoorn("broadcasts", *wrong)
        assert (answer.code, said in answer.error, answer.error.count("\n")) == (1, True, 1), answer
    assert "makes one" in misthoorn("broadcasts", "list").out


def test_partners_are_named_by_their_register_number(misthoorn, texts):
    assert "No partners." in misthoorn("broadcasts", "partner", "list").out
    assert misthoorn("broadcasts", "partner", "add", BAKERY.register_number, "--by", "aisha").code == 0
    assert BAKERY.name in misthoorn("broadcasts", "partner", "list").out
    said = misthoorn("broadcasts", "draft", *texts, "--kind", "partner")
    assert "Reaches 1 organisation of 1." in said.out
    misthoorn("broadcasts", "partner", "remove", BAKERY.register_number, "--by", "aisha")
    assert "No partners." in misthoorn("broadcasts", "partner", "list").out
    wrong = misthoorn("broadcasts", "partner", "add", "999", "--by", "aisha")
    assert (wrong.code, wrong.error.count("\n")) == (1, 1)
