"""The small parts: ranges of keys, CPE names, product names, `vers:` texts, reading ahead, the statement itself."""

import json
import os
from pathlib import Path

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.matching import versions
from misthoorn.matching.keys.cpe import CpeError, parse_cpe
from misthoorn.matching.prefetch import read_ahead
from misthoorn.matching.products.names import name_keys
from misthoorn.matching.ranges import EVERYTHING, between, is_empty, merged, point, subtract
from misthoorn.matching.sql import advisories, events
from misthoorn.matching.versions import vers

DATA = Path(os.environ.get("MISTHOORN_TEST_DATA") or Path(__file__).parents[4] / "shared") / "oracles"
KEYS = [bytes([letter]) for letter in b"bdfh"]
ENDS = st.one_of(st.none(), st.sampled_from(KEYS))
RANGES = st.builds(
    lambda low, a, high, b: between(low=low, low_inclusive=a, high=high, high_inclusive=b),
    ENDS,
    st.booleans(),
    ENDS,
    st.booleans(),
)
# A place at, just below and just above every key, and between them.
PLACES = [key + bytes([side]) for key in KEYS for side in (0, 1, 2)] + [
    b"a\x01",
    b"c\x01",
    b"e\x01",
    b"g\x01",
    b"i\x01",
]


@given(RANGES, st.lists(RANGES, max_size=4))
def test_subtracting_holes_leaves_exactly_what_lies_outside_them(whole, holes):
    left = list(subtract(whole, merged(holes)))
    assert not any(map(is_empty, left))
    for place in (key + b"\x01" for key in [*KEYS, b"a", b"c", b"e", b"g", b"i"]):
        outside = whole.lo <= place <= whole.hi and not any(hole.lo <= place <= hole.hi for hole in holes)
        assert any(span.lo <= place <= span.hi for span in left) == outside


def test_open_and_closed_ends_that_meet_overlap_only_where_a_version_lies_in_both():
    below = between(low=None, low_inclusive=True, high=b"k", high_inclusive=False)
    up_to = between(low=None, low_inclusive=True, high=b"k", high_inclusive=True)
    from_on = between(low=b"k", low_inclusive=True, high=None, high_inclusive=True)
    assert below.hi < from_on.lo
    assert up_to.hi >= from_on.lo
    assert EVERYTHING.lo <= point(b"k").lo <= EVERYTHING.hi


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*", ("a", "apache", "log4j", "2.14.1")),
        ("CPE:2.3:O:Cisco:IOS_XE:16\\.1\\:a", ("o", "cisco", "ios_xe", "16.1:a")),
        ("cpe:2.3:a:foo\\:bar:l\\*4:1", ("a", "foo:bar", "l*4", "1")),
        ("cpe:2.3:a:b\\\\:c:1", ("a", "b\\", "c", "1")),
        ("cpe:/a:apache:log4j", ("a", "apache", "log4j", "")),
        ("cpe:/a:a%3ab:log4j:1.0:sp1", ("a", "a:b", "log4j", "1.0-sp1")),
        ("cpe:2.3:a:apache:log4j:2.*", ("a", "apache", "log4j", "")),
    ],
)
def test_cpe_names_are_read_with_their_quoting(text, parts):
    assert parse_cpe(text)[:4] == parts


@pytest.mark.parametrize(
    "text", ["", "cpe:2.3:", "cpe:2.3:a:b:c:" + ":" * 20, "cpe:2.3:a:b:" + "c" * 2000, "cpe:2.3:a:b\x00:c"]
)
def test_what_is_no_cpe_name_is_refused_with_a_sentence(text):
    with pytest.raises(CpeError, match="CPE name"):
        parse_cpe(text)


def test_a_colon_inside_a_name_does_not_make_two_products_one():
    assert parse_cpe("cpe:2.3:a:a\\:b:c").key != parse_cpe("cpe:2.3:a:a:b\\:c").key


@pytest.mark.parametrize(
    ("vendor", "product", "key"),
    [
        ("Apache Software Foundation", "Apache Log4j", b"apache:log4j"),
        ("Pure Storage", "FlashArray", b"purestorage:flasharray"),
        ("Qualcomm, Inc.", "Snapdragon", b"qualcomm:snapdragon"),
        ("Zyxel B.V.", "NAS", b"zyxel:nas"),
        ("ＦＵＬＬ", "ｗｉｄｔｈ", b"full:width"),
    ],
)
def test_two_ways_to_write_a_vendor_share_a_key(vendor, product, key):
    assert key in name_keys(vendor=vendor, product=product)


@pytest.mark.parametrize(("vendor", "product"), [("n/a", "thing"), ("vendor", ""), ("", ""), ("---", "thing")])
def test_names_that_say_nothing_have_no_key(vendor, product):
    assert name_keys(vendor=vendor, product=product) == ()


@pytest.mark.parametrize(
    ("span", "version", "wanted"),
    [
        ("vers:npm/>=1.2.3|<2.0.0", "1.5.0", True),
        ("vers:npm/<2.0.0|>=1.2.3", "2.0.0", False),
        ("vers:npm/>=1.2.3,<2.0.0", "1.2.3", True),
        ("vers:deb/1%3A1.0", "1:1.0", True),
        ("vers:pypi/!=1.5", "1.5", False),
        ("vers:pypi/!=1.5", "1.6", True),
        ("vers:generic/<1|>2|<3", "2.5", True),
        ("vers:generic/>1|>=2|<3|<=4", "1.5", True),
        ("vers:generic/>1|>=2|<3|<=4", "3.5", True),
        ("VERS:PyPI/*", "1", True),
        ("vers:unheard-of/*", "1", True),
    ],
)
def test_a_vers_range_holds_what_lies_in_it(span, version, wanted):
    assert vers.contains(span, version) is wanted


@pytest.mark.parametrize(
    "span",
    [
        "",
        "npm/1",
        "vers:npm",
        "vers:npm/",
        "vers:npm/|1",
        "vers:npm/1||2",
        "vers:npm/1|",
        "vers:npm/> 1",
        "vers:npm/1%2G",
        "vers:npm/1|*",
        "vers:calver/1",
        "vers:npm/one",
    ],
)
def test_what_is_no_vers_range_is_refused(span):
    with pytest.raises(versions.VersionError):
        vers.contains(span, "1.0.0")


def test_a_range_that_is_too_long_is_refused():
    with pytest.raises(versions.VersionError, match="at most"):
        vers.parse("vers:npm/" + "1|" * 100_000)


def test_the_forms_that_the_vers_specification_refuses_are_refused():
    path = DATA / "range-parse-canonical.vers.vers-spec.json"
    if not path.exists():
        pytest.skip(f"needs {path}, which is not there (MISTHOORN_TEST_DATA)")
    for text, expected, message in json.loads(path.read_text())["rows"]:
        if expected is None and "datetime" not in text and "sorted" not in message:
            with pytest.raises(versions.VersionError):
                vers.parse(text)


def test_reading_ahead_keeps_the_order_and_ends():
    with read_ahead(iter(range(100)), ahead=2) as items:
        assert list(items) == list(range(100))


def test_what_goes_wrong_while_reading_ahead_is_raised_where_the_items_are_used():
    def items():
        yield 1
        raise ValueError("no more")

    with read_ahead(items(), ahead=1) as found:
        assert next(found) == 1
        with pytest.raises(ValueError, match="no more"):
            next(found)


def test_leaving_early_ends_the_reading():
    with read_ahead(iter(int, 1), ahead=1) as found:
        assert next(found) == 0


@pytest.mark.parametrize(
    "statement",
    [
        *(*advisories.STEPS.values(), advisories.MATCHES),
        *(
            events.EVENTS,
            events.RANGED_EVENTS,
            events.statement(folded=True, ranged=True),
            events.SPACES,
            events.DEPTHS,
            events.ASNS,
        ),
    ],
)
def test_the_statements_can_be_translated_for_another_engine(statement):
    (translated,) = sqlglot.transpile(
        statement, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    assert translated
