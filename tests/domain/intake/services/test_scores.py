"""Daily scores of how likely an attack is, and what makes an advisory worse."""

from itertools import permutations

import pytest
from deliveries import cve, deliver, exploited, keep, read, records, source
from django.db import connection
from django.test.utils import CaptureQueriesContext

from misthoorn.intake import queries
from misthoorn.intake.advisories.changes import changes_in, changes_of
from misthoorn.intake.models import Advisory, AdvisoryChange, AdvisoryScore, AdvisoryStatement

pytestmark = pytest.mark.django_db

CVE = "CVE-2024-0001"


@pytest.fixture(autouse=True)
def _sources():
    source("cve", form="cve5", tlp="CLEAR")
    source("kev", form="kev", tlp="CLEAR")
    source("epss", form="epss", tlp="CLEAR")


def epss(day, *rows):
    lines = [f"#model_version:v2026.01.01,score_date:2026-11-{day:02}T00:00:00+0000", "cve,epss,percentile"]
    return "\n".join([*lines, *(f"{number},{score},0.5" for number, score in rows), ""]).encode()


def facts():
    return queries.advisories([CVE])[CVE]


def changes():
    return [(one.what, one.before, one.after) for one in AdvisoryChange.objects.order_by("pk")]


def test_a_score_alone_makes_no_advisory_and_is_there_when_one_comes():
    batch = queries.batch(deliver(epss(1, (CVE, 0.6), ("CVE-2024-0002", 0.1)), source="epss"))
    assert (batch.state, batch.rows_accepted, Advisory.objects.count()) == ("accepted", 2, 0)

    deliver(records(cve(CVE, score=9.0)), source="cve")

    assert (facts().epss, str(facts().epss_on), facts().severity) == (0.6, "2026-11-01", "urgent")
    assert [reason["code"] for reason in facts().priority_because] == ["epss-likely", "score-high"]


def test_what_is_known_does_not_depend_on_the_order_of_scores_and_records():
    deliveries = [("epss", epss(1, (CVE, 0.6))), ("epss", epss(2, (CVE, 0.2))), ("cve", records(cve(CVE, score=5.0)))]
    fields = ("epss", "epss_on", "severity", "priority_because", "judgements")
    ends = []
    for order in permutations(deliveries):
        for slug, content in order:
            read(keep(content, source=slug))
        ends.append(Advisory.objects.values(*fields).get())
        AdvisoryStatement.objects.all().delete()
        for model in (Advisory, AdvisoryScore, queries.Batch):
            model.objects.all().delete()

    assert all(one == ends[0] for one in ends)
    assert (ends[0]["epss"], ends[0]["severity"]) == (0.2, "high")


def test_a_score_that_changes_no_word_makes_nobody_match_again():
    deliver(records(cve(CVE, score=9.0)), source="cve")
    before = Advisory.objects.get()
    batch = deliver(epss(1, (CVE, 0.04)), source="epss")

    after = Advisory.objects.get()

    assert (after.epss, after.revision, after.changed_at) == (0.04, before.revision, before.changed_at)
    assert (queries.touched(batch), changes()) == ([], [])


def test_a_score_that_changes_the_word_is_matched_and_told_of():
    deliver(records(cve(CVE, score=9.0)), source="cve")
    deliver(epss(1, (CVE, 0.04)), source="epss")
    batch = deliver(epss(2, (CVE, 0.7)), source="epss")

    assert queries.touched(batch) == [CVE]
    assert changes() == [("likelier", "0.04", "0.7"), ("worse", "high", "urgent")]
    assert [one.what for one in changes_of(CVE)] == ["worse", "likelier"]
    assert [(one.identifier, one.what) for one in changes_in(batch)] == [(CVE, "likelier"), (CVE, "worse")]


def test_many_scores_take_a_few_statements_and_none_for_each():
    deliver(records(*(cve(f"CVE-2024-{n:04}", score=5.0) for n in range(1000, 1100))), source="cve")

    def statements(day, count):
        with CaptureQueriesContext(connection) as taken:
            deliver(epss(day, *((f"CVE-2024-{n:04}", 0.6) for n in range(1000, 1000 + count))), source="epss")
        return len([one for one in taken if "advisoryscore" in one["sql"] or "SELECT" in one["sql"]])

    assert statements(2, 100) <= statements(1, 1) + 10


def test_known_to_be_exploited_is_told_of_as_getting_worse():
    deliver(records(cve(CVE, score=5.0)), source="cve")
    assert changes() == []

    deliver(exploited(CVE), source="kev")
    deliver(exploited(CVE, "CVE-2024-0009"), source="kev")

    assert changes() == [("exploited", "", "2021-12-10"), ("worse", "normal", "urgent")]


def test_what_is_withdrawn_and_comes_back_is_told_of():
    deliver(records(cve(CVE, score=5.0)), source="cve")
    deliver(records(cve(CVE, state="REJECTED", modified="2024-01-01T00:00:00Z")), source="cve")
    deliver(records(cve(CVE, score=5.0, modified="2025-01-01T00:00:00Z")), source="cve")

    assert [what for what, *_ in changes()] == ["withdrawn", "back"]


def test_judgements_of_all_sources_stand_side_by_side_with_what_their_vectors_give():
    deliver(records(cve(CVE, score=9.8)), source="cve")

    (one,) = facts().judgements

    assert (one.scheme, one.score, one.computed, one.vector) == ("CVSS:3.1", 9.8, None, "CVSS:3.1/AV:N")
