import csv
import io
import json

import desk
import pytest
from cast import BAKERY

from misthoorn.accounts.queries import audit_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent():
    return desk.make_sent(desk.make_campaign(desk.make_source()))


def test_what_was_told_is_printed_with_what_became_of_it(misthoorn, sent):  # noqa: ARG001  it is there
    said = misthoorn("told", BAKERY.address)

    assert said.code == 0
    for words in (BAKERY.name, "open-rdp", "handed_over", "250 taken"):
        assert words in said.out


def test_a_search_by_command_stands_in_the_audit_trail(misthoorn, sent):  # noqa: ARG001  it is there
    misthoorn("told", BAKERY.address, "--why", "it asks")

    (look,) = audit_trail(about="told")
    assert (look.detail["asked"], look.detail["why"]) == ({"query": BAKERY.address, "limit": "25"}, "it asks")


def test_as_csv_and_json(misthoorn, sent):
    rows = list(csv.DictReader(io.StringIO(misthoorn("told", "192.0.2.7", "--csv").out)))
    assert [row["event"] for row in rows] == ["written", "handed_over"]
    assert {row["number"] for row in rows} == {sent.notice.number}
    (line,) = misthoorn("told", "192.0.2.7", "--json").out.splitlines()
    assert json.loads(line)["events"][1]["detail"] == "250 taken"


def test_a_number_with_a_mail_domain_says_whether_it_went_there(misthoorn, sent):
    assert "went to that mail domain" in misthoorn("told", f"{sent.notice.number} korenaar.example").out
    assert "No message went there." in misthoorn("told", f"{sent.notice.number} harbour.example").out


def test_nothing_found_is_an_exit_code(misthoorn, sent):  # noqa: ARG001  the same
    said = misthoorn("told", "nobody@nowhere.example")

    assert (said.code, said.out, said.error) == (1, "", "Nothing was told that fits this.\n")


def test_a_limit_is_kept_and_zero_is_all(misthoorn, sent):  # noqa: ARG001  the same
    assert len(misthoorn("told", "open-rdp", "--json", "--limit", 1).out.splitlines()) == 1
    assert len(misthoorn("told", "open-rdp", "--json", "--limit", 0).out.splitlines()) > 1
