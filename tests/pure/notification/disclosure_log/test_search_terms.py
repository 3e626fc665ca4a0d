"""What the words of a search may mean."""

from ipaddress import IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.common.numbers import make_number, show_number
from misthoorn.notification.disclosure_log.search_terms import Asked, what_is_asked

NUMBER = make_number(lambda below: below // 3)


@pytest.mark.parametrize("text", [NUMBER, show_number(NUMBER), f" {show_number(NUMBER)} ".replace("-", " ")])
def test_a_number_is_a_number_however_it_is_typed(text):
    assert what_is_asked(text) == Asked(number=NUMBER)


def test_behind_a_number_a_domain_may_stand():
    assert what_is_asked(f"{show_number(NUMBER)} Korenaar.EXAMPLE") == Asked(
        number=NUMBER, domain_of_number="korenaar.example"
    )


@pytest.mark.parametrize(
    ("text", "listed"),
    [("192.0.2.1", 1), ("2001:db8::1", 1), ("[2001:DB8::1]", 1), ("192.0.2.0/28", 16), ("192.0.2.0/24", 256)],
)
def test_an_address_or_a_small_network_is_listed(text, listed):
    place = what_is_asked(text).place

    assert (len(place.listed), place.network) == (listed, None)


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("198.18.0.0/16", "198.18."),
        ("198.18.0.0/15", "198."),
        ("10.0.0.0/7", ""),
        ("2001:db8::/32", "2001:db8:"),
        ("2001:db8:1::/48", "2001:db8:1:"),
        ("2001:db8:0:1::/64", "2001:db8:"),
        ("::/8", ""),
    ],
)
def test_of_a_large_network_it_is_known_how_its_addresses_begin(text, prefix):
    assert what_is_asked(text).place.prefix == prefix


@given(st.integers(0, 2**128 - 1), st.integers(0, 120))
def test_every_address_of_a_large_network_begins_like_it(address, length):
    network = IPv6Network((address, length), strict=False)
    place = what_is_asked(str(network)).place

    for one in (address, int(network.network_address), int(network.broadcast_address)):
        assert str(IPv6Address(one)).startswith(place.prefix)


def test_an_address_a_domain_a_subject_and_a_name():
    assert what_is_asked("Jan@Korenaar.EXAMPLE").address == "Jan@korenaar.example"
    assert what_is_asked("@korenaar.example").domain == "korenaar.example"
    assert what_is_asked("korenaar.example") == Asked(
        domain="korenaar.example", subject="korenaar.example", words="korenaar.example"
    )
    assert what_is_asked("CVE-2021-44228").subject == "CVE-2021-44228"
    assert what_is_asked("Bakkerij De Korenaar") == Asked(words="Bakkerij De Korenaar")
    assert what_is_asked("+31 (0)20-1234567").address == "+310201234567"


@given(st.text(max_size=400))
def test_whatever_is_typed_is_a_question(text):
    what_is_asked(text)
