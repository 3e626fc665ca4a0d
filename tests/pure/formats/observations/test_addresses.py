import ipaddress

import pytest

from misthoorn.formats.observations.addresses import check_address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0.0.0.0", "address-unspecified"),
        ("0.1.2.3", "address-reserved"),
        ("10.0.0.1", "address-private"),
        ("100.64.0.1", "address-shared"),
        ("100.127.255.255", "address-shared"),
        ("127.0.0.1", "address-loopback"),
        ("169.254.7.7", "address-link-local"),
        ("172.31.255.255", "address-private"),
        ("192.0.0.8", "address-reserved"),
        ("192.168.1.1", "address-private"),
        ("224.0.0.251", "address-multicast"),
        ("240.0.0.1", "address-reserved"),
        ("255.255.255.255", "address-broadcast"),
        ("::", "address-unspecified"),
        ("::1", "address-loopback"),
        ("::ffff:192.168.1.1", "address-private"),
        ("64:ff9b::1", "address-reserved"),
        ("100::1", "address-reserved"),
        ("2001:10::1", "address-reserved"),
        ("4000::1", "address-reserved"),
        ("fc00::1", "address-private"),
        ("fd12:3456::1", "address-private"),
        ("fe80::1", "address-link-local"),
        ("fec0::1", "address-private"),
        ("ff02::1", "address-multicast"),
    ],
)
def test_an_address_that_cannot_be_on_the_internet_is_refused_with_that_reason(text, code):
    assert check_address(text) == (None, code)


@pytest.mark.parametrize(
    "text",
    ["192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "198.19.255.1", "2001:db8::1", "3fff::1", "2001:2::1"],
)
def test_documentation_and_benchmark_ranges_pass(text):
    assert check_address(text) == (text, "")


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "192.0.1.1", "2a00:1450::1", "2001:200::1"]
)
def test_neighbours_of_special_ranges_pass(text):
    assert check_address(text) == (text, "")


@pytest.mark.parametrize(
    "text",
    [
        "1.2.3",
        "1.2.3.4.5",
        "01.2.3.4",
        "256.1.1.1",
        "1.2.3.4/32",
        "1.2.3.4:80",
        "fe80::1%eth0",
        "[2001:db8::1]",
        "::1::",
        "x",
        "１.2.3.4",
        "1" * 50,
    ],
)
def test_what_is_not_exactly_an_address_is_invalid(text):
    assert check_address(text) == (None, "address-invalid")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:c000:201", "192.0.2.1"),
    ],
)
def test_an_address_is_written_in_one_way(text, canonical):
    assert check_address(text) == (canonical, "")
    assert str(ipaddress.ip_address(canonical)) == canonical


def test_an_empty_cell_is_no_address_and_no_fault():
    assert check_address("  ") == (None, "")
