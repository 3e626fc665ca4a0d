import gzip
import io
import tracemalloc
import zlib

import pytest

from misthoorn.formats.readers import unpack
from misthoorn.formats.readers.unpack import Source, open_text
from misthoorn.formats.values.schema import FormatError

HEADER = b"time,ip,identifier\n"
ROW = b"2026-11-23 01:02:03,192.0.2.%d,open-rdp\n"
FEED = HEADER + b"".join(ROW % number for number in range(1, 201))


def everything(source):
    return b"".join(iter(lambda: source.read(1000), b""))


def test_gzip_is_recognised_by_its_first_bytes(packed):
    assert everything(Source(io.BytesIO(packed(FEED)))) == FEED


def test_members_behind_each_other_are_one_file_and_padding_is_nothing(packed):
    source = Source(io.BytesIO(packed(FEED[:500]) + packed(FEED[500:]) + b"\0" * 512))
    assert everything(source) == FEED
    assert source.damage is None


def test_looking_ahead_takes_nothing_away(packed):
    source = Source(io.BytesIO(packed(FEED)))
    assert FEED.startswith(source.head())
    assert everything(source) == FEED


def test_the_rows_before_a_truncation_are_taken_in_and_the_half_row_is_kept(read, packed):
    data = packed(FEED)
    found = read("events", data[: len(data) // 2])
    assert found.accepted
    assert found.codes == ["truncated"]
    (row,) = found.refused
    whole = FEED[: FEED.index(ROW % (len(found.accepted) + 1))]
    assert FEED.startswith(whole + row.raw)
    assert (row.row, row.line) == (len(found.accepted) + 1, len(found.accepted) + 2)


def test_a_row_that_looks_whole_at_the_point_of_truncation_is_not_trusted(read):
    packer = zlib.compressobj(wbits=31)
    data = packer.compress(HEADER + ROW % 1 + (ROW % 23).rstrip()) + packer.flush(zlib.Z_SYNC_FLUSH)
    found = read("events", data)
    assert [event["ip"] for event in found.accepted] == ["192.0.2.1"]
    assert [(row.code, row.raw) for row in found.refused] == [("truncated", (ROW % 23).rstrip())]


def test_a_damaged_file_is_read_up_to_the_damage(read, packed):
    data = bytearray(packed(FEED))
    data[-6] ^= 0xFF
    found = read("events", bytes(data))
    assert found.codes == ["damaged"]
    assert len(found.accepted) >= 199


def test_something_else_behind_the_packed_file_is_one_refused_row(read, packed):
    found = read("events", packed(FEED) + b"and more")
    assert (len(found.accepted), found.codes) == (200, ["trailing"])


def test_a_file_packed_twice_is_refused(packed):
    with pytest.raises(FormatError, match="packed with gzip twice"):
        open_text(io.BytesIO(packed(packed(FEED))), expected="CSV")


@pytest.mark.parametrize("data", [b"\x1f\x8b", b"\x1f\x8b\x08\x00junk", b"\x1f\x8bxx" * 10])
def test_a_file_that_only_starts_like_gzip_is_refused(data):
    with pytest.raises(FormatError, match="Nothing could be read"):
        open_text(io.BytesIO(data), expected="CSV")


def test_a_bomb_of_nothing_is_refused_in_bounded_memory(read):
    bomb = gzip.compress(bytes(100 * 1024 * 1024), mtime=0)
    tracemalloc.start()
    with pytest.raises(FormatError):
        read("events", bomb)
    assert tracemalloc.get_traced_memory()[1] < 60 * 1024 * 1024
    tracemalloc.stop()


def test_a_bomb_of_good_rows_stops_at_the_bound_and_says_so(read, packed, monkeypatch):
    monkeypatch.setattr(unpack, "RATIO_FROM", 1024 * 1024)
    found = read("events", packed(HEADER + ROW % 1 * 100_000))
    assert found.codes == ["bomb"]
    assert found.duplicates > 1000
    assert "more than 250 times its size" in found.refused[0].reason


def test_an_empty_file_is_told_without_columns_where_there_are_none():
    with pytest.raises(FormatError, match="has really nothing to say"):
        open_text(io.BytesIO(b""), expected="JSON")
    with pytest.raises(FormatError, match="names of its columns"):
        open_text(io.BytesIO(b""), expected="CSV")
