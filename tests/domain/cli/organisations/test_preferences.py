"""How much a contact is told, shown and changed on the command line."""

import json

import pytest
from cast import ANALYST, BAKERY, NOW, person

from misthoorn.accounts.models import AuditEntry
from misthoorn.common import clock
from misthoorn.constituency.models import Contact, Preference


@pytest.fixture(autouse=True)
def _bakery(make_bakery, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make_bakery()
    person(ANALYST, second_factor=False)


@pytest.fixture
def preference(misthoorn):
    pk = Contact.objects.get().pk
    return lambda *options: misthoorn("contacts", "preference", pk, *options)


def test_without_options_it_is_shown_and_nothing_changes(preference):
    lines = preference().out.splitlines()
    assert lines[:2] == [f"{BAKERY.address}:", "  preset          at once"]
    assert not Preference.objects.exists()


def test_what_is_named_changes_and_the_rest_stays(preference):
    preference("--preset", "digest", "--digest", "week", "--weekday", "friday", "--by", "aisha")
    said = preference(
        "--hour",
        "7",
        "--quiet",
        "22:00-07:30",
        "--no-good-news",
        "--no-comparisons",
        "--language",
        "en",
        "--by",
        "aisha",
    )

    assert said.code == 0
    assert "every week on friday at 7:00" in said.out
    assert "22:00 to 07:30" in said.out
    told = json.loads(preference("--json").out)
    assert (told["preset"], told["quiet_to"], told["good_news"], told["language"]) == ("digest", "07:30", False, "en")
    assert told["compared"] is False
    assert AuditEntry.objects.filter(action="preference set").count() == 2


def test_quiet_hours_end_and_stopping_too(preference):
    preference("--quiet", "22:00-07:00", "--stop", "--by", "aisha")
    assert Contact.objects.get().stopped_at == NOW
    assert "none" in preference("--quiet", "none", "--begin", "--by", "aisha").out
    assert Contact.objects.get().stopped_at is None


@pytest.mark.parametrize("wrong", ["22:00", "10-pm", "25:00-07:00"])
def test_what_are_no_quiet_hours_is_said(preference, wrong):
    said = preference("--quiet", wrong, "--by", "aisha")
    assert said.code == 2
    assert "no quiet hours" in said.error


def test_who_changes_it_has_to_be_said(preference):
    assert preference("--preset", "severe").code == 2
    assert not Preference.objects.exists()


def test_a_contact_that_is_not_there_is_said_in_a_sentence(misthoorn):
    said = misthoorn("contacts", "preference", 999)
    assert (said.code, said.out) == (1, "")
    assert "There is no contact 999." in said.error
