"""What each small scheme promises in its own text."""

import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.matching import versions

IN_ORDER = {
    "golang": [
        "v0.0.0-20201203163018-be400aefbc4c",
        "v1.2.0-pre",
        "go1.2",
        "v1.2.1-0.20200101000000-abcdefabcdef",
        "1.3",
    ],
    "pub": [
        "1.0.0--5",
        "1.0.0-0xffffffffffffffff",
        "1.0.0-0",
        "1.0.0-0x1f",
        "1.0.0-40",
        "1.0.0-a",
        "1.0.0",
        "1.0.0+1",
        "1.0.0+a",
        "1.0.0+a.1",
        "1.0.1",
    ],
    "cran": ["0", "0.01", "0.1-0", "0.1.1", "0.9", "0.75", "1.8", "1.8-0", "1.10"],
    "hackage": ["0", "0.1", "0.1.0", "0.2", "0.10"],
    "intdot": ["1.2", "1.2.0-rc1", "1.10"],
    "jvm": [
        "1.7.0_80",
        "1.8.0_131-ea",
        "8u131",
        "1.8.0_132",
        "9",
        "11.0.4",
        "17-ea+35",
        "17.0.1",
        "17.0.1+9",
        "17.0.1_12",
    ],
    "openssl": [
        "0.9.8zh",
        "1.0.2",
        "1.0.2a-dev",
        "1.0.2a",
        "1.0.2z",
        "1.0.2za",
        "3.0.0-alpha17",
        "3.0.0-beta1",
        "3.0.0",
    ],
    "conan": [
        "1.0-",
        "1.0-pre10",
        "1.0-pre9",
        "1.0-x.9",
        "1.0-x.10",
        "1.0",
        "1.0+b1",
        "1.1",
        "1.9",
        "1.10",
        "1.10a",
        "1.x",
        "cci.1",
    ],
    "datetime": [
        "2023-12-31T23:59:59.9Z",
        "2023-12-31T23:59:60Z",
        "2024-01-01T01:00:00+01:00",
        "2024-01-01T00:00:00.001z",
    ],
    "lexicographic": ["A", "a", "aa", "e\u0301", "z", "é", "\uffff", "😀"],
}
EQUAL = [
    ("golang", "go1.22.0", "v1.22"),
    ("golang", "v2.0.0+incompatible", "2.0.0"),
    ("golang", "go1.22.3-acme", "1.22.3"),
    ("golang", "go1.22rc1", "v1.22.0-rc.1"),
    ("pub", "01.2.3-0x10", "1.2.3-16"),
    ("cran", "0.01-0", "0.1.0"),
    ("intdot", "010.2-rc1", "10.2"),
    ("jvm", "8u131-b11", "1.8.0_131"),
    ("jvm", "1.8.0_292-8u292-b10-0ubuntu1~18.04", "8.0.292"),
    ("jvm", "1.8.0_392-8u392-ga-1~deb11u1-b08", "8u392-ga"),
    ("jvm", "17.0.1-ga", "17.0.1"),
    ("jvm", "11.0.4_11", "11.0.4+11-LTS"),
    ("openssl", "OpenSSL 1.0.2k-fips", "1.0.2k"),
    ("conan", "1_75", "175.0"),
    ("conan", "1.+29+b", "1.29+b"),
    ("datetime", "2024-01-01T00:00:00.10-05:00", "2024-01-01 05:00:00.1z"),
    ("bitnami", "2.3.1-4", "2.3.1"),
    ("nginx", "1.0", "1"),
    ("bioconductor", "1.2-3", "1.2.3"),
]
REFUSED = [
    ("golang", "(devel)"),
    ("golang", "gopher"),
    ("pub", "1.0.0+a..b"),
    ("pub", "1.0.0+"),
    ("cran", "1..2"),
    ("cran", "1.0a"),
    ("hackage", "1-20-0"),
    ("hackage", "1.01"),
    ("hackage", "1.1234567890"),
    ("intdot", "v1"),
    ("intdot", "1..2"),
    ("jvm", "latest"),
    ("jvm", "11.0.4 (x64)"),
    ("openssl", "1.0.2-2.el7"),
    ("openssl", "3"),
    ("conan", "1 0"),
    ("conan", "é"),
    ("datetime", "2024-01-01"),
    ("datetime", "2024-02-30T00:00:00Z"),
    ("datetime", "2024-01-01T00:00:00"),
    ("datetime", "0000-01-01T00:00:00Z"),
    ("datetime", "２024-01-01T00:00:00Z"),
    ("lexicographic", "a\x00b"),
]


@pytest.mark.parametrize("scheme", IN_ORDER)
def test_versions_come_in_the_order_of_their_scheme(scheme):
    keys = [versions.key(scheme, version) for version in IN_ORDER[scheme]]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize(("scheme", "a", "b"), EQUAL)
def test_two_ways_to_write_one_version_are_equal(scheme, a, b):
    assert versions.compare(scheme, a, b) == 0
    assert versions.key(scheme, a) == versions.key(scheme, b)


@pytest.mark.parametrize(("scheme", "text"), REFUSED)
def test_what_is_no_version_of_its_scheme_is_refused(scheme, text):
    assert not versions.valid(scheme, text)


def test_builds_of_java_are_included_where_a_version_without_one_is_the_upper_end():
    assert versions.key("jvm", "17.0.1+12") < versions.highest_key("jvm", "17.0.1") < versions.key("jvm", "17.0.1.1-ea")
    assert versions.highest_key("jvm", "17.0.1+12") == versions.key("jvm", "17.0.1+12")


@pytest.mark.parametrize(("scheme", "line"), [("jvm", "1.8"), ("conan", "2.6"), ("openssl", "1.0.2a"), ("pub", "2.0")])
def test_pre_releases_of_a_line_are_not_below_its_lowest_version(scheme, line):
    order = functools.partial(versions.compare, scheme)
    low = versions.lowest(scheme, line)
    assert order(low, line) < 0
    pre_releases = {"jvm": "1.8-ea", "conan": "2.6-pre1", "openssl": "1.0.2a-dev", "pub": "2.0-a"}
    assert order(low, pre_releases[scheme]) <= 0


@pytest.mark.parametrize(
    "way", ["pypi v{}", "generic v{}", "composer v{}", "gem {}-java", "maven {}-ga", "semver v{}", "golang go{}"]
)
def test_plain_numbers_are_what_they_are_when_written_in_a_longer_way(way):
    scheme, _, longer = way.partition(" ")

    @given(st.lists(st.sampled_from(["0", "1", "00", "010", "2024", "12345"]), min_size=1, max_size=6).map(".".join))
    def check(text):
        assert versions.key(scheme, text) == versions.key(scheme, longer.format(text))

    check()


_PARTS = [
    "0",
    "1",
    "00",
    "10",
    "2.0.0",
    ".",
    "-",
    "+",
    "..",
    "rc",
    "RC1",
    "-rc.1",
    ".dev1",
    "post",
    "a",
    "v",
    "go",
    "é",
]


@pytest.mark.parametrize("scheme", [name for name, rules in versions.SCHEMES.items() if rules.short])
def test_the_short_way_to_a_key_gives_what_taking_a_version_apart_gives(scheme):
    rules = versions.SCHEMES[scheme]

    @given(st.lists(st.sampled_from(_PARTS), min_size=1, max_size=6).map("".join))
    def check(text):
        short = rules.short(text)
        assert short in {b"", rules.encode(rules.parse(text)) if versions.valid(scheme, text) else b""}

    check()
