import json
from datetime import UTC, date, datetime

import pytest

from misthoorn.formats.values.advisory import Exploited, Severity
from misthoorn.formats.values.schema import FormatError


def cve(number="CVE-2026-12345", **parts):
    return {
        "id": number,
        "sourceIdentifier": "cve@acme.example",
        "published": "2026-01-02T03:04:05.678",
        "lastModified": "2026-02-03T04:05:06.000",
        "vulnStatus": "Analyzed",
        "descriptions": [{"lang": "es", "value": "Un fallo"}, {"lang": "en", "value": "A flaw"}],
    } | parts


def page(*cves, **more):
    return {"resultsPerPage": len(cves), "format": "NVD_CVE", "vulnerabilities": [{"cve": one} for one in cves]} | more


def understood(read, **parts):
    (advisory,) = read("nvd2", json.dumps(page(cve(**parts)))).accepted
    return advisory


def metric(source, score, vector):
    return {"source": source, "type": "Primary", "cvssData": {"baseScore": score, "vectorString": vector}}


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(page(cve("CVE-2026-1111"), cve("CVE-2026-2222"))),
        json.dumps(page(cve("CVE-2026-1111"))) + "\n" + json.dumps(page(cve("CVE-2026-2222"))),
        json.dumps(page(cve("CVE-2026-1111"), cve("CVE-2026-2222")), indent=2),
        json.dumps([{"cve": cve("CVE-2026-1111")}, cve("CVE-2026-2222")]),
        json.dumps({"cve": cve("CVE-2026-1111")}) + "\n" + json.dumps({"cve": cve("CVE-2026-2222")}) + "\n",
        json.dumps(cve("CVE-2026-1111")) + "\n" + json.dumps(cve("CVE-2026-2222")),
    ],
)
def test_pages_lists_and_lines_are_read(read, packed, data):
    assert [one.identifier for one in read("nvd2", data).accepted] == ["CVE-2026-1111", "CVE-2026-2222"]
    assert len(read("nvd2", packed(data)).accepted) == 2


def test_one_record_over_many_lines_is_read(read):
    assert len(read("nvd2", json.dumps({"cve": cve()}, indent=2)).accepted) == 1


def test_an_empty_page_holds_nothing(read):
    assert read("nvd2", json.dumps(page())).rows == 0


def test_the_head_of_a_record_is_read(read):
    advisory = understood(
        read,
        references=[{"url": "https://a.example/1"}, {"url": "https://a.example/1"}, {"source": "no url"}],
        weaknesses=[
            {"description": [{"value": "CWE-79"}, {"value": "NVD-CWE-noinfo"}]},
            {"description": [{"value": "CWE-79"}, {"value": "NVD-CWE-Other"}, {"value": "CWE-20"}]},
        ],
    )
    assert (advisory.identifier, advisory.state, advisory.description) == ("CVE-2026-12345", "published", "A flaw")
    assert advisory.published == datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
    assert advisory.modified == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert advisory.references == ("https://a.example/1",)
    assert advisory.problem_types == ("CWE-79", "CWE-20")


def test_scores_of_several_sources_stand_side_by_side(read):
    metrics = {
        "cvssMetricV2": [metric("nvd@nist.gov", 5.0, "AV:N/AC:L/Au:N/C:N/I:P/A:N")],
        "cvssMetricV31": [
            metric("nvd@nist.gov", 7.4, "CVSS:3.1/AV:N"),
            metric("psirt@acme.example", 9, "CVSS:3.1/AV:L"),
        ],
        "cvssMetricV30": [metric("x", "high", ""), metric("x", 11, ""), {"cvssData": None}, 5],
        "cvssMetricV40": [metric("acme", 8.5, "CVSS:4.0/AV:A")],
        "ssvcV203": [
            {
                "source": "cisa",
                "ssvcData": {
                    "options": [
                        {"exploitation": "none"},
                        {"automatable": "yes"},
                        {"technicalImpact": "total"},
                        {"x": "y"},
                    ]
                },
            },
            {"source": "nobody"},
        ],
    }
    assert understood(read, metrics=metrics).severities == (
        Severity("CVSS:4.0", "CVSS:4.0/AV:A", 8.5, "acme"),
        Severity("CVSS:3.1", "CVSS:3.1/AV:N", 7.4, "nvd@nist.gov"),
        Severity("CVSS:3.1", "CVSS:3.1/AV:L", 9.0, "psirt@acme.example"),
        Severity("CVSS:2.0", "AV:N/AC:L/Au:N/C:N/I:P/A:N", 5.0, "nvd@nist.gov"),
        Severity("SSVC", "Exploitation:none/Automatable:yes/Technical Impact:total", 0.0, "cisa"),
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [("Rejected", "withdrawn"), ("rejected", "withdrawn"), ("Deferred", "published"), (None, "published")],
)
def test_a_rejected_record_is_withdrawn(read, status, state):
    assert understood(read, vulnStatus=status).state == state


def test_what_is_known_to_be_exploited_says_since_when(read):
    advisory = understood(
        read, cisaExploitAdd="2026-03-04", cisaRequiredAction="Update.", cisaVulnerabilityName="Acme Anvil Flaw"
    )
    assert advisory.exploited == Exploited(date(2026, 3, 4), "CISA KEV", ransomware=False, action="Update.")
    assert advisory.title == "Acme Anvil Flaw"
    assert understood(read, cisaExploitAdd="soon").exploited is None


def test_products_come_from_configurations_and_from_the_cna(read):
    match = {"vulnerable": True, "criteria": "cpe:2.3:o:acme:firmware:*:*:*:*:*:*:*:*", "versionEndExcluding": "2"}
    router = {"vulnerable": False, "criteria": "cpe:2.3:h:acme:router:-:*:*:*:*:*:*:*"}
    advisory = understood(
        read,
        configurations=[
            {
                "operator": "AND",
                "nodes": [{"operator": "OR", "cpeMatch": [match]}, {"operator": "OR", "cpeMatch": [router]}],
            },
            {"nodes": [{"operator": "OR", "negate": True, "cpeMatch": [match]}]},
        ],
        affected=[
            {
                "source": "acme",
                "affectedData": [
                    {
                        "vendor": "Acme",
                        "product": "Firmware",
                        "defaultStatus": "unaffected",
                        "versions": [{"version": "0", "lessThan": "2", "status": "affected"}],
                    }
                ],
            }
        ],
    )
    configured, stated = advisory.affected
    assert [len(condition) for condition in configured.conditions] == [1]
    assert (stated.vendor, stated.default_status, stated.statements[0].high) == ("Acme", "unaffected", "2")
    assert advisory.not_expressed == ("negated",)


def test_a_record_without_a_number_is_refused_and_the_next_is_read(read):
    found = read("nvd2", json.dumps([{"cve": cve(None)}, {"cve": "no"}, cve(), {"cve": {}}]))
    assert found.codes == ["identifier-invalid", "wrong-kind", "identifier-invalid"]
    assert len(found.accepted) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ('{"cveMetadata": {"cveId": "CVE-2026-1"}}', "not a CVE of the NVD"),
        ('{"id": "GHSA-2222-3333-4444", "affected": []}', "not a CVE of the NVD"),
        ('{"CVE_Items": []}', "not a CVE of the NVD"),
        ("<html>", "web page"),
    ],
)
def test_a_file_of_another_kind_is_refused_as_a_whole(read, data, sentence):
    with pytest.raises(FormatError, match=sentence):
        read("nvd2", data)


def test_pages_in_a_list_say_how_to_give_them(read):
    assert read("nvd2", json.dumps([page(cve()), {"resultsPerPage": 0}])).codes == ["page-nested", "page-empty"]


def test_the_old_format_says_what_to_fetch_instead(read):
    assert read("nvd2", '{"cve": {"CVE_data_meta": {"ID": "CVE-2019-1"}}}').codes == ["old-format"]


def test_real_records_are_all_accepted_and_have_products_where_nvd_names_some(read, test_data):
    for path in sorted(test_data("nvd", "api").glob("*.json*")):
        found = read("nvd2", path.read_bytes(), name=path.name)
        assert found.codes == ["page-empty"] * (path.name == "vuln-list-update-emptyResp.json"), path.name
    data = test_data("nvd", "records", "nvd-cves.jsonl.gz").read_bytes()
    found = read("nvd2", data, fold=False)
    assert (len(found.accepted), found.codes) == (523, ["identifier-invalid"] * 3)  # three were made up for a test
    assert sum(bool(advisory.affected) for advisory in found.accepted) >= 484
    assert sum(bool(one.conditions) for advisory in found.accepted for one in advisory.affected) > 500
    assert [reason for advisory in found.accepted for reason in advisory.not_expressed] == []


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ({"resultsPerPage": 0, "totalResults": 0, "format": "NVD_CVE"}, "has no results"),
        ({"resultsPerPage": 2, "totalResults": 2, "format": "NVD_CVE"}, "Fetch it again"),
        ({"resultsPerPage": 2}, "Fetch it again"),
    ],
)
def test_a_page_without_cves_says_why(read, page, words):
    found = read("nvd2", json.dumps(page))
    assert found.codes == ["page-empty"]
    assert words in found.refused[0].reason


@pytest.mark.parametrize(
    ("kind", "words"), [("NVD_CPEMatchString", "CPE match strings"), ("NVD_SOURCE", "its sources"), ("NVD_X", "NVD_X")]
)
def test_a_page_of_another_list_is_refused_as_that(read, kind, words):
    with pytest.raises(FormatError, match=words):
        read("nvd2", json.dumps({"resultsPerPage": 2, "format": kind, "matchStrings": []}))
