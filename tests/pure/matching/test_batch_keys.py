"""The keys of a small batch: with only the assets that have one of them, a match is as with all assets."""

from random import Random

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from registries import EVENTS, event_table, key_table, make_registry

from misthoorn.matching.batch_keys import keys_of_events
from misthoorn.matching.events import match_events


@settings(max_examples=30)
@given(st.integers(0, 2**32))
def test_assets_without_any_of_the_keys_change_nothing(seed):
    assets, events = make_registry(Random(seed))
    keys, items = key_table(assets), event_table(events)
    meeting = keys_of_events(items)
    assume(meeting is not None)
    wanted = {tuple(row.values()) for row in meeting.to_pylist()}
    near = keys.filter(pa.array([(row["space"], row["key"]) in wanted for row in keys.to_pylist()], pa.bool_()))

    assert match_events(assets=near, events=items) == match_events(assets=keys, events=items)


@pytest.mark.parametrize(
    ("event", "keys"),
    [
        ({"ip": "198.51.100.7"}, [("ip4/24", b"\xc6\x33\x64"), ("ip4/16", b"\xc6\x33"), ("ip4/8", b"\xc6")]),
        (
            {"ip": "198.51.100.0/23"},
            [("ip4/24", b"\xc6\x33\x64"), ("ip4/24", b"\xc6\x33\x65"), ("ip4/16", b"\xc6\x33"), ("ip4/8", b"\xc6")],
        ),
        ({"hostname": "www.a.example"}, [("dns", b"a.example"), ("dns", b"example"), ("dns", b"www.a.example")]),
        ({"asn": 64496}, [("asn", b"\0\0\xfb\xf0")]),
        ({}, []),
    ],
)
def test_an_event_has_a_key_for_each_thing_it_can_be_found_by(event, keys):
    table = pa.Table.from_pylist([{"row": 1} | event], EVENTS)

    assert [tuple(row.values()) for row in keys_of_events(table).to_pylist()] == keys


@pytest.mark.parametrize(("network", "is_named"), [("198.0.0.0/10", True), ("192.0.0.0/8", False)])
def test_for_a_large_network_all_assets_are_read(network, is_named):
    table = pa.Table.from_pylist([{"row": 1, "ip": network}], EVENTS)

    assert (keys_of_events(table) is not None) is is_named
