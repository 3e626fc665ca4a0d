import json

import pytest
from cast import ANALYST, BAKERY, NOW, person
from deliveries import cve, deliver, own_products, records, source

from misthoorn.common import clock
from misthoorn.constituency.models import Asset
from misthoorn.triage.models import Finding, Suppression


@pytest.fixture(autouse=True)
def _log4j_at_the_bakery(make_bakery, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make_bakery()
    source("cve", form="cve5")
    deliver(records(cve()), source="cve")
    own_products(BAKERY, "pkg:npm/left-pad")


def test_each_asset_says_as_what_by_whom_and_since_when_it_is_watched_and_what_was_found(misthoorn):
    asset, finding = Asset.objects.get(version="2.14.1").pk, Finding.objects.get().pk

    lines = misthoorn("watch", asset).out.splitlines()

    assert lines == [
        f"asset {asset}: product cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:* 2.14.1",
        "  watched as    cpe a:apache:log4j, name apache:log4j; versions in the order generic",
        "  by            Cve",
        "  last matched  2026-11-24 09:30 UTC",
        "  found         1 open finding",
        f"    {finding:>6}  CVE-2021-44228  exact, open",
    ]
    assert "exact, open" not in misthoorn("watch", asset, "--certainty", "likely").out


def test_what_is_suppressed_is_said_to_be_so(misthoorn):
    person(ANALYST, second_factor=False)
    asset = Asset.objects.get(version="2.14.1").pk
    misthoorn("suppress", "add", "--asset", asset, "--reason", "JNDI is out", "--by", ANALYST.username)
    number = Suppression.objects.get().pk

    told = f"open, suppressed by number {number} of `misthoorn suppress list`\n"
    assert f"exact, {told}" in misthoorn("watch", asset).out
    assert "suppressed by number" in misthoorn("watch", "--advisory", "CVE-2021-44228").out
    (row,) = json.loads(misthoorn("watch", asset, "--json").out)
    assert row["findings"][0]["suppressed_by"] == number


def test_an_organisation_shows_all_its_assets_what_was_never_found_too(misthoorn):
    said = misthoorn("watch", "--organisation", BAKERY.register_number).out

    assert said.count("watched as") == 4
    assert "pkg:npm/left-pad\n  watched as    purl npm//left-pad" in said
    assert "no advisory names it yet: it is watched all the same\n  found         nothing yet" in said
    assert "no source yet: `misthoorn sources add` adds one" in said


def test_a_program_can_read_it(misthoorn):
    rows = json.loads(misthoorn("watch", "--organisation", BAKERY.register_number, "--json").out)

    (log4j,) = [row for row in rows if row["asset"]["version"] == "2.14.1"]
    assert (log4j["open"], log4j["findings"][0]["subject"]) == (1, "CVE-2021-44228")


def test_an_advisory_shows_the_assets_that_it_matches_and_is_matched_again(misthoorn):
    said = misthoorn("watch", "--advisory", "CVE-2021-44228", "--again")

    assert said.out.startswith(
        "CVE-2021-44228: 1 asset of 1 organisation match; remediation: 1 none, 0 in progress, 0 done\n"
    )
    assert "Bakkerij De Korenaar: cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:* 2.14.1  exact, open, none" in said.out
    assert said.error == "1 delivery for a worker to match again.\n"
    told = json.loads(misthoorn("watch", "--advisory", "CVE-2021-44228", "--certainty", "likely", "--json").out)
    assert (told["assets"], told["matches"]) == (1, [])


def test_an_asset_is_matched_again(misthoorn):
    Finding.objects.all().delete()
    asset = Asset.objects.get(version="2.14.1").pk

    assert "found         nothing yet" in misthoorn("watch", asset).out
    assert "found         1 open finding" in misthoorn("watch", asset, "--again").out


def test_what_does_not_exist_and_wrong_use_are_one_line(misthoorn):
    for arguments, code in (
        ((), 2),
        ((999_999,), 1),
        ((1, "--organisation", "x"), 2),
        (("--organisation", "x"), 1),
        (("--advisory", "x"), 1),
    ):
        said = misthoorn("watch", *arguments)
        assert (said.code, said.out, said.error.count("\n")) == (code, "", 1), arguments
