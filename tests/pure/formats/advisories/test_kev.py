import json
from datetime import UTC, date, datetime

import pytest

from misthoorn.formats.values.schema import FormatError

ENTRY = {
    "cveID": "CVE-2021-44228",
    "vendorProject": "Apache",
    "product": "Log4j2",
    "vulnerabilityName": "A flaw",
    "dateAdded": "2021-12-10",
    "shortDescription": "It is bad.",
    "requiredAction": "Update it.",
    "knownRansomwareCampaignUse": "Known",
    "notes": "See https://a.example/1 ; https://b.example/2.",
    "cwes": ["CWE-20", "CWE-20"],
}


def catalogue(*entries):
    return json.dumps({"title": "x", "count": len(entries), "vulnerabilities": list(entries)}, indent=1)


def test_an_entry_is_an_exploited_vulnerability_of_one_product(read):
    (advisory,) = read("kev", catalogue(ENTRY)).accepted
    assert (advisory.identifier, advisory.title, advisory.description) == ("CVE-2021-44228", "A flaw", "It is bad.")
    assert advisory.published == datetime(2021, 12, 10, tzinfo=UTC)
    assert advisory.exploited.since == date(2021, 12, 10)
    assert (advisory.exploited.source, advisory.exploited.ransomware, advisory.exploited.action) == (
        "CISA KEV",
        True,
        "Update it.",
    )
    (affected,) = advisory.affected
    assert (affected.vendor, affected.product, affected.statements, affected.default_status) == (
        "Apache",
        "Log4j2",
        (),
        "unknown",
    )
    assert advisory.references == ("https://a.example/1", "https://b.example/2")
    assert advisory.problem_types == ("CWE-20",)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"cveID": "CVE-x"}, "identifier-invalid"),
        ({"cveID": None}, "identifier-invalid"),
        ({"dateAdded": "soon"}, "time-invalid"),
        ({"product": " "}, "product-missing"),
    ],
)
def test_a_bad_entry_does_not_stop_the_rest(read, change, code):
    found = read("kev", catalogue(ENTRY, ENTRY | change, ENTRY | {"cveID": "CVE-2022-0001"}))
    assert [advisory.identifier for advisory in found.accepted] == ["CVE-2021-44228", "CVE-2022-0001"]
    assert found.codes == [code]
    assert json.loads(found.refused[0].raw) == ENTRY | change


def test_an_entry_that_is_no_object_is_refused(read):
    assert read("kev", catalogue(ENTRY, 5, None)).codes == ["not-object", "not-object"]


@pytest.mark.parametrize("data", ['{"cveMetadata": {}}', '{"vulnerabilities": 5}', "{}", '{"title": tru'])
def test_a_file_that_is_no_catalogue_is_refused_as_a_whole(read, data):
    with pytest.raises(FormatError):
        read("kev", data)


def test_a_catalogue_that_was_cut_off_is_read_up_to_there(read):
    data = catalogue(ENTRY, ENTRY | {"cveID": "CVE-2022-0001"}, ENTRY | {"cveID": "CVE-2022-0002"})
    found = read("kev", data[: data.index("CVE-2022-0002")])
    assert len(found.accepted) == 2
    assert len(found.refused) == 1


def test_the_table_says_the_same_as_the_json(read):
    table = (
        "\ufeffcveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription,requiredAction,dueDate,"
        "knownRansomwareCampaignUse,notes,cwes\r\n"
        'CVE-2021-44228,Apache,Log4j2,"A flaw",2021-12-10,It is bad.,Update it.,2021-12-24,Known,'
        '"See https://a.example/1 ; https://b.example/2.","CWE-20, CWE-20"\r\n'
        "CVE-2022-0001,Acme,,x,2022-01-01,,,,,,\r\nCVE-2022-0002,Acme\r\n"
    )
    found = read("kev", table)
    assert found.accepted == read("kev", catalogue(ENTRY)).accepted
    assert found.codes == ["product-missing", "fields"]
    assert found.refused[1].line == 4


def test_the_real_table_says_the_same_as_the_real_json(read, test_data):
    table = read("kev", test_data("kev", "known_exploited_vulnerabilities.csv").read_bytes())
    catalogued = read("kev", test_data("kev", "known_exploited_vulnerabilities.json").read_bytes())
    assert table.accepted == catalogued.accepted
    assert table.refused == []


ENISA = {
    "cveID": "CVE-2024-9380",
    "euvdID": "EUVD-2024-49898",
    "vendorProject": "Acme",
    "product": "Gateway",
    "vulnerabilityName": "-",
    "dateReported": "17/01/25",
    "originSource": "cnw",
    "threatActorsExploiting": "-",
    "cwes": "-",
}


def test_the_list_of_enisa_has_other_names_and_days(read):
    (one,) = read("kev", json.dumps([ENISA])).accepted
    assert (one.identifier, one.aliases, one.title) == ("CVE-2024-9380", ("EUVD-2024-49898",), "")
    assert (one.exploited.since, one.exploited.source) == (date(2025, 1, 17), "ENISA KEV")
    assert [(remark.kind, remark.text) for remark in one.remarks] == [("originSource", "cnw")]


@pytest.mark.parametrize("day", ["2025-01-17", "17/13/25", "a/b/c", "17/01/" + "9" * 5000, "-", None])
def test_a_day_that_enisa_does_not_write_so_is_refused(read, day):
    assert read("kev", json.dumps([ENISA | {"dateReported": day}])).codes == ["time-invalid"]


def test_a_list_of_something_else_is_refused_as_a_whole(read):
    with pytest.raises(FormatError, match="no list of exploited"):
        read("kev", '[{"id": "EUVD-2025-1"}]')
