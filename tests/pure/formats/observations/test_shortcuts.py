"""A shortcut may send an ordinary cell to the careful check; it may never say something else than that check."""

from datetime import timedelta

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from misthoorn.formats.observations import cells, shortcuts
from misthoorn.formats.observations.addresses import SPECIAL_4, SPECIAL_6, check_address

ADDRESSES = st.one_of(
    st.ip_addresses().map(str),
    st.ip_addresses(v=6).map(lambda address: address.exploded),
    st.ip_addresses(v=6, network="2001::/16").map(str),
    st.lists(st.integers(0, 300), min_size=3, max_size=5).map(lambda parts: ".".join(map(str, parts))),
    st.lists(st.sampled_from(["0", "1", "2001", "db8", "", "00", "ffff", "2a00", "g"]), min_size=2, max_size=9).map(
        ":".join
    ),
    st.text(max_size=20),
)
NAMES = st.one_of(
    st.lists(st.text("ab-_1xn", max_size=6), min_size=1, max_size=5).map(".".join),
    st.lists(st.integers(60, 70).map(lambda length: "a" * length), min_size=1, max_size=3).map(".".join),
    st.text(max_size=12),
)
TIMES = st.one_of(
    st.datetimes().map(lambda moment: moment.isoformat(sep=" ")),
    st.datetimes().map(lambda moment: moment.replace(microsecond=0).isoformat() + "Z"),
    st.from_regex(
        r"(19|20|29)[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|\+01:00)?", fullmatch=True
    ),
    st.text(max_size=20),
)


def agree(shortcut, check, texts):
    ordinary, values = shortcut(pa.array(texts, pa.string()))
    for text, plain, value in zip(texts, ordinary.to_pylist(), values.to_pylist(), strict=True):
        if plain:
            assert (value, "") == check(text), text
        else:
            assert value is None, text


@given(st.lists(ADDRESSES, max_size=20))
@example(
    [
        "2001:db8::",
        "2001:db8:0:0:1::",
        "2001:db8::0:1",
        "2001:1ff::1",
        "2001:200::1",
        "2a00:0::1",
        "2001:db8:1:2:3:4:5:6",
        "",
    ]
)
@example(
    ["2001:e10::1", "2001:d10::1", "2001:dbf::1", "2001:db80::1", "2001:d8::1", "2a00:1:2:3:4:5:6:7:8", "2a00::1::2"]
)
def test_addresses_mean_the_same_by_both_ways(texts):
    agree(shortcuts.address_shortcut, check_address, texts)


def test_the_edges_of_every_special_range_mean_the_same_by_both_ways():
    from ipaddress import IPv4Address, IPv6Address  # noqa: PLC0415

    four = [
        str(IPv4Address(edge))
        for first, last, _ in SPECIAL_4
        for edge in (first - 1, first, last, last + 1)
        if 0 <= edge < 2**32
    ]
    six = [
        str(IPv6Address(edge))
        for first, last, _ in SPECIAL_6
        for edge in (first - 1, first, last, last + 1)
        if 0 <= edge < 2**128
    ]
    agree(shortcuts.address_shortcut, check_address, four + six)


@given(st.lists(NAMES, max_size=20))
@example(["a.example", "A.Example", "a.example.", "xn--a.example", "", "a.b-", "_a.b", "a.1", "a.b_"])
def test_host_names_mean_the_same_by_both_ways(texts):
    agree(shortcuts.hostname_shortcut, cells.check_hostname, texts)


@given(st.lists(TIMES, max_size=20))
@example(
    ["2024-02-29 00:00:00", "2023-02-29 00:00:00", "2024-04-31T00:00:00Z", "1990-01-01 00:00:00", "1989-12-31 23:59:59"]
)
def test_times_mean_the_same_by_both_ways(now, texts):
    edge = now + cells.FUTURE_ALLOWED
    texts = [*texts, f"{edge:%Y-%m-%d %H:%M:%S}", f"{edge + timedelta(seconds=1):%Y-%m-%d %H:%M:%S}"]
    agree(shortcuts.time_shortcut(now), cells.time_check(now), texts)


@given(
    st.lists(
        st.one_of(st.integers(-9, 2**33).map(str), st.text("0123456789AS ", max_size=12), st.text(max_size=4)),
        max_size=20,
    )
)
@example(["0", "00", "65535", "65536", "4294967295", "4294967296", ""])
def test_numbers_mean_the_same_by_both_ways(texts):
    agree(shortcuts.port_shortcut, cells.check_port, texts)
    agree(shortcuts.asn_shortcut, cells.check_asn, texts)


@given(st.lists(st.one_of(st.text("aB1._:/+- \n", max_size=10), st.just("a" * 128), st.just("a" * 129)), max_size=20))
def test_identifiers_mean_the_same_by_both_ways(texts):
    agree(shortcuts.identifier_shortcut, cells.check_identifier, texts)


@pytest.mark.parametrize(
    "text", ["203.0.113.5", "2001:db8::1", "2a00:1450:4001:80b::200e", "2a00:1:2:3:4:5:6:7", "2a00::"]
)
def test_common_addresses_take_the_shortcut(text):
    ordinary, values = shortcuts.address_shortcut(pa.array([text]))
    assert ordinary.to_pylist() == [True]
    assert values.to_pylist() == [text]
