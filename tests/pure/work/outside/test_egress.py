"""Where a fetch may go, row by row: addresses that are no place on the internet, ways to write them, names, ports."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.work.outside.egress import EgressError, Target, allowed, is_public, read_inside, target

# Addresses that nothing is fetched from, also when a name leads to them.
NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.0.0.53",
    "127.1.2.3",
    "127.255.255.255",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.20.10.5",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.8",
    "192.0.0.170",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "224.0.0.251",
    "239.255.255.250",
    "240.0.0.1",
    "250.1.2.3",
    "255.255.255.254",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "::127.0.0.1",
    "::10.0.0.1",
    "::8.8.8.8",
    "::ffff:0:0",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:192.168.1.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "64:ff9b:1::10.0.0.1",
    "100::1",
    "100:0:0:1::1",
    "2001::1",
    "2001:0:7f00:1::1",
    "2001:2::1",
    "2001:3::1",
    "2001:4:112::1",
    "2001:10::1",
    "2001:20::1",
    "2001:30::1",
    "2001:1ff::1",
    "2001:db8::1",
    "2001:db8:ffff::1",
    "2002::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "3fff:fff::1",
    "4000::1",
    "5f00::1",
    "8000::1",
    "fc00::1",
    "fd00::1",
    "fd00:ec2::254",
    "fdff:ffff::1",
    "fe80::1",
    "fe80::1%eth0",
    "febf::1",
    "fec0::1",
    "feff::1",
    "ff00::1",
    "ff02::1",
    "ff02::fb",
    "ff05::2",
    "ff0e::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.9.9.9",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "192.0.3.1",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.254",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2606:2800:220:1::1",
    "2a00:1450::1",
    "2003::1",
    "3ffe::1",
]

# Addresses (URLs) that are refused before any name is looked up.
REFUSED = [
    "",
    "x",
    "//example.org/",
    "example.org",
    "file:///etc/passwd",
    "ftp://example.org/",
    "gopher://example.org:70/_x",
    "dict://example.org:11211/stat",
    "ldap://example.org/",
    "data:text/plain,x",
    "javascript:alert(1)",
    "jar:https://example.org!/",
    "unix:///var/run/docker.sock",
    "ssh://example.org/",
    "https:///path",
    "https://",
    "https:example.org",
    "https://user@example.org/",
    "https://user:pw@example.org/",
    "https://example.org@127.0.0.1/",
    "https://127.0.0.1@example.org/",
    "https://example.org%40127.0.0.1/",
    "https://example.org\\@127.0.0.1/",
    "https://example.org\\.evil.example/",
    "https://exa mple.org/",
    "https://example.org/a b",
    "https://example.org/\r\nHost: x",
    "https://example.org/\x00",
    "https://example.org/\t",
    "https://ex\u00e4mple.org/",
    "https://example\u3002org/",
    "https://\u2460\u2461\u2466.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://0x7f.0x0.0x0.0x1/",
    "https://127.0.0.01/",
    "https://127.0.0.1.1/",
    "https://256.0.0.1/",
    "https://1.2.3/",
    "https://4294967296/",
    "https://[::1/",
    "https://[::1%25eth0]x/",
    "https://[::ffff:127.0.0.1.]/",
    "https://[gg::1]/",
    "https://%31%32%37.0.0.1/",
    "https://127%2e0%2e0%2e1/",
    "https://example..org/",
    "https://.example.org/",
    "https://-example.org/",
    "https://example-.org/",
    "https://exa*mple.org/",
    "https://exa_mple.0/",
    f"https://{'a' * 64}.example/",
    f"https://example.org/{'a' * 3000}",
    "https://example.org:0/",
    "https://example.org:22/",
    "https://example.org:25/",
    "https://example.org:80/",
    "http://example.org:443/",
    "https://example.org:6379/",
    "https://example.org:65536/",
    "https://example.org:-1/",
    "https://example.org:x/",
    "http://example.org:9200/",
    "imaps://example.org:25/INBOX",
]
TAKEN = [
    ("https://example.org/", Target("https", "example.org", 443)),
    ("HTTPS://EXAMPLE.ORG./a?b=c#d", Target("https", "example.org", 443)),
    ("http://example.org", Target("http", "example.org", 80)),
    ("https://example.org:8443/x", Target("https", "example.org", 8443)),
    ("https://xn--exmple-cua.org/", Target("https", "xn--exmple-cua.org", 443)),
    ("https://93.184.216.34/", Target("https", "93.184.216.34", 443)),
    ("https://[2606:2800:220:1:0:0:0:1]/", Target("https", "2606:2800:220:1::1", 443)),
    ("https://127.0.0.1/", Target("https", "127.0.0.1", 443)),
    ("imaps://mail.example.org/INBOX", Target("imaps", "mail.example.org", 993)),
    ("https://example.org/?u=http://127.0.0.1@x", Target("https", "example.org", 443)),
]


def test_the_table_has_at_least_150_rows():
    assert len(NOT_PUBLIC) + len(PUBLIC) + len(REFUSED) + len(TAKEN) >= 150


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_never_connected_to(address):
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(EgressError, match="no usual place on the public internet"):
        allowed([address], host="example.org", port=443)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_connected_to(address):
    assert allowed([address], host="example.org", port=443) == [str(ipaddress.ip_address(address))]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_one_bad_answer_among_good_ones_spoils_them_all(address):
    with pytest.raises(EgressError):
        allowed(["1.1.1.1", address, "9.9.9.9"], host="example.org", port=443)


@pytest.mark.parametrize("url", REFUSED)
def test_a_url_that_could_be_read_in_two_ways_or_leads_elsewhere_is_refused(url):
    with pytest.raises(EgressError):
        target(url)


@pytest.mark.parametrize(("url", "place"), TAKEN)
def test_a_plain_url_leads_where_it_says(url, place):
    assert target(url) == place


def test_only_the_hosts_of_a_source_are_asked():
    assert target("https://api.example.org/x", hosts=["example.org", "API.example.org."]).host == "api.example.org"
    for other in ("https://example.org.evil.example/", "https://evil.example/", "https://www.api.example.org/"):
        with pytest.raises(EgressError, match="not a host of this source"):
            target(other, hosts=["example.org", "api.example.org"])


def test_a_name_without_addresses_and_an_answer_that_is_none_are_refused():
    for answers in ([], ["example.net"], ["127.1"], ["0x7f000001"], ["8.8.8.8\n"]):
        with pytest.raises(EgressError):
            allowed(answers, host="example.org", port=443)


def test_what_the_setting_names_is_excepted_and_nothing_else():
    inside = read_inside("10.1.2.0/24, 127.0.0.1:8443, [::1]:8443, ::5")

    assert allowed(["10.1.2.3"], host="misp.internal", port=443, inside=inside) == ["10.1.2.3"]
    assert allowed(["127.0.0.1"], host="localhost", port=8443, inside=inside) == ["127.0.0.1"]
    assert allowed(["::1", "::5"], host="localhost", port=8443, inside=inside) == ["::1", "::5"]
    for answers, port in (
        (["10.1.3.1"], 443),
        (["127.0.0.1"], 443),
        (["127.0.0.2"], 8443),
        (["10.1.2.3", "10.9.9.9"], 443),
    ):
        with pytest.raises(EgressError):
            allowed(answers, host="localhost", port=port, inside=inside)


def test_an_unusual_port_is_for_excepted_addresses_only():
    inside = read_inside("127.0.0.1")

    assert target("http://127.0.0.1:40123/x", inside=inside).port == 40123
    assert allowed(["127.0.0.1"], host="127.0.0.1", port=40123, inside=inside) == ["127.0.0.1"]
    with pytest.raises(EgressError):
        allowed(["8.8.8.8"], host="example.org", port=40123, inside=inside)


@pytest.mark.parametrize(
    "text", ["10.0.0.0/33", "localhost", "127.0.0.1:", "127.0.0.1:x", "10.0.0.1/8", "[::1]:99999x"]
)
def test_an_exception_that_can_not_be_read_is_a_mistake_in_the_settings(text):
    with pytest.raises(ValueError, match=r"."):
        read_inside(text)


@given(st.ip_addresses())
def test_whatever_python_calls_private_or_special_is_never_public(address):
    if is_public(address):
        assert address.is_global
        assert not (address.is_multicast)
        assert not (address.is_loopback)
        assert not (address.is_link_local)
        assert not (address.is_reserved)


@given(st.text(max_size=60))
def test_any_text_is_a_place_or_refused_with_a_sentence(text):
    refused = ""
    try:
        target(f"https://{text}")
    except EgressError as error:
        refused = str(error)
    assert not refused or refused.endswith(".")
