"""`nvd2`: CVEs of the US National Vulnerability Database, JSON of its API 2.0: pages, its yearly files, or records.

Source: https://csrc.nist.gov/schema/nvd/api/2.0/cve_api_json_2.0.schema
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats.advisories.configurations import read_configurations
from misthoorn.formats.advisories.cve5_affected import merged, read_affected
from misthoorn.formats.advisories.kev import SOURCE as KEV
from misthoorn.formats.identifiers.cve_names import CVE_NUMBER
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError, read_advisories
from misthoorn.formats.values.advisory import Advisory, Affected, Exploited, Severity
from misthoorn.formats.values.schema import AdvisoryChunk

_CVSS = {
    "cvssMetricV40": "CVSS:4.0",
    "cvssMetricV31": "CVSS:3.1",
    "cvssMetricV30": "CVSS:3.0",
    "cvssMetricV2": "CVSS:2.0",
}
_SSVC = {"exploitation": "Exploitation", "automatable": "Automatable", "technicalImpact": "Technical Impact"}
_NO_WEAKNESS = frozenset(("", "NVD-CWE-noinfo", "NVD-CWE-Other"))
_OTHER_PAGES = {
    "NVD_CPE": "names of products (CPE)",
    "NVD_CPEMatchString": "names of products (CPE match strings)",
    "NVD_CVEHistory": "changes of CVEs",
    "NVD_SOURCE": "its sources",
}
_OWN = frozenset(("vulnStatus", "sourceIdentifier", "configurations", "lastModified"))


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[AdvisoryChunk]:  # noqa: ARG001
    """One advisory for each CVE. A file holds pages of the API, or records (`{"cve": …}` or bare) as list or lines."""
    return read_advisories(stream, understand=understand, fold=fold, member="vulnerabilities", alone=True)


def understand(record: dict[str, Any]) -> Advisory:
    """One record.

    Raises:
        RefusedError: it is no CVE of the NVD, or has no CVE number.
    """
    cve = _cve(record)
    number = json_values.text(cve.get("id"))
    if not CVE_NUMBER.fullmatch(number):
        raise RefusedError("identifier-invalid", f"The record has no CVE number: id is {number[:40]!r}.")
    configured = read_configurations(cve.get("configurations"))
    return Advisory(
        identifier=number,
        aliases=(),
        title=json_values.text(cve.get("cisaVulnerabilityName")),
        description=json_values.in_english(cve.get("descriptions")),
        published=json_values.moment(cve.get("published")),
        modified=json_values.moment(cve.get("lastModified")),
        state="withdrawn" if json_values.text(cve.get("vulnStatus")).lower() == "rejected" else "published",
        severities=tuple(dict.fromkeys(_severities(cve.get("metrics")))),
        exploited=_exploited(cve),
        affected=merged((*configured.affected, *_passed_on(cve.get("affected")))),
        references=tuple(dict.fromkeys(json_values.urls(cve.get("references")))),
        problem_types=tuple(dict.fromkeys(_weaknesses(cve.get("weaknesses")))),
        not_expressed=tuple(configured.not_expressed),
    )


def _cve(record: dict[str, Any]) -> dict[str, Any]:
    if isinstance(record.get("vulnerabilities"), list):
        raise RefusedError("page-nested", "A page of the NVD lies in a list. Put the pages one after another instead.")
    if "resultsPerPage" in record:
        raise _page_without_cves(record)
    cve = record.get("cve", record)
    if isinstance(cve, dict) and "CVE_data_meta" in cve:
        raise RefusedError("old-format", "This is a CVE in the NVD's old format 1.1. Fetch it by its API 2.0.")
    if not isinstance(cve, dict) or not ("cve" in record or ("id" in cve and _OWN & cve.keys())):
        raise RefusedError(
            WRONG_KIND, "This is not a CVE of the NVD's API 2.0. Choose the format that the source names."
        )
    return cve


def _page_without_cves(page: dict[str, Any]) -> RefusedError:
    """Pages of its other lists say by `format` what they are, and an answer may have found nothing."""
    kind = json_values.text(page.get("format"))
    if kind and kind != "NVD_CVE":
        what = _OTHER_PAGES.get(kind, kind[:40])
        return RefusedError(
            WRONG_KIND, f"This is a page of the NVD with {what}, not with CVEs. Fetch those (cves/2.0)."
        )
    if page.get("totalResults") == 0:
        return RefusedError("page-empty", "This answer of the NVD has no results, so there is nothing to take in.")
    return RefusedError("page-empty", "This page of the NVD has no list of CVEs (vulnerabilities). Fetch it again.")


def _passed_on(sources: object) -> Iterator[Affected]:
    """The products that stand in the CVE record of the CNA and others, as that has them, beside the NVD's own names."""
    for source in json_values.objects(sources):
        yield from read_affected({"affected": source.get("affectedData")})


def _severities(metrics: object) -> Iterator[Severity]:
    for name, scheme in _CVSS.items():
        for metric in json_values.objects(json_values.member(metrics, name)):
            if (score := json_values.score(json_values.member(metric, "cvssData", "baseScore"))) is not None:
                vector = json_values.text(json_values.member(metric, "cvssData", "vectorString"))
                yield Severity(scheme, vector, score, json_values.text(metric.get("source")))
    for metric in json_values.objects(json_values.member(metrics, "ssvcV203")):
        if vector := _ssvc(json_values.member(metric, "ssvcData", "options")):
            yield Severity("SSVC", vector, 0.0, json_values.text(metric.get("source")))


def _ssvc(options: object) -> str:
    chosen = (pair for option in json_values.objects(options) for pair in option.items())
    return "/".join(f"{_SSVC[name]}:{json_values.text(choice)}" for name, choice in chosen if name in _SSVC)


def _exploited(cve: dict[str, Any]) -> Exploited | None:
    since = json_values.day(cve.get("cisaExploitAdd"))
    return (
        Exploited(since, KEV, ransomware=False, action=json_values.text(cve.get("cisaRequiredAction")))
        if since
        else None
    )


def _weaknesses(weaknesses: object) -> Iterator[str]:
    for weakness in json_values.objects(weaknesses):
        for description in json_values.objects(weakness.get("description")):
            word = json_values.text(description.get("value"))
            if word not in _NO_WEAKNESS:
                yield word
