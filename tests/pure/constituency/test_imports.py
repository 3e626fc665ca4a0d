import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.constituency.imports import (
    AssetRow,
    ContactRow,
    Failed,
    Good,
    ImportFileError,
    OrganisationRow,
    failed_file,
    read_table,
)
from misthoorn.matching.inventory.assets import AssetError

ORGANISATIONS = "register_number,name,kind,sector,size,province,registered"
ASSETS = "register_number,kind,value,version,label,valid_from,valid_to,provenance"
CONTACTS = "register_number,role,channel,address,language,provenance,confidence,confirmed_at"


def read(*lines, end="\n"):
    return list(read_table(io.StringIO(end.join([*lines, ""]), newline="")).rows)


def reason(*lines):
    """Why the one row after the header fails."""
    (row,) = read(*lines)
    assert isinstance(row, Failed), row
    return row.reason


def test_an_organisation_is_read_with_all_that_is_said_of_it():
    (good,) = read(ORGANISATIONS, "30000001,Bakkerij De Korenaar,General,trade,2-9,utrecht,ja")

    assert good == Good(
        2,
        ("30000001", "Bakkerij De Korenaar", "General", "trade", "2-9", "utrecht", "ja"),
        OrganisationRow("30000001", "Bakkerij De Korenaar", "general", "trade", "2-9", "Utrecht", registered=True),
    )


def test_an_asset_is_read_in_canonical_form():
    (good,) = read(ASSETS, "1,network,198.51.100.7/24,,office,2026-01-01,2026-07-01T12:00,register")

    assert good.row == AssetRow(
        register_number="1",
        kind="network",
        value="198.51.100.0/24",
        version="",
        label="office",
        valid_from=datetime(2025, 12, 31, 23, 0, tzinfo=UTC),
        valid_to=datetime(2026, 7, 1, 10, 0, tzinfo=UTC),
        provenance="register",
    )


def test_a_product_that_holds_several_becomes_a_row_for_each_and_nothing_else_is_expanded():
    def expand(value):
        if value.endswith("too-many"):
            raise AssetError("too many")
        return [f"acme:{word}" for word in value.split("+")]

    lines = [
        "1,product,one+two,3.0,,,,",
        "1,product,too-many,,,,,",
        "1,domain,a.example,,,,,",
        "1,product,red+gr een,x y",
    ]
    found = list(read_table(io.StringIO("\n".join([ASSETS, *lines, ""])), expand=expand).rows)

    assert [(one.line, one.row.value) for one in found if isinstance(one, Good)] == [
        (2, "acme:one"),
        (2, "acme:two"),
        (4, "a.example"),
    ]
    assert [(one.line, one.reason[:8]) for one in found if isinstance(one, Failed)] == [
        (3, "too many"),
        (5, "The row "),
    ]


def test_a_contact_is_read_with_what_is_not_said_filled_in():
    (good,) = read("register_number,role,address", "1,security,Soc@KORENAAR.example")

    assert good.row == ContactRow("1", "security", "mail", "Soc@korenaar.example", "nl", "import", 50, None)


def test_a_kind_that_is_left_empty_is_unknown_so_that_a_person_decides():
    (good,) = read(ORGANISATIONS, "1,Naam,,trade,1,,")

    assert (good.row.kind, good.row.registered) == ("unknown", False)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_machine(end):
    assert [row.line for row in read(ORGANISATIONS, "1,A,,trade,1,,", "2,B,,trade,1,,", end=end)] == [2, 3]


def test_a_table_with_semicolons_as_dutch_spreadsheets_write_it_is_read():
    (good,) = read("register_number;name;kind;sector;size", '1;"Bakker, Molenaar; en Zn";general;trade;1')

    assert good.row.name == "Bakker, Molenaar; en Zn"


def test_a_mark_of_byte_order_spaces_and_capitals_in_the_header_do_no_harm():
    (good,) = read("\ufeffRegister_Number, NAME ,kind,sector,size", "1,A,general,trade,1")

    assert isinstance(good, Good)


def test_empty_lines_are_no_rows_and_lines_are_still_counted_as_they_stand():
    rows = read(ORGANISATIONS, "", "1,A,,trade,1,,", "  ", "", "2,B,,trade,1,,")

    assert [row.line for row in rows] == [3, 6]


def test_columns_that_nobody_asked_for_are_left_alone():
    (good,) = read("register_number,name,sector,size,kind,fax", "1,A,trade,1,general,070")

    assert isinstance(good, Good)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The file is empty"),
        ("<!doctype html><html>\n", "No table fits this header"),
        ("register_number,name,kind\n", "these columns are missing: sector, size"),
        ("kind,value\n", "these columns are missing: register_number"),
        ("register_number,name,name,kind,sector,size\n", "stand in the header twice: name"),
        ('"register_number,name\n', "is not a CSV file that can be read"),
        ("\0\0\0\0", "No table fits this header"),
    ],
)
def test_a_file_that_is_none_of_the_three_tables_is_refused_with_what_it_needs(text, says):
    with pytest.raises(ImportFileError, match=says):
        read_table(io.StringIO(text))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (",A,,trade,1,,", "`register_number` is empty"),
        ("1,,,trade,1,,", "`name` is empty"),
        ("1,A,baker,trade,1,,", "`kind` is 'baker'. It takes one of: general, vital"),
        ("1,A,,bakery,1,,", "`sector` is 'bakery'. It takes one of: health"),
        ("1,A,,trade,12,,", "`size` is '12'"),
        ("1,A,,trade,1,Vlaanderen,", "`province` is 'Vlaanderen'"),
        ("1,A,,trade,1,,maybe", "`registered` is 'maybe'"),
        ("1,A,,trade,1,", "The row has 6 fields, and the header 7"),
        ("1,A,,trade,1,,,", "The row has 8 fields, and the header 7"),
        (f"1,{'A' * 201},,trade,1,,", "`name` has 201 characters. It takes at most 200"),
        (f"{'1' * 41},A,,trade,1,,", "`register_number` has 41 characters"),
        ("1,A\u200bB,,trade,1,,", "`name` holds characters that can't be printed"),
        ("1,A\0B,,trade,1,,", "bytes that are no text in UTF-8"),
        ("1,Caf\ufffd,,trade,1,,", "bytes that are no text in UTF-8"),
        ('1,"A,,trade,1,,', "can't be read as CSV"),
    ],
)
def test_a_row_of_organisations_that_can_not_be_taken_says_why(row, says):
    assert says in reason(ORGANISATIONS, row)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("1,building,192.0.2.1,,,,,", "`kind` is 'building'. It takes one of: network, domain, asn, product"),
        ("1,network,192.0.2.300,,,,,", "is not an address or a network"),
        ("1,network,,,,,,", "The value is empty"),
        ("1,domain,nl,,,,,", "is a public suffix"),
        ("1,network,192.0.2.1,,,24-11-2026,,", "`valid_from` is '24-11-2026'. Write a date as 2026-11-24"),
        ("1,network,192.0.2.1,,,2026-02-30,,", "`valid_from` is '2026-02-30'"),
        ("1,network,192.0.2.1,,,0001-01-01,,", "`valid_from` is '0001-01-01'"),
        ("1,network,192.0.2.1,,,2026-02-02,2026-02-01,", "`valid_to` is not after `valid_from`"),
        ("1,network,192.0.2.1,,,2026-02-02,2026-02-02,", "`valid_to` is not after `valid_from`"),
        (f"1,network,192.0.2.1,,{'x' * 121},,,", "`label` has 121 characters"),
    ],
)
def test_a_row_of_assets_that_can_not_be_taken_says_why(row, says):
    assert says in reason(ASSETS, row)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("1,boss,mail,a@korenaar.example,nl,,,", "`role` is 'boss'"),
        ("1,owner,pigeon,a@korenaar.example,nl,,,", "`channel` is 'pigeon'"),
        ("1,owner,mail,a@korenaar,nl,,,", "`address` is not a mail address that can be used"),
        ("1,owner,mail,a@korenaar.example;b@x.example,nl,,,", "`address` is not a mail address that can be used"),
        ("1,owner,mail,ü@korenaar.example,nl,,,", "`address` is not a mail address that can be used"),
        ("1,owner,mail,a@korenaar.example,fy,,,", "`language` is 'fy'. It takes one of: nl, en"),
        ("1,owner,mail,a@korenaar.example,nl,,101,", "`confidence` is '101'"),
        ("1,owner,mail,a@korenaar.example,nl,,-1,", "`confidence` is '-1'"),
        ("1,owner,mail,a@korenaar.example,nl,,½,", "`confidence` is '½'"),
        ("1,owner,mail,a@korenaar.example,nl,,50,yesterday", "`confirmed_at` is 'yesterday'"),
    ],
)
def test_a_row_of_contacts_that_can_not_be_taken_says_why(row, says):
    assert says in reason(CONTACTS, row)


@pytest.mark.parametrize("network", ["0.0.0.0/0", "8.0.0.0/7", "::/0", "2000::/15"])
def test_a_network_larger_than_anybody_has_is_refused(network):
    assert "more than any organisation has" in reason(ASSETS, f"1,network,{network},,,,,")


@pytest.mark.parametrize(
    "network", ["10.0.0.0/8", "127.0.0.0/8", "192.168.1.0/24", "fe80::/64", "fd00::/16", "9.255.255.0-10.0.0.9"]
)
def test_a_network_that_is_not_on_the_internet_is_refused(network):
    assert "not on the internet" in reason(ASSETS, f"1,network,{network},,,,,")


@pytest.mark.parametrize(
    "network", ["11.0.0.0/8", "2a02:1234::/32", "198.18.0.0/15", "192.0.2.1/32", "3fff::/20", "192.0.2.7-192.0.2.90"]
)
def test_networks_that_somebody_can_have_and_those_for_examples_are_taken_in(network):
    (good,) = read(ASSETS, f"1,network,{network},,,,,")

    assert good.row.value == network


def test_a_row_that_fails_does_not_touch_those_around_it():
    rows = read(ORGANISATIONS, "1,A,,trade,1,,", '2,"B,,trade,1,,', "3,C,,trade,1,,")

    assert [type(row) for row in rows] == [Good, Failed, Good]


class Endless(io.StringIO):
    """A stream that is read piece by piece; counts how much is ever asked for at once."""

    most = 0

    def readline(self, size=-1):
        self.most = max(self.most, size)
        return super().readline(size)


@pytest.mark.parametrize("filler", ["x", '"', ","])
def test_a_line_of_millions_of_characters_is_one_failed_row_and_is_never_held_whole(filler):
    stream = Endless(f"{ORGANISATIONS}\n1,{filler * 3_000_000}\n2,B,,trade,1,,\n")

    wrong, good = read_table(stream).rows

    assert (wrong.line, wrong.reason) == (2, "The line is longer than 65,536 characters.")
    assert len("".join(wrong.cells)) <= 200
    assert (good.line, good.row.name) == (3, "B")
    assert 0 < stream.most <= 65_536


def test_a_date_is_the_start_of_that_day_in_amsterdam_in_summer_and_in_winter():
    (one, other) = read(ASSETS, "1,asn,64496,,,2026-03-29,,", "1,asn,64497,,,2026-03-30,,")

    assert one.row.valid_from == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert other.row.valid_from == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_the_file_of_failed_rows_has_the_columns_as_they_were_and_the_reason():
    table = read_table(io.StringIO(f"{ORGANISATIONS}\n1,,,trade,1,,\n2,B\n"))

    rows = list(csv.DictReader(io.StringIO(failed_file(table.header, list(table.rows)))))

    assert [row["reason"] for row in rows] == [
        "line 2: `name` is empty.",
        "line 3: The row has 2 fields, and the header 7.",
    ]
    assert [(row["register_number"], row["name"]) for row in rows] == [("1", ""), ("2", "B")]


@given(st.text(min_size=1))
def test_no_cell_of_the_file_of_failed_rows_is_a_formula(text):
    said = failed_file((text, "name"), [Failed(2, (text, "x"), "because")])

    for row in csv.reader(io.StringIO(said, newline="")):
        assert not any(cell[:1] in {"=", "+", "-", "@", "\t", "\r"} for cell in row if cell)


@given(st.text())
def test_whatever_the_file_is_it_is_read_or_refused_with_a_sentence(text):
    try:
        rows = list(read_table(io.StringIO(f"{CONTACTS}\n{text}", newline="")).rows)
    except ImportFileError:
        return
    assert all(isinstance(row, Good) or row.reason for row in rows)


def test_a_contact_may_be_a_telephone_number_or_an_address_on_paper():
    text = (
        "register_number,role,channel,address\n"
        "30000001,general,telephone,020 123 4567\n"
        "30000001,general,letter,Dorpsstraat 12 | 1234ab Voorbeeldstad\n"
        "30000001,general,telephone,112\n"
    )
    call, paper, wrong = read_table(io.StringIO(text)).rows

    assert (call.row.channel, call.row.address) == ("telephone", "+31201234567")
    assert (paper.row.channel, paper.row.address) == ("letter", "Dorpsstraat 12\n1234 AB Voorbeeldstad")
    assert "can't be used" in wrong.reason
