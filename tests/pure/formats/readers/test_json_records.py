import io
import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from misthoorn.formats.readers.json_records import read_json, read_record
from misthoorn.formats.readers.rows import Limits
from misthoorn.formats.values.schema import FormatError

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
OBJECTS = st.dictionaries(st.text(max_size=3), st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3)))


def records(data, **options):
    data = data.encode() if isinstance(data, str) else data
    return list(read_json(io.BytesIO(data), **options))


def brief(data, **options):
    return [record.code or record.value for record in records(data, **options)]


@pytest.mark.parametrize(
    "data",
    [
        '{"a":1}\n{"a":2}\n',
        '{"a":1}\r\n\r\n{"a":2}',
        '{"a":1}\r{"a":2}\r',
        '[{"a":1},{"a":2}]',
        '[\n {"a": 1},\n {"a":\n 2}\n]\n',
        '\ufeff[{"a":1},{"a":2}]',
        '\ufeff{"a":1}\n{"a":2}',
    ],
)
def test_records_come_from_lines_and_from_lists(data):
    assert brief(data) == [{"a": 1}, {"a": 2}]


def test_one_record_may_be_spread_over_lines():
    assert brief('{\n "a": 1\n}\n') == [{"a": 1}]


def test_records_may_lie_in_a_member_of_an_object():
    data = '{"title": "x [", "n": [1, {"a": 0}], "items": [{"a":1}, {"a":2}], "count": 2}'
    assert brief(data, member="items") == [{"a": 1}, {"a": 2}]
    assert brief(json.dumps(json.loads(data), indent=1), member="items") == [{"a": 1}, {"a": 2}]


def test_an_object_without_that_member_is_refused_as_a_whole():
    with pytest.raises(FormatError, match='no list "items"'):
        records('{"other": [1]}', member="items")


@pytest.mark.parametrize("data", ["", "  \n", "<html></html>", "a,b\n1,2\n", "nothing", b"\xff\xfe{\0}\0"])
def test_what_is_no_json_is_refused_as_a_whole(data):
    with pytest.raises(FormatError):
        records(data)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"a":}', "json-invalid"),
        ('{"a":1', "json-invalid"),
        ('{"a":NaN}', "json-invalid"),
        ('{"a":-Infinity}', "json-invalid"),
        ('{"a":' + "9" * 5000 + "}", "json-invalid"),
        ("[1]", "not-object"),
        ("null", "not-object"),
        ('"text"', "not-object"),
        ("[" * 100_000, "too-deep"),
        (b'{"a":"\xff"}', "encoding"),
        ("not json", "json-invalid"),
        (b'{"a":"\0"}', "json-invalid"),
    ],
)
def test_a_broken_line_is_refused_as_received_and_the_others_are_read(line, code):
    line = line.encode() if isinstance(line, str) else line
    found = records(b'{"a":1}\n' + line + b'\n{"a":2}\n')
    assert [record.code or record.value for record in found] == [{"a": 1}, code, {"a": 2}]
    assert (found[1].line, found[1].row, found[1].raw) == (2, 2, line)


def test_the_first_line_may_be_the_broken_one():
    assert brief('{"a":\n{"a":2}\n') == ["json-invalid", {"a": 2}]


@pytest.mark.parametrize(
    "broken",
    [['{"a":', '{"b"'], ['{"a":}', "null]"], ['{"a":1}x'], ['{"a":"' + "x" * 5_000_000 + '"}'], ['{"x":1']],
)
def test_broken_lines_at_the_start_cost_only_themselves(broken):
    found = brief("\n".join([*broken, '{"a":1}', '{"a":2}']))
    assert found[len(broken) :] == [{"a": 1}, {"a": 2}]
    assert len([code for code in found if isinstance(code, str)]) == len(broken)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ('{"a":1},{"a":},{"a":2}', [{"a": 1}, "json-invalid", {"a": 2}]),
        ('{"a":1},nope,{"a":2}', [{"a": 1}, "json-invalid", {"a": 2}]),
        ('{"a":1},{"b":"}","c":nope},{"a":2}', [{"a": 1}, "json-invalid", {"a": 2}]),
        ('{"a":1},5,"x",{"a":2}', [{"a": 1}, "not-object", "not-object", {"a": 2}]),
        ('{"a":1} {"a":2}', [{"a": 1}, {"a": 2}]),
        ('{"a":1},' + "[" * 50_000 + "]" * 50_000 + ',{"a":2}', [{"a": 1}, "too-deep", {"a": 2}]),
    ],
)
def test_a_broken_item_of_a_list_costs_only_itself(items, expected):
    assert brief(f"[{items}]") == expected
    assert brief(f'{{"items": [{items}]}}', member="items") == expected


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ('[{"a":1}', "truncated"),
        ('[{"a":1},', "truncated"),
        ('[{"a":1},{"a":"tw', "json-invalid"),
        ('[{"a":1},"', "json-invalid"),
        (b'[{"a":1},{"a":"\xff"},{"a":3}]', "encoding"),
    ],
)
def test_a_list_that_stops_is_read_up_to_there_and_the_rest_is_one_refused_row(data, code):
    assert brief(data) == [{"a": 1}, code]


def test_what_follows_after_a_single_record_is_one_refused_row():
    assert brief('{\n"a": 1\n}\ntrailing') == [{"a": 1}, "trailing"]


A_LIST = '[{"a":1},{"a":2}]'
HELD = '{"x": [0], "items": [{"a":1},{"a":2}], "count": 2}'
BOTH = [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("data", "more"),
    [
        (A_LIST + "\n" + A_LIST, BOTH),
        (A_LIST + A_LIST + "\n", BOTH),
        (A_LIST + '\n{"a":\n3}\n', [{"a": 3}]),
        (A_LIST + "\n[]\n", []),
        (A_LIST + "\n]", ["trailing"]),
        (A_LIST + ',{"a":3}', ["trailing"]),
        (A_LIST + " garbage, [1]", ["trailing"]),
        (A_LIST[:-1], ["truncated"]),
        (A_LIST.encode() + b"\xff", ["encoding"]),
        (A_LIST + "\n" + A_LIST[:-1], [*BOTH, "truncated"]),
    ],
)
def test_what_follows_after_a_list_is_read_or_told(data, more):
    assert brief(data) == BOTH + more


@pytest.mark.parametrize(
    ("data", "more"),
    [
        (HELD + "\n" + HELD, BOTH),
        (HELD[:-1], ["truncated"]),
        (HELD[:-1] + ', "items": [{"a":3}]}', [{"a": 3}]),
        (HELD[:-1] + ', "b": nope}', ["json-invalid"]),
        (HELD + "garbage", ["trailing"]),
        (HELD + '{"other": 1}', ["trailing"]),
    ],
)
def test_what_follows_after_a_member_is_read_or_told(data, more):
    assert brief(data, member="items") == BOTH + more


@pytest.mark.parametrize("data", [A_LIST, '{\n"a":1}\n{\n"a":2}'])
def test_damage_of_gzip_after_the_last_record_is_told(packed, data):
    assert brief(packed(data) + packed(data)) == BOTH + BOTH
    assert brief(packed(data) + b"xyz") == [*BOTH, "trailing"]
    assert brief(packed(data)[:-3]) == [*BOTH, "truncated"]
    assert brief(packed(data)[:-8] + b"\1\2\3\4\5\6\7\0")[-1] == "damaged"


def test_rows_and_lines_are_numbered_from_one():
    found = records('[\n{"a":1},\n\n{"a":\n2},\n{"a":3}]')
    assert [(record.row, record.line) for record in found] == [(1, 2), (2, 4), (3, 6)]


def test_a_truncated_gzip_says_so(packed):
    packed_list = packed(
        "[" + ",".join(json.dumps({"a": number, "x": str(number * 7919)}) for number in range(2000)) + "]"
    )
    found = records(packed_list[: len(packed_list) // 2])
    assert found[-1].code == "truncated"
    assert len(found) > 100
    assert [record.value["a"] for record in found[:-1]] == list(range(len(found) - 1))


def test_what_no_database_can_keep_is_replaced():
    assert brief('{"a\\u0000":"x\\u0000y", "b":["\\ud800", "\\ud83d\\ude00"]}') == [
        {"a\ufffd": "x\ufffdy", "b": ["\ufffd", "\U0001f600"]}
    ]


def test_a_record_that_is_too_long_is_refused_and_the_next_is_read():
    limits = Limits(block=5000, row=2000, kept=100)
    long = '{"a":"' + "x" * 20_000 + '"}'
    assert brief('{"a":1}\n' + long + '\n{"a":2}\n', limits=limits) == [{"a": 1}, "too-long", {"a": 2}]
    assert brief("[" + '{"a":1},' + '{"a":"' + "x" * 3_000_000 + '"}]', limits=limits) == [{"a": 1}, "too-long"]


def test_a_long_record_is_read_in_the_time_of_its_length(packed):
    limits = Limits(block=65 * 1024 * 1024, row=32 * 1024 * 1024)
    text = json.dumps([{"a": list(range(2_000_000))}], indent=1)
    started = time.process_time()
    (record,) = records(packed(text), limits=limits)
    assert len(record.value["a"]) == 2_000_000
    assert time.process_time() - started < 5


@given(st.lists(OBJECTS, min_size=1, max_size=5), st.sampled_from([None, 1]))
def test_any_list_of_objects_is_read_back(values, indent):
    clean = json.loads(json.dumps(values).replace("\\u0000", "\\ufffd"))
    assert brief(json.dumps(values, indent=indent)) == clean
    assert brief("\n".join(json.dumps(value) for value in values)) == clean


@given(st.one_of(st.binary(max_size=60), st.text('{}[]":,\\ntrue1 \n', max_size=60).map(str.encode)))
@example(b"[]]")
@example(b'{"a":[1,2}')
@example(b"[,,]")
def test_any_bytes_end_as_records_or_one_refusal(data):
    for member in ("", "items"):
        try:
            found = records(data, member=member)
        except FormatError:
            continue
        assert [record.row for record in found] == list(range(1, len(found) + 1))
        assert all((record.value is None) == bool(record.code and record.reason) for record in found)


@given(
    st.recursive(
        SCALARS | st.floats() | st.text("\0\ud83d\ude00\\u\x7f\u20ac", max_size=6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    st.booleans(),
)
def test_values_are_as_the_standard_library_has_them(value, escaped):
    assert_as_standard(json.dumps({"a": value}, ensure_ascii=escaped).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1e999",
            "-1e999",
            "123456789012345678901234567890",
            "18446744073709551616",
            "-0",
            "-0.0",
            "4.9e-324",
            "1E+2",
        ),
        *(r'"\ud83d"', r'"\ud83d\u0041"', r'"\udc00"', r'"\ud83d\ude00"', r'"\u0000"', r'"\\u0000"', '"\x7f"', '"\1"'),
        *("NaN", "Infinity", "01", "1.", ".5", "+1", "[1,]", '{"b":1,"b":2}', "nul", "9" * 5000, "1}x", "[" * 200_000),
        *(b'"\xff"', b'"\xc0\x80"', b'"\xed\xa0\x80"', "[" * 900 + "]" * 900),
    ],
    ids=lambda text: str(text)[:20],
)
def test_strange_values_are_as_the_standard_library_has_them(text):
    assert_as_standard(b'{"a":' + (text if isinstance(text, bytes) else text.encode()) + b"}")


def assert_as_standard(data):
    found = read_record(data)
    try:
        value, code = json.loads(data.decode(), parse_constant=int), ""
    except UnicodeDecodeError:
        value, code = None, "encoding"
    except RecursionError:
        value, code = None, "too-deep"
    except ValueError:
        value, code = None, "json-invalid"
    assert (repr(found.value), found.code) == (repr(storable(value)), code)


def storable(value):
    """The same without what no database keeps: zeros and halves of characters."""
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, str):
        return "".join("\ufffd" if one == "\0" or "\ud800" <= one <= "\udfff" else one for one in value)
    return value
