"""The demo's own advisories: real vulnerabilities, facts as in the public records."""

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from misthoorn.cli.demo.population import read_data
from misthoorn.cli.demo.records import cve_lines, exploited_list
from misthoorn.config.environment import text
from misthoorn.formats.registry import FORMATS

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def read(format_, content):
    chunks = list(FORMATS[format_].read(io.BytesIO(content), name="x.json", now=NOW))
    return [one for chunk in chunks for one in chunk.advisories], [row for chunk in chunks for row in chunk.refused]


def shared(*parts):
    path = Path(text("TEST_DATA")).joinpath("data", *parts)
    if not path.exists():
        pytest.skip(f"the public records are not here ({path})")
    return path


def test_every_record_is_understood_and_the_line_that_breaks_off_is_refused():
    advisories, refused = read("cve5", cve_lines())

    assert [one.identifier for one in advisories] == [one["id"] for one in read_data("advisories.yaml")]
    assert len(refused) == 1
    assert all(entry.statements for one in advisories for entry in one.affected)


def test_log4shell_is_among_them_with_its_ranges():
    advisories, _ = read("cve5", cve_lines())
    log4shell = next(one for one in advisories if one.identifier == "CVE-2021-44228")

    assert [(one.low, one.high) for one in log4shell.affected[0].statements] == [
        ("2.0-beta9", "2.3.1"),
        ("2.4", "2.12.2"),
        ("2.13.0", "2.15.0"),
    ]
    assert log4shell.severities[0].score == 10.0


def test_the_exploited_list_is_as_in_the_public_catalogue():
    path = shared("kev", "known_exploited_vulnerabilities.json")
    public = {one["cveID"]: one for one in json.loads(path.read_text())["vulnerabilities"]}
    ours = json.loads(exploited_list(NOW))["vulnerabilities"]
    known = ("dateAdded", "knownRansomwareCampaignUse", "vendorProject", "product", "cwes")
    differs = [(one["cveID"], key) for one in ours for key in known if one[key] != public[one["cveID"]][key]]

    assert len(ours) >= 10
    assert not differs


def test_what_is_not_on_our_list_is_not_in_the_public_catalogue_either():
    public = json.loads(shared("kev", "known_exploited_vulnerabilities.json").read_text())["vulnerabilities"]
    exploited = {one["cveID"] for one in public}

    assert {one["id"] for one in read_data("advisories.yaml") if "added" not in one}.isdisjoint(exploited)


@pytest.mark.parametrize("year", ["2021", "2023", "2024"])
def test_scores_and_days_are_those_of_the_public_records(year):
    ours = {one["id"]: one for one in read_data("advisories.yaml") if one["id"].startswith(f"CVE-{year}-")}
    with gzip.open(shared("cve", f"{year}.jsonl.gz"), "rt") as lines:
        for line in lines:
            head = line[:400]
            if not any(identifier in head for identifier in ours):
                continue
            record = json.loads(line)
            mine = ours.get(record["cveMetadata"]["cveId"])
            if mine is None:
                continue
            assert record["cveMetadata"]["datePublished"][:10] == mine["published"].isoformat(), mine["id"]
            scores = {
                value["baseScore"]
                for metric in record["containers"]["cna"].get("metrics", [])
                for key, value in metric.items()
                if key.startswith("cvssV3")
            }
            assert not scores or mine["score"] in scores, mine["id"]
