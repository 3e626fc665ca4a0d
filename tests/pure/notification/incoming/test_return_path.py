"""The signed address that failures come back to."""

from hypothesis import given
from hypothesis import strategies as st

from misthoorn.notification.channels.mail.return_path import read_return_path, return_path

KEY = b"a key of the service"


@given(message=st.integers(1, 10**18 - 1))
def test_the_message_is_read_back_from_the_address_also_when_a_server_changed_its_case(message):
    address = return_path("terug@misthoorn.example", message=message, key=KEY)

    assert address.endswith("@misthoorn.example")
    assert read_return_path(address.upper(), key=KEY) == (message, False)


def test_an_address_that_we_did_not_sign_stands_for_no_message():
    address = return_path("terug@misthoorn.example", message=12, key=KEY)

    assert read_return_path(address.replace("+12-", "+13-"), key=KEY) == (None, True)
    assert read_return_path(address, key=b"another key") == (None, True)


def test_an_address_without_a_number_says_nothing():
    assert read_return_path("terug@misthoorn.example", key=KEY) == (None, False)
    assert read_return_path("terug+nieuws@misthoorn.example", key=KEY) == (None, False)


def test_a_name_that_would_get_too_long_stays_as_it_is():
    long = "t" * 60 + "@misthoorn.example"
    assert return_path(long, message=12, key=KEY) == long
