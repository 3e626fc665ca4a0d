"""Both ways of reading delimited text give the same rows, and no row goes missing."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from misthoorn.formats.observations.columns import Ways, read_delimited
from misthoorn.formats.readers.rows import Limits
from misthoorn.formats.tabular import event_table
from misthoorn.formats.values.schema import EVENT_SCHEMA, FormatError

HEADER = "time,ip,identifier,note\n"
GOOD = "2026-11-23 01:02:03,192.0.2.{},open-rdp,{}\n"
TINY = Limits(block=130, row=64, kept=16)

CELLS = st.sampled_from(
    ["2026-11-23T01:02:03Z", "192.0.2.1", "10.0.0.1", "open-rdp", "", "x",
     '"q"', '"a""b"', '"a\nb"', '"a,b"', 'a"b', '"', '"open', "é", "\\", "\t", " "]
)  # fmt: skip
ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", ""])
LINES = st.tuples(st.lists(CELLS, min_size=1, max_size=5).map(",".join), ENDS).map("".join)
WELL_FORMED = st.tuples(st.lists(CELLS, min_size=4, max_size=4).map(",".join), ENDS).map("".join)
BODIES = st.lists(st.one_of(LINES, WELL_FORMED), max_size=12).map("".join)


def outcome(data, *, ways, now, gather):
    try:
        return gather(read_delimited(io.BytesIO(data), layout=event_table.layout, now=now, fold=False, ways=ways))
    except FormatError as error:
        return str(error)


@given(body=BODIES)
@example(body='a,b,c,"\n')
@example(body='a,b,c,"\nd,e,f,"\n')
@example(body='a,b,c",d\na,b,"c\n')
@example(body="a,b,c,d\r\r\na,b,c,d")
@example(body='"",y,"\n' * 3)
def test_the_fast_and_the_careful_way_give_the_same(now, gather, body):
    data = (HEADER + body).encode()
    fast = outcome(data, ways=Ways(), now=now, gather=gather)
    assert fast == outcome(data, ways=Ways(split_fast=False, shortcuts=False), now=now, gather=gather)


@given(body=BODIES)
@example(body='a,"\n' + "b" * 200 + "\n")
@example(body="b" * 300 + "\r\na,b,c,d\n")
@example(body='a,b,c,"' + "x\n" * 100)
@example(body='a,b,c,"' + "x" * 70 + '"\n1,2,3,4\n')
def test_where_blocks_are_cut_makes_no_difference(now, gather, body):
    data = (HEADER + body).encode()
    small = outcome(data, ways=Ways(limits=TINY), now=now, gather=gather)
    assert small == outcome(data, ways=Ways(limits=Limits(1 << 20, row=64, kept=16)), now=now, gather=gather)


@given(body=st.one_of(st.binary(max_size=200), BODIES.map(str.encode)))
def test_any_bytes_after_a_header_end_as_rows(now, gather, body):
    data = HEADER.encode() + body
    found = outcome(data, ways=Ways(limits=TINY), now=now, gather=gather)
    kept = sum(len(row.raw) for row in found.refused)
    assert kept <= len(data)
    assert [row.row for row in found.refused] == sorted(row.row for row in found.refused)
    numbers = sorted([event["row"] for event in found.accepted] + [row.row for row in found.refused])
    assert numbers == list(range(1, found.rows + 1))


def test_a_row_is_numbered_by_row_and_by_the_line_on_which_it_starts(read):
    data = HEADER + GOOD.format(1, '"two\nlines"') + "\n" + GOOD.format(2, "x") + "bad\n" + GOOD.format(3, "")
    found = read("events", data)
    assert [(event["row"], event["line"]) for event in found.accepted] == [(1, 2), (2, 5), (4, 7)]
    assert [(row.row, row.line, row.code, row.raw) for row in found.refused] == [(3, 6, "fields", b"bad")]


def test_the_columns_are_those_of_the_schema(now):
    (chunk,) = event_table.read(io.BytesIO((HEADER + GOOD.format(1, "")).encode()), name="x", now=now)
    assert chunk.events.schema == EVENT_SCHEMA


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(read, end):
    found = read("events", (HEADER + GOOD.format(1, "a") + GOOD.format(2, "b")).replace("\n", end))
    assert [event["line"] for event in found.accepted] == [2, 3]


def test_line_ends_may_be_mixed_and_the_last_may_lack(read):
    lines = (HEADER + GOOD.format(1, "a") + GOOD.format(2, "b") + GOOD.format(3, "c")).splitlines()
    found = read("events", lines[0] + "\r\n" + lines[1] + "\n" + lines[2] + "\r" + lines[3])
    assert [event["line"] for event in found.accepted] == [2, 3, 4]


def test_a_byte_order_mark_is_no_part_of_the_first_column(read):
    assert len(read("events", b"\xef\xbb\xbf" + (HEADER + GOOD.format(1, "")).encode()).accepted) == 1


def test_a_quotation_mark_that_is_never_closed_costs_one_line(read):
    data = HEADER + GOOD.format(1, '"open') + GOOD.format(2, "b") + GOOD.format(3, "c")
    found = read("events", data)
    assert [event["ip"] for event in found.accepted] == ["192.0.2.2", "192.0.2.3"]
    assert found.codes == ["quote-open"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"2026-11-23 01:02:03,192.0.2.1,open-rdp", "fields"),
        (b"2026-11-23 01:02:03,192.0.2.1,open-rdp,a,b", "fields"),
        (b"2026-11-23 01:02:03,192.0.2.1,open-rdp,\0", "nul"),
        (b"2026-11-23 01:02:03,192.0.2.1,open-rdp,\xe9", "encoding"),
        (b"2026-11-23 01:02:03,192.168.0.1,open-rdp,", "address-private"),
        (b"2026-11-23 01:02:03,,open-rdp,", "address-missing"),
        (b"2029-11-23 01:02:03,192.0.2.1,open-rdp,", "time-future"),
    ],
)
def test_a_bad_row_is_kept_as_received_and_stops_nothing(read, line, code):
    data = (HEADER + GOOD.format(1, "a")).encode() + line + b"\r\n" + GOOD.format(2, "b").encode()
    found = read("events", data)
    assert [event["row"] for event in found.accepted] == [1, 3]
    (row,) = found.refused
    assert (row.line, row.row, row.code, row.raw) == (3, 2, code, line)
    assert row.reason.endswith(".")


def test_a_line_of_many_mebibytes_is_one_refused_row_of_which_the_beginning_is_kept(read):
    long = b"2026-11-23 01:02:03,192.0.2.9,open-rdp," + b"x" * (9 * 1024 * 1024)
    found = read("events", HEADER.encode() + long + b"\n" + GOOD.format(2, "b").encode())
    (row,) = found.refused
    assert (row.code, row.line, row.raw) == ("too-long", 2, long[: 64 * 1024])
    assert f"{len(long):,} bytes" in row.reason
    assert [(event["row"], event["line"]) for event in found.accepted] == [(2, 3)]


def test_a_line_just_over_the_bound_inside_a_block_is_refused_too(read):
    long = b"2026-11-23 01:02:03,192.0.2.9,open-rdp," + b"x" * (1024 * 1024)
    found = read("events", HEADER.encode() + GOOD.format(1, "").encode() + long + b"\n" + GOOD.format(2, "b").encode())
    assert found.codes == ["too-long"]
    assert len(found.accepted) == 2


def test_equal_rows_are_counted_once_accepted_and_as_duplicates_after_that(read):
    once = GOOD.format(1, "a")
    data = (
        HEADER
        + once
        + GOOD.format(2, "a")
        + once
        + once.replace(" 01", "T01")
        + once.replace("192.0.2.1", "::ffff:192.0.2.1")
    )
    found = read("events", data)
    assert [event["row"] for event in found.accepted] == [1, 2]
    assert found.duplicates == 3


def test_rows_that_differ_only_in_evidence_or_in_an_empty_cell_are_not_equal(read):
    header = "time,ip,port,asn,identifier,note\n"
    rows = [
        "2026-11-23 01:02:03,192.0.2.1,5,,x,",
        "2026-11-23 01:02:03,192.0.2.1,,5,x,",
        "2026-11-23 01:02:03,192.0.2.1,,5,x,n",
    ]
    found = read("events", header + "\n".join(rows))
    assert (len(found.accepted), found.duplicates) == (3, 0)


def test_duplicates_are_found_across_blocks(now, gather):
    data = (HEADER + GOOD.format(1, "a") * 50).encode()
    found = gather(
        read_delimited(io.BytesIO(data), layout=event_table.layout, now=now, fold=True, ways=Ways(limits=TINY))
    )
    assert (len(found.accepted), found.duplicates) == (1, 49)


def test_without_folding_every_row_stays(read):
    found = read("events", HEADER + GOOD.format(1, "a") * 3, fold=False)
    assert (len(found.accepted), found.duplicates) == (3, 0)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8), min_size=1, max_size=4))
def test_evidence_holds_any_text_as_json(read, texts):
    import json  # noqa: PLC0415

    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(["time", "ip", "identifier", *(f'n"{number}' for number in range(len(texts)))])
    writer.writerow(["2026-11-23 01:02:03", "192.0.2.1", "x", *texts])
    (event,) = read("events", target.getvalue(), fold=False).accepted
    assert json.loads(event["evidence"]) == {f'n"{number}': text for number, text in enumerate(texts) if text}
