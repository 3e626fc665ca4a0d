"""Ranges in each ecosystem's own syntax, held to other projects' tables where they are present."""

import contextlib
import functools

import pytest
from gaps import NATIVE_GAPS
from hypothesis import example, given
from hypothesis import strategies as st
from test_tables import read

from misthoorn.matching import versions
from misthoorn.matching.versions import native, vers
from misthoorn.matching.versions.native import gitlab, npm

GITLAB = ("composer", "conan", "gem", "golang", "npm", "pypi")
READERS = {
    **{syntax: functools.partial(native.to_vers, syntax) for syntax in native.SYNTAXES},
    **{f"{scheme}-gitlab": functools.partial(gitlab.to_vers, scheme=scheme) for scheme in GITLAB},
}
TABLES = [
    *("composer-gitlab.univers", "conan-gitlab.univers", "conan.univers", "conan.vers-spec", "gem-gitlab.univers"),
    *("gem.univers", "gem.vers-spec", "golang-gitlab.univers", "nginx.univers", "nginx.vers-spec"),
    *("npm-gitlab.univers", "npm.univers", "npm.vers-spec", "nuget.univers", "nuget.vers-spec", "openssl.univers"),
    *("openssl.vers-spec", "pypi-gitlab.univers", "pypi.univers", "pypi.vers-spec"),
]
# Written behind each version that one of the texts names, these make the versions close around it.
AROUND = ("", "-0", "-a", ".0.1", "a", ".dev0", "-dev", ".a", "+1")


def same_versions(one, other):
    """Whether two `vers:` texts hold the same of all versions that they name and of those close around them."""
    if one == other:
        return True
    scheme = vers.parse(one).scheme
    named = {version for text in (one, other) for _, version in vers.parse(text).constraints if version}
    close = [version + end for version in named for end in AROUND if versions.valid(scheme, version + end)]
    return scheme == vers.parse(other).scheme and all(
        vers.contains(one, at) == vers.contains(other, at) for at in close
    )


def right(reader, text, expected):
    try:
        return same_versions(reader(text), expected)
    except versions.VersionError:
        return False


def check_gaps(name, wrong):
    """Each wrong row has a reason, and each reason as many rows as it says: one that comes out right fails this."""
    gaps = NATIVE_GAPS.get(name, {})
    assert {row for row in wrong if not any(finds(row) for finds, _ in gaps.values())} == set()
    assert {reason: sum(map(bool, map(finds, wrong))) for reason, (finds, _) in gaps.items()} == {
        reason: count for reason, (_, count) in gaps.items()
    }


@pytest.mark.parametrize("table", TABLES)
def test_a_range_becomes_the_versions_that_other_projects_expect(table):
    reader, name = READERS[table.split(".")[0]], f"native-range.{table}"
    wrong = {text for text, expected in read(name)["rows"] if not right(reader, text, expected)}
    check_gaps(name, wrong)


def test_npm_holds_what_node_semver_holds_with_each_flag():
    for text, version, expected, loose, prereleases in read("range.npm.node-semver")["rows"]:
        assert npm.holds(text, version, loose=loose, prereleases=prereleases) == expected, (text, version)


def test_npm_writes_a_range_as_node_semver_does():
    for text, expected, loose, prereleases in read("native-range.npm-canonical.node-semver")["rows"]:
        if expected is None:
            with pytest.raises(versions.VersionError):
                npm.canonical(text, loose=loose, prereleases=prereleases)
        else:
            assert npm.canonical(text, loose=loose, prereleases=prereleases) == expected


@pytest.mark.parametrize("name", ["range.composer.semver", "range.gem.univers", "range.nuget.univers"])
def test_ranges_in_their_own_syntax_hold_what_other_projects_expect(name):
    reader, wrong = READERS[name.split(".")[1]], set()
    for text, version, expected in read(name)["rows"]:
        try:
            held = vers.contains(reader(text), version)
        except versions.VersionError:
            held = None
        if held != expected:
            wrong.add((text, version))
    check_gaps(name, wrong)


EXAMPLES = [
    ("pypi", "~=1.4.2", "vers:pypi/>=1.4.2|<1.5.dev0"),
    ("pypi", "~=2.2rc1", "vers:pypi/>=2.2rc1|<3.dev0"),
    ("pypi", "==1.4rc1.*", None),
    ("pypi", "==1!1.4.*", "vers:pypi/>=1%211.4.dev0|<1%211.5.dev0"),
    ("pypi", "!=1.4.*, >=1.2", "vers:pypi/>=1.2|<1.4.dev0|>=1.5.dev0"),
    ("pypi", "===1.0", "vers:pypi/1.0"),
    ("pypi", "", "vers:pypi/*"),
    ("pypi", "<1||", "vers:pypi/<1"),
    ("npm", ">1 !=2", None),
    ("npm", "1.2.3 - 2 || 1.5", "vers:npm/>=1.2.3|<3.0.0-0"),
    ("npm", ">=1.2.3 <1.0.0", "vers:none/*"),
    ("npm", "||", "vers:npm/*"),
    ("maven", "[1.0,2.0),(3,]", "vers:maven/>=1.0|<2.0|>3"),
    ("maven", "1.5", "vers:maven/1.5"),
    ("cargo", "1.2.3", "vers:cargo/>=1.2.3|<2.0.0-0"),
    ("cargo", ">= 1.2, <1.5", "vers:cargo/>=1.2.0|<1.5.0-0"),
    ("cargo", "~0.2", "vers:cargo/>=0.2.0|<0.3.0-0"),
    ("cargo", "=1.2.3", "vers:cargo/1.2.3"),
    ("cargo", "1.*", "vers:cargo/>=1.0.0|<2.0.0-0"),
    ("cargo", "1.2.x", "vers:cargo/>=1.2.0|<1.3.0-0"),
    ("cargo", "*", "vers:cargo/*"),
    ("cargo", "<*", None),
    ("cargo", ">=1.2 <1.5", None),
    ("cargo", "0.1 || 0.2", None),
    ("cargo", "1,", None),
    ("hex", "~> 2.1.3 and != 2.1.5", "vers:hex/>=2.1.3|!=2.1.5|<2.2-0"),
    ("hex", "~> 2.1 or == 1.0.0", "vers:hex/1.0.0|>=2.1|<3-0"),
    ("hex", "~> 2.0.0-rc.1", "vers:hex/>=2.0.0-rc.1|<2.1-0"),
    ("hex", "~> 2", None),
    ("hex", ">= 1.0.0, < 2.0.0", None),
    ("alpm", ">=2.0-1, <1:1", "vers:alpm/>=2.0-1|<1:1"),
    ("cran", "(>= 1.2-3), (!= 1.4), (< 2.0)", "vers:cran/>=1.2-3|!=1.4|<2.0"),
    ("cran", "~ 1.2", None),
    ("hackage", ">=1.2 && <1.3 || ==1.5.* || ^>=2.1.3", "vers:hackage/>=1.2|<1.3|>=1.5|<1.6|>=2.1.3|<2.2"),
    ("hackage", "-any", "vers:hackage/*"),
    ("hackage", "-none", "vers:none/*"),
    ("hackage", "1.2", None),
    ("hackage", "(>1 || <0.5) && <2", None),
    ("pub", "^1.2.3", "vers:pub/>=1.2.3|<2.0.0-0"),
    ("pub", "^0.1.2-a", "vers:pub/>=0.1.2-a|<0.2.0-0"),
    ("pub", ">=1.2.0<2.0.0", "vers:pub/>=1.2.0|<2.0.0-0"),
    ("pub", ">=2.0.0-a <2.0.0", "vers:pub/>=2.0.0-a|<2.0.0"),
    ("pub", ">1.0.0 <=1.5.0+1", "vers:pub/>1.0.0|<=1.5.0+1"),
    ("pub", "any", "vers:pub/*"),
    ("pub", "1.2.3", "vers:pub/1.2.3"),
    ("pub", "", None),
    ("pub", "^1.2.3 <1.5.0", None),
    ("pub", ">=1.0.0 || <0.5.0", None),
    ("maven", "(1.5)", None),
    ("maven", "[1.5", None),
    ("nuget", "1.0", "vers:nuget/>=1.0"),
    ("nuget", "1.*", "vers:nuget/>=1.0"),
    ("nuget", "1.2.*-rc.*", "vers:nuget/>=1.2.0-rc.0"),
    ("nuget", "[1.0-*,2.0)", "vers:nuget/>=1.0-0|<2.0"),
    ("nuget", "1.*.3", None),
    ("nuget", "*", "vers:nuget/*"),
    ("nginx", "all", "vers:nginx/*"),
    ("nginx", "none", "vers:none/*"),
    ("nginx", "1.1.4-1.2.8, 1.3.9-1.4.0", "vers:nginx/>=1.1.4|<=1.2.8|>=1.3.9|<=1.4.0"),
    ("conan", "1.2.*", "vers:conan/>=1.2|<1.3-"),
    ("conan", "~1.1.1w", "vers:conan/>=1.1.1w|<1.2-"),
    ("conan", "~1.x", None),
    ("conan", "1.2.3*", None),
    ("conan", "^0.0", "vers:conan/>=0.0|<0.1-"),
    ("conan", "", None),
    ("conan", "~=1", None),
    ("composer", "~1.2.0beta1 as 1.0 || >2@dev", "vers:composer/>=1.2.0beta1|<1.3-dev|>2-dev"),
    ("composer", "^4.0-beta.2.5 !=4.1", "vers:composer/>=4.0-beta.2.5|!=4.1|<5-dev"),
    ("composer", "1.0 - 1.2 !=1.1@stable", "vers:composer/>=1.0-dev|!=1.1|<1.3-dev"),
    ("composer", "~3.0.x-dev", "vers:composer/>=3.0.x-dev|<3.1-dev"),
    ("composer", "v2.*.x", "vers:composer/>=2-dev|<3-dev"),
    ("composer", ">1.*", None),
    ("composer", ">1.2@wobbly", None),
    ("golang", "<=v1.2 || =v1.3", "vers:golang/<=1.2|1.3"),
    ("pypi-gitlab", "!=2,>=1,<3", "vers:pypi/>=1|!=2|<3"),
    ("pypi-gitlab", "!=2||2", "vers:pypi/*"),
    ("pypi-gitlab", ">=1 or 2", None),
]


@pytest.mark.parametrize(("syntax", "text", "expected"), EXAMPLES)
def test_a_range_is_written_short_and_sorted(syntax, text, expected):
    if expected is None:
        with pytest.raises(versions.VersionError, match=r"\.$"):
            READERS[syntax](text)
    else:
        assert READERS[syntax](text) == expected


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("~> 1.0, != 1.5", ("1.0", "1.4.9", "1.9"), ("0.9", "1.5", "2.0", "2.0.a")),
        ("~> 2", ("2", "2.9"), ("1.9", "3.0.pre")),
        ("~> 2.1.10b1", ("2.1.10b1", "2.1.11"), ("2.2",)),
        ("1.0, 1.1", (), ("1.0", "1.1")),
    ],
)
def test_a_requirement_of_ruby_holds_what_ruby_says(text, inside, outside):
    found = native.to_vers("gem", text)
    assert all(vers.contains(found, version) for version in inside)
    assert not any(vers.contains(found, version) for version in outside)


@pytest.mark.parametrize("syntax", READERS)
def test_any_text_gives_a_range_or_a_sentence(syntax):
    @given(st.one_of(st.text(max_size=40), st.text("01.xX*<>=~^|,- []()!va+@", max_size=30)))
    @example("<" * 200_000)
    @example(">=1 " * 20_000)
    @example("1||" * 30_000)
    @example("[" * 50_000)
    @example("1" * 90_000)
    @example("^" + "1." * 40_000)
    @example("\ud800")
    @example("*")
    def check(text):
        with contextlib.suppress(versions.VersionError):
            assert vers.parse(READERS[syntax](text)).scheme in {syntax.removesuffix("-gitlab"), "none"}

    check()


def test_a_kind_without_a_syntax_is_named_in_the_error():
    with pytest.raises(versions.VersionError, match="Ranges of “calver” can't be read"):
        native.to_vers("calver", "1")
