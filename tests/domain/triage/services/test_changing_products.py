"""Products and advisories that change, also at the same moment: what is open is what holds now."""

import json
from datetime import timedelta

import pytest
from cast import BAKERY, NOW
from deliveries import cve, deliver, records, source
from worlds import assets

from misthoorn.constituency.models import Asset
from misthoorn.triage.models import Finding
from misthoorn.triage.services import match_assets, products

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LOG4J = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"


@pytest.fixture(autouse=True)
def _bakery(make_bakery):
    make_bakery()
    match_assets(now=NOW)


def own(value, *, version, start="", end=""):
    assets(BAKERY, ("product", value, version, start, end))


def while_matching(monkeypatch, then):
    """Something happens, once, between the look at the two sides and the writing of what came out."""
    real, done = products._matches, []

    def and_then(*sides):
        found = real(*sides)
        if not done:
            done.append(then)
            then()
        return found

    monkeypatch.setattr(products, "_matches", and_then)


def log4shell():
    return list(Finding.objects.filter(subject_kind="advisory").values_list("state", "evidence__version"))


def test_a_product_that_is_updated_while_an_advisory_is_matched_is_not_warned_about(monkeypatch):
    source("cve", form="cve5")

    def update():
        own(LOG4J, version="2.17.1")
        match_assets(now=NOW)

    while_matching(monkeypatch, update)
    deliver(records(cve()), source="cve")

    assert log4shell() == []
    own(LOG4J, version="2.14.1")
    match_assets(now=NOW)
    assert log4shell() == [("open", "2.14.1")]


def test_an_advisory_that_is_withdrawn_while_changed_products_are_matched_opens_nothing(monkeypatch):
    source("cve", form="cve5")
    own(LOG4J, version="2.17.1")
    match_assets(now=NOW)
    deliver(records(cve()), source="cve")

    def withdraw():
        deliver(records(cve(state="REJECTED", modified="2024-01-01T00:00:00Z")), source="cve")

    own(LOG4J, version="2.14.1")
    while_matching(monkeypatch, withdraw)
    match_assets(now=NOW)

    assert log4shell() == []


def test_an_advisory_that_is_widened_while_changed_products_are_matched_closes_nothing_by_its_old_words(monkeypatch):
    source("cve", form="cve5")
    deliver(records(cve()), source="cve")
    assert log4shell() == [("open", "2.14.1")]

    def widen():
        deliver(records(cve(below="2.18.0", modified="2024-01-01T00:00:00Z")), source="cve")

    own(LOG4J, version="2.17.1")
    while_matching(monkeypatch, widen)
    match_assets(now=NOW)

    assert log4shell() == [("open", "2.17.1")]


def test_what_must_be_there_too_is_asked_of_all_products_of_the_organisation():
    source("nvd", form="nvd2")
    deliver(on_a_platform(), source="nvd")
    assert certainties() == ["likely"]

    own("cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*", version="6.1")
    match_assets(now=NOW)
    assert certainties() == ["exact"]

    own("cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*", version="6.1", end="2026-01-01")
    match_assets(now=NOW)
    assert certainties() == ["likely"]


def certainties():
    return list(Finding.objects.filter(subject_kind="advisory", state="open").values_list("certainty", flat=True))


def on_a_platform():
    """A record of the NVD: Log4j before 2.15.0, running on Linux."""
    log4j = {"vulnerable": True, "criteria": LOG4J, "versionEndExcluding": "2.15.0", "matchCriteriaId": "1"}
    linux = {"vulnerable": False, "criteria": "cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*", "matchCriteriaId": "2"}
    nodes = [{"operator": "OR", "negate": False, "cpeMatch": [one]} for one in (log4j, linux)]
    record = {
        "id": "CVE-2024-0002",
        "sourceIdentifier": "a@example.org",
        "published": "2024-01-01T00:00:00.000",
        "lastModified": "2024-01-02T00:00:00.000",
        "vulnStatus": "Analyzed",
        "descriptions": [{"lang": "en", "value": "A hole on Linux."}],
        "metrics": {},
        "references": [],
        "configurations": [{"operator": "AND", "nodes": nodes}],
    }
    whole = {"format": "NVD_CVE", "version": "2.0", "vulnerabilities": [{"cve": record}]}
    return json.dumps(whole | {"resultsPerPage": 1, "startIndex": 0, "totalResults": 1}).encode()


def test_a_product_that_begins_or_ends_is_opened_and_closed_on_its_day():
    Asset.objects.filter(kind="product").delete()
    deliver(records(cve()), source=source("cve", form="cve5"))
    own(LOG4J, version="2.14.1", start="2026-11-26", end="2026-11-28")

    states = []
    for day in range(6):
        match_assets(now=NOW + day * DAY)
        states.append(Finding.objects.values_list("state", flat=True).first())
    assert states == [None, None, "open", "open", "gone", "gone"]
