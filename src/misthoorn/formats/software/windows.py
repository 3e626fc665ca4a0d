r"""`windows`: what is installed on Windows, as a table of Intune, Configuration Manager, PowerShell or wmic.

A table has one of the names below for each column, Dutch or English, and may stand under some lines of a report.
PowerShell: `Get-ItemProperty HKLM:\Software\...\Uninstall\* | Select DisplayName, DisplayVersion, Publisher |
Export-Csv`. A program is found by its maker and name; without a maker by its name, as if a person had typed it.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats.readers.documents import Parts, RefusedError, read_records
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.readers.texts import whole_text
from misthoorn.formats.readers.unpack import Source
from misthoorn.formats.software import windows_text
from misthoorn.formats.software.lists import take
from misthoorn.formats.tabular.delimited_text import Style, decode, read_tabular
from misthoorn.formats.tabular.detection import guess_encoding
from misthoorn.formats.values.schema import FormatError, SoftwareChunk
from misthoorn.formats.values.software import INSTALLED, Software

MAX_NAME = 300
_HEAD = 64 * 1024
_MOST_TEXT = 16 * 1024 * 1024
_MOST_ABOVE = 30  # lines above the header
_DELIMITERS = ("\t", ";", ",")
_LINE_END = re.compile(r"\r\n|\r|\n")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_ROLES = {
    "name": "displayname applicationname appname productname product name software softwarename application program "
    "programname naam toepassingsnaam naamvantoepassing naamvandetoepassing appnaam productnaam softwarenaam "
    "programmanaam programma toepassing weergavenaam",
    "vendor": "publisher applicationpublisher apppublisher softwarepublisher vendor vendorname manufacturer company "
    "companyname uitgever uitgevervantoepassing uitgevervandetoepassing toepassingsuitgever softwareuitgever "
    "programmauitgever appuitgever leverancier fabrikant producent maker",
    "version": "displayversion applicationversion appversion productversion softwareversion version versie "
    "versievantoepassing versievandetoepassing toepassingsversie appversie productversie softwareversie weergaveversie "
    "applicationshortversion",
}
_ROLE_OF = {name: (role, place) for role, names in _ROLES.items() for place, name in enumerate(names.split())}
_MACHINE = "x64|x86|arm64|amd64|64[- ]?bit|32[- ]?bit|user|machine|gebruiker"
_BUILT_FOR = re.compile(
    rf"\s{{0,5}}\((?:(?:{_MACHINE})[ ,]{{0,3}}){{0,2}}(?:[a-z]{{2}}(?:-[a-z]{{2}})?)?\)$", re.IGNORECASE
)
_LAST_VERSION = re.compile(
    r"(?:\s{1,5}(?:-|v|version|versie|release))?\s{1,5}v?([0-9]{1,10}(?:\.[0-9]{1,10}){0,5})$", re.IGNORECASE
)
_UPDATE = re.compile(r"\bKB[0-9]{5,8}\b")


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[SoftwareChunk]:  # noqa: ARG001
    """One value for each program; the same one on several machines counts once."""
    source = Source(stream)
    head = source.head(_HEAD)
    encoding = guess_encoding(head)
    beginning = _lines(decode(head, encoding))
    found = header(beginning)
    if found is None and (how := windows_text.shown(beginning, _columns)):
        rows = windows_text.rows(_lines(whole_text(source, at_most=_MOST_TEXT)), how, _columns)
        yield from read_records(rows, understand=understand, chunk=SoftwareChunk, fold=fold)
        return
    if found is None:
        raise FormatError(
            "This is no list of what is installed on Windows: no line names a column for the name of a program "
            "(DisplayName, Naam) and one for its maker or version. Choose the format that the source names."
        )
    skip, delimiter = found
    style = Style(encoding=encoding, delimiter=delimiter, quote='"', skip=skip, headed=True)
    yield from read_records(_rows(source, style), understand=understand, chunk=SoftwareChunk, fold=fold)


def is_list(text: str) -> bool:
    """Whether a text that begins so is a list of what is installed."""
    plain = _lines(text)
    return header(plain) is not None or windows_text.shown(plain, _columns) is not None


def _lines(text: str) -> str:
    """With one end to each line: what wmic writes into a file has two."""
    return text.replace("\r\r\n", "\r\n")


def header(text: str) -> tuple[int, str] | None:
    """The number of lines above the names of columns, and the sign between those; None where there are none."""
    for number, line in enumerate(_LINE_END.split(text, _MOST_ABOVE)[:_MOST_ABOVE]):
        for delimiter in _DELIMITERS:
            roles = _columns([cell.strip(' "') for cell in line[:_HEAD].split(delimiter)])
            if "name" in roles and len(roles) > 1:
                return number, delimiter
    return None


def _columns(names: Sequence[str]) -> dict[str, int]:
    """The place of each role's column: the first of the names above that is there."""
    best: dict[str, tuple[int, int]] = {}
    for column, name in enumerate(names):
        plain = _NOT_IN_NAMES.sub("", name.lower().removesuffix("0"))  # Configuration Manager ends its columns so
        if known := _ROLE_OF.get(plain):
            role, place = known
            best[role] = min(best.get(role, (place, column)), (place, column))
    return {role: column for role, (_, column) in best.items()}


def _rows(source: Source, style: Style) -> Iterator[Record]:
    table = read_tabular(source, style)
    columns = _columns(table.names)
    for part in table.parts:
        cells = {role: part.columns[column].to_pylist() for role, column in columns.items()}
        rows, lines = part.rows.to_pylist(), part.lines.to_pylist()
        taken = [
            Record(line, row, part.raw(index), {role: texts[index].strip() for role, texts in cells.items()})
            for index, (row, line) in enumerate(zip(rows, lines, strict=True))
        ]
        taken += [Record(one.line, one.row, one.raw, None, one.code, one.reason) for one in part.refused]
        yield from sorted(taken, key=lambda one: one.row)


def understand(row: dict[str, Any]) -> Parts[Software]:
    """One row.

    Raises:
        RefusedError: it names no program, or an update of one.
    """
    written, version = row["name"][:MAX_NAME], row.get("version", "")[:MAX_NAME]
    if not written:
        raise RefusedError("product-missing", "The row names no program.")
    if _UPDATE.search(written):
        raise RefusedError("no-product", f"{written[:80]!r} is an update of a program, which no advisory names.")
    parts: Parts[Software] = Parts()
    name, version = tidied(written, version)
    take(Software(written, INSTALLED, row.get("vendor", "")[:MAX_NAME], name, version, "", ()), parts)
    return parts


def tidied(name: str, version: str) -> tuple[str, str]:
    """A name without the version and the machine that it is built for: “7-Zip 23.01 (x64)” is 7-Zip, 23.01.

    Some installers give a version of their own (Python 3.12.1 says 3.12.1150.0): then the one in the name counts.
    """
    short = _BUILT_FOR.sub("", name)
    for _ in range(3):
        found = _LAST_VERSION.search(short)
        if not found or not _is_of(found[1], version):
            break
        same = f"{version}.".startswith(f"{found[1]}.") or f"{found[1]}.".startswith(f"{version}.")
        version = version if same else found[1]
        short = _BUILT_FOR.sub("", short[: found.start()])
    return (short.strip(" -") or name), version


def _is_of(last: str, version: str) -> bool:
    """Whether the number at the end of a name is the version, as far as that is told: SQL Server 2019 is none."""
    return version.startswith(last) or last.startswith(version) if version else "." in last
