import io
import json
import random
import zipfile
from datetime import UTC, date, datetime

import pytest
from csaf_documents import document, made, version, version_range, vulnerability

from misthoorn.common.tlp import Tlp
from misthoorn.formats.values.advisory import Exploited, Remark, Severity
from misthoorn.formats.values.advisory_json import to_json_line
from misthoorn.formats.values.schema import FormatError


def zip_of(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return packed.getvalue()


def read_all(read, *documents, **options):
    return read("csaf", "\n".join(json.dumps(one) for one in documents), **options)


def one(read, *vulnerabilities, **parts):
    found = read_all(read, document(*vulnerabilities, **parts))
    assert found.refused == []
    (advisory,) = found.accepted
    return advisory


def test_each_vulnerability_is_an_advisory_under_its_cve_number_or_else_the_documents_number(read):
    text = document(vulnerability(), vulnerability("CVE-2026-2000"), vulnerability(None, title="Unnumbered"))
    found = read_all(read, text)
    assert [one.identifier for one in found.accepted] == ["CVE-2026-1000", "CVE-2026-2000", "ACME-2026-01"]
    assert [one.aliases for one in found.accepted] == [("ACME-2026-01",), ("ACME-2026-01",), ()]
    assert {one.document for one in found.accepted} == {"ACME-2026-01"}


def test_what_a_document_says_twice_about_one_vulnerability_is_one_advisory(read):
    tree = [made(version("A", "1.0"), version("B", "2.0"))]
    parts = vulnerability(known_affected=["A"]), vulnerability(known_affected=["B"])
    advisory = one(read, *parts, branches=tree)
    assert [s.low for affected in advisory.affected for s in affected.statements] == ["1.0", "2.0"]


def test_the_head_of_a_document_is_read(read):
    advisory = one(
        read,
        vulnerability(
            title="A flaw",
            cwe={"id": "CWE-79", "name": "XSS"},
            notes=[{"category": "general", "text": "no"}, {"category": "description", "text": "It leaks."}],
            references=[{"url": "https://a.example/1"}],
            ids=[{"system_name": "Bugs", "text": "12345"}, {"system_name": "Acme", "text": "ACME-BUG-9"}],
        ),
        tracking={"aliases": ["VDE-1"]},
        references=[{"url": "https://a.example/2"}, {"url": "https://a.example/1"}],
    )
    assert (advisory.title, advisory.description) == ("A flaw", "It leaks.")
    assert advisory.aliases == ("ACME-2026-01", "VDE-1", "ACME-BUG-9")
    assert advisory.published == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert advisory.modified == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert advisory.references == ("https://a.example/1", "https://a.example/2")
    assert advisory.problem_types == ("CWE-79",)


def test_scores_are_read_of_both_versions_of_the_format(read):
    old = {"cvss_v3": {"version": "3.1", "baseScore": 9.8, "vectorString": "CVSS:3.1/AV:N"}, "products": ["A"]}
    older = {"cvss_v3": {"version": "3.0", "baseScore": 5, "vectorString": "CVSS:3.0/AV:N"}}
    new = {"content": {"cvss_v4": {"baseScore": 10, "vectorString": "CVSS:4.0/AV:N"}}}
    wrong = {"cvss_v2": {"baseScore": "high"}}
    advisory = one(read, vulnerability(scores=[old, older, old, wrong], metrics=[new], cwes=[{"id": "CWE-1"}]))
    assert advisory.severities == (
        Severity("CVSS:3.1", "CVSS:3.1/AV:N", 9.8, "Acme PSIRT"),
        Severity("CVSS:3.0", "CVSS:3.0/AV:N", 5.0, "Acme PSIRT"),
        Severity("CVSS:4.0", "CVSS:4.0/AV:N", 10.0, "Acme PSIRT"),
    )
    assert advisory.problem_types == ("CWE-1",)


def test_what_to_do_and_how_it_stands_is_kept_as_the_source_says_it(read):
    advisory = one(
        read,
        vulnerability(
            remediations=[
                {"category": "vendor_fix", "details": "Update to 2.0.", "url": "https://a.example/fix"},
                {"category": "vendor_fix", "details": "Update to 2.0.", "url": "https://a.example/fix"},
            ],
            threats=[{"category": "exploit_status", "details": "Seen."}],
            flags=[{"label": "component_not_present"}],
        ),
        tracking={"status": "interim"},
        notes=[{"category": "general", "title": "Kans", "text": "high"}],
        aggregate_severity={"text": "Critical"},
    )
    assert advisory.remarks == (
        Remark("status", "interim", ""),
        Remark("severity", "Critical", ""),
        Remark("kans", "high", ""),
        Remark("vendor_fix", "Update to 2.0.", "https://a.example/fix"),
        Remark("exploit_status", "Seen.", ""),
        Remark("flag", "component_not_present", ""),
    )


@pytest.mark.parametrize(
    ("parts", "source"),
    [
        ({"first_known_exploitation_dates": [{"exploitation_date": "2026-01-05T00:00:00Z"}]}, "Acme PSIRT"),
        (
            {
                "threats": [
                    {
                        "category": "exploit_status",
                        "date": "2026-01-05T10:00:00Z",
                        "details": "CISA: https://www.cisa.gov/known-exploited-vulnerabilities-catalog",
                    }
                ]
            },
            "CISA KEV",
        ),
    ],
)
def test_known_exploitation_has_a_day(read, parts, source):
    exploited = one(read, vulnerability(**parts)).exploited
    assert exploited == Exploited(date(2026, 1, 5), source, ransomware=False, action="")


@pytest.mark.parametrize(
    ("distribution", "label"),
    [
        ({"tlp": {"label": "WHITE"}}, Tlp.CLEAR),
        ({"tlp": {"label": "AMBER+STRICT"}}, Tlp.AMBER_STRICT),
        ({"text": "public"}, ""),
        (None, ""),
    ],
)
def test_the_label_of_a_document_is_kept(read, distribution, label):
    assert one(read, vulnerability(), distribution=distribution).tlp == label


@pytest.mark.parametrize("distribution", [{"tlp": {"label": "PINK"}}, {"tlp": 7}, "secret", {"tlp": {"label": None}}])
def test_a_label_that_cant_be_read_is_kept_to_as_the_strictest(read, distribution):
    found = read_all(read, document(vulnerability(), distribution=distribution))
    assert found.codes == ["tlp-invalid"]
    assert [one.tlp for one in found.accepted] == [Tlp.RED]


@pytest.mark.parametrize(
    "parts", [{"tracking": {"status": "deleted"}}, {"category": "csaf_withdrawn"}, {"category": "csaf_superseded"}]
)
def test_a_document_that_is_taken_back_is_withdrawn(read, parts):
    (advisory,) = read_all(read, document(vulnerability(), **parts)).accepted
    assert (advisory.identifier, advisory.state, advisory.affected) == ("ACME-2026-01", "withdrawn", ())


def test_a_document_that_was_taken_back_without_a_date_was_so_by_now(read, now):
    (advisory,) = read_all(read, {"document": {"tracking": {"id": "A-1", "status": "deleted"}}}).accepted
    assert (advisory.state, advisory.modified) == ("withdrawn", now)


@pytest.mark.parametrize("status", ["draft", "interim", "final", "", None])
def test_an_empty_tree_or_a_word_in_the_history_withdraws_nothing(read, status):
    history = [{"date": "2026-01-02T03:04:05Z", "number": "2", "summary": "Withdrawn"}]
    tracking = {"status": status, "revision_history": history}
    assert one(read, vulnerability(), tracking=tracking).state == "published"


def test_a_document_that_informs_needs_no_vulnerability(read):
    advisory = one(read, category="csaf_informational_advisory")
    assert (advisory.identifier, advisory.title, advisory.affected) == ("ACME-2026-01", "Flaws in Widget", ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (document(), "vulnerabilities-missing"),
        (document(vulnerability(), tracking={"id": ""}), "identifier-invalid"),
        (document(vulnerability(), tracking={"id": "x" * 129}), "identifier-invalid"),
    ],
)
def test_a_document_that_says_nothing_or_has_no_number_is_refused(read, text, code):
    found = read_all(read, text)
    assert (found.accepted, found.codes) == ([], [code])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ({"feed": {"entry": []}}, "a feed of CSAF documents"),
        ({"canonical_url": "https://a.example", "publisher": {}}, "metadata of a CSAF provider"),
        ({"aggregator": {}, "canonical_url": "https://a.example"}, "a list of CSAF providers"),
        ({"cveMetadata": {}}, "is not a CSAF document"),
        ({"document": {}}, "does not say which one it is"),
    ],
)
def test_what_is_no_document_is_refused_as_a_whole_with_what_it_is(read, text, words):
    with pytest.raises(FormatError, match=words):
        read_all(read, text)


def test_a_wrong_cve_number_is_told_and_the_vulnerability_kept_under_the_documents_number(read):
    found = read_all(read, document(vulnerability("CVE-26-1"), vulnerability("cve-2026-7777")))
    assert [one.identifier for one in found.accepted] == ["ACME-2026-01", "CVE-2026-7777"]
    assert found.codes == ["cve-invalid"]


def test_a_bad_part_is_refused_with_its_own_bytes_and_the_rest_goes_on(read):
    bad = {"category": "installed_on", "product_reference": "A", "relates_to_product_reference": "Z"}
    text = document(
        vulnerability(known_affected=["A", "B"]),
        7,
        branches=[made(version("A", "1.0"), version_range("B", "< 2.0"))],
        tree={"relationships": [bad]},
    )
    found = read_all(read, text)
    assert found.codes == ["relationship-invalid", "vulnerability-invalid"]
    assert [row.raw for row in found.refused] == [json.dumps(bad, separators=(",", ":")).encode(), b"7"]
    assert [row.row for row in found.refused] == [2, 3]
    assert [s.high for s in found.accepted[0].affected[0].statements] == ["1.0", "2.0"]


def test_documents_in_lists_lines_and_archives_are_read_and_equal_ones_counted(read, packed):
    first, second = document(vulnerability()), document(vulnerability("CVE-2026-2000"))
    for data in (
        json.dumps([first, second], indent=1),
        packed("\n".join(json.dumps(text) for text in (first, second))),
        zip_of({"a.json": json.dumps(first), "b/c.json": json.dumps(second, indent=2)}),
    ):
        assert [one.identifier for one in read("csaf", data).accepted] == ["CVE-2026-1000", "CVE-2026-2000"]
    found = read_all(read, first, first, second)
    assert (len(found.accepted), found.duplicates) == (2, 1)


def test_an_advisory_becomes_json(read):
    advisory = one(read, vulnerability(), distribution={"tlp": {"label": "GREEN"}})
    plain = json.loads(to_json_line(advisory))
    assert (plain["tlp"], plain["document"], plain["remarks"]) == ("GREEN", "ACME-2026-01", [])


def test_a_large_document_in_an_archive_is_read_as_it_is_alone(read):
    large = document(vulnerability("CVE-2026-0001"))
    large["document"]["notes"] = [{"category": "general", "text": random.Random(1).randbytes(2_500_000).hex()}]
    found = read("csaf", zip_of({"large.json": json.dumps(large)}))
    assert [one.identifier for one in found.accepted] == ["CVE-2026-0001"]
    assert found.refused == []
