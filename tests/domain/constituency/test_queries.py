import io
from datetime import UTC, datetime, timedelta

import pytest
from cast import BAKERY, BROKER, CLUB, NOW, WATERWORKS, organisation

from misthoorn.accounts.queries import audit_trail
from misthoorn.accounts.services import create_person
from misthoorn.constituency import queries
from misthoorn.constituency.imports import read_table
from misthoorn.constituency.models import Asset, Contact, Organisation, Refusal
from misthoorn.constituency.services import decide_kind, import_table, mark_bounced, refuse_subject
from misthoorn.matching.schema import ASSET_KEY_SCHEMA

pytestmark = pytest.mark.django_db


@pytest.fixture
def bakery():
    """The bakery without its contact."""
    pk = organisation(BAKERY)
    Contact.objects.all().delete()
    return pk


def contact(owner, role, *, confirmed=True, confidence=50, **more):
    return Contact.objects.create(
        organisation_id=owner,
        role=role,
        address=f"{role}{Contact.objects.count()}@korenaar.example",
        confirmed_at=NOW if confirmed else None,
        confidence=confidence,
        provenance="x",
        created_at=NOW,
        **more,
    ).pk


def ladder(pk):
    return [one.id for one in queries.ladders([pk], now=NOW).get(pk, [])]


# --- the ladder ---


def test_the_organisation_itself_comes_before_others_on_the_ladder(bakery):
    roles = ["it_provider", "technical", "abuse", "general", "owner", "security"]
    ids = [contact(bakery, role) for role in roles]

    assert ladder(bakery) == ids[::-1]


def test_a_confirmed_contact_comes_before_one_that_nobody_confirmed(bakery):
    unconfirmed = contact(bakery, "security", confirmed=False, confidence=100)
    confirmed = contact(bakery, "abuse", confidence=1)

    assert ladder(bakery) == [confirmed, unconfirmed]


def test_of_two_alike_the_surer_one_comes_first_and_then_the_older(bakery):
    old, sure, new = (contact(bakery, "owner", confidence=one) for one in (50, 90, 50))

    assert ladder(bakery) == [sure, old, new]


@pytest.mark.parametrize("why", ["bounced_at", "stopped_at"])
def test_a_contact_that_bounced_or_stopped_is_not_taken_and_is_shown_with_the_reason(bakery, why):
    out = contact(bakery, "security", **{why: NOW})
    usable = contact(bakery, "abuse", confirmed=False)

    assert ladder(bakery) == [usable]
    assert queries.usable_contact(out) is None
    assert queries.usable_contact(usable).id == usable
    shown = {one.contact.id: one.reason for one in queries.ladder_of(bakery, now=NOW) if one.contact}
    assert shown == {usable: "taken", out: why.removesuffix("_at")}


def test_an_organisation_without_a_usable_contact_has_no_ladder(bakery):
    assert queries.ladders([bakery, 999], now=NOW) == {}


def test_a_bounce_is_kept_with_the_moment_of_the_first(bakery):
    pk = contact(bakery, "owner")
    mark_bounced(contact=pk, at=NOW)
    mark_bounced(contact=pk, at=NOW + timedelta(days=1))

    kept = queries.ladder_of(bakery, now=NOW)[0].contact
    assert (kept.bounced_at, kept.bounces) == (NOW, 2)


# --- refusals and kinds ---


def test_a_subject_that_is_refused_twice_is_refused_once_and_no_other_is(bakery):
    for day in (0, 1):
        refuse_subject(organisation=bakery, subject="open-rdp", at=NOW + timedelta(days=day))

    assert queries.refusals("open-rdp") == {bakery}
    assert queries.refusals("open-vnc") == set()
    assert Refusal.objects.get().since == NOW


def test_a_person_decides_what_kind_of_organisation_it_is():
    pk = organisation(CLUB)
    analyst = create_person(username="ada", name="Ada", password="long enough for this", role="analyst", at=NOW)
    decide_kind(organisation=pk, kind="general", person=analyst, at=NOW)

    assert queries.organisation(pk).kind == "general"
    assert audit_trail()[0].action == "kind decided"


# --- looking ---


def test_organisations_are_found_by_part_of_the_name_by_number_and_by_asset():
    bakery, broker = organisation(BAKERY), organisation(BROKER)

    assert [one.id for one in queries.search(text="")] == [bakery, broker]
    assert [one.id for one in queries.search(text="KOREN")] == [bakery]
    assert [one.id for one in queries.search(text="30000002")] == [broker]
    assert [one.id for one in queries.search(text="192.0.2.0/28")] == [bakery]
    assert [one.id for one in queries.search(text="Korenaar.example")] == [bakery]
    assert queries.search(text="nobody") == []
    assert len(queries.search(text="", limit=1)) == 1


def test_what_is_found_says_how_many_assets_it_has_in_two_statements(django_assert_num_queries):
    for company in (BAKERY, BROKER, WATERWORKS):
        organisation(company)
    with django_assert_num_queries(2):
        assert [one.assets for one in queries.search(text="")] == [3, 2, 1]


def test_what_does_not_exist_is_left_out(bakery):
    assert set(queries.organisations([bakery, 999])) == {bakery}
    assert queries.organisation(999) is None
    assert queries.assets([999]) == {}
    assert {one.value for one in queries.assets_of(bakery)} == {value for _, value, _ in BAKERY.assets}


def test_more_ids_than_fit_in_a_statement_are_looked_up_too(bakery):
    many = [*range(10_000, 60_000), bakery]

    assert set(queries.organisations(many)) == {bakery}
    assert set(queries.assets([*many, *(one.id for one in queries.assets_of(bakery))])) >= {
        one.id for one in queries.assets_of(bakery)
    }
    assert queries.ladders(many, now=NOW) == {}


def test_counts_are_of_all_there_is(bakery):
    Organisation.objects.filter(pk=bakery).update(registered=False)

    assert queries.counts() == {"organisations": 1, "registered": 0, "assets": 3, "contacts": 0}


# --- keys for the join ---


def test_the_keys_of_assets_come_in_the_form_of_the_join(bakery):
    Asset.objects.filter(kind="network").update(valid_from=NOW, valid_to=NOW + timedelta(microseconds=5))
    table = queries.event_key_table()

    assert table.schema == ASSET_KEY_SCHEMA
    rows = {row["kind"]: row for row in table.to_pylist()}
    assert set(rows) == {"network", "domain"}
    network = rows["network"]
    assert (network["organisation"], network["space"], network["key"]) == (bakery, "ip4/24", b"\xc0\x00\x02")
    assert (network["lo"], network["hi"]) == (b"\xc0\x00\x02\x00", b"\xc0\x00\x02\x0f")
    assert network["specificity"] == 28 << 23  # as near as a /28 is
    assert (network["valid_from"], network["valid_to"]) == (NOW, NOW + timedelta(microseconds=5))
    assert (rows["domain"]["key"], rows["domain"]["valid_from"]) == (b"korenaar.example", None)


def test_of_products_only_those_that_are_there_at_the_moment_have_keys(bakery):
    assert len(queries.assets_of(bakery)) == 3
    assert queries.product_key_table(at=NOW).num_rows > 0
    product = Asset.objects.get(kind="product")
    for start, end, there in [
        (NOW, None, True),
        (NOW + timedelta(seconds=1), None, False),
        (None, NOW, False),
        (None, NOW + timedelta(seconds=1), True),
        (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC), False),
    ]:
        text = f"{BAKERY.register_number},product,{product.value},{product.version},{start or ''},{end or ''}"
        rows = f"register_number,kind,value,version,valid_from,valid_to\n{text}\n"
        assert not import_table(read_table(io.StringIO(rows)), at=NOW).failed
        assert bool(queries.product_key_table(at=NOW).num_rows) is there


def test_without_assets_the_tables_of_keys_are_empty_and_of_the_same_form():
    for table in (queries.event_key_table(), queries.product_key_table(at=NOW)):
        assert (table.num_rows, table.schema) == (0, ASSET_KEY_SCHEMA)
