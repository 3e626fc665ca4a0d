"""Every format that is read, loaded when it is used. Adding one is writing its file and its line here."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from misthoorn.formats.values.schema import ReadAdvisories, ReadEvents, ReadLifts, ReadSoftware


@dataclass(frozen=True, slots=True)
class Format:
    """`read(stream, *, name, now, fold=True)` gives chunks while it reads; gzip is unpacked.

    With `fold` equal values are counted as duplicates and left out. Rows in = accepted + refused + duplicates. It
    raises FormatError, before the first chunk, when the file can't be read as a whole.

    `with_schema` gives the same, knowing what a file of the publisher says of types that came later. It raises
    FormatError when that is no such file.
    """

    name: str
    kind: Literal["events", "advisories", "lifts", "software"]
    summary: str
    read: ReadEvents | ReadAdvisories | ReadLifts | ReadSoftware
    with_schema: Callable[[bytes], ReadEvents] | None = None


def _by(module: str, function: str = "read") -> Callable[..., Any]:
    """A function of a format's file, which is loaded with the first call: all together take a third of a second."""

    def load_and_call(*given: Any, **named: Any) -> Any:  # noqa: ANN401  whatever the function takes and gives
        return getattr(importlib.import_module(f"misthoorn.formats.{module}"), function)(*given, **named)

    return load_and_call


FORMATS = {
    format_.name: format_
    for format_ in (
        Format(
            "events", "events", "the service's own event CSV (docs/reference/events-csv.md)", _by("tabular.event_table")
        ),
        Format(
            "shadowserver",
            "events",
            "Shadowserver reports, CSV, JSON, or a zip of CSVs; the file's name tells the type",
            _by("feeds.shadowserver"),
            _by("feeds.shadowserver", "with_schema"),
        ),
        Format(
            "intelmq",
            "events",
            "events of IntelMQ, harmonised fields of any version, JSON Lines, a list, or nested",
            _by("exchange.intelmq"),
        ),
        Format(
            "n6",
            "events",
            "events of CERT Polska's n6, JSON: a list or one on each line; an event for each address",
            _by("exchange.n6"),
        ),
        Format(
            "table",
            "events",
            "any list as CSV, TSV or XLSX, by a mapping of its columns (--mapping)",
            _by("tabular.table"),
        ),
        Format(
            "xarf",
            "events",
            "X-ARF abuse reports: JSON of version 4 or 3, or mails with reports of any version",
            _by("exchange.xarf"),
        ),
        Format(
            "arf", "events", "feedback reports on mail (ARF): a mail, an mbox, or a zip of mails", _by("exchange.arf")
        ),
        Format(
            "spamhaus-drop",
            "events",
            "networks of Spamhaus' DROP lists, text or JSON Lines",
            _by("feeds.spamhaus_drop"),
        ),
        Format(
            "urlhaus", "events", "URLs that spread malware, of abuse.ch's URLhaus, CSV or JSON", _by("feeds.urlhaus")
        ),
        Format(
            "threatfox",
            "events",
            "indicators of abuse.ch's ThreatFox, CSV or JSON; not hashes of files",
            _by("feeds.threatfox"),
        ),
        Format(
            "feodo",
            "events",
            "control servers of botnets, of abuse.ch's Feodo Tracker, CSV or JSON",
            _by("feeds.feodo"),
        ),
        Format(
            "blocklist-de",
            "events",
            "addresses that attacked, of blocklist.de; the file's name tells what",
            _by("feeds.blocklist_de"),
        ),
        Format(
            "openphish",
            "events",
            "URLs of phishing, of OpenPhish, one on each line or JSON Lines",
            _by("feeds.openphish"),
        ),
        Format("phishtank", "events", "URLs of phishing, of PhishTank, CSV or JSON", _by("feeds.phishtank")),
        Format(
            "cymru", "events", "Team Cymru's reports for CSIRTs, and its lists of bogon networks", _by("feeds.cymru")
        ),
        Format(
            "stix2",
            "events",
            "STIX 2.0 and 2.1: places in indicators and sightings, also from TAXII",
            _by("exchange.stix2"),
        ),
        Format("misp", "events", "MISP events, JSON: one, a search, or a zip of a feed", _by("exchange.misp")),
        Format("nmap", "events", "XML of a scan with Nmap (-oX); an event for each open port", _by("feeds.nmap")),
        Format(
            "nuclei", "events", "results of Nuclei, JSON Lines or a list (-jsonl, -json-export)", _by("feeds.nuclei")
        ),
        Format("shodan", "events", "banners of Shodan, JSON Lines or an answer of its API", _by("feeds.shodan")),
        Format(
            "censys", "events", "hosts of Censys, JSON or JSON Lines; an event for each service", _by("feeds.censys")
        ),
        Format(
            "hibp", "events", "Have I Been Pwned: accounts at a domain that were in a data breach", _by("feeds.hibp")
        ),
        Format(
            "dataplane",
            "events",
            "lists of DataPlane.org of addresses that looked for services or logged in",
            _by("feeds.dataplane"),
        ),
        Format(
            "spamhaus-cert",
            "events",
            "infected and attacking addresses of a country, as Spamhaus shows its CSIRT",
            _by("feeds.spamhaus_cert"),
        ),
        Format(
            "cve5",
            "advisories",
            "CVE records, JSON format 5: one, a list, JSON Lines, or a zip of the records",
            _by("advisories.cve5"),
        ),
        Format(
            "csaf",
            "advisories",
            "CSAF 2.0 and 2.1 advisories: one, a list, JSON Lines, or a zip",
            _by("advisories.csaf.document"),
        ),
        Format(
            "nvd2", "advisories", "CVEs of the NVD, API 2.0: pages, yearly files, or JSON Lines", _by("advisories.nvd2")
        ),
        Format(
            "osv",
            "advisories",
            "OSV records, schema 1: one, a list, JSON Lines, or a zip of them",
            _by("advisories.osv"),
        ),
        Format(
            "kev",
            "advisories",
            "lists of exploited vulnerabilities: of CISA (JSON or CSV) and of ENISA (JSON)",
            _by("advisories.kev"),
        ),
        Format(
            "epss",
            "advisories",
            "EPSS scores of FIRST, CSV: how likely it is that a hole is exploited soon",
            _by("advisories.epss"),
        ),
        Format(
            "euvd",
            "advisories",
            "records of the European vulnerability database (ENISA), JSON of its API",
            _by("advisories.euvd"),
        ),
        Format(
            "ghsa",
            "advisories",
            "advisories of GitHub: files of its database, a zip of it, or answers of its API",
            _by("advisories.ghsa"),
        ),
        Format(
            "ncsc-nl",
            "advisories",
            "advisories of the Dutch NCSC as plain text, signed or not (to 2024; now CSAF)",
            _by("advisories.ncsc_nl"),
        ),
        Format(
            "rss", "advisories", "news of a CSIRT in RSS or Atom: words and numbers, no products", _by("advisories.rss")
        ),
        Format("openvex", "lifts", "OpenVEX statements on what is affected and what is not", _by("advisories.openvex")),
        Format(
            "cyclonedx-vex",
            "lifts",
            "CycloneDX analyses of vulnerabilities (VEX), JSON",
            _by("advisories.cyclonedx_vex"),
        ),
        Format(
            "csaf-vex",
            "lifts",
            "product statuses of CSAF documents, as statements for --vex",
            _by("advisories.csaf.vex"),
        ),
        Format(
            "cyclonedx",
            "software",
            "CycloneDX 1.2 to 1.7 lists of software, JSON or XML, for --assets",
            _by("software.cyclonedx"),
        ),
        Format(
            "spdx",
            "software",
            "SPDX 2.2 to 3.0 lists of software: JSON, tag-value, YAML, XML or RDF, for --assets",
            _by("software.spdx"),
        ),
        Format(
            "requirements",
            "software",
            "Python packages as pip lists them (requirements.txt, pip freeze), for --assets",
            _by("software.requirements"),
        ),
        Format(
            "package-lock",
            "software",
            "npm packages, package-lock.json or npm-shrinkwrap.json, versions 1 to 3, for --assets",
            _by("software.package_lock"),
        ),
        Format(
            "dpkg",
            "software",
            "packages of Debian and Ubuntu: dpkg -l, dpkg-query -W or its status file, for --assets",
            _by("software.dpkg"),
        ),
        Format(
            "rpm",
            "software",
            "packages of Red Hat, SUSE and others: rpm -qa with any usual queryformat, for --assets",
            _by("software.rpm"),
        ),
        Format(
            "windows",
            "software",
            "what is installed on Windows: tables of Intune, SCCM, PowerShell or wmic, for --assets",
            _by("software.windows"),
        ),
    )
}
