"""Any list: found out how it is written, read by a mapping, with its refused rows as a list again."""

# What a person writes has no zone.
# ruff: noqa: DTZ001

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lists import OFFICE, workbook

from misthoorn.formats.tabular import table
from misthoorn.formats.tabular.refused_rows import write_failed
from misthoorn.formats.tabular.table_mapping import TableMapping, from_plain, to_plain
from misthoorn.formats.tabular.table_preview import preview
from misthoorn.formats.values.schema import FormatError

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SEEN = {"constants": {"time": "23-11-2026 12:00", "identifier": "open-rdp"}}


def look(data, **asked):
    return table.look(io.BytesIO(data), asked=from_plain(asked))


def read(data, mapping=None):
    """The accepted rows, the refused ones and the number of duplicates."""
    chunks = list(table.read(io.BytesIO(data), name="x", now=NOW, mapping=mapping))
    events = [row for chunk in chunks for row in chunk.events.to_pylist()]
    return events, [row for chunk in chunks for row in chunk.refused], sum(chunk.duplicates for chunk in chunks)


def failed(data, mapping=None):
    """The refused rows of a list as a list, and the mapping by which both are read."""
    known = table.look(io.BytesIO(data), asked=from_plain(mapping or {})).mapping
    out = io.BytesIO()
    write_failed(out, received=io.BytesIO(data), mapping=known, refused=read(data, to_plain(known))[1])
    return out.getvalue(), to_plain(known)


class TestAnOfficesList:
    def test_is_found_out_as_a_whole(self):
        found = look(OFFICE)

        assert to_plain(found.mapping) == {
            "columns": {
                "time": "Gezien op",
                "ip": "IP-adres",
                "port": "Poort",
                "identifier": "Soort melding",
                "severity": "CVSS",
            },
            "header": ["IP-adres", "Poort", "Gezien op", "CVSS", "Soort melding", "Toelichting"],
            "encoding": "windows-1252",
            "delimiter": ";",
            "quote": '"',
            "skip": 3,
            "headed": True,
            "dates": "dmy",
            "decimal": ",",
            "zone": "Europe/Amsterdam",
        }
        assert found.sure
        assert found.above[0][0] == "Kwetsbare systemen – “open RDP”"

    def test_is_read_as_it_was_meant(self):
        events, refused, duplicates = read(OFFICE)

        first, second = events
        assert (first["ip"], first["port"], first["severity"], first["identifier"]) == (
            "192.0.2.1",
            3389,
            "urgent",
            "open-rdp",
        )
        assert first["time"] == datetime(2026, 11, 23, 3, 5, tzinfo=UTC)
        assert json.loads(first["evidence"]) == {"Toelichting": "Café – één"}
        assert json.loads(second["evidence"]) == {"Toelichting": "een; twee\r\ndrie"}
        assert [(row.line, row.code) for row in refused] == [(8, "address-missing"), (10, "port-invalid")]
        assert refused[0].raw == b";3389;13-11-2026;7,5;Open RDP;leeg"
        assert duplicates == 0

    def test_gives_its_failed_rows_as_received_with_the_reason(self):
        again, mapping = failed(OFFICE)

        lines = again.split(b"\r\n")
        assert lines[:3] == OFFICE.split(b"\r\n")[:3]
        assert lines[3] == OFFICE.split(b"\r\n")[3] + b";misthoorn_reason"
        assert lines[4].startswith(b';3389;13-11-2026;7,5;Open RDP;leeg;"The row has neither')
        assert [row.code for row in read(again, mapping)[1]] == ["address-missing", "port-invalid"]
        mended = again.replace(b"\r\n;3389", b"\r\n192.0.2.9;3389").replace(b"99999", b"22")
        events, refused, _ = read(mended, mapping)
        assert [(one["ip"], one["port"]) for one in events] == [("192.0.2.9", 3389), ("192.0.2.3", 22)]
        assert refused == []


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "windows-1252"), ("utf-16", "utf-16-le"),
     ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")],
)  # fmt: skip
def test_a_list_in_any_encoding_is_the_same_list(name, encoding):
    data = OFFICE.decode("cp1252").encode(name)

    assert look(data).mapping.encoding == encoding
    strip = [{**row, "line": 0} for row in read(data)[0]]
    assert strip == [{**row, "line": 0} for row in read(OFFICE)[0]]
    assert read(data)[1][0].raw.decode(name.removesuffix("-sig") if name != "utf-16" else "utf-16-le").endswith("leeg")


def test_bytes_that_windows_1252_leaves_open_come_back_as_they_were():
    data = b"IP;Gezien;Wat\r\n;23-11-2026;caf" + b"\xe9\x81\x8d\r\n192.0.2.1;23-11-2026;x\r\n"

    assert [row.raw for row in read(data)[1]] == [b";23-11-2026;caf\xe9\x81\x8d"]


CELL = st.text(st.sampled_from("abé€;,|\t\"' 1"), max_size=6)


@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=5),
    delimiter=st.sampled_from([";", ",", "\t", "|"]),
    quote=st.sampled_from(['"', "'"]),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16-le"]),
)
@example(rows=[['a"b', "c;d", ""]], delimiter=";", quote='"', encoding="utf-8")
def test_rows_are_those_of_pythons_own_reader_in_every_dialect(rows, delimiter, quote, encoding):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quotechar=quote, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([["IP", "note", "other"], *([f"192.0.2.{place}", *row[1:]] for place, row in enumerate(rows))])
    data = out.getvalue().encode(encoding)
    style = {"delimiter": delimiter, "quote": quote, "skip": 0, "headed": True}
    style["encoding"] = {"cp1252": "windows-1252"}.get(encoding, encoding)

    events, refused, _ = read(data, {**SEEN, **style, "columns": {"ip": "IP"}})

    assert refused == []
    found = [json.loads(one["evidence"]) for one in events]
    assert [(one.get("note", ""), one.get("other", "")) for one in found] == [(row[1], row[2]) for row in rows]


@given(
    lines=st.lists(st.sampled_from(["192.0.2.1;x", ";x", "10.0.0.1;é", "192.0.2.1;x;y", "", ";", "a;\0b"])),
    name=st.sampled_from(["utf-8", "cp1252", "utf-16-le"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_every_row_ends_somewhere_and_refused_ones_keep_their_bytes(lines, name, end):
    data = end.join(["IP;note", *lines, ""]).encode(name)
    encoding = {"cp1252": "windows-1252"}.get(name, name)
    mapping = {**SEEN, "columns": {"ip": "IP"}, "delimiter": ";", "encoding": encoding, "skip": 0, "headed": True}

    events, refused, duplicates = read(data, mapping)

    filled = [line for line in lines if line.strip(";")]
    assert len(events) + len(refused) + duplicates == len(filled)
    assert all(row.raw in data for row in refused)
    assert sorted(line.encode(name) for line in filled if line.startswith((";", "10."))) == sorted(
        row.raw for row in refused if row.code in {"address-missing", "address-private"}
    )


class TestAList:
    def test_without_names_of_columns_is_a_list_of_addresses(self):
        data = b"192.0.2.1\n192.0.2.2\n\n2001:db8::1\n"

        assert look(data).mapping.headed is False
        assert [one["ip"] for one in read(data, SEEN)[0]] == ["192.0.2.1", "192.0.2.2", "2001:db8::1"]

    def test_may_say_which_sign_is_between_its_columns(self):
        data = b"sep=|\r\nIP|Datum|Wat\r\n192.0.2.1|23-11-2026|a;b;c\r\n"  # semicolons would cut it too

        assert (look(data).mapping.delimiter, look(data).mapping.skip) == ("|", 1)
        assert read(data)[1][0].code == "identifier-invalid"

    def test_may_hold_date_and_time_of_day_apart(self):
        data = b"IP;Datum;Tijd;Wat\n192.0.2.1;23-11-2026;04:05;x\n192.0.2.2;23-11-2026;;x\n"

        assert look(data).mapping.columns["clock"] == "Tijd"
        assert [f"{one['time']:%d %H:%M}" for one in read(data)[0]] == ["23 03:05", "22 23:00"]

    def test_may_hold_addresses_and_names_in_one_column(self):
        data = b"Host,Date,CVE\nhttps://www.example.nl/x,2026-11-23,CVE-2021-44228\n192.0.2.1:8443,2026-11-23,CVE-2021-44228\n"

        assert look(data).mapping.columns["host"] == "Host"
        found = [(one["ip"], one["hostname"], one["port"]) for one in read(data)[0]]
        assert found == [(None, "www.example.nl", None), ("192.0.2.1", None, 8443)]

    @pytest.mark.parametrize(
        ("cells", "role"), [("192.0.2.1 192.0.2.2 www.example.nl", "host"), ("192.0.2.1 n/a", "ip")]
    )
    def test_of_addresses_with_a_name_among_them_is_of_both(self, cells, role):
        data = "IP-adres of naam;Datum;Wat\n" + "".join(f"{cell};23-11-2026;x\n" for cell in cells.split())

        assert look(data.encode()).mapping.columns[role] == "IP-adres of naam"
        assert len(read(data.encode())[0]) == sum("n/a" not in cell for cell in cells.split())

    def test_without_rows_has_a_column_of_addresses(self):
        assert look(b"IP;Datum;Wat\n").mapping.columns["ip"] == "IP"

    def test_takes_what_holds_for_all_rows(self):
        mapping = {"constants": SEEN["constants"] | {"type": "vulnerable-system", "severity": "high", "port": "3389"}}

        (one,), _, _ = read(b"IP,x\n192.0.2.1,y\n", mapping)

        assert (one["class"], one["type"], one["severity"], one["port"]) == (
            "vulnerable",
            "vulnerable-system",
            "high",
            3389,
        )
        assert one["time"] == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("data", "order", "sure"),
        [
            (b"IP;Datum\n1.2.3.4;23-11-2026\n", "dmy", True),
            (b"IP,Date\n1.2.3.4,11/23/2026\n", "mdy", True),
            (b"IP;Datum\n1.2.3.4;2026-11-23\n", "ymd", True),
            (b"IP;Datum\n1.2.3.4;01-02-2026\n", "dmy", False),
            (b"IP,Date\n1.2.3.4,1/2/2026 4:05 PM\n", "mdy", False),
        ],
    )
    def test_shows_the_order_of_its_dates_or_says_that_it_does_not(self, data, order, sure):
        found = look(data)
        assert (found.mapping.dates, found.sure) == (order, sure)

    def test_counts_what_stands_in_it_twice(self):
        assert read(b"IP,x\n192.0.2.1,y\n192.0.2.1,y\n", SEEN)[2] == 1

    @pytest.mark.parametrize(
        ("data", "word"),
        [
            (b"", "empty"),
            (b"\xff\xfe", "empty"),
            (b"<html><body>", "web page"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel file"),
            (b"a,b\n1,2\n", "Nothing says when it was seen and what was seen and whose system it is"),
            (b"PK\x03\x04rest", "damaged"),
        ],
    )
    def test_that_can_not_be_read_says_what_to_do(self, data, word):
        with pytest.raises(FormatError, match=word):
            read(data)

    def test_whose_header_changed_says_exactly_how(self):
        mapping = to_plain(look(OFFICE).mapping)
        other = OFFICE.replace(b"IP-adres;", b"IP adres;").replace(b";Toelichting", b"")
        short = {name: value for name, value in mapping.items() if name not in {"skip", "encoding"}}

        with pytest.raises(FormatError, match="“IP-adres” is now “IP adres”, “Toelichting” is gone"):
            read(other, short)

    def test_of_which_another_column_changed_is_still_read(self):
        mapping = to_plain(look(OFFICE).mapping)
        other = OFFICE.replace(b";Toelichting", b";Land")

        found = preview(io.BytesIO(other), asked=from_plain(mapping), now=NOW)

        assert found.reading.accepted == 2
        assert found.changed.renamed == {"Toelichting": "Land"}


@given(data=st.binary(max_size=300))
@example(data=b";\n;\n")
@example(data=b'"\n')
@example(data=b"\xff\xfe\x00\xd8\n\x00")
def test_any_bytes_are_a_list_or_a_sentence(data):
    said = sentence_of(data)
    assert said is None or said.endswith(".")


def sentence_of(data):
    """Why a list can't be read; None when it can."""
    try:
        read(data, SEEN)
    except FormatError as error:
        return str(error)
    return None


class TestASpreadsheet:
    ROWS = (
        ["Kwetsbare systemen"],
        [],
        ["IP-adres", "Poort", "Datum", "CVSS", "Wat"],
        ["192.0.2.1", 3389, datetime(2026, 11, 23, 4, 5), 9.8, "Open RDP"],
        ["192.0.2.2", 3389.0, 46349.5, "7,5", "Open RDP"],
        [None, None, None, None, None],
        [None, 3389, datetime(2026, 11, 23), 7.5, "=HYPERLINK(1)"],
    )

    def test_is_read_as_its_cells_say(self):
        events, refused, _ = read(workbook(*self.ROWS))

        assert [(one["ip"], one["port"], one["severity"]) for one in events] == [
            ("192.0.2.1", 3389, "urgent"),
            ("192.0.2.2", 3389, "high"),
        ]
        assert [f"{one['time']:%d %H:%M}" for one in events] == ["23 03:05", "23 11:00"]
        assert [(row.line, row.code) for row in refused] == [(7, "identifier-missing")]

    def test_gives_its_failed_rows_as_a_spreadsheet_that_is_read_again(self):
        rows = (*self.ROWS[:-1], ["", 3389, datetime(2026, 11, 23), 7.5, "@SUM(1)"])
        again, mapping = failed(workbook(*rows))

        (row,) = read(again, mapping)[1]
        assert row.code == "identifier-invalid"
        assert json.loads(row.raw)[4] == "@SUM(1)"

    def test_names_its_hidden_sheets_and_reads_one_that_is_asked_for(self):
        data = workbook(*self.ROWS, hidden=["Geheim"])

        assert look(data).sheets == (("Blad1", False), ("Geheim", True))
        with pytest.raises(FormatError, match=r"It has: “Blad1”, “Geheim” .hidden."):
            look(data, sheet="Blad2")

    def test_that_unpacks_to_far_more_is_not_opened(self):
        out = io.BytesIO(workbook(*self.ROWS))
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/media/bomb.xml", b"\0" * (20 * 1024**2))

        with pytest.raises(FormatError, match="far larger inside"):
            read(out.getvalue())

    def test_with_entities_is_not_opened(self):
        bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc">]><worksheet>&b;</worksheet>'
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(workbook(*self.ROWS))) as old, zipfile.ZipFile(out, "w") as new:
            for part in old.namelist():
                new.writestr(part, bomb if part == "xl/worksheets/sheet1.xml" else old.read(part))

        with pytest.raises(FormatError, match="damaged"):
            read(out.getvalue())

    def test_of_another_kind_says_so(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

        with pytest.raises(FormatError, match="OpenDocument"):
            read(out.getvalue())

    @given(cut=st.integers(30, 4_000), byte=st.integers(0, 255))
    @example(cut=242, byte=2)
    def test_that_is_damaged_ends_as_rows_or_a_sentence(self, cut, byte):
        data = bytearray(workbook(*self.ROWS))
        data[cut % len(data)] ^= byte

        said = sentence_of(bytes(data))
        assert said is None or said.endswith(".")


def test_a_mapping_is_written_and_read_again():
    mapping = look(OFFICE).mapping
    assert from_plain(json.loads(json.dumps(to_plain(mapping)))) == mapping
    assert from_plain({}) == TableMapping()
    assert replace(mapping, columns={}) != mapping
