import functools

import pytest
import semantic_version
from hypothesis import example, given
from hypothesis import strategies as st
from matching_strategies import VERSIONS
from packaging.version import InvalidVersion, Version

from misthoorn.matching import versions

SCHEMES = sorted(versions.SCHEMES)
# pacman holds a missing release equal to all of them, which no key can hold: see test_packages.
ORDERS = [scheme for scheme in SCHEMES if scheme != "alpm"]


def sign(number):
    return (number > 0) - (number < 0)


def by_key(scheme, a, b):
    one, other = versions.key(scheme, a), versions.key(scheme, b)
    return (one > other) - (one < other)


def readable(scheme):
    return VERSIONS[scheme].filter(lambda text: versions.valid(scheme, text))


@pytest.mark.parametrize("scheme", ORDERS)
def test_keys_sort_as_the_versions_compare(scheme):
    @given(readable(scheme), readable(scheme))
    def check(a, b):
        assert by_key(scheme, a, b) == versions.compare(scheme, a, b)

    check()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_key_is_the_beginning_of_another(scheme):
    @given(readable(scheme), readable(scheme))
    def check(a, b):
        one, other = versions.key(scheme, a), versions.key(scheme, b)
        assert one == other or not other.startswith(one)
        assert one[:1] != versions.ABOVE_ALL
        assert one

    check()


@pytest.mark.parametrize("scheme", ORDERS)
def test_comparing_three_versions_never_goes_round(scheme):
    @given(st.lists(readable(scheme), min_size=3, max_size=3))
    def check(three):
        a, b, c = sorted(three, key=functools.cmp_to_key(functools.partial(versions.compare, scheme)))
        assert versions.compare(scheme, a, b) <= 0
        assert versions.compare(scheme, b, c) <= 0
        assert versions.compare(scheme, a, c) <= 0

    check()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_any_text_gives_a_key_or_a_sentence(scheme):
    @given(st.text(max_size=600))
    @example("1" * 100_000)
    @example("1." * 50_000)
    @example("-" * 512)
    @example("\ud800")
    def check(text):
        if versions.valid(scheme, text):
            assert versions.key(scheme, text)
            return
        with pytest.raises(versions.VersionError, match=r"\.$"):
            versions.key(scheme, text)

    check()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_version_lies_between_the_bounds_just_below_and_just_above_it(scheme):
    @given(readable(scheme), readable(scheme))
    def check(a, b):
        key, other = versions.key(scheme, a), versions.key(scheme, b)
        assert key + b"\x00" < key + b"\x01" < key + b"\x02"
        assert (other + b"\x01" < key + b"\x00") == (other < key)
        assert (other + b"\x01" > key + b"\x02") == (other > key)

    check()


@given(VERSIONS["pypi"], VERSIONS["pypi"])
def test_python_versions_are_refused_and_ordered_as_packaging_does(a, b):
    try:
        wanted = sign((Version(a) > Version(b)) - (Version(a) < Version(b)))
    except InvalidVersion:
        assert not (versions.valid("pypi", a) and versions.valid("pypi", b))
        return
    assert versions.compare("pypi", a, b) == wanted


@given(st.text("0123456789.-_+!abcdeprvostl ", max_size=14))
@example("1.0-post1.dev2")
@example("1.0.post.dev")
@example("1.0a-1")
@example("1.0-")
@example("1..0")
@example("1.0+a..b")
def test_python_versions_are_read_exactly_where_packaging_reads_them(text):
    try:
        Version(text)
        readable_there = True
    except InvalidVersion:
        readable_there = False
    assert versions.valid("pypi", text) == readable_there


STRICT = st.builds(
    "{}.{}.{}{}{}".format,
    *(st.integers(0, 11) for _ in range(3)),
    st.sampled_from(["", "", "-1", "-alpha", "-alpha.1", "-alpha.10", "-alpha-b", "-0", "-rc.1", "-A", "--"]),
    st.sampled_from(["", "", "+build", "+1.2"]),
)


@given(STRICT, STRICT)
def test_semantic_versions_order_as_the_specification_says(a, b):
    one, other = semantic_version.Version(a), semantic_version.Version(b)
    wanted = (one.precedence_key > other.precedence_key) - (one.precedence_key < other.precedence_key)
    assert versions.compare("semver", a, b) == wanted


@pytest.mark.parametrize("text", ["", "1..2", "-1", "a.b", "1.2.3-", "1.2.3+", "1.2.3-a..b", "1_2", "１.2"])
def test_what_is_no_semantic_version_is_refused(text):
    assert not versions.valid("semver", text)


@pytest.mark.parametrize("text", ["", " ", "a:1", ":1", "1:", "1:-1", "1.0-", "1 0", "é", "99999999999:1"])
def test_what_dpkg_refuses_is_refused(text):
    assert not versions.valid("deb", text)


def test_the_generic_order_is_the_one_that_its_text_promises():
    in_order = [
        "8.9~deb9",
        "8.9-dev",
        "8.9-alpha",
        "8.9a1.1",
        "8.9-beta",
        "8.9.M4",
        "8.9-rc2",
        "8.9",
        "8.9-hotfix",
        "8.9k",
        "8.9p9",
        "8.9p15",
        "8.9 SP1",
        "8.9.1",
        "8.10",
    ]
    assert sorted(in_order, key=functools.partial(versions.key, "generic")) == in_order


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("1.0", "1.0.0"),
        ("v1.0", "1"),
        ("1.0.Final", "1"),
        ("1.20.0-rc1", "1.20RC1"),
        ("5-1.16", "5_1.16"),
        ("0", "0.0"),
    ],
)
def test_different_ways_to_write_a_generic_version_are_equal(a, b):
    assert versions.key("generic", a) == versions.key("generic", b)


def test_a_build_of_an_update_of_java_is_no_beta_of_it():
    in_order = ["1.8.0_130", "1.8.0_131", "1.8.0_131-b11", "1.8.0_132"]
    assert sorted(in_order, key=functools.partial(versions.key, "generic")) == in_order


def test_a_kind_of_package_that_is_not_known_follows_the_generic_order():
    assert versions.scheme_of_purl("github") == "generic"
    assert versions.scheme_of_purl("npm") == "semver"
    assert versions.compare("npm", "1.2.3", "1.10.0") < 0


def test_a_scheme_that_is_not_known_is_named_in_the_error():
    with pytest.raises(versions.VersionError, match="no version scheme “calver”"):
        versions.key("calver", "1")


def test_local_versions_are_included_where_a_python_version_is_the_upper_end():
    assert versions.key("pypi", "2.0.0+cu118") < versions.highest_key("pypi", "2.0") < versions.key("pypi", "2.0.post1")
    assert versions.highest_key("pypi", "2.0+a") == versions.key("pypi", "2.0+a")
