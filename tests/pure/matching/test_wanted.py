"""The keys of a small batch: with only the assets that have one of them, a match is as with all assets."""

from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from registries import EVENTS, event_table, key_table, make_registry

from misthoorn.matching.events import match_events
from misthoorn.matching.wanted import keys_of_events


@given(st.integers(0, 2**32))
def test_assets_without_any_of_the_keys_change_nothing(seed):
    assets, events = make_registry(Random(seed))
    keys, items = key_table(assets), event_table(events)
    near = keys.filter(pc.is_in(keys["key"], value_set=keys_of_events(items)))

    assert match_events(assets=near, events=items) == match_events(assets=keys, events=items)


@pytest.mark.parametrize(
    ("event", "keys"),
    [
        ({"ip": "198.51.100.7"}, [b"\xc6", b"\xc6\x33", b"\xc6\x33\x64"]),
        ({"hostname": "www.a.example"}, [b"a.example", b"example", b"www.a.example"]),
        ({"asn": 64496}, [b"\0\0\xfb\xf0"]),
        ({}, []),
    ],
)
def test_an_event_has_a_key_for_each_thing_it_can_be_found_by(event, keys):
    table = pa.Table.from_pylist([{"row": 1} | event], EVENTS)

    assert keys_of_events(table).to_pylist() == keys
