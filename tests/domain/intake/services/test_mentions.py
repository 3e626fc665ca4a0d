import json
from io import BytesIO
from itertools import permutations

import pytest
from cast import NOW
from deliveries import cve, keep, read, records, source
from django.db import transaction

from misthoorn.formats.advisories import cve5
from misthoorn.intake.models import Advisory, AdvisoryKey, AdvisoryMention, Batch
from misthoorn.intake.products import product_dictionary
from misthoorn.intake.queries import touched
from misthoorn.intake.services import keep_statements
from misthoorn.intake.services.mentions import renamed_advisories
from misthoorn.matching.dictionary.terms import Mention

pytestmark = pytest.mark.django_db

LOG4J = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"


@pytest.fixture(autouse=True)
def _sources():
    source("cve", form="cve5", tlp="CLEAR")


def named(number, *, product="Log4j", cpe=LOG4J):
    """A record that calls its product so."""
    record = cve(number)
    record["containers"]["cna"]["affected"][0] |= {"product": product, "cpes": [cpe] if cpe else []}
    return record


def test_what_advisories_call_products_is_counted_by_advisory():
    read(keep(records(cve("CVE-2024-0001"), cve("CVE-2024-0002"), named("CVE-2024-0003", cpe="")), source="cve"))

    assert product_dictionary() == {Mention("Apache", "Log4j", LOG4J, ""): 2, Mention("Apache", "Log4j", "", ""): 1}


def test_what_a_source_no_longer_says_is_no_longer_in_the_dictionary():
    read(keep(records(cve("CVE-2024-0001")), source="cve"))
    read(keep(records(cve("CVE-2024-0001", state="REJECTED", modified="2024-01-01T00:00:00Z")), source="cve"))

    assert product_dictionary() == {}


def test_an_advisory_in_words_has_the_keys_of_its_alias_whichever_comes_first():
    first, second = (records(named(f"CVE-2024-000{n}", product="Logging for Java")) for n in (1, 2))
    in_words = records(named("CVE-2024-0003", product="Apache Logging for Java", cpe=""))
    ends = set()
    for order in permutations([first, second, in_words]):
        for content in order:
            read(keep(content, source="cve"))
        keys = AdvisoryKey.objects.filter(advisory__identifier="CVE-2024-0003")
        ends.add(tuple(sorted((key.space, bytes(key.key), key.certainty) for key in keys)))
        for model in (AdvisoryKey, AdvisoryMention, Advisory, Batch):
            model.objects.all().delete()

    assert len(ends) == 1
    assert ("cpe", b"a:apache:log4j", "likely") in ends.pop()


def keys_of(number):
    rows = AdvisoryKey.objects.filter(advisory__identifier=number)
    return {(key.space, bytes(key.key)) for key in rows}


def test_however_many_are_found_by_a_new_alias_all_are_matched_with_what_brought_it():
    many = [f"CVE-2024-{n}" for n in range(1000, 1120)]
    read(keep(records(*(named(one, product="Logging for Java", cpe="") for one in many)), source="cve"))
    assert not any(("cpe", b"a:apache:log4j") in keys_of(one) for one in many)

    ties = [named(f"CVE-2023-000{n}", product="Logging for Java") for n in (1, 2)]
    batch = keep(records(*ties), source="cve")
    read(batch)

    assert all(("cpe", b"a:apache:log4j") in keys_of(one) for one in many)
    assert set(touched(batch)) == {*many, "CVE-2023-0001", "CVE-2023-0002"}
    assert renamed_advisories(limit=1) == []


def test_what_a_reading_that_died_left_to_be_found_otherwise_the_next_one_finds():
    read(keep(records(named("CVE-2024-0001", product="Logging for Java", cpe="")), source="cve"))
    read(keep(records(named("CVE-2024-0002", product="Logging for Java")), source="cve"))
    batch = keep(records(named("CVE-2024-0003", product="Logging for Java")), source="cve")
    (content,) = next(
        cve5.read(BytesIO(json.dumps(named("CVE-2024-0003", product="Logging for Java")).encode()), name="", now=NOW)
    ).advisories
    with transaction.atomic():
        keep_statements([content], batch=Batch.objects.get(pk=batch), at=NOW)
    assert ("cpe", b"a:apache:log4j") not in keys_of("CVE-2024-0001")

    read(batch)

    assert ("cpe", b"a:apache:log4j") in keys_of("CVE-2024-0001")
    assert "CVE-2024-0001" in touched(batch)
