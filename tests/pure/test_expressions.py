"""The check of regular expressions finds those that share out a text in ever more ways, and no others."""

import expressions
import pytest


@pytest.mark.parametrize(
    "expression",
    [
        "(a+)*b",
        "(?:a*?)+",
        "(?:x(a|b*))++",
        "(?:(?=a+)a){2,9}",
        "(?:a(?:b+c)?)*",
        b"(a+)+",
        "(?:(?:a{2,})x){3}",
        "(?>(a+)*)b",
    ],
)
def test_a_repetition_that_holds_one_which_gives_back_is_found(expression):
    assert expressions.nested(expression)


@pytest.mark.parametrize("expression", ["a+b*", "(?:a++)*b", "(?:(?>a+)b)*", "(?:a{1,9})*", "(?:a+)?b", b"(?:a|b)+"])
def test_a_repetition_that_gives_nothing_back_or_stands_alone_passes(expression):
    assert not expressions.nested(expression)


@pytest.mark.parametrize("expression", ["a+b", "(?:x?a)*+b", r"\s*$", "(a+)(b|c)", "b|a+c", b"a*?b", "x?a{2,}b"])
def test_an_expression_that_begins_with_a_repetition_without_an_end_is_found(expression):
    assert expressions.begins_open(expression)


@pytest.mark.parametrize("expression", ["a+", "a+b*", "(?<!a)a+b", "^a+b", "a{0,9}b", "(a+)(?:b|c)?", "xa+b", b"x|a+"])
def test_an_expression_that_is_tried_once_in_a_run_passes(expression):
    assert not expressions.begins_open(expression)


def test_an_expression_of_parts_is_read_with_a_letter_for_what_only_a_call_knows():
    found = list(expressions.expressions(expressions.SOURCE / "misthoorn/matching/versions/native/terms.py"))
    assert any("(x)?+" in one.text for one in found)
    assert {one.is_searched_for for one in found} == {True, False}
