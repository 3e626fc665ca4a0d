"""The packages of an SPDX document in tag-value form, as the JSON form has them: only what `spdx` reads."""

import re
from collections.abc import Iterator
from typing import Any

from misthoorn.formats.readers.texts import whole_bytes
from misthoorn.formats.readers.unpack import Source

_PIECE = 1024 * 1024
_TAG = re.compile(r"([A-Za-z]{1,60}):[ \t]*(.*)", re.DOTALL)
_FIELDS = {
    "SPDXID": "SPDXID",
    "PackageVersion": "versionInfo",
    "PackageSupplier": "supplier",
    "PackageOriginator": "originator",
    "PackageSourceInfo": "sourceInfo",
    "PrimaryPackagePurpose": "primaryPackagePurpose",
}
_OTHER_SECTIONS = frozenset(("FileName", "SnippetSPDXID", "LicenseID", "Relationship", "Annotator"))
_REFERENCE_PARTS = 3


def is_tags(head: bytes) -> bool:
    """Whether a file begins as a document of tags and values does."""
    return re.search(rb"^SPDXVersion:", head, re.MULTILINE) is not None


def packages(source: Source, *, at_most: int) -> Iterator[dict[str, Any]]:
    """One object for each package.

    Raises:
        FormatError: the file is too large, or not whole.
    """
    package: dict[str, Any] | None = None
    for tag, value in _tags(whole_bytes(source, at_most=at_most).decode("utf-8", "replace")):
        if tag == "PackageName":
            if package:
                yield package
            package = {"name": value, "externalRefs": []}
        elif tag in _OTHER_SECTIONS and package:
            yield package
            package = None
        elif package and tag == "ExternalRef":
            parts = value.split(None, _REFERENCE_PARTS - 1)
            if len(parts) == _REFERENCE_PARTS:
                package["externalRefs"].append({"referenceType": parts[1], "referenceLocator": parts[2]})
        elif package and tag in _FIELDS:
            package.setdefault(_FIELDS[tag], value)
    if package:
        yield package


def _tags(text: str) -> Iterator[tuple[str, str]]:
    """Tags with their values; a value in <text>…</text> may go over several lines, and counts as what it holds."""
    inside = False
    for line in text.splitlines():
        if inside:
            inside = "</text>" not in line
            continue
        if found := _TAG.fullmatch(line.strip()):
            value = found[2]
            inside = "<text>" in value and "</text>" not in value
            yield found[1], value.replace("<text>", "").replace("</text>", "").strip()
