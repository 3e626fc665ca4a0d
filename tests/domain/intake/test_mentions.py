from itertools import permutations

import pytest
from deliveries import cve, keep, read, records, source

from misthoorn.intake.models import Advisory, AdvisoryKey, AdvisoryMention, Batch
from misthoorn.intake.products import product_dictionary
from misthoorn.matching.dictionary import Mention

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
