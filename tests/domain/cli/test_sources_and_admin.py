import io
import json
import sys

import pytest
from cast import ANALYST, NOW, PASSWORD, person

from misthoorn.accounts.models import Person
from misthoorn.accounts.services import note_look, record
from misthoorn.intake.models import Source


def test_a_source_is_added_with_its_drop_folder_and_listed(misthoorn, home):
    assert "No sources yet." in misthoorn("sources", "list").out
    said = misthoorn(
        "sources", "add", "scans", "--format", "events", "--tlp", "green", "--covers", "a,b", "--networks", "::/0"
    )

    assert said.code == 0
    assert (home / "drop" / "scans").is_dir()
    one = Source.objects.get()
    assert (one.name, one.tlp, one.absences_to_close) == ("scans", "GREEN", 2)
    assert one.coverage == {"subjects": ["a", "b"], "networks": ["::/0"]}
    assert "never delivered" in misthoorn("sources", "list").out
    (row,) = json.loads(misthoorn("sources", "list", "--json").out)
    assert (row["source"], row["tlp"], row["last"], row["paused"]) == ("scans", "GREEN", None, False)


def test_a_source_that_declares_nothing_proves_nothing(misthoorn):
    misthoorn("sources", "add", "scans", "--format", "events")

    assert (Source.objects.get().coverage, Source.objects.get().tlp) == ({}, "AMBER")


def test_a_source_may_say_everything_on_one_day_of_the_week_only(misthoorn):
    looks = ("--covers", "seen", "--networks", "::/0")
    misthoorn("sources", "add", "scans", "--format", "shadowserver", *looks, "--full-on", "sunday")

    assert Source.objects.get().coverage == {"subjects": "seen", "networks": ["::/0"], "full_on": "sunday"}


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("Scans", "--format", "events"), 2, "can't be the short name"),
        (("scans", "--format", "excel"), 2, "There is no format 'excel'"),
        (("scans", "--format", "events", "--tlp", "BLUE"), 2, "'BLUE' is not a TLP label"),
        (("scans", "--format", "events", "--covers", "seen", "--networks", "all"), 2, 'Coverage needs "networks"'),
        (("scans", "--format", "events", "--covers", "seen"), 2, "--covers and --networks go together"),
        (("scans", "--format", "events", "--full-on", "sunday"), 2, "So does --full-on"),
        (("scans", "--format", "events", "--absences", "0"), 2, "--absences"),
        (("scans",), 2, "--format"),
    ],
)
def test_a_source_that_can_not_be_is_one_line(misthoorn, arguments, code, says):
    said = misthoorn("sources", "add", *arguments)

    assert (said.code, said.out, said.error.count("\n")) == (code, "", 1)
    assert says in said.error
    assert not Source.objects.exists()


def test_a_source_is_paused_and_resumed(misthoorn):
    misthoorn("sources", "add", "scans", "--format", "events")

    assert misthoorn("sources", "pause", "scans").out == "scans is paused.\n"
    assert "  paused" in misthoorn("sources", "list").out
    assert misthoorn("sources", "resume", "scans").out == "scans is on again.\n"
    absent = misthoorn("sources", "pause", "nothing")
    assert absent.code == 2
    assert "misthoorn sources pause: There is no source 'nothing'." in absent.error


def create(misthoorn, monkeypatch, *, password=PASSWORD, role="administrator"):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
    return misthoorn("admin", "create", "ada", "--name", "Ada de Vries", "--role", role, "--password-stdin")


def test_the_first_administrator_is_made_with_a_password_from_standard_input(misthoorn, monkeypatch):
    said = create(misthoorn, monkeypatch)

    assert said.code == 0
    assert PASSWORD not in said.out + said.error
    one = Person.objects.get()
    assert (one.username, one.name, one.role, one.check_password(PASSWORD)) == (
        "ada",
        "Ada de Vries",
        "administrator",
        True,
    )


def test_an_account_that_will_not_do_is_one_line(misthoorn, monkeypatch):
    for wrong in ({"password": "x"}, {"password": ""}, {"role": "boss"}):
        said = create(misthoorn, monkeypatch, **wrong)
        assert (said.code, said.out, said.error.count("\n")) == (1, "", 1)
    create(misthoorn, monkeypatch)
    assert "There is already an account 'ada'" in create(misthoorn, monkeypatch).error


def test_a_one_time_code_is_only_shown_in_a_home_of_the_demo(misthoorn, home):
    person(ANALYST)
    assert misthoorn("admin", "code", "aisha").error.startswith("misthoorn: This is not a demo's home.")

    (home / "demo").mkdir()
    assert misthoorn("admin", "code", "aisha").out.strip().isdigit()
    assert misthoorn("admin", "code", "nobody").code == 1


def test_the_trail_shows_who_did_what_and_who_looked_at_whose_data(misthoorn):
    aisha = person(ANALYST, second_factor=False)
    record(at=NOW, person=aisha, action="campaign approved", about="A-00001")
    note_look(at=NOW, person=None, about="told", text="jan\x1b@korenaar.example")

    lines = misthoorn("admin", "trail").out.splitlines()
    assert "looked at  audit trail" in lines[0]
    assert [line[18:] for line in lines[1:3]] == [
        '-  looked at  told  {"text": "jan\\u001b@korenaar.example"}',
        "Aisha Demir  campaign approved  A-00001",
    ]
    assert len(misthoorn("admin", "trail", "--by", "aisha").out.splitlines()) == 1
    [only] = misthoorn("admin", "trail", "--about", "told", "--json").out.splitlines()
    assert json.loads(only)["detail"] == {"text": "jan\x1b@korenaar.example"}
