"""Advisories and installed products: findings that open and close by what is known, not by what is seen."""

import io
from datetime import timedelta
from itertools import permutations

import pytest
from cast import BAKERY, NOW, organisation
from deliveries import cve, deliver, exploited, match, records, source

from misthoorn.constituency.imports import read_table
from misthoorn.constituency.models import Asset
from misthoorn.constituency.services import import_table
from misthoorn.triage import queries
from misthoorn.triage.models import Campaign, Finding, MatchRun
from misthoorn.triage.services import match_assets

pytestmark = pytest.mark.django_db

LOG4SHELL = "CVE-2021-44228"
PRODUCT = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"


@pytest.fixture(autouse=True)
def _sources():
    source("cve", form="cve5", tlp="GREEN")
    source("kev", form="kev", tlp="CLEAR")


def own(*assets, at=NOW, kind="product"):
    """The bakery's products: (version, label) or (version, label, from, to)."""
    rows = ["register_number,kind,value,version,label,valid_from,valid_to"]
    for version, label, *period in assets:
        start, end = period or ("", "")
        rows.append(f"{BAKERY.register_number},{kind},{PRODUCT},{version},{label},{start},{end}")
    result = import_table(read_table(io.StringIO("\n".join([*rows, ""]))), at=at)
    assert not result.failed, result.failed
    match_assets(now=at)


def take(*cves, at=NOW):
    return deliver(records(*cves), source="cve", at=at)


def found():
    return [(one.subject, one.evidence.get("version"), one.state) for one in Finding.objects.order_by("subject", "pk")]


def test_a_product_with_a_version_in_the_range_is_a_finding(make_bakery):
    make_bakery()
    batch = take(cve(score=10.0), cve("CVE-2024-0001", below="2.14.1"))

    one = Finding.objects.get()
    assert (one.subject, one.subject_kind, one.severity, one.certainty) == (LOG4SHELL, "advisory", "high", "exact")
    assert (one.tlp, one.source.slug, one.last_batch) == ("GREEN", "cve", batch)
    assert MatchRun.objects.get(batch=batch).opened == 1
    assert Campaign.objects.get().subject_kind == "advisory"


def test_what_comes_of_organisation_product_and_advisory_does_not_depend_on_their_order():
    steps = {
        "advisory": lambda: take(cve()),
        "catalogue": lambda: deliver(exploited(LOG4SHELL), source="kev"),
        "product": lambda: (organisation(BAKERY), match_assets(now=NOW)),
    }
    ends = []
    for order in permutations(steps):
        for step in order:
            steps[step]()
        ends.append(list(Finding.objects.values_list("subject", "severity", "certainty", "tlp", "state", "observed")))
        Campaign.objects.all().delete()
        for model in (Finding, MatchRun, Asset):
            model.objects.all().delete()
        _forget_intake()

    assert ends == [[(LOG4SHELL, "urgent", "exact", "GREEN", "open", "")]] * 6


def _forget_intake():
    from misthoorn.intake.models import Advisory, Batch  # noqa: PLC0415  a table that services only add to

    Advisory.objects.all().delete()
    Batch.objects.all().delete()


def test_two_servers_with_the_same_product_are_two_findings(make_bakery):
    make_bakery()
    own(("2.14.0", "web"), ("2.14.0", "mail"))
    take(cve())

    assert sorted(Finding.objects.values_list("observed", flat=True)) == ["", "mail", "web"]


def test_a_product_without_a_version_is_a_likely_finding(make_bakery):
    make_bakery()
    Asset.objects.filter(kind="product").delete()
    own(("", "web"))
    take(cve())

    assert Finding.objects.get().certainty == "likely"


def test_a_new_version_of_the_product_closes_the_finding_and_the_old_one_opens_it_again(make_bakery):
    make_bakery()
    take(cve())

    own(("2.17.1", ""), at=NOW + timedelta(days=1))
    one = Finding.objects.get()
    assert (one.state, one.closed_at) == ("gone", NOW + timedelta(days=1))
    assert one.closed_because == "the product's version or the advisory changed, and they no longer match"

    own(("2.14.1", ""), at=NOW + timedelta(days=2))
    assert (Finding.objects.get().pk, Finding.objects.get().state) == (one.pk, "open")


def test_a_withdrawn_advisory_closes_its_findings(make_bakery):
    make_bakery()
    take(cve(), cve("CVE-2024-0001"))

    batch = take(cve(state="REJECTED", modified="2024-01-01T00:00:00Z"), at=NOW + timedelta(days=1))

    assert found() == [(LOG4SHELL, "2.14.1", "gone"), ("CVE-2024-0001", "2.14.1", "open")]
    assert MatchRun.objects.get(batch=batch).gone == 1


def test_a_corrected_range_closes_what_it_no_longer_holds(make_bakery):
    make_bakery()
    take(cve())
    take(cve(below="2.14.0", modified="2023-01-01T00:00:00Z"), at=NOW + timedelta(days=1))

    assert found() == [(LOG4SHELL, "2.14.1", "gone")]


def test_a_product_that_is_no_longer_there_closes_its_finding(make_bakery):
    make_bakery()
    take(cve())
    own(("2.14.1", "", "", "2026-11-24"))

    assert found() == [(LOG4SHELL, "2.14.1", "gone")]


def test_a_product_that_is_not_there_yet_is_no_finding(make_bakery):
    make_bakery()
    Asset.objects.filter(kind="product").delete()
    own(("2.14.1", "web", "2026-12-01", ""))
    take(cve())

    assert found() == []


def test_known_to_be_exploited_makes_what_is_open_urgent(make_bakery):
    make_bakery()
    take(cve(score=5.0))
    assert Finding.objects.get().severity == "normal"

    deliver(exploited(LOG4SHELL), source="kev", at=NOW + timedelta(days=1))

    assert Finding.objects.get().severity == "urgent"


def test_matching_the_same_delivery_again_counts_nothing_twice(make_bakery):
    make_bakery()
    batch = take(cve())
    before = list(Finding.objects.values())
    MatchRun.objects.filter(batch=batch).update(state="queued")
    match(batch, at=NOW)

    assert list(Finding.objects.values()) == before
    assert MatchRun.objects.get(batch=batch).opened == 1


def test_what_a_later_run_saw_is_not_closed_by_an_earlier_one_that_ends_after_it(make_bakery):
    make_bakery()
    take(cve(), at=NOW + timedelta(minutes=5))

    batch = take(cve(state="REJECTED", modified="2024-01-01T00:00:00Z"), at=NOW)
    assert found() == [(LOG4SHELL, "2.14.1", "open")]

    MatchRun.objects.filter(batch=batch).update(state="queued")
    match(batch, at=NOW + timedelta(minutes=5))
    assert found() == [(LOG4SHELL, "2.14.1", "gone")]


def test_still_true_follows_the_findings(make_bakery):
    make_bakery()
    take(cve())
    ids = list(Finding.objects.values_list("pk", flat=True))
    assert queries.still_true(findings=ids)

    own(("2.17.1", ""))

    assert not queries.still_true(findings=ids)
    assert not queries.still_true(findings=[])


def test_the_number_of_statements_does_not_grow_with_products_and_advisories(
    make_bakery, django_assert_max_num_queries
):
    make_bakery()
    own(*(("2.14.1", f"server {n}") for n in range(40)))
    with django_assert_max_num_queries(162):
        take(*(cve(f"CVE-2024-{n:04}") for n in range(1, 11)))

    assert Finding.objects.count() == 410
