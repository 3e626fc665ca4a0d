"""`ghsa`: GitHub's security advisories: files of its database, a zip of that, or answers of its REST API.

Sources: https://github.com/github/advisory-database (records of OSV, with GitHub's own word for the severity) and
https://docs.github.com/en/rest/security-advisories/global-advisories.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats import loose, osv, osv_ecosystems
from misthoorn.formats.advisory import ECOSYSTEM, Advisory, Affected, Remark, Severity, VersionStatement
from misthoorn.formats.archive import read_archive
from misthoorn.formats.cve5 import is_record
from misthoorn.formats.cve_names import GHSA_NUMBER
from misthoorn.formats.documents import WRONG_KIND, RefusedError, read_advisories
from misthoorn.formats.json_records import Record
from misthoorn.formats.schema import AdvisoryChunk
from misthoorn.formats.version_texts import sentence

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
    if not GHSA_NUMBER.fullmatch(loose.text(record.get("ghsa_id" if is_answer else "id"))):
        raise RefusedError(
            WRONG_KIND, "This is not an advisory of GitHub (GHSA-…). Choose the format that the source names."
        )
    if is_answer:
        return _answer(record)
    advisory = osv.understand(record)
    judged = _judged(loose.member(record, "database_specific", "severity"))
    return replace(advisory, severities=(*advisory.severities, *judged))


def _judged(word: object) -> Iterator[Severity]:
    """GitHub's own word, by which it sorts; many advisories have no score."""
    if found := _WORDS.get(loose.text(word).upper()):
        yield Severity(SCHEME, found, 0.0, SOURCE)


def _answer(record: dict[str, Any]) -> Advisory:
    number = loose.text(record.get("ghsa_id"))
    named = [loose.text(entry.get("value")) for entry in loose.objects(record.get("identifiers"))]
    aliases = dict.fromkeys(name for name in (loose.text(record.get("cve_id")), *named) if name and name != number)
    references = record.get("references")
    listed = loose.texts(references) or tuple(loose.urls(references))
    cwes = [loose.member(cwe, "cwe_id") for cwe in loose.objects(record.get("cwes"))]
    affected, reasons = _affected(record)
    return Advisory(
        identifier=number,
        aliases=tuple(aliases),
        title=loose.text(record.get("summary")),
        description=loose.text(record.get("description")),
        published=loose.moment(record.get("published_at")),
        modified=loose.moment(record.get("updated_at")),
        state="withdrawn" if record.get("withdrawn_at") else "published",
        severities=tuple(dict.fromkeys((*_scores(record), *_judged(record.get("severity"))))),
        exploited=None,
        affected=affected,
        references=tuple(dict.fromkeys(filter(None, (loose.text(record.get("html_url")), *listed)))),
        problem_types=loose.texts(cwes),
        not_expressed=reasons,
        remarks=tuple(dict.fromkeys(_repaired(record))),
    )


def _repaired(record: dict[str, Any]) -> Iterator[Remark]:
    for entry in loose.objects(record.get("vulnerabilities")):
        first = entry.get("first_patched_version")
        version = loose.text(first) or loose.text(loose.member(first, "identifier"))
        name = loose.text(loose.member(entry, "package", "name"))
        if version and name:
            yield Remark("first_patched_version", f"{name} {version}"[:_MAX_NAME], "")


def _scores(record: dict[str, Any]) -> Iterator[Severity]:
    several = record.get("cvss_severities")
    for scored in (record.get("cvss"), loose.member(several, "cvss_v3"), loose.member(several, "cvss_v4")):
        vector, score = loose.text(loose.member(scored, "vector_string")), loose.score(loose.member(scored, "score"))
        if vector.startswith("CVSS:") and score is not None:
            yield Severity(vector.partition("/")[0], vector, score, SOURCE)


def _affected(record: dict[str, Any]) -> tuple[tuple[Affected, ...], tuple[str, ...]]:
    """The packages, each with its ranges, and the reasons for what has no place (as in `osv_affected`)."""
    ranges: dict[tuple[str, str, str], dict[VersionStatement, None]] = {}
    reasons: list[str] = []
    for entry in loose.objects(record.get("vulnerabilities")):
        ecosystem = loose.text(loose.member(entry, "package", "ecosystem")).lower()
        name = loose.text(loose.member(entry, "package", "name"))
        if not name or len(name) > _MAX_NAME:
            reasons.append("too-long" if name else "no-package")
            continue
        known = osv_ecosystems.package(_ECOSYSTEMS.get(ecosystem, ""), name)
        if known is None:
            reasons.append("ecosystem-unknown")
        key = (known.vendor, "" if known.purl else name, known.purl) if known else (ecosystem, name, "")
        ranges.setdefault(key, {}).update(dict.fromkeys(_ranges(loose.text(entry.get("vulnerable_version_range")))))
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
