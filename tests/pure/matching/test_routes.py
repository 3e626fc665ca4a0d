import gzip
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.matching.routes import Routes, RoutesError, read_routes

DUMPS = {
    "riswhoisdump": "% RIS dump\n\n3333\t193.0.0.0/21\t387\n{1102,1103}\t145.0.0.0/11\t2\n64500\t2001:db8::/32\t9\n",
    "prefix and number": "193.0.0.0/21 AS3333\n145.0.0.0/11 1102\n145.0.0.0/11 1103\n2001:db8::/32 64500\n",
    "pfx2as": "193.0.0.0\t21\t3333\n145.0.0.0\t11\t1102_1103\n2001:db8::\t32\t64500\n",
    "bgpdump": "".join(
        f"TABLE_DUMP2|1795392000|B|192.0.2.1|{peer}|{prefix}|{peer} 1299 {origin}|IGP|192.0.2.1|0|0||NAG||\n"
        for peer in (6939, 3356)
        for prefix, origin in (("193.0.0.0/21", "3333"), ("145.0.0.0/11", "{1102,1103}"), ("2001:db8::/32", "64500"))
    ),
}


def read(*files):
    return read_routes(io.BytesIO(file if isinstance(file, bytes) else file.encode()) for file in files)


def told(routes):
    return {str(network): numbers for network, numbers in routes.origins.items()}


@pytest.mark.parametrize("dump", DUMPS.values(), ids=DUMPS)
def test_each_way_to_write_a_routing_table_says_the_same(dump):
    expected = {"193.0.0.0/21": {3333}, "145.0.0.0/11": {1102, 1103}, "2001:db8::/32": {64500}}
    assert told(read(dump)) == told(read(gzip.compress(dump.encode()))) == expected
    assert read(dump).refused == 0


def test_a_dump_tells_its_day():
    assert read(DUMPS["bgpdump"]).day == date(2026, 11, 23)
    assert read(DUMPS["pfx2as"]).day is None


def test_a_delegated_file_gives_a_network_the_number_of_a_holder_with_exactly_one():
    text = """2|ripencc|20261123|6|19830705|20261123|+0100
ripencc|*|ipv4|*|3|summary
ripencc|NL|asn|3333|1|19970410|allocated|one
ripencc|NL|asn|1102|1|19970410|allocated|two
ripencc|NL|asn|1103|1|19970410|allocated|two
ripencc|NL|asn|200|16|19970410|allocated|block
ripencc|NL|ipv4|193.0.0.0|2048|19930901|allocated|one
ripencc|NL|ipv4|192.87.0.0|768|19930901|assigned|one
ripencc|NL|ipv6|2001:610::|32|19990819|allocated|one
ripencc|NL|ipv4|145.0.0.0|256|19930901|allocated|two
ripencc|NL|ipv4|145.1.0.0|256|19930901|allocated|block
ripencc|NL|ipv4|145.2.0.0|256|19930901|allocated|none
ripencc||ipv4|145.3.0.0|256||available|one
"""
    routes = read(text)
    assert told(routes) == {
        "193.0.0.0/21": {3333},
        "192.87.0.0-192.87.2.255": {3333},
        "2001:610::/32": {3333},
    }
    assert (routes.day, routes.refused) == (date(2026, 11, 23), 0)


def test_default_routes_private_numbers_and_nonsense_give_nothing():
    lines = [
        "0.0.0.0/0 3333",
        "::/0 3333",
        "193.0.0.0/21 64512",
        "193.0.0.0/21 0",
        "193.0.0.0/21 x",
        "193.0.0.0/33 1",
        "193.0.0.0 3333",
        "193.0.0.0/21 4294967296",
        "x|y|z",
        "TABLE_DUMP2|x",
        "1|ripencc|99999999",
        "193.0.0.0/21 " + "1" * 200_000,
        "145.0.0.0/11 1102",
    ]
    routes = read("\n".join(lines))
    assert told(routes) == {"145.0.0.0/11": {1102}}
    assert routes.refused == 8


@pytest.mark.parametrize("content", ["", "<html></html>", b"\x00" * 100, "# nothing\n"])
def test_a_file_without_any_route_is_refused_as_a_whole(content):
    with pytest.raises(RoutesError, match="no routes"):
        read(content)


def test_a_packed_file_that_is_cut_off_is_refused():
    with pytest.raises(RoutesError, match="stops in the middle"):
        read(gzip.compress("".join(f"193.0.{n}.0/24 {n + 1}\n" for n in range(250)).encode())[:-60])


@given(st.lists(st.text(st.sampled_from("0123456789./|:AS{}_ \tripencc*"), max_size=40), max_size=10))
def test_any_lines_are_read_or_counted(lines):
    try:
        routes = read("\n".join(lines))
    except RoutesError:
        return
    assert routes.refused <= len(lines)
    assert routes.table().num_rows >= len(routes.origins)


def test_no_routes_make_an_empty_table():
    assert Routes().table().num_rows == 0
