import json
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.exchange.stix_pattern import MOST, PatternError, ways_to_match

# The publisher's validator looks into values too; here they are only read.
LENIENT = {"[artifact:payload_bin = b'====']", "[file:hashes.'SHA-256' = 'f00']"}


def read_ways(pattern):
    return [[(one.path, one.equal, one.values) for one in way] for way in ways_to_match(pattern)]


def test_or_gives_a_way_each_and_and_holds_together():
    ways = read_ways("[a:x = '1' AND (b:y = 2 OR b:y IN ('3', '4'))] OR [c:z != 'no']")
    assert ways == [
        [("a:x", True, ("1",)), ("b:y", True, ("2",))],
        [("a:x", True, ("1",)), ("b:y", True, ("3", "4"))],
        [("c:z", False, ("no",))],
    ]


@pytest.mark.parametrize(
    "operator", ["NOT =", "!=", "<>", ">", "LIKE", "MATCHES", "NOT IN", "NOT ISSUBSET", "ISSUPERSET"]
)
def test_what_is_not_equal_names_no_value(operator):
    value = "('v')" if operator.endswith("IN") else "'v'"
    assert read_ways(f"[a:x {operator} {value}]") == [[("a:x", False, ("v",))]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"'it\'s'", "it's"),
        (r"'a\\b'", "a\\b"),
        ("'[x:y = 1]'", "[x:y = 1]"),
        ("'ééé'", "ééé"),
        ("true", "true"),
        ("-1.5", "-1.5"),
    ],
)
def test_values_are_read_with_what_is_escaped(text, value):
    assert read_ways(f"[a:x = {text}]") == [[("a:x", True, (value,))]]


@pytest.mark.parametrize("joint", ["AND", "OR", "FOLLOWEDBY"])
def test_each_observation_of_a_pattern_stands_for_itself(joint):
    assert len(read_ways(f"([a:x = 1] {joint} [b:y = 2]) WITHIN 5 SECONDS REPEATS 2 TIMES")) == 2


def test_the_publishers_own_patterns_are_read_and_what_it_refuses_is_refused(test_data):
    found = json.loads(test_data("stix", "patterns", "stix21-patterns.json").read_bytes())
    for pattern in found["valid"]:
        assert ways_to_match(pattern)
    refused = [one["pattern"] for one in found["invalid"] if one["pattern"] not in LENIENT]
    assert len(refused) == 25
    for pattern in refused:
        with pytest.raises(PatternError):
            ways_to_match(pattern)
    for pattern in LENIENT:
        assert ways_to_match(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "[",
        "[]",
        "[a:x = 'open]",
        "[a:x = 1] AND",
        "[a:x = 1]]",
        "(" * 2_000 + "[a:x = 1]" + ")" * 2_000,
        "[" + "(" * 2_000 + "a:x = 1" + ")" * 2_000 + "]",
        "[" + " AND ".join(["(a:x = 1 OR a:x = 2)"] * 30) + "]",
        " OR ".join(["[a:x = 1]"] * (MOST + 1)),
        "[a:x = '" + "y" * 70_000 + "']",
        "[" + " AND ".join(["a:x = 1"] * 6_000) + "]",
    ],
    ids=lambda pattern: pattern[:20],
)
def test_what_is_no_pattern_or_too_much_of_one_is_refused_at_once(pattern):
    with pytest.raises(PatternError):
        ways_to_match(pattern)


PIECES = [
    "[",
    "]",
    "(",
    ")",
    "a:x",
    "'v'",
    "=",
    "AND",
    "OR",
    "NOT",
    "IN",
    ",",
    " ",
    "1",
    "t'x'",
    "WITHIN",
    "\\",
    "'",
    "é",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_is_read_or_refused(text):
    try:
        ways = ways_to_match(text)
    except PatternError:
        return
    assert all(one.path for one in chain.from_iterable(ways))


COMPARISON = st.builds("{}:{} = '{}'".format, st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 9))


@given(st.recursive(COMPARISON, lambda inner: st.tuples(inner, st.sampled_from(["AND", "OR"]), inner), max_leaves=8))
def test_the_ways_are_those_of_a_truth_table(tree):
    """A way holds when all of its comparisons do; a pattern when one of its ways does."""

    def text(tree):
        return tree if isinstance(tree, str) else f"({text(tree[0])} {tree[1]} {text(tree[2])})"

    def holds(tree, true):
        if isinstance(tree, str):
            return tree in true
        left, right = holds(tree[0], true), holds(tree[2], true)
        return (left and right) if tree[1] == "AND" else (left or right)

    def leaves(tree):
        return {tree} if isinstance(tree, str) else leaves(tree[0]) | leaves(tree[2])

    ways = [{f"{one.path} = '{one.values[0]}'" for one in way} for way in ways_to_match(f"[{text(tree)}]")]
    every = sorted(leaves(tree))
    for number in range(2 ** len(every)):
        true = {leaf for place, leaf in enumerate(every) if number >> place & 1}
        assert any(way <= true for way in ways) == holds(tree, true)
