"""Ranges written in each ecosystem's own syntax: what can be said is said, and read back as the same versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matching_strategies import VERSIONS
from test_native import same_versions

from misthoorn.matching import versions
from misthoorn.matching.versions import native, vers
from misthoorn.matching.versions.canonical import quoted
from misthoorn.matching.versions.native.writing import Interval, intervals

WRITTEN = [
    ("npm", "vers:npm/>=1.2.3|<2.0.0", ">=1.2.3 <2.0.0"),
    ("npm", "vers:npm/1|>=2|!=2.5|<3", "=1.0.0 || >=2.0.0 <2.5.0 || >2.5.0 <3.0.0"),
    ("npm", "vers:npm/*", "*"),
    ("pypi", "vers:pypi/>=1|!=1.5|<2", ">=1,!=1.5,<2"),
    ("pypi", "vers:pypi/*", ""),
    ("pypi", "vers:pypi/1.0", "==1.0"),
    ("pypi", "vers:pypi/<1|>2", None),
    ("pypi", "vers:none/*", None),
    ("maven", "vers:maven/>=1.0|<2.0|>3", "[1.0,2.0),(3,)"),
    ("maven", "vers:maven/1.5", "[1.5]"),
    ("maven", "vers:maven/*", "(,)"),
    ("nuget", "vers:nuget/>1.0|<=2", "(1.0,2]"),
    ("nuget", "vers:nuget/1|2", None),
    ("nuget", "vers:nuget/*", "(, )"),
    ("composer", "vers:composer/>=1.0|<2.0-beta1", ">=1.0-stable <2.0-beta1"),
    ("composer", "vers:composer/<1|>=2", "<1-stable || >=2-stable"),
    ("gem", "vers:gem/>=1|!=1.2|<2", ">= 1, != 1.2, < 2"),
    ("gem", "vers:gem/1|3", None),
    ("cargo", "vers:cargo/>=1.2|<1.5", ">=1.2.0, <1.5.0"),
    ("cargo", "vers:cargo/>=1.2|!=1.3|<1.5", None),
    ("golang", "vers:golang/<=1.2|1.3", "<=v1.2 || =v1.3"),
    ("hex", "vers:hex/>=1.10+b|<2", ">= 1.10.0+b and < 2.0.0"),
    ("hex", "vers:hex/1.0.0|>=2.1", "== 1.0.0 or >= 2.1.0"),
    ("conan", "vers:conan/>1|<2|3", ">1 <2 || =3"),
    ("deb", "vers:deb/>=1.0-1|<1:2~rc1-1", "(>= 1.0-1), (<< 1:2~rc1-1)"),
    ("rpm", "vers:rpm/>1.0^git1-1|<=2-1", "> 1.0^git1-1, <= 2-1"),
    ("alpm", "vers:alpm/>=2.0-1|<1:1", ">=2.0-1, <1:1"),
    ("cran", "vers:cran/>=1.2|!=1.4|<2", "(>= 1.2), (!= 1.4), (< 2)"),
    ("hackage", "vers:hackage/1|>=1.2|<1.3", "==1 || >=1.2 && <1.3"),
    ("hackage", "vers:hackage/*", ">=0"),
    ("pub", "vers:pub/>=1.2|<2.0.0-0", ">=1.2.0 <2.0.0-0"),
    ("pub", "vers:pub/*", "any"),
    ("pub", "vers:pub/<2.0.0", None),
    ("nginx", "vers:nginx/>=1.1|<=1.2|1.4", "1.1-1.2, 1.4"),
    ("nginx", "vers:nginx/*", "all"),
    ("nginx", "vers:none/*", "none"),
    ("nginx", "vers:nginx/<1.2", None),
    ("openssl", "vers:openssl/1.0.2a|1.0.2b", "1.0.2a, 1.0.2b"),
    ("openssl", "vers:openssl/<1.0.2", None),
    ("npm", "vers:pypi/1", None),
    ("calver", "vers:calver/1", None),
]


@pytest.mark.parametrize(("kind", "text", "expected"), WRITTEN)
def test_a_range_is_written_as_its_ecosystem_writes_it(kind, text, expected):
    if expected is None:
        with pytest.raises(versions.VersionError, match=r"\.$"):
            native.from_vers(kind, text)
    else:
        assert native.from_vers(kind, text) == expected


@pytest.mark.parametrize("kind", sorted(native.SYNTAXES))
def test_what_is_written_is_read_as_the_same_versions(kind):
    scheme = versions.scheme_of_purl(kind) if kind not in versions.SCHEMES else kind
    version = VERSIONS[scheme].filter(lambda text: versions.valid(scheme, text)).map(str.strip)
    constraint = st.tuples(st.sampled_from(["", "<", "<=", ">", ">=", "!=", "", ">="]), version)

    @given(st.lists(constraint, min_size=1, max_size=4))
    def check(constraints):
        text = f"vers:{kind}/" + "|".join(sign + quoted(version) for sign, version in constraints)
        try:
            written = native.from_vers(kind, text)
        except versions.VersionError:
            return  # it has no words for that, which the examples above hold
        back = native.to_vers(kind, written)
        assert same_versions(back, text) if back != "vers:none/*" else intervals(text) == []

    check()


@given(
    st.lists(st.tuples(st.sampled_from(["", "<", "<=", ">", ">=", "!="]), st.integers(1, 9)), min_size=1, max_size=6)
)
def test_intervals_hold_what_their_range_holds(constraints):
    text = "vers:intdot/" + "|".join(f"{sign}{number}" for sign, number in constraints)
    found = intervals(text)
    for at in ("0", *(f"{number}{end}" for number in range(1, 10) for end in ("", ".5"))):
        assert any(_is_in(at, one) for one in found) == vers.contains(text, at), at


def _is_in(version, interval):
    low = versions.compare("intdot", version, interval.low) if interval.low else 1
    high = versions.compare("intdot", version, interval.high) if interval.high else -1
    above = low > 0 or (low == 0 and interval.low_inclusive)
    return above and (high < 0 or (high == 0 and interval.high_inclusive)) and version not in interval.holes


def test_a_version_that_is_left_out_is_a_hole_and_not_an_end():
    assert intervals("vers:npm/>=1|!=2|<3") == [
        Interval("1", low_inclusive=True, high="3", high_inclusive=False, holes=("2",))
    ]
