"""A CycloneDX document in XML, as the JSON that says the same: only what `cyclonedx` reads of it."""

from collections.abc import Iterator
from typing import Any, cast
from xml.etree import ElementTree as ET

from misthoorn.formats.readers.unpack import Source
from misthoorn.formats.values.schema import FormatError

_PIECE = 1024 * 1024
_NAMESPACE = "cyclonedx.org/schema/bom/"
_TEXTS = ("group", "name", "version", "purl", "cpe", "publisher")
_NAMED = ("supplier", "manufacturer")
_UPPERMOST = 2  # elements above a component of the uppermost level
_BROKEN = "This XML file is damaged or not whole. Fetch it again from the source."

type _Parser = ET.XMLPullParser[ET.Element]


def as_json(source: Source, *, at_most: int) -> dict[str, Any]:
    """The document. Of its tree no more is held than one component of the uppermost level.

    Raises:
        FormatError: it is not whole, too large, or no CycloneDX document.
    """
    found: dict[str, Any] = {"bomFormat": "CycloneDX", "metadata": {}, "components": []}
    above: list[ET.Element] = []
    for event, element in _events(source, at_most=at_most):
        if event == "end":
            above.pop()
            _take(element, above, found)
            continue
        if not above and (_NAMESPACE not in element.tag or _local(element) != "bom"):
            raise FormatError("This XML file is not a CycloneDX document. Choose the format that the source names.")
        above.append(element)
    return found


def _take(element: ET.Element, above: list[ET.Element], found: dict[str, Any]) -> None:
    """Keep what a component says, and let go of every part that is done."""
    if len(above) == _UPPERMOST and _local(element) == "component":
        place = _local(above[-1])
        if place == "metadata":
            found["metadata"]["component"] = _converted(element)
        elif place == "components":
            found["components"].append(_converted(element))
    if 0 < len(above) <= _UPPERMOST:
        above[-1].remove(element)


def _events(source: Source, *, at_most: int) -> Iterator[tuple[str, ET.Element]]:
    """Where elements start and end. A document type is refused, so that there are no entities to expand."""
    parser: _Parser = ET.XMLPullParser(("start", "end"))
    length, tail = 0, b""
    try:
        while piece := source.read(_PIECE):
            length += len(piece)
            if b"<!DOCTYPE" in tail + piece or b"<!ENTITY" in tail + piece:
                raise FormatError("This XML file defines its own document type, which is not read.")
            if length > at_most:
                raise FormatError(f"This XML file is larger than {at_most // 1024**2} MiB, which is not read.")
            parser.feed(piece)
            tail = piece[-len(b"<!DOCTYPE") :]
            yield from _read(parser)
        if source.damage:
            raise FormatError(f"Nothing could be read from this file. {source.damage.reason}")
        parser.close()
        yield from _read(parser)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise FormatError(_BROKEN) from error


def _read(parser: _Parser) -> Iterator[tuple[str, ET.Element]]:
    return cast("Iterator[tuple[str, ET.Element]]", parser.read_events())  # of elements alone, as was asked for


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: ET.Element, name: str) -> ET.Element | None:
    return next((one for one in element if _local(one) == name), None)


def _converted(root: ET.Element) -> dict[str, Any]:
    """A component with those inside it; nothing recurses, so that deep nesting is only long."""
    top: dict[str, Any] = {}
    waiting = [(root, top)]
    while waiting:
        element, found = waiting.pop()
        found |= {"type": element.get("type", ""), "bom-ref": element.get("bom-ref", "")}
        for one in element:
            name = _local(one)
            if name in _TEXTS:
                found[name] = one.text or ""
            elif name in _NAMED and (named := _child(one, "name")) is not None:
                found[name] = {"name": named.text or ""}
            elif name == "properties":
                found[name] = [{"name": said.get("name"), "value": said.text} for said in one]
            elif name == "components":
                inner: list[dict[str, Any]] = []
                for nested in one:
                    if _local(nested) == "component":
                        inner.append({})
                        waiting.append((nested, inner[-1]))
                found["components"] = inner
    return top
