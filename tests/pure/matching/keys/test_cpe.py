"""CPE names against the tables of other projects, where they are present, and against their specification."""

import json
import os
from pathlib import Path

import pytest
from cpe_gaps import GAPS
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.matching.keys.cpe import (
    MAX_CPE_LENGTH,
    CpeError,
    Name,
    attribute,
    compare_names,
    concerns,
    parse_cpe,
    read_name,
    relation,
)

DATA = Path(os.environ.get("MISTHOORN_TEST_DATA", Path(__file__).parents[5] / "shared")) / "oracles"


def rows(name):
    if not (DATA / f"{name}.json").exists():
        pytest.skip(f"the table {name} is not at hand; set MISTHOORN_TEST_DATA to the folder that holds oracles/")
    return json.loads((DATA / f"{name}.json").read_text())["rows"]


def check(name, wrong):
    assert {tuple(map(str, row)) for row in wrong} == GAPS.get(name, {}).keys()


@pytest.mark.parametrize("name", ["cpe-attribute.cpe23.cpe-parser", "cpe-attribute.wfn-string.nvdtools"])
def test_values_relate_as_other_projects_say(name):
    def canonical(text):
        return attribute(text) if text else text

    found = [(row, relation(canonical(row[0]), canonical(row[1])).upper()) for row in rows(name)]
    check(name, [row for row, relates in found if relates != row[2]])


def from_wfn(attributes):
    """A well-formed name quotes every special character, and writes ANY and NA as words."""
    words = {"ANY": "*", "NA": "-"}
    return Name(**{name: words.get(value) or attribute(value) for name, value in attributes.items()})


def test_names_relate_as_the_examples_of_the_standard():
    meant = {"equal": {"EQUAL", "SUBSET", "SUPERSET"}, "undefined": set()}
    for source, target, expected in rows("cpe-name.wfn.go-cpe"):
        found = compare_names(from_wfn(source), from_wfn(target))
        assert meant.get(found, {found.upper()}) == set(expected)


def test_records_concern_installed_products_as_another_matcher_says():
    name = "cpe-match.nvd.dependency-track"
    without_range = [row for row in rows(name) if row[1] is None]
    assert len(without_range) == 199
    check(name, [row for row in without_range if concerns(read_name(row[0]), read_name(row[2])) is not row[3]])


@pytest.mark.parametrize(
    ("text", "written_out"),
    [
        ("cpe:/a:vendor", "cpe:2.3:a:vendor:*:*:*:*:*:*:*:*:*"),
        (
            "cpe:/a:foo%5cbar:big%24money:::~~special~pod~80gb~",
            "cpe:2.3:a:foo\\\\bar:big\\$money:*:*:*:*:special:pod:80gb:*",
        ),
        ("cpe:/a:hp:openview:7.51::~~~linux~~", "cpe:2.3:a:hp:openview:7.51:*:*:*:*:linux:*:*"),
        ("cpe:/a:cisco:a%7eb:%02.5%01", "cpe:2.3:a:cisco:a\\~b:*.5?:*:*:*:*:*:*:*"),
        ("cpe:2.3:a:Vendor:C++:1.0:::::::", "cpe:2.3:a:vendor:c\\+\\+:1.0:*:*:*:*:*:*:*"),
        ("cpe:2.3:a:v\\-v:p\\.p:\\-:*", "cpe:2.3:a:v-v:p.p:\\-:*:*:*:*:*:*:*"),
        ("cpe:2.3:a:back\\\\:slash", "cpe:2.3:a:back\\\\:slash:*:*:*:*:*:*:*:*"),
        ("cpe:2.3:a:col\\:on:p", "cpe:2.3:a:col\\:on:p:*:*:*:*:*:*:*:*"),
        ("cpe:2.3:a:v:p:1\\*:**", "cpe:2.3:a:v:p:1\\*:*:*:*:*:*:*:*"),
        ("cpe:2.3:a:two words:p", "cpe:2.3:a:two_words:p:*:*:*:*:*:*:*:*"),
    ],
)
def test_any_way_of_writing_a_name_is_one_name(text, written_out):
    assert str(read_name(text)) == written_out


def test_a_packed_edition_of_a_uri_is_five_attributes():
    name = read_name("cpe:/a:hp:insight_diagnostics:7.4.0.1570:-:~e~online~win2003~x64~o:en")
    assert name[4:] == ("-", "e", "en", "online", "win2003", "x64", "o")
    assert read_name("cpe:/o:redhat:enterprise_linux:9::baseos").edition == "baseos"
    assert read_name("cpe:/o:redhat:enterprise_linux:9::~baseos").edition == "\\~baseos"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cpe",
        "cpe:2.2:a:v:p",
        "cpe:2.3:x:v:p",
        "cpe:2.3:a:b:c:d:e:f:g:h:i:j:k:l",
        "cpe:/a:b:c:d:e:f:g:h",
        "cpe:2.3:a:v:p:1.*.2",
        "cpe:2.3:a:v:p:a?b",
        "cpe:2.3:a:v\x00:p",
        "cpe:2.3:a:v:p:" + "*a" * 400,
        "cpe:2.3:a:" + "x" * MAX_CPE_LENGTH,
        "cpe:2.3:a:" + "\\" * 100_000,
        "cpe:/" + "%" * 100_000,
    ],
)
def test_what_is_no_name_is_refused_with_a_sentence(text):
    with pytest.raises(CpeError, match=r"“.*” (is not a CPE name: |has a wildcard inside).*\.") as found:
        read_name(text)
    assert found.value.code == "cpe-unreadable"
    assert len(str(found.value)) < 300


@pytest.mark.parametrize("text", ["cpe:2.3:a:*:p", "cpe:2.3:a:v:-", "cpe:2.3:a:v:p*", "cpe:2.3:o:?v:p", "cpe:/a:v"])
def test_a_name_for_more_than_one_product_has_no_key(text):
    with pytest.raises(CpeError, match="name both"):
        parse_cpe(text)
    assert read_name(text)


def test_an_update_is_part_of_the_version_and_stands_beside_it_where_that_is_open():
    assert parse_cpe("cpe:2.3:a:apache:log4j:2.0:beta9:*:*:*:*:*:*").version == "2.0-beta9"
    assert parse_cpe("cpe:2.3:a:apache:log4j:2.0:beta9:*:*:*:*:*:*").edition == ""
    server = parse_cpe("cpe:2.3:o:microsoft:windows_server_2008:-:sp2:*:*:*:*:x64:*")
    assert (server.version, server.edition) == ("", "sp2 * * * * x64 *")


characters = st.characters(exclude_categories=["Cs", "Cc"])
names = st.lists(st.text("abz09._-\\:*?~! %é", max_size=6), max_size=12).map(
    lambda parts: "cpe:2.3:a:" + ":".join(parts)
)


@given(st.one_of(names, st.text(characters, max_size=40).map("cpe:2.3:a:v:{}".format)))
def test_whatever_is_read_is_written_and_read_again_the_same(text):
    try:
        name = read_name(text)
    except CpeError as error:
        assert error.code == "cpe-unreadable"  # noqa: PT017  either outcome is right
        return
    assert read_name(str(name)) == name
    assert compare_names(name, name) == "equal"
    assert compare_names(Name(), name) in {"superset", "equal"}


@given(st.text("ab\\*?", max_size=5), st.text("ab", min_size=1, max_size=5))
def test_a_pattern_holds_what_its_characters_can_become(pattern, text):
    try:
        source = attribute(pattern)
    except CpeError:
        return
    if source == "*":
        return
    expected = "equal" if source == text else "superset" if text in spelled_out(source) else "disjoint"
    assert relation(source, text) == expected


def spelled_out(pattern):
    """Every text of at most five characters that a pattern can stand for: `?` is one character or none."""
    found, quoted = {""}, False
    for character in pattern:
        if character == "\\" and not quoted:
            quoted = True
            continue
        if quoted or character in "ab":
            found = {text + character for text in found}
        elif character == "?":
            found |= {text + one for text in found for one in "ab"}
        else:
            for _ in range(5):
                found |= {text + one for text in found if len(text) < 5 for one in "ab"}
        quoted = False
    return found
