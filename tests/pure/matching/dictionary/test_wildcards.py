"""CPE names with a wildcard in vendor or product: each product that they hold, and nothing that means too little."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.matching.dictionary.wildcards import MOST, MOST_PATTERNS, Wildcards, expanded
from misthoorn.matching.inventory.assets import AssetError, normalise_asset
from misthoorn.matching.inventory.tables import ROW_SCHEMA
from misthoorn.matching.keys.cpe import compare_names, read_name

NAMES = [
    "cpe:2.3:a:ivanti:connect_secure:*:*:*:*:*:*:*:*",
    "cpe:2.3:a:ivanti:connect_secure:22.1:*:*:*:*:*:*:*",
    "cpe:2.3:a:ivanti:policy_secure:*:*:*:*:*:*:*:*",
    "cpe:2.3:o:ivanti:connect_os:*:*:*:*:*:*:*:*",
    "cpe:2.3:a:pulse:connect_secure:*:*:*:*:*:*:*:*",
    "no name at all",
]


def products(text, names=NAMES):
    return [":".join(one.split(":")[2:5]) for one in Wildcards(lambda: names).expand(text)]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("cpe:2.3:a:ivanti:*:22.1", ["a:ivanti:connect_secure", "a:ivanti:policy_secure"]),
        ("cpe:2.3:a:ivanti:*secure", ["a:ivanti:connect_secure", "a:ivanti:policy_secure"]),
        ("cpe:2.3:a:*:connect_secure", ["a:ivanti:connect_secure", "a:pulse:connect_secure"]),
        ("cpe:/o:ivanti", ["o:ivanti:connect_os"]),
        ("CPE:2.3:A:IVANTI:CONNECT*", ["a:ivanti:connect_secure"]),
        ("cpe:2.3:a:*:*", ["a:ivanti:connect_secure", "a:ivanti:policy_secure", "a:pulse:connect_secure"]),
    ],
)
def test_a_name_with_wildcards_is_each_product_that_it_holds(text, held):
    assert products(text) == held


def test_what_the_name_says_of_version_and_edition_is_said_of_each():
    assert Wildcards(lambda: NAMES).expand("cpe:2.3:a:ivanti:conn*:22.1:r2:*:*:*:linux:*:*") == [
        "cpe:2.3:a:ivanti:connect_secure:22.1:r2:*:*:*:linux:*:*"
    ]


@pytest.mark.parametrize(
    "text", ["Apache Log4j", "pkg:npm/a*b", "192.0.2.0/24", "cpe:2.3:a:ivanti:connect_secure", "cpe:2.3:*:ivanti:*", ""]
)
def test_anything_else_stays_as_it_is_and_no_dictionary_is_made_for_it(text):
    assert Wildcards(lambda: pytest.fail("nobody needs the dictionary")).expand(text) == (text,)


def test_a_name_that_holds_nothing_or_too_much_is_refused_with_what_to_do():
    many = [f"cpe:2.3:a:acme:thing{number}:*" for number in range(MOST + 1)]
    with pytest.raises(AssetError, match="holds no product that an advisory names; name vendor and product"):
        products("cpe:2.3:a:nobody:*")
    with pytest.raises(AssetError, match=f"holds {MOST + 1} products, more than {MOST}; name the product"):
        products("cpe:2.3:a:acme:*", many)
    assert len(products("cpe:2.3:a:acme:*", many[:MOST])) == MOST


def test_a_table_full_of_wildcards_ends_soon():
    wildcards = Wildcards(lambda: NAMES)
    for number in range(MOST_PATTERNS):
        with pytest.raises(AssetError, match="holds no product"):
            wildcards.expand(f"cpe:2.3:a:nobody{number}:*")
    with pytest.raises(AssetError, match="too many"):
        wildcards.expand("cpe:2.3:a:ivanti:*")


def test_without_a_dictionary_a_wildcard_is_refused():
    with pytest.raises(AssetError, match="leaves the vendor or the product open"):
        normalise_asset(kind="product", value="cpe:2.3:a:ivanti:*")


def rows(*values):
    some = [
        {**dict.fromkeys(ROW_SCHEMA.names, ""), "line": line, "organisation": "o", "asset": f"a{line}"}
        | {"kind": kind, "value": value}
        for line, (kind, value) in enumerate(values, 2)
    ]
    return pa.RecordBatch.from_pylist(some, ROW_SCHEMA)


def test_rows_keep_their_numbers_and_further_products_come_last_under_the_same_asset():
    first = rows(("product", "cpe:2.3:a:ivanti:*"), ("product", "cpe:2.3:a:nobody:*"), ("Product", "Log4j"))
    second = rows(("domain", "*.example"), ("product", "cpe:2.3:a:*:connect_secure"))

    found = [row for batch in expanded([first, second], Wildcards(lambda: NAMES)) for row in batch.to_pylist()]

    assert [(row["line"], row["asset"], row["value"].rstrip(":*")) for row in found] == [
        (2, "a2", "cpe:2.3:a:ivanti:connect_secure"),
        (3, "a3", "cpe:2.3:a:nobody"),
        (4, "a4", "Log4j"),
        (2, "a2", "*.example"),
        (3, "a3", "cpe:2.3:a:ivanti:connect_secure"),
        (2, "a2", "cpe:2.3:a:ivanti:policy_secure"),
        (3, "a3", "cpe:2.3:a:pulse:connect_secure"),
    ]
    assert [row["problem"] != "" for row in found] == [False, True, False, False, False, False, False]


PARTS = st.sampled_from(["*", "a", "ab", "a*", "*b", "b?"])


@given(
    vendor=PARTS, product=PARTS, there=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["a", "ab", "bb"])))
)
def test_what_is_found_is_what_the_standard_says_is_held(vendor, product, there):
    text = f"cpe:2.3:a:{vendor}:{product}"
    names = [f"cpe:2.3:a:{one}:{other}" for one, other in there]
    held = {name for name in names if compare_names(read_name(text), read_name(name)) in {"equal", "superset"}}
    try:
        found = {":".join(one.split(":")[:5]) for one in Wildcards(lambda: names).expand(text)}
    except AssetError:
        found = set()
    literal = not {"*", "?"} & set(vendor + product)
    assert found == ({text} if literal else held)
