"""`csaf`: advisories in the Common Security Advisory Framework, 2.0 and 2.1, JSON.

Source: https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html. A document speaks of several vulnerabilities and of
products in a tree; here each vulnerability is an advisory. It is withdrawn where the document says so of itself
(status “deleted”, category “csaf_withdrawn” or “csaf_superseded”), not where its history or an empty tree hints at it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from misthoorn.common.tlp import Tlp, parse_tlp
from misthoorn.formats.advisories.csaf import notes
from misthoorn.formats.advisories.csaf.affected import affected_products, read_status
from misthoorn.formats.advisories.csaf.names import vendor_of
from misthoorn.formats.advisories.csaf.product_tree import Tree, read_tree
from misthoorn.formats.identifiers.cve_names import CVE_NUMBER
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.archive import read_archive
from misthoorn.formats.readers.documents import WRONG_KIND, Parts, Problem, RefusedError, read_parts
from misthoorn.formats.readers.rows import Limits
from misthoorn.formats.values.advisory import Advisory, State
from misthoorn.formats.values.schema import AdvisoryChunk

LIMITS = Limits(block=65 * 1024 * 1024, row=32 * 1024 * 1024)  # the largest real documents have some 20 MiB
MAX_IDENTIFIER = 128
_TAKEN_BACK = ("csaf_withdrawn", "csaf_superseded")
_OTHER_KINDS = {
    "feed": "a feed of CSAF documents (ROLIE)",
    "aggregator": "a list of CSAF providers",
    "canonical_url": "the metadata of a CSAF provider",
    "service": "a service document of CSAF feeds",
}


@dataclass(frozen=True, slots=True)
class Head:
    """What a document says of itself."""

    number: str
    title: str
    publisher: str
    maker: str
    state: State
    tlp: Tlp | None
    published: datetime | None
    modified: datetime | None
    is_vex: bool


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[AdvisoryChunk]:  # noqa: ARG001
    """One advisory for each vulnerability. A file is a document, a list of them, JSON Lines or a zip archive."""
    return read_parts(
        stream,
        understand=partial(understand, now=now),
        chunk=AdvisoryChunk,
        fold=fold,
        archive=partial(read_archive, limits=LIMITS),
        limits=LIMITS,
    )


def understand(record: dict[str, Any], *, now: datetime) -> Parts[Advisory]:
    """The advisories of one document; those about the same vulnerability are one.

    One that was taken back and does not say when was so by `now`.

    Raises:
        RefusedError: it is no CSAF document, has no number of its own, or names no vulnerability where it should.
    """
    parts: Parts[Advisory] = Parts()
    head = read_head(record, parts.problems)
    if head.state == "withdrawn":
        parts.values.append(_empty(record, replace(head, modified=head.modified or now)))
        return parts
    tree = read_tree(record.get("product_tree"), publisher=head.maker)
    parts.problems += tree.problems
    found: dict[str, Advisory] = {}
    for vulnerability in vulnerabilities(record, parts.problems):
        advisory = _advisory(vulnerability, record, head, tree, parts.problems)
        before = found.get(advisory.identifier)
        found[advisory.identifier] = _joined(before, advisory) if before else advisory
    if not found:
        _refuse_without_vulnerabilities(record, head, parts.problems)
        found[head.number] = _empty(record, head)
    parts.values += found.values()
    return parts


def read_head(record: dict[str, Any], problems: list[Problem]) -> Head:
    """What a document says of itself.

    Raises:
        RefusedError: it is no CSAF document, or has no number of its own.
    """
    document = record.get("document")
    if not isinstance(document, dict) or not isinstance(document.get("tracking"), dict):
        raise RefusedError(WRONG_KIND, _what_it_is(record))
    tracking = document["tracking"]
    number = json_values.text(tracking.get("id"))
    if not number or len(number) > MAX_IDENTIFIER or not number.isprintable():
        raise RefusedError(
            "identifier-invalid",
            f"The document has no number of its own of at most {MAX_IDENTIFIER} characters (document.tracking.id).",
        )
    category = json_values.text(document.get("category")).lower()
    withdrawn = category in _TAKEN_BACK or json_values.text(tracking.get("status")).lower() == "deleted"
    publisher = json_values.text(json_values.member(document, "publisher", "name"))
    is_maker = json_values.text(json_values.member(document, "publisher", "category")) == "vendor"
    return Head(
        number=number,
        title=json_values.text(document.get("title")),
        publisher=publisher,
        maker=vendor_of(publisher) if is_maker else "",
        state="withdrawn" if withdrawn else "published",
        tlp=_label(document, problems),
        published=json_values.moment(tracking.get("initial_release_date")),
        modified=json_values.moment(tracking.get("current_release_date")),
        is_vex=category == "csaf_vex",
    )


def _what_it_is(record: dict[str, Any]) -> str:
    for member, kind in _OTHER_KINDS.items():
        if member in record:
            return f"This is {kind}, not a CSAF document. Give the documents that it points to."
    return (
        "This is not a CSAF document: it has no document.tracking. Choose the format that the source names."
        if "document" not in record
        else "The document does not say which one it is (document.tracking). Ask the source for a valid CSAF document."
    )


def _label(document: dict[str, Any], problems: list[Problem]) -> Tlp | None:
    """A label that can't be read is kept to as the strictest: it was put there to keep something in."""
    distribution = document.get("distribution")
    tlp = distribution.get("tlp") if isinstance(distribution, dict) else distribution
    if tlp is None:
        return None
    label = tlp.get("label") if isinstance(tlp, dict) else tlp
    try:
        return parse_tlp(label if isinstance(label, str) else str(label)[:40])
    except ValueError as error:
        problems.append(Problem("tlp-invalid", f"{error} The document is kept to as TLP:RED until then.", label))
        return Tlp.RED


def vulnerabilities(record: dict[str, Any], problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """The objects in the list; anything else in their place is told."""
    listed = record.get("vulnerabilities")
    if listed is not None and not isinstance(listed, list):
        problems.append(Problem("vulnerability-invalid", "vulnerabilities is not a list.", listed))
        return
    for vulnerability in listed or ():
        if isinstance(vulnerability, dict):
            yield vulnerability
        else:
            problems.append(Problem("vulnerability-invalid", "A vulnerability is not an object.", vulnerability))


def identifier_of(vulnerability: dict[str, Any], head: Head, problems: list[Problem]) -> str:
    """Its CVE number, or where it has none the number of the document."""
    cve = vulnerability.get("cve")
    number = json_values.text(cve).upper()
    if CVE_NUMBER.fullmatch(number):
        return number
    if cve is not None:
        problems.append(
            Problem(
                "cve-invalid",
                f"{str(cve)[:40]!r} is not a CVE number; the vulnerability is kept under {head.number}.",
                cve,
            )
        )
    return head.number


def _refuse_without_vulnerabilities(record: dict[str, Any], head: Head, problems: list[Problem]) -> None:
    if problems and not head.title:
        raise RefusedError(
            "vulnerabilities-missing", f"The document {head.number} names no vulnerability and no title."
        )
    category = json_values.text(json_values.member(record, "document", "category")).lower()
    if category in {"csaf_security_advisory", "csaf_vex"}:
        raise RefusedError(
            "vulnerabilities-missing",
            f"The document {head.number} is of the kind {category} and names no vulnerability. "
            "Ask the source for a valid document.",
        )


def _advisory(
    vulnerability: dict[str, Any], record: dict[str, Any], head: Head, tree: Tree, problems: list[Problem]
) -> Advisory:
    said = read_status(vulnerability, tree)
    problems += said.problems
    affected, lost = affected_products(said)
    number = identifier_of(vulnerability, head, problems)
    names = (head.number, *notes.aliases(vulnerability, record))
    whole = _empty(record, head)
    return replace(
        whole,
        identifier=number,
        aliases=tuple(dict.fromkeys(name for name in names if name != number)),
        title=notes.title(vulnerability) or head.title,
        description=notes.description(vulnerability, record),
        severities=(*notes.severities(vulnerability, source=head.publisher), *whole.severities),
        exploited=notes.exploited(vulnerability, source=head.publisher),
        affected=affected,
        references=notes.references(vulnerability, record),
        problem_types=notes.problem_types(vulnerability),
        remarks=notes.remarks(vulnerability, record),
        not_expressed=tuple(lost),
    )


def _empty(record: dict[str, Any], head: Head) -> Advisory:
    """What holds for the document as a whole."""
    return Advisory(
        identifier=head.number,
        aliases=(),
        title=head.title,
        description=notes.description({}, record),
        published=head.published,
        modified=head.modified,
        state=head.state,
        severities=notes.judgement(record, source=head.publisher),
        exploited=None,
        affected=(),
        references=notes.references({}, record),
        problem_types=(),
        document=head.number,
        tlp=head.tlp or "",
    )


def _joined(one: Advisory, other: Advisory) -> Advisory:
    """Two parts of a document on the same vulnerability, or without a number of their own."""
    return replace(
        one,
        aliases=tuple(dict.fromkeys(one.aliases + other.aliases)),
        description=one.description
        if other.description in one.description
        else f"{one.description}\n\n{other.description}",
        severities=tuple(dict.fromkeys(one.severities + other.severities)),
        exploited=one.exploited or other.exploited,
        affected=tuple(dict.fromkeys(one.affected + other.affected)),
        references=tuple(dict.fromkeys(one.references + other.references)),
        problem_types=tuple(dict.fromkeys(one.problem_types + other.problem_types)),
        remarks=tuple(dict.fromkeys(one.remarks + other.remarks)),
        not_expressed=one.not_expressed + other.not_expressed,
    )
