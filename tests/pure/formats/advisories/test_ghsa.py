import gzip
import json
import zipfile
from io import BytesIO

import pytest

from misthoorn.formats.values.schema import FormatError

NUMBER = "GHSA-r94m-59fw-hm34"
VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"
FILE = {
    "schema_version": "1.4.0",
    "id": NUMBER,
    "modified": "2026-02-01T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "aliases": ["CVE-2026-1000"],
    "summary": "A flaw",
    "severity": [{"type": "CVSS_V3", "score": VECTOR}],
    "affected": [
        {
            "package": {"ecosystem": "npm", "name": "@acme/widget"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}, {"fixed": "2.0"}]}],
        }
    ],
    "database_specific": {"cwe_ids": ["CWE-79"], "severity": "MODERATE", "github_reviewed": True},
}
ANSWER = {
    "ghsa_id": NUMBER,
    "cve_id": "CVE-2026-1000",
    "html_url": f"https://github.com/advisories/{NUMBER}",
    "summary": "A flaw",
    "description": "More.",
    "severity": "medium",
    "identifiers": [{"type": "GHSA", "value": NUMBER}, {"type": "CVE", "value": "CVE-2026-1000"}],
    "references": ["https://a.example"],
    "published_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-02-01T00:00:00Z",
    "withdrawn_at": None,
    "vulnerabilities": [
        {
            "package": {"ecosystem": "npm", "name": "@acme/widget"},
            "vulnerable_version_range": ">= 1.0, < 2.0",
            "first_patched_version": "2.0",
        }
    ],
    "cvss": {"vector_string": VECTOR, "score": 7.5},
    "cvss_severities": {"cvss_v3": {"vector_string": VECTOR, "score": 7.5}, "cvss_v4": {"vector_string": None}},
    "cwes": [{"cwe_id": "CWE-79", "name": "XSS"}],
}


def archived(*members):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, content in members:
            made.writestr(name, content)
    return stream.getvalue()


def test_the_file_and_the_answer_say_the_same(read):
    (file,), (answer,) = read("ghsa", json.dumps(FILE)).accepted, read("ghsa", json.dumps([ANSWER])).accepted
    assert file.affected == answer.affected
    assert file.affected[0].purl == "pkg:npm/%40acme/widget"
    assert file.severities == answer.severities
    assert [(one.scheme, one.vector, one.score) for one in file.severities] == [
        ("CVSS:3.1", VECTOR, 7.5),
        ("GHSA", "MODERATE", 0.0),
    ]
    for name in ("identifier", "aliases", "title", "published", "modified", "state", "problem_types"):
        assert getattr(file, name) == getattr(answer, name), name
    assert answer.references == (ANSWER["html_url"], "https://a.example")
    assert [(one.kind, one.text) for one in answer.remarks] == [("first_patched_version", "@acme/widget 2.0")]


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("< 1.2", ("", True, "1.2", False)),
        ("<= 1.2", ("", True, "1.2", True)),
        ("= 1.2", ("1.2", True, "1.2", True)),
        ("> 1.2", ("1.2", False, "", True)),
        (">= 0, < 2", ("", True, "2", False)),
        ("< 2.0,>= 2.0.0-rc.1", ("2.0.0-rc.1", True, "2.0", False)),
    ],
)
def test_ranges_are_read_as_they_are_written(read, text, bounds):
    answer = ANSWER | {"vulnerabilities": [ANSWER["vulnerabilities"][0] | {"vulnerable_version_range": text}]}
    (said,) = read("ghsa", json.dumps(answer)).accepted[0].affected[0].statements
    assert (said.low, said.low_inclusive, said.high, said.high_inclusive) == bounds


@pytest.mark.parametrize("text", ["some of them", ">= 1, <= 2, < 3", "= 1, < 2", "< 1,", "< 1, < 2", ",", "x" * 5000])
def test_what_is_no_range_is_left_as_a_sentence(read, text):
    answer = ANSWER | {"vulnerabilities": [ANSWER["vulnerabilities"][0] | {"vulnerable_version_range": text}]}
    (said,) = read("ghsa", json.dumps(answer)).accepted[0].affected[0].statements
    assert (said.scheme, said.text) == ("text", text[:1000])


def test_a_package_of_no_known_ecosystem_keeps_its_name_and_the_reason(read):
    entry = {"package": {"ecosystem": "other", "name": "widget"}, "vulnerable_version_range": "< 1"}
    (found,) = read("ghsa", json.dumps(ANSWER | {"vulnerabilities": [entry, {}, entry]})).accepted
    assert [(one.vendor, one.product, one.purl, len(one.statements)) for one in found.affected] == [
        ("other", "widget", "", 1)
    ]
    assert found.not_expressed == ("ecosystem-unknown", "no-package", "ecosystem-unknown")


def test_a_withdrawn_advisory_is_told_as_that(read):
    assert read("ghsa", json.dumps(ANSWER | {"withdrawn_at": "2026-03-01T00:00:00Z"})).accepted[0].state == "withdrawn"


def test_of_the_database_as_an_archive_only_the_records_are_read(read):
    folder = "advisory-database-main/"
    data = archived(
        (f"{folder}README.md", "# Database"),
        (f"{folder}.github/config.json", "{}"),
        (f"{folder}advisories/github-reviewed/2026/01/{NUMBER}/{NUMBER}.json", json.dumps(FILE)),
    )
    found = read("ghsa", data)
    assert (len(found.accepted), found.refused) == (1, [])


@pytest.mark.parametrize("odd", [None, 7, True, "x", [], {}, [None], [7], {"a": 1}, "x" * 5000, [{"package": 7}]])
@pytest.mark.parametrize("place", sorted(ANSWER))
def test_anything_in_any_place_is_left_out_or_refused(read, place, odd):
    assert read("ghsa", json.dumps([ANSWER, ANSWER | {place: odd}]), fold=False).rows == 2


@pytest.mark.parametrize("data", ['{"id": "CVE-2026-1000"}', '[{"ghsa_id": "x"}]', "{}", archived(("a.txt", ""))])
def test_what_is_no_advisory_of_github_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError, match="format that the source names"):
        read("ghsa", data)


def test_real_advisories_of_github_are_accepted(read, test_data):
    packed = [gzip.decompress(path.read_bytes()) for path in sorted(test_data("osv").glob("*.gz"))]
    lines = [line for one in packed for line in one.splitlines() if json.loads(line)["id"].startswith("GHSA-")]
    found = read("ghsa", b"\n".join(lines), fold=False)
    assert found.refused == []
    assert len(found.accepted) == len(lines) > 150
    assert sum(one.severities[-1].scheme == "GHSA" for one in found.accepted if one.severities) > 100
