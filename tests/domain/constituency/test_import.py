import io
from datetime import timedelta

import pytest
from cast import BAKERY, BROKER, NOW, Company, organisation, tables

from misthoorn.constituency.imports import Failed, read_table
from misthoorn.constituency.models import Asset, AssetKey, Contact, Organisation
from misthoorn.constituency.services import PIECE_KEYS, PIECE_ROWS, import_table
from misthoorn.matching.inventory.assets import NormalAsset, asset_keys, specificity

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)
MODELS = (Organisation, Asset, AssetKey, Contact)


def take(text, *, at=NOW, dry_run=False):
    return import_table(read_table(io.StringIO(text)), at=at, dry_run=dry_run)


def everything():
    return [list(model.objects.order_by("pk").values()) for model in MODELS]


def rows_of(result):
    return (result.read, result.added, result.changed, result.unchanged, len(result.failed))


def assets(*rows):
    return "\n".join(["register_number,kind,value,version,label,valid_from,valid_to", *rows, ""])


def own(*rows, at=NOW):
    return take(assets(*(f"{BAKERY.register_number},{row}" for row in rows)), at=at)


def test_three_tables_make_organisations_with_assets_and_contacts():
    results = {name: take(text) for name, text in tables(BAKERY, BROKER).items()}

    assert {name: (one.kind, rows_of(one)) for name, one in results.items()} == {
        "organisations": ("organisations", (2, 2, 0, 0, 0)),
        "assets": ("assets", (5, 5, 0, 0, 0)),
        "contacts": ("contacts", (2, 2, 0, 0, 0)),
    }
    bakery = Organisation.objects.get(register_number=BAKERY.register_number)
    assert (bakery.name, bakery.kind, bakery.created_at) == (BAKERY.name, "general", NOW)
    assert sorted(bakery.assets.values_list("kind", "value", "version")) == sorted(BAKERY.assets)
    assert bakery.contacts.get().address == BAKERY.address


def test_an_import_that_is_repeated_changes_nothing():
    organisation(BAKERY)
    before = everything()

    for name, text in tables(BAKERY).items():
        result = take(text, at=LATER)
        assert (result.added, result.changed, result.unchanged) == (0, 0, result.read), name

    assert everything() == before


def test_what_a_row_says_differently_is_changed_and_the_rest_stays():
    organisation(BAKERY)
    organisation(BROKER)
    text = "\n".join(tables(BAKERY, BROKER)["organisations"].splitlines()).replace("De Korenaar", "De Aar")

    assert rows_of(take(text + "\n", at=LATER)) == (2, 0, 1, 1, 0)
    bakery = Organisation.objects.get(register_number=BAKERY.register_number)
    assert (bakery.name, bakery.created_at) == ("Bakkerij De Aar", NOW)
    assert bakery.assets.count() == 3


def test_what_is_not_in_the_file_stays_as_it_is():
    organisation(BAKERY)

    own("network,198.51.100.0/28,,,,")

    assert Asset.objects.count() == 4


@pytest.mark.parametrize("name", ["organisations", "assets", "contacts"])
def test_a_dry_run_says_what_would_happen_and_keeps_nothing(name):
    organisation(BAKERY)
    Contact.objects.update(confidence=1)
    Asset.objects.filter(kind="network").update(version="x")
    Organisation.objects.update(name="x")
    before = everything()

    dry = take(tables(BAKERY)[name], dry_run=True)

    assert everything() == before
    assert dry.changed == 1
    assert take(tables(BAKERY)[name]) == dry


def test_rows_that_fail_are_told_in_the_order_of_the_file_and_the_others_are_taken():
    organisation(BAKERY)

    result = own("network,192.0.2.300,,,,", "domain,a.example,,,,", "network,,,,,", "domain,b.example,,,,")

    assert rows_of(result) == (4, 2, 0, 0, 2)
    assert [row.line for row in result.failed] == [2, 4]


def test_rows_of_an_organisation_that_is_not_there_fail_with_what_to_do_first():
    result = take(tables(BAKERY)["contacts"])

    (failed,) = result.failed
    assert failed.line == 2
    assert failed.reason == "There is no organisation with register number '30000001'. Import organisations first."
    assert failed.cells[0] == "30000001"


@pytest.mark.parametrize("far", [0, PIECE_ROWS])
def test_the_same_thing_twice_in_one_file_is_told_however_far_apart(far):
    organisation(BAKERY)
    between = [f"domain,d{n}.example,,,," for n in range(far)]

    result = own("network,192.0.2.64/28,,,,", *between, "network,192.0.2.65/28,,,,")

    (failed,) = result.failed
    assert failed == Failed(far + 3, failed.cells, "The same thing stands on line 2. Keep one of them.")
    assert rows_of(result) == (far + 2, far + 1, 0, 0, 1)


def test_one_product_on_two_servers_is_two_assets_by_its_label():
    organisation(BAKERY)

    result = own("product,pkg:pypi/django,5.0,web,,", "product,pkg:pypi/django,5.0,mail,,")

    assert rows_of(result) == (2, 2, 0, 0, 0)


def test_a_change_that_the_database_refuses_leaves_its_piece_as_it_was(monkeypatch):
    organisation(BAKERY)
    before = everything()
    monkeypatch.setattr("misthoorn.constituency.services.write_keys", lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        own("network,198.51.100.0/28,,,,", "product,pkg:pypi/django,5.0,,,")

    assert everything() == before


# --- keys ---


def keys_are_those_of_the_assets():
    wanted = set()
    for asset in Asset.objects.all():
        normal = NormalAsset(asset.kind, asset.value, asset.version)
        depth = specificity(normal)
        wanted |= {(asset.pk, key.space, key.key, key.lo, key.hi, depth) for key in asset_keys(normal)}
    rows = AssetKey.objects.values_list("asset", "space", "key", "lo", "hi", "specificity")
    found = [(pk, space, bytes(key), bytes(lo), bytes(hi), depth) for pk, space, key, lo, hi, depth in rows]
    return len(found) == len(set(found)) and set(found) == wanted


def test_keys_follow_every_change_of_an_asset():
    organisation(BAKERY)
    assert keys_are_those_of_the_assets()

    own("product,cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*,2.17.1,,,", at=LATER)
    assert Asset.objects.get(kind="product").version == "2.17.1"
    assert keys_are_those_of_the_assets()

    own("network,2001:db8::/29,,,,", "network,10.0.0.0/15,,,,", "asn,AS64496,,,,")
    assert keys_are_those_of_the_assets()

    Asset.objects.filter(kind="network").delete()
    assert keys_are_those_of_the_assets()


def test_a_piece_never_writes_more_keys_than_fit_in_a_short_transaction(monkeypatch):
    from misthoorn.constituency import services  # noqa: PLC0415  to count what it writes

    organisation(BAKERY)
    written = []
    real = services.write_keys

    def count(some):
        before = AssetKey.objects.count()
        real(some)
        written.append(AssetKey.objects.count() - before)

    monkeypatch.setattr(services, "write_keys", count)
    own(*(f"network,{n}.{part}.0.0/12,,,," for n in range(20, 84) for part in (16, 32, 48)))

    assert sum(written) == 12 * 256
    assert max(written) < PIECE_KEYS + 256


def test_a_large_organisation_is_imported_without_reading_all_it_has(django_assert_max_num_queries):
    organisation(BAKERY)
    own(*(f"domain,d{n}.example,,,," for n in range(600)))

    with django_assert_max_num_queries(12):
        result = own("domain,d5.example,,,2026-01-01,", at=LATER)
    assert rows_of(result) == (1, 0, 1, 0, 0)


def test_a_country_of_organisations_takes_a_few_statements_a_piece(django_assert_max_num_queries):
    companies = [Company(str(n), f"Firma {n}", "general", (), "a@b.example") for n in range(PIECE_ROWS)]

    with django_assert_max_num_queries(10):
        assert take(tables(*companies)["organisations"]).added == PIECE_ROWS


def test_who_owns_networks_of_others_is_taken_in_and_stays_where_a_table_does_not_say_it():
    head = "register_number,name,kind,sector,size"
    row = f"{BAKERY.register_number},{BAKERY.name},general,trade,10-49"

    def is_owner():
        return Organisation.objects.get(register_number=BAKERY.register_number).network_owner

    take(f"{head}\n{row}\n")
    assert not is_owner()
    take(f"{head},network_owner\n{row},ja\n")
    assert is_owner()
    assert rows_of(take(f"{head}\n{row}\n")) == (1, 0, 0, 1, 0)
    assert is_owner()
    assert len(take(f"{head},network_owner\n{row},perhaps\n").failed) == 1
    take(f"{head},network_owner\n{row},no\n")
    assert not is_owner()


def test_a_membership_of_an_oktt_is_taken_in_and_stays_where_a_table_does_not_say_it():
    head = "register_number,name,kind,sector,size"
    row = f"{BAKERY.register_number},{BAKERY.name},general,trade,10-49"

    def membership():
        return Organisation.objects.get(register_number=BAKERY.register_number).oktt

    take(f"{head},oktt\n{row},FERM\n")
    assert membership() == "FERM"
    assert rows_of(take(f"{head}\n{row}\n")) == (1, 0, 0, 1, 0)
    assert membership() == "FERM"
    take(f"{head},oktt\n{row},\n")
    assert membership() == ""
    assert len(take(f"{head},oktt\n{row},{'x' * 61}\n").failed) == 1
