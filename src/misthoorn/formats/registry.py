"""Every format that is read. Adding one is writing its file and its line here."""

from dataclasses import dataclass
from typing import Literal

from misthoorn.formats import (
    csaf,
    csaf_vex,
    cve5,
    cyclonedx,
    cyclonedx_vex,
    epss,
    euvd,
    events,
    ghsa,
    kev,
    ncsc_nl,
    nvd2,
    openvex,
    osv,
    shadowserver,
    spdx,
)
from misthoorn.formats.schema import ReadAdvisories, ReadEvents, ReadLifts, ReadSoftware


@dataclass(frozen=True, slots=True)
class Format:
    """`read(stream, *, name, now, fold=True)` gives chunks while it reads; gzip is unpacked.

    With `fold` equal values are counted as duplicates and left out. Rows in = accepted + refused + duplicates. It
    raises FormatError, before the first chunk, when the file can't be read as a whole.
    """

    name: str
    kind: Literal["events", "advisories", "lifts", "software"]
    summary: str
    read: ReadEvents | ReadAdvisories | ReadLifts | ReadSoftware


FORMATS = {
    format_.name: format_
    for format_ in (
        Format("events", "events", "the service's own event CSV (docs/reference/events-csv.md)", events.read),
        Format("shadowserver", "events", "Shadowserver report CSV; the file's name tells the type", shadowserver.read),
        Format(
            "cve5",
            "advisories",
            "CVE records, JSON format 5: one, a list, JSON Lines, or a zip of the records",
            cve5.read,
        ),
        Format("csaf", "advisories", "CSAF 2.0 and 2.1 advisories: one, a list, JSON Lines, or a zip", csaf.read),
        Format("nvd2", "advisories", "CVEs of the NVD, API 2.0: pages, yearly files, or JSON Lines", nvd2.read),
        Format("osv", "advisories", "OSV records, schema 1: one, a list, JSON Lines, or a zip of them", osv.read),
        Format(
            "kev",
            "advisories",
            "lists of exploited vulnerabilities: of CISA (JSON or CSV) and of ENISA (JSON)",
            kev.read,
        ),
        Format(
            "epss", "advisories", "EPSS scores of FIRST, CSV: how likely it is that a hole is exploited soon", epss.read
        ),
        Format(
            "euvd", "advisories", "records of the European vulnerability database (ENISA), JSON of its API", euvd.read
        ),
        Format(
            "ghsa",
            "advisories",
            "advisories of GitHub: files of its database, a zip of it, or answers of its API",
            ghsa.read,
        ),
        Format(
            "ncsc-nl",
            "advisories",
            "advisories of the Dutch NCSC as plain text, signed or not (to 2024; now CSAF)",
            ncsc_nl.read,
        ),
        Format("openvex", "lifts", "OpenVEX statements on what is affected and what is not", openvex.read),
        Format("cyclonedx-vex", "lifts", "CycloneDX analyses of vulnerabilities (VEX), JSON", cyclonedx_vex.read),
        Format("csaf-vex", "lifts", "product statuses of CSAF documents, as statements for --vex", csaf_vex.read),
        Format(
            "cyclonedx", "software", "CycloneDX 1.2 to 1.7 lists of software, JSON or XML, for --assets", cyclonedx.read
        ),
        Format("spdx", "software", "SPDX 2.2 and 2.3 lists of software, JSON or tag-value, for --assets", spdx.read),
    )
}
