from itertools import permutations

import pyarrow as pa
import pytest
from cast import NOW
from deliveries import cve, deliver, exploited, keep, read, records, source
from django.db import connection
from django.test.utils import CaptureQueriesContext

from misthoorn.intake import queries
from misthoorn.intake.advisories import item_keys
from misthoorn.intake.models import Advisory, AdvisoryKey, AdvisoryStatement
from misthoorn.matching import versions

pytestmark = pytest.mark.django_db

LOG4SHELL = "CVE-2021-44228"


@pytest.fixture(autouse=True)
def _sources():
    source("cve", form="cve5", tlp="CLEAR")
    source("kev", form="kev", tlp="GREEN")


def facts(identifier=LOG4SHELL):
    return queries.advisories([identifier])[identifier]


def all_keys():
    return item_keys.read_item_keys(Advisory.objects.values_list("identifier", flat=True)).table


PASSING = {"id", "changed_at", "changed_in", "revision"}  # numbers of rows and of changes


def state():
    """What is known of all advisories, without the numbers of rows and of changes."""
    fields = [field.name for field in Advisory._meta.fields if field.name not in PASSING]
    keys = AdvisoryKey.objects.values_list("advisory__identifier", "space", "key", "lo", "hi", "certainty", "statement")
    return (
        list(Advisory.objects.order_by("identifier").values(*fields)),
        sorted((one, space, bytes(key), bytes(lo), bytes(hi), *rest) for one, space, key, lo, hi, *rest in keys),
        sorted(AdvisoryStatement.objects.values_list("advisory__identifier", "source__slug", "content__title")),
    )


FIRST = records(cve(), cve("CVE-2024-0001", score=5.0))
NEWER = records(cve(modified="2023-01-01T00:00:00Z", below="2.17.1"))
CATALOGUE = exploited(LOG4SHELL)
DELIVERIES = [("cve", FIRST), ("cve", NEWER), ("kev", CATALOGUE)]


def take(order):
    for slug, content in order:
        read(keep(content, source=slug))
    return state()


def forget_all():
    AdvisoryStatement.objects.all().delete()
    Advisory.objects.all().delete()
    queries.Batch.objects.all().delete()


def test_what_is_known_does_not_depend_on_the_order_in_which_deliveries_came():
    states = []
    for order in permutations(DELIVERIES):
        states.append(take(order))
        forget_all()

    assert all(one == states[0] for one in states)
    assert states[0][0][0]["severity"] == "urgent"


def test_a_record_that_is_older_than_what_its_source_said_last_replaces_nothing():
    deliver(NEWER, source="cve")
    before = state()
    deliver(records(cve(modified="2022-06-01T00:00:00Z", below="2.16.0")), source="cve")

    assert state() == before


def test_of_two_records_of_one_number_in_one_file_the_newer_one_counts():
    deliver(records(cve(modified="2023-01-01T00:00:00Z", below="2.17.1"), cve(below="2.15.0")), source="cve")

    (statement,) = queries.affected(LOG4SHELL)[0]["statements"]
    assert statement["high"] == "2.17.1"


def test_known_to_be_exploited_makes_an_advisory_urgent_and_names_who_says_so():
    deliver(records(cve(score=5.0)), source="cve")
    assert facts().severity == "normal"

    deliver(CATALOGUE, source="kev")

    assert (facts().severity, facts().exploited_source) == ("urgent", "CISA KEV")
    assert facts().sources == ("Cve", "Kev")


def test_the_label_of_what_several_sources_say_is_the_strictest():
    deliver(FIRST, source="cve")
    assert facts().tlp == "CLEAR"

    deliver(CATALOGUE, source="kev")

    assert facts().tlp == "GREEN"


def test_a_withdrawn_record_is_kept_and_matches_nothing():
    deliver(FIRST, source="cve")
    assert LOG4SHELL in all_keys()["item"].to_pylist()

    deliver(records(cve(state="REJECTED", modified="2024-01-01T00:00:00Z")), source="cve")

    assert facts().withdrawn
    assert set(all_keys()["item"].to_pylist()) == {"CVE-2024-0001"}


def test_every_record_is_accepted_refused_or_a_duplicate():
    batch = queries.batch(deliver(records(cve(), cve(), {"x": 1}, cve("CVE-2024-0001")), source="cve"))

    assert (batch.rows_in, batch.rows_accepted, batch.rows_refused, batch.rows_duplicate) == (4, 2, 1, 1)
    assert queries.totals()["advisories"] == 2


def test_words_that_no_database_takes_do_no_harm():
    hostile = cve()
    hostile["containers"]["cna"]["title"] = "nul \0 and half a character \ud800"
    hostile["containers"]["cna"]["descriptions"][0]["value"] = "x" * 100_000 + "\0"
    hostile["containers"]["cna"]["metrics"] = [{"cvssV3_1": {"baseScore": 5.0, "vectorString": "A\0" * 1000}}]

    batch = queries.batch(deliver(records(hostile), source="cve"))

    assert (batch.state, batch.rows_accepted) == ("accepted", 1)
    assert facts().title


def test_nothing_is_known_of_an_advisory_that_nobody_delivered():
    deliver(FIRST, source="cve")

    assert queries.advisories([LOG4SHELL, "CVE-1999-0001"]).keys() == {LOG4SHELL}


def test_many_records_take_a_few_statements_for_each_fifty_and_none_for_each(django_assert_max_num_queries):
    def statements(first, last):
        with CaptureQueriesContext(connection) as taken:
            deliver(records(*(cve(f"CVE-2024-{n:04}") for n in range(first, last))), source="cve", at=NOW)
        return len(taken)

    statements(1000, 1002)

    three_pieces = statements(2000, 2110)
    assert statements(3000, 3149) == three_pieces
    assert three_pieces <= 115
    with django_assert_max_num_queries(4):
        assert len(queries.advisories([f"CVE-2024-{n:04}" for n in range(2000, 2110)])) == 110


def test_what_is_said_again_in_the_same_words_changes_nothing_and_is_no_news():
    first = keep(FIRST, source="cve")
    read(first)
    before = Advisory.objects.get(identifier=LOG4SHELL)
    assert queries.touched(first) == [LOG4SHELL, "CVE-2024-0001"]

    again = keep(records(cve(), cve("CVE-2024-0001", score=9.9)), source="cve")
    read(again)

    assert Advisory.objects.get(identifier=LOG4SHELL).revision == before.revision
    assert (queries.touched(first), queries.touched(again)) == ([LOG4SHELL], ["CVE-2024-0001"])


def test_of_two_deliveries_the_later_one_counts_in_whatever_order_they_are_read():
    batches = [keep(content, source="cve") for content in (FIRST, records(cve(below="2.17.1")), FIRST + b"\n")]
    ends = []
    for order in permutations(batches):
        queries.Batch.objects.update(state="received")
        for batch in order:
            read(batch)
        ends.append(state())
        AdvisoryStatement.objects.all().delete()
        Advisory.objects.all().delete()

    assert all(one == ends[0] for one in ends)


def test_keys_of_advisories_are_looked_up_by_what_an_asset_is_found_by(make_product):
    read(keep(records(cve(), cve("CVE-2024-0001")), source="cve"))
    whole = all_keys()

    assert item_keys.item_keys_meeting(make_product("cpe", b"a:apache:log4j", "2.14")).table.num_rows == 2
    assert item_keys.item_keys_meeting(make_product("cpe", b"a:apache:log4j", "2.15")).table.num_rows == 0
    assert item_keys.item_keys_meeting(make_product("name", b"a:apache:log4j", "2.14")).table.num_rows == 0
    assert item_keys.read_item_keys([LOG4SHELL]).table.num_rows * 2 == whole.num_rows
    assert item_keys.read_item_keys([]).table.schema == whole.schema


@pytest.fixture
def make_product():
    def make(space, key, version):
        at = versions.key("generic", version) + b"\x01"
        kinds = {"space": pa.string(), "key": pa.binary(), "lo": pa.binary(), "hi": pa.binary()}
        return pa.Table.from_pylist([{"space": space, "key": key, "lo": at, "hi": at}], pa.schema(kinds))

    return make
