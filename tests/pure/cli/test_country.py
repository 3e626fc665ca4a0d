"""The invented country: large enough, spread over all sectors, and nowhere near anything real."""

import csv
import io
from collections import Counter
from ipaddress import ip_network

import pytest

from misthoorn.cli.demo.country import FIXED, SHOWN, tables
from misthoorn.cli.demo.names import domain_of
from misthoorn.cli.demo.population import LEFT, settle, updated
from misthoorn.constituency.imports import Good, read_table
from misthoorn.constituency.vocabulary import PROVINCES, SECTORS

FREE = [
    ip_network(text)
    for text in (
        *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15"),
        *("2001:db8::/32", "3fff::/20"),
    )
]


@pytest.fixture(scope="module")
def country():
    return settle(5000)


@pytest.fixture(scope="module")
def files(country):
    return tables(country, confirmed_on="2026-11-01")


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_it_has_as_many_organisations_as_asked_and_eight_assets_for_each(country, files):
    assert len(country.organisations) == 5000
    assert len(rows(files["assets.csv"])) >= 40_000


def test_all_nine_sectors_and_twelve_provinces_are_there(country):
    assert {one.sector for one in country.organisations} == set(SECTORS)
    assert {one.province for one in country.organisations} == set(PROVINCES)


def test_every_kind_of_organisation_is_there_and_most_are_general(country):
    kinds = Counter(one.kind for one in country.organisations)

    assert set(kinds) == {"general", "vital", "municipality", "digital_service_provider", "unknown"}
    assert kinds["general"] > 4000


def test_names_numbers_and_first_domains_are_each_given_once(country):
    for values in (
        [one.name for one in country.organisations],
        [one.number for one in country.organisations],
        [one.domains[0] for one in country.organisations],
    ):
        assert len(set(values)) == 5000


def test_every_network_lies_in_a_range_that_is_kept_free_for_examples(files):
    networks = [ip_network(row["value"]) for row in rows(files["assets.csv"]) if row["kind"] == "network"]

    assert len(networks) > 4000
    assert all(
        any(network.version == free.version and network.subnet_of(free) for free in FREE) for network in networks
    )


def test_every_as_number_is_one_for_documentation(files):
    numbers = [int(row["value"].removeprefix("AS")) for row in rows(files["assets.csv"]) if row["kind"] == "asn"]

    assert numbers
    assert all(64496 <= number <= 64511 for number in numbers)


def test_every_domain_and_mail_address_ends_in_example(files):
    domains = [row["value"] for row in rows(files["assets.csv"]) if row["kind"] == "domain"]
    addresses = [row["address"] for row in rows(files["contacts.csv"])]

    assert all(name.endswith(".example") for name in domains + addresses)


def test_only_providers_have_networks_in_which_others_lie(country):
    providers = {one.number for one in country.organisations if one.asn}
    nets = sorted(
        (int(net.network_address), -net.num_addresses, one.number)
        for one in country.organisations
        for net in one.networks
        if net.version == 4
    )
    outer_end, outer = -1, ""
    for start, negative_size, number in nets:
        if start <= outer_end:
            assert outer in providers
        else:
            outer_end, outer = start - negative_size - 1, number


def test_some_have_no_contact_some_only_a_supplier_and_some_a_mailbox_that_nobody_has(country):
    organisations = country.organisations
    only_supplier = [one for one in organisations if {c.role for c in one.contacts} == {"it_provider"}]
    left = [one for one in organisations if any(c.address.startswith(f"{LEFT}@") for c in one.contacts)]

    assert sum(not one.contacts for one in organisations) > 100
    assert len(only_supplier) > 50
    assert len(left) > 20
    assert {c.language for one in organisations for c in one.contacts} == {"nl", "en"}


def test_most_are_only_known_and_many_are_registered(country):
    registered = sum(one.registered for one in country.organisations)

    assert 1500 < registered < 2500


def test_the_import_takes_every_row(files):
    for content in files.values():
        table = read_table(io.StringIO(content.decode()))
        assert all(isinstance(row, Good) for row in table.rows)


def test_the_same_country_comes_every_time(files):
    assert tables(settle(5000), confirmed_on="2026-11-01") == files


def test_a_small_country_has_the_same_fixed_organisations():
    assert settle(50).organisations[: len(FIXED)] == FIXED


def test_a_country_that_is_larger_than_its_address_space_goes_on_without_ipv4():
    organisations = settle(20_000).organisations
    last = organisations[-5_000:]

    assert len(organisations) == 20_000
    assert not any(network.version == 4 for one in last for network in one.networks)
    assert any(one.networks for one in last)


def test_updates_are_of_products_that_are_there_to_another_version(country):
    for one, product in updated(country):
        old = next(had for had in one.products if had.value == product.value)
        assert old.label == product.label
        assert old.version != product.version
        assert product.version


def test_a_name_becomes_a_plain_domain_name():
    assert domain_of("Energiecoöperatie Het Wakkere Baken") == "energiecooperatie-het-wakkere-baken.example"
    assert SHOWN.domains == (domain_of(SHOWN.name),)
