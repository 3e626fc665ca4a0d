"""What the orders of the larger package managers promise in their own texts, and that no text takes long."""

import functools
import itertools
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from package_strategies import ALPM, PACKAGES

from misthoorn.matching import versions

IN_ORDER = {
    "rpm": ["0.9", "1.0~rc1", "1.0", "1.0-1", "1.0-1.el9", "1.0-2", "1.0^git1", "1.0a", "1.0.1", "2", "1:0.1", "10:0"],
    "apk": [
        *("1_alpha", "1-ruff", "1", "1.0_beta2", "1.0_rc1", "1.0", "1.0-r0", "1.0-r10", "1.0~abc", "1.0_git20240101"),
        *("1.0_p1", "1.0_p1-r1", "1.0b", "1.0.001", "1.0.01", "1.0.1", "1.01", "1.1", "1.10", "2", "10"),
    ],
    "alpm": ["1.0rc1-1", "1.0", "1.0-1", "1.0-2", "1.0-10", "1.0.a", "1.0.", "1.0.1", "1.0..a", "1.1", "1:0.1"],
    "gentoo": [
        *("1_alpha", "1_alpha1", "1_beta", "1_pre", "1_rc1", "1", "1-r1", "1_p", "1_p1", "1a", "1.0", "1.0a", "1.0.0"),
        *("1.01", "1.1", "1.10", "2", "12.2b", "12.2.0"),
    ],
    "maven": [
        *("1-alpha-1", "1-a2", "1-beta", "1-m3", "1-rc1", "1-cr2", "1-SNAPSHOT", "1", "1-sp", "1-foo", "1-foo2", "1-1"),
        *("1.0.1", "1.1-rc1", "1.1", "1.1.1", "1.10", "2.alpha.1", "2-alpha", "2.0.alpha.1", "2"),
    ],
    "gem": ["0.a", "0", "0.0.1", "1.A", "1.a.0.b", "1.a", "1-1", "1.rc1", "1", "1.0.1", "1.1.a", "1.1", "1.10"],
    "composer": [
        *(
            "dev-a",
            "dev-b",
            "1.0-dev",
            "1.0-alpha",
            "1.0-a1",
            "1.0-beta.2",
            "1.0-b2.1",
            "1.0-RC1",
            "1.0",
            "1.0-p1",
            "1.0.0.1",
        ),
        *("1.0.1", "1.1", "1.10", "1.x-dev", "2.0-dev", "2010.01.02", "20100102"),
    ],
    "nuget": [
        *("1.0.0--5", "1.0.0-0", "1.0.0-5", "1.0.0-5000000000", "1.0.0-alpha", "1.0.0-ALPHA.1", "1.0.0-alpha.b"),
        *("1.0.0-beta", "1.0.0", "1.0.0.1", "1.0.1", "1.10"),
    ],
}
EQUAL = {
    "rpm": [("1.0", "0:1.0"), ("1.01", "1_1"), ("1.0-1", "1.0.-01"), ("1.é", "1")],
    "apk": [("1-r", "1-r0"), (".1", "0.1"), ("1.0", "01.0")],
    "alpm": [("1.5", "1.5-1"), ("0:1.5-1", "1.5-1"), ("1.05", "1.5"), ("1.", "1_+")],
    "gentoo": [("1-r0", "1"), ("1.010", "1.01"), ("1_p0", "1_p"), ("01", "1"), ("1.00", "1.0")],
    "maven": [("1", "1.0.0"), ("1-ga", "1"), ("1.Final", "1"), ("1-cr1", "1RC1"), ("1-0", "1."), ("1a1", "1-alpha-1")],
    "gem": [
        ("1", "1.0.0"),
        ("1.0.a", "1.a"),
        ("1-1", "1.pre.1"),
        ("1beta", "1.beta"),
        ("1.19.3-aarch64-linux-gnu", "1.19.3"),
        ("1-java", "1"),
    ],
    "composer": [
        *(("v1.0", "1.0.0.0"), ("1.0@dev", "1"), ("1.0+b", "1"), ("1-stable", "1"), ("master", "dev-master")),
        *(
            ("1.0b2", "1.0.0-BETA.2"),
            ("2010-01-02", "2010:01:02"),
            ("dev-x as 1.0", "dev-x"),
            ("1.0-pl1", "1.0-patch.1"),
        ),
    ],
    "nuget": [("1", "1.0.0.0"), ("1.0-A.b", "1.0-a.B"), ("1.0+x", "1.0+y"), ("01.2", "1.2")],
}
REFUSED = {
    "rpm": ["1 0", "1:", "-1", "1\x00"],
    "apk": ["invalid", "-r1", "_p1", "unknown"],
    "alpm": ["1 0", "1:", "-1", "é"],
    "gentoo": ["1.", "1..2", "v1", "1ab", "1_foo", "1-r", "1_p-1", "1.2.x"],
    "maven": ["1 0", "1\x7f"],
    "gem": ["v1", "1..2", "1.", "beta", "1_0", "1-", "1-a..b", "a"],
    "composer": ["...", "1 0", "#"],
    "nuget": ["1.2.3.4.5", "1.", "1..2", "1.0-", "1.0-01", "1.0-a..b", "v1", "1.0+", "1.0rc1", "1_0"],
}


@pytest.mark.parametrize("scheme", IN_ORDER)
def test_the_order_is_the_one_that_the_scheme_promises(scheme):
    wanted = IN_ORDER[scheme]
    keys = [versions.key(scheme, version) for version in wanted]
    assert sorted(wanted, key=functools.partial(versions.key, scheme)) == wanted
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(("scheme", "a", "b"), [(scheme, *pair) for scheme, pairs in EQUAL.items() for pair in pairs])
def test_different_ways_to_write_one_version_are_equal(scheme, a, b):
    assert versions.compare(scheme, a, b) == 0


@pytest.mark.parametrize(("scheme", "text"), [(scheme, text) for scheme, texts in REFUSED.items() for text in texts])
def test_what_is_no_version_is_refused(scheme, text):
    assert not versions.valid(scheme, text)


@pytest.mark.parametrize("scheme", IN_ORDER)
def test_nothing_of_a_line_lies_below_its_lowest_version(scheme):
    before, line = versions.key(scheme, "7.0"), versions.key(scheme, versions.lowest(scheme, "7.1"))
    assert before < line < versions.key(scheme, "7.1")


SEPARATORS_LAST = re.compile(r"[^0-9A-Za-z-](-|$)|--")


def goes_round(scheme, *texts):
    """Whether pacman's order of these is none: separators at the end are its only part that goes round in a circle."""
    return scheme == "alpm" and any(map(SEPARATORS_LAST.search, texts))


def test_separators_that_end_an_arch_linux_version_go_round_in_a_circle_as_in_pacman():
    circle = ["1.", "1.0", "1..a", "1."]
    assert [versions.compare("alpm", a, b) for a, b in itertools.pairwise(circle)] == [-1, -1, -1]
    circle = ["1a.", "1a5", "1a.b", "1a."]
    assert [versions.compare("alpm", a, b) for a, b in itertools.pairwise(circle)] == [-1, -1, -1]


@given(ALPM, ALPM)
def test_keys_of_arch_linux_versions_tell_apart_no_more_than_a_missing_release(a, b):
    if not (versions.valid("alpm", a) and versions.valid("alpm", b)) or goes_round("alpm", a, b):
        return
    one, other = versions.key("alpm", a), versions.key("alpm", b)
    compared = versions.compare("alpm", a, b)
    assert compared in {(one > other) - (one < other), 0}
    if compared == 0 and one != other:
        assert ("-" in a) != ("-" in b)


@pytest.mark.parametrize("scheme", PACKAGES)
@pytest.mark.parametrize(
    "piece", ["1", "1.", "1-", "a", "1a", "0.", ".", "-", "_p", "~", "1.a", "-alpha", "2010-", "0a0"]
)
def test_the_longest_text_takes_no_longer_than_it_must(scheme, piece):
    text = (piece * 512)[:512]
    start = time.process_time()
    assert versions.valid(scheme, text) in {True, False}
    assert versions.valid(scheme, text[:511] + "#") in {True, False}
    assert time.process_time() - start < 0.2


@pytest.mark.parametrize("scheme", PACKAGES)
def test_three_versions_in_the_order_of_their_keys_are_in_order(scheme):
    readable = PACKAGES[scheme].filter(lambda text: versions.valid(scheme, text))

    @given(st.lists(readable, min_size=3, max_size=3))
    def check(three):
        a, b, c = sorted(three, key=functools.partial(versions.key, scheme))
        if goes_round(scheme, *three):
            return
        assert max(versions.compare(scheme, a, b), versions.compare(scheme, b, c), versions.compare(scheme, a, c)) <= 0

    check()
