"""What people call products otherwise than advisories do: each table leads where it says, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registries import advisory, key_table, product, said

from misthoorn.matching import oracle
from misthoorn.matching.advisories import item_table, match_advisories
from misthoorn.matching.dictionary.proposals import find_products
from misthoorn.matching.dictionary.terms import Entries, Mention
from misthoorn.matching.inventory.assets import asset_keys, normalise_asset
from misthoorn.matching.oracle import Owned
from misthoorn.matching.products.names import words
from misthoorn.matching.products.synonyms import ABBREVIATIONS, OTHER_NAMES, readings, short_forms

MOST_KEYS = 400  # of a product in words: a few readings of at most twelve words


def certainty(typed, *affected):
    """How sure it is that what was typed is affected; "" when it is not. The oracle has to agree."""
    owned = [Owned(0, normalise_asset(kind="product", value=typed), None, None)]
    about = advisory("CVE-1", *affected)
    found = match_advisories(assets=key_table(owned), items=item_table([about])[0]).to_pylist()
    plainly = oracle.match_advisories(assets=owned, advisories=[about])
    assert [one["certainty"] for one in found] == [one.certainty for one in plainly]
    return found[0]["certainty"] if found else ""


def of(vendor, name):
    return product(vendor, name, statements=(said("1", "9"),))


@pytest.mark.parametrize(
    ("typed", "vendor", "name"),
    [
        ("Fortinet FortiGate 7.0.1", "Fortinet", "FortiOS"),
        ("FortiGate 7.0.1", "Fortinet, Inc.", "FortiOS"),
        ("FortiGate firewall FortiOS 7.0.1", "Fortinet", "FortiOS"),
        ("Citrix ADC", "Citrix", "NetScaler ADC\u202f"),
        ("Citrix ADC", "Cloud Software Group", "NetScaler ADC"),
        ("xz-utils 5.6.0", "tukaani-project", "xz"),
        ("MS Exchange", "Microsoft", "Microsoft Exchange Server"),
        ("VMW vCenter 7.0", "VMware", "VMware vCenter Server"),
        ("VMware vCenter 7.0", "", "VMware vCenter Server"),
        ("Cisco ASA 8.1", "Cisco", "Cisco Adaptive Security Appliance (ASA) Software"),
        ("Pan PAN-OS 8.1", "Palo Alto Networks", "PAN-OS"),
        ("Palo Alto firewall PAN-OS 8.1", "Palo Alto Networks", "PAN-OS"),
        ("Synology NAS DSM 7", "Synology", "DiskStation Manager (DSM)"),
        ("Pulse Connect Secure 8", "Ivanti", "Connect Secure"),
        ("MySQL 8.0", "Oracle Corporation", "MySQL Server"),
        ("Oracle MySQL 8.0", "Oracle Corporation", "MySQL Server"),
        ("Veeam Backup 8", "Veeam", "Backup & Replication"),
        ("Atlassian Confluence 8.1", "Atlassian", "Confluence Data Center"),
        ("Google Chrome™ 8", "Google", "Chrome"),
        ("Intel Widget 3", "Intel(R)", "Intel(R) Widget(TM)"),
        ("Microsoft Edge 8", "Microsoft", "Microsoft Edge (Chromium-based)"),
        ("HPE iLO 5", "Hewlett Packard Enterprise (HPE)", "HPE Integrated Lights-Out"),
        ("Docker Desktop voor Windows 4", "Docker Inc.", "Docker Desktop"),
        ("GitLab CE 8", "GitLab", "GitLab"),
        ("Fortinet FortiProxy 7", "Fortinet", "Fortinet FortiOS, FortiProxy"),
        ("FortiGate 60F", "Fortinet", "FortiOS"),
        ("Fortigate 60F FortiOS 7.2.5", "Fortinet", "FortiOS"),
        ("Cisco ASA 5506-X", "Cisco", "Cisco Adaptive Security Appliance (ASA) Software"),
        ("SonicWall TZ370", "SonicWall", "SonicOS"),
        ("Palo Alto PA-220", "Palo Alto Networks", "PAN-OS"),
        ("Juniper SRX300 8.1", "Juniper Networks", "Junos OS"),
        ("Synology DS920+", "Synology", "DiskStation Manager (DSM)"),
        ("Apache 2.4", "Apache Software Foundation", "Apache HTTP Server"),
        ("WordPress plugin Elementor 3.1", "elemntor", "Elementor"),
        ("Elementor plug-in voor WordPress", "elemntor", "Elementor"),
        ("Zyxel USG FLEX 5", "Zyxel", "USG FLEX series firmware"),
    ],
)
def test_what_people_call_otherwise_is_found_and_never_for_certain(typed, vendor, name):
    assert certainty(typed, of(vendor, name)) == "likely"


@pytest.mark.parametrize(
    ("typed", "vendor", "name"),
    [
        ("PAN-OS 8.1", "Palo Alto Networks", "OS"),
        ("Acme ASA 8", "Cisco", "Cisco Adaptive Security Appliance (ASA) Software"),
        ("Windows 7", "Microsoft", "Windows Server"),
        ("Windows Server 7", "Microsoft", "Windows Server, version 1909 (Server Core installation)"),
        ("Other Confluence 8", "Atlassian", "Confluence Data Center"),
        ("cpe:2.3:h:acme:router:8", "acme", "router_firmware"),
        ("fortinet:fortigate:7", "Fortinet", "FortiOS"),
        ("Backup 8", "Acme", "Backup Server"),
        ("Apache Anvil 2.4", "Apache Software Foundation", "Apache HTTP Server"),
        ("FortiGate 10.1", "Fortinet", "FortiOS"),
        ("Jenkins Git plugin 2", "Git", "Git"),
        ("WordPress in de cloud 2", "Acme", "de cloud"),
    ],
)
def test_what_is_called_alike_is_not_the_same(typed, vendor, name):
    assert certainty(typed, of(vendor, name)) == ""


@pytest.mark.parametrize("phrase", OTHER_NAMES)
def test_each_other_name_is_read_and_its_own_words_first(phrase):
    found = readings(phrase)
    assert found[0] == phrase
    assert set(OTHER_NAMES[phrase]) <= set(found)


def test_the_tables_hold_words_as_names_are_read():
    for phrase, meant in OTHER_NAMES.items():
        for one in (phrase, *meant):
            assert words(" ".join(one)) == list(one)
    assert all(words(text) == text.split() for pair in ABBREVIATIONS.items() for text in pair)


@pytest.mark.parametrize(
    ("product", "forms"),
    [
        ("Acme Anvil Manager (AAM) Suite", ["Acme Anvil Manager Suite", "AAM Suite", "AAM"]),
        ("Acme Anvil (beta)", ["Acme Anvil"]),
        ("Widget Data Center", ["widget"]),
        ("Server", []),
        ("Windows Server", []),
        ("router_firmware", []),
        ("One Thing, Two Things", ["One Thing", "Two Things"]),
        ("Windows Server 2022, 23H2 Edition", []),
        ("Anvil, iAnvil, and macAnvil", ["Anvil", "iAnvil", "macAnvil"]),
        ("Anvil and Hammer", ["Anvil", "Hammer"]),
        ("Anvil Suite and Server", ["Anvil Suite", "anvil suite and"]),
        ("Big Anvil (BA) and Hammer", ["Big Anvil (BA)", "Big Anvil", "Hammer", "Big Anvil and Hammer"]),
        ("Sandbox", []),
    ],
)
def test_the_short_forms_of_a_name_are_those_that_people_use(product, forms):
    assert list(short_forms(product)) == forms


@given(st.lists(st.sampled_from([*ABBREVIATIONS, *(word for one in OTHER_NAMES for word in one), "x"]), max_size=12))
def test_there_are_few_readings_of_anything(typed):
    text = " ".join(typed)
    assert len(readings(typed)) <= 12
    if any(not word.isdigit() and word != "x" for word in typed):
        assert len(asset_keys(normalise_asset(kind="product", value=text))) <= MOST_KEYS


@given(st.text(max_size=200))
def test_any_product_has_short_forms_of_bounded_number(text):
    assert len(list(short_forms(text))) < 20


def test_proposals_know_the_other_names_too():
    entries = Entries(
        {
            Mention("Fortinet", "FortiOS", "cpe:2.3:o:fortinet:fortios:*:*:*:*:*:*:*:*", ""): 60,
            Mention("Fortinet", "FortiGuest", "cpe:2.3:a:fortinet:fortiguest:*:*:*:*:*:*:*:*", ""): 1,
            Mention("tukaani-project", "xz", "cpe:2.3:a:tukaani:xz:*:*:*:*:*:*:*:*", ""): 1,
            Mention("x", "Utilities", "cpe:2.3:a:x:xutils:*:*:*:*:*:*:*:*", ""): 9,
        }
    )

    assert find_products(entries, "FortiGate 7.0.1")[0].cpe.split(":")[4] == "fortios"
    assert find_products(entries, "xz-utils")[0].cpe.split(":")[4] == "xz"
