"""The affected products of a CVE record: what was written about versions, as ranges and not interpreted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from functools import lru_cache
from operator import attrgetter
from typing import Any

from misthoorn.formats.identifiers.cve_names import derive_purl, red_hat_purls, tidy_purl
from misthoorn.formats.identifiers.version_ranges import everything, exactly, sentence
from misthoorn.formats.readers import json_values
from misthoorn.formats.values.advisory import Affected, Condition, Status, VersionStatement

_STATUSES: dict[str, Status] = {"affected": "affected", "unaffected": "unaffected", "unknown": "unknown"}
_UNKNOWN_NAME = frozenset({"n/a", "unspecified", "unknown", "-", "*"})
_BEGINNING = frozenset({"", "0", "*", "-", "n/a", "unspecified"})  # as the lower end of a range
_ALL = frozenset({"*", "all", "all versions", "vers:all/*"})  # as the only thing said
_VERSION = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9.+:~_\-()/]*(?:\.\*)?")
_WILDCARD = re.compile(r"(?:^|[.\-])[xX](?:$|[.\-])")
_BOUND = re.compile(r"^<=?\s*")
_FIRST_NUMBER = re.compile(r"[0-9]{1,9}")
_QUOTED = re.compile(r"\\(.)")
_UNTOLD: Condition = ()
_ALL_BUT_STATEMENTS = attrgetter(*(field.name for field in fields(Affected) if field.name != "statements"))
FEW = 3  # who names more versions of a product lists each of them
TWICE = "hackerone"  # who writes the last affected version as the first one too; curl means just that version
LONGEST_KEPT = 200  # characters of an entry of `versions`; the same few come again and again


def read_affected(container: dict[str, Any]) -> Iterator[Affected]:
    """The products in the `affected` list of a container.

    A package of Red Hat is two: the package with its versions, and the product that it is part of; whether that is
    affected can't be told without knowing its packages.
    """
    by = json_values.text(json_values.member(container, "providerMetadata", "shortName"))
    for product in json_values.objects(container.get("affected")):
        said = [one for entry in _entries(product, by=by) for one in _statements(entry)]
        found = Affected(
            vendor=_name(product.get("vendor")),
            product=_name(product.get("product")),
            cpes=json_values.texts(product.get("cpes")),
            purl=_purl(product),
            platforms=json_values.texts(product.get("platforms")),
            statements=tuple(dict.fromkeys(said) if len(said) > 1 else said),
            default_status=_status(product.get("defaultStatus")),
            parts=_parts_of(product),
        )
        package = json_values.text(product.get("packageName"))
        purls = red_hat_purls(json_values.text(product.get("collectionURL")), package, found.cpes) if said else ()
        if not purls:
            nameless = not (found.vendor or found.product or found.cpes or found.purl)
            yield replace(found, product=_name(package)) if nameless else found
            continue
        yield replace(found, purl="", statements=(), default_status="unknown", conditions=(_UNTOLD,))
        for purl in purls:
            yield replace(found, product=package, cpes=(), purl=purl, platforms=(found.product,))


def merged(affected: Iterable[Affected]) -> tuple[Affected, ...]:
    """The same, each once; entries that differ in their statements only are one product, with all of these.

    Unless what they don't say, or say to be unaffected, means something: then each is read by itself.
    """
    found: dict[object, list[Affected]] = {}
    for one in affected:
        adds = one.default_status != "affected" and all(said.status == "affected" for said in one.statements)
        product = _ALL_BUT_STATEMENTS(one) if adds and one.statements else one
        found.setdefault(product, []).append(one)
    return tuple(_as_one(alike) for alike in found.values())


def _as_one(alike: list[Affected]) -> Affected:
    first = alike[0]
    statements = tuple(dict.fromkeys(said for one in alike for said in one.statements))
    return first if statements == first.statements else replace(first, statements=statements)


def _entries(product: dict[str, Any], *, by: str) -> list[dict[str, Any]]:
    """The entries of `versions`. Some write “from 20.5.0, up to and including 20.5.0” of a line: all 20 up to that."""
    entries = json_values.objects(product.get("versions"))
    affected = [entry for entry in entries if entry.get("status") == "affected"]
    few = by == TWICE and 0 < len(affected) <= FEW
    if not few or any(entry.get("lessThanOrEqual") != entry.get("version") for entry in affected):
        return entries
    return [{**entry, "version": _line(entry["version"])} if entry in affected else entry for entry in entries]


def _line(version: object) -> object:
    """The first number of a version: the line that it is of; the version itself where it begins otherwise."""
    found = _FIRST_NUMBER.match(json_values.text(version))
    return found[0] if found else version


def _parts_of(product: dict[str, Any]) -> tuple[str, ...]:
    if not product.keys() & {"modules", "programFiles", "programRoutines"}:
        return ()
    routines = (
        json_values.text(routine.get("name")) for routine in json_values.objects(product.get("programRoutines"))
    )
    parts = (*json_values.texts(product.get("modules")), *json_values.texts(product.get("programFiles")), *routines)
    return tuple(dict.fromkeys(part for part in parts if part))


def _status(value: object) -> Status:
    return _STATUSES.get(json_values.text(value), "unknown")


def _name(value: object) -> str:
    name = json_values.text(value)
    return "" if name.lower() in _UNKNOWN_NAME else name


def _purl(product: dict[str, Any]) -> str:
    if written := json_values.text(product.get("packageURL")):
        return tidy_purl(written)
    return derive_purl(json_values.text(product.get("collectionURL")), json_values.text(product.get("packageName")))


def _is_version(text: str) -> bool:
    return bool(_VERSION.fullmatch(text)) and not _WILDCARD.search(text)


def _statements(entry: dict[str, Any]) -> Iterable[VersionStatement]:
    """One entry of `versions`: an exact version, or a range that its `changes` may cut into parts."""
    low, status = json_values.text(entry.get("version")), json_values.text(entry.get("status"))
    scheme = json_values.text(entry.get("versionType"))
    below, upto = json_values.text(entry.get("lessThan")), json_values.text(entry.get("lessThanOrEqual"))
    changes = [
        (json_values.text(change.get("at")), _status(change.get("status")))
        for change in json_values.objects(entry.get("changes"))
    ]
    if changes or len(low) + len(status) + len(scheme) + len(below) + len(upto) > LONGEST_KEPT:
        return _read(low, _status(status), scheme, below, upto, changes=changes)
    return _read_before(low, status, scheme, below, upto)


@lru_cache(maxsize=20_000)
def _read_before(low: str, status: str, scheme: str, below: str, upto: str) -> tuple[VersionStatement, ...]:
    return tuple(_read(low, _status(status), scheme, below, upto, changes=[]))


def _read(
    low: str, status: Status, scheme: str, below: str, upto: str, *, changes: list[tuple[str, Status]]
) -> Iterator[VersionStatement]:
    if not below and not upto and not changes:
        yield _single(low, scheme=scheme, status=status)
        return
    low = "" if low.lower() in _BEGINNING else low
    ends = _several(below or upto)
    if ends and not changes:
        for end in ends:
            yield from _parts(low, high=end, inclusive=not below, changes=[], scheme=scheme, status=status)
        return
    high = _BOUND.sub("", below or upto)
    high = "" if high == "*" else high
    if any(bound and not _is_version(bound) for bound in (low, high, *(at for at, _ in changes))):
        below, upto = _BOUND.sub("", below), _BOUND.sub("", upto)
        yield sentence(_as_text(low, below=below, upto=upto, changes=changes), status)
        return
    if low == high and below and status == "affected" and not changes:
        low = ""  # Google writes the first version that is not affected twice
    yield from _parts(low, high=high, inclusive=bool(high) and not below, changes=changes, scheme=scheme, status=status)


def _several(text: str) -> list[str]:
    """The ends of a range that has one for each branch, as Juniper writes them (“23.4R1-S2, 23.4R2”)."""
    ends = [end.strip() for end in text.split(",")] if "," in text else []
    return ends if all(map(_is_version, ends)) else []


def _single(version: str, *, scheme: str, status: Status) -> VersionStatement:
    if version.lower() in _ALL:
        return everything(scheme=scheme).said(status)
    if not _is_version(version) or version.endswith("*"):
        return sentence(version, status)
    return exactly(version, scheme=scheme).said(status)


def _as_text(low: str, *, below: str, upto: str, changes: list[tuple[str, Status]]) -> str:
    words = [
        low,
        f"< {below}" if below else "",
        f"<= {upto}" if upto else "",
        *(f"{status} from {at}" for at, status in changes),
    ]
    return ", ".join(word for word in words if word)


def _parts(
    low: str, *, high: str, inclusive: bool, changes: list[tuple[str, Status]], scheme: str, status: Status
) -> Iterator[VersionStatement]:
    """From `low` on the status holds, from each change on its own, up to `high`; changes come in order.

    A fix that is named for behind the end (“up to 3.6.5, fixed in 3.7.2”) does not move the end: it is a hole.
    """
    is_hole = bool(high) and status == "affected" and [next_status for _, next_status in changes] == ["unaffected"]
    for at, next_status in changes:
        if at != low:
            end, ends_in = (high, inclusive) if is_hole else (at, False)
            yield VersionStatement(low, True, end, ends_in, scheme, status, "")  # noqa: FBT003  the fields' order is clear
        low, status = at, next_status
    if low != high or inclusive or not high:
        yield VersionStatement(low, True, high, inclusive or not high, scheme, status, "")  # noqa: FBT003
