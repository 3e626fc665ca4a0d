"""Taking a warning back on the command line: one proposes, another approves."""

import json

import pytest
from aftermath import arrive, release
from cast import ANALYST, COLLEAGUE, NOW, person
from deliveries import deliver, events, seen, source

from misthoorn.common import clock
from misthoorn.triage.models import Campaign, Correction

TEXTS = (
    "--reason-nl",
    "Dat adres hoort niet bij u.",
    "--reason-en",
    "That address is not yours.",
    "--doing-nl",
    "Wij kijken naar de datum.",
    "--doing-en",
    "We look at the date.",
)


@pytest.fixture(autouse=True)
def campaign(make_bakery, monkeypatch):
    """The bakery was warned; the campaign's number."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make_bakery()
    person(COLLEAGUE, second_factor=False)
    source()
    deliver(events(seen("192.0.2.1")))
    pk = Campaign.objects.get().pk
    release(pk, person(ANALYST, second_factor=False))
    arrive()
    return pk


def test_one_proposes_and_another_approves(misthoorn, campaign):
    said = misthoorn("corrections", "propose", campaign, *TEXTS, "--by", "aisha")
    pk = Correction.objects.get().pk
    assert f"corrections approve {pk}" in said.out

    assert "1 organisation" in misthoorn("corrections", "list", "--state", "proposed").out
    [row] = json.loads(misthoorn("corrections", "list", "--json").out)
    assert (row["correction"], row["state"], row["reach"]) == (pk, "proposed", 1)
    assert misthoorn("corrections", "approve", pk, "--by", "bram").out.startswith("Approved.")
    assert Campaign.objects.get().state == "stopped"


def test_a_proposal_can_be_taken_away(misthoorn, campaign):
    misthoorn("corrections", "propose", campaign, *TEXTS, "--by", "aisha")

    assert "Nobody is told" in misthoorn("corrections", "reject", Correction.objects.get().pk, "--by", "aisha").out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("propose", 99, *TEXTS, "--by", "aisha"), "There is no campaign 99."),
        (("approve", 99, "--by", "bram"), "There is no correction 99."),
        (("reject", 99, "--by", "nobody"), "'nobody' can't decide"),
    ],
)
def test_what_can_not_be_is_said_in_a_sentence(misthoorn, arguments, says):
    said = misthoorn("corrections", *arguments)

    assert said.code == 1
    assert says in said.error


def test_without_any_it_says_how_to_make_one(misthoorn):
    assert "corrections propose" in misthoorn("corrections", "list").out
