"""Sources of which one document speaks of several vulnerabilities, and several documents of one vulnerability."""

import json
from itertools import permutations

import pytest
from deliveries import keep, read, source

from misthoorn.intake import queries
from misthoorn.intake.models import Advisory, AdvisoryKey, AdvisoryStatement

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sources():
    source("maker", form="csaf", tlp="GREEN")


def document(number, *cves, product="widget 1.0", day=1, status="final", label=None):
    tlp = {"distribution": {"tlp": {"label": label}}} if label else {}
    return json.dumps(
        {
            "document": {
                "category": "csaf_base",
                "title": number,
                "tracking": {"id": number, "status": status, "current_release_date": f"2026-01-{day:02}T00:00:00Z"},
            }
            | tlp,
            "product_tree": {"full_product_names": [{"product_id": "1", "name": f"acme {product}"}]},
            "vulnerabilities": [{"cve": cve, "product_status": {"known_affected": ["1"]}} for cve in cves],
        }
    ).encode()


def products(cve="CVE-2026-1000"):
    found = AdvisoryKey.objects.filter(advisory__identifier=cve, space="name")
    keys = {bytes(key).decode() for key in found.values_list("key", flat=True)}
    return sorted(key for key in keys if not key.startswith(":"))  # without those of the product's name alone


def take(*documents):
    for one in documents:
        read(keep(one, source="maker"))


def state():
    advisories = Advisory.objects.order_by("identifier").values_list("identifier", "withdrawn", "modified_at", "tlp")
    said = AdvisoryStatement.objects.values_list("advisory__identifier", "document", "content")
    return list(advisories), sorted((one, number, json.dumps(content)) for one, number, content in said)


def test_what_two_documents_of_one_source_say_of_one_vulnerability_adds_up():
    take(document("A-1", "CVE-2026-1000"), document("A-2", "CVE-2026-1000", product="gadget 1.0"))

    assert products() == ["acme:gadget", "acme:widget"]


def test_a_product_that_is_affected_in_all_versions_is_heard_beside_others_with_versions():
    take(document("A-1", "CVE-2026-1000"), document("A-2", "CVE-2026-1000", product="gadget"))

    assert products() == ["acme:gadget", "acme:widget"]


def test_a_later_version_of_a_document_replaces_that_document_only():
    take(
        document("A-1", "CVE-2026-1000"),
        document("A-2", "CVE-2026-1000", product="gadget 1.0"),
        document("A-1", "CVE-2026-1000", product="sprocket 1.0", day=2),
    )

    assert products() == ["acme:gadget", "acme:sprocket"]


def test_what_a_later_version_leaves_out_is_withdrawn():
    take(document("A-1", "CVE-2026-1000", "CVE-2026-2000"), document("A-1", "CVE-2026-2000", day=2))

    assert products() == []
    assert Advisory.objects.get(identifier="CVE-2026-1000").withdrawn
    assert not Advisory.objects.get(identifier="CVE-2026-2000").withdrawn


def test_a_document_that_is_taken_back_takes_back_all_that_it_said():
    take(document("A-1", "CVE-2026-1000", "CVE-2026-2000"), document("A-2", "CVE-2026-2000"))
    take(document("A-1", day=2, status="deleted"))

    assert Advisory.objects.get(identifier="CVE-2026-1000").withdrawn
    assert products("CVE-2026-2000") == ["acme:widget"]


def test_what_is_known_does_not_depend_on_the_order_of_the_versions():
    versions = [
        document("A-1", "CVE-2026-1000", "CVE-2026-2000"),
        document("A-1", "CVE-2026-2000", "CVE-2026-3000", day=2),
        document("A-1", "CVE-2026-3000", day=3),
        document("A-2", "CVE-2026-1000", product="gadget 1.0"),
    ]
    states = []
    for order in permutations(versions):
        take(*order)
        states.append(state())
        AdvisoryStatement.objects.all().delete()
        Advisory.objects.all().delete()
        queries.Batch.objects.all().delete()

    assert all(one == states[0] for one in states)


def test_a_document_with_more_vulnerabilities_than_are_written_at_once_keeps_them_all():
    cves = [f"CVE-2026-{number}" for number in range(1000, 1120)]
    take(document("A-1", *cves), document("A-1", *cves, product="gadget 1.0", day=2))

    assert Advisory.objects.filter(withdrawn=False).count() == 120
    assert products("CVE-2026-1000") == products("CVE-2026-1119") == ["acme:gadget"]


@pytest.mark.parametrize(("label", "kept"), [("WHITE", "GREEN"), ("AMBER", "AMBER"), ("RED", "RED"), (None, "GREEN")])
def test_the_stricter_label_of_source_and_document_holds(label, kept):
    take(document("A-1", "CVE-2026-1000", label=label))

    assert Advisory.objects.get(identifier="CVE-2026-1000").tlp == kept
