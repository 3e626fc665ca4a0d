"""Every format that is read. Adding one is writing its file and its line here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from misthoorn.formats import (
    arf,
    blocklist_de,
    censys,
    csaf,
    csaf_vex,
    cve5,
    cyclonedx,
    cyclonedx_vex,
    cymru,
    dataplane,
    dpkg,
    epss,
    euvd,
    events,
    feodo,
    ghsa,
    hibp,
    intelmq,
    kev,
    misp,
    n6,
    ncsc_nl,
    nmap,
    nuclei,
    nvd2,
    openphish,
    openvex,
    osv,
    package_lock,
    phishtank,
    requirements,
    rpm,
    rss,
    shadowserver,
    shodan,
    spamhaus_cert,
    spamhaus_drop,
    spdx,
    stix2,
    table,
    threatfox,
    urlhaus,
    windows,
    xarf,
)
from misthoorn.formats.schema import ReadAdvisories, ReadEvents, ReadLifts, ReadSoftware


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


FORMATS = {
    format_.name: format_
    for format_ in (
        Format("events", "events", "the service's own event CSV (docs/reference/events-csv.md)", events.read),
        Format(
            "shadowserver",
            "events",
            "Shadowserver reports, CSV, JSON, or a zip of CSVs; the file's name tells the type",
            shadowserver.read,
            shadowserver.with_schema,
        ),
        Format(
            "intelmq",
            "events",
            "events of IntelMQ, harmonised fields of any version, JSON Lines, a list, or nested",
            intelmq.read,
        ),
        Format(
            "n6",
            "events",
            "events of CERT Polska's n6, JSON: a list or one on each line; an event for each address",
            n6.read,
        ),
        Format("table", "events", "any list as CSV, TSV or XLSX, by a mapping of its columns (--mapping)", table.read),
        Format(
            "xarf",
            "events",
            "X-ARF abuse reports: JSON of version 4 or 3, or mails with reports of any version",
            xarf.read,
        ),
        Format("arf", "events", "feedback reports on mail (ARF): a mail, an mbox, or a zip of mails", arf.read),
        Format("spamhaus-drop", "events", "networks of Spamhaus' DROP lists, text or JSON Lines", spamhaus_drop.read),
        Format("urlhaus", "events", "URLs that spread malware, of abuse.ch's URLhaus, CSV or JSON", urlhaus.read),
        Format(
            "threatfox",
            "events",
            "indicators of abuse.ch's ThreatFox, CSV or JSON; not hashes of files",
            threatfox.read,
        ),
        Format("feodo", "events", "control servers of botnets, of abuse.ch's Feodo Tracker, CSV or JSON", feodo.read),
        Format(
            "blocklist-de",
            "events",
            "addresses that attacked, of blocklist.de; the file's name tells what",
            blocklist_de.read,
        ),
        Format("openphish", "events", "URLs of phishing, of OpenPhish, one on each line or JSON Lines", openphish.read),
        Format("phishtank", "events", "URLs of phishing, of PhishTank, CSV or JSON", phishtank.read),
        Format("cymru", "events", "Team Cymru's reports for CSIRTs, and its lists of bogon networks", cymru.read),
        Format("stix2", "events", "STIX 2.0 and 2.1: places in indicators and sightings, also from TAXII", stix2.read),
        Format("misp", "events", "MISP events, JSON: one, a search, or a zip of a feed", misp.read),
        Format("nmap", "events", "XML of a scan with Nmap (-oX); an event for each open port", nmap.read),
        Format("nuclei", "events", "results of Nuclei, JSON Lines or a list (-jsonl, -json-export)", nuclei.read),
        Format("shodan", "events", "banners of Shodan, JSON Lines or an answer of its API", shodan.read),
        Format("censys", "events", "hosts of Censys, JSON or JSON Lines; an event for each service", censys.read),
        Format("hibp", "events", "Have I Been Pwned: accounts at a domain that were in a data breach", hibp.read),
        Format(
            "dataplane",
            "events",
            "lists of DataPlane.org of addresses that looked for services or logged in",
            dataplane.read,
        ),
        Format(
            "spamhaus-cert",
            "events",
            "infected and attacking addresses of a country, as Spamhaus shows its CSIRT",
            spamhaus_cert.read,
        ),
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
        Format("rss", "advisories", "news of a CSIRT in RSS or Atom: words and numbers, no products", rss.read),
        Format("openvex", "lifts", "OpenVEX statements on what is affected and what is not", openvex.read),
        Format("cyclonedx-vex", "lifts", "CycloneDX analyses of vulnerabilities (VEX), JSON", cyclonedx_vex.read),
        Format("csaf-vex", "lifts", "product statuses of CSAF documents, as statements for --vex", csaf_vex.read),
        Format(
            "cyclonedx", "software", "CycloneDX 1.2 to 1.7 lists of software, JSON or XML, for --assets", cyclonedx.read
        ),
        Format(
            "spdx",
            "software",
            "SPDX 2.2 to 3.0 lists of software: JSON, tag-value, YAML, XML or RDF, for --assets",
            spdx.read,
        ),
        Format(
            "requirements",
            "software",
            "Python packages as pip lists them (requirements.txt, pip freeze), for --assets",
            requirements.read,
        ),
        Format(
            "package-lock",
            "software",
            "npm packages, package-lock.json or npm-shrinkwrap.json, versions 1 to 3, for --assets",
            package_lock.read,
        ),
        Format(
            "dpkg",
            "software",
            "packages of Debian and Ubuntu: dpkg -l, dpkg-query -W or its status file, for --assets",
            dpkg.read,
        ),
        Format(
            "rpm",
            "software",
            "packages of Red Hat, SUSE and others: rpm -qa with any usual queryformat, for --assets",
            rpm.read,
        ),
        Format(
            "windows",
            "software",
            "what is installed on Windows: tables of Intune, SCCM, PowerShell or wmic, for --assets",
            windows.read,
        ),
    )
}
