"""`cyclonedx-vex`: what a CycloneDX document (1.4 and later) says about vulnerabilities of its components, JSON.

Source: https://cyclonedx.org/capabilities/vex/. A component of another document is found where the reference to it is a
package URL or CPE name; else the statement about it is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO
from urllib.parse import unquote

from packageurl import PackageURL

from misthoorn.formats.identifiers.cpe_names import without_version
from misthoorn.formats.identifiers.version_ranges import Bounds, everything, exactly, read_range
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import WRONG_KIND, Parts, Problem, RefusedError, read_parts
from misthoorn.formats.readers.rows import Limits
from misthoorn.formats.software.cyclonedx_components import components
from misthoorn.formats.values.schema import LiftChunk
from misthoorn.formats.values.software import Software
from misthoorn.formats.values.vex import Lift, LiftStatus

LIMITS = Limits(block=65 * 1024 * 1024, row=32 * 1024 * 1024)  # a software list with its statements is one record
MAX_NAME = 128
MAX_TEXT = 20_000
_STATES: dict[str, LiftStatus] = {
    "resolved": "fixed",
    "resolved_with_pedigree": "fixed",
    "exploitable": "affected",
    "in_triage": "under_investigation",
    "false_positive": "not_affected",
    "not_affected": "not_affected",
}
_SAYS_WHY_ITSELF = "false_positive"


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[LiftChunk]:  # noqa: ARG001
    """One value for each range of versions of each component that a vulnerability's analysis is about."""
    return read_parts(stream, understand=understand, chunk=LiftChunk, fold=fold, limits=LIMITS)


def understand(record: dict[str, Any]) -> Parts[Lift]:
    """What one document says.

    Raises:
        RefusedError: it is no CycloneDX document, or says nothing about vulnerabilities.
    """
    if json_values.text(record.get("bomFormat")) != "CycloneDX":
        raise RefusedError(
            WRONG_KIND, "This is not a CycloneDX document (bomFormat). Choose the format that the source names."
        )
    listed = record.get("vulnerabilities")
    if not isinstance(listed, list) or not listed:
        raise RefusedError("vulnerabilities-missing", "The document says nothing about vulnerabilities.")
    known = {one.reference: one for one in components(record) if one and one.reference}
    parts: Parts[Lift] = Parts()
    for vulnerability in listed:
        if isinstance(vulnerability, dict):
            _read_vulnerability(vulnerability, record, known, parts)
        else:
            parts.problems.append(Problem("vulnerability-invalid", "A vulnerability is not an object.", vulnerability))
    return parts


def _read_vulnerability(
    vulnerability: dict[str, Any], record: dict[str, Any], known: dict[str, Software], parts: Parts[Lift]
) -> None:
    try:
        said = _said(vulnerability, record)
        affects = _affects(vulnerability, said)
    except RefusedError as refusal:
        parts.problems.append(Problem(refusal.code, refusal.reason, vulnerability))
        return
    is_resolved = said.status == "fixed"
    for affected in affects:
        product = _product(affected, known)
        if not product:
            parts.problems.append(Problem("product-unnamed", _unnamed(affected), affected))
            continue
        for bounds, status in _versions(affected, product, said.status, is_resolved=is_resolved, parts=parts):
            low, low_inclusive, high, high_inclusive = bounds[:4]
            parts.values += [
                replace(
                    said,
                    product=name,
                    status=status,
                    low=low,
                    low_inclusive=low_inclusive,
                    high=high,
                    high_inclusive=high_inclusive,
                )
                for name in (product.names if bounds == everything() else product.bare)
            ]


def _affects(vulnerability: dict[str, Any], said: Lift) -> list[object]:
    affects = vulnerability.get("affects")
    if not isinstance(affects, list) or not affects:
        raise RefusedError("product-missing", f"What is said about {said.vulnerability} names no component.")
    return affects


def _said(vulnerability: dict[str, Any], record: dict[str, Any]) -> Lift:
    """What holds for all components of a vulnerability."""
    name = json_values.text(vulnerability.get("id"))
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise RefusedError("identifier-invalid", f"A vulnerability has no id of at most {MAX_NAME} characters.")
    analysis = vulnerability.get("analysis")
    state = json_values.text(json_values.member(analysis, "state"))
    if state not in _STATES:
        raise RefusedError(
            "status-invalid",
            f"What is said about {name} does not come to a state of CycloneDX: {state[:40]!r} is none.",
        )
    justification, detail = (json_values.text(json_values.member(analysis, one)) for one in ("justification", "detail"))
    if state == "not_affected" and not justification and not detail:
        raise RefusedError(
            "justification-missing", f"{name} is said not to affect, and not why: it needs a justification or a detail."
        )
    aliases = json_values.texts([one.get("id") for one in json_values.objects(vulnerability.get("references"))])
    return Lift(
        vulnerability=name,
        aliases=tuple(alias[:MAX_NAME] for alias in aliases if alias != name),
        product="",
        low="",
        low_inclusive=True,
        high="",
        high_inclusive=True,
        status=_STATES[state],
        justification=(justification or (state if state == _SAYS_WHY_ITSELF else ""))[:MAX_NAME],
        statement=" ".join(one for one in (detail, json_values.text(vulnerability.get("recommendation"))) if one)[
            :MAX_TEXT
        ],
        source=_author(record)[:MAX_NAME],
        at=_moment(vulnerability, record),
    )


def _author(record: dict[str, Any]) -> str:
    metadata = record.get("metadata")
    named = [json_values.member(metadata, one, "name") for one in ("supplier", "manufacturer", "manufacture")]
    named += [one.get("name") for one in json_values.objects(json_values.member(metadata, "authors"))]
    return next((found for name in named if (found := json_values.text(name))), "")


def _moment(vulnerability: dict[str, Any], record: dict[str, Any]) -> datetime | None:
    analysis = vulnerability.get("analysis")
    written = (
        json_values.member(analysis, "lastUpdated"),
        json_values.member(analysis, "firstIssued"),
        vulnerability.get("updated"),
        json_values.member(record, "metadata", "timestamp"),
    )
    return next((found for one in written if (found := json_values.moment(one))), None)


@dataclass(frozen=True, slots=True)
class _Product:
    """Its names with the version they carry and without; `version` for a name that can't carry one."""

    names: tuple[str, ...]
    bare: tuple[str, ...]
    version: str


def _product(affected: object, known: dict[str, Software]) -> _Product | None:
    reference = json_values.text(json_values.member(affected, "ref"))
    local = reference
    if reference.lower().startswith("urn:cdx:"):
        local = reference.partition("#")[2]
        local = local if local in known else unquote(local)
    if component := known.get(local):
        return _of_component(component)
    return _named((local,), "") if local.lower().startswith(("pkg:", "cpe:")) else None


def _of_component(one: Software) -> _Product | None:
    if names := tuple(name for name in (one.purl, *one.cpes) if name.lower().startswith(("pkg:", "cpe:"))):
        return _named(names, one.version)
    if not one.vendor or not one.name:
        return None
    name = f"{one.vendor.replace(':', ' ')}:{one.name}"
    return _Product((name,), (name,), one.version)


def _named(names: tuple[str, ...], version: str) -> _Product:
    bare = tuple(_without_version(name) for name in names)
    return _Product(names, bare, version if names == bare else "")


def _without_version(name: str) -> str:
    if name.lower().startswith("cpe:"):
        return without_version(name)
    try:
        return PackageURL.from_string(name)._replace(version=None).to_string()
    except ValueError:
        return name


def _unnamed(affected: object) -> str:
    reference = json_values.text(json_values.member(affected, "ref"))[:100]
    if reference.lower().startswith("urn:cdx:"):
        return f"The component {reference!r} is in another document; put the statement into that one."
    return f"The component {reference!r} is not in the document, or has no package URL, CPE name or maker."


def _versions(
    affected: object, product: _Product, status: LiftStatus, *, is_resolved: bool, parts: Parts[Lift]
) -> Iterator[tuple[Bounds, LiftStatus]]:
    """The ranges that are listed, each with its status; without a list the component's own version."""
    listed = json_values.member(affected, "versions")
    if listed is None or listed == []:
        yield (exactly(product.version) if product.version else everything()), status
        return
    for item in listed if isinstance(listed, list) else [listed]:
        text = json_values.text(json_values.member(item, "version"))
        bounds = (exactly(text),) if text else read_range(json_values.text(json_values.member(item, "range")))
        if not bounds or any(one.excluded for one in bounds):
            reason = "The versions of a component can't be read: write a version, or a range such as vers:npm/<2.0.0."
            parts.problems.append(Problem("versions-invalid", reason, item))
            continue
        own = _own_status(json_values.text(json_values.member(item, "status")), status, is_resolved=is_resolved)
        yield from ((one._replace(scheme=""), own) for one in bounds)


def _own_status(word: str, status: LiftStatus, *, is_resolved: bool) -> LiftStatus:
    if word == "unaffected":
        return "fixed" if is_resolved else "not_affected"
    if word == "unknown":
        return "under_investigation"
    return "affected" if word == "affected" else status
