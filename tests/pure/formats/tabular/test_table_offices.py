"""Lists of Dutch offices: what a cell means, and what is said of a row that is refused."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest

from misthoorn.formats.tabular import table

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SEEN = {"constants": {"time": "23-11-2026 12:00", "identifier": "open-rdp"}}
COLUMNS = {"columns": {"ip": "IP", "severity": "CVSS", "time": "Datum", "identifier": "Melding"}}


def read(data, mapping=None):
    """The accepted rows, and the refused ones."""
    chunks = list(table.read(io.BytesIO(data), name="x", now=NOW, mapping=mapping))
    return [row for one in chunks for row in one.events.to_pylist()], [row for one in chunks for row in one.refused]


@pytest.mark.parametrize(
    ("cell", "ip", "hostname", "port"),
    [
        (" 192.0.2.7\u00a0", "192.0.2.7", None, None),
        ("192.0.2.7:3389", "192.0.2.7", None, 3389),
        ("[2001:db8::2]:443", "2001:db8::2", None, 443),
        ("192[.]0[.]2[.]33", "192.0.2.33", None, None),
        ("192.000.002.044", "192.0.2.44", None, None),
        ("192.0.2.7/32", "192.0.2.7", None, None),
        ("192.0.2.50 (vpn)", "192.0.2.50", None, None),
        ("hxxps://evil[.]example/x", None, "evil.example", None),
        ("https://mail.example.nl:8443/owa", None, "mail.example.nl", 8443),
        ("*.example.nl", None, "example.nl", None),
    ],
)
def test_an_address_is_found_in_what_stands_around_it(cell, ip, hostname, port):
    events, refused = read(f"IP;Datum;Melding;Poort\n{cell};23-11-2026;open-rdp;\n192.0.2.1;23-11-2026;x;\n".encode())

    assert refused == []
    assert (events[0]["ip"], events[0]["hostname"], events[0]["port"]) == (ip, hostname, port)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("192.0.2.0/24", "address-network"),
        ("192.0.2.10-192.0.2.20", "address-network"),
        ("192.0.2.7, 192.0.2.8", "address-many"),
        ("192.0.2.7 / 192.0.2.8", "address-many"),
        ("192.0.2.999", "address-invalid"),
        ("192,0,2,7", "address-invalid"),
        ("onbekend", "address-missing"),
        ("n.v.t.", "address-missing"),
    ],
)
@pytest.mark.parametrize("header", ["IP", "IP of naam"])
def test_what_is_not_one_address_is_refused_and_never_half_read(header, cell, code):
    mapping = SEEN | {"columns": {"ip" if header == "IP" else "host": header}}
    events, refused = read(f"{header};x\n{cell};1\n".encode(), mapping)

    assert (events, [one.code for one in refused]) == ([], [code])


def test_a_column_that_is_called_so_is_read_whatever_most_of_its_cells_say():
    cells = ["192.0.2.7", *["onleesbaar?"] * 8]
    events, refused = read(("IP;Datum;Melding\n" + "".join(f"{one};23-11-2026;a\n" for one in cells)).encode())

    assert (len(events), [one.code for one in refused]) == (1, ["address-invalid"] * 8)


def test_names_beside_addresses_are_read_and_one_without_a_domain_stays_evidence():
    events, refused = read(
        b"Hostnaam;IP;Datum;Melding\nvpn.example.nl.;192.0.2.7;23-11-2026;a\nserver01;192.0.2.9;23-11-2026;a\n"
        b"mail.example.nl;;23-11-2026;a\nserver01;;23-11-2026;a\n"
    )

    assert [(one["ip"], one["hostname"]) for one in events] == [
        ("192.0.2.7", "vpn.example.nl"),
        ("192.0.2.9", None),
        (None, "mail.example.nl"),
    ]
    assert [one.code for one in refused] == ["address-missing"]


def test_a_row_of_which_the_list_itself_says_no_is_refused():
    events, refused = read(
        b"IP;Datum;Melding;Kwetsbaar\n192.0.2.7;23-11-2026;a;Ja\n192.0.2.8;23-11-2026;a;nee\n"
        b"192.0.2.9;23-11-2026;a;\n192.0.2.10;23-11-2026;a;misschien\n192.0.2.11;23-11-2026;a;nee\n"
        b"192.0.2.12;23-11-2026;a;J\n"
    )

    assert [one["ip"] for one in events] == ["192.0.2.7", "192.0.2.9", "192.0.2.12"]
    assert [one.code for one in refused] == ["said-no", "said-unclear", "said-no"]


@pytest.mark.parametrize(
    ("cell", "identifier", "code"),
    [
        ("cve-2024-3400", "CVE-2024-3400", ""),
        ("CVE-2024-3400 (PAN-OS)", "CVE-2024-3400", ""),
        ("CVE-2024-3400 / CVE-2023-46805", None, "identifier-many"),
        ("Open RDP", "open-rdp", ""),
    ],
)
def test_one_vulnerability_is_one_number(cell, identifier, code):
    events, refused = read(f"IP;Datum;Melding\n192.0.2.7;23-11-2026;{cell}\n".encode())

    assert [one["identifier"] for one in events] == ([identifier] if identifier else [])
    assert [one.code for one in refused] == ([code] if code else [])


@pytest.mark.parametrize(("cell", "port"), [("tcp/3389", 3389), ("3389/tcp", 3389), ("3389 (TCP)", 3389), ("-", None)])
def test_a_port_may_name_its_protocol(cell, port):
    events, refused = read(f"IP;Poort;Datum;Melding\n192.0.2.7;{cell};23-11-2026;a\n".encode())

    assert ([one["port"] for one in events], refused) == ([port], [])


@pytest.mark.parametrize(
    ("cell", "severity"),
    [
        ("9,8 (kritiek)", "urgent"),
        ("7.5 / 10", "high"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "urgent"),
        ("onbekend", "normal"),
    ],
)
def test_a_score_may_have_words_around_it(cell, severity):
    events, refused = read(f"IP;CVSS;Datum;Melding\n192.0.2.7;{cell};23-11-2026;a\n".encode(), COLUMNS)

    assert ([one["severity"] for one in events], refused) == ([severity], [])


def test_a_port_for_all_rows_holds_for_a_column_of_addresses_and_names():
    mapping = {"columns": {"host": "Wie"}, "constants": SEEN["constants"] | {"port": "443"}}

    assert [one["port"] for one in read(b"Wie;x\nvpn.example.nl;1\n192.0.2.7:8443;1\n", mapping)[0]] == [443, 8443]


@pytest.mark.parametrize(("cell", "code"), [("31-11-2026", "time-invalid"), ("11-26-2026", "time-order")])
def test_a_day_that_does_not_exist_is_no_date_in_another_order(cell, code):
    _, refused = read(f"IP;Datum;Melding\n192.0.2.7;{cell};a\n192.0.2.8;23-11-2026;a\n".encode())

    assert [one.code for one in refused] == [code]


def test_of_several_sheets_the_first_with_addresses_is_read():
    book = openpyxl.Workbook()
    book.active.append(["Dit bestand is van november"])
    data = book.create_sheet("Data")
    for row in (["IP", "Datum", "Melding"], ["192.0.2.7", "23-11-2026", "a"]):
        data.append(row)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    found = table.look(out)

    assert found.mapping.sheet == "Data"


def sheet(*rows, merged=()):
    """A spreadsheet with these rows and merged cells."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    return book


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_cells_that_are_merged_downwards_have_the_value_that_a_person_sees():
    rows = [["IP", "Datum", "Melding"], ["192.0.2.7", "23-11-2026", "a"], ["192.0.2.8"], ["192.0.2.9"], [], []]
    title = ["Overzicht"]
    book = sheet(title, *rows, merged=("A1:C1", "B3:B7", "C3:C5"))
    events, refused = read(saved(book))

    assert [one["ip"] for one in events] == ["192.0.2.7", "192.0.2.8", "192.0.2.9"]
    assert {one["identifier"] for one in events} == {"a"}
    assert refused == []


def test_what_is_hidden_in_a_sheet_is_read_and_told():
    book = sheet(["IP", "Datum", "Melding", "Intern"], *[[f"192.0.2.{n}", "23-11-2026", "a", "x"] for n in (7, 8, 9)])
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["D"].hidden = True
    found = table.look(io.BytesIO(saved(book)))

    assert (found.hidden_rows, found.hidden_columns) == (1, ("Intern",))
    assert len(read(saved(book))[0]) == 3


def test_merged_cells_of_a_whole_sheet_are_bounded():
    book = sheet(["IP", "Datum", "Melding"], ["192.0.2.7", "23-11-2026", "a"])
    for column in "ABCDEFGH":
        book.active.merged_cells.add(f"{column}1:{column}1048576")
    found = table.look(io.BytesIO(saved(book)))

    assert len(found.rows) == 1
