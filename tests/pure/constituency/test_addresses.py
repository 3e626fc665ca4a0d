from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.constituency.addresses import (
    LONGEST,
    AddressError,
    address_for,
    mail_address,
    mailto,
    postal_address,
    postcode_of,
    show_telephone,
    telephone_number,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("abuse@isp.example", "abuse@isp.example"),
        ("  Jan@ISP.example ", "Jan@isp.example"),
        ("veilig+meldingen@korenaar.example", "veilig+meldingen@korenaar.example"),
        ("info@bäckerei.example", "info@xn--bckerei-5wa.example"),
    ],
)
def test_an_address_is_kept_with_its_domain_in_ascii(text, address):
    assert mail_address(text) == address


def test_a_domain_that_only_looks_alike_is_seen_to_be_another():
    assert mail_address("info@kоrenaar.example") == "info@xn--krenaar-9ig.example"  # a Cyrillic o


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abuse",
        "@isp.example",
        "abuse@",
        "a@b@isp.example",
        "abuse@isp.example\r\nBcc: x@evil.example",
        "abuse@isp.example%0d%0aBcc:x@evil.example",
        "abuse%40x@isp.example",
        "abuse@isp.example,x@evil.example",
        "abuse@isp.example;x@evil.example",
        "Abuse <abuse@isp.example>",
        '"a b"@isp.example',
        "abuse@isp.example\0",
        "abuse@[192.0.2.1]",
        "ab\u202euse@isp.example",
        "abusé@isp.example",
        "a" * 300 + "@isp.example",
        "a@" + "b." * 500 + "example",
    ],
)
def test_what_could_become_a_header_or_a_second_address_is_refused_in_a_printable_sentence(text):
    with pytest.raises(AddressError) as said:
        mail_address(text)

    assert str(said.value).isprintable()
    assert len(str(said.value)) < 400


def test_a_mailto_gives_its_address():
    assert mailto("mailto:veilig@korenaar.example") == mailto("MAILTO:veilig@korenaar.example")


@pytest.mark.parametrize(
    "text",
    [
        "veilig@korenaar.example",
        "https://korenaar.example/",
        "mailto:",
        "mailto:veilig@korenaar.example?subject=x",
        "mailto:veilig@korenaar.example?bcc=x@evil.example",
        "mailto:veilig@korenaar.example%0aBcc:x@evil.example",
        "mailto:veilig@korenaar.example,x@evil.example",
    ],
)
def test_a_mailto_that_says_more_than_an_address_is_refused(text):
    with pytest.raises(AddressError):
        mailto(text)


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("020 123 4567", "+31201234567", "020 123 4567"),
        ("(020) 123-45 67", "+31201234567", "020 123 4567"),
        ("+31 6 1234 5678", "+31612345678", "06 12345678"),
        ("0031 88 123 4567", "+31881234567", "088 123 4567"),
        ("+49 30 901820", "+4930901820", "+49 30 901820"),
    ],
)
def test_a_telephone_number_is_kept_for_machines_and_shown_for_people(typed, kept, shown):
    assert telephone_number(typed) == kept
    assert show_telephone(kept) == shown


@pytest.mark.parametrize(
    "typed", ["", "12", "112", "0900 1234", "020 123 4567 x3", "020 12345678901", "abc", "020\n123", "1" * 5_000]
)
def test_what_nobody_should_call_is_refused_with_a_sentence(typed):
    with pytest.raises(AddressError, match=r"[.]$"):
        telephone_number(typed)


def test_the_lines_of_an_address_on_paper_may_have_bars_between_them():
    kept = postal_address(" Dorpsstraat  12 | 1234ab Voorbeeldstad ")

    assert kept == "Dorpsstraat 12\n1234 AB Voorbeeldstad"
    assert postal_address(kept) == kept
    assert postcode_of(kept) == "1234AB"


def test_abroad_the_post_code_is_the_last_word_with_a_digit():
    assert postcode_of(postal_address("Unter den Linden 1 | 10117 Berlin | Duitsland")) == "10117"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Dorpsstraat 12",
        "Dorpsstraat | Voorbeeldstad",
        " | ".join(["Lijn 1"] * 7),
        f"{'x' * 46} 1 | Stad",
        "Dorpsstraat 12 | Stad\x00",
    ],
)
def test_what_does_not_fit_in_the_window_of_an_envelope_is_refused_with_a_sentence(typed):
    with pytest.raises(AddressError, match=r"[.]$"):
        postal_address(typed)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_an_address_or_a_sentence(typed):
    for channel in ("mail", "telephone", "letter"):
        with suppress(AddressError):
            kept = address_for(channel, typed)
            assert address_for(channel, kept) == kept
            assert len(kept) <= LONGEST
