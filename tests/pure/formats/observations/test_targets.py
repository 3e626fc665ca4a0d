import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.observations.targets import LONGEST_URL, Place, first_address, place_of_host, place_of_url


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://www.example.org/x?y#z", Place(hostname="www.example.org")),
        ("https://www.example.org:8443/x", Place(hostname="www.example.org", port="8443")),
        ("http://192.0.2.1:80/x", Place(ip="192.0.2.1", port="80")),
        ("http://[2001:db8::1]:81/", Place(ip="2001:db8::1", port="81")),
        ("http://user:word@www.example.org/", Place(hostname="www.example.org")),
        ("http://trusted.example@evil.example/", Place(hostname="evil.example")),
        ("hxxps://www[.]example[.]org/", Place(hostname="www.example.org")),
        ("//www.example.org/x", Place(hostname="www.example.org")),
        ("www.example.org/x", Place(hostname="www.example.org")),
        ("http://www.example.org\\@evil.example/", Place(hostname="www.example.org")),
        ("mailto:somebody@example.org", Place()),
        ("http://", Place()),
        ("", Place()),
        ("http://" + "a" * LONGEST_URL, Place()),
    ],
)
def test_a_url_leads_to_its_host(url, place):
    assert place_of_url(url) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("192.0.2.1", Place(ip="192.0.2.1")),
        ("192.0.2.1:443", Place(ip="192.0.2.1", port="443")),
        ("2001:db8::1", Place(ip="2001:db8::1")),
        ("[2001:db8::1]:443", Place(ip="2001:db8::1", port="443")),
        ("example.org:443", Place(hostname="example.org", port="443")),
        ("somebody@example.org", Place()),
        ("two words", Place()),
    ],
)
def test_a_host_may_have_a_port_behind_it(text, place):
    assert place_of_host(text) == place


@pytest.mark.parametrize(
    ("network", "first"),
    [
        ("192.0.2.0/24", "192.0.2.0"),
        ("192.0.2.77/24", "192.0.2.0"),
        ("2001:db8::/32", "2001:db8::"),
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.0/99", ""),
        ("x", ""),
        ("", ""),
    ],
)
def test_a_network_begins_with_its_first_address(network, first):
    assert first_address(network) == first


@given(text=st.text())
def test_any_text_leads_somewhere_or_nowhere(text):
    for place in (place_of_url(text), place_of_host(text)):
        assert not (place.ip and place.hostname)
    first_address(text)
