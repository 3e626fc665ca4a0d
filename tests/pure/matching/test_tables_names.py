"""Tables about names and addresses from the tests of other projects, where they are present; what differs, and why."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from misthoorn.formats.observations.cells import check_hostname
from misthoorn.matching.inventory.assets import AssetError, normalise_asset
from misthoorn.matching.keys.networks import parse_network

DATA = Path(os.environ.get("MISTHOORN_TEST_DATA", Path(__file__).parents[4] / "shared")) / "oracles"

# Of the table of IDNA, how many names are read differently, and why.
IDNA_GAPS = {
    "one label: a public suffix": 146,
    "a character that UTS 46 allows and IDNA 2008 does not": 55,
    "accepted in spite of [P1, V6]: a letter that Unicode maps to another since the table was made": 25,
}


def table(name):
    path = DATA / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not in {DATA}; MISTHOORN_TEST_DATA names the folder of the test data")
    return json.loads(path.read_text(encoding="utf-8"))["rows"]


def normal(kind, value):
    try:
        return normalise_asset(kind=kind, value=value).value
    except AssetError:
        return None


def test_an_address_lies_in_the_network_that_holds_it():
    for networks, address, expected in table("cidr-contains.ip.misp"):
        there = parse_network(address)
        found = [network for network in map(parse_network, networks) if network.version == there.version]
        assert [str(one) for one in found if one.first <= there.first <= one.last] == ([expected] if expected else [])


def test_nobody_owns_a_public_suffix_but_a_name_in_the_private_section_may_be_owned():
    differs = {
        name: (expected, normal("domain", name))
        for name, expected in table("domain-registrable.psl.list")
        if name and (normal("domain", name) is None) != (expected is None)
    }
    assert differs == {"uk.com": (None, "uk.com")}  # the private section: its holder may register


def test_names_are_read_as_idna_reads_them_but_for_what_idna_2008_or_a_later_unicode_decides_otherwise():
    gaps = Counter()
    for source, _, _, expected, status in table("domain-idna.uts46.list"):
        found = normal("domain", source)
        if status not in ("", "[]"):
            gaps[f"accepted in spite of {status}: a letter that Unicode maps to another since the table was made"] += (
                found is not None
            )
        elif found != expected.rstrip("."):
            assert found is None
            one = "." not in expected.rstrip(".")
            gaps["one label: a public suffix" if one else "a character that UTS 46 allows and IDNA 2008 does not"] += 1
    assert +gaps == IDNA_GAPS


def test_a_name_that_was_seen_is_read_as_the_name_that_an_organisation_has():
    for source, *_ in table("domain-idna.uts46.list"):
        seen, owned = check_hostname(f"{source}.nl")[0], normal("domain", f"{source}.nl")
        assert seen == owned or not seen or not owned


def test_indicators_are_valid_and_normal_as_misp_has_them():
    for kind, value, valid in table("indicator-valid.misp.misp"):
        if kind == "domain|ip":
            assert all(normal(*pair) for pair in zip(("domain", "network"), value.split("|"), strict=True)) is valid
        elif kind == "AS" and value != "0":  # AS 0 means “not routed” and is nobody's
            assert bool(normal("asn", value)) is valid
    for kind, value, expected in table("indicator-normalise.misp.misp"):
        if kind == "domain":
            assert normal("domain", value) == expected
        elif kind.startswith(("ip-src", "domain|ip")):
            written, wanted = (text.removesuffix("|80").rpartition("|")[2] for text in (value, expected))
            assert parse_network(normal("network", written)) == parse_network(wanted)


def test_what_misp_takes_out_of_free_text_as_a_domain_or_network_can_be_registered():
    for _, _, values, types in table("indicator-freetext.misp.misp"):
        for value, kind in zip(values, types, strict=False):
            if kind == "ip-dst":
                assert normal("network", value)
            elif kind in ("domain", "hostname"):
                assert normal("domain", value)
