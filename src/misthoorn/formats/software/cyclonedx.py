"""`cyclonedx`: lists of software and hardware in CycloneDX 1.2 to 1.7, JSON or XML.

Source: https://cyclonedx.org/specification/overview/. Read are the component that the document is about and all others,
at any depth; services, data and machine-learning models are no products that an advisory names. An attestation of such
a document is read too (`attested`).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO, cast

from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import WRONG_KIND, Parts, Problem, RefusedError, gathered, read_parts
from misthoorn.formats.readers.texts import recoded
from misthoorn.formats.readers.unpack import BOM, Source
from misthoorn.formats.software.attestations import unwrapped
from misthoorn.formats.software.cyclonedx_components import MAX_COMPONENTS, components
from misthoorn.formats.software.cyclonedx_xml import as_json
from misthoorn.formats.software.lists import LIMITS, take
from misthoorn.formats.values.schema import SoftwareChunk
from misthoorn.formats.values.software import Software


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[SoftwareChunk]:  # noqa: ARG001
    """One value for each component. A file is a document, or several in JSON."""
    source = recoded(Source(stream), at_most=LIMITS.row)
    if source.head().removeprefix(BOM).lstrip().startswith(b"<"):
        document = as_json(source, at_most=LIMITS.row)
        yield from gathered(lambda: understand(document), chunk=SoftwareChunk, fold=fold)
        return
    unpacked = cast("BinaryIO", source)  # it has the `read` of one, which is all that is asked
    yield from read_parts(unpacked, understand=understand, chunk=SoftwareChunk, fold=fold, limits=LIMITS)


def understand(record: dict[str, Any]) -> Parts[Software]:
    """The components of one document.

    Raises:
        RefusedError: it is no CycloneDX document, or lists nothing.
    """
    record = unwrapped(record)
    if json_values.text(record.get("bomFormat")) != "CycloneDX":
        raise RefusedError(
            WRONG_KIND, "This is not a CycloneDX document (bomFormat). Choose the format that the source names."
        )
    parts: Parts[Software] = Parts()
    count = 0
    for count, component in enumerate(components(record), start=1):  # noqa: B007  counted for what follows
        if component is None:
            parts.problems.append(Problem("component-invalid", "A component is not an object.", None))
        else:
            take(component, parts)
    if not count:
        raise RefusedError("components-missing", "The document lists no components.")
    if count >= MAX_COMPONENTS:
        parts.problems.append(
            Problem("too-many", f"The document has more than {MAX_COMPONENTS:,} components; the rest was left out.", "")
        )
    return parts
