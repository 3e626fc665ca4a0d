"""Texts of messages on the command line: which there are, what one says, and whether a changed one may be used."""

import json

import cast
import pytest
from shipped import file_as_shipped

from misthoorn.notification import text_versions
from misthoorn.notification.compose.templates import library

NAME = "exposed/rdp"


@pytest.fixture(autouse=True)
def shipped_texts():
    yield
    library.use(library.SHIPPED)
    text_versions._seen[0] = ()


def test_every_text_is_listed_with_its_version(misthoorn):
    said = misthoorn("texts", "list")
    assert said.code == 0
    assert len(said.out.splitlines()) == len(library.names()) + len(library.other_names())
    assert "exposed/rdp                            high         shipped   an open entrance (RDP)" in said.out


def test_an_edition_in_use_is_listed_and_shown(misthoorn):
    writer, approver = cast.person(cast.ANALYST), cast.person(cast.COLLEAGUE)
    text = file_as_shipped(NAME).replace("een open ingang (RDP)", "een open deur (RDP)")
    draft = text_versions.save_draft(name=NAME, text=text, note="", person=writer, now=cast.NOW)
    text_versions.approve_edition(edition=draft, person=approver, now=cast.NOW)

    rows = {row["name"]: row for row in json.loads(misthoorn("texts", "list", "--json").out)}
    assert rows[NAME]["edition"] == draft
    assert "een open deur (RDP)" in misthoorn("texts", "show", NAME).out


def test_the_mail_of_a_text_is_shown(misthoorn):
    said = misthoorn("texts", "show", NAME, "--mail", "nl", "--shipped")
    assert said.out.startswith("Subject: Een computer van uw bedrijf")


def test_a_file_that_is_right_may_be_used(misthoorn, write):
    said = misthoorn("texts", "check", write("rdp.yaml", file_as_shipped(NAME)), "--name", NAME)
    assert (said.code, said.out) == (0, "rdp.yaml may be used as the text exposed/rdp.\n")


def test_the_end_of_the_path_says_which_text_it_is(misthoorn, tmp_path):
    (tmp_path / "exposed").mkdir()
    file = tmp_path / "exposed" / "rdp.yaml"
    file.write_text(file_as_shipped(NAME), encoding="utf-8")
    assert misthoorn("texts", "check", file).code == 0


def test_all_that_is_wrong_with_a_file_is_said_a_line_each(misthoorn, write):
    text = file_as_shipped(NAME).replace("{{ where }}", "{{ were }}")
    said = misthoorn("texts", "check", write("rdp.yaml", text), "--name", NAME)
    assert said.code == 1
    assert "it: There is no value 'were' in this text." in said.out
    assert "2 things to mend in rdp.yaml" in said.error


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"\xff\xfe", "not text in UTF-8"), (b"- a", "1 thing to mend"), (b"x" * 30_000, "1 thing to mend")],
)
def test_a_file_that_is_no_text_is_refused_with_a_sentence(misthoorn, write, content, told):
    said = misthoorn("texts", "check", write("rdp.yaml", content), "--name", NAME)
    assert said.code == 1
    assert told in said.error


@pytest.mark.parametrize("arguments", [("show", "exposed/nothing"), ("check", __file__)])
def test_a_text_that_there_is_not_is_said(misthoorn, arguments):
    said = misthoorn("texts", *arguments)
    assert said.code == 1
    assert "`misthoorn texts list` shows them" in said.error
