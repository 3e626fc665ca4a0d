"""The packages of an SPDX 3 document (JSON-LD), as the JSON form of SPDX 2 has them: only what `spdx` reads.

Source: https://spdx.github.io/spdx-spec/v3.0.1/. All things lie side by side in one list (`@graph`) and point to each
other by their names; makers are things too.
"""

import re
from collections.abc import Iterator
from typing import Any

from misthoorn.formats.readers import json_values

_LAST = re.compile(r"(?<![^/#:_])[^/#:_]*\Z")
_AGENTS = frozenset(("Agent", "Organization", "Person", "SoftwareAgent"))
_REFERENCES = {"packageUrl": "purl", "cpe23": "cpe23Type", "cpe22": "cpe22Type"}


def is_document(record: dict[str, Any]) -> bool:
    """Whether a record is such a document, or one thing of it."""
    context = record.get("@context")
    return any(
        "spdx" in text.lower() for text in json_values.texts(context if isinstance(context, list) else [context])
    )


def packages(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One object for each package."""
    graph = record.get("@graph")
    things = list(json_values.objects(graph if isinstance(graph, list) else [record]))
    makers = {_name_of(one): json_values.text(one.get("name")) for one in things if _kind_of(one) in _AGENTS}
    for thing in things:
        if _kind_of(thing) == "Package":
            yield _package(thing, makers)


def _package(thing: dict[str, Any], makers: dict[str, str]) -> dict[str, Any]:
    references = [{"referenceType": "purl", "referenceLocator": _said(thing, "packageUrl")}]
    for identifier in json_values.objects(thing.get("externalIdentifier")):
        kind = _REFERENCES.get(_last_word(identifier.get("externalIdentifierType")), "")
        references.append({"referenceType": kind, "referenceLocator": json_values.text(identifier.get("identifier"))})
    maker = _maker(thing.get("suppliedBy"), makers) or _maker(thing.get("originatedBy"), makers)
    return {
        "SPDXID": _name_of(thing),
        "name": thing.get("name"),
        "versionInfo": _said(thing, "packageVersion"),
        "sourceInfo": _said(thing, "sourceInfo"),
        "supplier": f"Organization: {maker}" if maker else "",
        "primaryPackagePurpose": _last_word(_said(thing, "primaryPurpose")),
        "externalRefs": [one for one in references if one["referenceLocator"]],
    }


def _said(thing: dict[str, Any], name: str) -> str:
    """A member of the software profile, with its prefix as 3.0.1 writes it, or without."""
    return json_values.text(thing.get(f"software_{name}")) or json_values.text(thing.get(name))


def _last_word(value: object) -> str:
    found = _LAST.search(json_values.text(value)[-1000:])
    return found[0] if found else ""


def _kind_of(thing: dict[str, Any]) -> str:
    return _last_word(thing.get("type") or thing.get("@type"))


def _name_of(thing: dict[str, Any]) -> str:
    return json_values.text(thing.get("spdxId")) or json_values.text(thing.get("@id"))


def _maker(value: object, makers: dict[str, str]) -> str:
    """The name of the first maker that is pointed to, or stands there itself; one called “Unknown” is none."""
    for one in value if isinstance(value, list) else [value]:
        name = json_values.text(one.get("name")) if isinstance(one, dict) else ""
        name = name or makers.get(_name_of(one) if isinstance(one, dict) else json_values.text(one), "")
        if name and name.lower() != "unknown":
            return name
    return ""
