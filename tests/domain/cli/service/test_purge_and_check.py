import json
from datetime import timedelta

import pytest
from cast import ANALYST, NOW, person
from deliveries import YESTERDAY, deliver, events, seen, source
from django.db import OperationalError

from misthoorn.accounts.queries import audit_trail
from misthoorn.common import clock
from misthoorn.intake import queries as intake
from misthoorn.notification.models import Message
from misthoorn.triage.models import Campaign, Finding
from misthoorn.triage.services import approve_campaign, release_campaign

DAY = timedelta(days=1)


def at(moment):
    clock.set_offset(moment - (clock.now() - clock.offset()))


@pytest.fixture
def busy(make_bakery):
    """A service that refused a row, warned the bakery, and saw the problem go."""
    make_bakery()
    source()
    deliver(events(seen(), seen("10.0.0.1")))
    who, pk = person(ANALYST, second_factor=False), Campaign.objects.get().pk
    approve_campaign(campaign=pk, person=who, seen_reach=1, now=NOW)
    release_campaign(campaign=pk, now=NOW)
    for day in (1, 2):
        deliver(events(seen("203.0.113.9", at=YESTERDAY + day * DAY)), at=NOW + day * DAY)


def test_nothing_goes_before_its_time(misthoorn, busy):  # noqa: ARG001  what is kept
    at(NOW + 2 * DAY)

    assert set(json.loads(misthoorn("purge", "--json").out).values()) == {0}


def test_ten_years_later_no_address_name_or_text_is_left_and_the_figures_are(misthoorn, busy, home):  # noqa: ARG001  what is kept
    Message.objects.update(state="expired")
    before = intake.totals()
    at(NOW + 3650 * DAY)

    counts = json.loads(misthoorn("purge", "--json").out)

    assert (counts["received"], counts["events"], counts["refused rows"]) == (3, 3, 1)
    assert (counts["findings"], counts["messages"], counts["audit"]) == (1, 1, 1)
    assert set(json.loads(misthoorn("purge", "--json").out).values()) == {0}
    assert (Finding.objects.get().observed, Finding.objects.get().evidence) == ("", {})
    message = Message.objects.get()
    assert "korenaar" not in message.address + message.body
    assert {one.person for one in audit_trail()} == {""}
    assert intake.totals() == before
    assert [path for name in ("received", "events") for path in (home / name).rglob("*") if path.is_file()] == []


def test_a_person_reads_one_line_a_kind(misthoorn):
    said = misthoorn("purge")

    assert said.code == 0
    assert "        0  findings" in said.out


def test_a_check_says_what_is_wrong_and_what_to_do(misthoorn, settings):
    source("quiet")
    settings.HTTPS = False

    said = misthoorn("check", "--no-mail")

    assert said.code == 1
    assert "good   database" in said.out
    assert "good   folders" in said.out
    assert "wrong  sources\n       Source 'quiet' never delivered. Take in a file, or pause it." in said.out


def test_a_home_that_can_not_be_written_is_wrong(misthoorn, settings, tmp_path):
    settings.HOME = tmp_path / "file"
    settings.HOME.write_text("no folder")

    assert "wrong  folders" in misthoorn("check", "--no-mail").out


def test_with_https_the_settings_of_the_site_are_good(misthoorn, settings):
    settings.HTTPS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SECRET_KEY = "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert "good   site" in misthoorn("check", "--no-mail").out

    settings.SESSION_COOKIE_SECURE = False
    said = misthoorn("check", "--no-mail")
    assert said.code == 1
    assert "wrong  site" in said.out
    assert "(security.W012)" in said.out


def test_a_part_that_needs_the_database_says_so_and_the_others_go_on(misthoorn, monkeypatch):
    def gone():
        raise OperationalError

    monkeypatch.setattr("misthoorn.intake.source_queries.states", gone)
    said = misthoorn("check", "--no-mail").out
    assert "wrong  sources\n       It can't be looked at before the database is in order." in said
    assert "good   signature" in said
