"""`openvex`: statements on whether products are affected, in OpenVEX (to 0.2.0), also inside an in-toto statement.

Source: https://github.com/openvex/spec. A product with subcomponents is spoken of as a whole: what is said holds for
the product, since the vulnerability reaches it by way of them.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO, get_args

from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import WRONG_KIND, Parts, Problem, RefusedError, read_parts
from misthoorn.formats.values.schema import LiftChunk
from misthoorn.formats.values.vex import Lift, LiftStatus

MAX_NAME = 128
MAX_IDENTIFIER = 1024
MAX_TEXT = 20_000
_STATUSES: tuple[LiftStatus, ...] = get_args(LiftStatus.__value__)
_IDENTIFIERS = ("purl", "cpe23", "cpe22")
_PREDICATE = "https://openvex.dev/ns"


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[LiftChunk]:  # noqa: ARG001
    """One value for each product of each statement. A file is a document, a list of them or JSON Lines."""
    return read_parts(stream, understand=understand, chunk=LiftChunk, fold=fold)


def understand(record: dict[str, Any]) -> Parts[Lift]:
    """What one document says.

    Raises:
        RefusedError: it is no OpenVEX document, or has no statements.
    """
    document = (
        record.get("predicate") if json_values.text(record.get("predicateType")).startswith(_PREDICATE) else record
    )
    is_document = json_values.text(json_values.member(document, "@context")).startswith(_PREDICATE)
    if not isinstance(document, dict) or not (is_document or document is not record):
        raise RefusedError(
            WRONG_KIND, "This is not an OpenVEX document (@context). Choose the format that the source names."
        )
    statements = document.get("statements")
    if not isinstance(statements, list) or not statements:
        raise RefusedError("statements-missing", "The document makes no statement. Ask the source for a valid one.")
    parts: Parts[Lift] = Parts()
    for statement in statements:
        if isinstance(statement, dict):
            _read_statement(statement, document, parts)
        else:
            parts.problems.append(Problem("statement-invalid", "A statement is not an object.", statement))
    return parts


def _read_statement(statement: dict[str, Any], document: dict[str, Any], parts: Parts[Lift]) -> None:
    try:
        name, aliases = _vulnerability(statement.get("vulnerability"))
        status = _status(statement)
        products = _products(statement)
    except RefusedError as refusal:
        parts.problems.append(Problem(refusal.code, refusal.reason, statement))
        return
    at = next(
        (
            found
            for owner, member in ((statement, "last_updated"), (statement, "timestamp"), (document, "timestamp"))
            if (found := json_values.moment(owner.get(member)))
        ),
        None,
    )
    for product in products:
        if named := _identifiers(product):
            parts.values += [
                Lift(
                    vulnerability=name,
                    aliases=aliases,
                    product=one,
                    low="",
                    low_inclusive=True,
                    high="",
                    high_inclusive=True,
                    status=status,
                    justification=json_values.text(statement.get("justification"))[:MAX_NAME],
                    statement=_words(statement, product),
                    source=json_values.text(document.get("author"))[:MAX_IDENTIFIER],
                    at=at,
                )
                for one in named
            ]
        else:
            reason = "A product has no package URL and no CPE name, so that nothing can be found by it."
            parts.problems.append(Problem("product-unnamed", reason, product))


def _vulnerability(value: object) -> tuple[str, tuple[str, ...]]:
    """Its name, with the number that its address ends in where it has no other, and its other names."""
    if isinstance(value, dict):
        name = json_values.text(value.get("name")) or json_values.text(value.get("@id")).rstrip("/").rpartition("/")[2]
        aliases = json_values.texts(value.get("aliases"))
    else:
        name, aliases = json_values.text(value), ()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise RefusedError(
            "identifier-invalid", f"A statement names no vulnerability of at most {MAX_NAME} characters."
        )
    return name, tuple(alias[:MAX_NAME] for alias in aliases if alias != name)


def _status(statement: dict[str, Any]) -> LiftStatus:
    said = json_values.text(statement.get("status"))
    status = next((one for one in _STATUSES if one == said), None)
    if status is None:
        raise RefusedError("status-invalid", f"{said[:40]!r} is not a status of OpenVEX: use {', '.join(_STATUSES)}.")
    why = json_values.text(statement.get("justification")) or json_values.text(statement.get("impact_statement"))
    if status == "not_affected" and not why:
        raise RefusedError(
            "justification-missing",
            "A statement says not_affected and not why: it needs a justification or an impact_statement.",
        )
    return status


def _products(statement: dict[str, Any]) -> list[object]:
    products = statement.get("products")
    if not isinstance(products, list) or not products:
        raise RefusedError("product-missing", "A statement names no product, and is not taken to be about all of them.")
    return products


def _identifiers(product: object) -> tuple[str, ...]:
    """The package URLs and CPE names of a product, each once."""
    if not isinstance(product, dict):
        return _usable([product])
    identifiers = product.get("identifiers")
    named = [json_values.member(identifiers, one) for one in _IDENTIFIERS]
    return _usable([product.get("@id"), *named])


def _usable(names: list[object]) -> tuple[str, ...]:
    return tuple(
        name
        for name in json_values.texts(names)
        if name.lower().startswith(("pkg:", "cpe:")) and len(name) <= MAX_IDENTIFIER
    )


def _words(statement: dict[str, Any], product: object) -> str:
    """What is said in words, and by way of which subcomponents."""
    said = [json_values.text(statement.get(one)) for one in ("impact_statement", "action_statement", "status_notes")]
    listed = json_values.member(product, "subcomponents") or statement.get("subcomponents")
    parts = [_shown(one) for one in (listed if isinstance(listed, list) else [])[:10]]
    about = f"By way of {', '.join(part for part in parts if part)}." if any(parts) else ""
    return " ".join(one for one in (*said, about) if one)[:MAX_TEXT]


def _shown(component: object) -> str:
    named = component.get("@id") if isinstance(component, dict) else component
    return (next(iter(_identifiers(component)), "") or json_values.text(named))[:200]
