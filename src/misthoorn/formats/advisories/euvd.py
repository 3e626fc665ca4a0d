"""`euvd`: records of the European vulnerability database of ENISA, JSON of its API.

Source: https://euvd.enisa.europa.eu/apidoc. An answer to a search (`items`), a list (of the latest or exploited ones)
or one record. Moments are written “Apr 15, 2025, 8:30:58 PM”, versions “1.5.0 ≤1.5.4”, and EPSS is in per cent.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from misthoorn.formats.advisories.cve5_affected import merged
from misthoorn.formats.advisories.epss import SCHEME as EPSS
from misthoorn.formats.identifiers.cve_names import CVE_NUMBER
from misthoorn.formats.identifiers.version_ranges import read_range, sentence
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError, read_advisories
from misthoorn.formats.values.advisory import Advisory, Affected, Exploited, Severity
from misthoorn.formats.values.schema import AdvisoryChunk

SOURCE = "ENISA EUVD"
_NUMBER = re.compile(r"EUVD-[0-9]{4}-[0-9]{1,19}", re.ASCII)
_FROM_TO = re.compile(r"([^\s<>=≤≥]{1,100}) ([<≤]=? ?[^\s<>=≤≥]{1,100})")
_UNKNOWN = frozenset(("", "-", "n/a", "unspecified", "unknown"))
_CVSS = {"2.0": "CVSS:2.0", "3.0": "CVSS:3.0", "3.1": "CVSS:3.1", "4.0": "CVSS:4.0"}
_PER_CENT = 100


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[AdvisoryChunk]:  # noqa: ARG001
    """One advisory for each record, under its CVE number where it has one."""
    return read_advisories(stream, understand=understand, fold=fold, member="items", alone=True)


def understand(record: dict[str, Any]) -> Advisory:
    """One record.

    Raises:
        RefusedError: it is no record of this database.
    """
    number = json_values.text(record.get("id"))
    if not _NUMBER.fullmatch(number):
        raise RefusedError(
            WRONG_KIND, "This is not a record of the EUVD (id EUVD-…). Choose the format that the source names."
        )
    names = tuple(dict.fromkeys((number, *_lines(record.get("aliases")))))
    identifier = next((name for name in names if CVE_NUMBER.fullmatch(name)), number)
    since = _moment(record.get("exploitedSince"))
    return Advisory(
        identifier=identifier,
        aliases=tuple(name for name in names if name != identifier),
        title="",
        description=json_values.text(record.get("description")),
        published=_moment(record.get("datePublished")),
        modified=_moment(record.get("dateUpdated")),
        state="published",
        severities=tuple(_severities(record)),
        exploited=Exploited(since.date(), SOURCE, ransomware=False, action="") if since else None,
        affected=merged(_affected(record)),
        references=tuple(dict.fromkeys(_lines(record.get("references")))),
        problem_types=(),
    )


def _lines(value: object) -> list[str]:
    return [line.strip() for line in json_values.text(value).splitlines() if line.strip()]


def _moment(value: object) -> datetime | None:
    """A moment as this API writes it, or ISO 8601."""
    plain = " ".join(json_values.text(value).split())
    try:
        return datetime.strptime(plain, "%b %d, %Y, %I:%M:%S %p").replace(tzinfo=UTC)
    except ValueError:
        return json_values.moment(plain)


def _severities(record: dict[str, Any]) -> Iterator[Severity]:
    scheme = _CVSS.get(json_values.text(record.get("baseScoreVersion")))
    score, vector = json_values.score(record.get("baseScore")), json_values.text(record.get("baseScoreVector"))
    if scheme and score is not None and vector:
        yield Severity(scheme, vector, score, SOURCE)
    chance = record.get("epss")
    if isinstance(chance, int | float) and not isinstance(chance, bool) and 0 < chance <= _PER_CENT:
        yield Severity(EPSS, "", round(chance / _PER_CENT, 6), SOURCE)


def _affected(record: dict[str, Any]) -> Iterator[Affected]:
    named = [
        _name(json_values.member(entry, "vendor", "name")) for entry in json_values.objects(record.get("enisaIdVendor"))
    ]
    vendors = tuple(dict.fromkeys(filter(None, named)))
    for entry in json_values.objects(record.get("enisaIdProduct")):
        product = _name(json_values.member(entry, "product", "name"))
        own = _name(json_values.member(entry, "product", "vendor", "name"))
        # Of several makers it is not told which of them makes this.
        vendor = own or (vendors[0] if len(vendors) == 1 else "")
        if product:
            yield _product(vendor, product, " ".join(json_values.text(entry.get("product_version")).split()))


def _product(vendor: str, product: str, versions: str) -> Affected:
    found = _FROM_TO.fullmatch(versions)
    row = f">={found[1]}, {found[2]}" if found and found[1] != "0" else versions.removeprefix("0 ")
    if versions.lower() in _UNKNOWN:
        return Affected(vendor, product, (), "", (), (), "unknown")
    ranges = read_range(row)
    said = [one.said("affected") for one in ranges] if ranges else [sentence(versions, "affected")]
    return Affected(vendor, product, (), "", (), tuple(said), "unknown")


def _name(value: object) -> str:
    name = json_values.text(value)
    return "" if name.lower() in _UNKNOWN else name
