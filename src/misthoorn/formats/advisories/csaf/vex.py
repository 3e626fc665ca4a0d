"""`csaf-vex`: what CSAF documents say is not affected, fixed, affected or still looked into, one product at a time.

What holds for a product only as a part of another, or beside it, is said of neither alone: it is refused, unless a
package's own build number tells where it belongs. Of a whole it is said when it is said of all its parts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from misthoorn.formats.advisories.csaf import document, notes
from misthoorn.formats.advisories.csaf.affected import DISTRIBUTED, read_status, whole_line
from misthoorn.formats.advisories.csaf.product_tree import Product, Tree, read_tree
from misthoorn.formats.identifiers.cpe_names import without_version
from misthoorn.formats.identifiers.version_ranges import Bounds, everything
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.archive import read_archive
from misthoorn.formats.readers.documents import Parts, Problem, RefusedError, read_parts
from misthoorn.formats.values.schema import LiftChunk
from misthoorn.formats.values.vex import Lift, LiftStatus

MAX_TEXT = 2_000
_STATUSES: dict[str, LiftStatus] = {
    "known_affected": "affected",
    "first_affected": "affected",
    "last_affected": "affected",
    "first_fixed": "fixed",
    "fixed": "fixed",
    "known_not_affected": "not_affected",
    "under_investigation": "under_investigation",
    "unknown": "under_investigation",
}
_LIFTING = frozenset(("fixed", "not_affected"))


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[LiftChunk]:  # noqa: ARG001
    """One value for each product and range of each status. A file is what `csaf` reads."""
    return read_parts(
        stream,
        understand=understand,
        chunk=LiftChunk,
        fold=fold,
        archive=partial(read_archive, limits=document.LIMITS),
        limits=document.LIMITS,
    )


def understand(record: dict[str, Any]) -> Parts[Lift]:
    """What one document says.

    Raises:
        RefusedError: it is no CSAF document, was taken back, or says nothing about any product.
    """
    parts: Parts[Lift] = Parts()
    head = document.read_head(record, parts.problems)
    if head.state == "withdrawn":
        raise RefusedError("withdrawn", f"The document {head.number} was taken back: it lifts nothing.")
    tree = read_tree(record.get("product_tree"), publisher=head.maker)
    parts.problems += tree.problems
    for vulnerability in document.vulnerabilities(record, parts.problems):
        _read_vulnerability(vulnerability, record, head, tree, parts)
    if not parts.values and not parts.problems:
        raise RefusedError("status-missing", f"The document {head.number} does not say what is affected or not.")
    return parts


def _read_vulnerability(
    vulnerability: dict[str, Any], record: dict[str, Any], head: document.Head, tree: Tree, parts: Parts[Lift]
) -> None:
    said = read_status(vulnerability, tree)
    parts.problems += said.problems
    name = document.identifier_of(vulnerability, head, parts.problems)
    names = (head.number, *notes.aliases(vulnerability, record))
    blank = Lift(
        vulnerability=name,
        aliases=tuple(dict.fromkeys(one for one in names if one != name)),
        product="",
        low="",
        low_inclusive=True,
        high="",
        high_inclusive=True,
        status="affected",
        justification="",
        statement="",
        source=head.publisher,
        at=head.modified or head.published,
    )
    why = _Reasons(vulnerability, tree)
    for status, products in said.products.items():
        for product in products:
            lift = replace(
                blank,
                status=_STATUSES[status],
                justification=why.label(product) if status == "known_not_affected" else "",
                statement=why.words(product, status),
            )
            if status == "known_not_affected" and head.is_vex and not lift.justification and not lift.statement:
                reason = "A product is said not to be affected and not why: it needs a flag or a threat of impact."
                parts.problems.append(Problem("justification-missing", reason, _about(product)))
                continue
            _say(product, lift, parts)
    for whole in _wholes_without(said.products):
        _say(whole, replace(blank, status="not_affected", statement="None of its parts is affected."), parts)


def _say(product: Product, lift: Lift, parts: Parts[Lift]) -> None:
    """The values for every name and range of a product, or the reason why there are none."""
    if problem := _unsayable(product, lift):
        parts.problems.append(problem)
        return
    for name, bounds in _named(product):
        parts.values.append(
            replace(
                lift,
                product=name,
                low=bounds.low,
                low_inclusive=bounds.low_inclusive,
                high=bounds.high,
                high_inclusive=bounds.high_inclusive,
            )
        )


def _unsayable(product: Product, lift: Lift) -> Problem | None:
    """What takes an older statement back may be said too widely, what lifts may not."""
    if not next(_named(product), None):
        return Problem("product-unnamed", "A product has no identifier and no maker.", _about(product))
    if lift.status not in _LIFTING:
        return None
    if product.sentence or any(one.excluded for one in product.versions or ()):
        return Problem("versions-invalid", "The versions of a product can't be read as a range.", _about(product))
    is_build = product.purl.startswith(DISTRIBUTED) and product.versions
    if product.bound or (product.hosts and not is_build):
        reason = "It is said of a product only as a part of another, or under a condition, and so of neither alone."
        return Problem("conditional", reason, _about(product))
    return None


def _about(product: Product) -> dict[str, object]:
    return {"name": product.label, "version": product.sentence, "part of": [host.label for host in product.hosts]}


def _named(product: Product) -> Iterator[tuple[str, Bounds]]:
    """Its names, each with each of its ranges; a sentence stands for all versions, where that may be said."""
    ranges = product.versions or (everything(),)
    names = [product.written_purl] if product.written_purl else []
    names += [without_version(cpe) if product.versions is not None else cpe for cpe in product.cpes]
    if product.vendor:
        maker = product.vendor.replace(":", " ")
        names += [f"{maker}:{name}" for name in dict.fromkeys((product.name, *product.models)) if name]
    yield from ((name, bounds) for name in names for bounds in ranges if not bounds.excluded)


def _wholes_without(products: dict[str, list[Product]]) -> Iterator[Product]:
    """What is something's whole by default, and of which no part has any other status than not affected."""
    by_whole: dict[Product, set[str]] = {}
    for status, listed in products.items():
        for product in listed:
            if product.by_default:
                by_whole.setdefault(product.hosts[0], set()).add(status)
    for whole, statuses in by_whole.items():
        if statuses == {"known_not_affected"} and not whole.bound:
            lines = tuple(whole_line(one) for one in whole.versions) if whole.versions else whole.versions
            yield replace(whole, versions=lines)


@dataclass(slots=True)
class _Told:
    kind: str
    text: str


class _Reasons:
    """Why a product has its status: flags, impact, and what to do, by product."""

    def __init__(self, vulnerability: dict[str, Any], tree: Tree) -> None:
        self._labels = _by_product(vulnerability, tree, "flags", text="label")
        self._threats = _by_product(vulnerability, tree, "threats", text="details")
        self._remedies = _by_product(vulnerability, tree, "remediations", text="details")

    def label(self, product: Product) -> str:
        return next((one.text for one in self._labels.get(product, ())), "")

    def words(self, product: Product, status: str) -> str:
        """Its impact where it is not affected, else what to do."""
        if status == "known_not_affected":
            told = [one.text for one in self._threats.get(product, ()) if one.kind == "impact"]
        else:
            told = [one.text for one in self._remedies.get(product, ())]
        return " ".join(dict.fromkeys(told))[:MAX_TEXT]


def _by_product(vulnerability: dict[str, Any], tree: Tree, member: str, *, text: str) -> dict[Product, list[_Told]]:
    found: dict[Product, list[_Told]] = {}
    for item in json_values.objects(vulnerability.get(member)):
        told = _Told(json_values.text(item.get("category")), json_values.text(item.get(text))[:MAX_TEXT])
        groups = json_values.texts(item.get("group_ids"))
        numbers = (
            *json_values.texts(item.get("product_ids")),
            *(one for group in groups for one in tree.groups.get(group, ())),
        )
        for number in dict.fromkeys(numbers) if told.text else ():
            if product := tree.products.get(number):
                found.setdefault(product, []).append(told)
    return found
