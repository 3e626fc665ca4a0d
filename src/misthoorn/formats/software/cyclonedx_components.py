"""The components of a CycloneDX document (1.2 to 1.7), at any depth."""

from collections.abc import Iterator
from typing import Any

from misthoorn.formats.readers import json_values
from misthoorn.formats.software import source_packages
from misthoorn.formats.values.software import Software

MAX_COMPONENTS = 1_000_000
MAX_IDENTIFIER = 1024
MAX_NAME = 300


def components(document: dict[str, Any]) -> Iterator[Software | None]:
    """The one that the document is about, and all others; None for one that is no object.

    Nothing recurses here, so that deep nesting is only long.
    """
    waiting: list[object] = [json_values.member(document, "metadata", "component")]
    listed = document.get("components")
    waiting += listed if isinstance(listed, list) else []
    waiting = [one for one in waiting if one is not None][::-1]
    for _ in range(MAX_COMPONENTS):
        if not waiting:
            return
        one = waiting.pop()
        if not isinstance(one, dict):
            yield None
            continue
        yield _component(one)
        nested = one.get("components")
        if isinstance(nested, list):
            waiting += reversed(nested)


def _component(one: dict[str, Any]) -> Software:
    makers = (
        one.get("group"),
        one.get("publisher"),
        json_values.member(one, "supplier", "name"),
        json_values.member(one, "manufacturer", "name"),
    )
    properties = {
        json_values.text(said.get("name")): json_values.text(said.get("value"))[:MAX_NAME]
        for said in json_values.objects(one.get("properties"))
    }
    cpe = json_values.text(one.get("cpe"))[:MAX_IDENTIFIER]
    return Software(
        reference=json_values.text(one.get("bom-ref"))[:MAX_IDENTIFIER],
        kind=json_values.text(one.get("type"))[:MAX_NAME],
        vendor=next((found for maker in makers if (found := json_values.text(maker))), "")[:MAX_NAME],
        name=json_values.text(one.get("name"))[:MAX_NAME],
        version=json_values.text(one.get("version"))[:MAX_NAME],
        purl=source_packages.from_properties(json_values.text(one.get("purl"))[:MAX_IDENTIFIER], properties),
        cpes=(cpe,) if cpe else (),
    )
