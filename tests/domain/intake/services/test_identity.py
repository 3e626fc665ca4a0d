"""Records under several numbers are one advisory, whatever comes first."""

import json
from itertools import permutations

import pytest
from chance import examples
from deliveries import cve, deliver, keep, read, records, source
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from misthoorn.intake import queries
from misthoorn.intake.models import Advisory, AdvisoryAlias, AdvisoryKey, AdvisoryStatement

pytestmark = pytest.mark.django_db

CVE, OTHER = "CVE-2026-0001", "CVE-2026-0002"
GHSA, PYSEC = "GHSA-2222-2222-2222", "PYSEC-2026-1"


@pytest.fixture(autouse=True)
def _sources():
    source("cve", form="cve5", tlp="CLEAR")
    source("osv", form="osv", tlp="GREEN")


def osv(number, *aliases, modified="2026-01-01T00:00:00Z", package="log4j", withdrawn=False):
    """An OSV record on a package of PyPI, in versions before 2.0."""
    record = {
        "schema_version": "1.6.0",
        "id": number,
        "modified": modified,
        "aliases": list(aliases),
        "summary": f"A hole, {number}",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": package},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}],
            }
        ],
    }
    return json.dumps(record | ({"withdrawn": modified} if withdrawn else {})).encode()


def groups():
    """Which numbers are told of under which, and what leads to it."""
    said = AdvisoryStatement.objects.values_list("advisory__identifier", "number")
    return (
        sorted(Advisory.objects.values_list("identifier", flat=True)),
        sorted(said),
        sorted(AdvisoryAlias.objects.values_list("alias", "advisory__identifier")),
        sorted((one, bytes(key)) for one, key in AdvisoryKey.objects.values_list("advisory__identifier", "key")),
        sorted(Advisory.objects.values_list("identifier", "title", "tlp", "withdrawn")),
    )


def forget_all():
    AdvisoryStatement.objects.all().delete()
    Advisory.objects.all().delete()
    queries.Batch.objects.all().delete()


def in_every_order(*deliveries):
    ends = []
    for order in permutations(deliveries):
        for slug, content in order:
            read(keep(content, source=slug))
        ends.append(groups())
        forget_all()
    assert all(one == ends[0] for one in ends)
    return ends[0]


def test_a_record_of_github_and_the_cve_record_of_one_hole_are_one_advisory_under_the_cve_number():
    there, said, aliases, keys, told = in_every_order(
        ("cve", records(cve(CVE))), ("osv", osv(GHSA, CVE)), ("osv", osv(PYSEC, GHSA))
    )

    assert there == [CVE]
    assert said == [(CVE, CVE), (CVE, GHSA), (CVE, PYSEC)]
    assert aliases == [(GHSA, CVE), (PYSEC, CVE)]
    assert {name for name, _ in keys} == {CVE}
    assert told[0][2] == "GREEN"


def test_without_a_cve_record_the_hole_still_goes_by_its_cve_number():
    assert in_every_order(("osv", osv(GHSA, CVE)), ("osv", osv(PYSEC, CVE)))[0] == [CVE]


def test_a_link_that_is_taken_back_takes_them_apart_again():
    later = osv(GHSA, modified="2026-02-01T00:00:00Z")
    there, _, aliases, *_ = in_every_order(("cve", records(cve(CVE))), ("osv", osv(GHSA, CVE)), ("osv", later))

    assert there == [CVE, GHSA]
    assert aliases == []


def test_a_number_that_several_vulnerabilities_share_glues_nothing_together():
    there, _, aliases, *_ = in_every_order(
        ("osv", osv("RHSA-2026:1", CVE)), ("osv", osv("RHSA-2026:2", CVE, "RHSA-2026:1")),
        ("osv", osv("RHSA-2026:3", OTHER, "RHSA-2026:1")),
    )  # fmt: skip

    assert there == [CVE, OTHER, "RHSA-2026:1"]
    assert aliases == [("RHSA-2026:2", CVE), ("RHSA-2026:3", OTHER)]


def test_a_number_that_was_mentioned_before_anything_was_said_of_it_is_known_by_what_was_said():
    there, said, *_ = in_every_order(
        ("osv", osv("GO-2026-1", OTHER, PYSEC)), ("osv", osv(CVE, "GO-2026-1")), ("osv", osv(PYSEC))
    )

    assert there == [CVE, OTHER, "GO-2026-1"]
    assert (OTHER, PYSEC) in said


def test_an_advisory_is_found_by_each_of_its_numbers_and_keeps_its_page():
    deliver(osv(GHSA), source="osv")
    before = queries.advisories([GHSA])[GHSA].id
    deliver(osv(GHSA, CVE, modified="2026-03-01T00:00:00Z"), source="osv")

    found = queries.advisories([GHSA, CVE])

    assert found[GHSA] == found[CVE]
    assert (found[GHSA].id, found[GHSA].identifier, found[GHSA].aliases) == (before, CVE, (GHSA,))


def test_what_is_put_together_by_a_delivery_is_matched_with_it():
    deliver(osv(GHSA, CVE), source="osv")
    batch = keep(osv(PYSEC, CVE), source="osv")
    read(batch)

    assert queries.touched(batch) == [CVE]


def test_one_of_two_records_that_is_withdrawn_takes_only_its_own_with_it():
    deliver(osv(GHSA, CVE, package="mine"), source="osv")
    deliver(osv(PYSEC, CVE, package="other"), source="osv")
    deliver(osv(GHSA, CVE, package="mine", modified="2026-05-01T00:00:00Z", withdrawn=True), source="osv")

    keys = [bytes(key) for key in AdvisoryKey.objects.values_list("key", flat=True)]

    assert not queries.advisories([CVE])[CVE].withdrawn
    assert any(b"other" in key for key in keys)
    assert not any(b"mine" in key for key in keys)


def test_a_name_of_a_number_that_was_unknown_leads_to_it_once_something_is_said_of_it():
    deliver(osv(CVE, GHSA), source="osv")
    deliver(osv(GHSA, OTHER, PYSEC), source="osv")
    assert PYSEC not in AdvisoryAlias.objects.values_list("alias", flat=True)

    deliver(osv(CVE, modified="2026-02-01T00:00:00Z"), source="osv")

    assert queries.advisories([PYSEC])[PYSEC].identifier == OTHER


RECORDS = st.sampled_from([CVE, OTHER, GHSA, PYSEC, "GO-2026-1"])
DELIVERIES = st.lists(
    st.tuples(RECORDS, st.lists(RECORDS, max_size=2, unique=True), st.integers(1, 9), st.booleans()),
    min_size=2,
    max_size=5,
    unique_by=lambda one: (one[0], one[2]),
)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DELIVERIES, st.randoms())
def test_the_order_of_arrival_makes_no_difference(deliveries, random):
    ends = []
    for order in (deliveries, random.sample(deliveries, len(deliveries))):
        for number, aliases, month, withdrawn in order:
            others = [one for one in aliases if one != number]
            moment = f"2026-0{month}-01T00:00:00Z"
            read(keep(osv(number, *others, modified=moment, withdrawn=withdrawn), source="osv"))
        ends.append(groups())
        forget_all()

    assert ends[0] == ends[1]
