from itertools import permutations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from registries import advisory, key_table, product, said

from misthoorn.matching.advisories import NO_STATEMENT, item_table, match_advisories
from misthoorn.matching.aliases import InWords
from misthoorn.matching.dictionary.terms import Mention, aliases, count_mentions, mentions, name_of
from misthoorn.matching.inventory.assets import normalise_asset
from misthoorn.matching.oracle import Owned

IOS = "cpe:2.3:o:cisco:ios_xe:17.3:*:*:*:*:*:*:*"
WITHOUT_VERSION = "cpe:2.3:o:cisco:ios_xe:*:*:*:*:*:*:*:*"
BELOW_2 = (said("1.0", "2.0"),)


def told(*affected, number=1):
    return [advisory(f"CVE-{one}", *affected) for one in range(number)]


def certainty(value, *, known_from, affected):
    asset = normalise_asset(kind="product", value=value)
    known = aliases(count_mentions(known_from))
    items, _ = item_table([advisory("CVE-1", affected)], known=known)
    found = match_advisories(assets=key_table([Owned(0, asset, None, None)]), items=items).to_pylist()
    return found[0]["certainty"] if found else ""


def test_a_product_in_words_is_found_by_the_cpe_name_that_others_call_it_by():
    both = told(product("Cisco", "Cisco Modular System", cpes=(IOS,)), number=2)
    in_words = product("Cisco Systems, Inc.", "Modular System", statements=BELOW_2)
    other = product("Cisco", "Cisco Modular System", statements=BELOW_2)
    assert certainty("cpe:2.3:o:cisco:ios_xe:1.5", known_from=both, affected=other) == "likely"
    assert certainty("cpe:2.3:o:cisco:ios_xe:2.5", known_from=both, affected=other) == ""
    assert certainty("Cisco Modular System 1.5", known_from=both, affected=other) == "likely"
    assert certainty("cpe:2.3:o:cisco:ios_xe:1.5", known_from=[], affected=other) == ""
    assert certainty("cpe:2.3:o:cisco:ios_xe:1.5", known_from=both, affected=in_words) == "likely"


def test_advisories_that_are_read_once_get_the_same_keys_whatever_their_order():
    both = told(product("Cisco", "Cisco IOS XE Software", cpes=(IOS,), statements=BELOW_2), number=2)
    in_words = advisory(
        "CVE-9", product("x", "y", statements=BELOW_2), product("Cisco", "IOS XE Software", statements=BELOW_2)
    )
    for order in permutations([*both, in_words]):
        reader, tables = InWords(), []
        for one in order:
            reader.read([one])
            tables.append(item_table([one])[0])
        found = pa.concat_tables([*tables, *reader.items()]).to_pylist()
        expected = item_table(order, known=aliases(count_mentions(order)))[0].to_pylist()
        assert {tuple(row.values()) for row in found} == {tuple(row.values()) for row in expected}
        assert {row["statement"] for row in found if row["item"] == "CVE-9"} - {NO_STATEMENT} == {0, 1}


def test_two_spellings_of_a_vendor_are_one_name():
    assert name_of("Qualcomm, Inc.", "Snapdragon") == name_of("qualcomm", "Qualcomm Snapdragon") != b""
    both = told(product("Qualcomm, Inc.", "Snapdragon", cpes=("cpe:2.3:o:qualcomm:snapdragon_firmware",)), number=2)
    affected = product("Qualcomm", "Snapdragon", statements=BELOW_2)
    assert certainty("cpe:2.3:o:qualcomm:snapdragon_firmware:1.5", known_from=both, affected=affected) == "likely"


def test_a_product_in_words_is_found_by_the_package_url_in_the_order_of_its_versions():
    tied = told(product("Django Project", "Django", purl="pkg:pypi/django"), number=2)
    affected = product("Django", "Django", statements=(said("", "2.0"),))
    assert certainty("pkg:pypi/django@2.0rc1", known_from=tied, affected=affected) == "likely"
    assert certainty("pkg:pypi/django@2.0.post1", known_from=tied, affected=affected) == ""


FIRST, SECOND, ECHO = "cpe:2.3:a:x:first", "cpe:2.3:a:x:second", "cpe:2.3:a:a_b:c_d"


def named(*cpes, number=1):
    """So many advisories that call a product A B: C D, and by these CPE names."""
    return told(product("A B", "C D", cpes=cpes), number=number)


@pytest.mark.parametrize(
    ("advisories", "is_alias"),
    [
        (named(FIRST), False),
        (named(FIRST, number=2), True),
        (named(FIRST, SECOND, number=9), False),
        (named(FIRST, number=2) + named(SECOND), True),
        (named(FIRST, number=3) + named(SECOND, number=2), False),
        (told(product("A B", "C D"), product("", "", cpes=(FIRST,)), number=2), True),
        (told(product("A B", "C D"), product("a", "c"), product("", "", cpes=(FIRST,)), number=2), False),
        (named(ECHO, number=2), False),
        (named(FIRST, number=2) + named(ECHO, number=4), True),
        (named(FIRST, number=2) + named(ECHO, number=5), False),
        (named(FIRST, number=2) + told(product("a_b", "c_d", cpes=(ECHO,)), number=99), True),
    ],
)
def test_only_a_dominant_tie_that_says_something_is_an_alias(advisories, is_alias):
    assert (name_of("A B", "C D") in aliases(count_mentions(advisories))) is is_alias


def test_of_several_products_in_one_advisory_those_that_are_called_the_same_are_tied():
    words = [product("QNAP Systems Inc.", "QTS"), product("QNAP Systems Inc.", "QuTS hero")]
    cpes = [product(cpes=(f"cpe:2.3:{part}:qnap:{name}",)) for part, name in (("o", "qts"), ("a", "quts_hero"))]
    known = aliases(count_mentions(told(*words, *cpes, number=2)))
    assert known == {}
    assert name_of("QNAP Systems Inc.", "QuTS hero") == name_of("qnap", "quts hero")
    words = [product("The Vendor of It", "QTS"), product("The Vendor of It", "Other")]
    assert aliases(count_mentions(told(*words, *cpes, number=2)))[b"thevendorofit:qts"].cpe.startswith(
        "cpe:2.3:o:qnap:qts"
    )


def test_an_alias_keeps_what_all_its_cpe_names_state():
    wordpress = "cpe:2.3:a:x:first:1.{}:*:*:*:*:wordpress:*:*"
    known = aliases(count_mentions(named(wordpress.format(1), wordpress.format(2), number=2)))
    assert known[b"ab:cd"].cpe == "cpe:2.3:a:x:first:*:*:*:*:*:wordpress:*:*"


def test_a_mention_has_no_version_and_counts_once_an_advisory():
    affected = product("Cisco", "IOS  XE", cpes=(IOS, WITHOUT_VERSION), purl="pkg:pypi/Some.Thing@1?a=b")
    assert mentions(advisory("CVE-1", affected, affected)) == (
        Mention("Cisco", "IOS XE", WITHOUT_VERSION, "pkg:pypi/some-thing"),
    )
    assert mentions(advisory("CVE-1", affected, state="withdrawn")) == ()


def test_what_names_nothing_is_not_mentioned():
    nothing = [
        product("n/a", "n/a"),
        product("a", "n/a"),
        product("a", "x" * 201),
        product(cpes=("cpe:2.3:a:*:b", "nonsense")),
        product(purl="pkg:"),
    ]
    assert mentions(advisory("CVE-1", *nothing)) == ()


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9), st.text(max_size=9)), max_size=5))
def test_any_names_can_be_mentioned(names):
    advisories = told(*(product(*one[:2], cpes=(f"cpe:2.3:a:{one[2]}",), purl=f"pkg:npm/{one[2]}") for one in names))
    for alias in aliases(count_mentions(advisories * 2)).values():
        assert alias.cpe or alias.purl
