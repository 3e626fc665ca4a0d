"""An SPDX document in XML or RDF/XML, as the JSON that says the same: only what `spdx` reads of it."""

import logging
from typing import Any
from xml.etree import ElementTree as ET

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from misthoorn.formats.schema import FormatError

MOST_RDF = 8 * 1024 * 1024  # a graph takes some forty times its text in memory, and half a minute to be read
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_TERMS = "http://spdx.org/rdf/terms#"
_TEXTS = ("SPDXID", "name", "versionInfo", "supplier", "originator", "primaryPackagePurpose")


def as_json(data: bytes) -> dict[str, Any]:
    """The document.

    Raises:
        FormatError: it is no whole XML, or no SPDX document.
    """
    try:
        root: ET.Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise FormatError("This XML file defines its own document type, which is not read.") from error
    except (ET.ParseError, ValueError, LookupError) as error:
        raise FormatError("This XML file is damaged or not whole. Fetch it again from the source.") from error
    if root.tag == _RDF:
        return _of_rdf(data)
    version = _text(root, "spdxVersion")
    if not version:
        raise FormatError("This XML file is not an SPDX document. Choose the format that the source names.")
    return {"spdxVersion": version, "packages": [_package(one) for one in root if _local(one) == "packages"]}


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
    import rdflib  # noqa: PLC0415  slow to load, and rarely needed

    if len(data) > MOST_RDF:
        raise FormatError(f"This RDF file is larger than {MOST_RDF // 1024**2} MiB. Ask the source for SPDX as JSON.")
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)  # else it tells of every odd address
    graph, spdx = rdflib.Graph(), rdflib.Namespace(_TERMS)
    try:
        graph.parse(data=data, format="xml")
    except Exception as error:  # rdflib raises many kinds, and some of its parser's own
        raise FormatError("This RDF file is damaged. Fetch it again from the source.") from error
    if not any(graph.triples((None, spdx.specVersion, None))):
        raise FormatError("This RDF file is not an SPDX document. Choose the format that the source names.")
    packages = []
    for subject in sorted(graph.subjects(rdflib.RDF.type, spdx.Package), key=str):
        texts = {name: _one(graph.value(subject, spdx[name], any=True)) for name in _TEXTS}
        references = [
            {
                "referenceType": _last(graph.value(reference, spdx.referenceType, any=True)),
                "referenceLocator": _one(graph.value(reference, spdx.referenceLocator, any=True)),
            }
            for reference in graph.objects(subject, spdx.externalRef)
        ]
        purpose = _last(texts["primaryPackagePurpose"]).removeprefix("purpose_")
        identifier = {"SPDXID": _last(subject), "primaryPackagePurpose": purpose}
        packages.append(texts | identifier | {"externalRefs": sorted(references, key=str)})
    return {"spdxVersion": "SPDX-2", "packages": packages}


def _one(value: object) -> str:
    return "" if value is None else str(value)


def _last(value: object) -> str:
    """What an address ends in: its own part of it."""
    return _one(value).rpartition("#")[2].rpartition("/")[2]
