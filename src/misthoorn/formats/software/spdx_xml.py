"""An SPDX document in XML or RDF/XML, as the JSON that says the same: only what `spdx` reads of it."""

import re
from itertools import islice
from typing import Any, cast
from xml.etree import ElementTree as ET
from xml.parsers import expat

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from misthoorn.formats.values.schema import FormatError

_HEAD = 64 * 1024
_SYNTAX = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDF = f"{{{_SYNTAX}}}RDF"
_TYPE = f"{_SYNTAX}type"
_TERMS = "http://spdx.org/rdf/terms#"
_PACKAGE = f"<{_TERMS}Package>"
_BASE = "https://document.example/"  # what addresses that are written in part are part of
_ENCODING = re.compile(rb"\s*<\?xml[^>]{0,100}encoding=[\"']([A-Za-z0-9._-]{1,40})[\"'][^>]{0,100}\?>")
_OWN_TYPE = "This XML file defines its own document type, which is not read."
_DAMAGED_RDF = "This RDF file is damaged. Fetch it again from the source."
_MOST_WORK = 500_000_000  # a large list of software comes to some ten million
_DAMAGED = "This XML file is damaged or not whole. Fetch it again from the source."
_TEXTS = ("SPDXID", "name", "versionInfo", "supplier", "originator", "primaryPackagePurpose", "sourceInfo")
_SAID = frozenset((*_TEXTS, "referenceType", "referenceLocator"))


def as_json(data: bytes) -> dict[str, Any]:
    """The document.

    Raises:
        FormatError: it is no whole XML, or no SPDX document.
    """
    if _is_rdf(data[:_HEAD]):
        return _of_rdf(data)
    try:
        root: ET.Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise FormatError(_OWN_TYPE) from error
    except (ET.ParseError, ValueError, LookupError) as error:
        raise FormatError(_DAMAGED) from error
    version = _text(root, "spdxVersion")
    if not version:
        raise FormatError("This XML file is not an SPDX document. Choose the format that the source names.")
    return {"spdxVersion": version, "packages": [_package(one) for one in root if _local(one) == "packages"]}


def _is_rdf(head: bytes) -> bool:
    """Whether the first element is that of a graph."""
    parser: ET.XMLPullParser[ET.Element] = ET.XMLPullParser(("start",))
    try:
        parser.feed(head)
        first = cast("list[tuple[str, ET.Element]]", list(islice(parser.read_events(), 1)))  # elements alone
    except (ET.ParseError, ValueError, LookupError):
        return False
    return any(element.tag == _RDF for _, element in first)


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: ET.Element, name: str) -> str:
    return next((child.text or "" for child in element if _local(child) == name), "").strip()


def _package(element: ET.Element) -> dict[str, Any]:
    references = [
        {name: _text(child, name) for name in ("referenceType", "referenceLocator")}
        for child in element
        if _local(child) == "externalRefs"
    ]
    return {name: _text(element, name) for name in _TEXTS} | {"externalRefs": references}


def _of_rdf(data: bytes) -> dict[str, Any]:
    """A document may be written in many ways that are the same graph, so that a reader of graphs reads it."""
    _refuse_slow(data)
    graph = _Graph()
    try:
        for triple in parse(_in_utf_8(data), format=RdfFormat.RDF_XML, base_iri=_BASE):
            graph.take(triple)
    except (SyntaxError, ValueError) as error:
        raise FormatError(_DAMAGED_RDF) from error
    if not graph.is_spdx:
        raise FormatError("This RDF file is not an SPDX document. Choose the format that the source names.")
    return {"spdxVersion": "SPDX-2", "packages": [graph.package(one) for one in sorted(graph.packages)]}


def _refuse_slow(data: bytes) -> None:
    """Refuse what the reader of graphs would be at for long: its time grows with the squares of depth and attributes.

    Raises:
        FormatError: that, a document type, or no whole XML.
    """
    depth = work = 0

    def start(_name: str, attributes: list[str]) -> None:
        nonlocal depth, work
        depth += 1
        work += depth + len(attributes) ** 2
        if work > _MOST_WORK:
            raise FormatError("This RDF file is nested too deeply to be read. Ask the source for SPDX as JSON.")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        raise FormatError(_OWN_TYPE)

    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)  # noqa: FBT003  the library's own
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FormatError(_DAMAGED_RDF) from error


class _Graph:
    """What is said of packages and of what they point to; everything else is let go while it is read."""

    def __init__(self) -> None:
        self.is_spdx = False
        self.packages: set[str] = set()
        self._texts: dict[str, dict[str, str]] = {}
        self._references: dict[str, list[str]] = {}

    def take(self, triple: Quad) -> None:
        name = triple.predicate.value.removeprefix(_TERMS)
        subject, value = str(triple.subject), triple.object
        if triple.predicate.value == _TYPE and str(value) == _PACKAGE:
            self.packages.add(subject)
        elif name in _SAID:
            said = value.value if isinstance(value, (Literal, NamedNode)) else ""
            self._texts.setdefault(subject, {}).setdefault(name, said)
        elif name == "externalRef":
            self._references.setdefault(subject, []).append(str(value))
        elif name == "specVersion":
            self.is_spdx = True

    def package(self, subject: str) -> dict[str, Any]:
        texts = self._texts.get(subject, {})
        said = [self._texts.get(one, {}) for one in self._references.get(subject, ())]
        references = [
            {
                "referenceType": _last(one.get("referenceType", "")),
                "referenceLocator": one.get("referenceLocator", ""),
            }
            for one in said
        ]
        purpose = _last(texts.get("primaryPackagePurpose", "")).removeprefix("purpose_")
        return {
            **{name: texts.get(name, "") for name in _TEXTS},
            "SPDXID": _last(subject.strip("<>")),
            "primaryPackagePurpose": purpose,
            "externalRefs": sorted(references, key=str),
        }


def _in_utf_8(data: bytes) -> bytes:
    """The reader of graphs takes no other encoding."""
    found = _ENCODING.match(data)
    if not found or found[1].lower() in {b"utf-8", b"utf8", b"us-ascii"}:
        return data
    try:
        return data[found.end() :].decode(found[1].decode()).encode()
    except (LookupError, UnicodeDecodeError) as error:
        raise FormatError(_DAMAGED) from error


def _last(value: str) -> str:
    """What an address ends in: its own part of it."""
    return value.rpartition("#")[2].rpartition("/")[2]
