"""The effect, and comparisons of texts, on the command line."""

import csv
import io
import json

import cast
import compared
import desk
import pytest

from misthoorn.insight.ledger import collect
from misthoorn.insight.tables import TABLES
from misthoorn.notification.models import Trial

ARMS = ("--arm", "usual", "--arm", "short", "--baseline", "40", "--target", "60")
WRITE = ("--hypothesis", "Less to read.", "--outcome", "fixed", "--by", cast.ANALYST.username)


@pytest.fixture
def told(db):  # noqa: ARG001  it writes to the database
    sent = desk.make_sent(desk.make_campaign(desk.make_source()))
    collect(now=cast.NOW)
    return sent


def test_without_anything_told_it_says_so_and_ends_well(misthoorn):
    said = misthoorn("effect")
    assert said.code == 0
    assert "Nothing that this is about was told yet" in said.out


def test_the_effect_as_tables_as_one_object_and_as_a_file(misthoorn, told):
    assert "handed_over      1" in misthoorn("effect", "--campaign", told.notice.campaign_id).out
    whole = json.loads(misthoorn("effect", "--json").out)
    assert set(whole) == {*TABLES, "curves"}
    assert {row["step"]: row["count"] for row in whole["funnel"]}["told"] == 1
    rows = list(csv.DictReader(io.StringIO(misthoorn("effect", "--csv", "precision").out)))
    assert [row["told"] for row in rows] == ["1"]
    assert misthoorn("effect", "--csv", "list").out.split() == [*TABLES, "curves"]
    assert misthoorn("effect", "--csv", "curves", "--by", "campaign").out.startswith("by,group,day")


def test_what_is_not_there_is_said(misthoorn):
    assert "no campaign 99" in misthoorn("effect", "--campaign", 99).error
    assert "Choose one of urgent, high" in misthoorn("effect", "--severity", "x").error
    assert "Choose one of funnel" in misthoorn("effect", "--csv", "x").error
    assert misthoorn("effect", "--json", "--csv", "funnel").code == 2
    assert "no trial 9" in misthoorn("trials", "show", 9).error
    assert misthoorn("trials", "list").out.startswith("No trials")


def test_a_comparison_from_its_size_to_its_end(misthoorn):
    cast.person(cast.ANALYST)
    cast.person(cast.COLLEAGUE)
    size = misthoorn("trials", "size", *ARMS)
    assert size.code == 1
    assert "needs 97 organisations" in size.out
    assert "probably too small" in misthoorn("trials", "draft", "a", *ARMS, *WRITE).error
    assert misthoorn("trials", "draft", "a", *ARMS, *WRITE, "--weak").code == 0

    made = Trial.objects.get().pk
    assert "colleague" in misthoorn("trials", "approve", made, "--by", cast.ANALYST.username).error
    assert misthoorn("trials", "approve", made, "--by", cast.COLLEAGUE.username).code == 0
    assert "Too early to say" in misthoorn("trials", "show", made).out
    assert json.loads(misthoorn("trials", "show", made, "--json").out)["result"]["enough"] is False
    assert misthoorn("trials", "end", made, "--by", cast.COLLEAGUE.username, "--note", "done").code == 0
    assert "person: done" in misthoorn("trials", "show", made).out
    assert [row["state"] for row in json.loads(misthoorn("trials", "list", "--json").out)] == ["stopped"]


def test_a_draft_is_rejected(misthoorn):
    made = compared.write()
    cast.person(cast.COLLEAGUE)
    assert misthoorn("trials", "reject", made, "--by", cast.COLLEAGUE.username, "--note", "vague").code == 0
    assert "rejected" in misthoorn("trials", "list").out
    assert misthoorn("trials", "approve", made, "--by", cast.COLLEAGUE.username).code == 1
