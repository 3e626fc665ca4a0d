r"""`dpkg`: packages of Debian and its relatives: dpkg -l, dpkg-query -W, or /var/lib/dpkg/status.

Sources: dpkg-query(1), deb822(5). Only what is installed counts; what was removed and left its settings does not.
`dpkg-query -W -f '${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n'` tells the
source as well, which advisories speak of.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from misthoorn.formats.readers.documents import KEPT, Parts, RefusedError, read_records
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.readers.texts import whole_text
from misthoorn.formats.software.distribution_lists import Distribution, numbered, packaged, take_apart
from misthoorn.formats.software.lists import LIMITS
from misthoorn.formats.values.schema import FormatError, SoftwareChunk
from misthoorn.formats.values.software import Software

_HEADER = re.compile(r"(?:[A-Za-z]+=.*/.*|\|.*|\+\+\+-.*)")
_LISTED = re.compile(
    r"([uirph])([nicufUFWHtT])[R ]?\s{1,40}(\S{1,300})\s{1,300}(\S{1,300})(?:\s{1,300}(\S{1,40}))?(?:\s.*)?"
)
_QUERIED = re.compile(r"([a-z0-9][a-z0-9+.-]{1,200}(?::[a-z0-9-]{1,40})?)[\t ][^,]*")
_FIELD = re.compile(r"([A-Za-z][A-Za-z-]{1,40}):[ \t]*+(.*)")
_SOURCE = re.compile(r"(\S+)(?:\s+\((\S+)\))?")
_FIELDS = frozenset(("Package", "Status", "Version", "Architecture", "Source"))
_INSTALLED = frozenset("iWt")  # installed, or so with something still to be done
_LOOKED_AT = 200
_WIDTH = 5


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[SoftwareChunk]:  # noqa: ARG001
    """One value for each installed package."""
    text = whole_text(stream, at_most=LIMITS.row)
    told, records = _taken(text)
    if not any(_is_known(one) for one in records[:_LOOKED_AT]):
        raise FormatError(
            "This is no list of packages as dpkg prints or keeps it. Give the output of dpkg -l or dpkg-query -W, or "
            "the file /var/lib/dpkg/status."
        )
    distribution = told or _guessed(records)
    understood = partial(understand, distribution=distribution)
    yield from read_records(numbered(records), understand=understood, chunk=SoftwareChunk, fold=fold)


def lines_like(text: str) -> int:
    """How many of a text's first lines are like those of such a list."""
    return sum(map(_is_known, _taken(text)[1][:_LOOKED_AT]))


def _taken(text: str) -> tuple[Distribution | None, list[Record]]:
    told, lines = take_apart(text)
    if re.search(r"^Package: ", text, re.MULTILINE):
        return told, list(_stanzas(lines))
    return told, [row for line in lines if (row := _row(line))]


def _is_known(record: Record) -> bool:
    version = (record.value or {}).get("version", "")
    return any(map(str.isdigit, version))


def _row(line: Record) -> Record | None:
    """What a printed line says; None for the lines above the table."""
    text = line.value["line"] if line.value else ""
    if _HEADER.fullmatch(text):
        return None
    said = {"line": text}
    if found := _LISTED.fullmatch(text):
        said |= {"package": found[3], "version": found[4], "architecture": found[5] or "", "state": found[2]}
    elif _QUERIED.fullmatch(text):
        cells = [*(text.split("\t") if "\t" in text else text.split()), *[""] * _WIDTH][:_WIDTH]
        said |= dict(zip(("package", "version", "architecture", "source", "source version"), cells, strict=True))
        said["state"] = "i" if said["version"] else "n"
    return Record(line.line, 0, line.raw, said)


def _stanzas(lines: list[Record]) -> Iterator[Record]:
    """The packages of a status file; a new one begins with its name."""
    said: dict[str, str] = {}
    start = 0
    for line in lines:
        found = _FIELD.fullmatch(line.value["line"]) if line.value else None
        if not found or found[1] not in _FIELDS:
            continue
        if found[1] == "Package" and said:
            yield _stanza(said, start)
            said = {}
        start = start if said else line.line
        said.setdefault(found[1], found[2].strip())
    if said:
        yield _stanza(said, start)


def _stanza(said: dict[str, str], line: int) -> Record:
    source = _SOURCE.match(said.get("Source", ""))
    words = said.get("Status", "").split()
    value = {
        "line": said.get("Package", ""),
        "package": said.get("Package", ""),
        "version": said.get("Version", ""),
        "architecture": said.get("Architecture", ""),
        "source": source[1] if source else "",
        "source version": (source[2] or "") if source else "",
        "state": "i" if words[-1:] == ["installed"] or not words else "n",
    }
    return Record(line, 0, "\n".join(f"{name}: {text}" for name, text in said.items()).encode()[:KEPT], value)


def understand(record: dict[str, Any], *, distribution: Distribution) -> Parts[Software]:
    """One package.

    Raises:
        RefusedError: it is not installed, or the line says something else.
    """
    if "package" not in record:
        raise RefusedError("line-invalid", f"{record['line'][:80]!r} is no line of a list of packages.")
    if record["state"] not in _INSTALLED:
        raise RefusedError("not-installed", f"{record['package'][:80]!r} is not installed (any more).")
    name, _, of = record["package"].partition(":")
    source, source_version = record.get("source", ""), record.get("source version", "")
    upstream = source if source_version in {"", record["version"]} else f"{source}@{source_version}"
    software = packaged(
        "deb",
        distribution,
        name=name,
        version=record["version"],
        architecture=record["architecture"] or of,
        upstream=upstream if source else "",
    )
    return Parts([software])


def _guessed(records: list[Record]) -> Distribution:
    """Ubuntu writes its name into its versions; else it is taken for Debian, of no known release."""
    is_ubuntu = any("ubuntu" in one.value.get("version", "") for one in records if one.value)
    return Distribution("ubuntu" if is_ubuntu else "debian", "")
