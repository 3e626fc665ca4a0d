"""`kev`: CISA's catalogue of Known Exploited Vulnerabilities, JSON.

Source: https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from misthoorn.formats import loose
from misthoorn.formats.advisory import Advisory, Affected, Exploited
from misthoorn.formats.cve_names import CVE_NUMBER
from misthoorn.formats.documents import RefusedError, read_advisories
from misthoorn.formats.schema import AdvisoryChunk

SOURCE = "CISA KEV"


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[AdvisoryChunk]:  # noqa: ARG001
    """One advisory for each entry, with its product and no versions: the catalogue names none."""
    return read_advisories(stream, understand=understand, fold=fold, member="vulnerabilities")


def understand(entry: dict[str, Any]) -> Advisory:
    """One entry of the catalogue.

    Raises:
        RefusedError: it has no CVE number, no date or no product.
    """
    number = loose.text(entry.get("cveID")).upper()
    if not CVE_NUMBER.fullmatch(number):
        raise RefusedError("identifier-invalid", f"The entry has no CVE number: cveID is {number[:40]!r}.")
    since = loose.day(entry.get("dateAdded"))
    if since is None:
        raise RefusedError(
            "time-invalid", f"The entry for {number} does not say since when it is known to be exploited (dateAdded)."
        )
    vendor, product = loose.text(entry.get("vendorProject")), loose.text(entry.get("product"))
    if not product:
        raise RefusedError("product-missing", f"The entry for {number} names no product.")
    added = datetime(since.year, since.month, since.day, tzinfo=UTC)
    ransomware = loose.text(entry.get("knownRansomwareCampaignUse")).lower() == "known"
    return Advisory(
        identifier=number,
        aliases=(),
        title=loose.text(entry.get("vulnerabilityName")),
        description=loose.text(entry.get("shortDescription")),
        published=added,
        modified=None,
        state="published",
        severities=(),
        exploited=Exploited(since, SOURCE, ransomware, loose.text(entry.get("requiredAction"))),
        affected=(Affected(vendor, product, (), "", (), (), "unknown"),),
        references=_addresses(loose.text(entry.get("notes"))),
        problem_types=loose.texts(entry.get("cwes")),
    )


def _addresses(notes: str) -> tuple[str, ...]:
    words = (word.rstrip(";,.") for word in notes.split())
    return tuple(dict.fromkeys(word for word in words if word.startswith(("https://", "http://"))))
