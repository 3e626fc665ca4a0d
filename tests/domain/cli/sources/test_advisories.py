import json

import pytest
from deliveries import cve, deliver, exploited, records, source

from misthoorn.intake.models import Source

pytestmark = pytest.mark.django_db

CVE = "CVE-2021-44228"


@pytest.fixture(autouse=True)
def _known():
    source("cve", form="cve5", tlp="GREEN")
    source("kev", form="kev", tlp="CLEAR")
    Source.objects.filter(slug="kev").update(terms="Public domain")
    deliver(records(cve(score=9.8)), source="cve")
    deliver(exploited(CVE), source="kev")


def test_a_person_reads_how_urgent_it_is_why_and_what_changed(misthoorn):
    said = misthoorn("advisories", "show", CVE).out

    assert "priority      urgent" in said
    assert "known to be exploited since 2021-12-10, CISA KEV [2026-1]" in said
    assert "the score is 7.0 or higher (CVSS:3.1 9.8), apache [2026-1]" in said
    assert "judged        CVSS:3.1, apache: 9.8 CVSS:3.1/AV:N" in said
    assert "may be shared TLP:GREEN, by Cve, Kev" in said
    assert "terms       Kev: Public domain" in said
    assert "became more urgent: from high to urgent" in said


def test_a_person_sees_who_says_so_and_who_took_it_back(misthoorn):
    rejected = cve(modified="2026-11-20T00:00:00Z")
    rejected["cveMetadata"]["state"] = "REJECTED"
    source("osv", form="osv")
    still = {"id": "GHSA-jfh8-c2jp-5v3q", "aliases": [CVE], "modified": "2026-11-01T00:00:00Z"}
    deliver(json.dumps(still).encode(), source="osv", name="osv.json")
    deliver(records(rejected), source="cve")
    lines = [line for line in misthoorn("advisories", "show", CVE).out.splitlines() if line.startswith("said by")]
    told = json.loads(misthoorn("advisories", "show", CVE, "--json").out)["records"]

    assert [line.partition(" (")[0].split(None, 2)[2] for line in lines] == [
        f"Cve: {CVE}, 2026-11-20, withdrawn",
        f"Kev: {CVE}",
        "Osv: GHSA-jfh8-c2jp-5v3q, 2026-11-01",
    ]
    assert [(one["source"], one["state"]) for one in told] == [
        ("cve", "withdrawn"),
        ("kev", "published"),
        ("osv", "published"),
    ]


def test_the_reasons_are_told_in_dutch_too(misthoorn):
    said = misthoorn("advisories", "show", CVE, "--language", "nl").out

    assert "bekend misbruik sinds 2021-12-10, CISA KEV" in said
    assert "werd dringender: van hoog naar dringend" in said


def test_a_program_reads_codes(misthoorn):
    told = json.loads(misthoorn("advisories", "show", CVE, "--json").out)

    assert [one["code"] for one in told["priority_because"]] == ["exploited", "score-high"]
    assert told["judgements"][0]["score"] == 9.8
    assert [one["what"] for one in told["changes"]] == ["worse", "exploited"]


def test_a_number_that_nobody_knows_is_told(misthoorn):
    said = misthoorn("advisories", "show", "CVE-1999-0001")

    assert said.code == 1
    assert "Nothing is known of CVE-1999-0001" in said.error


def test_a_title_is_one_line(misthoorn):
    record = cve("CVE-2026-1000")
    record["containers"]["cna"]["title"] = "Two paragraphs.\n\nThe second one."
    deliver(records(record), source="cve")

    first, second, *_ = misthoorn("advisories", "show", "CVE-2026-1000").out.splitlines()
    assert first == "CVE-2026-1000  Two paragraphs."
    assert second.startswith("priority")
