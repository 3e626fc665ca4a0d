import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.software.kinds import kind_of
from misthoorn.formats.software.windows import tidied
from misthoorn.formats.values.schema import FormatError
from misthoorn.formats.values.software import values

POWERSHELL = """#TYPE Selected.System.Management.Automation.PSCustomObject
"DisplayName","DisplayVersion","Publisher","InstallDate"
"7-Zip 23.01 (x64)","23.01","Igor Pavlov","20240101"
,,,
"Mozilla Firefox (x64 nl)","145.0","Mozilla","20260101"
"Update for Windows (KB5001716)","8.93","Microsoft Corporation",""
"Tool of our own","1.0",,
"""
PROGRAMS = [("Igor Pavlov", "7-Zip", "23.01"), ("Mozilla", "Mozilla Firefox", "145.0")]


def programs(outcome):
    return [(one.vendor, one.name, one.version) for one in outcome.accepted]


def test_the_table_of_powershell_is_read(read):
    outcome = read("windows", POWERSHELL)
    assert programs(outcome) == [*PROGRAMS, ("", "Tool of our own", "1.0")]
    assert [one.reference for one in outcome.accepted][:2] == ["7-Zip 23.01 (x64)", "Mozilla Firefox (x64 nl)"]
    assert outcome.codes == ["product-missing", "no-product"]
    assert [row.line for row in outcome.refused] == [4, 6]
    assert outcome.refused[1].raw.startswith(b'"Update for Windows')


WMIC = (
    "Name               Vendor       Version  \r\r\n"
    "7-Zip 23.01 (x64)  Igor Pavlov  23.01    \r\r\n"
    "Mozilla Firefox    Mozilla      145.0    \r\r\n\r\r\n"
)
WMIC_VALUES = (
    "\r\r\n\r\r\nName=7-Zip 23.01 (x64)\r\r\nVendor=Igor Pavlov\r\r\nVersion=23.01\r\r\n\r\r\n"
    "\r\r\nName=Mozilla Firefox\r\r\nVendor=Mozilla\r\r\nVersion=145.0\r\r\n"
)
FORMAT_LIST = (
    "\n\nDisplayName    : 7-Zip 23.01 (x64)\nDisplayVersion : 23.01\nPublisher      : Igor Pavlov\n\n"
    "DisplayName    : Mozilla\n                 Firefox\nDisplayVersion : 145.0\nPublisher      : Mozilla\n\n"
)
FORMAT_TABLE = (
    "\nDisplayName     DisplayVersion Publisher\n-----------     -------------- ---------\n"
    "7-Zip           23.01          Igor Pavlov\nMozilla Firefox 145.0          Mozilla\n"
)


@pytest.mark.parametrize("text", [WMIC, WMIC_VALUES, FORMAT_LIST, FORMAT_TABLE])
def test_what_windows_shows_on_a_screen_is_read(read, text):
    outcome = read("windows", text.encode("utf-16"))
    assert programs(outcome) == PROGRAMS
    assert outcome.codes == []
    assert kind_of(text.encode("utf-16")) == "windows"


def test_a_program_without_a_maker_is_found_by_its_name(read):
    text = (
        "Naam              Id             Versie Beschikbaar Bron\n"
        "--------------------------------------------------------\n"
        "7-Zip 23.01 (x64) 7zip.7zip      23.01  24.09       winget\n"
        "Microsoft Visual… Microsoft.VCR  14.38              winget\n"
        "Something that stands everywhere on its line\n"
    )
    outcome = read("windows", text)
    assert [found for one in outcome.accepted for found in values(one)] == [("7-Zip", "23.01")]
    assert outcome.codes == ["cut-off", "line-invalid"]


@pytest.mark.parametrize(
    "text",
    [
        "Name: requests\nVersion: 2.31.0\nSummary: HTTP\n",
        "Name    : openssl\nVersion : 3.0.7\nRelease : 18.el9\n",
        "The name\nand the version\n",
    ],
)
def test_what_others_show_is_no_list_of_windows(read, text):
    with pytest.raises(FormatError, match="no list of what is installed"):
        read("windows", text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_every_encoding_in_which_windows_writes_it_is_read(read, encoding):
    text = POWERSHELL.replace("Igor Pavlov", "Böhm").replace("\n", "\r\n")
    assert programs(read("windows", text.encode(encoding)))[0][0] == "Böhm"


@pytest.mark.parametrize(
    "text",
    [
        (
            "ApplicationName,ApplicationPublisher,ApplicationShortVersion,ApplicationVersion,DeviceCount,Platform\n"
            "7-Zip 23.01 (x64),Igor Pavlov,23,23.01,12,Windows\nMozilla Firefox (x64 nl),Mozilla,,145.0,3,Windows\n"
        ),
        (
            "Naam;Uitgever;Geïnstalleerd op;Grootte;Versie\n"
            "7-Zip 23.01 (x64);Igor Pavlov;1-1-2024;5,2 MB;23.01\nMozilla Firefox (x64 nl);Mozilla;1-1-2026;;145.0\n"
        ),
        (
            "Toepassingsnaam;Toepassingsversie;Toepassingsuitgever\n"
            "7-Zip;23.01;Igor Pavlov\nMozilla Firefox;145.0;Mozilla\n"
        ),
        (
            "Report of all software\n\nTextbox1,Textbox2\n\nDisplayName0,Publisher0,Version0,ResourceID\n"
            "7-Zip,Igor Pavlov,23.01,1\nMozilla Firefox,Mozilla,145.0,1\nMozilla Firefox,Mozilla,145.0,1\n"
        ),
        "Node,Name,Vendor,Version\nPC1,7-Zip,Igor Pavlov,23.01\nPC1,Mozilla Firefox,Mozilla,145.0\n",
        "sep=;\nName;Version;Publisher\n7-Zip;23.01;Igor Pavlov\nMozilla Firefox;145.0;Mozilla\n",
        "Name\tVersion\tPublisher\n7-Zip\t23.01\tIgor Pavlov\nMozilla Firefox\t145.0\tMozilla\n",
    ],
    ids=["intune", "programs", "intune in Dutch", "configuration manager", "wmic", "excel", "tabs"],
)
def test_the_tables_of_other_tools_are_read_by_their_columns(read, text):
    outcome = read("windows", text)
    assert programs(outcome) == PROGRAMS
    assert outcome.refused == []
    assert outcome.duplicates == (1 if "DisplayName0" in text else 0)


@pytest.mark.parametrize(
    ("name", "version", "tidy"),
    [
        ("7-Zip 23.01 (x64)", "23.01", ("7-Zip", "23.01")),
        ("Python 3.12.1 (64-bit)", "3.12.1150.0", ("Python", "3.12.1")),
        ("Redistributable (x64) - 14.36.32532", "14.36.32532.0", ("Redistributable", "14.36.32532.0")),
        ("PuTTY release 0.78 (64-bit)", "0.78.0.0", ("PuTTY", "0.78.0.0")),
        ("Notepad++ (64-bit x64)", "8.6", ("Notepad++", "8.6")),
        ("Code (User)", "1.95.0", ("Code", "1.95.0")),
        ("SQL Server 2019", "15.0.1", ("SQL Server 2019", "15.0.1")),
        ("SQL Server 2019", "", ("SQL Server 2019", "")),
        ("Widget 1.2.3", "", ("Widget", "1.2.3")),
        ("365", "365", ("365", "365")),
        (" 1.0", "1.0", (" 1.0", "1.0")),
        ("(x64)", "1.0", ("(x64)", "1.0")),
    ],
)
def test_a_name_is_without_its_version_and_its_machine(name, version, tidy):
    assert tidied(name, version) == tidy


def test_a_row_of_another_width_is_refused_alone(read):
    outcome = read("windows", 'Name,Version,Publisher\nA,1,Acme\nB,1\nC,1,Acme,x\n"D\nE,1,Acme\n')
    assert [one.name for one in outcome.accepted] == ["A", "E"]
    assert outcome.codes == ["fields", "fields", "quote-open"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "no list of what is installed"),
        ("a==1.0\n", "no list of what is installed"),
        ("organisation,asset,kind,value,version\n", "no list of what is installed"),
        ("Name,Size\nA,1\n", "no list of what is installed"),
        ('{"name": 1}', "no list of what is installed"),
        (b"PK\x03\x04", "no list of what is installed"),
    ],
)
def test_what_is_no_such_table_is_refused_as_a_whole(read, data, words):
    with pytest.raises(FormatError, match=words):
        read("windows", data)


@given(name=st.text(max_size=60), version=st.text(alphabet="0123456789.x", max_size=12))
def test_tidying_never_empties_a_name(name, version):
    short, found = tidied(name, version)
    assert bool(short) == bool(name)
    assert short in name
    assert found == version or found in name


@given(at=st.integers(0, 400), put=st.sampled_from(['"', "\n", ",", ";", "\0", "é", "\r", "DisplayName"]))
def test_a_damaged_table_is_read_or_refused_in_a_sentence(read, at, put):
    told = "."
    try:
        assert read("windows", POWERSHELL[:at] + put + POWERSHELL[at:]).rows >= 1
    except FormatError as error:
        told = str(error)
    assert told.endswith(".")
