"""`spdx`: lists of software in SPDX 2.2 and 2.3 (JSON, tag-value, YAML, XML, RDF/XML) and 3.0 (JSON-LD).

Source: https://spdx.github.io/spdx-spec/. Read are the packages; files and snippets are no products that an advisory
names. A package is found by its external references (package URL, CPE names), or else by its supplier and name.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO, cast

from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import WRONG_KIND, Parts, Problem, RefusedError, gathered, read_parts
from misthoorn.formats.readers.texts import recoded, whole_bytes, whole_text
from misthoorn.formats.readers.unpack import BOM, Source
from misthoorn.formats.software import source_packages, spdx3, spdx_tags, spdx_xml, spdx_yaml
from misthoorn.formats.software.attestations import unwrapped
from misthoorn.formats.software.lists import LIMITS, take
from misthoorn.formats.values.schema import SoftwareChunk
from misthoorn.formats.values.software import Software

MAX_IDENTIFIER = 1024
MAX_NAME = 300
MAX_CPES = 50
_NOTHING = frozenset(("", "noassertion", "none"))
_SUPPLIER = re.compile(r"(?:organization|person)\s*:\s*([^(]*)", re.IGNORECASE)
_YAML = re.compile(
    rb"(?:---\s*)?"
    rb"(?:SPDXID|spdxVersion|creationInfo|annotations|name|comment|dataLicense|documentNamespace|packages) *:"
)
_CPES = ("cpe23type", "cpe22type")


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[SoftwareChunk]:  # noqa: ARG001
    """One value for each package. A file is a document, or several in JSON."""
    source = recoded(Source(stream), at_most=LIMITS.row)
    head = source.head().removeprefix(BOM).lstrip()
    if spdx_tags.is_tags(head):
        packages = spdx_tags.packages(source, at_most=LIMITS.row)
        yield from gathered(lambda: _understood(packages), chunk=SoftwareChunk, fold=fold)
    elif head.startswith(b"<") or _YAML.match(head):
        document = _document(source, is_xml=head.startswith(b"<"))
        yield from gathered(lambda: understand(document), chunk=SoftwareChunk, fold=fold)
    else:
        unpacked = cast("BinaryIO", source)  # it has the `read` of one, which is all that is asked
        yield from read_parts(unpacked, understand=understand, chunk=SoftwareChunk, fold=fold, limits=LIMITS)


def _document(source: Source, *, is_xml: bool) -> dict[str, Any]:
    if is_xml:
        return spdx_xml.as_json(whole_bytes(source, at_most=LIMITS.row))
    return spdx_yaml.as_json(whole_text(source, at_most=LIMITS.row))


def understand(record: dict[str, Any]) -> Parts[Software]:
    """The packages of one document.

    Raises:
        RefusedError: it is no SPDX document, or lists nothing.
    """
    record = unwrapped(record)
    if spdx3.is_document(record):
        return _understood(spdx3.packages(record))
    if not json_values.text(record.get("spdxVersion")).startswith("SPDX-"):
        raise RefusedError(
            WRONG_KIND, "This is not an SPDX document (spdxVersion). Choose the format that the source names."
        )
    packages = record.get("packages")
    return _understood(packages if isinstance(packages, list) else [])


def _understood(packages: Iterable[object]) -> Parts[Software]:
    parts: Parts[Software] = Parts()
    for package in packages:
        if not isinstance(package, dict):
            parts.problems.append(Problem("component-invalid", "A package is not an object.", package))
        else:
            take(_package(package), parts)
    if not parts.values and not parts.problems:
        raise RefusedError("components-missing", "The document lists no packages.")
    return parts


def _package(package: dict[str, Any]) -> Software:
    purls, cpes = [], []
    for reference in json_values.objects(package.get("externalRefs")):
        kind = json_values.text(reference.get("referenceType")).lower()
        locator = json_values.text(reference.get("referenceLocator"))
        if len(locator) <= MAX_IDENTIFIER:
            if kind == "purl":
                purls.append(locator)
            elif kind.endswith(_CPES):
                cpes.append(locator)
    return Software(
        reference=json_values.text(package.get("SPDXID"))[:MAX_IDENTIFIER],
        kind=json_values.text(package.get("primaryPackagePurpose")).lower()[:MAX_NAME],
        vendor=_supplier(package)[:MAX_NAME],
        name=_stated(package.get("name"))[:MAX_NAME],
        version=_stated(package.get("versionInfo"))[:MAX_NAME],
        purl=source_packages.from_words(purls[0], json_values.text(package.get("sourceInfo"))) if purls else "",
        cpes=tuple(dict.fromkeys(cpes))[:MAX_CPES],
    )


def _stated(value: object) -> str:
    text = json_values.text(value)
    return "" if text.lower() in _NOTHING else text


def _supplier(package: dict[str, Any]) -> str:
    for member in ("supplier", "originator"):
        if (found := _SUPPLIER.match(_stated(package.get(member))[:MAX_IDENTIFIER])) and _stated(found[1]):
            return found[1].strip()
    return ""
