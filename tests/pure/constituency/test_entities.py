"""The register of entities as one import."""

import io

import pytest

from misthoorn.constituency.imports import AssetRow, ContactRow, Failed, Good, ImportFileError, OrganisationRow
from misthoorn.constituency.organisations.entities import read_entities

HEADER = "register_number,name,entity,sector,size,emails,ip_ranges,telephones\n"
MAILS = "soc@waterwerk.example noc@waterwerk.example"
ROW = f'40000001,Waterwerk,essential,other,250+,"{MAILS}",192.0.2.0/29;198.51.100.0/28,+31 6 12345678\n'


def read(text):
    return [[*table.rows] for table in read_entities(io.StringIO(text))]


def test_a_row_gives_an_organisation_its_ranges_and_its_contacts_and_says_where_they_come_from():
    (organisation,), networks, contacts = read(HEADER + ROW)

    assert organisation.row == OrganisationRow("40000001", "Waterwerk", "vital", "other", "250+", "")
    assert [(one.row.value, one.row.provenance) for one in networks if isinstance(one.row, AssetRow)] == [
        ("192.0.2.0/29", "register"),
        ("198.51.100.0/28", "register"),
    ]
    assert [(one.row.channel, one.row.role) for one in contacts if isinstance(one.row, ContactRow)] == [
        ("mail", "security"),
        ("mail", "security"),
        ("telephone", "security"),
    ]


@pytest.mark.parametrize(
    ("entity", "kind"),
    [("Important", "vital"), ("digital", "digital_service_provider"), ("municipality", "municipality")],
)
def test_what_kind_of_entity_it_is_says_which_team_warns_it(entity, kind):
    (one,), _, _ = read(HEADER + ROW.replace("essential", entity))
    assert isinstance(one, Good)
    assert one.row.kind == kind


def test_a_cell_that_can_not_be_taken_in_is_told_with_its_line_and_the_rest_goes_on():
    bad = "40000002,Havenbedrijf,nobody,transport,250+,nobody,10.0.0.0/8,\n"
    tables = read(HEADER + bad + ROW)

    for table in tables:
        failed = [one for one in table if isinstance(one, Failed)]
        assert [one.line for one in failed] == [2]
        assert all(isinstance(one, Good) and one.line == 3 for one in table if one not in failed)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "columns are missing: register_number"),
        ("name;entity\n", "columns are missing: register_number, sector, size"),
        (HEADER + '1,"' + ("x" * 50_000 + "\n") * 4, "can't be read as CSV"),
    ],
)
def test_a_file_that_is_no_extract_is_refused_in_a_sentence(text, words):
    with pytest.raises(ImportFileError, match=words):
        read(text)


def test_semicolons_as_spreadsheets_in_dutch_write_them_are_read_too():
    text = "register_number;name;entity;sector;size;emails\n1;Waterwerk;essential;other;250+;soc@waterwerk.example\n"
    (one,), _, (mail,) = read(text)
    assert (one.row.name, mail.row.address) == ("Waterwerk", "soc@waterwerk.example")
