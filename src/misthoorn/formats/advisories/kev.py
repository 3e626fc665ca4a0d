"""`kev`: lists of vulnerabilities that are known to be exploited: CISA's catalogue as JSON or CSV, and ENISA's list.

Sources: https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json and
https://euvdservices.enisa.europa.eu/api/kev/dump (a list with other names, days written 17/01/25, and “-” for nothing).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, BinaryIO

from misthoorn.formats.identifiers.cve_names import CVE_NUMBER
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import WRONG_KIND, Parts, RefusedError, read_records
from misthoorn.formats.readers.json_records import Record, read_json
from misthoorn.formats.readers.text_records import Table, read_table
from misthoorn.formats.readers.unpack import BOM, Source
from misthoorn.formats.values.advisory import Advisory, Affected, Exploited, Remark
from misthoorn.formats.values.schema import AdvisoryChunk

SOURCE = "CISA KEV"
ENISA = "ENISA KEV"
_TABLE = Table(needed=frozenset({"cveid", "dateadded"}))
_NAMES = {
    "cveid": "cveID",
    "vendorproject": "vendorProject",
    "vulnerabilityname": "vulnerabilityName",
    "dateadded": "dateAdded",
    "shortdescription": "shortDescription",
    "requiredaction": "requiredAction",
    "knownransomwarecampaignuse": "knownRansomwareCampaignUse",
}
_REMARKS = ("exploitationType", "threatActorsExploiting", "patchedSince", "originSource")


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[AdvisoryChunk]:  # noqa: ARG001
    """One advisory for each entry, with its product and no versions: the lists name none."""
    yield from read_records(
        _entries(Source(stream)), understand=lambda entry: Parts([understand(entry)]), chunk=AdvisoryChunk, fold=fold
    )


def _entries(source: Source) -> Iterator[Record]:
    head = source.head().removeprefix(BOM).lstrip()
    if head.lower().startswith((b"cveid", b'"cveid')):
        return (_named(row) for row in read_table(source, table=_TABLE))
    return read_json(source, member="" if head.startswith(b"[") else "vulnerabilities")


def _named(row: Record) -> Record:
    """A row of the CSV file as an entry of the JSON file."""
    if row.value is None:
        return row
    entry = {_NAMES.get(name, name): value for name, value in row.value.items()}
    entry["cwes"] = [cwe.strip() for cwe in entry.get("cwes", "").split(",")]
    return Record(row.line, row.row, row.raw, entry)


def understand(entry: dict[str, Any]) -> Advisory:
    """One entry of a list.

    Raises:
        RefusedError: it has no CVE number, no date or no product.
    """
    if "cveID" not in entry:
        reason = "This is no list of exploited vulnerabilities (cveID). Choose the format that the source names."
        raise RefusedError(WRONG_KIND, reason)
    said = partial(_said, entry)
    number = said("cveID").upper()
    if not CVE_NUMBER.fullmatch(number):
        raise RefusedError("identifier-invalid", f"The entry has no CVE number: cveID is {number[:40]!r}.")
    since, source = _since(entry)
    if since is None:
        raise RefusedError(
            "time-invalid", f"The entry for {number} does not say since when it is known to be exploited (dateAdded)."
        )
    if not (product := said("product")):
        raise RefusedError("product-missing", f"The entry for {number} names no product.")
    ransomware = said("knownRansomwareCampaignUse").lower() == "known"
    return Advisory(
        identifier=number,
        aliases=tuple(filter(None, [said("euvdID")])),
        title=said("vulnerabilityName"),
        description=said("shortDescription"),
        published=datetime(since.year, since.month, since.day, tzinfo=UTC),
        modified=None,
        state="published",
        severities=(),
        exploited=Exploited(since, source, ransomware, said("requiredAction")),
        affected=(Affected(said("vendorProject"), product, (), "", (), (), "unknown"),),
        references=_addresses(said("notes")),
        problem_types=json_values.texts(entry.get("cwes")),
        remarks=tuple(Remark(kind, text, "") for kind in _REMARKS if (text := said(kind))),
    )


def _said(entry: dict[str, Any], name: str) -> str:
    text = json_values.text(entry.get(name))
    return "" if text == "-" else text


def _since(entry: dict[str, Any]) -> tuple[date | None, str]:
    """Since when it is known to be exploited, and whose list says so."""
    reported = _said(entry, "dateReported")
    if "dateAdded" in entry or not reported:
        return json_values.day(entry.get("dateAdded")), SOURCE
    day, _, rest = reported.partition("/")
    month, _, year = rest.partition("/")
    try:
        return date(int(year) + (2000 if len(year) == len("25") else 0), int(month), int(day)), ENISA
    except (ValueError, OverflowError):
        return None, ENISA


def _addresses(notes: str) -> tuple[str, ...]:
    words = (word.rstrip(";,.") for word in notes.split())
    return tuple(dict.fromkeys(word for word in words if word.startswith(("https://", "http://"))))
