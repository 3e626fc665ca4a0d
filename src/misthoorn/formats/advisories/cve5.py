"""`cve5`: CVE records in the JSON format 5, one or many to a file, or an archive of them.

Source: https://github.com/CVEProject/cve-schema (5.0 to 5.2). A record is what its CNA wrote and what others (ADP)
added to it. Archives are those of https://github.com/CVEProject/cvelistV5: the repository, all records of a midnight,
or the changes of an hour. Of their files only the records are read, and not the lists of what changed.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from misthoorn.formats.advisories.configurations import read_configurations
from misthoorn.formats.advisories.cve5_affected import merged, read_affected
from misthoorn.formats.advisories.kev import SOURCE as KEV
from misthoorn.formats.identifiers.cve_names import CVE_NUMBER, GHSA_NUMBER
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.archive import read_archive
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError, read_advisories
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.values.advisory import Advisory, Exploited, Remark, Severity, State
from misthoorn.formats.values.schema import AdvisoryChunk

_CVSS = {"cvssV2_0": "CVSS:2.0", "cvssV3_0": "CVSS:3.0", "cvssV3_1": "CVSS:3.1", "cvssV4_0": "CVSS:4.0"}
_CWE = re.compile(r"CWE-[0-9]{1,6}(?![0-9])")
_NO_RECORDS = ("delta", "recent_activities", "package", "schema")  # files beside the records
MOST_REPLACED = 10
_STATES: dict[str, State] = {"PUBLISHED": "published", "REJECTED": "withdrawn"}


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[AdvisoryChunk]:  # noqa: ARG001
    """One advisory for each record. A file is a record, a list of records, JSON Lines, or a zip of such files."""
    return read_advisories(stream, understand=understand, fold=fold, archive=_archive)


def _archive(stream: BinaryIO) -> Iterator[Record] | None:
    return read_archive(stream, wanted=is_record)


def is_record(name: str) -> bool:
    """Whether a file of a repository of records holds some, and is neither a list of changes nor about the work."""
    *folders, last = name.replace("\\", "/").lower().split("/")
    is_json = last.endswith((".json", ".jsonl", ".ndjson"))
    is_hidden = any(folder.startswith(".") and folder != ".." for folder in folders)
    return is_json and not is_hidden and not last.startswith(_NO_RECORDS)


def understand(record: dict[str, Any]) -> Advisory:
    """One record.

    Raises:
        RefusedError: it is no CVE 5 record, or has no number, state or container of its CNA.
    """
    number, state = _identity(record)
    cna = json_values.member(record, "containers", "cna")
    if not isinstance(cna, dict):
        raise RefusedError("container-missing", f"The record {number} has no part of its CNA (containers.cna).")
    containers = [cna, *json_values.objects(json_values.member(record, "containers", "adp"))]
    metadata = record["cveMetadata"]
    applicable = [read_configurations(container.get("cpeApplicability")) for container in containers]
    return Advisory(
        identifier=number,
        aliases=_aliases(cna),
        title=json_values.text(cna.get("title")),
        description=json_values.in_english(cna.get("descriptions") or cna.get("rejectedReasons")),
        published=json_values.moment(metadata.get("datePublished")),
        modified=json_values.moment(metadata.get("dateUpdated")),
        state=state,
        severities=tuple(dict.fromkeys(severity for container in containers for severity in _severities(container))),
        exploited=next((found for container in containers if (found := _exploited(container))), None),
        affected=merged(
            affected
            for container, applicability in zip(containers, applicable, strict=True)
            for affected in (*read_affected(container), *applicability.affected)
        ),
        references=tuple(
            dict.fromkeys(url for container in containers for url in json_values.urls(container.get("references")))
        ),
        problem_types=tuple(dict.fromkeys(_problem_types(containers))),
        not_expressed=tuple(reason for applicability in applicable for reason in applicability.not_expressed),
        remarks=tuple(
            Remark("replaced_by", one, "") for one in json_values.texts(cna.get("replacedBy"))[:MOST_REPLACED]
        ),
    )


def _identity(record: dict[str, Any]) -> tuple[str, State]:
    metadata = record.get("cveMetadata")
    if "data_type" in record and "cveMetadata" not in record:
        raise RefusedError("old-format", "This is a CVE record in the old format 4. Ask the source for format 5.")
    if "numberOfChanges" in record:
        raise RefusedError(
            WRONG_KIND, "This is a list of changes and holds no records. Give the archive of the changed records."
        )
    if not isinstance(metadata, dict):
        raise RefusedError(
            WRONG_KIND, "This is not a CVE 5 record: it has no cveMetadata. Choose the format that the source names."
        )
    number = json_values.text(metadata.get("cveId"))
    if not CVE_NUMBER.fullmatch(number):
        raise RefusedError("identifier-invalid", f"The record has no CVE number: cveId is {number[:40]!r}.")
    state = _STATES.get(json_values.text(metadata.get("state")))
    if state is None:
        raise RefusedError("state-invalid", f"The record {number} is neither PUBLISHED nor REJECTED.")
    return number, state


def _aliases(cna: dict[str, Any]) -> tuple[str, ...]:
    advisory = json_values.member(cna, "source", "advisory")
    named = [json_values.text(item) for item in (advisory if isinstance(advisory, list) else [advisory])]
    return tuple(dict.fromkeys(name for name in named if GHSA_NUMBER.fullmatch(name)))


def _source(container: dict[str, Any]) -> str:
    return json_values.text(json_values.member(container, "providerMetadata", "shortName"))


def _severities(container: dict[str, Any]) -> Iterator[Severity]:
    for metric in json_values.objects(container.get("metrics")):
        for name, scheme in _CVSS.items():
            cvss = metric.get(name)
            if cvss is not None and (score := json_values.score(json_values.member(cvss, "baseScore"))) is not None:
                yield Severity(
                    scheme, json_values.text(json_values.member(cvss, "vectorString")), score, _source(container)
                )
        if json_values.text(json_values.member(metric, "other", "type")) == "ssvc":
            yield Severity(
                "SSVC", _ssvc(json_values.member(metric, "other", "content", "options")), 0.0, _source(container)
            )


def _ssvc(options: object) -> str:
    return "/".join(
        f"{name}:{json_values.text(choice)}"
        for option in json_values.objects(options)
        for name, choice in option.items()
    )


def _exploited(container: dict[str, Any]) -> Exploited | None:
    for metric in json_values.objects(container.get("metrics")):
        if json_values.text(json_values.member(metric, "other", "type")) == "kev":
            since = json_values.day(json_values.member(metric, "other", "content", "dateAdded"))
            if since:
                return Exploited(since, KEV, ransomware=False, action="")
    return None


def _problem_types(containers: list[dict[str, Any]]) -> Iterator[str]:
    for container in containers:
        for problem in json_values.objects(container.get("problemTypes")):
            for description in json_values.objects(problem.get("descriptions")):
                word = json_values.text(description.get("cweId")) or json_values.text(description.get("description"))
                number = _CWE.match(word)
                if word and word.lower() != "n/a":
                    yield number[0] if number else word
