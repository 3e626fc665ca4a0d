import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.common.numbers import (
    CODE_ALPHABET,
    is_number,
    make_code,
    make_number,
    show_code,
    show_number,
    tidy_code,
    tidy_number,
)

BODIES = st.integers(min_value=0, max_value=10**10 - 1)


def number_of(body):
    return make_number(lambda bound: body if body < bound else pytest.fail("asked beyond the bound"))


@given(BODIES)
def test_a_warning_number_has_twelve_digits_and_is_recognised(body):
    number = number_of(body)

    assert number.isdigit()
    assert len(number) == 12
    assert number.startswith(f"{body:010d}")
    assert is_number(number)


def test_the_check_digits_are_those_of_iso_7064_mod_97_10():
    assert number_of(794) == "000000079444"  # the standard's own example: 794 gets 44


@pytest.mark.parametrize("body", [0, 1, 96, 97, 9_999_999_999])
def test_the_ends_of_the_range_are_numbers_too(body):
    assert is_number(number_of(body))


@given(BODIES)
def test_no_single_wrong_digit_passes(body):
    number = number_of(body)
    for place, right in enumerate(number):
        for wrong in set("0123456789") - {right}:
            assert not is_number(number[:place] + wrong + number[place + 1 :])


@given(BODIES)
def test_no_two_swapped_neighbours_pass(body):
    number = number_of(body)
    for place in range(11):
        left, right = number[place], number[place + 1]
        if left != right:
            assert not is_number(number[:place] + right + left + number[place + 2 :])


@pytest.mark.parametrize(
    "text", ["", "00000007944", "0000000079444", "00000007944x", " 000000079444", "000000079444\n", "٠٠٠٠٠٠٠٧٩٤٤٤"]
)
def test_what_is_not_twelve_plain_digits_is_no_number(text):
    assert not is_number(text)


@given(BODIES, st.sampled_from(["-", " ", ".", "–", "—", "\u00a0", " - "]))
def test_a_number_typed_with_signs_between_the_groups_is_understood(body, sign):
    number = number_of(body)
    typed = sign.join([number[:4], number[4:8], number[8:]])

    assert tidy_number(f" {typed} ") == number
    assert show_number(number) == "-".join([number[:4], number[4:8], number[8:]])


def test_a_code_is_eight_characters_that_nobody_confuses():
    codes = [make_code(random.Random(seed).randrange) for seed in range(200)]

    assert {len(code) for code in codes} == {8}
    assert set("".join(codes)) == set(CODE_ALPHABET)
    assert len(set(CODE_ALPHABET)) == 25
    for confusing in ("0O", "1IL", "5S", "8B", "UV"):
        assert not set(confusing) & set(CODE_ALPHABET)


@given(st.text(CODE_ALPHABET, min_size=8, max_size=8))
def test_a_code_is_understood_as_it_is_shown_and_as_people_type_it(code):
    assert show_code(code) == f"{code[:4]}-{code[4:]}"
    assert tidy_code(show_code(code)) == code
    assert tidy_code(f" {code[:4].lower()} {code[4:].lower()} ") == code
