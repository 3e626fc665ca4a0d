import json
from datetime import UTC, date, datetime

import pytest

from misthoorn.formats.values.advisory import Exploited, Remark, Severity
from misthoorn.formats.values.advisory_json import to_json_line
from misthoorn.formats.values.schema import FormatError


def record(number="CVE-2026-12345", *, state="PUBLISHED", cna=None, adp=()):
    metadata = {
        "cveId": number,
        "state": state,
        "datePublished": "2026-01-02T03:04:05.678Z",
        "dateUpdated": "2026-02-03T04:05:06",
    }
    return {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": metadata,
        "containers": {"cna": {"providerMetadata": {"shortName": "acme"}} | (cna or {}), "adp": list(adp)},
    }


def understood(read, **parts):
    (advisory,) = read("cve5", json.dumps(record(**parts))).accepted
    return advisory


def test_the_head_of_a_record_is_read(read):
    advisory = understood(
        read,
        cna={
            "title": "A flaw",
            "descriptions": [{"lang": "nl", "value": "Een fout"}, {"lang": "en-US", "value": "A flaw in it"}],
            "references": [{"url": "https://a.example/1"}, {"url": "https://a.example/1"}, {"name": "no url"}],
            "problemTypes": [{"descriptions": [{"cweId": "CWE-79", "description": "XSS"}, {"description": "n/a"}]}],
            "source": {"advisory": "GHSA-2222-3333-4444"},
        },
        adp=[
            {
                "references": [{"url": "https://b.example/2"}],
                "problemTypes": [{"descriptions": [{"description": "Leak"}, {"description": "CWE-79 Cross-site"}]}],
            }
        ],
    )
    assert (advisory.identifier, advisory.aliases, advisory.state) == (
        "CVE-2026-12345",
        ("GHSA-2222-3333-4444",),
        "published",
    )
    assert (advisory.title, advisory.description) == ("A flaw", "A flaw in it")
    assert advisory.published == datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
    assert advisory.modified == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert advisory.references == ("https://a.example/1", "https://b.example/2")
    assert advisory.problem_types == ("CWE-79", "Leak")


def test_without_english_the_first_description_is_taken(read):
    assert understood(read, cna={"descriptions": [{"lang": "nl", "value": "Een fout"}]}).description == "Een fout"


def test_severities_come_from_the_cna_and_from_others(read):
    metrics = [
        {"cvssV3_1": {"baseScore": 9.8, "vectorString": "CVSS:3.1/AV:N"}},
        {"cvssV4_0": {"baseScore": 10, "vectorString": "CVSS:4.0/AV:N"}},
        {"cvssV2_0": {"baseScore": "high"}},
        {"cvssV3_0": {"baseScore": 11}},
    ]
    ssvc = {
        "type": "ssvc",
        "content": {"options": [{"Exploitation": "active"}, {"Automatable": "yes"}, {"Technical Impact": "total"}]},
    }
    advisory = understood(
        read,
        cna={"metrics": metrics},
        adp=[{"providerMetadata": {"shortName": "CISA-ADP"}, "metrics": [{"other": ssvc}]}],
    )
    assert advisory.severities == (
        Severity("CVSS:3.1", "CVSS:3.1/AV:N", 9.8, "acme"),
        Severity("CVSS:4.0", "CVSS:4.0/AV:N", 10.0, "acme"),
        Severity("SSVC", "Exploitation:active/Automatable:yes/Technical Impact:total", 0.0, "CISA-ADP"),
    )


def test_known_exploitation_is_read(read):
    kev = {"metrics": [{"other": {"type": "kev", "content": {"dateAdded": "2026-01-03"}}}]}
    assert understood(read, adp=[kev]).exploited == Exploited(date(2026, 1, 3), "CISA KEV", ransomware=False, action="")
    assert understood(read).exploited is None


def test_a_rejected_record_is_withdrawn_and_says_why(read):
    advisory = understood(read, state="REJECTED", cna={"rejectedReasons": [{"lang": "en", "value": "Not a flaw"}]})
    assert (advisory.state, advisory.description, advisory.affected) == ("withdrawn", "Not a flaw", ())


def test_a_rejected_record_names_the_one_that_takes_its_place(read):
    advisory = understood(read, state="REJECTED", cna={"rejectedReasons": [], "replacedBy": ["CVE-2026-9999", 5]})
    assert advisory.remarks == (Remark("replaced_by", "CVE-2026-9999", ""),)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"cveMetadata": {"cveId": "CVE-1", "state": "PUBLISHED"}}, "identifier-invalid"),
        ({"cveMetadata": {"cveId": 5, "state": "PUBLISHED"}}, "identifier-invalid"),
        ({"cveMetadata": {"cveId": "CVE-2026-1234", "state": "RESERVED"}}, "state-invalid"),
        ({"cveMetadata": {"cveId": "CVE-2026-1234"}}, "state-invalid"),
        ({"containers": {}}, "container-missing"),
        ({"containers": None}, "container-missing"),
        ({"cveMetadata": "x"}, "wrong-kind"),
    ],
)
def test_a_record_that_lacks_what_it_must_have_is_refused_beside_good_ones(read, change, code):
    bad = json.dumps(record() | change)
    found = read("cve5", json.dumps(record()) + "\n" + bad + "\n")
    assert len(found.accepted) == 1
    assert [(row.code, row.line, row.raw) for row in found.refused] == [(code, 2, bad.encode())]


def test_a_record_in_the_old_format_says_so(read):
    old = json.dumps({"data_type": "CVE", "data_version": "4.0", "CVE_data_meta": {"ID": "CVE-2020-0001"}})
    assert read("cve5", old).codes == ["old-format"]


@pytest.mark.parametrize("data", ['{"vulnerabilities": []}', '{"id": "GHSA-x"}\n{"id": "GHSA-y"}\n', '[{"a": 1}]'])
def test_a_file_of_another_kind_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError, match="not a CVE 5 record"):
        read("cve5", data)


@pytest.mark.parametrize("path", [("cna",), ("adp",)])
@pytest.mark.parametrize(
    "value", [None, 5, "x", [], {}, [5], [[]], [{}], [{"affected": 5}], {"affected": [5, {"versions": [7, {}]}]}]
)
def test_whatever_lies_in_a_container_nothing_breaks(read, path, value):
    data = record()
    data["containers"][path[0]] = value
    found = read("cve5", json.dumps(data))
    assert found.rows == 1


def test_equal_records_are_counted_as_duplicates_and_changed_ones_are_not(read):
    other = record(cna={"title": "changed"})
    data = "\n".join(json.dumps(item) for item in (record(), record(), other, record()))
    found = read("cve5", data)
    assert (len(found.accepted), found.duplicates) == (2, 2)
    assert len(read("cve5", data, fold=False).accepted) == 4


def test_a_list_and_one_spread_record_and_gzip_are_read(read, packed):
    assert len(read("cve5", json.dumps([record(), record("CVE-2026-0001")])).accepted) == 2
    assert len(read("cve5", json.dumps(record(), indent=2)).accepted) == 1
    assert len(read("cve5", packed(json.dumps(record()))).accepted) == 1


def test_an_advisory_becomes_one_line_of_json(read):
    line = to_json_line(
        understood(
            read,
            cna={"affected": [{"vendor": "a", "product": "b\n", "versions": [{"version": "1", "status": "affected"}]}]},
        )
    )
    found = json.loads(line)
    assert "\n" not in line
    assert found["published"] == "2026-01-02T03:04:05.678000Z"
    assert found["affected"][0]["statements"][0]["low"] == "1"
    assert found["exploited"] is None


def test_what_an_adp_repeats_is_not_doubled_and_what_it_adds_stands_beside(read):
    entry = {"vendor": "acme", "product": "anvil", "versions": [{"version": "1", "status": "affected"}]}
    score = {"cvssV3_1": {"baseScore": 9.8, "vectorString": "CVSS:3.1/AV:N"}}
    named = entry | {"cpes": ["cpe:2.3:a:acme:anvil:*:*:*:*:*:*:*:*"], "defaultStatus": "unknown"}
    match = {"vulnerable": True, "criteria": "cpe:2.3:a:acme:anvil:*:*:*:*:*:*:*:*", "versionEndExcluding": "2"}
    advisory = understood(
        read,
        cna={"affected": [entry, entry], "metrics": [score, score]},
        adp=[
            {"affected": [entry, named, named], "metrics": [score]},
            {"cpeApplicability": [{"nodes": [{"operator": "OR", "cpeMatch": [match, match]}]}]},
        ],
    )
    plain, with_name = advisory.affected
    assert (plain.cpes, [said.high for said in plain.statements]) == ((), ["1"])
    assert (len(with_name.cpes), [said.high for said in with_name.statements]) == (1, ["1", "2"])
    assert [one.source for one in advisory.severities] == ["acme", ""]
