"""What a CSAF document says about a vulnerability besides its products: words, scores, references, what to do."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from misthoorn.formats.advisories import ncsc_levels
from misthoorn.formats.advisories.kev import SOURCE as KEV
from misthoorn.formats.identifiers.cvss_vectors import scored
from misthoorn.formats.readers import json_values
from misthoorn.formats.values.advisory import Exploited, Remark, Severity

MAX_TEXT = 20_000  # characters of a description or remark
MAX_REMARKS = 200  # of one vulnerability; more are of one kind for ever more products
MAX_REFERENCES = 1000

_CVSS = {"cvss_v4": "CVSS:4.0", "cvss_v3": "CVSS:3.1", "cvss_v2": "CVSS:2.0"}
_WORDS = ("description", "summary", "details", "general")
_DUTCH_JUDGEMENTS = ("kans", "schade")
_NAME = re.compile(r"(?=[^ ]*[A-Za-z])(?=[^ ]*[0-9])[A-Za-z0-9][A-Za-z0-9._:/\-]{2,99}")
_NO_DESCRIPTIONS = ("CVSS", "CWE-")  # how the NCSC of the Netherlands calls notes that hold a vector or a weakness
_KEV_CATALOGUE = "known-exploited-vulnerabilities-catalog"


def aliases(vulnerability: dict[str, Any], record: dict[str, Any]) -> Iterator[str]:
    """Other names of the document and of the vulnerability; a bare number in somebody's system is none."""
    for name in json_values.texts(json_values.member(record, "document", "tracking", "aliases")):
        yield name[:100]
    for item in json_values.objects(vulnerability.get("ids")):
        if _NAME.fullmatch(name := json_values.text(item.get("text"))):
            yield name


def title(vulnerability: dict[str, Any]) -> str:
    """Its own title; its number is none."""
    own = json_values.text(vulnerability.get("title"))[:MAX_TEXT]
    return "" if own == json_values.text(vulnerability.get("cve")) else own


def description(vulnerability: dict[str, Any], record: dict[str, Any]) -> str:
    """The notes that describe it, or else those that describe the document."""
    return _notes(vulnerability.get("notes")) or _notes(json_values.member(record, "document", "notes"))


def _notes(notes: object) -> str:
    """Those of the first category that there is, of the ones that describe."""
    by_category: dict[str, list[str]] = {}
    for note in json_values.objects(notes):
        if not json_values.text(note.get("title")).upper().startswith(_NO_DESCRIPTIONS):
            by_category.setdefault(json_values.text(note.get("category")), []).append(
                json_values.text(note.get("text"))
            )
    for category in _WORDS:
        if texts := [text for text in by_category.get(category, ()) if text]:
            return "\n\n".join(dict.fromkeys(texts))[:MAX_TEXT]
    return ""


def severities(vulnerability: dict[str, Any], *, source: str) -> tuple[Severity, ...]:
    """Scores as CSAF 2.0 (`scores`) and 2.1 (`metrics`) have them."""
    contents = [
        *json_values.objects(vulnerability.get("scores")),
        *(metric.get("content") for metric in json_values.objects(vulnerability.get("metrics"))),
    ]
    found = [score for content in contents for score in _scores(content, source)]
    for note in json_values.objects(vulnerability.get("notes")):
        vector = json_values.text(note.get("text"))
        if json_values.text(note.get("title")).upper().startswith("CVSS") and (score := scored(vector)):
            found.append(Severity(score[0], vector, score[1], source))
    return tuple(dict.fromkeys(found))


def judgement(record: dict[str, Any], *, source: str) -> tuple[Severity, ...]:
    """What the publisher makes of the document as a whole: the NCSC of the Netherlands has two notes or a label."""
    document = record.get("document")
    notes = {
        json_values.text(note.get("title")).lower(): note
        for note in json_values.objects(json_values.member(document, "notes"))
    }
    levels = [json_values.text(notes.get(name, {}).get("text")) for name in _DUTCH_JUDGEMENTS]
    if rated := ncsc_levels.rated(*levels, source=source):
        return rated
    if "ncsc.nl" not in json_values.text(json_values.member(document, "publisher", "namespace")):
        return ()
    return ncsc_levels.labelled(
        json_values.text(json_values.member(document, "aggregate_severity", "text")), source=source
    )


def _scores(content: object, source: str) -> Iterator[Severity]:
    for name, scheme in _CVSS.items():
        cvss = json_values.member(content, name)
        if (score := json_values.score(json_values.member(cvss, "baseScore"))) is not None:
            vector = json_values.text(cvss.get("vectorString"))
            known = "CVSS:3.0" if vector.startswith("CVSS:3.0") or cvss.get("version") == "3.0" else scheme
            yield Severity(known if name == "cvss_v3" else scheme, vector[:MAX_REMARKS], score, source)


def exploited(vulnerability: dict[str, Any], *, source: str) -> Exploited | None:
    """Since when it is known to be exploited: a date of its own (2.1), or a threat that points to CISA's catalogue."""
    for item in json_values.objects(vulnerability.get("first_known_exploitation_dates")):
        if since := json_values.day(item.get("exploitation_date")):
            return Exploited(since, source, ransomware=False, action="")
    for threat in json_values.objects(vulnerability.get("threats")):
        is_listed = _KEV_CATALOGUE in json_values.text(threat.get("details"))
        if is_listed and threat.get("category") == "exploit_status" and (since := json_values.day(threat.get("date"))):
            return Exploited(since, KEV, ransomware=False, action="")
    return None


def references(vulnerability: dict[str, Any], record: dict[str, Any]) -> tuple[str, ...]:
    """Addresses, the vulnerability's own first."""
    own, general = vulnerability.get("references"), json_values.member(record, "document", "references")
    return tuple(islice(dict.fromkeys((*json_values.urls(own), *json_values.urls(general))), MAX_REFERENCES))


def problem_types(vulnerability: dict[str, Any]) -> tuple[str, ...]:
    """CWE numbers, one (2.0) or several (2.1)."""
    listed = (vulnerability.get("cwe"), *json_values.objects(vulnerability.get("cwes")))
    return json_values.texts([json_values.member(item, "id") for item in listed])


def remarks(vulnerability: dict[str, Any], record: dict[str, Any]) -> tuple[Remark, ...]:
    """What to do, what is known of attacks and impact, and how far the document is: each said once."""
    found = dict.fromkeys((*_about_document(record), *_about(vulnerability)))
    return tuple(islice(found, MAX_REMARKS))


def _about(vulnerability: dict[str, Any]) -> Iterator[Remark]:
    for member in ("remediations", "threats"):
        for item in json_values.objects(vulnerability.get(member)):
            text = json_values.text(item.get("details"))[:MAX_TEXT]
            if kind := json_values.text(item.get("category")):
                yield Remark(kind, text, json_values.text(item.get("url")))
    for flag in json_values.objects(vulnerability.get("flags")):
        if label := json_values.text(flag.get("label")):
            yield Remark("flag", label, "")


def _about_document(record: dict[str, Any]) -> Iterator[Remark]:
    status = json_values.text(json_values.member(record, "document", "tracking", "status"))
    if status and status != "final":
        yield Remark("status", status, "")
    if severity := json_values.text(json_values.member(record, "document", "aggregate_severity", "text")):
        yield Remark("severity", severity, "")
    for note in json_values.objects(json_values.member(record, "document", "notes")):
        name = json_values.text(note.get("title")).lower()
        if name in _DUTCH_JUDGEMENTS:
            yield Remark(name, json_values.text(note.get("text")), "")
