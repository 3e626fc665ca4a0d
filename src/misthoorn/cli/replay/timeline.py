"""What became known of Log4Shell, and when: the records, the country and the general messages. Pure.

The records are written for this replay, with the days, scores and versions that were published. Each keeps its own
range: that 2.15.0 and later 2.16.0 were not enough is said by the records of the next two vulnerabilities, so that who
updated to them is warned anew, and who did nothing hears once of each.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

CVE, SECOND, THIRD = "CVE-2021-44228", "CVE-2021-45046", "CVE-2021-45105"
PURL, VERSION, SAFE = "pkg:maven/org.apache.logging.log4j/log4j-core", "2.14.1", "2.17.1"
_ORGANISATION = "f0158376-9dc2-43b6-827c-5f631a4d8d09"
_CRITICAL = ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0, "CRITICAL")
_LOW = ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L", 3.7, "LOW")
_RAISED = ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:H/A:H", 9.0, "CRITICAL")
_DENIAL = ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:H", 5.9, "MEDIUM")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of December 2021, in UTC."""
    return datetime(2021, 12, day, hour, minute, tzinfo=UTC)


def record(
    cve: str, *, title: str, fixed: str, first: str, score: tuple[str, float, str], published: datetime, now: datetime
) -> bytes:
    """A CVE record in format 5.1, as it is at that moment."""
    vector, base, word = score
    affected: dict[str, Any] = {
        "vendor": "Apache Software Foundation",
        "product": "Apache Log4j2",
        "cpes": ["cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"],
        "collectionURL": "https://repo.maven.apache.org/maven2",
        "packageName": "org.apache.logging.log4j:log4j-core",
        "defaultStatus": "unaffected",
        "versions": [{"version": first, "lessThan": fixed, "versionType": "maven", "status": "affected"}],
    }
    metric = {"version": "3.1", "vectorString": vector, "baseScore": base, "baseSeverity": word}
    whole = {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": {
            "cveId": cve,
            "assignerOrgId": _ORGANISATION,
            "assignerShortName": "apache",
            "state": "PUBLISHED",
            "datePublished": _stamp(published),
            "dateUpdated": _stamp(now),
        },
        "containers": {
            "cna": {
                "providerMetadata": {"orgId": _ORGANISATION, "shortName": "apache", "dateUpdated": _stamp(now)},
                "title": title,
                "descriptions": [{"lang": "en", "value": f"{title}. Update to {fixed}."}],
                "affected": [affected],
                "metrics": [{"format": "CVSS", "cvssV3_1": metric}],
                "references": [{"url": "https://logging.apache.org/log4j/2.x/security.html"}],
            }
        },
    }
    return json.dumps(whole).encode() + b"\n"


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def first_record(now: datetime) -> bytes:
    """Log4Shell itself."""
    title = "Apache Log4j2 JNDI features do not protect against attacker controlled LDAP"
    return record(CVE, title=title, fixed="2.15.0", first="2.0-beta9", score=_CRITICAL, published=at(10, 9), now=now)


def second_record(now: datetime, *, raised: bool = False) -> bytes:
    """What 2.15.0 left open: low at first, critical three days later."""
    title = "Apache Log4j2 Thread Context Lookup Pattern vulnerable to remote code execution"
    score = _RAISED if raised else _LOW
    return record(SECOND, title=title, fixed="2.16.0", first="2.0-beta9", score=score, published=at(14, 18), now=now)


def third_record(now: datetime) -> bytes:
    """A server that hangs."""
    title = "Apache Log4j2 does not always protect from infinite recursion in lookup evaluation"
    return record(THIRD, title=title, fixed="2.17.0", first="2.0-beta9", score=_DENIAL, published=at(18, 9), now=now)


def exploited(now: datetime) -> bytes:
    """A list like CISA's, with the one entry of that day."""
    entry = {
        "cveID": CVE,
        "vendorProject": "Apache",
        "product": "Log4j2",
        "vulnerabilityName": "Apache Log4j2 Remote Code Execution Vulnerability",
        "dateAdded": "2021-12-10",
        "shortDescription": "Apache Log4j2 contains a vulnerability where JNDI features do not protect.",
        "requiredAction": "Update as the supplier says.",
        "dueDate": "2021-12-24",
        "knownRansomwareCampaignUse": "Known",
        "notes": "",
        "cwes": ["CWE-502"],
    }
    listed = {"title": "A list for a replay", "catalogVersion": "2021.12.10", "dateReleased": _stamp(now), "count": 1}
    return json.dumps(listed | {"vulnerabilities": [entry]}).encode()


# --- the country ---

_KINDS = (("vital", 40), ("municipality", 60), ("digital_service_provider", 50))  # one in so many
_SECTORS = ("ict", "trade", "health", "transport", "engineering", "education", "other")
_SIZES = ("2-9", "10-49", "50-249", "1", "250+")


def kind_of(number: int) -> str:
    """What kind of organisation this one is."""
    return next((kind for kind, every in _KINDS if number % every == every - 1), "general")


def partners_of(count: int) -> range:
    """The numbers of the partners beside so many organisations."""
    return range(count + count // 10 + 1, count + count // 10 + 1 + max(5, count // 100))


def tables(count: int) -> Iterator[tuple[str, Iterator[str]]]:
    """Three tables: so many with the vulnerable version, a tenth more with a safe one, and partners with nothing."""
    everybody = [*range(1, count + count // 10 + 1), *partners_of(count)]
    yield "organisations", _organisations(everybody)
    yield "contacts", _contacts(everybody)
    yield "assets", _assets(count)


def _organisations(numbers: list[int]) -> Iterator[str]:
    yield "register_number,name,kind,sector,size,province,registered\n"
    for one in numbers:
        sector, size = _SECTORS[one % len(_SECTORS)], _SIZES[one % len(_SIZES)]
        yield f"{one:08d},Bedrijf {one:06d},{kind_of(one)},{sector},{size},Utrecht,yes\n"


def _contacts(numbers: list[int]) -> Iterator[str]:
    yield "register_number,role,address,language,confirmed_at\n"
    for one in numbers:
        yield f"{one:08d},owner,info@bedrijf-{one:06d}.example,{'en' if one % 8 == 0 else 'nl'},2021-11-01\n"


def _assets(count: int) -> Iterator[str]:
    yield "register_number,kind,value,version\n"
    for one in range(1, count + count // 10 + 1):
        yield f"{one:08d},product,{PURL},{VERSION if one <= count else SAFE}\n"


def updated(count: int, version: str) -> Iterator[str]:
    """The table of products of those who update: two of five of those with the vulnerable version."""
    yield "register_number,kind,value,version\n"
    for one in range(1, count + 1):
        if one % 5 < 2:  # noqa: PLR2004  two of five
            yield f"{one:08d},product,{PURL},{version}\n"


# --- the general messages: title and text, in Dutch and in English ---

TARGET = (
    "Ernstig lek in Apache Log4j 2",
    "Serious flaw in Apache Log4j 2",
    (
        "In Apache Log4j 2 zit een ernstig lek: CVE-2021-44228.\n\nWAT U NU DOET\n"
        "1. Zoek uit waar u log4j-core gebruikt.\n2. Werk bij naar 2.15.0.\n3. Kijk in uw logboeken."
    ),
    (
        "There is a serious flaw in Apache Log4j 2: CVE-2021-44228.\n\nWHAT YOU DO NOW\n1. Find out where you use "
        "log4j-core.\n2. Update to 2.15.0.\n3. Check your logs."
    ),
)
PARTNER = (
    "Ernstig lek in Log4j, stuur dit vandaag door",
    "Serious flaw in Log4j, pass this on today",
    (
        "Er is een ernstig lek gevonden in Log4j. Wij vragen u om uw leden vandaag te waarschuwen.\n\n"
        "VRAAG UW LEDEN DIT TE DOEN\n1. Bel of mail vandaag uw IT-leverancier.\n2. Vraag of Log4j 2 in uw software zit."
    ),
    (
        "A serious flaw was found in Log4j. We ask you to warn your members today.\n\nASK YOUR MEMBERS TO DO THIS\n"
        "1. Call or mail your IT provider today.\n2. Ask whether Log4j 2 is in your software."
    ),
)
PARTNER_1 = (
    "Log4j, werk bij naar 2.16.0",
    "Log4j, update to 2.16.0",
    "Versie 2.15.0 is niet in alle gevallen genoeg (CVE-2021-45046). Gebruik nu 2.16.0.",
    "Version 2.15.0 is not enough in all cases (CVE-2021-45046). Use 2.16.0 now.",
)
PARTNER_2 = (
    "Log4j, werk bij naar 2.17.0",
    "Log4j, update to 2.17.0",
    "Het tweede lek is ernstiger dan gedacht, en er is een derde. Versie 2.17.0 lost beide op.",
    "The second flaw is more serious than thought, and there is a third. Version 2.17.0 solves both.",
)
