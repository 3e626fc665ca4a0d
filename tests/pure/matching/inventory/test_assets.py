import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.matching.inventory.assets import KINDS, AssetError, asset_keys, normalise_asset, specificity
from misthoorn.matching.keys.networks import ADDRESS_BITS, Network, nearness
from misthoorn.matching.keys.spaces import Key


def normal(kind, value, version=""):
    return normalise_asset(kind=kind, value=value, version=version)


@pytest.mark.parametrize(
    ("kind", "written", "canonical"),
    [
        ("network", "198.51.100.7", "198.51.100.7/32"),
        ("network", " 198.51.100.7/24 ", "198.51.100.0/24"),
        ("network", "0.0.0.0/0", "0.0.0.0/0"),
        ("network", "2001:DB8:0:0::1/32", "2001:db8::/32"),
        ("network", "198.51.100.7-198.51.100.90", "198.51.100.7-198.51.100.90"),
        ("network", "198.51.100.0 – 198.51.100.127", "198.51.100.0/25"),
        ("network", "198.51.100.7 - 198.51.100.7", "198.51.100.7/32"),
        ("network", "0.0.0.0-255.255.255.255", "0.0.0.0/0"),
        ("network", "2001:DB8::-2001:db8::0:8", "2001:db8::-2001:db8::8"),
        ("domain", "WWW.Example.NL.", "www.example.nl"),
        ("domain", "Müller.Example", "xn--mller-kva.example"),
        ("domain", "א.example。", "xn--4db.example"),
        ("domain", "straße.example", "xn--strae-oqa.example"),
        ("domain", "owner.blogspot.com", "owner.blogspot.com"),
        ("domain", "blogspot.com", "blogspot.com"),
        ("asn", "64496", "AS64496"),
        ("asn", "as64496", "AS64496"),
        ("product", "Apache  Log4j", "apache log4j"),
        ("product", "pkg:PyPI/Django_App?x=y", "pkg:pypi/django-app?x=y"),
    ],
)
def test_an_asset_is_brought_into_one_form(kind, written, canonical):
    assert normal(kind, written).value == canonical


@pytest.mark.parametrize(
    ("kind", "written", "words"),
    [
        ("network", "198.51.100", "not an address or a network"),
        ("network", "198.51.100.0/33", "not an address or a network"),
        ("network", "::ffff:198.51.100.7", "write it as IPv4"),
        ("network", "::ffff:0.0.0.1-::ffff:0.0.0.9", "write it as IPv4"),
        ("network", "198.51.100.9-198.51.100.7", "write the lowest address first"),
        ("network", "198.51.100.9-2001:db8::1", "of the same kind"),
        ("network", "198.51.100.9-90", "not an address or a network"),
        ("network", "fe80::1%a-fe80::2%a", "not an address or a network"),
        ("network", "198.51.100.1-2-3", "not an address or a network"),
        ("network", "198.51.100.1" + " " * 200 + "-198.51.100.2", "not an address or a network"),
        ("domain", "nl", "public suffix"),
        ("domain", "co.uk", "public suffix"),
        ("domain", "example", "public suffix"),
        ("domain", "https://example.nl/", "all names under it are included"),
        ("domain", "*.example.nl", "all names under it are included"),
        ("domain", "198.51.100.7", "register it as a network"),
        ("domain", "a..example.nl", "not a domain name"),
        ("domain", "_x.example.nl", "not a domain name"),
        ("domain", f"{'a' * 64}.nl", "not a domain name"),
        ("domain", ".".join(["abcdefg"] * 40) + ".nl", "too long"),
        ("asn", "0", "write AS64496"),
        ("asn", "4294967296", "write AS64496"),
        ("product", "2019", "names no product"),
        ("product", ":log4j", "names no product"),
        ("product", "cpe:2.3:a:*:log4j", "name both"),
        ("product", "cpe:2.3:x:apache:log4j", "not a CPE name"),
        ("product", "pkg:", "not a package URL"),
        ("product", "pkg:rpm/redhat/f@1?epoch=x", "whole number"),
        ("product", "pkg:pypi/django@one", "Leave the version empty"),
        ("product", "x" * 300, "at most 200 characters"),
        ("server", "x", "not a kind of asset"),
        ("network", " ", "is empty"),
        ("domain", "a\x00.nl", "control characters"),
        ("product", "x" * 2000, "too long"),
    ],
)
def test_what_cannot_be_registered_is_refused_with_a_sentence(kind, written, words):
    with pytest.raises(AssetError, match=words):
        normal(kind, written)


@pytest.mark.parametrize(
    ("written", "given", "version"),
    [
        ("cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*", "", "2.14.1"),
        ("cpe:2.3:a:apache:log4j:2.0:beta9:*:*:*:*:*:*", "", "2.0-beta9"),
        ("cpe:/a:apache:log4j:2.14.1", "", "2.14.1"),
        ("cpe:2.3:a:apache:log4j:2.14.1", "2.17", "2.17"),
        ("cpe:2.3:a:apache:log4j:-", "", ""),
        ("pkg:npm/lodash@4.17.20", "", "4.17.20"),
        ("pkg:npm/lodash@4.17.20", "5.0.0", "5.0.0"),
        ("Apache Log4j 2.14.1", "", "2.14.1"),
        ("apache:log4j:2.14.1", "", "2.14.1"),
        ("Apache Log4j", "unknown", ""),
    ],
)
def test_the_version_comes_from_the_value_unless_one_is_given(written, given, version):
    assert normal("product", written, given).version == version


def test_blanks_around_the_parts_of_a_name_are_no_part_of_it():
    assert normal("product", "Apache:Log4j :2.14.1") == normal("product", "apache:log4j:2.14.1")


def test_a_network_is_cut_at_the_longest_level_that_needs_at_most_16_keys():
    def cut(network):
        keys = asset_keys(normal("network", network))
        return keys[0].space, len(keys)

    assert cut("198.51.100.7") == ("ip4/24", 1)
    assert cut("198.51.96.0/20") == ("ip4/24", 16)
    assert cut("198.51.96.0/19") == ("ip4/16", 1)
    assert cut("198.50.0.0/12") == ("ip4/16", 16)
    assert cut("192.0.0.0/7") == ("ip4/8", 2)
    assert cut("0.0.0.0/0") == ("ip4/8", 256)
    assert cut("198.51.96.1-198.51.111.1") == ("ip4/24", 16)
    assert cut("198.51.96.255-198.51.112.0") == ("ip4/16", 1)  # 17 blocks of 24 bits
    assert cut("198.51.255.255-198.52.16.0") == ("ip4/16", 2)
    assert cut("2001:db8::7") == ("ip6/128", 1)
    assert cut("2001:db8::/124") == ("ip6/128", 16)
    assert cut("2001:db8::/64") == ("ip6/64", 1)
    assert cut("2001:db8::/56") == ("ip6/48", 1)
    assert cut("2001:db8::/37") == ("ip6/40", 8)
    assert cut("2001:db8::/33") == ("ip6/32", 1)
    assert cut("2001:db8::/29") == ("ip6/32", 8)
    assert cut("2000::/3") == ("ip6/8", 32)
    assert cut("::/0") == ("ip6/8", 256)


def test_all_keys_of_a_network_carry_its_first_and_last_address():
    keys = asset_keys(normal("network", "198.51.100.128/23"))
    assert keys == (
        Key("ip4/24", b"\xc6\x33\x64", b"\xc6\x33\x64\x00", b"\xc6\x33\x65\xff"),
        Key("ip4/24", b"\xc6\x33\x65", b"\xc6\x33\x64\x00", b"\xc6\x33\x65\xff"),
    )


def test_names_that_people_write_meet_the_names_of_catalogues():
    def names(value):
        return {key.key for key in asset_keys(normal("product", value)) if key.space == "name"}

    catalogue = names("cpe:2.3:a:purestorage:flasharray:*")
    assert catalogue == {b"purestorage:flasharray"}
    assert catalogue <= names("Pure Storage FlashArray 6.3.1")
    assert b"apache:log4j" in names("Apache Log4j 2.14.1")
    assert b"microsoft:windowsserver2019" in names("Microsoft Windows Server 2019")


def test_nearness_is_the_size_of_a_network_or_the_labels_of_a_name_and_an_as_number_is_last():
    assert specificity(normal("domain", "www.example.nl")) == 3
    assert specificity(normal("asn", "64496")) == -1
    assert specificity(normal("product", "apache:log4j")) == 0
    from_far_to_near = [
        normal("asn", "64496"),
        normal("network", "0.0.0.0/0"),
        normal("network", "198.51.100.0-198.51.101.0"),  # 257 addresses
        normal("network", "198.51.100.0/24"),
        normal("network", "198.51.100.7-198.51.100.90"),  # 84
        normal("network", "198.51.100.0-198.51.100.82"),  # 83
        normal("network", "198.51.100.0/26"),
        normal("network", "198.51.100.0/32"),
    ]
    found = [specificity(asset) for asset in from_far_to_near]
    assert found == sorted(set(found))
    assert found[3] == 24 << 23


@given(st.sampled_from([4, 6]), st.integers(1, 2**128), st.integers(1, 2**128))
def test_of_two_networks_the_smaller_is_nearer_exactly_so_up_to_8_million_addresses(version, first, second):
    sizes = sorted(1 + (size - 1) % 2 ** ADDRESS_BITS[version] for size in (first, second))
    small, large = (nearness(Network(version, 0, size - 1)) for size in sizes)
    assert small >= large >= 0
    assert small < 2**31
    exact = sizes[0] == sizes[1] or sizes[0] > 2**23
    assert exact or small > large


@given(st.sampled_from([4, 6]), st.integers(24, 128), st.sampled_from([-1, 1]))
def test_a_network_and_a_range_of_one_address_more_or_less_are_never_equally_near(version, bits, more):
    size = 1 << min(bits, ADDRESS_BITS[version] - 1)
    network, other = nearness(Network(version, 0, size - 1)), nearness(Network(version, 0, size + more - 1))
    assert (other > network) is (more < 0)
    assert other != network


@given(st.sampled_from(KINDS), st.text(max_size=60), st.text(max_size=20))
def test_any_text_is_an_asset_with_bounded_keys_or_a_sentence(kind, value, version):
    try:
        asset = normal(kind, value, version)
    except AssetError as error:
        assert str(error)[-1] in ".)"  # noqa: PT017  either outcome is right
        return
    assert normal(kind, asset.value, asset.version) == asset or kind == "product"
    assert 0 < len(asset_keys(asset)) <= 256


@pytest.mark.parametrize(
    "value", ["a" * 1024, "a." * 512, "cpe:2.3:a:" + "\\" * 1000, "pkg:npm/" + "%" * 900, "x:" * 90]
)
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_values_are_refused_or_read_at_once(kind, value):
    with contextlib.suppress(AssetError):
        assert len(asset_keys(normal(kind, value, "1" * 500))) <= 256
