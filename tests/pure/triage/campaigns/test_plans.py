import pytest

from misthoorn.triage.campaigns.plans import _address_order, _fix

LOG4J = ["2.3.1", "2.12.2", "2.15.0"]


@pytest.mark.parametrize(
    ("installed", "fixed"),
    [("2.0-beta9", "2.3.1"), ("2.11.2", "2.12.2"), ("2.14.1", "2.15.0"), ("", "2.15.0")],
)
def test_the_advised_version_is_the_next_fixed_one_in_the_branch_that_is_installed(installed, fixed):
    assert _fix(LOG4J, installed) == fixed


def test_without_a_fix_no_version_is_advised():
    assert _fix([], "1.0") == ""


def test_addresses_are_told_in_their_order_and_names_after_them():
    places = ["www.x.example", "2001:db8::1", "198.18.0.100", "198.18.0.12"]

    assert sorted(places, key=_address_order) == ["198.18.0.12", "198.18.0.100", "2001:db8::1", "www.x.example"]
