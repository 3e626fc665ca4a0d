import gzip
from io import BytesIO

import pytest

from misthoorn.formats.readers.text_records import LIMITS, LINE, Table, read_list, read_table
from misthoorn.formats.values.schema import FormatError

TABLE = Table(needed=frozenset({"time", "ip"}))


def rows(text, *, table=TABLE):
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_table(BytesIO(data), table=table))


def lines(data, **more):
    return list(read_list(BytesIO(data), comments=("#", ";"), **more))


@pytest.mark.parametrize("header", ["time,ip", "# time,ip", '#"TIME", "IP"', "# A list\n#\n# time,ip\n# more"])
def test_the_header_may_be_a_comment(header):
    (record,) = rows(header + "\n\n1, x\n# end\n")
    assert record.value == {"time": "1", "ip": "x"}
    assert record.row == 1


def test_cells_may_be_quoted_behind_a_space():
    (record,) = rows('time,ip\n"1", "a,""b"""\n')
    assert record.value == {"time": "1", "ip": 'a,"b"'}


def test_cells_may_be_separated_otherwise():
    (record,) = rows('# time|ip\n1 | "x\n', table=Table(needed=TABLE.needed, separator="|"))
    assert record.value == {"time": "1", "ip": '"x'}


def test_rows_that_fit_no_header_are_refused_and_counted():
    found = rows(b'time,ip\n1\n1,2\n"1,2\n1,2,3\n1\x00,2\n' + b"\xff,2\n")
    assert [record.code for record in found] == ["fields", "", "quote-open", "fields", "nul", "encoding"]
    assert [(record.row, record.line) for record in found] == [(n, n + 1) for n in range(1, 7)]
    assert found[0].reason == "The row has 1 field and not 2."
    assert found[0].raw == b"1"


def test_a_file_whose_columns_nobody_knows_is_refused_as_a_whole():
    with pytest.raises(FormatError, match="ip and time should be among them"):
        rows("# note\n1,2\n")


def test_a_file_without_a_header_is_read_where_its_columns_are_known():
    table = Table(needed=TABLE.needed, without_header=("time", "ip"))
    assert [record.value for record in rows("1,2\n3,4\n", table=table)] == [
        {"time": "1", "ip": "2"},
        {"time": "3", "ip": "4"},
    ]


def test_a_list_is_its_lines_without_remarks():
    remarks = []
    found = lines(b"\xef\xbb\xbf# one\r\n\r\na\r; two\nb", remark=remarks.append)
    assert [(record.line, record.row, record.value) for record in found] == [(3, 1, {LINE: "a"}), (5, 2, {LINE: "b"})]
    assert remarks == ["# one", "; two"]


def test_lines_that_are_too_long_are_refused_and_the_rest_goes_on():
    found = lines(b"a\n" + b"x" * (LIMITS.row + 1) + b"\n" + b"y" * (3 * LIMITS.block) + b"\nb\n")
    assert [record.code for record in found] == ["", "too-long", "too-long", ""]


def test_a_list_that_was_cut_off_in_its_packing_says_so():
    packed = gzip.compress(b"".join(b"%d\n" % number for number in range(5_000)), mtime=0)
    found = lines(packed[:-20])
    assert found[-1].code == "truncated"
    assert len(found) > 1_000


@pytest.mark.parametrize("data", [b"", b"[1]", b"<html><body>no</body></html>", b"PK\x03\x04"])
def test_what_is_no_list_is_refused_as_a_whole(data):
    with pytest.raises(FormatError):
        lines(data)
