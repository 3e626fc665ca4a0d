from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.advisory import Advisory
from misthoorn.intake.advisories.aliases import MOST_NUMBERS, cve_number, links, names

RECORD = Advisory(
    identifier="GHSA-aaaa-bbbb-cccc",
    aliases=(),
    title="",
    description="",
    published=None,
    modified=None,
    state="published",
    severities=(),
    exploited=None,
    affected=(),
    references=(),
    problem_types=(),
)
CVE, OTHER = "CVE-2026-0001", "CVE-2026-0002"


def said(identifier, *aliases):
    return links(replace(RECORD, identifier=identifier, aliases=aliases))


def named(*records):
    beside, together = {}, []
    for record in records:
        found = said(*record)
        for number, cve in found:
            beside.setdefault(number, set()).update({cve} - {""})
        if any(not cve for _, cve in found):
            together.append({number for number, _ in found})
    return names(beside, together)


@pytest.mark.parametrize(
    ("text", "number"), [(CVE, CVE), ("cve-2026-0001", CVE), ("CVE-2026-1", ""), (f" {CVE}", ""), ("GHSA-1", "")]
)
def test_a_cve_number_is_written_in_one_way(text, number):
    assert cve_number(text) == number


def test_a_record_says_that_its_other_numbers_are_names_of_its_cve_number():
    assert said("GHSA-1", CVE, "PYSEC-2026-1") == {("GHSA-1", CVE), ("PYSEC-2026-1", CVE)}
    assert said(CVE, "GHSA-1") == {("GHSA-1", CVE)}
    assert said("GHSA-1", "PYSEC-2026-1") == {("GHSA-1", ""), ("PYSEC-2026-1", "")}


@pytest.mark.parametrize(
    "numbers",
    [
        (CVE,),
        ("GHSA-1",),
        ("GHSA-1", CVE, OTHER),
        ("GHSA-1", *(f"X-{number}" for number in range(MOST_NUMBERS))),
        (CVE, "12345", "no number", "x" * 200, "\0a1", ""),
    ],
)
def test_a_record_that_says_nothing_about_names_or_too_much_links_nothing(numbers):
    assert said(*numbers) == frozenset()


def test_numbers_beside_one_cve_number_are_names_of_it_also_by_way_of_each_other():
    assert named(("GHSA-1", CVE), ("PYSEC-1", "GHSA-1"), ("GO-1", "PYSEC-1")) == dict.fromkeys(
        ("GHSA-1", "PYSEC-1", "GO-1"), CVE
    )


def test_the_number_of_a_document_that_deals_with_many_is_a_name_of_none_and_glues_nothing():
    found = named((CVE, "NCSC-2026-0001"), (OTHER, "NCSC-2026-0001"), ("GHSA-1", CVE))

    assert found == {"NCSC-2026-0001": "NCSC-2026-0001", "GHSA-1": CVE}


def test_numbers_without_a_cve_number_are_known_by_the_one_that_people_know_best():
    assert set(named(("A-1", "PYSEC-1"), ("PYSEC-1", "GHSA-1")).values()) == {"GHSA-1"}


def test_numbers_that_lead_to_two_vulnerabilities_are_neither():
    found = named(("GHSA-1", CVE), ("GHSA-2", OTHER), ("PYSEC-1", "GHSA-1", "GHSA-2"))

    assert found == {"GHSA-1": CVE, "GHSA-2": OTHER, "PYSEC-1": "PYSEC-1"}


NUMBERS = st.sampled_from([CVE, OTHER, "GHSA-1", "GHSA-2", "PYSEC-1", "GO-1", "RHSA-1"])


@given(st.lists(st.lists(NUMBERS, min_size=1, max_size=3, unique=True), max_size=8), st.randoms())
def test_names_do_not_depend_on_order_and_lead_nowhere_further(records, random):
    found = named(*records)

    assert named(*random.sample(records, len(records))) == found
    assert not any(cve_number(number) for number in found)
    assert all(found.get(name, name) == name for name in found.values())
