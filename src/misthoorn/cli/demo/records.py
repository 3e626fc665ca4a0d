"""Advisories as their publishers would send them, from advisories.yaml: CVE records and a list like CISA's. Pure."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from misthoorn.cli.demo.population import read_data

_ORGANISATION = str(uuid5(NAMESPACE_URL, "https://misthoorn.example/"))
_BROKEN = b'{"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": {"cveId": "CVE-2024-\n'


def cve_lines() -> bytes:
    """One CVE record in format 5.1 a line; the last line breaks off, as after a lost connection."""
    records = [json.dumps(_record(one), ensure_ascii=False) for one in read_data("advisories.yaml")]
    return "\n".join([*records, ""]).encode() + _BROKEN


def exploited_list(now: datetime) -> bytes:
    """The vulnerabilities that are exploited, in the form of CISA's catalogue."""
    entries = [_entry(one) for one in read_data("advisories.yaml") if "added" in one]
    return json.dumps(
        {
            "title": "A short list of exploited vulnerabilities, for a demonstration",
            "catalogVersion": f"{now:%Y.%m.%d}",
            "dateReleased": f"{now:%Y-%m-%dT%H:%M:%S.000Z}",
            "count": len(entries),
            "vulnerabilities": entries,
        },
        indent=1,
    ).encode()


def _record(one: Mapping[str, Any]) -> dict[str, Any]:
    published = f"{one['published']}T00:00:00.000Z"
    score = one["score"]
    version = "3_0" if one["vector"].startswith("CVSS:3.0") else "3_1"
    metric = {"version": version.replace("_", "."), "vectorString": one["vector"], "baseScore": score}
    return {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": {
            "cveId": one["id"],
            "assignerOrgId": _ORGANISATION,
            "assignerShortName": "demo",
            "state": "PUBLISHED",
            "datePublished": published,
            "dateUpdated": published,
        },
        "containers": {
            "cna": {
                "providerMetadata": {"orgId": _ORGANISATION, "shortName": "demo"},
                "title": one["title"],
                "descriptions": [{"lang": "en", "value": one["text"]}],
                "affected": [_affected(entry) for entry in one["affected"]],
                "problemTypes": [
                    {"descriptions": [{"lang": "en", "type": "CWE", "cweId": cwe, "description": cwe}]}
                    for cwe in one["cwe"]
                ],
                "metrics": [{"format": "CVSS", f"cvssV{version}": metric | {"baseSeverity": _severity(score)}}],
                "references": [{"url": f"https://www.cve.org/CVERecord?id={one['id']}"}],
            }
        },
    }


def _severity(score: float) -> str:
    """CVSS 3.1, section 5."""
    return next(
        word for least, word in ((9.0, "CRITICAL"), (7.0, "HIGH"), (4.0, "MEDIUM"), (0.1, "LOW")) if score >= least
    )


def _affected(entry: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {"vendor": entry["vendor"], "product": entry["product"], "defaultStatus": "unaffected"}
    if "cpe" in entry:
        plain["cpes"] = [entry["cpe"]]
    if "collection" in entry:
        plain |= {"collectionURL": entry["collection"], "packageName": entry["package"]}
    plain["versions"] = [
        {"version": low, "lessThan": high, "versionType": entry.get("type", "custom"), "status": "affected"}
        for low, high in entry["below"]
    ]
    return plain


def _entry(one: Mapping[str, Any]) -> dict[str, Any]:
    vendor, product = one["kev"]
    return {
        "cveID": one["id"],
        "vendorProject": vendor,
        "product": product,
        "vulnerabilityName": one["title"],
        "dateAdded": one["added"].isoformat(),
        "shortDescription": one["text"],
        "requiredAction": "Update as the supplier says, or stop using the product.",
        "dueDate": (one["added"] + timedelta(days=21)).isoformat(),
        "knownRansomwareCampaignUse": "Known" if one.get("ransomware") else "Unknown",
        "notes": f"https://nvd.nist.gov/vuln/detail/{one['id']}",
        "cwes": one.get("kev_cwe", one["cwe"]),
    }
