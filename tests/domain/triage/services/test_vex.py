"""What makers say is not affected (VEX), taken in as deliveries of a source."""

import json
from datetime import timedelta
from itertools import permutations

import pytest
from cast import BAKERY, BROKER, NOW, organisation
from deliveries import cve, deliver, own_products, records, source

from misthoorn.intake.models import Batch, RefusedRow
from misthoorn.triage import queries, suppression
from misthoorn.triage.models import Campaign, Finding, Suppression
from misthoorn.triage.services import end_suppression, revive_suppressed

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LOG4SHELL = "CVE-2021-44228"
LOG4J = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"


@pytest.fixture(autouse=True)
def _log4j(make_bakery):
    make_bakery()
    source("cve", form="cve5")
    source("vex", form="openvex")
    source("vex-2", form="openvex")
    deliver(records(cve()), source="cve")


def says(status="not_affected", *, product=LOG4J, about=LOG4SHELL, at=NOW - DAY, aliases=()):
    """An OpenVEX document with one statement."""
    kind = "purl" if product.startswith("pkg:") else "cpe23"
    statement = {
        "vulnerability": {"name": about, "aliases": list(aliases)},
        "products": [{"@id": product, "identifiers": {kind: product}}],
        "status": status,
        "timestamp": at.isoformat(),
    }
    if status == "not_affected":
        statement |= {"justification": "vulnerable_code_not_present", "impact_statement": "JNDI is left out."}
    head = {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://apache.example/vex", "author": "Apache"}
    head |= {"timestamp": at.isoformat(), "version": 1, "statements": [statement]}
    return json.dumps(head).encode()


def take(*documents, of="vex", at=NOW):
    for document in documents:
        deliver(document, source=of, name="vex.json", at=at)
    revive_suppressed(now=at)


def quiet(now=NOW):
    return bool(suppression.silenced(list(Finding.objects.values_list("pk", flat=True)), now=now))


def test_a_statement_silences_with_its_reason_source_and_delivery_and_the_gates_say_so():
    take(says())

    one = Suppression.objects.get()
    assert quiet()
    assert (one.source.slug, one.batch, one.created_by) == ("vex", Batch.objects.get(name="vex.json"), None)
    assert one.reason == "not affected, says Apache: vulnerable_code_not_present: JNDI is left out."
    assert (one.created_at, one.until) == (NOW - DAY, NOW + timedelta(days=365))
    assert queries.funnel(Campaign.objects.get().pk, now=NOW).left_out == {"suppressed": 1}


def test_it_holds_for_whoever_has_the_product_and_for_no_other_product():
    organisation(BROKER)
    own_products(BROKER, "cpe:2.3:a:apache:log4j:2.13.0", "pkg:maven/org.apache.logging.log4j/log4j-core@2.13.0")
    take(says())

    silenced = suppression.silenced(list(Finding.objects.values_list("pk", flat=True)), now=NOW)
    assert set(Finding.objects.filter(pk__in=silenced).values_list("asset__value", flat=True)) == {LOG4J}


@pytest.mark.parametrize(
    ("changes", "silent"),
    [
        ({"about": "CVE-2021-45046"}, False),
        ({"about": "GHSA-jfh8-c2jp-5v3q", "aliases": (LOG4SHELL,)}, True),
        ({"product": "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*"}, True),
        ({"product": "cpe:2.3:a:apache:log4j:2.14.0:*:*:*:*:*:*:*"}, False),
        ({"status": "affected"}, False),
        ({"status": "under_investigation"}, False),
        ({"status": "fixed", "product": "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*"}, True),
    ],
)
def test_it_says_no_more_than_it_says(changes, silent):
    take(says(**changes))

    assert quiet() is silent


def test_a_statement_that_calls_the_vulnerability_by_another_number_is_about_the_same():
    ghsa = {"id": "GHSA-jfh8-c2jp-5v3q", "aliases": [LOG4SHELL], "modified": "2026-01-01T00:00:00Z"}
    source("osv", form="osv")
    deliver(json.dumps(ghsa).encode(), source="osv", name="ghsa.json")
    take(says(about="GHSA-jfh8-c2jp-5v3q"))
    assert quiet()


GHSA = "GHSA-jfh8-c2jp-5v3q"


def names_meet(at=NOW):
    """A source says that the two numbers are one vulnerability."""
    ghsa = {"id": GHSA, "aliases": [LOG4SHELL], "modified": "2026-01-01T00:00:00Z"}
    deliver(json.dumps(ghsa).encode(), source="osv", name="ghsa.json", at=at)


def test_a_statement_under_another_number_silences_once_it_is_known_to_be_one_of_the_vulnerability():
    source("osv", form="osv")
    take(says(about=GHSA))
    assert not quiet()

    names_meet()

    assert quiet()
    by = {one.subject: one for one in Suppression.objects.all()}
    assert by.keys() == {GHSA, LOG4SHELL}
    assert {(one.source.slug, one.batch, one.reason) for one in by.values()} == {
        ("vex", Batch.objects.get(name="vex.json"), by[GHSA].reason)
    }
    take(says(about=GHSA).replace(b'"version": 1', b'"version": 2'), at=NOW + 30 * DAY)
    assert {one.until for one in Suppression.objects.all()} == {NOW + 395 * DAY}


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_it_does_not_matter_when_two_numbers_turn_out_to_be_one(order):
    source("osv", form="osv")
    steps = [
        lambda: take(says(about=GHSA, at=NOW - 3 * DAY)),
        lambda: take(says("affected", at=NOW - 2 * DAY), of="vex-2"),
        lambda: take(says(about=GHSA, product=f"{LOG4J[:22]}:2.14.1:*:*:*:*:*:*:*", at=NOW - DAY), of="vex-2"),
        names_meet,
    ]
    for number in order:
        steps[number]()
    assert quiet()  # the last of the three, whatever came before

    take(says("under_investigation", about=GHSA, at=NOW - DAY / 2))
    assert not quiet()


def test_what_a_person_ended_stays_ended_under_the_other_number(analyst):
    source("osv", form="osv")
    take(says(about=GHSA))
    end_suppression(suppression=Suppression.objects.get().pk, person=analyst, now=NOW)

    names_meet()

    assert not quiet()
    assert {one.ended_by_id for one in Suppression.objects.all()} == {analyst}


def test_an_older_statement_under_another_number_does_not_undo_a_newer_warning():
    source("osv", form="osv")
    take(says("affected", at=NOW - DAY), of="vex-2")
    take(says(about=GHSA, at=NOW - 2 * DAY))
    names_meet()

    assert not quiet()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_newest_counts_in_whatever_order_and_from_whatever_source_they_come(order):
    told = [
        (says(at=NOW - 3 * DAY), "vex"),
        (says("affected", at=NOW - 2 * DAY), "vex-2"),
        (says("under_investigation", at=NOW - DAY), "vex"),
    ]
    for number in order:
        document, of = told[number]
        take(document, of=of)
    assert not quiet()

    take(says(at=NOW - DAY / 2), of="vex-2")
    assert quiet()


def test_of_one_moment_the_warning_counts():
    take(says("affected"), says())
    assert not quiet()
    Suppression.objects.all().delete()
    take(says(), says("affected", product=f"{LOG4J[:22]}:2.14.1:*:*:*:*:*:*:*"))
    assert not quiet()


def test_the_same_delivered_again_is_one_that_holds_for_longer():
    take(says())
    take(says().replace(b'"version": 1', b'"version": 2'), at=NOW + 30 * DAY)

    assert Suppression.objects.get().until == NOW + timedelta(days=395)


def test_what_a_person_ended_does_not_come_back_by_the_same_words(analyst):
    take(says())
    end_suppression(suppression=Suppression.objects.get().pk, person=analyst, now=NOW)

    take(says().replace(b'"version": 1', b'"version": 2'))

    assert not quiet()


def test_what_a_newer_statement_takes_back_is_warned_about_again():
    take(says())
    Campaign.objects.update(state="approved")
    from misthoorn.triage.services import release_campaign  # noqa: PLC0415  only here

    release_campaign(campaign=Campaign.objects.get().pk, now=NOW)
    take(says("affected", at=NOW), at=NOW + DAY)

    again = Campaign.objects.get(state="proposed")
    assert list(again.findings.values_list("subject", flat=True)) == [LOG4SHELL]


def test_what_names_no_product_or_no_version_is_refused_with_the_reason():
    take(says("fixed"), says(product="cpe:2.3:a:apache:*"))

    assert set(RefusedRow.objects.values_list("code", flat=True)) == {"fixed-without-version", "cpe-wildcard"}
    assert not Suppression.objects.exists()
    assert {(one.rows_in, one.rows_refused) for one in Batch.objects.filter(name="vex.json")} == {(1, 1)}


def test_a_statement_from_the_future_counts_from_when_it_came():
    take(says(at=NOW + 400 * DAY))

    assert Suppression.objects.get().created_at == NOW
    assert BAKERY.name in str(Finding.objects.get().organisation)
