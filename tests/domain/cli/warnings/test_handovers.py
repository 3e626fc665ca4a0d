import json

import desk
import pytest
from cast import ANALYST, COLLEAGUE, person

from misthoorn.triage.models import Correction, Finding, HandOver

pytestmark = pytest.mark.django_db
MET = [word for name in desk.MET for word in ("--confirm", name)]
ADD = ("team", "add", "national", "--title", "National CSIRT", "--address", "in@csirt.example", "--by", "aisha")


@pytest.fixture
def campaign():
    person(ANALYST, second_factor=False)
    return desk.make_campaign(desk.make_source()).pk


def test_a_team_is_added_and_listed(misthoorn, campaign):  # noqa: ARG001  it is there
    assert misthoorn("handovers", *ADD).out.startswith("Added")
    rows = {row["team"]: row for row in json.loads(misthoorn("handovers", "team", "list", "--json").out)}
    assert rows["national"] == {
        "team": "national",
        "name": "National CSIRT",
        "known": True,
        "address": "in@csirt.example",
    }
    assert rows["municipal"]["known"] is False
    assert "general" not in rows, "our own team"
    assert "(no address" in misthoorn("handovers", "team", "list").out


def test_what_is_due_is_pressed_once_and_logged(misthoorn, campaign):
    misthoorn("handovers", *ADD)
    (row,) = json.loads(misthoorn("handovers", "due", campaign, "--json").out)
    assert (row["team"], row["by_mail"], row["organisations"], row["ground"]) == (
        "national",
        1,
        1,
        "Cbw art. 16(1), essential entity (art. 8-13)",
    )

    press = ("handovers", "press", campaign, "national", "--by", "aisha", *MET)
    assert misthoorn(*press, "--findings", 9).code == 1
    asked = misthoorn(*press[:-2])
    assert (asked.code, "Not confirmed (Cbw art. 66): interests: The security" in asked.error) == (1, True)
    assert misthoorn(*press).out == "Handed over: 1 finding, for a worker to mail to national.\n"
    assert "Nothing in this campaign" in misthoorn("handovers", "due", campaign).out
    again = misthoorn(*press)
    assert (again.code, again.error.count("\n")) == (1, 1)
    assert "1 finding of 1 organisation, TLP:AMBER" in misthoorn("handovers", "list").out
    (line,) = json.loads(misthoorn("handovers", "list", "--json").out)
    assert (line["way"], line["person"], line["messages"]) == ("mail", "Aisha Demir", {"queued": 1})
    assert line["conditions"].startswith("cbw-66: task")


def test_what_may_not_be_mailed_is_written_down_after_a_call(misthoorn, campaign):
    misthoorn("handovers", *ADD)
    Finding.objects.update(tlp="RED")

    press = ("handovers", "press", campaign, "national", "--by", "aisha", *MET)
    assert "Phone the team" in misthoorn(*press).error
    assert "told to national" in misthoorn(*press, "--told", "Piet, 10:30").out
    assert HandOver.objects.get().note == "Piet, 10:30"


def test_what_can_not_be_done_is_one_sentence(misthoorn, campaign):
    for wrong, said in (
        (("due", 99), "There is no campaign 99."),
        (("press", 99, "national", "--by", "aisha", *MET), "There is no campaign 99."),
        (("press", campaign, "national", "--by", "aisha", *MET), "handovers team add"),
        (("press", campaign, "martians", "--by", "aisha", *MET), "Nothing in A-"),
        (("team", "add", "martians", *ADD[3:]), "name no team"),
    ):
        answer = misthoorn("handovers", *wrong)
        assert (answer.code, said in answer.error, answer.error.count("\n")) == (1, True, 1), answer
    assert "Nothing was handed over." in misthoorn("handovers", "list").out


def test_what_was_told_by_telephone_and_proved_wrong_is_listed_until_it_is_taken_back(misthoorn, campaign):
    misthoorn("handovers", *ADD)
    person(COLLEAGUE, second_factor=False)
    Finding.objects.update(tlp="RED")
    misthoorn("handovers", "press", campaign, "national", "--by", "aisha", *MET, "--told", "Piet, 10:30")
    assert "Nothing" in misthoorn("handovers", "wrong").out
    words = ("--reason-nl", "Fout.", "--reason-en", "Wrong.", "--doing-nl", "Beter.", "--doing-en", "Better.")
    misthoorn("corrections", "propose", campaign, *words, "--by", "aisha")
    misthoorn("corrections", "approve", Correction.objects.get().pk, "--by", "bram")

    (line,) = json.loads(misthoorn("handovers", "wrong", "--json").out)
    assert "Piet, 10:30" in misthoorn("handovers", "wrong").out
    back = ("handovers", "take-back", line["id"], "--by", "bram", "--told")
    assert misthoorn(*back, "11:00").code == 1
    assert misthoorn(*back, "Piet, 11:00").out.startswith("Written down")
    assert "takes back" in misthoorn("handovers", "list").out
    assert json.loads(misthoorn("handovers", "wrong", "--json").out) == []
