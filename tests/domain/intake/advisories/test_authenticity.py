"""Documents that are not shown to be their maker's: refused as received, and let go by a person alone."""

import io
import json
import zipfile

import pytest
from cast import ANALYST, NOW, person
from deliveries import read, source

from misthoorn.intake import queries, source_queries
from misthoorn.intake.models import AdvisoryStatement, Batch
from misthoorn.intake.quarantine import groups
from misthoorn.intake.services import Brought, IntakeError, leave_unread, preview_release, receive, release_batch
from misthoorn.intake.services.sources import Definition, define_source
from misthoorn.intake.services.sources_fetch import fetch_now
from misthoorn.intake.sources.base import Item, Reached
from misthoorn.intake.sources.registry import TRANSPORTS

pytestmark = pytest.mark.django_db


def document(number):
    return {
        "document": {
            "category": "csaf_security_advisory",
            "title": "A hole",
            "publisher": {"category": "vendor", "name": "Maker", "namespace": "https://maker.example"},
            "tracking": {
                "id": f"MAKER-{number}",
                "status": "final",
                "version": "1",
                "initial_release_date": "2026-11-01T00:00:00Z",
                "current_release_date": "2026-11-01T00:00:00Z",
            },
        },
        "product_tree": {
            "branches": [
                {
                    "category": "vendor",
                    "name": "Maker",
                    "branches": [
                        {"category": "product_name", "name": "Box", "product": {"name": "Box", "product_id": "1"}}
                    ],
                }
            ]
        },
        "vulnerabilities": [{"cve": f"CVE-2026-000{number}", "product_status": {"known_affected": ["1"]}}],
    }


@pytest.fixture
def batch():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in (1, 2):
            archive.writestr(f"maker-{number}.json", json.dumps(document(number)))
    packed.seek(0)
    source(form="csaf")
    said = Brought(unproven="signature-wrong")
    number = receive(packed, source="scan", name="a.zip", at=NOW, brought=said).batch
    read(number)
    return Batch.objects.get(pk=number)


def test_each_of_them_is_in_the_quarantine_as_received_and_none_is_used(batch):
    rows = queries.refused_rows(batch=batch.pk, limit=9)

    assert (batch.state, batch.rows_in, batch.rows_refused, batch.rows_accepted) == ("refused", 2, 2, 0)
    assert [json.loads(row.raw) for row in rows] == [document(1), document(2)]
    assert {row.code for row in rows} == {"signature-wrong"}
    assert "'maker-1.json': the signature beside it was not made" in rows[0].reason
    assert "Ask the maker" in batch.problem
    assert [one.kept for one in groups(now=NOW)] == [True]
    assert source_queries.state("scan").unproven == 1
    assert not AdvisoryStatement.objects.exists()


def test_a_person_sees_what_they_say_and_lets_them_go(batch):
    seen = preview_release(batch=batch.pk, now=NOW)
    release_batch(batch=batch.pk, person=person(ANALYST), at=NOW)
    read(batch.pk)
    batch.refresh_from_db()

    assert (seen.accepted, seen.freed) == (2, {"signature-wrong": 2})
    assert (batch.state, batch.rows_accepted, batch.rows_refused, batch.problem) == ("accepted", 2, 0, "")
    assert AdvisoryStatement.objects.count() == 2
    assert queries.batch(batch.pk).unproven == "signature-wrong"
    assert source_queries.state("scan").unproven == 0


def test_what_a_transport_could_not_prove_comes_in_a_delivery_that_says_so(monkeypatch):
    class Provider:
        changes, schemes = True, ("https",)

        def fetch(self):
            return lambda *_, **__: iter([Item("a.zip", io.BytesIO(b"PK"), unproven="hash-wrong"), Reached({"at": 1})])

    monkeypatch.setitem(TRANSPORTS, "feed", Provider())
    way = {"transport": "feed", "address": "https://maker.example/x", "format": "csaf"}
    define_source(Definition(slug="maker", name="Maker", **way), at=NOW)
    (number,) = fetch_now(source="maker", person=None)[1]

    assert Batch.objects.get(pk=number).unproven == "hash-wrong"


def test_a_person_leaves_them_unread_and_then_nobody_is_asked_any_more(batch):
    assert [(one.batch, one.code, one.rows) for one in source_queries.unproven_batches()] == [
        (batch.pk, "signature-wrong", 2)
    ]
    leave_unread(batch=batch.pk, person=person(ANALYST), at=NOW)

    facts = queries.batch(batch.pk)
    assert (facts.turned_away, facts.state, facts.rows_refused) == (True, "refused", 2)
    assert source_queries.unproven_batches() == []
    assert preview_release(batch=batch.pk, now=NOW).accepted == 2


def test_what_does_not_wait_for_that_is_not_left(batch):
    release_batch(batch=batch.pk, person=person(ANALYST), at=NOW)

    with pytest.raises(IntakeError, match="nothing to decide"):
        leave_unread(batch=batch.pk, person=person(ANALYST), at=NOW)
