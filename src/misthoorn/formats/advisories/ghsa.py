"""`ghsa`: GitHub's security advisories: files of its database, a zip of that, or answers of its REST API.

Sources: https://github.com/github/advisory-database (records of OSV, with GitHub's own word for the severity) and
https://docs.github.com/en/rest/security-advisories/global-advisories.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats.advisories import osv
from misthoorn.formats.advisories.cve5 import is_record
from misthoorn.formats.identifiers import osv_ecosystems
from misthoorn.formats.identifiers.cve_names import GHSA_NUMBER
from misthoorn.formats.identifiers.version_ranges import sentence
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.archive import read_archive
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError, read_advisories
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.values.advisory import ECOSYSTEM, Advisory, Affected, Remark, Severity, VersionStatement
from misthoorn.formats.values.schema import AdvisoryChunk

SCHEME = "GHSA"
SOURCE = "GHSA"
_WORDS = {"LOW": "LOW", "MODERATE": "MODERATE", "MEDIUM": "MODERATE", "HIGH": "HIGH", "CRITICAL": "CRITICAL"}
_ECOSYSTEMS = {
    "actions": "GitHub Actions",
    "composer": "Packagist",
    "erlang": "Hex",
    "go": "Go",
    "maven": "Maven",
    "npm": "npm",
    "nuget": "NuGet",
    "pip": "PyPI",
    "pub": "Pub",
    "rubygems": "RubyGems",
    "rust": "crates.io",
    "swift": "SwiftURL",
}
_BOUND = re.compile(r"(<=|>=|<|>|=) ?([A-Za-z0-9][^\s,<>=]{0,200})")
_SIGNS = (["="], ["<"], [">"], ["<", ">"])  # of the bounds of one range
_MAX_BOUNDS = 50
_MAX_NAME = 1000


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[AdvisoryChunk]:  # noqa: ARG001
    """One advisory for each record, under its GHSA number."""
    return read_advisories(stream, understand=understand, fold=fold, archive=_archive)


def _archive(stream: BinaryIO) -> Iterator[Record] | None:
    return read_archive(stream, wanted=is_record)


def understand(record: dict[str, Any]) -> Advisory:
    """One record.

    Raises:
        RefusedError: it is no advisory of GitHub.
    """
    is_answer = "ghsa_id" in record
    if not GHSA_NUMBER.fullmatch(json_values.text(record.get("ghsa_id" if is_answer else "id"))):
        raise RefusedError(
            WRONG_KIND, "This is not an advisory of GitHub (GHSA-…). Choose the format that the source names."
        )
    if is_answer:
        return _answer(record)
    advisory = osv.understand(record)
    judged = _judged(json_values.member(record, "database_specific", "severity"))
    return replace(advisory, severities=(*advisory.severities, *judged))


def _judged(word: object) -> Iterator[Severity]:
    """GitHub's own word, by which it sorts; many advisories have no score."""
    if found := _WORDS.get(json_values.text(word).upper()):
        yield Severity(SCHEME, found, 0.0, SOURCE)


def _answer(record: dict[str, Any]) -> Advisory:
    number = json_values.text(record.get("ghsa_id"))
    named = [json_values.text(entry.get("value")) for entry in json_values.objects(record.get("identifiers"))]
    aliases = dict.fromkeys(
        name for name in (json_values.text(record.get("cve_id")), *named) if name and name != number
    )
    references = record.get("references")
    listed = json_values.texts(references) or tuple(json_values.urls(references))
    cwes = [json_values.member(cwe, "cwe_id") for cwe in json_values.objects(record.get("cwes"))]
    affected, reasons = _affected(record)
    return Advisory(
        identifier=number,
        aliases=tuple(aliases),
        title=json_values.text(record.get("summary")),
        description=json_values.text(record.get("description")),
        published=json_values.moment(record.get("published_at")),
        modified=json_values.moment(record.get("updated_at")),
        state="withdrawn" if record.get("withdrawn_at") else "published",
        severities=tuple(dict.fromkeys((*_scores(record), *_judged(record.get("severity"))))),
        exploited=None,
        affected=affected,
        references=tuple(dict.fromkeys(filter(None, (json_values.text(record.get("html_url")), *listed)))),
        problem_types=json_values.texts(cwes),
        not_expressed=reasons,
        remarks=tuple(dict.fromkeys(_repaired(record))),
    )


def _repaired(record: dict[str, Any]) -> Iterator[Remark]:
    for entry in json_values.objects(record.get("vulnerabilities")):
        first = entry.get("first_patched_version")
        version = json_values.text(first) or json_values.text(json_values.member(first, "identifier"))
        name = json_values.text(json_values.member(entry, "package", "name"))
        if version and name:
            yield Remark("first_patched_version", f"{name} {version}"[:_MAX_NAME], "")


def _scores(record: dict[str, Any]) -> Iterator[Severity]:
    several = record.get("cvss_severities")
    for scored in (record.get("cvss"), json_values.member(several, "cvss_v3"), json_values.member(several, "cvss_v4")):
        vector, score = (
            json_values.text(json_values.member(scored, "vector_string")),
            json_values.score(json_values.member(scored, "score")),
        )
        if vector.startswith("CVSS:") and score is not None:
            yield Severity(vector.partition("/")[0], vector, score, SOURCE)


def _affected(record: dict[str, Any]) -> tuple[tuple[Affected, ...], tuple[str, ...]]:
    """The packages, each with its ranges, and the reasons for what has no place (as in `osv_affected`)."""
    ranges: dict[tuple[str, str, str], dict[VersionStatement, None]] = {}
    reasons: list[str] = []
    for entry in json_values.objects(record.get("vulnerabilities")):
        ecosystem = json_values.text(json_values.member(entry, "package", "ecosystem")).lower()
        name = json_values.text(json_values.member(entry, "package", "name"))
        if not name or len(name) > _MAX_NAME:
            reasons.append("too-long" if name else "no-package")
            continue
        known = osv_ecosystems.package(_ECOSYSTEMS.get(ecosystem, ""), name)
        if known is None:
            reasons.append("ecosystem-unknown")
        key = (known.vendor, "" if known.purl else name, known.purl) if known else (ecosystem, name, "")
        ranges.setdefault(key, {}).update(
            dict.fromkeys(_ranges(json_values.text(entry.get("vulnerable_version_range"))))
        )
    found = (
        Affected(vendor, product, (), purl, (), tuple(said), "unaffected" if said else "unknown")
        for (vendor, product, purl), said in ranges.items()
    )
    return tuple(found), tuple(reasons)


def _ranges(text: str) -> Iterator[VersionStatement]:
    """“>= 1.0, < 2.0”: at most one lower and one upper bound; anything else is left as a sentence."""
    bounds = [_BOUND.fullmatch(part.strip()) for part in text.split(",", _MAX_BOUNDS)] if text else []
    if not bounds:
        return
    signs = [bound[1][0] for bound in bounds if bound]
    if None in bounds or sorted(signs) not in _SIGNS:
        yield sentence(text[:_MAX_NAME], "affected")
        return
    low = next((bound for bound in bounds if bound and bound[1][0] in "=>" and bound[2] != "0"), None)
    high = next((bound for bound in bounds if bound and bound[1][0] in "=<"), None)
    yield VersionStatement(
        low=low[2] if low else "",
        low_inclusive=low is None or low[1] != ">",
        high=high[2] if high else "",
        high_inclusive=high is None or high[1] != "<",
        scheme=ECOSYSTEM,
        status="affected",
        text="",
    )
