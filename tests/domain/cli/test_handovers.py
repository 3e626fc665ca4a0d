import json

import desk
import pytest
from cast import ANALYST, person

from misthoorn.triage.models import Finding, HandOver

pytestmark = pytest.mark.django_db
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
    assert (row["team"], row["by_mail"], row["organisations"], row["ground"]) == ("national", 1, 1, "Wbni art. 3(1)")

    press = ("handovers", "press", campaign, "national", "--by", "aisha")
    assert misthoorn(*press, "--findings", 9).code == 1
    assert misthoorn(*press).out == "Handed over: 1 finding, for a worker to mail to national.\n"
    assert "Nothing in this campaign" in misthoorn("handovers", "due", campaign).out
    again = misthoorn(*press)
    assert (again.code, again.error.count("\n")) == (1, 1)
    assert "1 finding of 1 organisation, TLP:AMBER" in misthoorn("handovers", "list").out
    (line,) = json.loads(misthoorn("handovers", "list", "--json").out)
    assert (line["way"], line["person"], line["messages"]) == ("mail", "Aisha Demir", {"queued": 1})


def test_what_may_not_be_mailed_is_written_down_after_a_call(misthoorn, campaign):
    misthoorn("handovers", *ADD)
    Finding.objects.update(tlp="RED")

    press = ("handovers", "press", campaign, "national", "--by", "aisha")
    assert "Phone the team" in misthoorn(*press).error
    assert "told to national" in misthoorn(*press, "--told", "Piet, 10:30").out
    assert HandOver.objects.get().note == "Piet, 10:30"


def test_what_can_not_be_done_is_one_sentence(misthoorn, campaign):
    for wrong, said in (
        (("due", 99), "There is no campaign 99."),
        (("press", 99, "national", "--by", "aisha"), "There is no campaign 99."),
        (("press", campaign, "national", "--by", "aisha"), "handovers team add"),
        (("press", campaign, "martians", "--by", "aisha"), "Nothing in A-"),
        (("team", "add", "martians", *ADD[3:]), "name no team"),
    ):
        answer = misthoorn("handovers", *wrong)
        assert (answer.code, said in answer.error, answer.error.count("\n")) == (1, True, 1), answer
    assert "Nothing was handed over." in misthoorn("handovers", "list").out
