import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_tables import read

from misthoorn.matching import versions
from misthoorn.matching.versions import canonical, vers


def test_ranges_get_the_canonical_form_of_the_specification():
    for text, expected, _ in read("range-parse.vers.vers-spec")["rows"]:
        assert canonical.canonical(text) == expected


def test_only_what_the_specification_calls_canonical_is_read_as_such():
    for text, expected, _ in read("range-parse-canonical.vers.vers-spec")["rows"]:
        if expected is None:
            with pytest.raises(versions.VersionError):
                canonical.parse(text)
        else:
            found = canonical.parse(text)
            assert found.scheme == expected["scheme"]
            assert [list(constraint) for constraint in found.constraints] == expected["version_constraints"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vers:NPM/<2,=1", "vers:npm/1|<2"),
        ("vers:datetime/<2024-01-01t00%3a00:00z", "vers:datetime/<2024-01-01T00:00:00Z"),
        ("vers:generic/1%200", "vers:generic/1%200"),
        ("vers:pypi/1!2.0|<3", "vers:pypi/<3|1%212.0"),
        ("vers:none/*", "vers:none/*"),
    ],
)
def test_another_form_is_turned_into_the_canonical_one(text, expected):
    assert canonical.canonical(text) == expected
    assert canonical.canonical(expected) == expected


def test_the_error_says_what_the_canonical_form_is():
    with pytest.raises(versions.VersionError, match=r"which is vers:npm/>=1\|<2 here"):
        canonical.parse("vers:npm/<2|>=1")


@given(
    st.lists(st.tuples(st.sampled_from(["", "<", "<=", ">", ">=", "!="]), st.text(min_size=1, max_size=5)), min_size=1)
)
def test_the_canonical_form_of_what_can_be_read_is_its_own_canonical_form(constraints):
    text = "vers:lexicographic/" + "|".join(sign + canonical.quoted(version) for sign, version in constraints)
    try:
        form = canonical.canonical(text)
    except versions.VersionError:
        return
    assert canonical.canonical(form) == form
    assert sorted(vers.parse(form).constraints) == sorted(vers.parse(text).constraints)
