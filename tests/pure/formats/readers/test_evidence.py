import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.observations.cells import check_identifier
from misthoorn.formats.readers.evidence import DEEPEST, LONGEST, MOST, as_identifier, flat, pairs


def test_what_is_nested_gets_dotted_names():
    record = {
        "a": {"b": {"c": 1}},
        "d": [1, True, "x", None],
        "e": [{"f": 0.5}, {"g": " y "}],
        "h": None,
        "i": "",
        "j": {},
    }
    assert flat(record) == {"a.b.c": "1", "d": "1, true, x", "e.1.f": "0.5", "e.2.g": "y"}
    assert pairs({"b": 2, "a": False}) == (("b", "2"), ("a", "false"))


def test_a_name_that_is_left_out_takes_what_is_under_it_along():
    assert flat({"a": {"b": 1, "c": 2}, "b": 3}, without={"a.b", "b"}) == {"a.c": "2"}
    assert flat({"a": {"b": 1}, "c": 3}, without={"a"}) == {"c": "3"}


def test_texts_are_bounded_in_number_length_and_depth():
    assert len(flat({str(number): 1 for number in range(2 * MOST)})) == MOST
    assert flat({"a": "x" * 2 * LONGEST}) == {"a": "x" * LONGEST + "…"}
    value = inner = {}
    for _ in range(2 * DEEPEST):
        inner["a"] = inner = {}
    inner["a"] = "end"
    ((name, text),) = flat(value).items()
    assert name == ".".join("a" * DEEPEST)
    assert "end" in text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Heartbleed", "heartbleed"),
        ("c&c server", "c-c-server"),
        ("open: x.y/z_1", "open:-x.y/z_1"),
        ("  --a-- ", "a"),
        ("ïï", ""),
        ("a" * 500, "a" * 100),
    ],
)
def test_a_text_becomes_a_word_that_can_be_an_identifier(text, word):
    assert as_identifier(text) == word


@given(text=st.text())
def test_what_becomes_of_any_text_is_an_identifier_or_nothing(text):
    word = as_identifier(text)
    assert word == "" or check_identifier(word) == (word, "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=30,
)


@given(record=st.dictionaries(st.text(max_size=5), JSON, max_size=5))
def test_evidence_of_any_record_is_texts(record):
    found = flat(record)
    assert all(isinstance(text, str) and text for text in found.values())
    assert json.loads(json.dumps(found)) == found
