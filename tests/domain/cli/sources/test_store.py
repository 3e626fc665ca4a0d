import json
from datetime import timedelta

import pytest
from cast import ANALYST, NOW, person
from deliveries import deliver, events, seen, source

from misthoorn.accounts.queries import audit_trail
from misthoorn.common import clock
from misthoorn.intake.models import Source
from misthoorn.intake.services import compact_events

pytestmark = pytest.mark.django_db

OLD = NOW - timedelta(days=20)


@pytest.fixture(autouse=True)
def _kept():
    clock.set_offset(NOW - (clock.now() - clock.offset()))
    person(ANALYST, second_factor=False)
    source()
    source("other", tlp="RED")
    deliver(events(seen("192.0.2.1"), seen("192.0.2.2")))
    deliver(events(seen("192.0.2.3", at=OLD, banner="=1+1")), source="other", at=OLD)


def test_what_the_store_holds_is_told_by_source_and_day(misthoorn):
    said = misthoorn("store", "stats")
    told = json.loads(misthoorn("store", "stats", "--source", "scan", "--json").out)

    assert "2026-11-24  scan                              2 rows, 1 delivery" in said.out
    assert "together: 3 rows" in said.out
    assert [(one["source"], one["day"], one["rows"], one["files"]) for one in told] == [("scan", "2026-11-24", 2, 1)]


def test_an_analyst_asks_in_sql_and_the_audit_trail_keeps_who_asked_what(misthoorn):
    sql = "SELECT ip, tlp FROM events ORDER BY ip"
    said = misthoorn("store", "query", "--by", ANALYST.username, sql)

    assert said.out.splitlines() == ["ip         tlp", "192.0.2.1  GREEN", "192.0.2.2  GREEN"]
    (entry,) = [one for one in audit_trail() if one.action == "store queried"]
    assert (entry.person, entry.detail["sql"]) == (ANALYST.name, sql)


def test_answers_come_as_csv_and_json_too_and_harm_no_spreadsheet(misthoorn):
    ask = ("store", "query", "--by", ANALYST.username, "--days", "30", "--source", "other")
    sql = "SELECT tlp, evidence->>'banner' AS banner FROM events"

    assert misthoorn(*ask, "--format", "csv", sql).out.splitlines() == ["tlp,banner", "RED,'=1+1"]
    assert json.loads(misthoorn(*ask, "--format", "json", sql).out) == {"tlp": "RED", "banner": "=1+1"}


def test_events_that_were_put_together_are_asked_like_others(misthoorn):
    for n in range(3):
        deliver(events(seen(f"198.51.100.{n}", at=OLD)), at=OLD)
    compact_events(now=NOW, days=14)

    said = misthoorn("store", "query", "--by", ANALYST.username, "--days", "30", "SELECT count(*) AS n FROM events")

    assert said.out.split() == ["n", "6"]
    told = json.loads(misthoorn("store", "stats", "--source", "scan", "--json").out)
    assert [(one["batches"], one["files"]) for one in told] == [(1, 1), (3, 1)]


def test_a_question_that_does_more_than_read_is_refused_and_noted(misthoorn):
    said = misthoorn("store", "query", "--by", ANALYST.username, "DROP TABLE events")

    assert said.code == 1
    assert "Ask one question that only reads" in said.error
    assert "store queried" in {one.action for one in audit_trail()}


def test_nobody_asks_without_a_name(misthoorn):
    assert "can't decide" in misthoorn("store", "query", "--by", "nobody", "SELECT 1").error
    assert misthoorn("store", "query", "SELECT 1").code == 2


def test_a_source_gets_a_retention_of_its_own_and_loses_it_again(misthoorn):
    assert misthoorn("store", "keep", "scan", "14").out == "The events of scan are kept for 14 days.\n"
    assert Source.objects.get(slug="scan").retention_days == 14

    misthoorn("store", "keep", "scan")

    assert Source.objects.get(slug="scan").retention_days is None


def test_a_retention_that_can_not_be_is_told(misthoorn):
    assert "There is no source 'nope'" in misthoorn("store", "keep", "nope", "14").error
    assert "from 1 to 36,500 days, not 0" in misthoorn("store", "keep", "scan", "0").error
