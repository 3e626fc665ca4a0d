"""The components of a CycloneDX document (1.2 to 1.7), at any depth."""

from collections.abc import Iterator
from typing import Any

from misthoorn.formats import built_from, loose
from misthoorn.formats.software import Software

MAX_COMPONENTS = 1_000_000
MAX_IDENTIFIER = 1024
MAX_NAME = 300


def components(document: dict[str, Any]) -> Iterator[Software | None]:
    """The one that the document is about, and all others; None for one that is no object.

    Nothing recurses here, so that deep nesting is only long.
    """
    waiting: list[object] = [loose.member(document, "metadata", "component")]
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
        loose.member(one, "supplier", "name"),
        loose.member(one, "manufacturer", "name"),
    )
    properties = {
        loose.text(said.get("name")): loose.text(said.get("value"))[:MAX_NAME]
        for said in loose.objects(one.get("properties"))
    }
    cpe = loose.text(one.get("cpe"))[:MAX_IDENTIFIER]
    return Software(
        reference=loose.text(one.get("bom-ref"))[:MAX_IDENTIFIER],
        kind=loose.text(one.get("type"))[:MAX_NAME],
        vendor=next((found for maker in makers if (found := loose.text(maker))), "")[:MAX_NAME],
        name=loose.text(one.get("name"))[:MAX_NAME],
        version=loose.text(one.get("version"))[:MAX_NAME],
        purl=built_from.from_properties(loose.text(one.get("purl"))[:MAX_IDENTIFIER], properties),
        cpes=(cpe,) if cpe else (),
    )
