"""`osv`: records of the Open Source Vulnerability format, one or many to a file, or an archive of them (all.zip).

Source: https://ossf.github.io/osv-schema/ (1.0 to 1.7).
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats.advisories.osv_affected import read_affected
from misthoorn.formats.identifiers import osv_ecosystems
from misthoorn.formats.identifiers.cve_names import CVE_NUMBER
from misthoorn.formats.identifiers.cvss_vectors import scored
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.archive import read_archive
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError, read_advisories
from misthoorn.formats.values.advisory import Advisory, Severity
from misthoorn.formats.values.schema import AdvisoryChunk

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+~@/-]{2,127}")
_CVSS = frozenset(("CVSS_V2", "CVSS_V3", "CVSS_V4"))


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[AdvisoryChunk]:  # noqa: ARG001
    """One advisory for each record. A file is a record, a list of records, JSON Lines, or a zip of such files."""
    return read_advisories(stream, understand=understand, fold=fold, archive=read_archive)


def understand(record: dict[str, Any]) -> Advisory:
    """One record.

    Raises:
        RefusedError: it is no OSV record.
    """
    identifier = _identifier(record)
    packages = read_affected(record)
    return Advisory(
        identifier=identifier,
        aliases=json_values.texts(record.get("aliases")),
        title=json_values.text(record.get("summary")),
        description=json_values.text(record.get("details")),
        published=json_values.moment(record.get("published")),
        modified=json_values.moment(record.get("modified")),
        state="withdrawn" if record.get("withdrawn") else "published",
        severities=tuple(dict.fromkeys(_severities(record, source=identifier.partition("-")[0]))),
        exploited=None,
        affected=packages.affected,
        references=tuple(dict.fromkeys(json_values.urls(record.get("references")))),
        problem_types=tuple(dict.fromkeys(_problem_types(record))),
        not_expressed=packages.reasons,
        upstream=_upstream(record),
    )


def _identifier(record: dict[str, Any]) -> str:
    identifier = json_values.text(record.get("id"))
    if not identifier or not ({"modified", "affected", "schema_version"} & record.keys()):
        raise RefusedError(
            WRONG_KIND,
            "This is not an OSV record: it has no id with the time of its last change. "
            "Choose the format that the source names.",
        )
    if not _IDENTIFIER.fullmatch(identifier):
        raise RefusedError("identifier-invalid", f"{identifier[:40]!r} can't be the id of an OSV record.")
    return identifier


def _upstream(record: dict[str, Any]) -> tuple[str, ...]:
    """What a distribution's update deals with: before schema 1.7 this stood among the related vulnerabilities."""
    found = json_values.texts(record.get("upstream"))
    if any(_is_of_distribution(entry) for entry in json_values.objects(record.get("affected"))):
        found += tuple(name for name in json_values.texts(record.get("related")) if CVE_NUMBER.fullmatch(name))
    return tuple(dict.fromkeys(found))


def _is_of_distribution(entry: dict[str, Any]) -> bool:
    return osv_ecosystems.is_distribution(json_values.text(json_values.member(entry, "package", "ecosystem")))


def _severities(record: dict[str, Any], *, source: str) -> Iterator[Severity]:
    for holder in (record, *json_values.objects(record.get("affected"))):
        for entry in json_values.objects(holder.get("severity")):
            kind, vector = json_values.text(entry.get("type")), json_values.text(entry.get("score"))
            if kind in _CVSS and (found := scored(vector, version="2.0" if kind == "CVSS_V2" else "")):
                yield Severity(found[0], vector, found[1], source)


def _problem_types(record: dict[str, Any]) -> Iterator[str]:
    """CWE numbers where the database adds them; RustSec says that a package is unmaintained or unsound."""
    for holder in (record, *json_values.objects(record.get("affected"))):
        if not (specific := holder.get("database_specific")):
            continue
        yield from json_values.texts(json_values.member(specific, "cwe_ids"))
        for entry in json_values.objects(json_values.member(specific, "cwes")):
            if number := json_values.text(entry.get("cweId")):
                yield number
        if word := json_values.text(json_values.member(specific, "informational")):
            yield word
